//! A local agreement in the pages: in the form once it is known against whom, on the page of the case, and where cases are searched.

use std::collections::BTreeSet;

use samsyn::authz::Role;
use serde_json::json;

use super::api::{Api, holder};
use super::browser::Browser;
use super::stories::deviation;
use crate::support::cases::{FALUN, dispute, publish};

const TITLE: &str = "Lokal överenskommelse i Falun (påhittat exempel)";

/// The county has gone over to version 2, over which Falun's local agreement lies.
fn agreed() -> Api {
    let api = Api::new();
    publish(&api.test.app, "deviation", 2, |_| {}).unwrap();
    publish(&api.test.app, "deviation", 2, |order| order.version = "deviation@2+falun@1".parse().unwrap()).unwrap();
    api
}

#[test]
fn the_regions_form_shows_what_falun_asks_for_and_not_for_mora() {
    let api = agreed();
    let browser = Browser::signed_in(&api, &holder("region-dalarna", Role::Handler));
    let drafts = ["falun", "mora"].map(|whom| {
        let begun = browser.do_it("/register/deviation/register", &[("receiver", whom)]).expect(303);
        begun.header("location").unwrap().trim_end_matches('1').to_owned()
    });
    let first = drafts.each_ref().map(|draft| browser.get(&format!("{draft}1")).expect(200).body);
    assert_eq!(first.each_ref().map(|form| form.contains("Nattpatrullen nåddes inte")), [true, false]);
    assert_eq!(first.each_ref().map(|form| form.contains("Del 1 av 6")), [true, false], "{}", first[0]);
    let own = browser.get(&format!("{}6", drafts[0])).expect(200).body;
    assert!(own.contains(TITLE) && own.contains("name=\"time_of_day\""), "{own}");
    browser.get(&format!("{}6", drafts[1])).expect(404);
    let typed = [("category", "night_patrol")];
    browser.do_it(&format!("{}1", drafts[0]), &typed).expect(303);
    let begun = browser.get("/?list=drafts").expect(200).body;
    assert!(begun.contains("Nattpatrullen nåddes inte"), "the list of drafts tells them apart by it");
    // A draft asks for what is in force when it is looked at.
    let app = &api.test.app;
    let county = crate::support::cases::actor(app, "systemadministrator-lanet");
    let reference: samsyn::workflow::reference::Reference = "deviation@2+falun@1".parse().unwrap();
    app.retire(&county, reference, None).unwrap();
    browser.get(&format!("{}6", drafts[0])).expect(404);
}

#[test]
fn the_page_of_a_case_names_it_and_its_categories_are_found() {
    let api = agreed();
    let (falun, region) = (holder("falun", Role::Handler), holder("region-dalarna", Role::Handler));
    let mut told = deviation("falun", "region-dalarna");
    let data = told["data"].as_object_mut().unwrap();
    data.remove("sip_fault");
    data.extend(json!({"category": "night_patrol", "time_of_day": "night"}).as_object().unwrap().clone());
    let number = api.register(&falun, &told);
    for person in [&falun, &region] {
        let browser = Browser::signed_in(&api, person);
        let page = browser.get(&format!("/cases/{number}")).expect(200).body;
        assert!(page.contains("Handläggs också enligt") && page.contains(&format!("{TITLE}, version 1")));
        assert!(page.contains("Tid på dygnet") && page.contains("Natt"));
        for category in ["home_care", "night_patrol"] {
            assert!(
                browser.get(&format!("/search?category={category}")).expect(200).body.contains(&number),
                "{category}"
            );
        }
    }
    let case = api.get(&region, &format!("/api/cases/{number}")).expect(200).json();
    assert_eq!(case["local"], json!({"principal": "falun", "version": 1, "title": TITLE}));
    let form = |address: &str| api.get(&region, address).expect(200).json()["local"]["principal"].clone();
    assert_eq!(form("/api/workflows/deviation?with=falun"), "falun");
    assert_eq!(form("/api/workflows/deviation?with=mora"), json!(null));
    let admin = Browser::signed_in(&api, "systemadministrator-lanet").get("/admin/workflows").expect(200).body;
    assert!(admin.contains("deviation, version 2+falun@1"), "{admin}");
    // Nobody who goes by headings could tell two of one name apart.
    let headings: Vec<_> = admin.split("<h2").skip(1).map(|rest| rest.split("</h2>").next().unwrap()).collect();
    let named: BTreeSet<_> = headings.iter().map(|heading| heading.split_once('>').unwrap().1).collect();
    assert!(headings.len() > 2 && named.len() == headings.len(), "{headings:?}");
}

#[test]
fn the_page_of_a_dispute_under_the_countys_own_times_says_how_long_and_why() {
    let api = Api::new();
    let app = &api.test.app;
    publish(app, "local-dispute", 2, |_| {}).unwrap();
    let before = dispute(app, json!({})).number;
    publish(app, "local-dispute", 2, |order| order.version = "local-dispute@2+county@1".parse().unwrap()).unwrap();
    let after = dispute(app, json!({})).number;
    let browser = Browser::signed_in(&api, FALUN);
    let [before, after] = [before, after].map(|number| browser.get(&format!("/cases/{number}")).expect(200).body);
    let (length, why) = ("45 dagar", "Länet har enats om 45 dagar hos tjänsteledningarna");
    for told in ["Länets egna tider för tvister (påhittat exempel), version 1", length, why] {
        assert!(after.contains(told) && !before.contains(told), "{told}");
    }
    let admin = Browser::signed_in(&api, "systemadministrator-lanet").get("/admin/workflows").expect(200).body;
    assert!(admin.contains("local-dispute, version 2+county@1"), "{admin}");
}

#[test]
fn the_administration_tells_from_when_no_case_can_begin() {
    let api = Api::new();
    let app = &api.test.app;
    let admin = || Browser::signed_in(&api, "systemadministrator-lanet").get("/admin/workflows").expect(200).body;
    assert!(!admin().contains("Inga nya ärenden av typen"));
    publish(app, "local-dispute", 2, |order| order.until = Some("2099-12-31".parse().unwrap())).unwrap();
    let told = "Inga nya ärenden av typen ”Tvist på lokal nivå” kan börja från fredag 1 januari 2100: ingen version är publicerad för de dagarna.";
    assert!(admin().contains(told), "{}", admin());
}
