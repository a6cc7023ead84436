//! Reminders and deadlines that run out: the same after a stop as without it, and once.

use chrono::Duration;
use samsyn::app::cases::Done;
use samsyn::jobs::find;
use serde_json::json;

use super::scheduler::work;
use crate::support::cases::{RECEIVER, actor, deviation, register, take};
use crate::support::database::TestApp;
use crate::support::sql;

/// An urgent deviation, for which somebody needs something now: four deadlines run.
fn urgent(test: &TestApp) -> Done {
    let mut registration = deviation("Något gick fel.");
    registration.given.insert("urgency".to_owned(), json!("urgent"));
    registration.given.insert("need_now".to_owned(), json!("En plats i dag."));
    test.app.register(&actor(&test.app, "mas-falun"), &registration, None).unwrap()
}

/// What was reminded of, to whom, and for when; not when that was done.
fn reminded(test: &TestApp) -> Vec<String> {
    let key = "deadline || ' ' || generation || ' ' || step || ' ' || round || ' ' || person_id";
    let query = format!("select {key} || ' ' || cast(planned_at as text) as line from reminders order by 1");
    sql::lines(&test.app.store, &query)
}

/// The mails, as the key says that makes them the same.
fn mails(test: &TestApp) -> Vec<String> {
    sql::lines(&test.app.store, "select dedupe as line from outbox order by 1")
}

/// Of the reminders in the ledger the last of each deadline to each person, under the key of its mail.
fn last_to_each(test: &TestApp) -> Vec<String> {
    let key =
        "number || ':' || r.deadline || ':' || r.generation || ':' || r.step || ':' || r.round || ':' || r.person_id";
    let later = "later.case_id = r.case_id and later.deadline = r.deadline and later.generation = r.generation
        and later.person_id = r.person_id and (later.planned_at, later.step, later.round) > (r.planned_at, r.step, r.round)";
    let query = format!(
        "select 'reminder:' || {key} as line from reminders r join cases on cases.id = r.case_id
         where not exists (select 1 from reminders later where {later}) order by 1"
    );
    sql::lines(&test.app.store, &query)
}

#[test]
fn after_a_stop_of_a_month_the_same_reminders_go_out_as_without_it() {
    let awake = TestApp::at("2026-03-02T08:00:00Z");
    let asleep = TestApp::at("2026-03-02T08:00:00Z");
    for test in [&awake, &asleep] {
        urgent(test);
        register(&test.app);
        let asked = take(&test.app, RECEIVER, &register(&test.app), "receive", json!({})).unwrap();
        take(&test.app, RECEIVER, &asked, "ask_before_routing", json!({"question": "När?"})).unwrap();
    }
    for _ in 0..31 {
        awake.clock.advance(Duration::days(1));
        awake.app.sweep_deadlines().unwrap();
    }
    asleep.clock.advance(Duration::days(31));
    let swept = asleep.app.sweep_deadlines().unwrap();
    assert_eq!(swept.failed, 0);
    // Once the ten working days of the third case are over, its next deadline begins when the sweep comes to know.
    let of_time =
        |lines: Vec<String>| lines.into_iter().filter(|line| !line.starts_with("routing ")).collect::<Vec<_>>();
    let (daily, late) = (of_time(reminded(&awake)), of_time(reminded(&asleep)));
    assert!(daily.len() > 40, "{daily:#?}");
    assert_eq!(late, daily);
    let of_time = |keys: Vec<String>| keys.into_iter().filter(|key| !key.contains(":routing:")).collect::<Vec<_>>();
    // Whoever would have found five mails about one deadline finds the last of them.
    let reminders = |keys: Vec<String>| keys.into_iter().filter(|key| key.starts_with("reminder:")).collect::<Vec<_>>();
    assert_eq!(of_time(reminders(mails(&asleep))), of_time(last_to_each(&awake)));
    assert!(mails(&asleep).len() < mails(&awake).len());
    assert_eq!(
        sql::lines(&asleep.app.store, "select state as line from cases order by number"),
        ["sent", "sent", "received"]
    );
}

#[test]
fn a_second_sweep_changes_nothing() {
    let test = TestApp::at("2026-03-02T08:00:00Z");
    urgent(&test);
    let work = work(&test.app);
    for days in [0, 1, 4, 30, 90, 365] {
        test.clock.advance(Duration::days(days));
        (find("deadlines").unwrap().run)(&work).unwrap();
        let before = sql::dump(&test.app.store);
        assert_eq!((find("deadlines").unwrap().run)(&work).unwrap(), [("reminded", 0), ("ran_out", 0)]);
        assert_eq!(sql::dump(&test.app.store), before, "after {days} days");
    }
}

#[test]
fn a_clock_that_is_set_back_an_hour_reminds_nobody_again() {
    let test = TestApp::at("2026-03-02T08:00:00Z");
    urgent(&test);
    let sweep_after = |time: Duration| {
        test.clock.advance(time);
        assert_eq!(test.app.sweep_deadlines().unwrap().failed, 0);
        (reminded(&test), mails(&test))
    };
    let before = sweep_after(Duration::days(3));
    assert!(!before.0.is_empty());
    // Back to before the time for which the last were planned, and forth again.
    assert_eq!(sweep_after(Duration::minutes(-61)), before);
    assert_eq!(sweep_after(Duration::minutes(61)), before);
}

#[test]
fn two_sweeps_at_once_remind_once() {
    let test = TestApp::at("2026-03-02T08:00:00Z");
    let alone = TestApp::at("2026-03-02T08:00:00Z");
    for one in [&test, &alone] {
        (0..5).for_each(|_| drop(urgent(one)));
        one.clock.advance(Duration::days(60));
    }
    alone.app.sweep_deadlines().unwrap();
    let begin = std::sync::Barrier::new(4);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                begin.wait();
                assert_eq!(test.app.sweep_deadlines().unwrap().failed, 0);
            });
        }
    });
    assert_eq!(reminded(&test), reminded(&alone));
    assert_eq!(mails(&test), mails(&alone));
}

#[test]
fn a_deadline_that_runs_out_moves_the_case_once() {
    let test = TestApp::at("2026-03-02T08:00:00Z");
    let asked = take(&test.app, RECEIVER, &register(&test.app), "receive", json!({})).unwrap();
    take(&test.app, RECEIVER, &asked, "ask_before_routing", json!({"question": "När?"})).unwrap();
    let state = || sql::lines(&test.app.store, "select state as line from cases");
    // Ten working days from Monday 2 March are over when Monday 16 March is.
    for (until, expected) in [("2026-03-16T22:59:59Z", "asked_before_routing"), ("2026-03-16T23:00:00Z", "received")] {
        test.clock.set(until.parse().unwrap());
        test.app.sweep_deadlines().unwrap();
        assert_eq!(state(), [expected], "{until}");
    }
    assert_eq!(test.app.verify_log(&[], |_| {}).unwrap().problems, Vec::<String>::new());
}
