//! Closing days: what they move is seen before, counted anew once, and stands in each case's record.

use chrono::{Duration, NaiveDate};
use samsyn::app::AppError;
use samsyn::app::administration::ClosingDayOrder;
use samsyn::app::cases::Done;
use samsyn::workflow::rejection::Code;
use serde_json::json;

use crate::support::cases::{FALUN, RECEIVER, actor, dispute, register, take};
use crate::support::database::TestApp;
use crate::support::sql;

const COUNTY: &str = "systemadministrator-lanet";

fn order(day: &str, name: &str) -> ClosingDayOrder {
    ClosingDayOrder { day: day.parse().ok(), name: name.to_owned() }
}

fn add(test: &TestApp, day: &str) {
    test.app.add_closing_day(&actor(&test.app, COUNTY), &order(day, "klämdag")).unwrap();
}

fn due(test: &TestApp, done: &Done, id: &str) -> NaiveDate {
    let outline = test.app.case_outline(&done.number).unwrap();
    outline.deadlines.iter().find(|deadline| deadline.id == id).unwrap().due
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// Registered on 2 March 2026: received within three working days, answered within 60 days, by Monday 4 May.
fn scene() -> (TestApp, Done) {
    let test = TestApp::at("2026-03-02T08:00:00Z");
    let done = register(&test.app);
    (test, done)
}

#[test]
fn a_closing_day_moves_what_is_counted_over_it_and_says_so_before() {
    let (test, done) = scene();
    let elsewhere = dispute(&test.app, json!({}));
    let preview = test.app.preview_closing_day(&actor(&test.app, COUNTY), &order("2026-05-04", "klämdag")).unwrap();
    // The dispute's sixty days end that weekend as well.
    let both = [day("2026-05-04"), day("2026-05-05")];
    assert_eq!(preview.moved, [((both[0], both[1]), 2)].into());
    assert!(!preview.more);
    assert_eq!(due(&test, &done, "answer"), both[0], "so far nothing has moved");

    add(&test, "2026-05-04");
    let moved = test.app.recount_deadlines().unwrap();
    assert_eq!(moved, 2);
    assert_eq!(due(&test, &done, "answer"), both[1]);
    assert_eq!(due(&test, &done, "receipt"), day("2026-03-05"), "this one ends before");
    assert_eq!(test.app.recount_deadlines().unwrap(), 0);
    let entries = sql::lines(
        &test.app.store,
        "select number || ' ' || document as line from entries join cases on cases.id = case_id where document like '%recount%'",
    );
    assert_eq!(entries.len(), 2, "{entries:?}");
    assert!(entries.iter().all(|entry| entry.contains("2026-05-04") && !entry.contains("klämdag")), "{entries:?}");
    // The revision went on: whoever looked before sees that something changed.
    let stale = take(&test.app, RECEIVER, &done, "receive", json!({}));
    assert!(matches!(stale, Err(AppError::Stale { .. })), "{stale:?}");
    assert!(due(&test, &elsewhere, "agreement") >= both[1]);
    assert_eq!(test.app.verify_log(&[], |_| {}).unwrap().problems, [""; 0]);
}

#[test]
fn what_begins_after_counts_with_it_and_a_day_taken_back_counts_again() {
    let (test, before) = scene();
    add(&test, "2026-05-04");
    let after = register(&test.app);
    assert_eq!(due(&test, &after, "answer"), day("2026-05-05"), "before the job has run");
    assert_eq!(test.app.recount_deadlines().unwrap(), 1);
    test.app.take_back_closing_day(&actor(&test.app, COUNTY), day("2026-05-04")).unwrap();
    assert_eq!(test.app.recount_deadlines().unwrap(), 2);
    assert_eq!([&before, &after].map(|done| due(&test, done, "answer")), [day("2026-05-04"); 2]);
    let again = test.app.take_back_closing_day(&actor(&test.app, COUNTY), day("2026-05-04"));
    assert!(matches!(again, Err(AppError::NotFound)), "{again:?}");
}

#[test]
fn whoever_was_reminded_is_not_reminded_again_and_nothing_is_moved_into_the_past() {
    let (test, done) = scene();
    while samsyn::calendar::local_date(test.app.now()) < day("2026-04-28") {
        test.clock.advance(Duration::days(1));
        test.app.sweep_deadlines().unwrap();
    }
    let reminded = |test: &TestApp| {
        let line = "generation || '.' || step || '.' || round || ' ' || substr(cast(planned_at as text), 1, 10)";
        let query = format!("select distinct {line} as line from reminders where deadline = 'answer' order by 1");
        sql::lines(&test.app.store, &query)
    };
    assert_eq!(reminded(&test), ["1.0.0 2026-04-01", "1.1.0 2026-04-24"]);
    add(&test, "2026-05-04");
    test.app.recount_deadlines().unwrap();
    while samsyn::calendar::local_date(test.app.now()) < day("2026-05-05") {
        test.clock.advance(Duration::days(1));
        test.app.sweep_deadlines().unwrap();
    }
    assert_eq!(reminded(&test), ["1.0.0 2026-04-01", "1.1.0 2026-04-24", "1.2.0 2026-05-05"]);
    assert_eq!(due(&test, &done, "answer"), day("2026-05-05"));
}

#[test]
fn a_reminder_that_a_closing_day_would_bring_into_the_past_goes_out_at_once() {
    let (test, _) = scene();
    let sweep_until = |date: &str| {
        while samsyn::calendar::local_date(test.app.now()) < day(date) {
            test.clock.advance(Duration::days(1));
            test.app.sweep_deadlines().unwrap();
        }
    };
    // Five working days before 4 May is 24 April. On the 23rd the 27th and 28th are closed: it becomes the 22nd.
    sweep_until("2026-04-23");
    add(&test, "2026-04-27");
    add(&test, "2026-04-28");
    test.app.recount_deadlines().unwrap();
    test.app.sweep_deadlines().unwrap();
    let lines = sql::lines(
        &test.app.store,
        "select distinct cast(step as text) as line from reminders where deadline = 'answer' order by 1",
    );
    assert_eq!(lines, ["0", "1"]);
}

/// A step that was under way when the job passed is counted anew by a later run.
#[test]
fn what_a_run_could_not_see_yet_the_next_one_counts() {
    let (test, done) = scene();
    // As for a run to which the step's deadlines are not there yet.
    sql::execute(&test.app.store, "update deadlines set due = '2020-01-01'").unwrap();
    add(&test, "2026-05-04");
    assert_eq!(test.app.recount_deadlines().unwrap(), 0);
    sql::execute(&test.app.store, "update deadlines set due = '2026-05-04'").unwrap();
    test.clock.advance(Duration::minutes(1));
    assert_eq!(test.app.recount_deadlines().unwrap(), 1);
    assert_eq!(due(&test, &done, "answer"), day("2026-05-05"));
    let left =
        || sql::lines(&test.app.store, "select cast(day as text) as line from closing_days where recounted_at is null");
    assert_eq!(left(), ["2026-05-04"]);
    test.clock.advance(Duration::minutes(1));
    assert_eq!(test.app.recount_deadlines().unwrap(), 0);
    assert_eq!(left(), [""; 0]);
}

#[test]
fn a_case_that_cannot_be_read_stops_no_other_and_is_tried_again() {
    let (test, done) = scene();
    let broken = register(&test.app);
    let set = |from: &str, to: &str| {
        let statement = format!(
            "update cases set snapshot = replace(snapshot, '{from}', '{to}') where number = '{}'",
            broken.number
        );
        sql::execute(&test.app.store, &statement).unwrap();
    };
    set("\"revision\"", "\"revisoin\"");
    add(&test, "2026-05-04");
    assert_eq!(test.app.recount_deadlines().unwrap(), 1);
    assert_eq!(due(&test, &done, "answer"), day("2026-05-05"));
    set("\"revisoin\"", "\"revision\"");
    assert_eq!(test.app.recount_deadlines().unwrap(), 1);
    assert_eq!(due(&test, &broken, "answer"), day("2026-05-05"));
}

#[test]
fn only_a_working_day_to_come_is_taken_from_the_countys_administrator() {
    let (test, _) = scene();
    let county = actor(&test.app, COUNTY);
    let refused = |day: &str, name: &str| match test.app.add_closing_day(&county, &order(day, name)) {
        Err(AppError::Rejected(rejection)) => rejection.reasons.iter().map(|reason| reason.code).collect::<Vec<_>>(),
        other => panic!("{day} {name}: {other:?}"),
    };
    for day in ["2026-03-02", "2026-02-27", "2026-05-02", "2026-05-14", "2029-01-02", "", "2026-13-01"] {
        assert_eq!(refused(day, "klämdag"), [Code::WrongType], "{day}");
    }
    assert_eq!(refused("2026-05-15", "  "), [Code::Required]);
    assert_eq!(refused("2026-05-15", "191212121212 fyller år"), [Code::PersonalNumber]);
    add(&test, "2026-05-15");
    assert_eq!(refused("2026-05-15", "städdag"), [Code::WrongType]);
    add(&test, "2026-05-15"); // the second click
    for person in [FALUN, "systemadministrator-falun", "mas-falun"] {
        let actor = actor(&test.app, person);
        let order = order("2026-05-22", "klämdag");
        assert!(matches!(test.app.add_closing_day(&actor, &order), Err(AppError::NotFound)), "{person}");
        assert!(matches!(test.app.preview_closing_day(&actor, &order), Err(AppError::NotFound)), "{person}");
        assert!(matches!(test.app.closing_days(&actor), Err(AppError::NotFound)), "{person}");
    }
    let changes = test.app.changes(&county, None).unwrap().0;
    assert_eq!(changes.iter().filter(|change| change.kind.name() == "closing_day_added").count(), 1);
}
