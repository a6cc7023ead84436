//! The audit knows digests: what waits for one, is told in one, or is rightly dropped before one is no fault; a digest that
//! never left is one.

use chrono::Duration;
use samsyn::app::App;
use samsyn::app::absences::NewAbsence;
use samsyn::app::reminders::Audit;
use samsyn::calendar::local_date;
use samsyn::mail::{Differences, Transport};
use samsyn::store::absences::Reason;
use serde_json::json;

use super::audit::{Month, NONE};
use crate::support::cases::{RECEIVER, actor, received, register, take};
use crate::support::database::TestApp;
use crate::support::sql;

const COLLEAGUE: &str = "avvikelsehandlaggare-psykiatri";

/// Two handlers of the region, one of whom wants digests; the first reminder of an answer waits for hers.
fn waiting() -> TestApp {
    let test = TestApp::at("2026-03-02T08:00:00Z");
    test.app.choose_reminders(&actor(&test.app, RECEIVER), true).unwrap();
    received(&test.app);
    test.clock.set("2026-03-31T22:00:00Z".parse().unwrap());
    test.app.sweep_deadlines().unwrap();
    deliver(&test);
    test.clock.set("2026-04-01T06:00:00Z".parse().unwrap());
    test.app.sweep_deadlines().unwrap();
    deliver(&test);
    assert_eq!(digest_of(&test), ["waiting"]);
    test
}

/// What of the answer's first reminder became of the digest's row.
fn digest_of(test: &TestApp) -> Vec<String> {
    let query = format!(
        "select digest as line from reminders where deadline = 'answer' and step = 0 and person_id = '{RECEIVER}'"
    );
    sql::lines(&test.app.store, &query)
}

fn deliver(test: &TestApp) {
    let transport = Transport::Memory(Default::default());
    test.app.deliver_mail(&transport, &"samsyn@samsyn.example".parse().unwrap()).unwrap();
}

/// The handler who wants digests is away, and somebody stands in for her who has no role of her own in this.
fn away(app: &App, from: &str, until: &str) {
    let absence = NewAbsence {
        person: RECEIVER.into(),
        from: Some(from.parse().unwrap()),
        until: Some(until.parse().unwrap()),
        substitute: Some("divisionschef-psykiatri".into()),
        cause: Some(Reason::Leave),
    };
    app.record_absence(&actor(app, RECEIVER), &absence, None).unwrap();
}

/// Of the first of April, on which all of this happens, as seen now.
fn audit(test: &TestApp) -> Audit {
    let day = "2026-04-01".parse().unwrap();
    test.app.audit_reminders(day, day).unwrap()
}

fn found(test: &TestApp) -> Differences {
    audit(test).differences()
}

/// The digest's minute, and then some days.
fn later(test: &TestApp, days: i64) {
    test.clock.advance(Duration::minutes(5));
    test.app.write_digests().unwrap();
    deliver(test);
    test.clock.advance(Duration::days(days));
}

#[test]
fn what_waits_for_its_morning_and_what_is_told_then_is_no_fault() {
    let test = waiting();
    test.clock.advance(Duration::minutes(3));
    assert_eq!(found(&test), NONE, "its morning has not come");
    later(&test, 10);
    assert_eq!((found(&test), digest_of(&test)), (NONE, vec!["told".to_owned()]));
}

#[test]
fn a_digest_that_was_never_written_or_never_left_is_unsent() {
    let test = waiting();
    test.clock.advance(Duration::days(3));
    let audit = audit(&test);
    assert_eq!(
        (audit.differences(), audit.unsent[0].person.as_ref().unwrap().as_str()),
        (Differences { unsent: 1, ..NONE }, RECEIVER)
    );

    let test = waiting();
    later(&test, 10);
    let digest = "where template = 'digest'";
    sql::execute(&test.app.store, &format!("update outbox set status = 'failed', sent_at = null {digest}")).unwrap();
    assert_eq!(found(&test), Differences { unsent: 1, ..NONE }, "given up");
    sql::execute(&test.app.store, &format!("update outbox set status = 'pending' {digest}")).unwrap();
    assert_eq!(found(&test), Differences { unsent: 1, ..NONE }, "waits for ever");
    let late = format!("update outbox set status = 'sent', sent_at = '2026-04-09 12:00:00' {digest}");
    sql::execute(&test.app.store, &late).unwrap();
    assert_eq!(found(&test), Differences { late: 1, ..NONE });
}

