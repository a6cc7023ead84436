//! What the pages of a case say of its steps: whose move it is, what can be done, what cannot and why, how each step is asked
//! for, and what those who read it later see.

use samsyn::authz::Role;
use serde_json::json;

use super::api::{Api, holder, secretary};
use super::browser::Browser;
use super::stories::{Climb, deviation, dispute, mark, redirected_deviation};

const NOT_NOW: &str = "Det här går inte nu, och därför";

fn page(api: &Api, person: &str, address: &str) -> String {
    Browser::signed_in(api, person).get(address).expect(200).body
}

/// The part of a page below a heading, until the next one of its rank.
fn below<'a>(page: &'a str, heading: &str) -> &'a str {
    let rest = page.split(&format!("{heading}</h2>")).nth(1).unwrap_or_else(|| panic!("no heading {heading}"));
    rest.split("<h2").next().unwrap()
}

#[test]
fn where_a_field_says_when_the_step_happened_it_is_not_asked_twice() {
    let api = Api::new();
    let number = dispute(&api, Climb::Network);
    let asked = |person: &str, step: &str| {
        page(&api, person, &format!("/cases/{number}/steps/{step}")).contains("När hände det?")
    };
    assert!(!asked(&secretary("steering"), "propose_solution"), "the meeting's day says it");
    assert!(asked(&secretary("steering"), "set_network_meeting"));
    assert!(asked(&holder("falun", Role::Management), "propose_settlement"));
}

#[test]
fn while_a_dispute_goes_on_it_is_nobodys_move_in_the_deviation_that_it_grew_out_of() {
    let api = Api::new();
    let falun = holder("falun", Role::Handler);
    let number = api.register(&falun, &deviation("falun", "region-dalarna"));
    api.step(&holder("region-dalarna", Role::Handler), &number, "receive", json!({}));
    let data = json!({
        "subject": "Kostnad", "origin": ["deviation"], "clause": "Avsnitt 9", "disputed": ["cost"], "child": false,
        "position": "Ni betalar.",
    });
    let raised = json!({
        "workflow": "local-dispute", "start": "raise", "parties": { "counterpart": ["region-dalarna"] },
        "origins": [number], "data": data,
    });
    api.register(&holder("falun", Role::Management), &raised);
    for person in [&falun, &holder("region-dalarna", Role::Handler)] {
        let case = page(&api, person, &format!("/cases/{number}"));
        assert!(case.contains("Vilar medan en tvist pågår"));
        assert!(!case.contains("Det är din tur") && !case.contains("Nu är det tur för"), "{person}");
        assert!(case.contains("Ingen behöver göra något just nu."));
        assert!(!page(&api, person, "/?list=todo").contains(&number));
        assert!(page(&api, person, "/?list=waiting&whose=organisation").contains(&number));
    }
}

#[test]
fn of_what_cannot_be_done_now_only_what_could_be_hers_is_told_with_the_reason() {
    let api = Api::new();
    let number = dispute(&api, Climb::Local);
    let told = |person: &str| {
        let page = page(&api, person, &format!("/cases/{number}"));
        page.split(NOT_NOW).nth(1).map(|rest| rest.split("</details>").next().unwrap().to_owned()).unwrap_or_default()
    };
    let management = told(&holder("falun", Role::Management));
    assert!(management.contains("<dt>Godta nätverkets förslag</dt>"), "hers once the network has proposed something");
    assert!(management.contains("är inte möjligt när ärendet är i läget ”Hos tjänsteledningarna”"));
    assert!(!management.contains("<dt>Rekommendera en lösning"), "the council's alone");
    assert!(!management.contains("<dt>Lämna ståndpunkt<"), "the other side's alone");
    assert!(!management.contains("kan bara göras av"));
    let registrar = told("registrator-falun");
    assert!(!registrar.contains("<dt>Godta nätverkets förslag"));
    let number = redirected_deviation(&api);
    let page = page(&api, &holder("mora", Role::Handler), &format!("/cases/{number}"));
    assert!(!page.contains(NOT_NOW), "it has left them for good");
}

#[test]
fn a_label_says_you_to_whoever_fills_it_in_and_not_to_whoever_reads_it() {
    let api = Api::new();
    let number = dispute(&api, Climb::Local);
    let falun = holder("falun", Role::Management);
    let case = page(&api, &falun, &format!("/cases/{number}"));
    assert!(!case.contains("Er ståndpunkt"), "it is the region's, or Falun's of another day");
    assert!(case.contains("Ståndpunkt - Region Dalarna") && case.contains("Ståndpunkt - Falu kommun"));
    assert!(page(&api, &falun, &format!("/cases/{number}/steps/revise_position")).contains("Er ståndpunkt"));
    let number = api.register(&holder("falun", Role::Handler), &deviation("falun", "region-dalarna"));
    let case = page(&api, &holder("region-dalarna", Role::Handler), &format!("/cases/{number}"));
    assert!(case.contains("Kontakt hos avsändaren") && !case.contains("Kontakt hos er"), "a part of a record too");
    assert!(case.contains("Önskas svar?"));
}

