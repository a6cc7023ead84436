//! The JSON Schema of the workflow format, generated from the types of `definition`: `workflows/workflow.schema.json` is
//! this, for editors, and `shape` checks files against it, so that an editor and the loader never disagree.

use schemars::{Schema, schema_for};
use serde_json::{Map, Value, json};

use super::definition::Definition;
use super::overlay::Overlay;
use super::plan::Plan;

/// What an id looks like: of a state, a field, a transition.
pub const ID: &str = "^[a-z][a-z0-9_]*$";
/// What the name of a workflow looks like: it is a folder's, and stands in addresses.
pub const NAME: &str = "^[a-z][a-z0-9_-]*$";

/// The schema of a workflow file, draft 2020-12.
pub fn workflow_schema() -> Value {
    headed(strict(schema_for!(Definition)), "A workflow of samsyn")
}

/// The schema of a migration plan, draft 2020-12.
pub fn plan_schema() -> Value {
    headed(strict(schema_for!(Plan)), "A plan by which running cases of samsyn go over to another version")
}

/// The schema of an overlay, draft 2020-12.
pub fn overlay_schema() -> Value {
    let mut schema = headed(strict(schema_for!(Overlay)), "What a local agreement adds to a workflow of samsyn");
    schema["properties"]["principal"]["pattern"] = json!(NAME);
    schema
}

fn headed(mut body: Value, title: &str) -> Value {
    named(&mut body);
    body["properties"]["workflow"]["pattern"] = json!(NAME);
    // What the file is comes first.
    let mut schema = json!({ "$schema": body["$schema"], "title": title });
    for (key, value) in body.as_object().into_iter().flatten().filter(|(key, _)| *key != "title") {
        schema[key] = value.clone();
    }
    schema
}

/// The same as text, as it is kept for editors.
pub fn workflow_schema_text() -> String {
    format!("{:#}\n", workflow_schema())
}

/// The same of plans.
pub fn plan_schema_text() -> String {
    format!("{:#}\n", plan_schema())
}

/// The same of overlays.
pub fn overlay_schema_text() -> String {
    format!("{:#}\n", overlay_schema())
}

/// A generated schema without what the format does not have: null (a key left empty is a slip, and must not silently
/// mean "no condition"), and Rust's integer formats, as the bounds that they stand for.
pub fn strict(schema: Schema) -> Value {
    let mut value = schema.to_value();
    tighten(&mut value);
    value
}

fn tighten(schema: &mut Value) {
    if let Value::Object(map) = schema {
        without_null(map);
        if map.get("format").is_some_and(|format| format == "uint32") {
            map.remove("format");
            map.insert("maximum".to_owned(), u32::MAX.into());
        }
        if let Some(only) = map.get_mut("anyOf").and_then(Value::as_array_mut).filter(|branches| branches.len() == 1) {
            let only = only.remove(0);
            map.remove("anyOf");
            map.extend(only.as_object().cloned().unwrap_or_default());
        }
    }
    children(schema).for_each(tighten);
}

fn without_null(map: &mut Map<String, Value>) {
    if map.get("default").is_some_and(Value::is_null) {
        map.remove("default");
    }
    if let Some(Value::Array(kinds)) = map.get_mut("type") {
        kinds.retain(|kind| kind != "null");
        if let [only] = kinds.as_slice() {
            map["type"] = only.clone();
        }
    }
    if let Some(Value::Array(branches)) = map.get_mut("anyOf") {
        branches.retain(|branch| branch["type"] != "null");
    }
}

/// Says what ids look like: those that are keys of a mapping, and those that stand in an `id`.
fn named(schema: &mut Value) {
    if let Value::Object(map) = schema {
        if map.get("additionalProperties").is_some_and(Value::is_object) {
            map.insert("propertyNames".to_owned(), json!({ "pattern": ID }));
        }
        if let Some(Value::Object(id)) = map.get_mut("properties").and_then(|properties| properties.get_mut("id")) {
            id.insert("pattern".to_owned(), json!(ID));
        }
    }
    children(schema).for_each(named);
}

fn children(value: &mut Value) -> Box<dyn Iterator<Item = &mut Value> + '_> {
    match value {
        Value::Array(items) => Box::new(items.iter_mut()),
        Value::Object(map) => Box::new(map.iter_mut().map(|(_, value)| value)),
        _ => Box::new(std::iter::empty()),
    }
}
