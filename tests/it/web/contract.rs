//! The OpenAPI document: it describes every route of the table, and nothing else.

use std::collections::BTreeSet;

use actix_web::http::Method;
use samsyn::web::openapi;
use samsyn::web::routes::{Handler, Place, ROUTES};
use serde_json::Value;

use super::api::Api;

fn operation<'a>(document: &'a Value, method: &Method, path: &str) -> &'a Value {
    &document["paths"][path][method.as_str().to_lowercase()]
}

#[test]
fn the_document_is_served_to_anybody_and_describes_each_route() {
    let served = Api::new().anonymous(&Method::GET, "/api/openapi.json").send().expect(200);
    assert_eq!(served.header("Content-Type"), Some("application/json"));
    let document = served.json();
    assert_eq!(document, openapi::document());
    assert_eq!(document["openapi"], "3.1.0");
    let described = document["paths"].as_object().unwrap().values().map(|path| path.as_object().unwrap().len());
    assert_eq!(described.sum::<usize>(), ROUTES.len());
    let mut names = BTreeSet::new();
    for route in ROUTES {
        let operation = operation(&document, &route.method, route.path);
        assert!(names.insert(operation["operationId"].as_str().unwrap().to_owned()), "{}", route.name);
        assert_eq!(operation["security"].is_array(), matches!(route.handler, Handler::Bearer(_)), "{}", route.name);
        assert_eq!(operation["requestBody"].is_object(), route.body.is_some(), "{}", route.name);
        let in_path = route.path.matches('{').count();
        let declared: Vec<_> = route.parameters.iter().filter(|parameter| parameter.place == Place::Path).collect();
        assert_eq!(declared.len(), in_path, "{}", route.name);
        assert!(declared.iter().all(|parameter| route.path.contains(&format!("{{{}}}", parameter.name))));
    }
}

#[test]
fn every_reference_leads_to_a_schema_and_every_schema_is_used() {
    let document = openapi::document();
    let mut references = BTreeSet::new();
    collect(&document, &mut references);
    let schemas = document["components"]["schemas"].as_object().unwrap();
    let names: BTreeSet<_> = schemas.keys().map(|name| format!("#/components/schemas/{name}")).collect();
    assert_eq!(references, names);
}

fn collect(value: &Value, references: &mut BTreeSet<String>) {
    match value {
        Value::Object(map) => {
            references.extend(map.get("$ref").and_then(Value::as_str).map(str::to_owned));
            map.values().for_each(|value| collect(value, references));
        }
        Value::Array(items) => items.iter().for_each(|value| collect(value, references)),
        _ => {}
    }
}

#[test]
fn request_types_know_no_fields_but_their_own() {
    let document = openapi::document();
    for route in ROUTES.iter().filter(|route| route.body.is_some()) {
        let content = &operation(&document, &route.method, route.path)["requestBody"]["content"]["application/json"];
        let name = content["schema"]["$ref"].as_str().unwrap().rsplit('/').next().unwrap();
        assert_eq!(document["components"]["schemas"][name]["additionalProperties"], false, "{name}");
        assert!(content["example"].is_object(), "{name}");
    }
}

#[test]
fn the_example_of_a_case_can_be_registered_as_it_stands() {
    let api = Api::new();
    let document = openapi::document();
    let content = &operation(&document, &Method::POST, "/api/cases")["requestBody"]["content"]["application/json"];
    let done = api.post("mas-falun", "/api/cases", &content["example"]).send().expect(201);
    assert_eq!(done.header("Location"), Some("/api/cases/FALUN-2026-0001"));
}

/// The routes as the summary of their operations, for a reader of the change.
#[test]
fn the_statuses_of_each_operation() {
    let document = openapi::document();
    let line = |route: &samsyn::web::routes::Route| {
        let responses = operation(&document, &route.method, route.path)["responses"].as_object().unwrap().clone();
        let statuses: Vec<_> = responses.keys().cloned().collect();
        format!("{} {}: {}", route.method, route.path, statuses.join(" "))
    };
    insta::assert_snapshot!(ROUTES.iter().map(line).collect::<Vec<_>>().join("\n"));
}
