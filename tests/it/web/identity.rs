//! A personal identity number in anything that a client sends is refused, naming the place, and its digits are in no
//! table and no log afterwards.

use actix_web::http::Method;
use diesel::{Connection, PgConnection, QueryableByName, RunQueryDsl, sql_query, sql_types::Text};
use samsyn::authz::Role;
use serde_json::{Value, json};

use super::api::{Answer, Api, holder};
use super::stories::{deviation, redirected_deviation};
use crate::support::database::Database;
use crate::support::log::logged;

/// Everything that the database holds, as text: the file's bytes, or every row of every table.
pub fn stored(database: &Database) -> String {
    #[derive(QueryableByName)]
    struct Line {
        #[diesel(sql_type = Text)]
        line: String,
    }
    if !database.is_postgres() {
        let files = std::fs::read_dir(database.folder()).unwrap();
        let bytes = files.flat_map(|file| std::fs::read(file.unwrap().path()).unwrap());
        return String::from_utf8_lossy(&bytes.collect::<Vec<_>>()).into_owned();
    }
    let mut db = PgConnection::establish(&database.url_text()).unwrap();
    let tables = "select table_name::text as line from information_schema.tables where table_schema = 'public'";
    let tables: Vec<Line> = sql_query(tables).load(&mut db).unwrap();
    let rows = tables.iter().flat_map(|table| {
        let rows = format!("select row_to_json(t)::text as line from {} t", table.line);
        sql_query(rows).load::<Line>(&mut db).unwrap()
    });
    rows.map(|row| row.line).collect::<Vec<_>>().join("\n")
}

/// The number in forms that people write: made up, with a right check digit.
const FORMS: [&str; 3] = ["811218-9876", "198112189876", "19811278 9873"];

fn refused(answer: Answer, field: &str) {
    let place = answer.clone().expect(422).json();
    let errors = place["errors"].as_array().unwrap();
    let named = |error: &Value| error["code"] == "personal_number" && error["field"] == field;
    assert!(errors.iter().any(named), "{field}: {errors:?}");
}

fn in_bodies(api: &Api, person: &str, number: &str, id: &str) {
    let within = format!("Hon ({id}) väntar.");
    let with = |pointer: &str, value: Value| {
        let mut body = deviation("falun", "region-dalarna");
        match pointer.rsplit_once('/') {
            Some((parent, name)) => {
                body.pointer_mut(parent).unwrap().as_object_mut().unwrap().insert(name.to_owned(), value)
            }
            None => unreachable!(),
        };
        body
    };
    let register = |body: Value| api.post(person, "/api/cases", &body).header("Idempotency-Key", "k").send();
    refused(register(with("/data/what_happened", json!(within))), "what_happened");
    refused(register(with("/data/where/place", json!(within))), "where.place");
    refused(register(with("/data/sip_fault", json!([id]))), "sip_fault.0");
    refused(register(with("/data/sender_reference", json!(id))), "sender_reference");
    refused(register(with(&format!("/data/{id}"), json!(1))), "data");
    refused(register(with("/workflow", json!(id))), "workflow");
    refused(register(with("/start", json!(id))), "start");
    refused(register(with("/origins", json!([id]))), "origins.0");
    refused(register(with("/parties", json!({ "receiver": [id] }))), "parties.receiver.0");
    refused(register(with("/happened", json!(id))), "happened");
    refused(register(with("/draft", json!(id))), "draft");
    refused(register(with(&format!("/{id}"), json!(1))), "body");
    let digits: u64 = id.chars().filter(char::is_ascii_digit).collect::<String>().parse().unwrap();
    refused(register(with("/data/urgency", json!(digits))), "urgency");
    let step = |body: Value| {
        let ask = api.post(person, &format!("/api/cases/{number}/steps"), &body).header("If-Match", "\"1\"");
        ask.header("Idempotency-Key", "k").send()
    };
    refused(step(json!({ "transition": id })), "transition");
    refused(
        step(json!({ "transition": "answer", "data": { "measures_planned": [{ "what": within }] } })),
        "measures_planned.0.what",
    );
    refused(api.note(person, number, "own", &within), "text");
    let draft = |content: Value| {
        let body = json!({ "workflow": "deviation", "start": "register", "content": content });
        api.post(person, "/api/drafts", &body).header("Idempotency-Key", "k").send()
    };
    refused(draft(json!({ "what_happened": within })), "what_happened");
    refused(draft(json!({ "rows": [{ "a": [id] }] })), "rows.0.a.0");
    let kept = draft(json!({})).expect(201).json();
    let change = api.ask(person, Method::PUT, &format!("/api/drafts/{}", kept["id"].as_str().unwrap()));
    refused(change.header("If-Match", "\"1\"").json(&json!({ "content": { "x": id } })).send(), "x");
}

fn in_addresses_and_headers(api: &Api, person: &str, id: &str) {
    let escaped = id.replace(' ', "%20");
    refused(api.get(person, &format!("/api/cases/{escaped}")), "number");
    refused(api.get(person, &format!("/api/drafts/{escaped}")), "id");
    refused(api.get(person, &format!("/api/workflows/{escaped}")), "name");
    let confirmation = format!("/api/cases/x/confirmations/{escaped}");
    refused(api.ask(person, Method::DELETE, &confirmation).header("If-Match", "\"1\"").send(), "transition");
    for parameter in ["workflow", "state", "category", "principal", "ended", "limit", "opened_from", "after"] {
        refused(api.get(person, &format!("/api/cases?{parameter}={escaped}")), parameter);
    }
    refused(api.get(person, &format!("/api/cases?q={escaped}")), "query");
    refused(api.get(person, &format!("/api/cases?{escaped}=1")), "query");
    let body = deviation("falun", "region-dalarna");
    refused(api.post(person, "/api/cases", &body).header("Idempotency-Key", id).send(), "Idempotency-Key");
    api.get(person, &format!("/{escaped}")).expect(404);
}

#[test]
fn a_personal_identity_number_is_refused_everywhere_and_kept_nowhere() {
    logged(); // begins to listen
    let api = Api::new();
    let number = redirected_deviation(&api);
    let person = holder("falun", Role::Handler);
    for id in FORMS {
        in_bodies(&api, &person, &number, id);
        in_addresses_and_headers(&api, &person, id);
    }
    for (what, text) in [("database", stored(&api.test.database)), ("log", logged())] {
        assert!(text.contains(if what == "log" { "answered" } else { "what_happened" }), "the {what} was read");
        for digits in ["9876", "9873", "19811278", "811218"] {
            let near: Vec<_> = text
                .match_indices(digits)
                .map(|(at, _)| &text[at.saturating_sub(12)..(at + 12).min(text.len())])
                .collect();
            let whole = near.iter().filter(|near| FORMS.iter().any(|form| near.contains(form)));
            assert_eq!(whole.count(), 0, "{what}: {digits}");
        }
    }
}

#[test]
fn a_random_key_that_looks_like_one_is_let_through_and_not_kept() {
    let api = Api::new();
    let person = holder("falun", Role::Handler);
    let key = "a8112189-876f-4a4e-9d53-198112189876";
    let body = deviation("falun", "region-dalarna");
    api.post(&person, "/api/cases", &body).header("Idempotency-Key", key).send().expect(201);
    assert!(!stored(&api.test.database).contains(key));
}
