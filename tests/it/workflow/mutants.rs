//! Mutants of the shipped files: at every place another target, a negated condition, a day off, one confirmation where
//! all are needed, a step that no longer stays, something left out. Each must be refused by the checker, or leave another trace than the one
//! on record in some scenario (`demo/traces.rs`); a digest alone does not count.

use std::collections::BTreeSet;
use std::sync::Arc;

use samsyn::calendar::Period;
use samsyn::demo::scenario::Scenario;
use samsyn::mail::TEMPLATES;
use samsyn::workflow::definition::Definition;
use samsyn::workflow::lock::Lock;
use samsyn::workflow::overlay::is_overlay;
use samsyn::workflow::plan::is_plan;
use samsyn::workflow::rules::Rules;
use samsyn::workflow::{Environment, load, shipped, source};
use serde_json::{Value, json};

use crate::demo::rehearsal::{Cast, Definitions};
use crate::demo::scenarios;

/// A changed definition.
struct Mutant {
    what: String,
    /// The transition or deadline that it is in: scenarios that come by it are played first.
    place: String,
    document: Value,
}

/// What every mutant is held against.
struct Judge {
    cast: Cast,
    definitions: Definitions,
    scenarios: Vec<(Scenario, Vec<String>, BTreeSet<String>)>,
    rules: Rules,
}

impl Judge {
    fn new() -> Judge {
        let (cast, definitions) = (Cast::new(), scenarios::shipped());
        let recorded = scenarios::all().into_iter().map(|scenario| {
            let (stage, played) = scenarios::rehearse(&cast, &definitions, &scenario, None);
            played.unwrap_or_else(|error| panic!("{error}"));
            let places = stage.cases.iter().flat_map(|held| {
                let of_step = |(_, step): &(u64, samsyn::workflow::step::Step)| {
                    let clocks = step.deadlines.keys().cloned();
                    let places: Vec<_> = clocks.chain([step.transition.clone()]).collect();
                    places.into_iter().map(|place| format!("{}/{place}", held.workflow))
                };
                held.steps.iter().flat_map(of_step).collect::<Vec<_>>()
            });
            let places = places.collect();
            (stage.trace, places)
        });
        let recorded: Vec<(Vec<String>, BTreeSet<String>)> = recorded.collect();
        let all = scenarios::all().into_iter().zip(recorded);
        let scenarios = all.map(|(scenario, (trace, places))| (scenario, trace, places)).collect();
        let rules = Rules::read(shipped::RULES.0, shipped::RULES.1).unwrap();
        Judge { cast, definitions, scenarios, rules }
    }

    fn catches(&self, workflow: &str, mutant: &Mutant) -> bool {
        let Ok(definition) = serde_json::from_value::<Definition>(mutant.document.clone()) else { return true };
        let definition = Arc::new(definition);
        let mut definitions = self.definitions.clone();
        definitions.insert(workflow.to_owned(), definition.clone());
        let place = format!("{workflow}/{}", mutant.place);
        let (near, far): (Vec<_>, Vec<_>) = self.scenarios.iter().partition(|(_, _, places)| places.contains(&place));
        let differs = |(scenario, trace, _): &&(Scenario, Vec<String>, BTreeSet<String>)| {
            let (stage, played) = scenarios::rehearse(&self.cast, &definitions, scenario, Some(trace));
            stage.differs || played.is_err() || stage.trace.len() != trace.len()
        };
        near.iter().any(differs) || self.refuses(mutant) || far.iter().any(differs)
    }

    /// Whether the checker refuses it; JSON is YAML too.
    fn refuses(&self, mutant: &Mutant) -> bool {
        let lock = Lock::default();
        let env = Environment { rules: &self.rules, templates: TEMPLATES, calendars: &["swedish"], lock: &lock };
        load("mutant", &mutant.document.to_string(), &env).is_err()
    }
}

/// A test for each workflow, which run side by side.
#[test]
fn every_mutant_of_the_deviation_is_caught() {
    all_caught("deviation");
}

#[test]
fn every_mutant_of_the_local_dispute_is_caught() {
    all_caught("local-dispute");
}

