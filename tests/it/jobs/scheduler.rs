//! When a job runs, and in which of several processes.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use anyhow::bail;
use chrono::Duration;
use samsyn::app::App;
use samsyn::clock::{Clock, Timestamp};
use samsyn::jobs::{Counts, Job, Scheduler, TABLE, Work, Worker, find};
use samsyn::mail::Transport;
use samsyn::store::{StoreError, leases};

use crate::support::database::TestApp;

/// What jobs work with, mails going nowhere.
pub fn work(app: &App) -> Work {
    let from = "samsyn <samsyn@samsyn.example>".parse().unwrap();
    Work { app: app.clone(), transport: Transport::Memory(Arc::new(Mutex::new(Vec::new()))), from, bounces: None }
}

fn worker(job: &'static Job, test: &TestApp, holder: &str) -> Worker {
    Worker::new(job, work(&test.app), holder).unwrap()
}

fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn nothing(_: &Work) -> anyhow::Result<Counts> {
    Ok(Vec::new())
}

#[test]
fn every_job_has_a_name_of_its_own_and_a_time() {
    let test = TestApp::at("2026-03-02T08:00:00Z");
    let names: BTreeSet<_> = TABLE.iter().map(|job| job.name).collect();
    assert_eq!(names.len(), TABLE.len());
    for job in TABLE {
        assert!(find(job.name).is_some());
        assert!(worker(job, &test, "one").next_time(test.app.now()).is_some(), "{}", job.name);
    }
    assert!(find("dreams").is_none());
}

#[test]
fn the_schedule_is_read_in_swedish_time() {
    let test = TestApp::at("2026-03-02T08:00:00Z");
    let nightly = worker(find("log_verify").unwrap(), &test, "one");
    assert_eq!(nightly.next_time(time("2026-01-15T12:00:00Z")), Some(time("2026-01-16T02:30:00Z")));
    assert_eq!(nightly.next_time(time("2026-07-15T12:00:00Z")), Some(time("2026-07-16T01:30:00Z")));
}

#[test]
fn the_next_time_lies_ahead_also_while_the_clocks_are_moved() {
    let test = TestApp::at("2026-03-02T08:00:00Z");
    let minutely = worker(find("deadlines").unwrap(), &test, "one");
    for moved in ["2026-03-28T23:30:00Z", "2026-10-24T23:30:00Z"] {
        for seconds in (0..4 * 3600).step_by(20) {
            let now = time(moved) + Duration::seconds(seconds);
            let next = minutely.next_time(now).unwrap();
            // In the hour that is shown twice the library may pass over the second.
            assert!(next > now && next <= now + Duration::minutes(61), "after {now} comes {next}");
        }
    }
}

#[test]
fn of_two_processes_one_does_the_job_at_each_time() {
    static JOB: Job = Job { name: "test", schedule: "0 0 * * * *", what: "", run: nothing };
    let test = TestApp::at("2026-03-02T08:00:00Z");
    let (one, other) = (worker(&JOB, &test, "one"), worker(&JOB, &test, "other"));
    assert_eq!((one.look().unwrap(), other.look().unwrap()), (true, false), "it never ran");
    test.clock.set(time("2026-03-02T08:59:59Z"));
    assert_eq!((one.look().unwrap(), other.look().unwrap()), (false, false));
    test.clock.set(time("2026-03-02T09:00:00Z"));
    assert_eq!((other.look().unwrap(), one.look().unwrap()), (true, false));
}

#[test]
fn a_clock_that_is_set_back_does_not_stop_a_job() {
    static JOB: Job = Job { name: "test", schedule: "0 0 * * * *", what: "", run: nothing };
    let test = TestApp::at("2026-03-09T08:00:00Z");
    let worker = worker(&JOB, &test, "one");
    assert!(worker.look().unwrap());
    // Another process's clock is a little behind: it has been done.
    test.clock.set(time("2026-03-09T07:59:58Z"));
    assert!(!worker.look().unwrap());
    test.clock.set(time("2026-03-02T08:30:00Z"));
    assert_eq!((worker.look().unwrap(), worker.look().unwrap()), (true, false));
}

#[test]
fn a_job_that_runs_is_begun_by_nobody_else() {
    static OTHERS: Mutex<Vec<bool>> = Mutex::new(Vec::new());
    fn look_meanwhile(work: &Work) -> anyhow::Result<Counts> {
        let other = Worker::new(&JOB, work.clone(), "other")?;
        OTHERS.lock().unwrap().push(other.look()?);
        Ok(Vec::new())
    }
    static JOB: Job = Job { name: "test", schedule: "0 0 * * * *", what: "", run: look_meanwhile };
    let test = TestApp::at("2026-03-02T08:00:00Z");
    assert!(worker(&JOB, &test, "one").look().unwrap());
    test.clock.advance(Duration::days(1));
    assert!(worker(&JOB, &test, "one").look().unwrap());
    assert_eq!(*OTHERS.lock().unwrap(), [false, false]);
}

