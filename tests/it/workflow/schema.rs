//! The JSON Schema that editors use is the one that the loader uses.

use std::path::Path;

use samsyn::workflow::schema::{
    overlay_schema, overlay_schema_text, plan_schema, plan_schema_text, workflow_schema, workflow_schema_text,
};
use samsyn::workflow::shape::matcher;
use serde_json::Value;

#[test]
fn workflow_schema_is_current() {
    let texts =
        [("workflow", workflow_schema_text()), ("plan", plan_schema_text()), ("overlay", overlay_schema_text())];
    for (name, text) in texts {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("workflows/{name}.schema.json"));
        if std::env::var_os("UPDATE_SCHEMA").is_some() {
            std::fs::write(&path, &text).unwrap();
        }
        let kept = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(kept == text, "rewrite it: UPDATE_SCHEMA=1 cargo test workflow_schema_is_current");
    }
}

fn walk<'a>(value: &'a Value, visit: &mut impl FnMut(&'a serde_json::Map<String, Value>)) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| walk(item, visit)),
        Value::Object(map) => {
            visit(map);
            map.values().for_each(|value| walk(value, visit));
        }
        _ => {}
    }
}

#[test]
fn the_loader_understands_every_keyword() {
    let known = [
        "$schema",
        "$defs",
        "$ref",
        "title",
        "description",
        "default",
        "type",
        "properties",
        "required",
        "additionalProperties",
        "propertyNames",
        "items",
        "enum",
        "const",
        "oneOf",
        "anyOf",
        "pattern",
        "minimum",
        "maximum",
    ];
    let (schema, plans, overlays) = (workflow_schema(), plan_schema(), overlay_schema());
    let mut unknown = Vec::new();
    let mut schemas = vec![&schema, &plans, &overlays];
    while let Some(Value::Object(map)) = schemas.pop() {
        unknown.extend(map.keys().filter(|key| !known.contains(&key.as_str())));
        for key in ["$defs", "properties"] {
            schemas.extend(map.get(key).and_then(Value::as_object).into_iter().flat_map(|map| map.values()));
        }
        for key in ["oneOf", "anyOf"] {
            schemas.extend(map.get(key).and_then(Value::as_array).into_iter().flatten());
        }
        schemas.extend(["items", "additionalProperties", "propertyNames"].iter().filter_map(|key| map.get(*key)));
    }
    assert!(unknown.is_empty(), "{unknown:?}");
    walk(&Value::from(vec![schema.clone(), plans.clone(), overlays.clone()]), &mut |map| {
        if let Some(Value::String(pattern)) = map.get("pattern") {
            assert!(matcher(pattern).is_some(), "no reader for the pattern {pattern}");
        }
    });
}

#[test]
fn every_key_says_what_it_is_for() {
    walk(&Value::from(vec![workflow_schema(), plan_schema(), overlay_schema()]), &mut |map| {
        let Some(Value::Object(properties)) = map.get("properties") else { return };
        for (key, schema) in properties {
            assert!(schema.get("description").is_some() || schema.get("type").is_none(), "{key}");
        }
    });
}
