//! Mails on their way out, where two processes send them.

use chrono::Duration;
use samsyn::store::StoreError;
use samsyn::store::outbox::{self, Outcome};

use serde_json::json;

use crate::support::cases::{RECEIVER, SENDER, received, register, take};
use crate::support::database::TestApp;
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