#[test]
fn what_somebody_did_before_the_morning_is_dropped_rightly_and_nothing_else_is() {
    let test = TestApp::at("2026-03-02T08:00:00Z");
    test.app.choose_reminders(&actor(&test.app, RECEIVER), true).unwrap();
    test.app.choose_reminders(&actor(&test.app, COLLEAGUE), true).unwrap();
    let done = received(&test.app);
    test.clock.set("2026-04-01T06:00:00Z".parse().unwrap());
    test.app.sweep_deadlines().unwrap();
    take(&test.app, COLLEAGUE, &done, "route", json!({"lead_unit": "psykiatri-falun"})).unwrap();
    later(&test, 10);
    assert_eq!((found(&test), digest_of(&test)), (NONE, vec!["dropped".to_owned()]));

    let test = waiting();
    let alone = format!("delete from reminders where deadline = 'answer' and step = 0 and person_id = '{COLLEAGUE}'");
    sql::execute(&test.app.store, &alone).unwrap();
    later(&test, 1);
    let dropped = "update reminders set digest = 'dropped', outbox_id = null where digest = 'told'";
    sql::execute(&test.app.store, dropped).unwrap();
    let found = found(&test);
    assert_eq!(
        found,
        Differences { missing: 1, unsent: 1, ..NONE },
        "the colleague's row, and a digest that left it out"
    );
}

#[test]
fn what_passes_to_a_substitute_or_to_nobody_is_no_fault() {
    let test = waiting();
    away(&test.app, "2026-04-01", "2026-04-30");
    later(&test, 10);
    assert_eq!((found(&test), digest_of(&test)), (NONE, vec!["dropped".to_owned()]));

    // Nobody holds the role any more: that is named, as it is where nobody held it from the beginning.
    let test = waiting();
    let yesterday = "update memberships set valid_until = '2026-03-31' where role = 'handler'";
    sql::execute(&test.app.store, yesterday).unwrap();
    test.clock.advance(Duration::minutes(5));
    test.app.write_digests().unwrap();
    let audit = audit(&test);
    assert!(audit.nobody.iter().any(|finding| finding.deadline == "answer" && finding.step == 0), "{audit:?}");
}

#[test]
fn two_months_of_digests_absences_and_steps_are_without_fault_each_night() {
    let mut month = Month::begun();
    for person in [RECEIVER, COLLEAGUE, "divisionschef-psykiatri", "mas-falun"] {
        month.test.app.choose_reminders(&actor(&month.test.app, person), true).unwrap();
    }
    let mut latest = None;
    for day in 0..60 {
        for minutes in [0, 5] {
            month.pass(Duration::minutes(minutes));
        }
        let app = &month.test.app;
        match day % 7 {
            1 => drop(register(app)),
            2 => latest = Some(received(app)),
            3 => app.choose_reminders(&actor(app, COLLEAGUE), day % 2 == 0).unwrap(),
            4 => {
                let route = json!({"lead_unit": "psykiatri-falun"});
                latest.take().map(|done| take(app, COLLEAGUE, &done, "route", route).unwrap());
            }
            _ if day == 33 => away(app, "2026-04-04", "2026-04-20"),
            _ => {}
        }
        let (to, from) = (local_date(app.now()), local_date(app.now()) - Duration::days(10));
        let found = app.audit_reminders(from, to).unwrap().differences();
        assert_eq!(Differences { nobody: 0, ..found }, NONE, "day {day}");
        month.pass(Duration::days(1) - Duration::minutes(5));
    }
}