#[test]
fn a_registration_does_not_begin_with_a_page_that_asks_nothing() {
    let api = Api::new();
    let employee = Browser::signed_in(&api, &holder("mora", Role::Employee));
    let choose = employee.get("/register").expect(200);
    assert!(!choose.body.contains("href=\"/register/tip/tell\""));
    let begun = employee.fill(&choose, "/register/tip/tell", &[]).expect(303);
    let draft = begun.header("location").unwrap().to_owned();
    assert!(employee.get(&draft).expect(200).body.contains("name=\"what_happened\""));
    // Where there is somebody to choose, that comes first.
    let falun = page(&api, &holder("falun", Role::Handler), "/register");
    assert!(falun.contains("href=\"/register/deviation/register\""));
}

#[test]
fn whoever_registered_it_is_named_among_those_who_see_it() {
    let api = Api::new();
    let employee = holder("mora", Role::Employee);
    let tip = json!({
        "workflow": "tip", "start": "tell", "parties": {},
        "data": { "what_happened": "Ingen kom.", "event_on": "2026-02-27", "place": "Hos oss" },
    });
    let number = api.register(&employee, &tip);
    for person in [&employee, &holder("mora", Role::Handler)] {
        let case = page(&api, person, &format!("/cases/{number}"));
        let readers = below(&case, "Vem kan se ärendet?");
        assert!(readers.contains(&employee), "{person}: {readers}");
    }
    // Across: who of the sender's people registered is not told.
    let number = api.register(&holder("region-dalarna", Role::Employee), &deviation("region", "mora"));
    let case = page(&api, &holder("mora", Role::Handler), &format!("/cases/{number}"));
    assert!(!below(&case, "Vem kan se ärendet?").contains(&holder("region-dalarna", Role::Employee)));
}

#[test]
fn the_answers_to_one_proposal_stand_beside_each_other_below_it() {
    let api = Api::new();
    let number = dispute(&api, Climb::Local);
    let region = holder("region-dalarna", Role::Management);
    let next = page(&api, &region, &format!("/cases/{number}/next"));
    let asked = below(&next, "Ta ställning: Gemensam lösning");
    for wanted in [&mark("SHARED", "falun", "settlement"), "steps/confirm_settlement", "steps/decline_settlement"] {
        assert!(asked.contains(wanted), "{wanted}: {asked}");
    }
    assert_eq!(next.matches(&mark("SHARED", "falun", "settlement")).count(), 1, "the text once");
    for step in ["confirm_settlement", "decline_settlement"] {
        assert_eq!(next.matches(&format!("/steps/{step}\"")).count(), 1, "{step} once");
    }
    // Whoever has answered is asked no more: what is left is to change her mind.
    api.step(&region, &number, "confirm_settlement", json!({}));
    let next = page(&api, &region, &format!("/cases/{number}/next"));
    assert!(!next.contains("Ta ställning:") && next.contains("steps/decline_settlement"));
}

#[test]
fn what_a_body_proposed_and_the_ways_on_are_one_decision() {
    let api = Api::new();
    let number = dispute(&api, Climb::Network);
    let minutes = json!({
        "solution_draft": "Dela lika.", "met_on": "2026-03-02", "rapporteur": "X", "present": "Alla", "stood_aside": "ingen",
    });
    api.step(&secretary("steering"), &number, "propose_solution", minutes);
    let minutes = json!({
        "solution": "Hälften var från mars.", "met_on": "2026-03-02", "paragraph": "12", "rapporteur": "X",
        "present": "Alla", "stood_aside": "ingen", "dissent": "ingen",
    });
    api.step(&secretary("network"), &number, "put_to_parties", minutes);
    let next = page(&api, &holder("falun", Role::Management), &format!("/cases/{number}/next"));
    let asked = below(&next, "Ta ställning: Nätverkets förslag till parterna");
    for wanted in ["Hälften var från mars.", "steps/accept_proposal", "steps/not_cleared_up"] {
        assert!(asked.contains(wanted), "{wanted}: {asked}");
    }
    assert_eq!(next.matches("Hälften var från mars.").count(), 1);
}

#[test]
fn a_short_fact_is_one_line_and_its_length_is_told() {
    let api = Api::new();
    let falun = holder("falun", Role::Handler);
    let number = api.register(&falun, &deviation("falun", "region-dalarna"));
    let address = format!("/cases/{number}/steps/note_registry_number");
    let handler = Browser::signed_in(&api, &falun);
    let form = handler.get(&address).expect(200);
    let field = form.body.split("id=\"f-registry_number\"").nth(1).unwrap().split('>').next().unwrap();
    assert!(
        field.contains("type=\"text\"") && field.contains("aria-describedby=\"f-registry_number-hint\""),
        "{field}"
    );
    assert!(form.body.contains("Högst 200 tecken."));
    assert!(page(&api, &falun, &format!("/cases/{number}/steps/add_facts")).contains("<textarea"));
    let refused = handler.fill(&form, &address, &[("registry_number", &"7".repeat(201))]).expect(422);
    assert!(
        refused.body.contains("längre än 200 tecken") && refused.body.contains(&"7".repeat(201)),
        "nothing is lost"
    );
    let refused =
        api.try_step(&falun, &number, "note_registry_number", json!({"registry_number": "SOC 2026/7\noch mer"}));
    assert_eq!(refused.status, 422);
    api.step(&falun, &number, "note_registry_number", json!({"registry_number": "SOC 2026/7"}));
}