#[test]
fn every_mutant_of_the_other_workflows_is_caught() {
    let of_files = versions().map(|(file, _)| file.split('/').nth(1).unwrap());
    let others: BTreeSet<_> = of_files.filter(|workflow| !["deviation", "local-dispute"].contains(workflow)).collect();
    assert!(others.len() > 1);
    others.into_iter().for_each(all_caught);
}

fn versions() -> impl Iterator<Item = &'static (&'static str, &'static str)> {
    shipped::FILES.iter().filter(|(file, text)| !is_plan(file, text) && !is_overlay(file))
}

fn all_caught(workflow: &str) {
    let judge = Judge::new();
    let (mut survivors, mut count) = (Vec::new(), 0);
    for (_, text) in versions().filter(|(file, _)| file.split('/').nth(1) == Some(workflow)) {
        for mutant in mutants(&source::read(workflow, text).root.unwrap().to_json()) {
            count += 1;
            if !judge.catches(workflow, &mutant) {
                survivors.push(mutant.what);
            }
        }
    }
    println!("{workflow}: {count}");
    assert!(count > 0 && survivors.is_empty(), "{} survive:\n{}", survivors.len(), survivors.join("\n"));
}

fn mutants(document: &Value) -> Vec<Mutant> {
    let mut found = Vec::new();
    targets(document, &mut found);
    confirmations(document, &mut found);
    conditions(document, &mut found);
    days(document, &mut found);
    omissions(document, &mut found);
    found
}

/// Something left out of a transition: what it builds on, who must not be the same, what it empties or does besides.
fn omissions(document: &Value, found: &mut Vec<Mutant>) {
    for (at, step) in document["transitions"].as_array().unwrap().iter().enumerate() {
        let place = id_at(document, "transitions", at);
        for key in ["when", "rests_on", "same_party", "not_same_as"] {
            if step[key].is_null() {
                continue;
            }
            let mut document = document.clone();
            document["transitions"][at].as_object_mut().unwrap().remove(key);
            found.push(Mutant { what: format!("{place} has no {key}"), place: place.clone(), document });
        }
        for key in ["clears", "effects", "by"] {
            let items = step[key].as_array().into_iter().flatten().enumerate();
            for (item, value) in items.filter(|_| key != "by" || step["by"].as_array().unwrap().len() > 1) {
                let mut document = document.clone();
                document["transitions"][at][key].as_array_mut().unwrap().remove(item);
                found.push(Mutant { what: format!("{place} {key} without {value}"), place: place.clone(), document });
            }
        }
    }
}

/// The document with one place changed.
fn changed(document: &Value, pointer: &str, value: Value) -> Value {
    let mut document = document.clone();
    *document.pointer_mut(pointer).unwrap() = value;
    document
}

fn id_at(document: &Value, list: &str, at: usize) -> String {
    document[list][at]["id"].as_str().unwrap().to_owned()
}

/// Another target, for starts and transitions; `stay` among them.
fn targets(document: &Value, found: &mut Vec<Mutant>) {
    let mut names: Vec<&str> = document["states"].as_object().unwrap().keys().map(String::as_str).collect();
    for list in ["start", "transitions"] {
        if list == "transitions" {
            names.push("stay");
        }
        for (at, step) in document[list].as_array().unwrap().iter().enumerate() {
            let place = id_at(document, list, at);
            let others = names.iter().filter(|name| **name != step["target"] && !is_the_same(document, step, name));
            found.extend(others.map(|name| Mutant {
                what: format!("{place} leads to {name}"),
                place: place.clone(),
                document: changed(document, &format!("/{list}/{at}/target"), json!(name)),
            }));
        }
    }
}

/// To stay, and to come back to the only state that one can come from, are the same where nobody gets a mail there.
fn is_the_same(document: &Value, step: &Value, target: &str) -> bool {
    let from = match &step["from"] {
        Value::Array(list) if list.len() == 1 => list[0].as_str(),
        other => other.as_str(),
    };
    let one = from.map(|from| match document["groups"][from].as_array() {
        Some(group) if group.len() == 1 => group[0].as_str().unwrap(),
        _ => from,
    });
    step["target"] == "stay" && one == Some(target) && document["states"][target]["notify"].is_null()
}

