//! Formatting, comments, aliases and key order do not change a digest; anything else does.

use proptest::prelude::*;
use samsyn::workflow::digest::{canonical, definition_digest, sha256};
use samsyn::workflow::source;
use serde_json::{Value, json};

#[test]
fn canonical_json_is_sorted_and_tight() {
    let value = json!({"b": [1, {"d": null, "c": "å\n\""}], "a": true, "Z": -2});
    assert_eq!(canonical(&value), r#"{"Z":-2,"a":true,"b":[1,{"c":"å\n\"","d":null}]}"#);
    assert_eq!(sha256(b"").as_str(), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

#[test]
fn words_for_people_are_left_out_at_every_level() {
    let plain = json!({"states": {"a": {"final": "x"}}, "list": [{"id": "b"}]});
    let worded = json!({"title": "T", "states": {"a": {"final": "x", "help": "h"}}, "list": [{"why": "w", "id": "b"}]});
    assert_eq!(definition_digest(&plain), definition_digest(&worded));
    assert_ne!(
        definition_digest(&plain),
        definition_digest(&json!({"states": {"a": {"final": "y"}}, "list": [{"id": "b"}]}))
    );
}

fn document() -> impl Strategy<Value = Value> {
    let scalar = prop_oneof![
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        "[ -~åäö\n]{0,12}".prop_map(Value::from),
    ];
    scalar.prop_recursive(4, 40, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::btree_map("[a-z_]{1,6}", inner, 0..5).prop_map(|map| map.into_iter().collect()),
        ]
    })
}

/// The same document written with its keys backward, in YAML's flow style, over several lines.
fn rewritten(value: &Value, newline: &str) -> String {
    let join = |parts: Vec<String>| parts.join(&format!(",{newline} "));
    match value {
        Value::Array(items) => format!("[{}]", join(items.iter().map(|item| rewritten(item, newline)).collect())),
        Value::Object(map) => {
            let entries = map.iter().rev().map(|(key, value)| format!("\"{key}\": {}", rewritten(value, newline)));
            format!("{{{}}}", join(entries.collect()))
        }
        scalar => scalar.to_string(),
    }
}

proptest! {
    #[test]
    fn formatting_and_key_order_change_nothing(value in document()) {
        for newline in ["", " # a comment\n"] {
            let text = rewritten(&value, newline);
            let read = source::read("t.yaml", &text);
            prop_assert!(read.problems.is_empty(), "{:?}\n{text}", read.problems);
            let tree = read.root.unwrap().to_json();
            prop_assert_eq!(&tree, &value);
            prop_assert_eq!(definition_digest(&tree), definition_digest(&value));
        }
    }
}
