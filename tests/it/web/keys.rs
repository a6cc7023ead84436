//! The same request under the same key is carried out once.

use samsyn::authz::Role;
use serde_json::{Value, json};

use super::api::{Answer, Api, Ask, holder};
use super::stories::deviation;

fn count(api: &Api, person: &str) -> usize {
    api.get(person, "/api/cases?limit=100").json()["cases"].as_array().unwrap().len()
}

#[test]
fn a_repeated_command_gets_the_first_answer() {
    let api = Api::new();
    let handler = holder("falun", Role::Handler);
    let body = deviation("falun", "region-dalarna");
    let register = |body: &Value, key: &str| -> Answer {
        api.post(&handler, "/api/cases", body).header("Idempotency-Key", key).send()
    };
    let first = register(&body, "a key").expect(201);
    let again = register(&body, "a key").expect(201);
    assert_eq!((&again.body, again.header("Location")), (&first.body, first.header("Location")));
    let mut other = body.clone();
    other["data"]["urgency"] = json!("urgent");
    assert_eq!(register(&other, "a key").expect(422).code(), "idempotency_key_reused");
    assert_eq!(count(&api, &handler), 1);

    // A key is one person's own; a refused request does not use it up.
    let mas = api.post("mas-falun", "/api/cases", &body).header("Idempotency-Key", "a key").send().expect(201);
    assert_ne!(mas.body, first.body);
    register(&json!({ "workflow": "deviation", "start": "register" }), "b").expect(422);
    register(&body, "b").expect(201);
    assert_eq!(count(&api, &handler), 3);
}

#[test]
fn a_step_a_note_a_draft_and_a_withdrawal_take_a_key() {
    let api = Api::new();
    let (handler, region) = (holder("falun", Role::Handler), holder("region-dalarna", Role::Handler));
    let number = api.register(&handler, &deviation("falun", "region-dalarna"));
    let twice = |ask: &dyn Fn() -> Ask| {
        let (first, again) = (ask().send(), ask().send());
        assert!(first.status < 300, "{}", first.body);
        assert_eq!(
            (first.status, &first.body, first.header("ETag")),
            (again.status, &again.body, again.header("ETag"))
        );
    };
    let steps = format!("/api/cases/{number}/steps");
    let receive = json!({ "transition": "receive" });
    let step = |tag: &'static str| api.post(&region, &steps, &receive).header("If-Match", tag);
    twice(&|| step("\"1\"").header("Idempotency-Key", "step"));
    assert_eq!(step("\"2\"").header("Idempotency-Key", "step").send().expect(422).code(), "idempotency_key_reused");
    let note = json!({ "room": "shared", "text": "En gång." });
    twice(&|| api.post(&region, &format!("/api/cases/{number}/notes"), &note).header("Idempotency-Key", "note"));
    let draft = json!({ "workflow": "deviation", "start": "register" });
    twice(&|| api.post(&region, "/api/drafts", &draft).header("Idempotency-Key", "draft"));
    let timeline = api.get(&region, &format!("/api/cases/{number}/timeline")).json();
    assert_eq!(timeline["entries"].as_array().unwrap().len(), 3);
    assert_eq!(api.get(&region, "/api/drafts").json()["drafts"].as_array().unwrap().len(), 1);
}

#[test]
fn repeats_at_the_same_time_are_one_command() {
    let api = Api::new();
    let handler = holder("falun", Role::Handler);
    let body = deviation("falun", "region-dalarna");
    api.token(&handler);
    let answers: Vec<_> = std::thread::scope(|scope| {
        let ask = || api.post(&handler, "/api/cases", &body).header("Idempotency-Key", "k").send().expect(201).body;
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(ask)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
    assert_eq!(count(&api, &handler), 1);
}

#[test]
fn a_key_is_printable_and_short() {
    let api = Api::new();
    let handler = holder("falun", Role::Handler);
    let body = deviation("falun", "region-dalarna");
    for key in ["", "tab\there", &"x".repeat(201)] {
        let answer = api.post(&handler, "/api/cases", &body).header("Idempotency-Key", key).send().expect(422).json();
        assert_eq!(answer["errors"][0]["field"], "Idempotency-Key");
    }
    api.post(&handler, "/api/cases", &body).header("Idempotency-Key", &"x".repeat(200)).send().expect(201);
}
