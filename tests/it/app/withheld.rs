//! Mails that wait while their recipients lose what they were written for: nobody learns anything of a case that she may not
//! know of, and everybody who may gets hers.

use std::collections::BTreeSet;

use chrono::Duration;
use samsyn::app::absences::NewAbsence;
use samsyn::app::administration::MailError;
use samsyn::app::cases::{Done, Registration};
use samsyn::app::outbox::{Delivered, MailStatus};
use samsyn::mail::{DIGEST, DigestContent, Outgoing, Transport};
use samsyn::store::absences::Reason;
use serde_json::json;

use crate::support::cases::{RECEIVER, actor, deviation, object, received, register, take};
use crate::support::database::{TestApp, add_people};
use crate::support::sql;

/// Has the same role as who receives the deviations.
const COLLEAGUE: &str = "avvikelsehandlaggare-psykiatri";
const NONE: Delivered = Delivered { sent: 0, retried: 0, failed: 0 };
const EVENING: &str = "2026-03-02T20:00:00Z";
const MORNING: &str = "2026-03-03T09:00:00Z";

fn at(test: &TestApp, instant: &str) {
    test.clock.set(instant.parse().unwrap());
}

/// What leaves now: to whom, and the words.
fn deliver(test: &TestApp) -> (Delivered, Vec<Outgoing>) {
    let sent = std::sync::Arc::default();
    let from = "samsyn <samsyn@samsyn.example>".parse().unwrap();
    let delivered = test.app.deliver_mail(&Transport::Memory(std::sync::Arc::clone(&sent)), &from).unwrap();
    let mails = sent.lock().unwrap().clone();
    (delivered, mails)
}

/// Whose mails these are.
fn people(test: &TestApp, mails: &[Outgoing]) -> Vec<String> {
    let person = |mail: &Outgoing| {
        sql::lines(&test.app.store, &format!("select person_id as line from outbox where id = '{}'", mail.id)).remove(0)
    };
    mails.iter().map(person).collect()
}

fn role_ends(test: &TestApp, person: &str, last: &str) {
    let ends = format!("update memberships set valid_until = '{last}' where person_id = '{person}'");
    sql::execute(&test.app.store, &ends).unwrap();
}

/// Each mail: to whom, what became of it, and why.
fn outbox(test: &TestApp) -> Vec<String> {
    let why = "person_id || ': ' || status || ' ' || coalesce(error, '') as line";
    sql::lines(&test.app.store, &format!("select {why} from outbox order by person_id, id"))
}

#[test]
fn a_mail_that_waited_overnight_does_not_reach_who_has_lost_the_role_and_is_seen_not_to() {
    let test = TestApp::at(EVENING);
    let done = register(&test.app);
    role_ends(&test, RECEIVER, "2026-03-02");
    at(&test, MORNING);
    let (delivered, mails) = deliver(&test);
    assert_eq!(
        (delivered, people(&test, &mails)),
        (Delivered { sent: 1, failed: 1, ..NONE }, vec![COLLEAGUE.to_owned()])
    );
    let why = "the person may no longer know of the case";
    let kept = [format!("{COLLEAGUE}: sent "), format!("{RECEIVER}: failed {why}")];
    assert_eq!(outbox(&test), kept);
    let administrator = actor(&test.app, "systemadministrator-lanet");
    let (failed, _) = test.app.outbox(&administrator, Some(MailStatus::Failed), None).unwrap();
    assert_eq!(failed[0].error, Some(MailError::Withheld));
    let shown = test.app.mails(&actor(&test.app, COLLEAGUE), &done.number).unwrap();
    assert!(shown.iter().any(|mail| mail.status == MailStatus::Failed), "on the case: {shown:?}");

    // A retry brings it to nobody whom the first try kept it from, and to her once she may know of it again.
    test.app.retry_mail(Some(&administrator), &failed[0].id).unwrap();
    assert_eq!(deliver(&test).0, Delivered { failed: 1, ..NONE });
    assert_eq!((test.app.retry_failed_mails().unwrap(), deliver(&test).0), (1, Delivered { failed: 1, ..NONE }));
    assert_eq!(outbox(&test), kept);
    role_ends(&test, RECEIVER, "2026-12-31");
    test.app.retry_failed_mails().unwrap();
    assert_eq!(people(&test, &deliver(&test).1), [RECEIVER]);
}

