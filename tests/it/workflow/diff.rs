//! What a version changes, told: nothing is passed over, and each change says what it means for cases that run.

use std::collections::BTreeMap;

use samsyn::app::Workflows;
use samsyn::mail::TEMPLATES;
use samsyn::workflow::definition::Definition;
use samsyn::workflow::diff::{Diff, Impact, diff, markdown};
use serde_json::{Value, json};

fn shipped() -> Vec<Definition> {
    Workflows::shipped(TEMPLATES).unwrap().all().map(|known| (*known.definition).clone()).collect()
}

fn definition(workflow: &str) -> Value {
    serde_json::to_value(shipped().into_iter().find(|known| known.workflow == workflow).unwrap()).unwrap()
}

/// The diff to what becomes of a shipped definition.
fn changed(workflow: &str, change: impl FnOnce(&mut Value)) -> Diff {
    let old = definition(workflow);
    let mut new = old.clone();
    change(&mut new);
    assert_ne!(old, new, "the test changes nothing");
    diff(&serde_json::from_value(old).unwrap(), &serde_json::from_value(new).unwrap())
}

/// Every value below with one thing changed: a word longer, a number more, a yes for a no, something left out.
fn mutants(value: &Value, path: &str, emit: &mut dyn FnMut(String, Value)) {
    match value {
        Value::String(text) => emit(path.to_owned(), json!(format!("{text}x"))),
        Value::Bool(yes) => emit(path.to_owned(), json!(!yes)),
        Value::Number(number) => emit(path.to_owned(), json!(number.as_u64().unwrap() + 1)),
        Value::Array(items) => {
            for (n, item) in items.iter().enumerate() {
                let mut without = items.clone();
                without.remove(n);
                emit(format!("{path}/{n} left out"), Value::Array(without));
                mutants(item, &format!("{path}/{n}"), &mut |path, changed| {
                    let mut items = items.clone();
                    items[n] = changed;
                    emit(path, Value::Array(items));
                });
            }
        }
        Value::Object(members) => {
            for (key, member) in members {
                let mut without = members.clone();
                without.shift_remove(key);
                emit(format!("{path}/{key} left out"), Value::Object(without));
                mutants(member, &format!("{path}/{key}"), &mut |path, changed| {
                    let mut members = members.clone();
                    members.insert(key.clone(), changed);
                    emit(path, Value::Object(members));
                });
            }
        }
        Value::Null => {}
    }
}

#[test]
fn whatever_is_changed_in_a_definition_is_told() {
    let mut silent = Vec::new();
    let (mut told, mut seen) = (0, BTreeMap::new());
    for old in shipped() {
        let name = old.workflow.clone();
        mutants(&serde_json::to_value(&old).unwrap(), &name, &mut |path, new| {
            // A few of each shape: that a field's title is told of one field is told of all.
            let names: Vec<_> = path.split('/').filter(|name| name.parse::<usize>().is_err()).collect();
            let times: &mut u32 = seen.entry((names[1].to_owned(), names[names.len() - 1].to_owned())).or_default();
            *times += 1;
            if *times > 6 {
                return;
            }
            let Ok(new) = serde_json::from_value::<Definition>(new) else { return };
            if new == old {
                return;
            }
            match diff(&old, &new).changes.is_empty() {
                true => silent.push(path),
                false => told += 1,
            }
        });
    }
    // Which version it is the head says; a role that is not listed does not load, and one that is used is told there.
    let said_elsewhere = |path: &String| {
        ["/workflow", "/version", "/format"].iter().any(|end| path.ends_with(end)) || path.contains("/roles/")
    };
    silent.retain(|path| !said_elsewhere(path));
    assert!(silent.is_empty(), "{} told, and not told:\n{}", told, silent.join("\n"));
    assert!(told > 300, "{told}");
}

/// The change that says this of a part of that id, and what it means.
fn sentence(diff: &Diff, id: &str) -> (String, Impact) {
    let found: Vec<_> = diff.changes.iter().filter(|change| change.id == id).collect();
    assert_eq!(found.len(), 1, "{:#?}", diff.changes);
    (found[0].sentence.clone(), found[0].impact)
}

#[test]
fn each_kind_of_change_is_told_in_a_sentence_with_what_it_means() {
    let shorter = changed("deviation", |new| new["deadlines"]["answer"]["after"] = json!("30d"));
    let expected = "Tidsfristen ”Svar till avsändaren”: tiden ändras från ”60 dagar” till ”30 dagar”.";
    assert_eq!(sentence(&shorter, "answer"), (expected.to_owned(), Impact::NeedsPlan));
    let words = changed("deviation", |new| new["states"]["sent"]["title"] = json!("Har kommit"));
    let expected = "Läget ”Skickad”: namnet ändras från ”Skickad” till ”Har kommit”.";
    assert_eq!(sentence(&words, "sent"), (expected.to_owned(), Impact::Unnoticed));
    assert!(markdown(&words).ends_with("## Ord och hänvisningar\n\n- Läget ”Skickad”: namnet ändras från ”Skickad” till ”Har kommit”. *Märks inte i pågående ärenden.*\n"));
    let right = changed("deviation", |new| {
        let steps = new["transitions"].as_array_mut().unwrap();
        let receive = steps.iter_mut().find(|step| step["id"] == "receive").unwrap();
        receive["by"]["role"] = json!("management");
    });
    assert_eq!(sentence(&right, "receive").1, Impact::NeedsPlan);
    assert!(sentence(&right, "receive").0.contains("får göras av ändras från"), "{:#?}", right.changes);
    let reminder = changed("deviation", |new| {
        new["deadlines"]["receipt"]["remind"].as_array_mut().unwrap().remove(0);
    });
    let expected = "Tidsfristen ”Ta emot”: påminnelser: sista dagen ”påminnelse” till den vars tur det är tas bort.";
    assert_eq!(sentence(&reminder, "receipt"), (expected.to_owned(), Impact::NeedsPlan));
    let side = changed("deviation", |new| new["parties"]["receiver"]["number"] = json!("several"));
    assert_eq!((sentence(&side, "receiver").1, side.impact), (Impact::NoWay, Impact::NoWay));
    let start = changed("deviation", |new| {
        new["start"][0]["ask"].as_array_mut().unwrap().pop();
    });
    assert_eq!(start.impact, Impact::Unnoticed, "only how a new case begins: {:#?}", start.changes);
}

#[test]
fn a_document_of_a_diff_holds_no_mark_up_out_of_a_title() {
    let title = "<script>*viktigt* [länk](http://x)";
    let diff = changed("tip", |new| new["states"]["received"]["title"] = json!(title));
    assert!(!markdown(&diff).contains("<script>") && markdown(&diff).contains("\\<script\\>\\*viktigt"));
    let page = samsyn::web::workflow_diff(&diff);
    assert!(!page.contains("<script>") && page.contains("&lt;script&gt;"), "{page}");
}
