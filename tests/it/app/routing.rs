//! A case that comes back to whom it has left: a unit named again, a receiver to whom it is redirected again.

use std::collections::BTreeMap;

use samsyn::app::cases::Done;
use samsyn::app::{App, AppError};
use samsyn::ids::PrincipalId;
use serde_json::{Value, json};

use crate::support::cases::{RECEIVER, actor, deviation, received, take};
use crate::support::database::TestApp;

fn go(app: &App, person: &str, before: &Done, transition: &str, given: Value) -> Done {
    take(app, person, before, transition, given).unwrap()
}

#[test]
fn a_unit_may_be_named_again() {
    let app = TestApp::at("2026-03-02T08:00:00Z");
    let app = &app.app;
    let done = go(app, RECEIVER, &received(app), "route", json!({"lead_unit": "psykiatri-falun"}));
    let passed = json!({"lead_unit": "primarvard-falun", "grounds": "Inte vi."});
    let done = go(app, "chef-psykiatri-falun", &done, "pass_on", passed);
    let done = go(app, "chef-primarvard-falun", &done, "hand_back", json!({"grounds": "Inte heller vi."}));
    let seen = |person: &str| app.timeline(&actor(app, person), &done.number).unwrap().len();
    assert_eq!(seen("chef-psykiatri-falun"), 4, "what happened before the case left the unit");

    let named = json!({"lead_unit": "psykiatri-falun", "grounds": "Det är er fråga."});
    let done = go(app, RECEIVER, &done, "name_unit", named);
    assert_eq!(seen("chef-psykiatri-falun"), 7, "all of it");
    assert_eq!(seen("chef-primarvard-falun"), 6, "what happened before the case left the unit");
    go(app, "chef-psykiatri-falun", &done, "ask_in_investigation", json!({"question": "När hände det?"}));
}

#[test]
fn a_case_may_be_redirected_to_a_former_receiver() {
    let app = TestApp::at("2026-03-02T08:00:00Z");
    let app = &app.app;
    let mut registration = deviation("Något gick fel.");
    registration.parties = BTreeMap::from([("receiver".to_owned(), vec![PrincipalId::from("mora")])]);
    let mut done = app.register(&actor(app, RECEIVER), &registration, None).unwrap();
    for (handler, next) in [("mas-mora", "falun"), ("mas-falun", "mora")] {
        done = go(app, handler, &done, "receive", json!({}));
        done = go(app, handler, &done, "wrong_principal", json!({"grounds": "Inte vår fråga."}));
        done = go(app, RECEIVER, &done, "redirect", json!({"new_receiver": next}));
    }
    assert!(matches!(take(app, "mas-falun", &done, "receive", json!({})), Err(AppError::Forbidden)));
    go(app, "mas-mora", &done, "receive", json!({}));
}
