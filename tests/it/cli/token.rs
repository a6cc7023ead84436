//! `samsyn token`.

use crate::support::binary::Binary;
use crate::support::database::TestApp;

#[test]
fn a_token_is_shown_once_works_and_can_be_revoked() {
    let test = TestApp::at("2026-03-02T08:00:00Z");
    let binary = Binary::on(&test.database);
    let created = binary.json(&["token", "create", "mas-falun", "--json"]);
    let (id, secret) = (created["id"].as_str().unwrap(), created["token"].as_str().unwrap());
    let holder = || test.app.authenticate(secret).unwrap().map(|actor| actor.person.0);
    assert_eq!(holder().as_deref(), Some("mas-falun"));
    assert_eq!(binary.printed(&["token", "revoke", id]), "");
    assert_eq!(holder(), None);
    assert_eq!(binary.refused(&["token", "revoke", id]), format!("error: there is no valid token {id}"));
}

#[test]
fn a_token_may_end_by_itself() {
    let test = TestApp::at("2026-03-02T08:00:00Z");
    let binary = Binary::on(&test.database);
    let printed = binary.printed(&["token", "create", "mas-falun", "--days", "30"]);
    let secret = printed.split_whitespace().last().unwrap();
    // The program has the computer's clock; the test's shows another day.
    test.clock.set("2100-01-01T00:00:00Z".parse().unwrap());
    assert!(test.app.authenticate(secret).unwrap().is_none());
    insta::assert_snapshot!(binary.refused(&["token", "create", "nobody"]), @"error: there is no person nobody");
    assert_eq!(binary.run(&["token", "create", "mas-falun", "--days", "0"]).code, Some(2));
}
