//! `workflows/README.md`: its examples are parsed, its table of classes is the checker's.

use std::fmt::Write;

use samsyn::workflow::check::CLASSES;
use samsyn::workflow::lock::Lock;
use samsyn::workflow::overlay::{self, Overlay};
use samsyn::workflow::plan::{self, Plan};
use samsyn::workflow::problem::Severity;
use samsyn::workflow::rules::Rules;
use samsyn::workflow::{Problem, schema, shape, source};
use serde_json::Value;

use super::load_alone;

const README: &str = include_str!("../../../workflows/README.md");

/// The fenced blocks: what the fence says, the first line, the text.
pub fn blocks() -> Vec<(&'static str, usize, String)> {
    let mut blocks = Vec::new();
    let mut open: Option<(&str, usize, String)> = None;
    for (n, line) in README.lines().enumerate() {
        match (line.strip_prefix("```"), open.take()) {
            (Some(says), None) => open = Some((says, n + 2, String::new())),
            (Some(_), Some(block)) => blocks.push(block),
            (None, Some((says, first, text))) => open = Some((says, first, text + line + "\n")),
            (None, None) => {}
        }
    }
    blocks
}

/// Part of a file: any of its keys, none of them compulsory.
fn fragment(text: &str) -> Result<(), Vec<Problem>> {
    let mut schema = schema::workflow_schema();
    schema["required"] = Value::Array(Vec::new());
    shape::typed::<Value>("fragment", source::read("fragment", text), &schema).map(|_| ())
}

#[test]
fn every_example_is_what_it_says_it_is() {
    let mut seen = Vec::new();
    for (says, line, text) in blocks() {
        let judged = match says {
            "yaml workflow" => {
                load_alone("question.yaml", &text).map(|loaded| assert_eq!(loaded.warnings, [], "line {line}"))
            }
            "yaml rules" => Rules::read("rules.yaml", &text).map(|_| ()),
            "yaml lock" => Lock::read("digests.lock", &text).map(|_| ()),
            "yaml plan" => {
                shape::typed::<Plan>("plan", source::read("plan", &text), &schema::plan_schema()).map(|_| ())
            }
            "yaml overlay" => {
                shape::typed::<Overlay>("overlay", source::read("overlay", &text), &schema::overlay_schema())
                    .map(|_| ())
            }
            "yaml" => fragment(&text),
            other => panic!("line {line}: what is ```{other}?"),
        };
        assert!(judged.is_ok(), "README.md, block at line {line}: {judged:?}");
        seen.push(says);
    }
    seen.sort_unstable();
    seen.dedup();
    assert_eq!(seen, ["yaml", "yaml lock", "yaml overlay", "yaml plan", "yaml rules", "yaml workflow"]);
}

#[test]
fn the_digest_in_the_lock_is_that_of_the_complete_file() {
    let blocks = blocks();
    let block = |kind: &str| &blocks.iter().find(|(says, ..)| *says == kind).unwrap().2;
    let loaded = load_alone("question.yaml", block("yaml workflow")).unwrap();
    let lock = Lock::read("digests.lock", block("yaml lock")).unwrap();
    assert_eq!(lock.get(&loaded.definition).unwrap().digest, loaded.digest);
}

#[test]
fn every_key_of_the_format_is_explained() {
    let schemas = [schema::workflow_schema(), schema::plan_schema(), schema::overlay_schema()];
    let objects = schemas.iter().flat_map(|schema| schema["$defs"].as_object().unwrap().values().chain([schema]));
    let keys = objects.filter_map(|object| object["properties"].as_object()).flat_map(|properties| properties.keys());
    let missing: Vec<_> =
        keys.filter(|key| !README.contains(&format!("`{key}`")) && !README.contains(&format!("{key}:"))).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn the_table_of_classes_is_the_checkers() {
    let mut table = String::from("| class | |\n|---|---|\n");
    for class in CLASSES {
        let warning = if class.severity == Severity::Warning { "*Warning.* " } else { "" };
        writeln!(table, "| `{}` | {warning}{} |", class.id, class.what).unwrap();
    }
    assert!(README.contains(&table), "put this table into workflows/README.md:\n{table}");
    for classes in [plan::classes::CLASSES, overlay::classes::CLASSES] {
        let rows = classes.iter().map(|class| format!("| `{}` | {} |\n", class.id, class.what));
        let table = format!("| class | |\n|---|---|\n{}", rows.collect::<String>());
        assert!(README.contains(&table), "and this one:\n{table}");
    }
}
