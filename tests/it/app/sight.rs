//! Who sees a case, and how much of it.

use samsyn::app::AppError;
use serde_json::json;

use crate::support::cases::{RECEIVER, actor, deviation, take};
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
