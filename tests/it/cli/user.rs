//! `samsyn user`.

use samsyn::authz::Role;
use serde_json::json;

use crate::support::binary::{Binary, Ran};
use crate::support::cases::actor;
use crate::support::database::TestApp;

const PASSWORD: &str = "korp trappa nysilver";

/// The one line that says what was wrong.
fn said(ran: &Ran) -> &str {
    assert_eq!((ran.code, ran.out.as_str(), ran.err.lines().count()), (Some(1), "", 1), "{}", ran.err);
    ran.err.trim_end()
}

#[test]
fn an_account_is_made_with_a_password_that_is_no_argument_and_in_no_log() {
    let test = TestApp::at("2026-03-02T08:00:00Z");
    let binary = Binary::on(&test.database).set("SAMSYN_LOG", "trace");
    let create = ["user", "create", "mas-falun", "--username", "Mas.Falun"];
    let made = binary.run_with(&create, &format!("{PASSWORD}\r\nand a second line\n"));
    assert_eq!((made.code, made.out.as_str()), (Some(0), ""));
    assert!(!made.err.contains(PASSWORD), "{}", made.err);
    let sign_in = |password: &str| test.app.sign_in("mas.falun", password, None);
    let session = sign_in(PASSWORD).unwrap();
    let binary = Binary::on(&test.database);
    let printed = binary.printed(&["user", "password", "mas-falun", "--generate"]);
    let generated = printed.trim_end().strip_prefix("password  ").unwrap();
    assert!(sign_in(PASSWORD).is_err() && sign_in(generated).is_ok());
    assert!(test.app.session(&session.secret).unwrap().is_none());
    let changed = binary.run_with(&["user", "password", "mas-falun"], PASSWORD);
    assert_eq!((changed.code, changed.out.as_str(), changed.err.as_str()), (Some(0), "", ""));
    assert!(sign_in(PASSWORD).is_ok());
}

#[test]
fn accounts_are_listed_disabled_and_enabled() {
    let test = TestApp::at("2026-03-02T08:00:00Z");
    let binary = Binary::on(&test.database);
    assert_eq!(binary.printed(&["user", "list"]), "");
    binary.run_with(&["user", "create", "sas-falun", "--username", "asa"], PASSWORD);
    binary.printed(&["user", "create", "mas-falun", "--username", "mas.falun", "--generate"]);
    insta::assert_snapshot!(binary.printed(&["user", "list"]).trim_end(), @r"
    asa                           sas-falun                     active
    mas.falun                     mas-falun                     active
    ");
    assert!(test.app.sign_in("asa", PASSWORD, None).is_ok());
    assert_eq!(binary.printed(&["user", "disable", "sas-falun"]), "");
    assert!(test.app.sign_in("asa", PASSWORD, None).is_err());
    let listed = binary.json(&["user", "list", "--json"]);
    assert_eq!((&listed[0]["username"], &listed[0]["person"]), (&json!("asa"), &json!("sas-falun")));
    assert_eq!((listed[0]["disabled"].is_string(), &listed[1]["disabled"]), (true, &json!(null)));
    let keys: Vec<_> = listed[0].as_object().unwrap().keys().collect();
    assert_eq!(keys, ["person", "name", "username", "created", "changed", "disabled", "hsa_id"]);
    assert!(binary.printed(&["user", "list"]).lines().next().unwrap().contains("disabled since 20"));
    assert_eq!(binary.printed(&["user", "enable", "sas-falun"]), "");
    assert!(test.app.sign_in("asa", PASSWORD, None).is_ok());
    // Who has no account can be disabled too, and is listed then.
    assert_eq!(binary.printed(&["user", "disable", "socialchef-falun"]), "");
    let listed = binary.json(&["user", "list", "--json"]);
    assert_eq!((&listed[2]["person"], listed[2]["disabled"].is_string()), (&json!("socialchef-falun"), true));
    assert_eq!(binary.printed(&["user", "enable", "socialchef-falun"]), "");
}

#[test]
fn the_sign_in_service_knows_a_person_by_her_hsa_id() {
    let test = TestApp::at("2026-03-02T08:00:00Z");
    let binary = Binary::on(&test.database);
    binary.run_with(&["user", "create", "mas-falun", "--username", "mas.falun"], PASSWORD);
    assert_eq!(binary.printed(&["user", "hsa-id", "mas-falun", "se2120002239-mas1"]), "");
    binary.printed(&["user", "hsa-id", "sas-falun", "SE2120002239-SAS1"]);
    insta::assert_snapshot!(binary.printed(&["user", "list"]).trim_end(), @r"
    mas.falun                     mas-falun                     active  SE2120002239-MAS1
    -                             sas-falun                     active  SE2120002239-SAS1
    ");
    let listed = binary.json(&["user", "list", "--json"]);
    assert_eq!((&listed[1]["username"], &listed[1]["hsa_id"]), (&json!(null), &json!("SE2120002239-SAS1")));
    insta::assert_snapshot!(binary.refused(&["user", "hsa-id", "sas-falun", "SE2120002239-MAS1"]), @"error: the HSA id SE2120002239-MAS1 is that of mas-falun");
    insta::assert_snapshot!(binary.refused(&["user", "hsa-id", "nobody", "SE2120002239-MAS1"]), @"error: there is no person nobody");
    assert_eq!(binary.run(&["user", "hsa-id", "sas-falun", "19121212-1212"]).code, Some(2));
    let session = test.app.sign_in("mas.falun", PASSWORD, None).unwrap();
    binary.printed(&["user", "hsa-id", "mas-falun"]);
    assert!(test.app.session(&session.secret).unwrap().is_none(), "whoever came in by it may be somebody else");
    binary.printed(&["user", "hsa-id", "sas-falun", "SE2120002239-MAS1"]);
}

#[test]
fn what_is_wrong_is_told_in_one_line() {
    let test = TestApp::at("2026-03-02T08:00:00Z");
    let binary = Binary::on(&test.database);
    let create = |person: &str, username: &str, input: &str| {
        said(&binary.run_with(&["user", "create", person, "--username", username], input)).to_owned()
    };
    insta::assert_snapshot!(create("nobody", "x", PASSWORD), @"error: there is no person nobody");
    insta::assert_snapshot!(create("mas-falun", "a b", PASSWORD), @"error: a username has 1 to 100 letters, digits and . - _ @, and holds no personal identity number");
    insta::assert_snapshot!(create("mas-falun", "mas.falun", ""), @"error: there is no password: write it on one line of standard input, or let one be made with --generate");
    insta::assert_snapshot!(create("mas-falun", "mas.falun", "kort\n"), @"error: the password is too short: give at least 10 characters, such as several words");
    insta::assert_snapshot!(create("mas-falun", "mas.falun", &"x".repeat(201)), @"error: the password is too long: give at most 200 characters");
    insta::assert_snapshot!(create("mas-falun", "mas.falun", "mas.falun2026"), @"error: the password is too easy to guess: give several words that do not belong together, and no names or years");
    binary.run_with(&["user", "create", "mas-falun", "--username", "mas.falun"], PASSWORD);
    insta::assert_snapshot!(create("mas-falun", "other", PASSWORD), @"error: mas-falun has an account already");
    insta::assert_snapshot!(create("sas-falun", "mas.falun", PASSWORD), @"error: somebody else has this username");
    insta::assert_snapshot!(binary.refused(&["user", "disable", "nobody"]), @"error: there is no person nobody");
    insta::assert_snapshot!(binary.refused(&["user", "enable", "nobody"]), @"error: there is no person nobody");
    insta::assert_snapshot!(binary.refused(&["user", "password", "sas-falun", "--generate"]), @"error: sas-falun has no account");
    let argument = ["user", "create", "sas-falun", "--username", "asa", "--password", PASSWORD];
    assert_eq!(binary.run(&argument).code, Some(2));
}

fn role<'a>(rest: &[&'a str]) -> Vec<&'a str> {
    [&["user", "role", "sas-falun"], rest].concat()
}

