//! What is foreseen of a case is what then goes out.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use chrono::Duration;
use samsyn::app::reminders::{Cause, InDigest, simulate};
use samsyn::calendar::local_date;
use samsyn::clock::Timestamp;
use samsyn::demo::run;
use samsyn::ids::{CaseNumber, PersonId};
use samsyn::mail::Transport;
use samsyn::store::{cases, deadlines};
use serde_json::json;

use crate::support::binary::Binary;
use crate::support::cases::{RECEIVER, actor, received, register, take};
use crate::support::database::TestApp;
use crate::support::sql;

/// The demonstration's open cases, in every state of every workflow.
fn open_cases() -> TestApp {
    let test = TestApp::at("2026-11-23T08:30:00Z");
    let transport = Transport::Memory(Arc::new(Mutex::new(Vec::new())));
    run::leave_cases_open(&test.app, &transport, &"samsyn@localhost".parse().unwrap(), test.app.now()).unwrap();
    test.app.sweep_deadlines().unwrap();
    test
}

fn numbers(test: &TestApp) -> Vec<CaseNumber> {
    test.app.store.read(|db| cases::numbers(db, None, i64::MAX)).unwrap()
}

/// What is foreseen until an instant: reminders and mails of steps, each with case, cause, recipient and day.
fn foreseen(test: &TestApp, until: Timestamp) -> BTreeSet<String> {
    let mut lines = BTreeSet::new();
    for number in numbers(test) {
        let preview = test.app.preview_reminders(&number).unwrap();
        assert!(preview.stuck.is_empty() && !preview.cut, "{number}: {preview:?}");
        lines.extend(preview.mails.iter().filter(|mail| mail.at <= until).map(|mail| {
            let person = mail.person.as_ref().map(PersonId::as_str).unwrap_or_default();
            let day = mail.day;
            match &mail.cause {
                Cause::Reminder { deadline, generation, step, round, .. } => {
                    format!("{number} {deadline} {generation} {step} {round} {person} {day}")
                }
                Cause::Step { .. } => format!("{number} {} {person} {day}", mail.template),
            }
        }));
    }
    lines
}

/// Lets the clock go from one instant at which something is due to the next.
fn let_time_pass(test: &TestApp, until: Timestamp) {
    loop {
        let next = test.app.store.read(|db| deadlines::waking(db, until, 1)).unwrap();
        let Some(next) = next.first() else { return };
        test.clock.set(next.wake_at.max(test.app.now()));
        assert_eq!(test.app.sweep_deadlines().unwrap().failed, 0);
    }
}

/// What went out after an instant.
fn went_out(test: &TestApp, after: Timestamp) -> BTreeSet<String> {
    let reminders = "select number || ' ' || deadline || ' ' || generation || ' ' || step || ' ' || round || ' '
        || person_id || ' @' || cast(recorded_at as text) as line from reminders join cases on cases.id = case_id";
    let told = "select number || ' ' || template || ' ' || person_id || ' @' || cast(created_at as text) as line
        from outbox join cases on cases.id = case_id where dedupe like 'turn:%'";
    let rows = [reminders, told].into_iter().flat_map(|query| sql::lines(&test.app.store, query));
    let dated = rows.filter_map(|row| {
        let (what, at) = row.rsplit_once('@').unwrap();
        let at: Timestamp = format!("{}Z", at.replace(' ', "T")).parse().unwrap();
        (at > after).then(|| format!("{what}{}", local_date(at)))
    });
    dated.collect()
}

#[test]
fn what_is_foreseen_of_every_open_case_goes_out_in_three_years() {
    let test = open_cases();
    let (now, until) = (test.app.now(), test.app.now() + Duration::days(3 * 365));
    let foreseen = foreseen(&test, until);
    let_time_pass(&test, until);
    let sent = went_out(&test, now);
    let (only_foreseen, only_sent) = (foreseen.difference(&sent), sent.difference(&foreseen));
    assert!(
        foreseen == sent,
        "foreseen: {:#?}\nsent: {:#?}",
        only_foreseen.collect::<Vec<_>>(),
        only_sent.collect::<Vec<_>>()
    );
    let steps = sent.iter().filter(|line| line.split(' ').count() == 4).count();
    assert!(sent.len() > 100 && steps > 0, "{} reminders and mails, {steps} of steps", sent.len());
}

#[test]
fn what_a_deadline_raises_is_foreseen_with_its_own_deadlines_and_nothing_is_written() {
    let test = open_cases();
    let before = sql::lines(&test.app.store, "select cast(count(*) as text) as line from entries");
    let all: Vec<_> = numbers(&test).iter().map(|number| test.app.preview_reminders(number).unwrap()).collect();
    let raised = |cause: &Cause| matches!(cause, Cause::Step { .. });
    let after_raised = all.iter().any(|preview| {
        let first = preview.mails.iter().position(|mail| raised(&mail.cause));
        first.is_some_and(|first| preview.mails[first..].iter().any(|mail| !raised(&mail.cause)))
    });
    assert!(after_raised, "no case goes on by itself and reminds again");
    assert_eq!(sql::lines(&test.app.store, "select cast(count(*) as text) as line from entries"), before);
}

