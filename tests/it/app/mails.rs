//! Mails on their way out, where two processes send them.

use chrono::Duration;
use samsyn::app::App;
use samsyn::app::absences::NewAbsence;
use samsyn::app::cases::Registration;
use samsyn::authz::{Role, Seat};
use samsyn::ids::{PersonId, PrincipalId};
use samsyn::store::absences::Reason;
use samsyn::store::outbox::{self, Outcome};
use samsyn::store::{StoreError, people};
use samsyn::workflow::engine::Happened;
use serde_json::json;

use crate::support::cases::{FALUN, RECEIVER, REGION, SENDER, actor, mails_about, raised, received, register, take};
use crate::support::database::{TestApp, add_people};
use crate::support::sql;

#[test]
fn a_mail_that_another_process_has_put_off_is_not_claimed_before_its_time() {
    let test = TestApp::at("2026-03-02T09:00:00Z");
    register(&test.app);
    let now = test.app.now();
    let later = now + Duration::minutes(1);
    let claim = |id: &str, holder: &str, at| {
        test.app.store.write(|db| outbox::claim(db, id, holder, at, at + Duration::minutes(10))).unwrap().is_some()
    };
    // Both have looked; one is refused by the mail server before the other comes to the mail.
    let ids = test.app.store.read::<_, StoreError>(|db| outbox::ready(db, now, 10)).unwrap();
    assert!(claim(&ids[0], "one", now));
    let put_off = Outcome::Retry(later, "refused for now".to_owned());
    test.app.store.write(|db| outbox::mark(db, &ids[0], "one", now, &put_off)).unwrap();
    assert!(!claim(&ids[0], "two", now));
    assert!(claim(&ids[0], "two", later));
}