#[test]
fn who_stands_in_for_somebody_gets_what_leaves_while_she_does_and_then_it_is_hers_again() {
    for (last, expected) in [("2026-03-04", "chef-primarvard-falun"), ("2026-03-02", CHIEF)] {
        let test = TestApp::at("2026-03-02T08:00:00Z");
        let routed = received(&test.app);
        let (chief, substitute) = (CHIEF, "chef-primarvard-falun");
        let absence = NewAbsence {
            person: chief.into(),
            from: Some("2026-03-02".parse().unwrap()),
            until: Some(last.parse().unwrap()),
            substitute: Some(substitute.into()),
            cause: Some(Reason::Leave),
        };
        test.app.record_absence(&actor(&test.app, chief), &absence, None).unwrap();
        at(&test, EVENING);
        take(&test.app, RECEIVER, &routed, "route", json!({"lead_unit": "psykiatri-falun"})).unwrap();
        at(&test, MORNING);
        let mails = deliver(&test).1;
        let to: Vec<_> =
            people(&test, &mails).into_iter().filter(|to| [chief, substitute].contains(&to.as_str())).collect();
        assert_eq!(to, [expected], "away until {last}");
        assert!(!outbox(&test).iter().any(|mail| mail.contains("failed")), "written to whose it is in the morning");
    }
}

fn none() -> BTreeSet<String> {
    BTreeSet::new()
}

fn only(person: &str) -> BTreeSet<String> {
    BTreeSet::from([person.to_owned()])
}

/// The manager of a unit whose role passes on to somebody else.
const CHIEF: &str = "chef-psykiatri-falun";

/// From a day on there is another manager; the one there was is so for the last time on the second of March.
fn chief_changes(test: &TestApp, begins: &str) {
    let after = "{id: next, name: Next, email: next@region.example";
    add_people(&test.app, &format!("- {after}, memberships: [{{role: manager, unit: psykiatri-falun}}]}}"));
    let hers = format!("update memberships set valid_from = '{begins}' where person_id = 'next'");
    sql::execute(&test.app.store, &hers).unwrap();
    role_ends(test, CHIEF, "2026-03-02");
}

/// To which of the two, the manager and who comes after her, mails leave now.
fn to_the_chiefs(test: &TestApp) -> BTreeSet<String> {
    let to = people(test, &deliver(test).1);
    to.into_iter().filter(|to| [CHIEF, "next"].contains(&to.as_str())).collect()
}

/// A case that is routed to the unit in the morning of the second of March, of which no mail has left.
fn routed_to_the_unit(test: &TestApp) -> Done {
    let done = received(&test.app);
    deliver(test);
    take(&test.app, RECEIVER, &done, "route", json!({"lead_unit": "psykiatri-falun"})).unwrap()
}

#[test]
fn what_waited_for_the_mail_server_while_a_role_passed_on_reaches_whoever_has_it_now_once() {
    let test = TestApp::at("2026-03-02T08:00:00Z");
    let done = routed_to_the_unit(&test);
    // Of which nobody is told: it is still whose it was.
    take(&test.app, RECEIVER, &done, "note_registry_number", json!({"registry_number": "DNR 1"})).unwrap();
    chief_changes(&test, "2026-03-04");
    at(&test, MORNING);
    assert_eq!(to_the_chiefs(&test), none(), "nobody has the role that day");
    at(&test, "2026-03-04T09:00:00Z");
    for expected in [only("next"), none()] {
        test.app.retry_failed_mails().unwrap();
        assert_eq!(to_the_chiefs(&test), expected);
    }
    let content = "select content as line from outbox where person_id in ('next', 'chef-psykiatri-falun')";
    let contents: BTreeSet<_> = sql::lines(&test.app.store, content).into_iter().collect();
    assert_eq!(contents.len(), 1, "the same words: {contents:?}");
}

#[test]
fn what_has_been_overtaken_by_another_step_is_not_passed_on() {
    let test = TestApp::at("2026-03-02T08:00:00Z");
    let done = routed_to_the_unit(&test);
    chief_changes(&test, "2026-03-03");
    let elsewhere = json!({"lead_unit": "psykiatri-mora", "grounds": "Fel enhet."});
    take(&test.app, RECEIVER, &done, "route_anew", elsewhere).unwrap();
    at(&test, MORNING);
    assert_eq!(to_the_chiefs(&test), none());
}

