//! Sixteen people at the same cases at the same moment.

use std::collections::BTreeSet;
use std::sync::{Barrier, Mutex};

use samsyn::app::cases::Done;
use samsyn::app::notes::{NoteCommand, NoteRoom};
use samsyn::app::{App, AppError};
use samsyn::store::Store;
use serde_json::json;

use crate::support::cases::{SENDER, actor, deviation, register, take};
use crate::support::database::TestApp;

const THREADS: usize = 16;
const ROUNDS: usize = 12;

/// An application with a connection for each thread.
fn crowded() -> (TestApp, App) {
    let test = TestApp::at("2026-03-02T08:00:00Z");
    let store = Store::open(test.database.url(), u32::try_from(THREADS).unwrap()).unwrap();
    let app = App { store, ..test.app.clone() };
    (test, app)
}

/// Does the same in every thread at the same moment, again and again; what each did, round by round. The work must not
/// panic: the others would wait for it.
fn all_at_once<T: Send>(rounds: usize, work: impl Fn(usize, usize) -> T + Sync) -> Vec<Vec<T>> {
    let (begin, end) = (Barrier::new(THREADS), Barrier::new(THREADS));
    let done: Vec<_> = (0..rounds).map(|_| Mutex::new(Vec::new())).collect();
    std::thread::scope(|scope| {
        for thread in 0..THREADS {
            let (begin, end, done, work) = (&begin, &end, &done, &work);
            scope.spawn(move || {
                for (round, done) in done.iter().enumerate() {
                    begin.wait();
                    let outcome = work(thread, round);
                    done.lock().unwrap().push(outcome);
                    end.wait();
                }
            });
        }
    });
    done.into_iter().map(|done| done.into_inner().unwrap()).collect()
}

fn verifies(app: &App) {
    assert_eq!(app.verify_log(&[], |_| {}).unwrap().problems, Vec::<String>::new());
}

#[test]
fn each_revision_of_a_case_has_one_winner() {
    let (_test, app) = crowded();
    let opened: Vec<Done> = (0..3).map(|_| register(&app)).collect();
    // Each round all of them take a step at each case, from the revision that the round before led to.
    let rounds = all_at_once(ROUNDS, |_, round| {
        let at = |done: &Done| Done { revision: done.revision + u64::try_from(round).unwrap(), ..done.clone() };
        let step = |done| take(&app, SENDER, &at(done), "add_facts", json!({"more_facts": "Mer."}));
        opened.iter().map(step).collect::<Vec<_>>()
    });
    for (round, outcomes) in rounds.into_iter().enumerate() {
        for case in 0..opened.len() {
            let of_case: Vec<_> = outcomes.iter().map(|outcomes| &outcomes[case]).collect();
            let won: Vec<_> = of_case.iter().filter_map(|outcome| outcome.as_ref().ok()).collect();
            assert_eq!(won.len(), 1, "round {round}, case {case}");
            assert_eq!(won[0].revision, u64::try_from(round).unwrap() + 2);
            let lost = of_case.iter().filter(|outcome| matches!(outcome, Err(AppError::Stale { .. }))).count();
            assert_eq!(lost, THREADS - 1, "{of_case:?}");
        }
    }
    verifies(&app);
}

#[test]
fn numbers_are_given_once_and_without_a_gap() {
    let (_test, app) = crowded();
    let sender = actor(&app, SENDER);
    let rounds = all_at_once(5, |_, _| app.register(&sender, &deviation("Något gick fel."), None));
    let given: BTreeSet<_> = rounds.into_iter().flatten().map(|done| done.unwrap().number.0).collect();
    let expected: BTreeSet<_> = (1..=5 * THREADS).map(|n| format!("FALUN-2026-{n:04}")).collect();
    assert_eq!(given, expected);
    verifies(&app);
}

#[test]
fn no_note_is_lost() {
    let (_test, app) = crowded();
    let number = register(&app).number;
    let sender = actor(&app, SENDER);
    let command = NoteCommand { number, room: NoteRoom::Shared, text: "Ringt.".to_owned(), corrects: None };
    let rounds = all_at_once(ROUNDS, |_, _| app.write_note(&sender, &command, None));
    let entries: BTreeSet<_> = rounds.into_iter().flatten().map(|done| done.unwrap().entry).collect();
    let last = u64::try_from(ROUNDS * THREADS).unwrap() + 1;
    assert_eq!(entries, (2..=last).collect());
    verifies(&app);
}

#[test]
fn steps_and_notes_in_one_room_do_not_come_between_each_other() {
    let (_test, app) = crowded();
    let opened = register(&app);
    let sender = actor(&app, SENDER);
    let number = opened.number.clone();
    let command = NoteCommand { number, room: NoteRoom::Shared, text: "Ringt.".to_owned(), corrects: None };
    let rounds = all_at_once(ROUNDS, |thread, round| match thread {
        0 => {
            let at = Done { revision: opened.revision + u64::try_from(round).unwrap(), ..opened.clone() };
            take(&app, SENDER, &at, "add_facts", json!({"more_facts": "Mer."}))
        }
        _ => app.write_note(&sender, &command, None),
    });
    let entries: BTreeSet<_> = rounds.into_iter().flatten().map(|done| done.unwrap().entry).collect();
    assert_eq!(entries.len(), ROUNDS * THREADS);
    verifies(&app);
}

#[test]
fn the_log_verifies_while_it_is_written() {
    let (_test, app) = crowded();
    let number = register(&app).number;
    let sender = actor(&app, SENDER);
    let command = NoteCommand { number, room: NoteRoom::Shared, text: "Ringt.".to_owned(), corrects: None };
    let rounds = all_at_once(ROUNDS, |_, _| {
        app.write_note(&sender, &command, None)?;
        app.verify_log(&[], |_| {})
    });
    let problems = rounds.into_iter().flatten().flat_map(|verified| verified.unwrap().problems);
    assert_eq!(problems.collect::<Vec<_>>(), Vec::<String>::new());
}
