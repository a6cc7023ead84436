//! What is not meant for somebody is in nothing that the server sends her. Every text of the cases says who wrote it and
//! where, and everything that each person can get is searched.

use std::collections::BTreeSet;

use actix_web::http::Method;
use samsyn::authz::Role;
use samsyn::web::routes::ROUTES;

use super::api::{Api, holder, secretary};
use super::stories::{COMMITTEE_ON, Climb, dispute, redirected_deviation};

/// The marks in everything that the routes for reading send to a person about these cases.
fn marks_sent_to(api: &Api, person: &str, numbers: &[&String]) -> BTreeSet<String> {
    let mut sent = String::new();
    for route in ROUTES.iter().filter(|route| route.method == Method::GET) {
        for number in numbers {
            let answer = api.get(person, &route.path.replace("{number}", number));
            sent += &format!("{:?} {}", answer.headers, answer.body);
        }
    }
    let marks = sent.split('[').filter_map(|rest| rest.split_once(']'));
    let marked = |mark: &&str| ["SHARED ", "OWN ", "STATEMENT ", "NETWORK "].iter().any(|room| mark.starts_with(room));
    marks.map(|(mark, _)| mark).filter(marked).map(str::to_owned).collect()
}

fn set(marks: &[&str]) -> BTreeSet<String> {
    marks.iter().map(|mark| (*mark).to_owned()).collect()
}

#[test]
fn a_body_reads_the_statement_written_for_it_and_what_its_level_wrote() {
    let api = Api::new();
    let local = dispute(&api, Climb::Local);
    let network = dispute(&api, Climb::Network);
    let council = dispute(&api, Climb::Council);
    let deviation = redirected_deviation(&api);
    let (statement, document) = ("STATEMENT falun statement", "STATEMENT falun document");
    for body in ["steering", "network"] {
        let marks = |number| marks_sent_to(&api, &secretary(body), &[number]);
        assert_eq!(marks(&local), set(&[]), "{body}");
        assert_eq!(marks(&deviation), set(&[]), "{body}");
        assert_eq!(marks(&network), set(&[statement, document]), "{body}");
        let written = [
            "NETWORK network dissent",
            "NETWORK network paragraph",
            "NETWORK network present",
            "NETWORK network rapporteur",
            "NETWORK network solution",
            "NETWORK network solution_draft",
            "NETWORK network stood_aside",
            statement,
            document,
        ];
        assert_eq!(marks(&council), set(&written), "{body}");
    }
    for body in ["presidium", "council"] {
        let marks = |number| marks_sent_to(&api, &secretary(body), &[number]);
        for number in [&local, &network, &deviation] {
            assert_eq!(marks(number), set(&[]), "{body}");
        }
        assert_eq!(marks(&council), set(&[statement, document]), "{body}");
    }
}

#[test]
fn a_deadline_is_shown_to_whom_its_day_is() {
    let api = Api::new();
    let number = dispute(&api, Climb::Council);
    let deadlines = |person: &str| -> BTreeSet<String> {
        let case = api.get(person, &format!("/api/cases/{number}")).expect(200).json();
        let deadlines = case["deadlines"].as_array().unwrap().iter();
        deadlines.map(|deadline| deadline["id"].as_str().unwrap().to_owned()).collect()
    };
    let falun = deadlines(&holder("falun", Role::Management));
    assert!(falun.is_superset(&set(&["committee", "meeting"])), "{falun:?}");
    let presidium = secretary("presidium");
    // Neither the day that a party noted, nor what follows from what the parties' fields hold.
    let parties_own = set(&["answer_settlement", "committee", "interim"]);
    assert_eq!(&falun - &deadlines(&presidium), parties_own);
    for uri in ["/api/cases".to_owned(), format!("/api/cases/{number}"), format!("/api/cases/{number}/timeline")] {
        let body = api.get(&presidium, &uri).expect(200).body;
        assert!(!body.contains(COMMITTEE_ON), "{uri}: {body}");
    }
}

#[test]
fn a_former_receiver_reads_what_was_shared_until_the_case_left_it() {
    let api = Api::new();
    let number = redirected_deviation(&api);
    let before = [
        "SHARED mora handed_back",
        "SHARED mora note",
        "SHARED mora passed_on",
        "SHARED mora wrong_principal",
        "SHARED region consequence_for_person",
        "SHARED region contact",
        "SHARED region need_now",
        "SHARED region place",
        "SHARED region what_happened",
    ];
    let handler = marks_sent_to(&api, &holder("mora", Role::Handler), &[&number]);
    assert_eq!(handler, &set(&before) | &set(&["OWN mora note"]));
    // So does the unit that had it, which it was never taken from before.
    let unit = marks_sent_to(&api, &holder("mora", Role::Investigator), &[&number]);
    assert_eq!(unit, handler);
    let receiver = marks_sent_to(&api, &holder("falun", Role::Handler), &[&number]);
    let after = ["SHARED region note", "SHARED falun findings", "OWN falun note"];
    assert_eq!(receiver, &set(&before) | &set(&after));
}

#[test]
fn what_a_principal_keeps_for_itself_is_sent_to_nobody_else() {
    let api = Api::new();
    let numbers = [redirected_deviation(&api), dispute(&api, Climb::Council)];
    let numbers: Vec<_> = numbers.iter().collect();
    for (principal, short) in [("region-dalarna", "region"), ("falun", "falun"), ("mora", "mora"), ("borlange", "")] {
        for role in
            [Role::Employee, Role::Handler, Role::Investigator, Role::Manager, Role::Management, Role::Registrar]
        {
            let marks = marks_sent_to(&api, &holder(principal, role), &numbers);
            let own = marks.iter().filter(|mark| mark.starts_with("OWN"));
            let foreign: Vec<_> = own.filter(|mark| !mark.starts_with(&format!("OWN {short} "))).collect();
            assert!(foreign.is_empty(), "{principal} {role}: {foreign:?}");
        }
    }
    let handler = marks_sent_to(&api, &holder("region-dalarna", Role::Handler), &numbers);
    assert!(handler.is_superset(&set(&["OWN region note", "OWN region sex_not_given_because"])), "{handler:?}");
}
