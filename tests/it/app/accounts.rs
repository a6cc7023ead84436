//! Accounts: who gets one, with which username and which password; and roles that are given one by one.

use samsyn::app::accounts::AccountRefused;
use samsyn::app::organisation::MembershipItem;
use samsyn::app::passwords::{Weakness, weakness};
use samsyn::authz::Role;
use samsyn::ids::PersonId;

use crate::support::cases::actor;
use crate::support::database::TestApp;
use crate::support::sql;

const PASSWORD: &str = "korp trappa nysilver";

fn create(test: &TestApp, person: &str, username: &str, password: &str) -> Result<(), AccountRefused> {
    test.app.create_account(&PersonId::from(person), username, password)
}

#[test]
fn a_person_has_one_account_and_a_username_one_person() {
    let test = TestApp::at("2026-03-02T08:00:00Z");
    let said = |person: &str, username: &str| create(&test, person, username, PASSWORD).unwrap_err().to_string();
    assert_eq!(said("nobody", "x"), "there is no person nobody");
    create(&test, "mas-falun", "Mas.Falun@example.se ", PASSWORD).unwrap();
    assert_eq!(said("mas-falun", "another"), "mas-falun has an account already");
    assert_eq!(said("sas-falun", "MAS.FALUN@example.se"), "somebody else has this username");
    create(&test, "sas-falun", "åsa_ek-2", PASSWORD).unwrap();
    let accounts = test.app.accounts().unwrap();
    let usernames: Vec<_> =
        accounts.iter().map(|account| (account.username.as_deref().unwrap(), account.person.as_str())).collect();
    assert_eq!(usernames, [("mas.falun@example.se", "mas-falun"), ("åsa_ek-2", "sas-falun")]);
    assert_eq!(accounts[0].name, "MAS Falun");
}

#[test]
fn a_username_is_short_plain_and_nobodys_identity() {
    let test = TestApp::at("2026-03-02T08:00:00Z");
    let long = "a".repeat(101);
    for username in ["", "  ", "a b", "a\0b", "a/b", "<b>", "mas\u{202e}falun", "19811218-9876", long.as_str()] {
        let refused = create(&test, "mas-falun", username, PASSWORD);
        assert!(matches!(refused, Err(AccountRefused::Username)), "{username:?}");
    }
    create(&test, "mas-falun", &long[1..], PASSWORD).unwrap();
}

#[test]
fn a_password_is_judged_by_how_hard_it_is_to_guess_and_not_by_its_signs() {
    let about = ["mas.falun", "Ann-Marie Svärdström"];
    let judged = |password: &str| weakness(password, &about);
    for strong in [PASSWORD, "correct horse battery", "vxqzkwmpltrb", "jag åt elva gröna stolar"] {
        assert_eq!(judged(strong), None, "{strong}");
    }
    assert_eq!(judged(""), Some(Weakness::TooShort));
    assert_eq!(judged("xK9#qLw2!"), Some(Weakness::TooShort), "nine");
    assert_eq!(judged(&format!("{PASSWORD}{}", "å".repeat(200 - PASSWORD.len()))), None, "two hundred");
    assert_eq!(judged(&format!("{PASSWORD}{}", "å".repeat(201 - PASSWORD.len()))), Some(Weakness::TooLong));
    let guessable = [
        "Password1!",
        "P@ssw0rd123",
        "qwertyuiop",
        "aaaaaaaaaaaaaaaaaaaa",
        "1234567890123",
        "19811218-9876",
        "mas.falun2026",
        "annmarie2026",
        "Svärdström1",
        "samsynsamsyn",
        "Sommar2026!",
        "Välkommen123",
    ];
    for weak in guessable {
        assert_eq!(judged(weak), Some(Weakness::Guessable), "{weak}");
    }
}

#[test]
fn a_weak_password_is_refused_with_a_sentence_that_says_what_to_do() {
    let test = TestApp::at("2026-03-02T08:00:00Z");
    let refused = create(&test, "mas-falun", "mas.falun", "masfalun2026");
    let Err(AccountRefused::Password(weakness)) = refused else { panic!("{refused:?}") };
    assert_eq!(weakness, Weakness::Guessable);
    insta::assert_snapshot!(weakness.detail(), @"Lösenordet är för lätt att gissa. Skriv flera ord som inte hör ihop, och undvik namn, årtal och vanliga uttryck.");
    insta::assert_snapshot!(Weakness::TooShort.detail(), @"Lösenordet är för kort. Skriv minst 10 tecken, till exempel flera ord i rad.");
    insta::assert_snapshot!(Weakness::TooLong.detail(), @"Lösenordet är för långt. Skriv högst 200 tecken.");
    assert_eq!(test.app.accounts().unwrap(), []);
    create(&test, "mas-falun", "mas.falun", PASSWORD).unwrap();
    let before = sql::dump(&test.app.store);
    let refused = test.app.set_password(&PersonId::from("mas-falun"), "mas.falun.2026");
    assert!(matches!(refused, Err(AccountRefused::Password(_))), "{refused:?}");
    assert_eq!(sql::dump(&test.app.store), before);
}

#[test]
fn a_role_is_given_where_it_can_be_held() {
    let test = TestApp::at("2026-03-02T08:00:00Z");
    let nowhere = MembershipItem {
        role: Role::Manager,
        title: None,
        principal: None,
        authority: None,
        unit: None,
        body: None,
        from: None,
        until: None,
        delegation: None,
    };
    let give = |item: MembershipItem| test.app.add_role(&PersonId::from("sas-falun"), &item);
    let seats = || actor(&test.app, "sas-falun").seats.len();
    for item in [
        nowhere.clone(),
        MembershipItem { unit: Some("nowhere".into()), ..nowhere.clone() },
        MembershipItem { principal: Some("falun".into()), ..nowhere.clone() },
        MembershipItem { role: Role::Secretary, principal: Some("falun".into()), ..nowhere.clone() },
        MembershipItem { role: Role::Handler, body: Some("network".into()), ..nowhere.clone() },
        MembershipItem { unit: Some("psykiatri-falun".into()), principal: Some("falun".into()), ..nowhere.clone() },
    ] {
        assert!(give(item.clone()).is_err(), "{item:?}");
    }
    assert_eq!(seats(), 1);
    let manager = MembershipItem { unit: Some("psykiatri-falun".into()), ..nowhere.clone() };
    give(manager.clone()).unwrap();
    let seat = actor(&test.app, "sas-falun").seats.into_iter().find(|seat| seat.role == Role::Manager).unwrap();
    assert_eq!(seat.principal.unwrap().as_str(), "region-dalarna");
    // The same one again, with an end.
    give(MembershipItem { until: Some("2026-03-01".parse().unwrap()), ..manager }).unwrap();
    assert_eq!(seats(), 1);
    // What the import said of a role is not forgotten where it is given another end.
    let handler = MembershipItem {
        role: Role::Handler,
        principal: Some("falun".into()),
        until: Some("2026-03-02".parse().unwrap()),
        ..nowhere
    };
    give(handler).unwrap();
    let titles = "select coalesce(title, '') || ' ' || coalesce(cast(valid_until as text), '') as line from memberships
         where person_id = 'sas-falun' order by id";
    assert_eq!(sql::lines(&test.app.store, titles), ["SAS 2026-03-02", " 2026-03-01"]);
}
