//! When a step happened: what it may be, and what follows from it.

use std::collections::BTreeMap;

use samsyn::app::AppError;
use samsyn::app::cases::{Done, Registration, StepCommand, What};
use samsyn::ids::PrincipalId;
use samsyn::workflow::engine::Happened;
use samsyn::workflow::rejection::Code;
use serde_json::{Value, json};

use crate::support::cases::{FALUN, REGION, SENDER, actor, deviation, dispute, object, take};
use crate::support::database::TestApp;

fn on(date: &str) -> Happened {
    Happened::On(date.parse().unwrap())
}

#[test]
fn no_case_begins_before_the_days_that_can_be_counted() {
    let test = TestApp::at("2026-03-02T08:00:00Z");
    let register = |happened| {
        let mut registration = Registration { happened, ..deviation("Något gick fel.") };
        registration.given.extend(object(json!({"event_on": "2005-01-01", "discovered_on": "2005-01-01"})));
        test.app.register(&actor(&test.app, SENDER), &registration, None)
    };
    for happened in [on("2004-12-31"), Happened::At("1970-01-01T00:00:00Z".parse().unwrap())] {
        match register(happened) {
            Err(AppError::Rejected(rejection)) => assert_eq!(rejection.reasons[0].code, Code::Happened),
            other => panic!("{happened:?}: {other:?}"),
        }
    }
    let done = register(on("2005-01-01")).unwrap();
    let case = test.app.case(&actor(&test.app, SENDER), &done.number).unwrap();
    assert_eq!(case.deadlines.len(), 2, "a receipt and an answer");
}

#[test]
fn a_dispute_is_about_the_agreement_of_the_day_on_which_it_began() {
    let test = TestApp::at("2026-03-02T08:00:00Z");
    let manager = actor(&test.app, "socialchef-falun");
    let announce = |happened| {
        let registration = Registration {
            workflow: "regional-dispute".to_owned(),
            start: "announce".to_owned(),
            happened,
            parties: BTreeMap::from([("criticised".to_owned(), vec![PrincipalId::from("region-dalarna")])]),
            given: object(json!({"subject": "Samverkan uteblir", "clause": "Avsnitt 6"})),
            ..deviation("")
        };
        test.app.register(&manager, &registration, None)
    };
    match announce(on("2021-06-30")) {
        Err(AppError::Rejected(rejection)) => assert_eq!(rejection.reasons[0].code, Code::Agreement),
        other => panic!("no agreement was in force: {other:?}"),
    }
    for (day, version) in [("2025-06-30", "2021"), ("2025-07-01", "2025-exempel")] {
        let done = announce(on(day)).unwrap();
        let agreement = test.app.case(&manager, &done.number).unwrap().agreement.unwrap();
        assert_eq!(agreement.version, version, "{day}");
    }
}

/// The field that is refused for its day, if one is.
fn refused(outcome: Result<Done, AppError>) -> Option<String> {
    match outcome {
        Ok(_) => None,
        Err(AppError::Rejected(rejection)) => {
            assert_eq!(rejection.reasons[0].code, Code::Happened);
            rejection.reasons[0].field.clone()
        }
        Err(error) => panic!("{error:?}"),
    }
}

#[test]
fn nobody_records_what_has_not_happened() {
    let test = TestApp::at("2026-03-02T08:00:00Z");
    let register = |field: &str, date: &str, happened| {
        let mut registration = Registration { happened, ..deviation("Något gick fel.") };
        registration.given.insert(field.to_owned(), json!(date));
        refused(test.app.register(&actor(&test.app, SENDER), &registration, None))
    };
    assert_eq!(register("event_on", "2026-03-03", Happened::Now), Some("event_on".to_owned()));
    assert_eq!(register("discovered_on", "2026-03-02", Happened::Now), None);
    let earlier = || on("2026-02-20");
    assert_eq!(
        register("event_on", "2026-02-21", earlier()),
        Some("event_on".to_owned()),
        "the day of the step counts"
    );

    assert_eq!(
        register("event_on", "2026-01-05", Happened::Now),
        Some("discovered_on".to_owned()),
        "discovered before"
    );

    let done = dispute(&test.app, json!({}));
    let done = take(&test.app, FALUN, &done, "propose_settlement", json!({"settlement": "Hälften var."})).unwrap();
    let done = take(&test.app, FALUN, &done, "confirm_settlement", json!({})).unwrap();
    let done = take(&test.app, REGION, &done, "confirm_settlement", json!({})).unwrap();
    let carried_out = |date: &str, decided: &str| {
        let decision = json!({"authority": "Nämnden", "decided_on": decided});
        let given = json!({"carried_out_on": date, "enacted": decision});
        refused(take(&test.app, FALUN, &done, "confirm_carried_out", given))
    };
    assert_eq!(carried_out("2026-06-01", "2026-03-01"), Some("carried_out_on".to_owned()));
    assert_eq!(carried_out("2026-03-02", "2026-04-01"), Some("enacted.decided_on".to_owned()));
    assert_eq!(carried_out("2026-03-02", "2026-03-01"), None);
}

