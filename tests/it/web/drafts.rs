//! Drafts: one person's own, gone when sent.

use actix_web::http::Method;
use samsyn::authz::Role;
use serde_json::{Value, json};

use super::api::{Api, holder};
use super::stories::deviation;

#[test]
fn a_draft_is_kept_changed_and_gone_when_it_is_sent() {
    let api = Api::new();
    let handler = holder("falun", Role::Handler);
    let body = json!({ "workflow": "deviation", "start": "register", "content": { "category": "sip" } });
    let kept = api.post(&handler, "/api/drafts", &body).send().expect(201);
    let uri = kept.header("Location").unwrap().to_owned();
    let tag = kept.header("ETag").unwrap().to_owned();
    assert_eq!(uri, format!("/api/drafts/{}", kept.json()["id"].as_str().unwrap()));
    let change = |tag: &str, text: &str| {
        let ask = api.ask(&handler, Method::PUT, &uri).header("If-Match", tag);
        ask.json(&json!({ "content": { "what_happened": text } })).send()
    };
    let changed = change(&tag, "Ett").expect(200);
    let stale = change(&tag, "Två").expect(412);
    assert_eq!((stale.code().as_str(), stale.header("ETag")), ("stale", changed.header("ETag")));
    let draft = api.get(&handler, &uri).expect(200);
    assert_eq!(draft.json()["content"], json!({ "what_happened": "Ett" }));
    assert_eq!(draft.header("ETag"), changed.header("ETag"));

    // A colleague in the same role has none of it.
    assert_eq!(api.get("mas-falun", "/api/drafts").json()["drafts"], json!([]));
    assert_eq!(api.get("mas-falun", &uri).status, 404);
    assert_eq!(api.ask("mas-falun", Method::DELETE, &uri).send().status, 404);

    let mut sent = deviation("falun", "region-dalarna");
    sent["draft"] = draft.json()["id"].clone();
    api.register(&handler, &sent);
    assert_eq!(api.get(&handler, &uri).status, 404);
    assert_eq!(api.get(&handler, "/api/drafts").json()["drafts"], json!([]));
}

#[test]
fn a_draft_can_be_thrown_away_once() {
    let api = Api::new();
    let handler = holder("falun", Role::Handler);
    let body = json!({ "workflow": "deviation", "start": "register" });
    let kept: Value = api.post(&handler, "/api/drafts", &body).send().expect(201).json();
    let uri = format!("/api/drafts/{}", kept["id"].as_str().unwrap());
    let dropped = api.ask(&handler, Method::DELETE, &uri).send().expect(204);
    assert_eq!(dropped.body, "");
    api.ask(&handler, Method::DELETE, &uri).send().expect(404);
}
