//! A person with seats at several principals.

use samsyn::app::cases::Registration;
use samsyn::ids::PrincipalId;
use serde_json::json;

use crate::support::cases::{actor, deviation, object};
use crate::support::database::{TestApp, add_people};

#[test]
fn who_acts_for_two_principals_registers_for_the_one_that_she_names() {
    let test = TestApp::at("2026-03-02T08:00:00Z");
    add_people(
        &test.app,
        "- {id: anna, name: Anna, memberships: [{role: handler, principal: falun}, {role: handler, principal: mora}, \
         {role: management, principal: falun}, {role: management, principal: mora}]}",
    );
    let anna = actor(&test.app, "anna");
    let register = |side: &str, principal: &str, registration: Registration| {
        let mut parties = registration.parties.clone();
        parties.insert(side.to_owned(), vec![PrincipalId::from(principal)]);
        let done = test.app.register(&anna, &Registration { parties, ..registration }, None).unwrap();
        let case = test.app.case(&anna, &done.number).unwrap();
        let of_side = case.parties.into_iter().filter(|party| party.side == side);
        (done.number.0, of_side.map(|party| party.principal.0).collect::<Vec<_>>())
    };
    let expect = |number: &str, principal: &str| (number.to_owned(), vec![principal.to_owned()]);
    let sent = || deviation("Något gick fel.");
    assert_eq!(register("sender", "falun", sent()), expect("FALUN-2026-0001", "falun"));
    assert_eq!(register("sender", "mora", sent()), expect("MORA-2026-0001", "mora"));

    let announced = Registration {
        workflow: "regional-dispute".to_owned(),
        start: "announce".to_owned(),
        parties: [("criticised".to_owned(), vec![PrincipalId::from("region-dalarna")])].into(),
        given: object(json!({"subject": "Samverkan uteblir", "clause": "Avsnitt 6"})),
        ..deviation("")
    };
    assert_eq!(register("raiser", "mora", announced), expect("MORA-2026-0002", "mora"), "and not for Falun besides");
}