#[test]
fn nobody_waits_for_a_meeting_that_has_been() {
    let test = TestApp::at("2026-03-02T08:00:00Z");
    let done = dispute(&test.app, json!({}));
    let waits = |date: &str| {
        let given = json!({"committee": "Nämnden", "committee_on": date});
        refused(take(&test.app, FALUN, &done, "await_committee", given))
    };
    assert_eq!(waits("2026-03-01"), Some("committee_on".to_owned()));
    assert_eq!(waits("2026-03-02"), None);
}

const SECRETARY: &str = "natverkssekreterare";

/// A dispute that the steering group prepares since the second of March, and what it records of a meeting.
fn at_steering(test: &TestApp) -> Done {
    let done = dispute(&test.app, json!({}));
    let done = take(&test.app, SENDER, &done, "write_statement", json!({"statement": "Vi är oense."})).unwrap();
    let done = take(&test.app, FALUN, &done, "approve_statement", json!({})).unwrap();
    take(&test.app, FALUN, &done, "escalate", json!({"tried": ["staff"], "grounds": "Ingen lösning."})).unwrap()
}

fn minutes(what: &str, met_on: &str) -> Value {
    json!({what: "Dela lika.", "met_on": met_on, "rapporteur": "Sekreteraren", "present": "Alla", "stood_aside": "ingen"})
}

fn in_full(what: &str, met_on: &str) -> Value {
    let mut minutes = minutes(what, met_on);
    minutes["paragraph"] = json!("12");
    minutes["dissent"] = json!("ingen");
    minutes
}

#[test]
fn what_a_body_decided_counts_from_its_meeting_whenever_that_is_recorded() {
    let test = TestApp::at("2026-03-02T08:00:00Z");
    let done = at_steering(&test);
    let done = take(&test.app, SECRETARY, &done, "propose_solution", minutes("solution_draft", "2026-03-02")).unwrap();
    test.clock.set("2026-03-20T08:00:00Z".parse().unwrap());
    // A party may have noted something between the meeting and the day on which it is recorded.
    let done = take(&test.app, FALUN, &done, "note_registry_number", json!({"registry_number": "KS 2026-88"})).unwrap();
    let done = take(&test.app, SECRETARY, &done, "put_to_parties", in_full("solution", "2026-03-10")).unwrap();
    let case = test.app.case(&actor(&test.app, FALUN), &done.number).unwrap();
    assert_eq!(case.since.to_string(), "2026-03-09T23:00:00.000000Z", "the day begins in Stockholm");
    let reply = case.deadlines.iter().find(|deadline| deadline.id == "reply").unwrap();
    assert_eq!(reply.due.to_string(), "2026-04-10", "one month from the meeting: {}", reply.sentence);
    // Whoever answers does so now, not before what she has just noted.
    take(&test.app, FALUN, &done, "accept_proposal", json!({})).unwrap();
    assert_eq!(test.app.verify_log(&[], |_| {}).unwrap().problems, Vec::<String>::new());
}

#[test]
fn a_meeting_is_one_that_has_been_since_the_matter_came_to_the_body() {
    let test = TestApp::at("2026-03-02T08:00:00Z");
    let done = at_steering(&test);
    test.clock.set("2026-03-20T08:00:00Z".parse().unwrap());
    let met = |met_on: &str| {
        refused(take(&test.app, SECRETARY, &done, "propose_solution", minutes("solution_draft", met_on)))
    };
    assert_eq!(met("2026-03-01"), Some("met_on".to_owned()), "it was not there yet");
    assert_eq!(met("2026-03-21"), Some("met_on".to_owned()), "nobody knows what it will decide");
    assert_eq!(met("2026-03-20"), None);
}

#[test]
fn two_days_for_one_step_are_refused() {
    let test = TestApp::at("2026-03-02T08:00:00Z");
    let done = at_steering(&test);
    test.clock.set("2026-03-20T08:00:00Z".parse().unwrap());
    let said = |happened: Happened| {
        let given = object(minutes("solution_draft", "2026-03-10"));
        let what = What::Take { transition: "propose_solution".to_owned(), happened, given };
        let command = StepCommand { number: done.number.clone(), revision: done.revision, what };
        test.app.take_step(&actor(&test.app, SECRETARY), &command, None)
    };
    match said(on("2026-03-12")) {
        Err(AppError::Rejected(rejection)) => {
            assert_eq!(rejection.reasons[0].field.as_deref(), Some("happened"));
            let detail = &rejection.reasons[0].detail;
            assert!(
                detail.contains("10 mars") && detail.contains("12 mars") && detail.contains("Mötesdag"),
                "{detail}"
            );
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(refused(said(on("2026-03-10"))), None, "the same day said twice is one day");
}
