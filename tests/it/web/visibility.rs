//! Who gets which answer: every route, every role, at a sender, a receiver, a third principal and a former receiver, and
//! every body before and after the matter was sent to it. The routes are those of the table: a new one fails here until
//! it is given a request to be tried with.

use std::fmt::Write;

use actix_web::http::Method;
use samsyn::authz::Role;
use samsyn::web::routes::{Handler, ROUTES, Route};
use serde_json::{Value, json};

use super::api::{Api, BODIES, ROLES, holder, secretary};
use super::stories::{Climb, dispute, redirected_deviation};

/// A request that changes nothing, so that all can be asked on the same case: whoever may, is told what is missing.
struct Trial {
    what: &'static str,
    uri: String,
    body: Option<Value>,
}

fn trials(route: &Route, number: &str, draft: &str) -> Vec<Trial> {
    let uri = route.path.replace("{number}", number).replace("{id}", draft);
    let plain = |body| vec![Trial { what: "", uri: uri.clone(), body }];
    let step = |what, transition| Trial { what, uri: uri.clone(), body: Some(json!({ "transition": transition })) };
    match route.name {
        "describe" | "me" | "list_workflows" | "list_cases" | "list_drafts" | "get_case" | "get_timeline"
        | "list_transitions" | "get_draft" | "drop_draft" | "list_outbox" | "retry_mail" => plain(None),
        "get_workflow" => vec![Trial { what: "", uri: uri.replace("{name}", "tip"), body: None }],
        "register_case" => {
            let parties = json!({ "receiver": ["region-dalarna"] });
            plain(Some(json!({ "workflow": "deviation", "start": "register", "parties": parties })))
        }
        "take_step" => vec![
            step("a party's step", "note_registry_number"),
            step("the network's step", "set_network_meeting"),
            step("the council's step", "set_council_meeting"),
        ],
        "withdraw_confirmation" => ["publish_lesson", "agree_interim"]
            .map(|transition| Trial { what: transition, uri: uri.replace("{transition}", transition), body: None })
            .into(),
        "write_note" => ["shared", "own"]
            .map(|room| {
                let body = json!({ "room": room, "text": "Så här.", "corrects": 9999 });
                Trial { what: room, uri: uri.clone(), body: Some(body) }
            })
            .into(),
        "keep_draft" => plain(Some(json!({ "workflow": "deviation", "start": "nothing" }))),
        "change_draft" => plain(Some(json!({ "content": {} }))),
        other => panic!("say how the route {other} is to be tried"),
    }
}