#[test]
fn what_was_for_somebody_who_is_disabled_meanwhile_reaches_who_has_come_after_her() {
    // Whoever gets the role meanwhile may get it as of a day before.
    for begins in ["2026-01-01", "2026-03-02", "2026-03-03"] {
        let test = TestApp::at("2026-03-02T08:00:00Z");
        routed_to_the_unit(&test);
        chief_changes(&test, begins);
        role_ends(&test, CHIEF, "2026-12-31");
        disabled(&test);
        at(&test, MORNING);
        assert_eq!(to_the_chiefs(&test), only("next"), "{begins}");
        assert!(outbox(&test).contains(&format!("{CHIEF}: failed the person is disabled")), "{:?}", outbox(&test));
    }
}

fn disabled(test: &TestApp) {
    let disabled = format!("update persons set disabled_at = '2026-03-02 21:00:00' where id = '{CHIEF}'");
    sql::execute(&test.app.store, &disabled).unwrap();
}

#[test]
fn a_case_that_cannot_be_read_holds_up_no_mail_about_others() {
    let test = TestApp::at("2026-03-02T08:00:00Z");
    let done = routed_to_the_unit(&test);
    let other = received(&test.app);
    take(&test.app, RECEIVER, &other, "route", json!({"lead_unit": "psykiatri-falun"})).unwrap();
    disabled(&test);
    let unread = format!("update cases set snapshot = '{{}}' where number = '{}'", done.number);
    sql::execute(&test.app.store, &unread).unwrap();
    at(&test, MORNING);
    let others = people(&test, &deliver(&test).1);
    assert!(others.contains(&"utredare-psykiatri-falun".to_owned()), "{others:?}");
    let kept = outbox(&test).iter().filter(|mail| mail.contains("failed the person is disabled")).count();
    assert_eq!(kept, 2, "what was for her is told of both: {:?}", outbox(&test));
}

/// The same of a reminder: it is noted for whoever has come, and the audit finds nothing wrong with that.
#[test]
fn a_reminder_that_waited_while_a_role_passed_on_reaches_whoever_has_it_now() {
    let test = TestApp::at("2026-03-02T08:00:00Z");
    routed_to_the_unit(&test);
    deliver(&test);
    at(&test, "2026-04-01T06:00:00Z");
    test.app.sweep_deadlines().unwrap();
    let hers = "person_id in ('next', 'chef-psykiatri-falun') and outbox_id is not null";
    let reminded = format!("select distinct person_id as line from reminders where {hers} order by 1");
    assert_eq!(sql::lines(&test.app.store, &reminded), [CHIEF]);
    chief_changes(&test, "2026-04-02");
    role_ends(&test, CHIEF, "2026-04-01");
    at(&test, "2026-04-02T06:00:00Z");
    assert_eq!(to_the_chiefs(&test), only("next"));
    assert_eq!(sql::lines(&test.app.store, &reminded), [CHIEF, "next"]);
    let day = |text: &str| text.parse().unwrap();
    let audit = test.app.audit_reminders(day("2026-04-01"), day("2026-04-02")).unwrap();
    assert!(audit.planned > 0 && audit.differences() == Default::default(), "{audit:?}");
}

/// Whoever only told of something holds no role by which she reads cases, but follows what she sent for as long as she
/// belongs where she sent it.
#[test]
fn who_only_sent_something_is_written_to_while_she_belongs_there() {
    for (last, expected) in [("2026-12-31", 1), ("2026-03-02", 0)] {
        let test = TestApp::at("2026-03-02T08:00:00Z");
        let person = "boendestodjare-falun";
        let told = json!({"what_happened": "Något gick fel.", "event_on": "2026-03-01", "place": "Där."});
        let tip = Registration {
            workflow: "tip".to_owned(),
            start: "tell".to_owned(),
            parties: [].into(),
            given: object(told),
            ..deviation("")
        };
        let done = test.app.register(&actor(&test.app, person), &tip, None).unwrap();
        at(&test, EVENING);
        take(&test.app, "mas-falun", &done, "ask", json!({"question": "När?"})).unwrap();
        role_ends(&test, person, last);
        at(&test, MORNING);
        let mails = deliver(&test).1;
        assert_eq!(people(&test, &mails).iter().filter(|to| *to == person).count(), expected, "until {last}");
    }
}