/// A14: the receiver is told at once of what the person needs now, and of a case that comes back; whoever takes a case on
/// herself writes to none of her colleagues.
#[test]
fn those_whose_move_it_is_are_told_by_whoever_brings_the_case_to_them() {
    let test = TestApp::at("2026-03-02T09:00:00Z");
    let told = |what: &mut dyn FnMut()| {
        let before = mails(&test);
        what();
        let new = mails(&test).into_iter().filter(|mail| !before.contains(mail));
        new.map(|mail| mail.split(' ').next().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let mut done = register(&test.app);
    let mut go =
        |person: &str, transition: &str, given| done = take(&test.app, person, &done, transition, given).unwrap();
    assert_eq!(told(&mut || go(RECEIVER, "receive", json!({}))), Vec::<String>::new());
    let handlers = ["avvikelsehandlaggare-psykiatri", "avvikelsehandlaggare-region"];
    assert_eq!(told(&mut || go(SENDER, "add_need", json!({"need_now": "En plats i dag."}))), handlers);
    assert_eq!(
        told(&mut || go(RECEIVER, "wrong_principal", json!({"grounds": "Inte vår."}))),
        ["mas-falun", "sas-falun"]
    );
    assert_eq!(told(&mut || go(SENDER, "argue_back", json!({"grounds": "Er fråga."}))), handlers);
}

/// A14: the mail of a need says what it is about and until when, to those of the units too that may answer; a need beside
/// one that nobody has answered puts off neither its day nor its reminders.
#[test]
fn all_who_may_answer_a_need_are_told_of_it_and_of_its_day() {
    let test = TestApp::at("2026-03-02T09:00:00Z");
    let done = received(&test.app);
    let done = take(&test.app, RECEIVER, &done, "route", json!({"lead_unit": "psykiatri-falun"})).unwrap();
    let about = || mails_about(&test.app, &done, "Vad personen behöver nu");
    let done = take(&test.app, SENDER, &done, "add_need", json!({"need_now": "En plats i dag."})).unwrap();
    let first = about();
    let told: Vec<&str> = first.iter().map(|mail| mail.person_id.as_str()).collect();
    for person in ["avvikelsehandlaggare-region", "chef-psykiatri-falun", "utredare-psykiatri-falun"] {
        assert!(told.contains(&person), "{told:?}");
    }
    assert!(!told.contains(&"chef-primarvard-falun") && !told.contains(&SENDER), "{told:?}");
    assert!(first.iter().all(|mail| mail.template == "urgent_need" && mail.content.contains("2026-03-03")));
    test.clock.set("2026-03-03T12:00:00Z".parse().unwrap());
    take(&test.app, SENDER, &done, "add_need", json!({"need_now": "En plats i kväll."})).unwrap();
    assert_eq!(about().len(), 2 * first.len(), "the second is told at once");
    test.clock.set("2026-03-04T12:00:00Z".parse().unwrap());
    test.app.sweep_deadlines().unwrap();
    assert!(about().iter().any(|mail| mail.template == "silence"), "the manager hears of the first in its time");
}

/// An end is told to those who know of the case: both managements, and a body only where the matter was sent to it.
#[test]
fn the_end_of_a_dispute_is_told_to_those_who_know_of_it() {
    let test = TestApp::at("2026-03-02T09:00:00Z");
    let dispute = test.app.register(&actor(&test.app, FALUN), &raised("region-dalarna", &[]), None).unwrap();
    take(&test.app, FALUN, &dispute, "withdraw", json!({"grounds": "Vi är överens."})).unwrap();
    let lines = "select person_id || ' ' || template as line from outbox where template = 'ended' order by 1";
    let told = sql::lines(&test.app.store, lines);
    assert!(told.contains(&format!("{REGION} ended")), "{told:?}");
    assert!(!told.iter().any(|line| line.contains("sekreterare") || line.starts_with(FALUN)), "{told:?}");
}

/// A side that does not see the case yet is not told that it has ended.
#[test]
fn a_party_hears_nothing_of_a_paper_that_was_never_submitted() {
    let test = TestApp::at("2026-11-02T09:00:00Z");
    let parties = [("raiser", vec!["mora"]), ("criticised", vec!["region-dalarna"])];
    let parties = parties.map(|(side, ids)| (side.to_owned(), ids.into_iter().map(PrincipalId::from).collect()));
    let registration = Registration {
        workflow: "regional-dispute".to_owned(),
        start: "announce".to_owned(),
        happened: Happened::Now,
        parties: parties.into(),
        origins: Vec::new(),
        given: json!({"subject": "SIP", "clause": "Avsnitt 5"}).as_object().unwrap().clone(),
        draft: None,
    };
    let case = test.app.register(&actor(&test.app, "socialchef-mora"), &registration, None).unwrap();
    take(&test.app, "socialchef-mora", &case, "withdraw", json!({})).unwrap();
    let told = mails(&test);
    assert!(told.iter().all(|line| !line.starts_with(REGION) && !line.contains("sekreterare")), "{told:?}");
}

fn mails(test: &TestApp) -> Vec<String> {
    sql::lines(&test.app.store, "select person_id || ' ' || id as line from outbox order by 1")
}

#[test]
fn another_unit_of_the_same_principal_is_told_that_the_case_is_back() {
    let test = TestApp::at("2026-03-02T09:00:00Z");
    let units = json!({"lead_unit": "psykiatri-falun", "further_units": ["primarvard-falun"]});
    let done = take(&test.app, RECEIVER, &received(&test.app), "route", units).unwrap();
    let asks = "utredare-primarvard-falun";
    let done = take(&test.app, asks, &done, "ask_in_investigation", json!({"question": "När?"})).unwrap();
    let before = mails(&test);
    take(&test.app, asks, &done, "investigate_without_more", json!({})).unwrap();
    let told: Vec<_> = mails(&test).into_iter().filter(|mail| !before.contains(mail)).collect();
    let people: Vec<_> = told.iter().map(|mail| mail.split(' ').next().unwrap()).collect();
    assert_eq!(people, ["chef-primarvard-falun", "chef-psykiatri-falun", "utredare-psykiatri-falun"]);
}

#[test]
fn mails_leave_in_the_hours_that_the_operator_has_chosen_and_no_deadline_moves() {
    // Monday 2 March, 16:30 in Sweden.
    let [usual, short] = [None, Some("09:00-16:00")].map(|hours: Option<&str>| {
        let mut test = TestApp::at("2026-03-02T15:30:00Z");
        test.app.hours = hours.map(|hours| hours.parse().unwrap()).unwrap_or_default();
        register(&test.app);
        test.clock.set("2026-03-16T07:00:00Z".parse().unwrap());
        test.app.sweep_deadlines().unwrap();
        let leave =
            "select distinct cast(created_at as text) || ' ' || cast(next_at as text) as line from outbox order by 1";
        let due = sql::lines(&test.app.store, "select name || cast(due as text) as line from deadlines order by 1");
        (sql::lines(&test.app.store, leave), due)
    });
    assert_eq!(usual.0, ["2026-03-02 15:30:00 2026-03-02 15:30:00", "2026-03-16 07:00:00 2026-03-16 07:00:00"]);
    assert_eq!(short.0, ["2026-03-02 15:30:00 2026-03-03 08:00:00", "2026-03-16 07:00:00 2026-03-16 08:00:00"]);
    assert_eq!(usual.1, short.1);
}

/// Everybody in the outbox, each as often as there are mails to her.
fn told(test: &TestApp) -> Vec<String> {
    mails(test).into_iter().map(|mail| mail.split(' ').next().unwrap().to_owned()).collect()
}

#[test]
fn nothing_is_written_to_who_is_disabled() {
    let test = TestApp::at("2026-03-02T09:00:00Z");
    let app = &test.app;
    register(app);
    assert_eq!(told(&test), ["avvikelsehandlaggare-psykiatri", "avvikelsehandlaggare-region"]);
    let (gone, left) =
        (PersonId::from("avvikelsehandlaggare-psykiatri"), PersonId::from("avvikelsehandlaggare-region"));
    app.disable_person(&gone).unwrap();
    register(app);
    assert_eq!(told(&test).iter().filter(|person| **person == left.0).count(), 2);
    assert_eq!(told(&test).iter().filter(|person| **person == gone.0).count(), 1, "the first case's alone");
    app.enable_person(&gone).unwrap();
    register(app);
    assert_eq!(told(&test).iter().filter(|person| **person == gone.0).count(), 2);
}

#[test]
fn who_is_away_is_written_to_herself_where_her_substitute_is_disabled() {
    let test = TestApp::at("2026-03-02T09:00:00Z");
    let app = &test.app;
    away(app, "socialchef-falun", "sas-falun");
    assert_eq!(management(app, "falun"), ["sas-falun"]);
    app.disable_person(&"sas-falun".into()).unwrap();
    assert_eq!(management(app, "falun"), ["socialchef-falun"]);
    // Her own sign-in is closed for good, and her substitute goes on.
    app.enable_person(&"sas-falun".into()).unwrap();
    app.disable_person(&"socialchef-falun".into()).unwrap();
    assert_eq!(management(app, "falun"), ["sas-falun"]);
    app.disable_person(&"sas-falun".into()).unwrap();
    assert_eq!(management(app, "falun"), [""; 0]);
    let others = app.possible_substitutes(&actor(app, "mas-falun"), &"mas-falun".into()).unwrap();
    assert!(others.iter().all(|(person, _)| person.as_str() != "sas-falun"), "{others:?}");
}

#[test]
fn who_stands_in_at_one_principal_gets_no_mail_of_a_second() {
    let test = TestApp::at("2026-03-02T09:00:00Z");
    let app = &test.app;
    add_people(
        app,
        "- {id: cia, name: Cia, memberships: [{role: employee, principal: falun}, {role: employee, principal: mora}]}",
    );
    away(app, "socialchef-falun", "cia");
    away(app, "socialchef-mora", "cia");
    let acts = |principal: &str| {
        let there = |seat: &Seat| seat.role == Role::Management && seat.principal == Some(principal.into());
        actor(app, "cia").seats.iter().any(there)
    };
    for (principal, chief) in [("falun", "socialchef-falun"), ("mora", "socialchef-mora")] {
        let told = if acts(principal) { "cia" } else { chief };
        assert_eq!(management(app, principal), [told], "{principal}");
    }
    assert_ne!(acts("falun"), acts("mora"));
}

fn away(app: &App, person: &str, substitute: &str) {
    let day = |text: &str| Some(text.parse().unwrap());
    let (from, until, substitute) = (day("2026-03-02"), day("2026-03-20"), Some(substitute.into()));
    let absence = NewAbsence { person: person.into(), from, until, substitute, cause: Some(Reason::Leave) };
    app.record_absence(&actor(app, person), &absence, None).unwrap();
}

/// Who is written to as the management of a principal.
fn management(app: &App, principal: &str) -> Vec<String> {
    let (principal, day) = (principal.into(), "2026-03-02".parse().unwrap());
    let holders = app.store.read(|db| people::holders(db, Role::Management, Some(&principal), None, day)).unwrap();
    holders.into_iter().map(|(person, _)| person.0).collect()
}
