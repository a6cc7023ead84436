//! Who sees a case, and how much of it.

use samsyn::app::AppError;
use samsyn::authz::Actor;
use samsyn::ids::CaseNumber;
use samsyn::workflow::rejection::Code;
use serde_json::json;

use crate::support::cases::{
    FALUN, RECEIVER, SENDER, actor, deviation, dispute, mails_about, raised, received, register, take,
};
use crate::support::database::{TestApp, add_people};

#[test]
fn who_has_left_a_principal_no_longer_sees_what_she_registered_for_it() {
    let test = TestApp::at("2026-03-02T08:00:00Z");
    let app = &test.app;
    add_people(
        app,
        "- {id: anna, name: Anna, memberships: [{role: handler, principal: falun, until: 2026-03-31}, \
         {role: handler, principal: mora, from: 2026-04-01}]}",
    );
    let nurse = "sjukskoterska-psykiatri-falun";
    let done = app.register(&actor(app, "anna"), &deviation("Något gick fel."), None).unwrap();
    let mut of_nurse = deviation("Något gick fel.");
    of_nurse.parties = [("receiver".to_owned(), vec!["falun".into()])].into();
    let of_nurse = app.register(&actor(app, nurse), &of_nurse, None).unwrap();
    let sees = |person: &str, number: &_| app.case(&actor(app, person), number).is_ok();
    assert!(sees("anna", &done.number) && sees(nurse, &of_nurse.number));

    test.clock.set("2026-04-01T08:00:00Z".parse().unwrap());
    take(app, RECEIVER, &done, "receive", json!({})).unwrap();
    let anna = actor(app, "anna");
    assert!(matches!(app.case(&anna, &done.number), Err(AppError::NotFound)));
    assert!(matches!(app.timeline(&anna, &done.number), Err(AppError::NotFound)));
    assert_eq!(app.list_cases(&anna, &Default::default(), None, 10).unwrap().cases, []);
    assert!(sees(nurse, &of_nurse.number), "whoever stays follows what she sent");
}

#[test]
fn a_body_is_told_nothing_of_what_the_parties_fields_hold() {
    let test = TestApp::at("2026-03-02T08:00:00Z");
    let app = &test.app;
    let (one, other) = ("socialchef-falun", "bitradande-falun");
    add_people(app, "- {id: bitradande-falun, name: Biträdande, memberships: [{role: management, principal: falun}]}");
    let interim = json!({"provides": "falun", "pays": "falun", "from_on": "2026-03-02", "without_admission": true});
    let mut done = dispute(app, json!({"child": true, "interim": interim}));
    for (who, transition, given) in [
        (one, "propose_settlement", json!({"settlement": "Hälften var."})),
        (one, "confirm_settlement", json!({})),
        (one, "await_committee", json!({"committee": "Nämnden", "committee_on": "2026-03-05"})),
        (one, "write_statement", json!({"statement": "Vi är oense om kostnaden."})),
        (other, "approve_statement", json!({})),
        (other, "escalate", json!({"tried": ["staff"], "grounds": "Ingen lösning."})),
    ] {
        done = take(app, who, &done, transition, given).unwrap();
    }
    let secretary = actor(app, "natverkssekreterare");
    let seen = |who: &Actor| {
        let case = app.case(who, &done.number).unwrap();
        let due = app.list_cases(who, &Default::default(), None, 10).unwrap().cases[0].due.unwrap();
        (case.deadlines.into_iter().map(|d| d.id).collect::<Vec<_>>(), case.confirmations.len(), due.to_string())
    };
    let of_parties = ["committee", "interim_for_child", "schedule", "answer_settlement", "statements"];
    assert_eq!(seen(&actor(app, one)), (of_parties.map(str::to_owned).to_vec(), 1, "2026-03-05".to_owned()));
    let of_body = ["schedule", "statements"].map(str::to_owned).to_vec();
    assert_eq!(seen(&secretary), (of_body, 0, "2026-03-09".to_owned()));

    test.clock.set("2026-03-20T08:00:00Z".parse().unwrap());
    app.sweep_deadlines().unwrap();
    let about_child = mails_about(app, &done, "när ett barn berörs");
    assert!(!about_child.is_empty() && about_child.iter().all(|mail| mail.person_id != secretary.person.0));
}

