//! ETag and If-Match: nobody overwrites what she has not seen. And what happens to what cannot be read.

use actix_web::http::Method;
use samsyn::authz::Role;
use serde_json::{Value, json};

use super::api::{Api, holder};
use super::stories::deviation;

#[test]
fn a_step_needs_the_present_revision() {
    let api = Api::new();
    let (falun, region) = (holder("falun", Role::Handler), holder("region-dalarna", Role::Handler));
    let created = api.post(&falun, "/api/cases", &deviation("falun", "region-dalarna")).send().expect(201);
    assert_eq!(created.header("ETag"), Some("\"1\""));
    let uri = created.header("Location").unwrap().to_owned();
    assert_eq!(api.get(&region, &uri).header("ETag"), Some("\"1\""));
    let step = |tag: Option<&str>| {
        let ask = api.post(&region, &format!("{uri}/steps"), &json!({ "transition": "receive" }));
        tag.map_or_else(
            || api.post(&region, &format!("{uri}/steps"), &json!({ "transition": "receive" })),
            |tag| ask.header("If-Match", tag),
        )
        .send()
    };
    assert_eq!(step(None).expect(428).code(), "if_match_required");
    for tag in ["1", "*", "W/\"1\"", "\"1\", \"2\""] {
        assert_eq!(step(Some(tag)).expect(400).code(), "malformed_header", "{tag}");
    }
    for tag in ["\"2\"", "\"0\"", "\"x\"", "\"99999999999999999999999\""] {
        let stale = step(Some(tag)).expect(412);
        assert_eq!((stale.code().as_str(), stale.header("ETag")), ("stale", Some("\"1\"")), "{tag}");
    }
    let done = step(Some("\"1\"")).expect(200);
    assert_eq!(done.header("ETag"), Some("\"2\""));
    assert_eq!(api.get(&falun, &uri).header("ETag"), Some("\"2\""));
    let stranger = api.post(&holder("borlange", Role::Handler), &format!("{uri}/steps"), &json!({ "transition": "x" }));
    assert_eq!(stranger.header("If-Match", "\"1\"").send().expect(404).header("ETag"), None);
}

#[test]
fn who_may_not_and_what_cannot_be_are_told_apart() {
    let api = Api::new();
    let (falun, region) = (holder("falun", Role::Handler), holder("region-dalarna", Role::Handler));
    let number = api.register(&falun, &deviation("falun", "region-dalarna"));
    let code = |person: &str, transition: &str, data: Value| {
        let answer = api.try_step(person, &number, transition, data);
        (answer.status, answer.code(), answer.json()["errors"][0]["code"].as_str().unwrap_or_default().to_owned())
    };
    let told = |status, code: &str, reason: &str| (status, code.to_owned(), reason.to_owned());
    assert_eq!(code(&falun, "receive", json!({})), told(403, "forbidden", "permission"));
    assert_eq!(code(&region, "route", json!({})), told(409, "not_possible_now", "state"));
    assert_eq!(code(&falun, "take_back", json!({})), told(422, "invalid", "required"));
    assert_eq!(code(&falun, "take_back", json!({ "cause": "x" })), told(422, "invalid", "unknown_field"));
    assert_eq!(code(&falun, "take_back", json!({ "grounds": 1 })), told(422, "invalid", "wrong_type"));
    assert_eq!(code(&falun, "nothing", json!({})), told(422, "invalid", "unknown_step"));
    let future = json!({ "transition": "take_back", "happened": "2026-03-03", "data": { "grounds": "x" } });
    let before = json!({ "transition": "take_back", "happened": "2026-03-01", "data": { "grounds": "x" } });
    let ancient = json!({ "transition": "take_back", "happened": "0001-01-01T00:00:00Z", "data": { "grounds": "x" } });
    for body in [future, before, ancient] {
        let ask = api.post(&falun, &format!("/api/cases/{number}/steps"), &body).header("If-Match", "\"1\"");
        assert_eq!(ask.send().expect(422).json()["errors"][0]["code"], "happened");
    }
}