/// Whose eyes: a heading and people.
pub(super) type Group = (&'static str, Vec<String>);

fn of_principal(heading: &'static str, principal: &str) -> Group {
    (heading, ROLES.map(|role| holder(principal, role)).into())
}

fn bodies() -> Group {
    ("bodies", BODIES.map(secretary).into())
}

pub(super) struct Scene {
    pub title: &'static str,
    pub number: String,
    pub groups: Vec<Group>,
}

pub(super) fn scenes(api: &Api) -> Vec<Scene> {
    let deviation = vec![
        of_principal("sender", "region-dalarna"),
        of_principal("receiver", "falun"),
        of_principal("former receiver", "mora"),
        of_principal("third principal", "borlange"),
        bodies(),
    ];
    let of_dispute = || {
        let parties = [of_principal("raiser", "falun"), of_principal("counterpart", "region-dalarna")];
        parties.into_iter().chain([of_principal("third principal", "borlange"), bodies()]).collect()
    };
    let climbed = |title, climb| Scene { title, number: dispute(api, climb), groups: of_dispute() };
    vec![
        Scene { title: "deviation", number: redirected_deviation(api), groups: deviation },
        climbed("dispute, before any body", Climb::Local),
        climbed("dispute, sent to the network", Climb::Network),
        climbed("dispute, sent to the council", Climb::Council),
    ]
}

/// The status, and for the list how many cases it holds.
fn outcome(api: &Api, person: &str, route: &Route, trial: &Trial, revision: u64) -> String {
    let mut ask = api.ask(person, route.method.clone(), &trial.uri).header("If-Match", &format!("\"{revision}\""));
    if let Some(body) = &trial.body {
        ask = ask.json(body);
    }
    let answer = ask.send();
    match route.name {
        "list_cases" => format!("{} of {}", answer.status, answer.json()["cases"].as_array().unwrap().len()),
        _ => answer.status.to_string(),
    }
}

fn line(api: &Api, route: &Route, trial: &Trial, revision: u64, group: &Group) -> String {
    let (heading, people) = group;
    let words = people.iter().map(|person| {
        let (place, role) = person.split_once('/').unwrap();
        let who = if role == "secretary" { place } else { role };
        format!("{who} {}", outcome(api, person, route, trial, revision))
    });
    format!("    {heading}: {}\n", words.collect::<Vec<_>>().join(", "))
}

#[test]
fn every_route_answers_each_role_as_it_may() {
    let api = Api::new();
    let scenes = scenes(&api);
    let anybodys = deviation_draft(&api);
    let mut table = String::new();
    for route in ROUTES {
        writeln!(table, "{} {}", route.method, route.path).unwrap();
        let about_a_case = route.path.contains("{number}");
        let scenes = if about_a_case { &scenes[..] } else { &scenes[..1] };
        for scene in scenes {
            let reader = scene.groups[0].1.last().unwrap();
            let case = api.get(reader, &format!("/api/cases/{}", scene.number)).expect(200).json();
            let revision = case["revision"].as_u64().unwrap();
            for trial in trials(route, &scene.number, &anybodys) {
                if about_a_case {
                    writeln!(table, "  {}", [scene.title, trial.what].join(": ").trim_end_matches(": ")).unwrap();
                }
                for group in &scene.groups {
                    table += &line(&api, route, &trial, revision, group);
                }
            }
        }
    }
    insta::assert_snapshot!(table);
}

/// A draft of somebody who is nowhere else in the table.
pub(super) fn deviation_draft(api: &Api) -> String {
    let body = json!({ "workflow": "deviation", "start": "register" });
    let kept = api.post("mas-falun", "/api/drafts", &body).send().expect(201).json();
    kept["id"].as_str().unwrap().to_owned()
}

#[test]
fn nobody_is_answered_without_a_valid_token() {
    let api = Api::new();
    let number = redirected_deviation(&api);
    for route in ROUTES {
        for trial in trials(route, &number, &"0".repeat(32)) {
            let closed = matches!(route.handler, Handler::Bearer(_));
            let expected = if closed { 401 } else { 200 };
            let ask = || api.anonymous(&route.method, &trial.uri);
            let secrets = ["", "Bearer", "Bearer ", "Bearer x", "Basic x", &format!("Bearer {}", "0".repeat(64))];
            for secret in secrets {
                let answer = ask().header("Authorization", secret).send().expect(expected);
                let wanted = answer.header("WWW-Authenticate").map(|value| value.starts_with("Bearer"));
                assert_eq!(wanted, closed.then_some(true));
            }
            ask().send().expect(expected);
        }
    }
    let public: Vec<_> = ROUTES.iter().filter(|route| matches!(route.handler, Handler::Public(_))).collect();
    assert_eq!(public.iter().map(|route| route.path).collect::<Vec<_>>(), ["/api/openapi.json"]);
}

#[test]
fn a_token_ends_when_it_is_revoked_and_when_it_expires() {
    let api = Api::new();
    let person = holder("falun", Role::Handler).as_str().into();
    let (revoked, short) =
        (api.test.app.create_token(&person, None).unwrap(), api.test.app.create_token(&person, Some(1)).unwrap());
    let ask = |secret: &str| {
        let ask = api.anonymous(&Method::GET, "/api/me").header("Authorization", &format!("bearer {secret}"));
        ask.send().status
    };
    assert_eq!([ask(&revoked.secret), ask(&short.secret)], [200, 200]);
    api.test.app.revoke_token(&revoked.id).unwrap();
    api.test.clock.advance(chrono::Duration::hours(25));
    assert_eq!([ask(&revoked.secret), ask(&short.secret)], [401, 401]);
}

#[test]
fn what_may_not_be_known_is_answered_like_what_does_not_exist() {
    let api = Api::new();
    let number = redirected_deviation(&api);
    let stranger = holder("borlange", Role::Handler);
    for route in ROUTES.iter().filter(|route| route.path.contains("{number}")) {
        let mut answers = Vec::new();
        for number in [number.as_str(), "FALUN-2026-9999", "x"] {
            for trial in trials(route, number, "") {
                let mut ask = api.ask(&stranger, route.method.clone(), &trial.uri).header("If-Match", "\"1\"");
                if let Some(body) = &trial.body {
                    ask = ask.json(body);
                }
                let answer = ask.send().expect(404);
                let mut headers: Vec<_> =
                    answer.headers.iter().map(|(name, value)| (name.to_string(), value.clone())).collect();
                headers.retain(|(name, _)| name != "x-request-id");
                headers.sort_by(|a, b| a.0.cmp(&b.0));
                answers.push((headers, answer.body));
            }
        }
        answers.dedup();
        assert_eq!(answers.len(), 1, "{} {}: {answers:?}", route.method, route.path);
    }
    let nowhere = api.get(&stranger, "/api/nowhere").expect(404);
    assert_eq!(nowhere.body, api.get(&stranger, &format!("/api/cases/{number}")).expect(404).body);
}
