//! A deviation from registration to follow-up, through the use cases.

use std::collections::BTreeMap;

use samsyn::app::AppError;
use samsyn::app::cases::{Done, Registration, StepCommand, What};
use samsyn::authz::Actor;
use samsyn::ids::{CaseNumber, PersonId, PrincipalId};
use samsyn::workflow::engine::Happened;
use serde_json::{Map, Value, json};

use crate::support::database::TestApp;

/// What a MAS fills in.
pub fn registration(receiver: &str) -> Registration {
    Registration {
        workflow: "deviation".to_owned(),
        start: "register".to_owned(),
        happened: Happened::Now,
        parties: BTreeMap::from([("receiver".to_owned(), vec![PrincipalId::from(receiver)])]),
        origins: Vec::new(),
        given: object(json!({
            "category": "sip", "sip_fault": ["did_not_come"], "what_happened": "Kliniken kom inte till mötet.",
            "event_on": "2026-02-27", "discovered_on": "2026-02-27", "where": {"place": "Psykiatri Falun", "contact": "MAS, växeln"},
            "consequence_for_person": "Planen blev inte gjord.", "urgency": "normal", "answer_wanted": true,
            "sex": "woman", "age_group": "from_25_to_44",
        })),
        draft: None,
    }
}

fn object(value: Value) -> Map<String, Value> {
    value.as_object().unwrap().clone()
}

fn actor(test: &TestApp, person: &str) -> Actor {
    test.app.actor(&PersonId::from(person)).unwrap()
}

fn take(test: &TestApp, person: &str, done: &Done, transition: &str, given: Value) -> Result<Done, AppError> {
    let command = StepCommand {
        number: done.number.clone(),
        revision: done.revision,
        what: What::Take { transition: transition.to_owned(), happened: Happened::Now, given: object(given) },
    };
    test.app.take_step(&actor(test, person), &command, None)
}

#[test]
fn a_registered_deviation_gets_a_number_and_is_received() {
    let test = TestApp::at("2026-03-02T08:00:00Z");
    let mas = actor(&test, "mas-falun");
    let done = test.app.register(&mas, &registration("region-dalarna"), None).unwrap();
    assert_eq!(done.number, CaseNumber::from("FALUN-2026-0001"));
    let received = take(&test, "avvikelsehandlaggare-region", &done, "receive", json!({})).unwrap();
    assert_eq!(received.state, "received");
    let verified = test.app.verify_log(&[], |_| {}).unwrap();
    assert_eq!(verified.problems, Vec::<String>::new());
}