#[test]
fn a_role_is_given_at_a_place_for_a_time() {
    let test = TestApp::at("2026-03-02T08:00:00Z");
    let binary = Binary::on(&test.database);
    let seats = || actor(&test.app, "sas-falun").seats.iter().map(|seat| seat.role).collect::<Vec<_>>();
    let from = ["registrar", "--principal", "falun", "--from", "2026-03-02"];
    assert_eq!(binary.printed(&role(&from)), "");
    assert_eq!(seats(), [Role::Handler, Role::Registrar]);
    binary.printed(&role(&[&from[..], &["--until", "2026-03-02"]].concat()));
    test.clock.set("2026-03-03T08:00:00Z".parse().unwrap());
    assert_eq!(seats(), [Role::Handler]);
    let refused = |rest: &[&str]| binary.refused(&role(rest));
    insta::assert_snapshot!(refused(&["secretary", "--body", "nowhere"]), @"error: sas-falun as secretary: name a body that is in the database");
    insta::assert_snapshot!(refused(&["secretary", "--body", "network"]), @"error: sas-falun as secretary: she is handler then, and nobody acts for both a body and a party");
    insta::assert_snapshot!(refused(&["manager", "--principal", "falun"]), @"error: sas-falun as manager: name a unit that is in the database");
    insta::assert_snapshot!(refused(&["handler", "--principal", "falun", "--from", "2026-03-02", "--until", "2026-03-01"]), @"error: sas-falun as handler: it would end before it begins");
    insta::assert_snapshot!(binary.refused(&["user", "role", "nobody", "handler", "--principal", "falun"]), @"error: there is no person nobody");
    insta::assert_snapshot!(refused(&["handler"]), @"error: sas-falun as handler: name a principal that is in the database");
    insta::assert_snapshot!(refused(&["administrator", "--unit", "falun-bistand"]), @"error: sas-falun as administrator: name a principal, or nothing for the whole county");
    for wrong in [
        &["handler", "--principal", "falun", "--body", "network"][..],
        &["king", "--principal", "falun"],
        &["handler", "--principal", "falun", "--from", "tomorrow"],
    ] {
        assert_eq!(binary.run(&role(wrong)).code, Some(2), "{wrong:?}");
    }
}

#[test]
fn an_administrator_is_one_principals_or_without_a_place_the_whole_countys() {
    let test = TestApp::at("2026-03-02T08:00:00Z");
    let binary = Binary::on(&test.database);
    let falun = "falun".into();
    let administers = || {
        let actor = actor(&test.app, "sas-falun");
        (actor.administers(&falun), actor.administers_county())
    };
    assert_eq!(administers(), (false, false));
    binary.printed(&role(&["administrator", "--principal", "falun", "--until", "2026-03-02"]));
    assert_eq!(administers(), (true, false));
    test.clock.set("2026-03-03T08:00:00Z".parse().unwrap());
    assert_eq!(administers(), (false, false));
    binary.printed(&role(&["administrator"]));
    assert_eq!(administers(), (true, true));
}