#[test]
fn a_process_that_died_loses_its_lease_with_time() {
    static JOB: Job = Job { name: "test", schedule: "0 0 * * * *", what: "", run: nothing };
    let test = TestApp::at("2026-03-02T08:00:00Z");
    let now = test.app.now();
    let lease = Duration::seconds(15);
    let take =
        |now: Timestamp| test.app.store.write(|db| leases::take(db, "test", "dead", None, now, now + lease)).unwrap();
    assert!(take(now));
    let alive = worker(&JOB, &test, "alive");
    assert!(!alive.look().unwrap());
    let renewed = test.app.store.write(|db| leases::renew(db, "test", "dead", now + lease + lease)).unwrap();
    assert!(renewed);
    test.clock.advance(lease);
    assert!(!alive.look().unwrap(), "the lease was renewed");
    test.clock.advance(lease);
    assert!(alive.look().unwrap(), "the lease is out");
    let lost = test.app.store.write(|db| leases::renew(db, "test", "dead", now + lease * 4)).unwrap();
    assert!(!lost);
    // Whoever lost it cannot say that it is done.
    let late = test.clock.now() + Duration::days(9);
    test.app.store.write(|db| leases::finish(db, "test", "dead", late)).unwrap();
    let last = test.app.store.read(|db| leases::last_run(db, "test")).unwrap();
    assert_eq!(last, Some(test.clock.now()));
}

#[test]
fn two_that_saw_the_same_last_run_do_not_both_take_the_lease() {
    let test = TestApp::at("2026-03-02T08:00:00Z");
    let now = test.app.now();
    let take =
        |holder: &str, seen| test.app.store.write(|db| leases::take(db, "test", holder, seen, now, now)).unwrap();
    assert!(take("one", None));
    test.app.store.write(|db| leases::finish(db, "test", "one", now)).unwrap();
    // The other one looked before the first began; the lease is free again, but the work is done.
    assert!(!take("other", None));
    assert!(take("other", Some(now)));
    let later = now + Duration::hours(1);
    test.app.store.write(|db| leases::finish(db, "test", "other", later)).unwrap();
    assert!(!take("one", Some(now)));
}

#[test]
fn a_job_that_fails_or_panics_is_tried_again_at_its_next_time() {
    static TRIES: AtomicU32 = AtomicU32::new(0);
    fn fail(_: &Work) -> anyhow::Result<Counts> {
        match TRIES.fetch_add(1, Ordering::SeqCst) {
            0 => bail!("as ordered"),
            1 => panic!("as ordered"),
            _ => Ok(Vec::new()),
        }
    }
    static JOB: Job = Job { name: "test", schedule: "0 * * * * *", what: "", run: fail };
    let test = TestApp::at("2026-03-02T08:00:00Z");
    let worker = worker(&JOB, &test, "one");
    for tries in 1..4 {
        assert!(worker.look().unwrap());
        assert!(!worker.look().unwrap(), "not before its next time");
        assert_eq!(TRIES.load(Ordering::SeqCst), tries);
        test.clock.advance(Duration::minutes(1));
    }
}

#[test]
fn a_time_that_was_slept_through_is_made_up_for_once() {
    static RUNS: AtomicU32 = AtomicU32::new(0);
    fn count(_: &Work) -> anyhow::Result<Counts> {
        RUNS.fetch_add(1, Ordering::SeqCst);
        Ok(Vec::new())
    }
    static JOB: Job = Job { name: "test", schedule: "0 30 3 * * *", what: "", run: count };
    let test = TestApp::at("2026-03-02T08:00:00Z");
    worker(&JOB, &test, "one").look().unwrap();
    // Down over five nights, then started at noon.
    test.clock.set(time("2026-03-07T11:00:00Z"));
    let again = worker(&JOB, &test, "another start");
    assert!(again.look().unwrap() && !again.look().unwrap());
    assert_eq!(RUNS.load(Ordering::SeqCst), 2);
}

#[test]
fn a_schedule_that_cannot_be_read_is_an_error() {
    static JOB: Job = Job { name: "test", schedule: "whenever", what: "", run: nothing };
    let test = TestApp::at("2026-03-02T08:00:00Z");
    let error = Worker::new(&JOB, work(&test.app), "one").err().unwrap().to_string();
    assert!(error.starts_with("the job test has a schedule that cannot be read: "), "{error}");
}

#[test]
fn the_scheduler_runs_what_is_due_and_ends_when_told() {
    static RUNS: AtomicU32 = AtomicU32::new(0);
    fn count(_: &Work) -> anyhow::Result<Counts> {
        RUNS.fetch_add(1, Ordering::SeqCst);
        Ok(Vec::new())
    }
    static JOBS: [Job; 2] = [
        Job { name: "one", schedule: "0 0 * * * *", what: "", run: count },
        Job { name: "two", schedule: "0 0 * * * *", what: "", run: count },
    ];
    let test = TestApp::at("2026-03-02T08:00:00Z");
    for expected in [2, 2, 4] {
        Scheduler::start(&JOBS, &work(&test.app)).unwrap().stop();
        assert_eq!(RUNS.load(Ordering::SeqCst), expected);
        test.clock.advance(Duration::minutes(if expected == 2 { 30 } else { 0 }));
    }
    let leases =
        test.app.store.read(|db| Ok::<_, StoreError>((leases::last_run(db, "one")?, leases::last_run(db, "two")?)));
    assert_eq!(leases.unwrap(), (Some(time("2026-03-02T09:00:00Z")), Some(time("2026-03-02T09:00:00Z"))));
}
