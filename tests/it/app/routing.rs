//! A case that comes back to whom it has left: a unit named again, a receiver to whom it is redirected again.

use std::collections::BTreeMap;

use samsyn::app::cases::Done;
use samsyn::app::{App, AppError};
use samsyn::authz::Reader;
use samsyn::ids::PrincipalId;
use samsyn::store::organisation::{self, Unit};
use samsyn::store::{StoreError, cases, visibility};
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
        done = go(app, RECEIVER, &done, "redirect", json!({"new_receiver": next, "grounds": "Inte vi."}));
    }
    assert!(matches!(take(app, "mas-falun", &done, "receive", json!({})), Err(AppError::Forbidden)));
    let case = app.store.read::<_, StoreError>(|db| cases::by_number(db, &done.number)).unwrap().unwrap().case;
    let bounces = &case.taken["wrong_principal"];
    assert_eq!((bounces.times, bounces.since), (2, 0), "they stay on the case, and bind no new receiver");
    go(app, "mas-mora", &done, "receive", json!({}));
}

/// What one receiver's units did with a case binds no unit of the next receiver.
#[test]
fn a_new_receiver_may_pass_a_case_on_once_as_the_old_one_did() {
    let app = TestApp::at("2026-03-02T08:00:00Z");
    let app = &app.app;
    let mut registration = deviation("Något gick fel.");
    registration.parties = BTreeMap::from([("receiver".to_owned(), vec![PrincipalId::from("mora")])]);
    let mut done = app.register(&actor(app, RECEIVER), &registration, None).unwrap();
    let no = json!({"grounds": "Inte vi."});
    for (handler, manager, unit, next) in [
        ("mas-mora", "chef-mora-socialpsykiatri", "mora-socialpsykiatri", "orsa"),
        ("sas-orsa", "chef-orsa-socialpsykiatri", "orsa-socialpsykiatri", "mora"),
    ] {
        done = go(app, handler, &done, "receive", json!({}));
        done = go(app, handler, &done, "route", json!({"lead_unit": unit}));
        done = go(app, manager, &done, "pass_on", json!({"lead_unit": unit, "grounds": "Inte vi."}));
        done = go(app, manager, &done, "hand_back", no.clone());
        done = go(app, handler, &done, "wrong_principal", no.clone());
        done = go(app, RECEIVER, &done, "redirect", json!({"new_receiver": next, "grounds": "Inte vi."}));
    }
}

#[test]
fn a_unit_that_has_closed_loses_sight_of_every_room_when_the_case_leaves_it() {
    let app = TestApp::at("2026-03-02T08:00:00Z");
    let app = &app.app;
    let done = go(app, RECEIVER, &received(app), "route", json!({"lead_unit": "psykiatri-falun"}));
    let closed = Unit {
        id: "psykiatri-falun".into(),
        principal: "region-dalarna".into(),
        authority: None,
        name: "Psykiatri Falun".to_owned(),
        from: None,
        until: Some("2026-03-01".parse().unwrap()),
        hsa_id: None,
    };
    app.store.write(|db| organisation::keep_unit(db, &closed)).unwrap();
    let anew = json!({"lead_unit": "primarvard-falun", "grounds": "Mottagningen är stängd."});
    go(app, RECEIVER, &done, "route_anew", anew);
    let sights: Result<_, StoreError> = app.store.read(|db| {
        let case = cases::by_number(db, &done.number)?.unwrap();
        visibility::of(db, &case.id, &[Reader::Unit("psykiatri-falun".into()).key()])
    });
    let sights = sights.unwrap();
    assert_eq!(sights.len(), 2, "the shared room and its principal's own");
    assert!(sights.iter().all(|sight| sight.until.is_some()), "{sights:?}");
}