#[test]
fn a_case_names_no_other_that_one_of_its_parties_may_not_know_of() {
    let test = TestApp::at("2026-03-02T08:00:00Z");
    let app = &test.app;
    let mora = app.register(&actor(app, "mas-mora"), &deviation("Något gick fel."), None).unwrap();
    let (earlier, done) = (received(app), received(app));
    let name = |other: &CaseNumber| take(app, RECEIVER, &done, "mark_duplicate", json!({"original_case": other}));
    // The region reads both; Falun may not learn that Mora has one.
    for (other, why) in [(&mora.number, "a third principal's"), (&done.number, "the case itself")] {
        match name(other) {
            Err(AppError::Rejected(rejection)) => assert_eq!(rejection.reasons[0].code, Code::WrongType, "{why}"),
            other => panic!("{why}: {other:?}"),
        }
    }
    assert_eq!(name(&earlier.number).unwrap().state, "duplicate");
}

#[test]
fn the_timeline_keeps_the_order_of_the_log_where_the_clock_was_set_back() {
    let test = TestApp::at("2026-03-02T08:00:00Z");
    let done = received(&test.app);
    test.clock.set("2026-03-01T08:00:00Z".parse().unwrap());
    take(&test.app, SENDER, &done, "add_facts", json!({"more_facts": "Det hände igen."})).unwrap();
    let timeline = test.app.timeline(&actor(&test.app, SENDER), &done.number).unwrap();
    let places: Vec<_> = timeline.iter().map(|entry| (entry.room.as_str(), entry.n)).collect();
    assert_eq!(places, [("shared", 1), ("shared", 2), ("shared", 3), ("shared", 4), ("own:falun", 1)]);
}

/// A number is news of a case: whom a case is redirected to learns nothing of what the former parties have between them.
#[test]
fn a_new_receiver_is_not_told_of_cases_between_the_former_parties() {
    let test = TestApp::at("2026-03-02T08:00:00Z");
    let app = &test.app;
    let own_report = register(app);
    let mut of_region = deviation("Något gick fel.");
    of_region.parties = [("receiver".to_owned(), vec!["falun".into()])].into();
    let done = app.register(&actor(app, RECEIVER), &of_region, None).unwrap();
    let done = take(app, SENDER, &done, "receive", json!({})).unwrap();
    let linked = json!({"same_event": own_report.number.0});
    let mut done = take(app, SENDER, &done, "link_same_event", linked).unwrap();
    let dispute = app.register(&actor(app, FALUN), &raised("region-dalarna", &[&done]), None).unwrap();
    take(app, FALUN, &dispute, "withdraw", json!({"grounds": "Vi är överens."})).unwrap();
    done.revision = app.case(&actor(app, SENDER), &done.number).unwrap().revision;
    let done = take(app, SENDER, &done, "wrong_principal", json!({"grounds": "Inte vår fråga."})).unwrap();
    take(app, RECEIVER, &done, "redirect", json!({"new_receiver": "borlange", "grounds": "Fel kommun."})).unwrap();

    let told = |person: &str| {
        let case = app.case(&actor(app, person), &done.number).unwrap();
        let timeline = app.timeline(&actor(app, person), &done.number).unwrap();
        let told = serde_json::to_string(&(case, timeline)).unwrap();
        [&own_report.number, &dispute.number].map(|number| told.contains(number.as_str()))
    };
    assert_eq!(told("mas-borlange"), [false, false]);
    assert_eq!(told(RECEIVER), [true, true]);
}
