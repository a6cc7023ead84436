//! What a version changes, told: nothing is passed over, and each change says what it means for cases that run.

use std::collections::BTreeMap;

use samsyn::workflow::definition::Definition;
use samsyn::workflow::diff::{Diff, Impact, diff, markdown};
use serde_json::{Value, json};

fn shipped() -> Vec<Definition> {
    crate::support::database::shipped().all().map(|known| (*known.definition).clone()).collect()
}

/// A shipped definition by its name, or the first version of the workflow.
fn definition(name: &str) -> Value {
    let is_it = |known: &Definition| known.workflow == name || known.name() == name;
    serde_json::to_value(shipped().into_iter().find(is_it).unwrap()).unwrap()
}

/// The diff to what becomes of a shipped definition.
fn changed(name: &str, change: impl FnOnce(&mut Value)) -> Diff {
    let old = definition(name);
    let mut new = old.clone();
    change(&mut new);
    assert_ne!(old, new, "the test changes nothing");
    diff(&serde_json::from_value(old).unwrap(), &serde_json::from_value(new).unwrap())
}

/// Says of a place whether it is wanted, and takes what becomes of the whole with a change there.
struct Mutants<'a> {
    wanted: &'a mut dyn FnMut(&str) -> bool,
    emit: &'a mut dyn FnMut(String, Value),
}

impl Mutants<'_> {
    /// Every value with one thing changed, at the places that are wanted: a word longer, a number more, a yes for a no,
    /// something left out.
    fn of(&mut self, whole: &mut Value, path: &str) {
        let value = whole.pointer(path).unwrap().clone();
        let changed = match &value {
            Value::String(text) => Some(json!(format!("{text}x"))),
            Value::Bool(yes) => Some(json!(!yes)),
            Value::Number(number) => Some(json!(number.as_u64().unwrap() + 1)),
            Value::Array(_) | Value::Object(_) | Value::Null => None,
        };
        if let Some(changed) = changed {
            self.put(whole, path, path.to_owned(), changed);
        }
        let keys: Vec<String> = match &value {
            Value::Array(items) => (0..items.len()).map(|n| n.to_string()).collect(),
            Value::Object(members) => members.keys().cloned().collect(),
            _ => Vec::new(),
        };
        for key in keys {
            let mut without = value.clone();
            match &mut without {
                Value::Array(items) => drop(items.remove(key.parse().unwrap())),
                Value::Object(members) => drop(members.shift_remove(&key)),
                _ => unreachable!(),
            }
            self.put(whole, path, format!("{path}/{key} left out"), without);
            self.of(whole, &format!("{path}/{key}"));
        }
    }

    fn put(&mut self, whole: &mut Value, place: &str, name: String, changed: Value) {
        if (self.wanted)(&name) {
            let before = std::mem::replace(whole.pointer_mut(place).unwrap(), changed);
            (self.emit)(name, whole.clone());
            *whole.pointer_mut(place).unwrap() = before;
        }
    }
}

#[test]
fn whatever_is_changed_in_a_definition_is_told() {
    let mut silent = Vec::new();
    let (mut told, mut seen) = (0, BTreeMap::new());
    // A few of each shape: that a field's title is told of one field is told of all.
    let mut wanted = |path: &str| {
        let names: Vec<_> = path.split('/').filter(|name| name.parse::<usize>().is_err()).collect();
        let times: &mut u32 = seen.entry((names[1].to_owned(), names[names.len() - 1].to_owned())).or_default();
        *times += 1;
        *times <= 6
    };
    for old in shipped() {
        let mut emit = |path: String, new| {
            let Ok(new) = serde_json::from_value::<Definition>(new) else { return };
            if new == old {
                return;
            }
            match diff(&old, &new).changes.is_empty() {
                true => silent.push(path),
                false => told += 1,
            }
        };
        let mut whole = serde_json::to_value(&old).unwrap();
        Mutants { wanted: &mut wanted, emit: &mut emit }.of(&mut whole, "");
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
    let option = changed("deviation", |new| new["fields"]["category"]["options"]["other"]["title"] = json!("Övrigt"));
    let expected = "Uppgiften ”Vad gäller avvikelsen?”: valens ord: Annat tas bort, Övrigt tillkommer.";
    assert_eq!(sentence(&option, "category"), (expected.to_owned(), Impact::Unnoticed));
    let worth = changed("deviation@2", |new| new["fields"]["severity"]["options"]["minor"]["worth"] = json!(2));
    let expected = "Uppgiften ”Hur allvarligt kan det bli då?”: valens tal: 1 för ”1 - Mindre” tas bort, 2 för ”1 - Mindre” tillkommer.";
    assert_eq!(sentence(&worth, "severity"), (expected.to_owned(), Impact::NeedsPlan));
    let fewer = changed("deviation", |new| {
        new["fields"]["category"]["options"].as_object_mut().unwrap().remove("other");
    });
    let expected = "Uppgiften ”Vad gäller avvikelsen?”: val: ”Annat” tas bort.";
    assert_eq!(sentence(&fewer, "category"), (expected.to_owned(), Impact::NeedsPlan));
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
