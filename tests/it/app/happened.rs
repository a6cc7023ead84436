//! When a step happened: what it may be, and what follows from it.

use std::collections::BTreeMap;

use samsyn::app::AppError;
use samsyn::app::cases::Registration;
use samsyn::ids::PrincipalId;
use samsyn::workflow::engine::Happened;
use samsyn::workflow::rejection::Code;
use serde_json::json;

use crate::support::cases::{SENDER, actor, deviation, object};
use crate::support::database::TestApp;

fn on(date: &str) -> Happened {
    Happened::On(date.parse().unwrap())
}

#[test]
fn no_case_begins_before_the_days_that_can_be_counted() {
    let test = TestApp::at("2026-03-02T08:00:00Z");
    let register = |happened| {
        let registration = Registration { happened, ..deviation("Något gick fel.") };
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