/// A deviation against this municipality that Anna has received, and that waits for her digest from a morning on.
fn against(test: &TestApp, principal: &str) -> Done {
    let registration =
        Registration { parties: [("receiver".to_owned(), vec![principal.into()])].into(), ..deviation("X") };
    let done = test.app.register(&actor(&test.app, RECEIVER), &registration, None).unwrap();
    take(&test.app, "anna", &done, "receive", json!({})).unwrap()
}

fn digests(mails: &[Outgoing]) -> Vec<&Outgoing> {
    mails.iter().filter(|mail| mail.thread.is_none()).collect()
}

/// Anna has two reminders in one digest, written on the first of April, when the mail server was away.
fn digest_of_two() -> (TestApp, [Done; 2]) {
    let test = TestApp::at("2026-03-02T08:00:00Z");
    add_people(
        &test.app,
        "- {id: anna, name: Anna, email: anna@kommun.example, \
         memberships: [{role: handler, principal: falun}, {role: handler, principal: mora}]}",
    );
    test.app.choose_reminders(&actor(&test.app, "anna"), true).unwrap();
    let cases = ["falun", "mora"].map(|principal| against(&test, principal));
    deliver(&test);
    at(&test, "2026-04-01T06:00:00Z");
    test.app.sweep_deadlines().unwrap();
    deliver(&test);
    test.clock.advance(Duration::minutes(5));
    assert_eq!(test.app.write_digests().unwrap().written, 1);
    at(&test, "2026-04-02T06:00:00Z");
    (test, cases)
}

fn role_at_ends(test: &TestApp, principal: &str) {
    let of = format!("person_id = 'anna' and principal_id = '{principal}'");
    sql::execute(&test.app.store, &format!("update memberships set valid_until = '2026-04-01' where {of}")).unwrap();
}

/// Anna's rows of the ledger: the case, what a digest has to do with it, and whether it names one.
fn ledger(test: &TestApp) -> Vec<String> {
    let told = "number || ' ' || digest || case when outbox_id is null then '' else ', mail' end as line";
    let query =
        format!("select {told} from reminders join cases on cases.id = case_id where digest is not null order by 1");
    sql::lines(&test.app.store, &query)
}

#[test]
fn a_digest_says_nothing_of_the_cases_that_she_may_no_longer_know_of() {
    let (test, [falun, mora]) = digest_of_two();
    role_at_ends(&test, "mora");
    // What she may no longer know of is reminded of who comes after her there.
    let after =
        "- {id: after, name: After, email: after@mora.example, memberships: [{role: handler, principal: mora}]}";
    add_people(&test.app, after);
    let (_, mails) = deliver(&test);
    let [digest] = digests(&mails)[..] else { panic!("{mails:?}") };
    let words = format!("{} {}", digest.rendered.subject, digest.rendered.text);
    assert!(words.contains(&falun.number.0) && !words.contains(&mora.number.0), "{words}");
    let stored =
        sql::lines(&test.app.store, &format!("select content as line from outbox where template = '{DIGEST}'"));
    let content: DigestContent = serde_json::from_str(&stored[0]).unwrap();
    assert_eq!((content.matters, content.new_matters, content.new.len(), content.unlisted), (1, 1, 1, 0));
    let told = [format!("{} told, mail", falun.number), format!("{} dropped", mora.number)];
    let passed_on: Vec<_> =
        sql::lines(&test.app.store, "select person_id as line from reminders where person_id = 'after'");
    assert_eq!((ledger(&test), passed_on), (told.into(), vec!["after".to_owned()]));
    // What was taken out stays out.
    role_ends(&test, "anna", "2026-12-31");
    sql::execute(&test.app.store, &format!("update outbox set status = 'failed' where template = '{DIGEST}'")).unwrap();
    test.app.retry_failed_mails().unwrap();
    let (_, again) = deliver(&test);
    assert_eq!(digests(&again)[0].rendered, digest.rendered);
}

#[test]
fn a_digest_of_which_nothing_is_left_is_not_sent() {
    let (test, _) = digest_of_two();
    ["falun", "mora"].iter().for_each(|principal| role_at_ends(&test, principal));
    let (_, mails) = deliver(&test);
    assert_eq!(digests(&mails).len(), 0);
    assert!(outbox(&test).contains(&"anna: failed the person may no longer know of the case".to_owned()));
    assert!(ledger(&test).iter().all(|line| line.ends_with(" told, mail")), "as it is, for a retry");
}
