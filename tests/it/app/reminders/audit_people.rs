//! The audit judges each person: who held the role on the day was reminded and nobody else was, as far as it can be told
//! afterwards who that was; and what the ledger holds for her, a mail tells.

use chrono::Duration;
use samsyn::app::absences::NewAbsence;
use samsyn::calendar::local_date;
use samsyn::ids::PersonId;
use samsyn::mail::Differences;
use samsyn::store::absences::Reason;
use serde_json::json;

use super::audit::{Month, NONE};
use crate::support::cases::{RECEIVER, actor, register, take};
use crate::support::database::add_people;
use crate::support::sql;

const COLLEAGUE: &str = "avvikelsehandlaggare-psykiatri";

/// The first reminder of the receipt, to two people.
const FIRST: &str = "deadline = 'receipt' and step = 0 and round = 0";

#[test]
fn of_two_who_hold_the_role_the_one_who_was_not_reminded_is_missing() {
    let month = Month::new();
    assert_eq!(month.differences(), NONE);
    month.run(&format!("delete from reminders where {FIRST} and person_id = '{COLLEAGUE}'"));
    let audit = month.audit();
    assert_eq!(audit.differences(), Differences { missing: 1, ..NONE }, "{audit:?}");
    let missing = &audit.missing[0];
    let found = (&missing.case, missing.deadline.as_str(), missing.step, &missing.person);
    assert_eq!(found, (&month.waiting, "receipt", 0, &Some(PersonId::from(COLLEAGUE))));
}

#[test]
fn somebody_who_does_not_hold_the_role_is_surplus() {
    let month = Month::new();
    month.run(&format!("update reminders set person_id = 'mas-falun' where {FIRST} and person_id = '{COLLEAGUE}'"));
    let audit = month.audit();
    assert_eq!(audit.differences(), Differences { missing: 1, surplus: 1, ..NONE }, "{audit:?}");
    assert_eq!(audit.surplus[0].person, Some(PersonId::from("mas-falun")));
}

/// Without a trace that anybody entered anything, the registers are taken at their word; with one they are not.
#[test]
fn what_was_entered_later_makes_nobody_missing_and_nobody_surplus() {
    let backdated = format!("update memberships set valid_until = '2026-03-01' where person_id = '{COLLEAGUE}'");
    let month = Month::new();
    month.run(&backdated);
    let differences = month.differences();
    assert!(differences.surplus > 3, "{differences:?}");
    assert_eq!(Differences { surplus: 0, ..differences }, NONE);
    add_people(&month.test.app, "- {id: ny, name: Ny, email: ny@region.example, memberships: []}");
    month.run(&backdated);
    assert_eq!(month.differences(), NONE, "an import may have said so");

    let month = Month::new();
    let administrator = actor(&month.test.app, "systemadministrator-lanet");
    month.test.app.set_sign_in(&administrator, &PersonId::from(COLLEAGUE), false).unwrap();
    assert_eq!(month.differences(), NONE, "she has gone, and was reminded as long as she was there");
    month.test.app.set_sign_in(&administrator, &PersonId::from(COLLEAGUE), true).unwrap();
    month.run(&format!("delete from reminders where {FIRST} and person_id = '{COLLEAGUE}'"));
    assert_eq!(month.differences(), NONE, "she may have been away from the registers just then");
    month.run(&format!("delete from reminders where {FIRST}"));
    assert_eq!(month.differences(), Differences { missing: 1, ..NONE }, "the step needs no register");
}

#[test]
fn what_was_recorded_within_minutes_of_a_reminder_may_have_been_first() {
    let mut month = Month::begun();
    month.pass(Duration::days(2) + Duration::hours(23));
    let sweeps = "select distinct cast(recorded_at as text) as line from reminders where deadline = 'receipt'";
    assert_eq!(sql::lines(&month.test.app.store, sweeps).len(), 1);
    let done = register(&month.test.app);
    take(&month.test.app, RECEIVER, &done, "receive", json!({})).unwrap();
    (0..40).for_each(|_| month.pass(Duration::days(1)));
    assert_eq!(month.differences(), NONE);
}

#[test]
fn a_row_without_a_mail_is_unsent_unless_the_mail_of_a_later_step_stands_for_it() {
    let mut month = Month::begun();
    month.pass(Duration::days(31));
    let differences = month.differences();
    assert_eq!(Differences { late: 0, ..differences }, NONE, "coalesced after a stop: one mail for several steps");
    let bare = "select cast(count(*) as text) as line from reminders where outbox_id is null";
    assert_ne!(sql::lines(&month.test.app.store, bare), ["0"]);

    let month = Month::new();
    month.run(&format!("update reminders set outbox_id = null where {FIRST} and person_id = '{COLLEAGUE}'"));
    let audit = month.audit();
    assert_eq!(audit.differences(), Differences { unsent: 1, ..NONE });
    assert_eq!(audit.unsent[0].person, Some(PersonId::from(COLLEAGUE)));
}

/// Records an absence afterwards, from a day on to the one on which it is entered.
fn away_since(month: &Month, person: &str, from: &str, substitute: &str) {
    let absence = NewAbsence {
        person: person.into(),
        from: Some(from.parse().unwrap()),
        until: Some(local_date(month.test.app.now())),
        substitute: Some(substitute.into()),
        cause: Some(Reason::Other),
    };
    month.test.app.record_absence(&actor(&month.test.app, person), &absence, None).unwrap();
}

#[test]
fn an_absence_that_was_entered_later_excuses_those_whom_it_concerns_and_nobody_else() {
    let month = Month::new();
    month.run(&format!("delete from reminders where {FIRST} and person_id = '{COLLEAGUE}'"));
    let missing = Differences { missing: 1, ..NONE };
    away_since(&month, "mas-falun", "2026-03-01", "sas-falun");
    assert_eq!(month.differences(), missing, "of another principal");
    away_since(&month, RECEIVER, "2026-03-10", COLLEAGUE);
    assert_eq!(month.differences(), missing, "on other days");
    let manager = "divisionschef-psykiatri";
    away_since(&month, "halso-och-sjukvardsdirektor", "2026-03-01", manager);
    assert_eq!(month.differences(), missing, "of others there");
    away_since(&month, manager, "2026-03-01", COLLEAGUE);
    assert_eq!(month.differences(), NONE, "what those hold for whom she stood in may have been hers");
    for id in sql::lines(&month.test.app.store, "select id as line from absences") {
        month.test.app.end_absence(&actor(&month.test.app, "systemadministrator-lanet"), &id).unwrap();
    }
    assert_eq!(month.differences(), NONE, "nor does it matter that they were ended");
}

/// A mail that was kept from somebody who lost the role while it waited was for the others who hold it; it is unsent where
/// there are none.
#[test]
fn a_mail_that_was_kept_back_is_no_fault_where_somebody_else_was_told() {
    let mut month = Month::begun();
    month.test.clock.advance(Duration::days(3));
    month.test.app.sweep_deadlines().unwrap();
    month.run(&format!("update memberships set valid_until = '2026-03-05' where person_id = '{RECEIVER}'"));
    month.pass(Duration::hours(23));
    let kept = sql::lines(&month.test.app.store, "select error as line from outbox where error like '%no longer%'");
    assert!(!kept.is_empty());
    assert_eq!(month.differences(), NONE);
    month.run(&format!("update outbox set status = 'failed', sent_at = null, error = '{}'", kept[0]));
    assert_eq!(month.differences(), Differences { unsent: 2, ..NONE });
}