#[test]
fn what_will_wait_for_a_digest_is_foreseen_so_and_nothing_else() {
    let test = TestApp::at("2032-03-01T08:00:00Z");
    test.app.choose_reminders(&actor(&test.app, RECEIVER), true).unwrap();
    let number = received(&test.app).number;
    let mut foreseen = BTreeSet::new();
    for mail in test.app.preview_reminders(&number).unwrap().mails {
        let Some(InDigest::Waits(told)) = mail.digest else { continue };
        assert_eq!((mail.leaves, mail.person), (told, Some(PersonId::from(RECEIVER))));
        assert_eq!(told, mail.at + Duration::minutes(5), "they are due at eight");
        let Cause::Reminder { deadline, step, round, .. } = mail.cause else { panic!("a step waits") };
        foreseen.insert(format!("{deadline} {step} {round}"));
    }
    // It goes by the real time, in which none of this is due yet.
    let told = Binary::on(&test.database).printed(&["reminders", "preview", &number.0]);
    assert_eq!(told.lines().filter(|line| line.contains(", in the digest of 2032-")).count(), foreseen.len(), "{told}");
    let_time_pass(&test, test.app.now() + Duration::days(3 * 365));
    let waited = "select deadline || ' ' || step || ' ' || round as line from reminders where digest is not null";
    let waited: BTreeSet<_> = sql::lines(&test.app.store, waited).into_iter().collect();
    assert!(waited == foreseen && !waited.is_empty(), "{waited:?} and {foreseen:?}");
}

#[test]
fn a_role_that_nobody_will_hold_is_foreseen() {
    let test = TestApp::at("2026-03-02T08:00:00Z");
    let done = register(&test.app);
    let holders = |number: &CaseNumber| {
        let mails = test.app.preview_reminders(number).unwrap().mails;
        mails.into_iter().map(|mail| mail.person.map(|person| person.0)).collect::<BTreeSet<_>>()
    };
    assert!(holders(&done.number).contains(&Some(RECEIVER.to_owned())));
    sql::execute(&test.app.store, "update memberships set valid_until = '2026-03-03'").unwrap();
    assert_eq!(holders(&done.number), BTreeSet::from([None]));
}

#[test]
fn a_case_that_has_ended_reminds_of_nothing() {
    let test = TestApp::at("2026-03-02T08:00:00Z");
    let done = take(&test.app, "mas-falun", &register(&test.app), "take_back", json!({"grounds": "Fel."})).unwrap();
    let preview = test.app.preview_reminders(&done.number).unwrap();
    assert_eq!(preview.mails, []);
}

#[test]
fn a_fresh_case_of_each_workflow_is_foreseen_without_people() {
    let test = TestApp::at("2026-03-02T08:00:00Z");
    for known in test.app.workflows.all() {
        let starts = simulate(known, &test.app.calendar, test.app.hours, test.app.now()).unwrap();
        assert!(!starts.is_empty());
        for (start, preview) in &starts {
            assert!(preview.mails.iter().all(|mail| mail.person.is_some()), "{start}: {preview:?}");
            assert!(!preview.cut && preview.stuck.is_empty(), "{start}");
            let wait = |digest: &Option<InDigest>| matches!(digest, Some(InDigest::Waits(_)));
            assert!(!preview.mails.iter().any(|mail| wait(&mail.digest)), "nobody has chosen");
        }
        let any = starts.iter().any(|(_, preview)| !preview.mails.is_empty());
        assert!(any, "{} reminds of nothing", known.definition.workflow);
    }
}

#[test]
fn the_command_lists_them() {
    let test = TestApp::at("2026-03-02T08:00:00Z");
    let done = register(&test.app);
    let binary = Binary::on(&test.database);
    let listed = binary.json(&["reminders", "preview", &done.number.0, "--json"]);
    let first = &listed["mails"][0];
    assert_eq!((&first["cause"]["reminder"]["deadline"], &first["to"]), (&json!("receipt"), &json!("turn")), "{first}");
    let told = binary.printed(&["reminders", "preview", &done.number.0]);
    assert!(told.lines().count() == listed["mails"].as_array().unwrap().len() + 1 && !told.contains('@'), "{told}");
    assert_eq!(binary.refused(&["reminders", "preview", "X-1"]), "error: there is no case X-1");
    let fresh = binary.json(&["workflow", "simulate", "deviation@1", "--json"]);
    assert!(fresh["register"]["mails"][0]["person"].as_str().unwrap().contains('@'), "a role at a side: {fresh}");
    assert!(fresh["register"]["mails"].to_string().contains("would_wait"), "{fresh}");
    let told = binary.printed(&["workflow", "simulate", "local-dispute"]);
    assert!(told.contains("raise") && told.contains(", or in a digest on "), "{told}");
}