#[test]
fn what_cannot_be_read_is_refused_with_a_code() {
    let api = Api::new();
    let handler = holder("falun", Role::Handler);
    let sent = |kind: &str, body: &str| {
        let answer = api.ask(&handler, Method::POST, "/api/cases").body(kind, body.to_owned()).send();
        let reason = answer.json()["errors"][0].clone();
        (answer.status, answer.code(), reason["code"].clone(), reason["field"].clone())
    };
    let json_type = "application/json; charset=utf-8";
    let plain = |status, code: &str| (status, code.to_owned(), Value::Null, Value::Null);
    let told = |code: &str, field: &str| (422, "invalid".to_owned(), json!(code), json!(field));
    for broken in ["", "{", "{\"workflow\": \"\\ud800\"}", &"[".repeat(10_000)] {
        assert_eq!(sent(json_type, broken), plain(400, "broken_json"), "{broken}");
    }
    assert_eq!(sent("text/plain", "{}"), plain(415, "unsupported_media_type"));
    assert_eq!(sent(json_type, &" ".repeat(256 * 1024 + 1)), plain(413, "too_large"));
    assert_eq!(sent(json_type, "[]").1, "invalid");
    assert_eq!(sent(json_type, "{}"), told("required", "workflow"));
    let with = |more: &str| format!("{{\"workflow\": \"deviation\", \"start\": \"register\", {more}}}");
    assert_eq!(sent(json_type, &with("\"more\": 1")), told("unknown_field", "more"));
    assert_eq!(sent(json_type, &with("\"data\": []")), told("wrong_type", "data"));
    assert_eq!(sent(json_type, &with("\"parties\": {\"receiver\": [1]}")), told("wrong_type", "parties.receiver.0"));
    assert_eq!(sent(json_type, &with("\"happened\": \"igår\"")), told("wrong_type", "happened"));
    assert_eq!(sent(json_type, &with("\"draft\": \"x\"")), told("wrong_type", "draft"));
    assert_eq!(
        sent(json_type, &with("\"data\": {\"what_happened\": \"a\\u0000b\"}")),
        told("wrong_type", "what_happened")
    );
    assert_eq!(sent(json_type, &with("\"origins\": [\"\\u0000\"]")), told("wrong_type", "origins.0"));
    let many = format!("\"origins\": [{}]", vec!["\"x\""; 51].join(","));
    assert_eq!(sent(json_type, &with(&many)), told("too_long", "origins"));
}

#[test]
fn a_wrong_method_is_told_the_right_ones() {
    let api = Api::new();
    let handler = holder("falun", Role::Handler);
    let answer = api.ask(&handler, Method::PATCH, "/api/drafts/x").send().expect(405);
    assert_eq!(
        (answer.code().as_str(), answer.header("Allow")),
        ("method_not_allowed", Some("GET, HEAD, PUT, DELETE"))
    );
    assert_eq!(
        api.ask(&handler, Method::DELETE, "/api/cases").send().expect(405).header("Allow"),
        Some("GET, HEAD, POST")
    );
    api.ask(&handler, Method::HEAD, "/api/me").send().expect(200);
}

#[test]
fn what_stands_in_the_address_reaches_no_database_unread() {
    let api = Api::new();
    let handler = holder("falun", Role::Handler);
    for part in ["%00", "%ff%fe", "a%00b", "%F0%9F%98%80", "..%2F..%2Fetc", "%25", "'--"] {
        for path in ["cases/{}", "cases/{}/timeline", "cases/{}/transitions", "drafts/{}", "workflows/{}"] {
            let uri = format!("/api/{}", path.replace("{}", part));
            assert_eq!(api.get(&handler, &uri).status, 404, "{uri}");
        }
    }
}