/// One confirmation is enough.
fn confirmations(document: &Value, found: &mut Vec<Mutant>) {
    for (at, step) in document["transitions"].as_array().unwrap().iter().enumerate() {
        let (pointer, by) = match &step["by"] {
            Value::Array(list) => (format!("/transitions/{at}/by/0"), &list[0]),
            by => (format!("/transitions/{at}/by"), by),
        };
        let Some(role) = by["each_party"].as_str() else { continue };
        let party = by["side"].as_str().unwrap_or("any");
        let place = id_at(document, "transitions", at);
        found.push(Mutant {
            what: format!("{place} needs one confirmation"),
            place,
            document: changed(document, &pointer, json!({ "party": party, "role": role })),
        });
    }
}

/// Each condition, and each condition within one, negated.
fn conditions(document: &Value, found: &mut Vec<Mutant>) {
    let mut roots: Vec<(String, String)> = Vec::new();
    for (at, _) in document["transitions"].as_array().unwrap().iter().enumerate() {
        roots.push((id_at(document, "transitions", at), format!("/transitions/{at}/when")));
    }
    for name in document["deadlines"].as_object().unwrap().keys() {
        roots.push((name.clone(), format!("/deadlines/{name}/when")));
    }
    for name in document["fields"].as_object().unwrap().keys() {
        roots.push((name.clone(), format!("/fields/{name}/required_if")));
    }
    for (place, pointer) in roots.into_iter().filter(|(_, pointer)| document.pointer(pointer).is_some()) {
        for inner in within(document, &pointer) {
            let guard = document.pointer(&inner).unwrap();
            let negated = guard.get("not").cloned().unwrap_or_else(|| json!({ "not": guard }));
            found.push(Mutant {
                what: format!("{place} has {inner} negated"),
                place: place.clone(),
                document: changed(document, &inner, negated),
            });
        }
    }
}

/// The condition at a place, and those within it.
fn within(document: &Value, pointer: &str) -> Vec<String> {
    let guard = document.pointer(pointer).unwrap();
    let inner: Vec<String> = match () {
        () if guard["not"].is_object() => vec![format!("{pointer}/not")],
        () => ["all", "any"]
            .iter()
            .flat_map(|key| {
                let count = guard[key].as_array().map_or(0, Vec::len);
                (0..count).map(move |at| format!("{pointer}/{key}/{at}"))
            })
            .collect(),
    };
    let deeper = inner.iter().flat_map(|pointer| within(document, pointer));
    std::iter::once(pointer.to_owned()).chain(deeper).collect()
}

/// A day, a month, a round more or less; an end that no longer moves off a day off.
fn days(document: &Value, found: &mut Vec<Mutant>) {
    for (name, deadline) in document["deadlines"].as_object().unwrap() {
        let at = format!("/deadlines/{name}");
        let mut places = vec![format!("{at}/after")];
        for (step, _) in deadline["remind"].as_array().into_iter().flatten().enumerate() {
            places.extend(["at", "repeat/every", "repeat/times"].map(|key| format!("{at}/remind/{step}/{key}")));
        }
        places.into_iter().for_each(|place| nudged(document, name, &place, found));
        // Working days end on working days, whatever the rule.
        if deadline["end"].is_string() && !deadline["after"].as_str().unwrap().ends_with("wd") {
            found.push(Mutant {
                what: format!("{name} ends as counted"),
                place: name.clone(),
                document: changed(document, &format!("{at}/end"), json!("as_counted")),
            });
        }
    }
    for (at, _) in document["transitions"].as_array().unwrap().iter().enumerate() {
        let pointer = format!("/transitions/{at}/when");
        if document.pointer(&pointer).is_some() {
            for inner in within(document, &pointer) {
                nudged(document, &id_at(document, "transitions", at), &format!("{inner}/notice"), found);
            }
        }
    }
}

fn nudged(document: &Value, place: &str, pointer: &str, found: &mut Vec<Mutant>) {
    let Some(value) = document.pointer(pointer) else { return };
    for by in [-1, 1] {
        let nudged = match value {
            Value::Number(times) => json!(times.as_i64().unwrap() + by),
            period => {
                let period: Period = period.as_str().unwrap().parse().unwrap();
                json!(Period::new(period.count() + i32::try_from(by).unwrap(), period.unit()).unwrap())
            }
        };
        found.push(Mutant {
            what: format!("{pointer} is {nudged}, not {value}"),
            place: place.to_owned(),
            document: changed(document, pointer, nudged),
        });
    }
}
