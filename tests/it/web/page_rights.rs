//! Who gets which answer of the pages: every page of the table, asked by nobody and by each role, at a sender, a receiver, a
//! third principal and a former receiver, and by every body before and after the matter was sent to it. A new page fails
//! here until it is given something to be tried with.

use std::collections::BTreeMap;
use std::fmt::Write;

use samsyn::app::notes::NoteRoom;
use samsyn::authz::Role;
use samsyn::web::pages::routes::{PAGES, Page};

use super::api::{Api, holder};
use super::browser::Browser;
use super::visibility::{Group, Scene, deviation_draft, scenes};

/// What a page is asked for, so that nothing changes: whoever may, is told what is missing.
struct Trial {
    what: &'static str,
    address: String,
    fields: &'static [(&'static str, &'static str)],
}

/// A document that Falun shares in the case, and one that it keeps for itself.
fn documents(api: &Api, number: &str) -> [String; 2] {
    let attach = |room| api.attach(&holder("falun", Role::Handler), number, room, &format!("{room:?}.pdf"), "");
    [attach(NoteRoom::Shared), attach(NoteRoom::Own)]
}

/// A text of the first entry: of a deviation, of a dispute.
const FIRST_TEXT: [&str; 2] = ["what_happened", "subject"];
/// A text of the first entry in the region's own room: of a deviation, of a dispute.
const OWN_TEXT: [&str; 2] = ["sex_not_given_because", "text"];

fn trials(page: &Page, number: &str, draft: &str, documents: &[String; 2]) -> Vec<Trial> {
    let fill = |path: &str| path.replace("{number}", number).replace("{id}", draft);
    let one = |address: String, fields| vec![Trial { what: "", address, fields }];
    match (page.method.as_str(), page.path) {
        // They would end the session that asks.
        ("POST", "/sign-out" | "/sign-out/everywhere") => Vec::new(),
        (_, "/sign-in" | "/sign-in/demo" | "/sign-in/commission") => {
            one(fill(page.path), &[("person", "nobody"), ("username", "nobody")])
        }
        (_, "/search") => one(format!("/search?number={number}"), &[]),
        (_, "/register/{workflow}/{start}") => one("/register/deviation/register".to_owned(), &[]),
        ("POST", "/cases/{number}/notes") => one(fill(page.path), &[("room", "own"), ("text", "")]),
        ("POST", "/cases/{number}/documents") => one(fill(page.path), &[]),
        ("GET", "/cases/{number}/documents/{id}") => {
            let [shared, own] = documents.each_ref().map(|id| format!("/cases/{number}/documents/{id}"));
            let document = |what, address| Trial { what, address, fields: &[] };
            vec![document("a shared document", shared), document("Falun's own document", own)]
        }
        ("POST", "/drafts/{id}/drop") | (_, "/drafts/{id}/{part}") => one(fill(page.path).replace("{part}", "1"), &[]),
        (_, "/cases/{number}/steps/{transition}") => {
            let step = |what, transition: &str| Trial {
                what,
                address: fill(page.path).replace("{transition}", transition),
                fields: &[],
            };
            vec![
                step("a party's step", "note_registry_number"),
                step("the network's step", "set_network_meeting"),
                step("the council's step", "set_council_meeting"),
            ]
        }
        ("POST", "/me/reminders" | "/me/calendar" | "/me/calendar/remove" | "/me/absence" | "/absences/{id}/end")
        | (_, "/feeds/{token}.ics") => one(fill(page.path), &[]),
        (_, "/cases/{number}/removals/{room}/{entry}/{path}") => {
            let text = |what, room: &str, entry: &str, path: &str| Trial {
                what,
                address: format!("/cases/{number}/removals/{room}/{entry}/{path}"),
                fields: &[],
            };
            vec![
                text("the first side's text", "shared", "1", FIRST_TEXT[usize::from(!number.starts_with("REGION"))]),
                text(
                    "a text of the region's own room",
                    "own:region-dalarna",
                    "1",
                    OWN_TEXT[usize::from(!number.starts_with("REGION"))],
                ),
            ]
        }
        ("GET", path) if !path.replace("{number}", "").contains('{') => one(fill(path), &[]),
        (method, path) => panic!("say how {method} {path} is to be tried"),
    }
}

/// A browser for each person, signed in once.
type Browsers<'a> = BTreeMap<String, (Browser<'a>, String)>;

fn outcome(browsers: &Browsers, person: &str, page: &Page, trial: &Trial) -> String {
    let (browser, csrf) = &browsers[person];
    let answer = match page.is_safe() {
        true => browser.get(&trial.address),
        false => {
            let fields: Vec<_> = trial.fields.iter().copied().chain([("_csrf", csrf.as_str())]).collect();
            browser.send(&trial.address, &fields)
        }
    };
    match answer.header("location") {
        Some(to) if to.starts_with("/sign-in") => "sign in".to_owned(),
        Some(to) if to.starts_with("/cases/") => "to the case".to_owned(),
        Some(_) | None => answer.status.to_string(),
    }
}

fn line(browsers: &Browsers, page: &Page, trial: &Trial, (heading, people): &Group) -> String {
    let words = people.iter().map(|person| {
        let (place, role) = person.split_once('/').unwrap();
        let who = if role == "secretary" { place } else { role };
        format!("{who} {}", outcome(browsers, person, page, trial))
    });
    format!("    {heading}: {}\n", words.collect::<Vec<_>>().join(", "))
}

fn signed_in<'a>(api: &'a Api, scenes: &[Scene]) -> Browsers<'a> {
    let people = scenes.iter().flat_map(|scene| &scene.groups).flat_map(|(_, people)| people);
    let browsers = people.map(|person| {
        let browser = Browser::signed_in(api, person);
        let csrf = browser.get("/me").expect(200).body;
        let csrf = csrf.split("name=\"_csrf\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
        (person.clone(), (browser, csrf.to_owned()))
    });
    browsers.collect()
}

#[test]
fn every_page_answers_each_role_as_it_may() {
    let api = Api::new();
    let scenes = scenes(&api);
    let draft = deviation_draft(&api);
    let mut browsers = signed_in(&api, &scenes);
    browsers.insert("/nobody".to_owned(), (Browser::of(&api), String::new()));
    let nobody: Group = ("not signed in", vec!["/nobody".to_owned()]);
    let mut table = String::new();
    let documents: Vec<_> = scenes.iter().map(|scene| documents(&api, &scene.number)).collect();
    // Those of administrators have a table of their own, in `admin`.
    for page in PAGES.iter().filter(|page| !page.path.starts_with("/admin")) {
        writeln!(table, "{} {}", page.method, page.path).unwrap();
        let about_a_case = page.path.contains("{number}");
        let scenes = if about_a_case { &scenes[..] } else { &scenes[..1] };
        for (scene, documents) in scenes.iter().zip(&documents) {
            for trial in trials(page, &scene.number, &draft, documents) {
                if about_a_case {
                    writeln!(table, "  {}", [scene.title, trial.what].join(": ").trim_end_matches(": ")).unwrap();
                }
                for group in scene.groups.iter().chain([&nobody]) {
                    table += &line(&browsers, page, &trial, group);
                }
            }
        }
    }
    insta::assert_snapshot!(table);
}
