//! The cases that were measured when the store was designed: each failed in the obvious way on one of the databases.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;

use chrono::Duration;
use samsyn::clock::Timestamp;
use samsyn::store::{Store, StoreError, cases, outbox, tokens};
use samsyn::workflow::digest::sha256;

use crate::support::cases::register;
use crate::support::database::{Database, TestApp};
use crate::support::sql;

const THREADS: usize = 8;

fn in_threads(work: impl Fn() + Sync) {
    let begin = std::sync::Barrier::new(THREADS);
    std::thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                begin.wait();
                work();
            });
        }
    });
}

/// A store with a connection for each thread.
fn crowded(database: &Database) -> Store {
    database.store();
    Store::open(database.url(), u32::try_from(THREADS).unwrap()).unwrap()
}

/// SQLite fails two in three of such transactions where they are not begun as writing ones; PostgreSQL forgets some.
#[test]
fn reading_and_then_writing_loses_nothing() {
    let database = Database::new();
    let store = crowded(&database);
    let next = || {
        store.write(|db| {
            cases::numbers(db, None, 1)?;
            cases::next_number(db, "TEST", 2026)
        })
    };
    next().unwrap();
    in_threads(|| (0..50).for_each(|_| drop(next().unwrap())));
    assert_eq!(next().unwrap().0, format!("TEST-2026-{:04}", THREADS * 50 + 2));
}

/// Without SKIP LOCKED, which one of the two does not have.
#[test]
fn claimed_work_is_claimed_once() {
    let test = TestApp::at("2026-03-02T08:00:00Z");
    (0..50).for_each(|_| drop(register(&test.app)));
    let store = crowded(&test.database);
    let now = test.app.now();
    let claimed = Mutex::new(Vec::new());
    in_threads(|| {
        loop {
            let ready = store.read(|db| outbox::ready(db, now, 10)).unwrap();
            for id in &ready {
                let holder = test.app.ids.next(now);
                let until = now + Duration::hours(1);
                if store.write(|db| outbox::claim(db, id, &holder, now, until)).unwrap().is_some() {
                    claimed.lock().unwrap().push(id.clone());
                }
            }
            if ready.is_empty() {
                break;
            }
        }
    });
    let mut claimed = claimed.into_inner().unwrap();
    assert_eq!(claimed.len(), 100);
    claimed.sort();
    claimed.dedup();
    assert_eq!(claimed.len(), 100);
}

/// One keeps nanoseconds, the other microseconds; the clock gives what both keep.
#[test]
fn times_come_back_as_they_were() {
    let test = TestApp::at("2026-03-02T08:00:00Z");
    let expires: Timestamp = "2026-03-02T08:00:00.123456789Z".parse().unwrap();
    let person = "mas-falun".into();
    let hash = sha256(b"secret");
    test.app.store.write(|db| tokens::insert(db, "id", &person, &hash, expires, Some(expires))).unwrap();
    let holder = |now| test.app.store.read(|db| tokens::holder(db, &hash, now)).unwrap();
    assert_eq!(holder(expires), None);
    assert_eq!(holder(expires + Duration::microseconds(-1)), Some(person.clone()));
}

#[test]
fn a_reader_sees_one_moment() {
    let test = TestApp::at("2026-03-02T08:00:00Z");
    let number = register(&test.app).number;
    let seen = test.app.store.read(|db| {
        let before = cases::numbers(db, None, 10)?;
        register(&test.app);
        let after = cases::numbers(db, None, 10)?;
        Ok::<_, StoreError>((before, after))
    });
    assert_eq!(seen.unwrap(), (vec![number.clone()], vec![number]));
}

#[test]
fn a_writer_that_panics_leaves_nothing_behind_and_takes_no_connection_with_it() {
    let database = Database::new();
    database.store();
    let store = Store::open(database.url(), 1).unwrap();
    let before = sql::dump(&store);
    for _ in 0..3 {
        let panicked = catch_unwind(AssertUnwindSafe(|| {
            store.write(|db| -> Result<(), StoreError> {
                cases::next_number(db, "TEST", 2026)?;
                panic!("as ordered")
            })
        }));
        assert!(panicked.is_err());
    }
    assert_eq!(sql::dump(&store), before);
    store.write(|db| cases::next_number(db, "TEST", 2026)).unwrap();
}
