//! Definitions in the formats of others: what one is written as, that whatever passes the checker can be read again, and the
//! material by which programs of others judge the engine (`.ci/judges`).

mod machines;
mod traces;

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::Path;

use quick_xml::Reader;
use quick_xml::events::Event;
use samsyn::workflow::definition::Definition;
use samsyn::workflow::export::{bpmn, xstate};
use samsyn::workflow::{schema, shape, source};
use serde_json::{Value, json};

use self::machines::{machine, tied};
use self::traces::trace;
use super::load_alone;
use super::random::World;

/// Small, and with one of each: a joint step, a condition, a clock through two states, a step that stays.
const SMALL: &str = r#"
format: 1
workflow: small
version: 1
title: Ärende <b> & "co"
basis: []
parties: {asker: {title: Frågar}, answerer: {title: Svarar, opposite: asker}}
roles: [handler]
fields: {urgent: {type: yes_no, title: Brådskande}}
start: [{id: ask, title: Fråga, target: open, by: {party: asker, role: handler}, require: [urgent]}]
states:
  open: {title: Öppen, turn: {party: answerer, role: handler}}
  agreed: {title: Överens, turn: {party: asker, role: handler}}
  done: {title: Klar, final: answered}
  silent: {title: Obesvarad, final: unanswered}
transitions:
  - {id: agree, title: Enas, from: open, target: agreed, by: {each_party: handler}}
  - {id: hurry, title: Skynda på, from: open, target: stay, by: {party: asker, role: handler}, when: {field: urgent, is: true}}
  - {id: close, title: Avsluta, from: [open, agreed], target: done, by: {party: asker, role: handler}}
  - {id: time_is_up, title: Tiden har gått ut, from: [open, agreed], target: silent, by: {raised_by: deadline}}
deadlines:
  answer: {title: Svar, while: [open, agreed], after: 60d, end: next_working_day, then: time_is_up, source: ours}
"#;

#[test]
fn a_definition_as_xstate() {
    let small = load_alone("small.yaml", SMALL).unwrap().definition;
    let machine: Value = serde_json::from_str(&xstate(&small)).unwrap();
    insta::assert_snapshot!(format!("{:#}", machine["states"]["open"]));
    assert_eq!(machine["initial"], "$start");
    assert_eq!(machine["states"]["done"]["type"], "final");
    assert_eq!(machine["states"]["done"]["output"]["outcome"], "answered");
    assert_eq!(machine["meta"]["deadlines"]["answer"]["while"], json!(["open", "agreed"]));
}

#[test]
fn a_definition_as_bpmn() {
    let small = load_alone("small.yaml", SMALL).unwrap().definition;
    insta::assert_snapshot!(bpmn(&small));
}

/// What every modeller relies on: ids are unique, what is named is there, and every node and flow has its shape.
fn is_whole(text: &str) -> Result<(), String> {
    let (mut ids, mut named, mut nodes, mut drawn) = (BTreeSet::new(), Vec::new(), BTreeSet::new(), BTreeSet::new());
    let mut reader = Reader::from_str(text);
    loop {
        let element = match reader.read_event().map_err(|error| error.to_string())? {
            Event::Start(element) | Event::Empty(element) => element,
            Event::Eof => break,
            _ => continue,
        };
        for attribute in element.attributes() {
            let attribute = attribute.map_err(|error| error.to_string())?;
            let value = attribute.value.to_string();
            match attribute.key.as_ref() {
                "id" if !ids.insert(value.clone()) => return Err(format!("{value} twice")),
                "id" if is_node(element.name().as_ref()) => drop(nodes.insert(value)),
                "bpmnElement" => drop(drawn.insert(value)),
                "sourceRef" | "targetRef" | "attachedToRef" => named.push(value),
                _ => {}
            }
        }
    }
    if let Some(name) = named.iter().find(|name| !nodes.contains(*name)) {
        return Err(format!("{name} is not there"));
    }
    if text.contains("NaN") || text.contains("inf\"") {
        return Err("a place that is none".to_owned());
    }
    match nodes.iter().find(|node| !drawn.contains(*node)) {
        Some(node) => Err(format!("{node} is not drawn")),
        None => Ok(()),
    }
}

fn is_node(name: &str) -> bool {
    ["Event", "Task", "sequenceFlow"].iter().any(|end| name.ends_with(end))
}

fn shipped() -> Vec<Definition> {
    crate::support::database::shipped().all().map(|known| (*known.definition).clone()).collect()
}

#[test]
fn whatever_passes_the_checker_can_be_read_again() {
    for definition in (0..150).map(machine).chain(shipped()) {
        let machine: Value = serde_json::from_str(&xstate(&definition)).unwrap();
        let states = machine["states"].as_object().unwrap();
        assert_eq!(states.len(), definition.states.len() + 1);
        let targets = states.values().flat_map(|state| ["on", "after"].map(|key| state.get(key)));
        let leads = targets.flatten().flat_map(|on| on.as_object().unwrap().values()).flat_map(|to| match to {
            Value::Array(candidates) => candidates.clone(),
            one => vec![one.clone()],
        });
        leads.for_each(|to| assert!(states.contains_key(to["target"].as_str().unwrap()), "{to}"));
        is_whole(&bpmn(&definition)).unwrap();
    }
}

/// How many random machines the judges get.
const MACHINES: u64 = 2000;
/// How many of those whose checker's verdict a graph library is held against.
const VERDICTS: u64 = 1000;
const FOLDER: &str = concat!(env!("CARGO_TARGET_TMPDIR"), "/judges");

#[test]
#[ignore = "needs the judges of others, for whom it writes: .ci/judges"]
fn machines_and_traces_for_the_judges() {
    fs::create_dir_all(FOLDER).unwrap();
    let mut out = BufWriter::new(File::create(Path::new(FOLDER).join("machines.jsonl")).unwrap());
    let mut put = |name: String, definition: &Definition, traces: Vec<Vec<Value>>, drawn: bool| {
        let machine: Value = serde_json::from_str(&xstate(definition)).unwrap();
        let bpmn = drawn.then(|| bpmn(definition));
        writeln!(out, "{}", json!({"name": name, "machine": machine, "traces": traces, "bpmn": bpmn})).unwrap();
    };
    let calendar = samsyn::calendar::Calendar::swedish();
    for seed in 0..MACHINES {
        let definition = machine(seed);
        let traces = (0..2).map(|n| trace(&small_world(2 * seed + n), &definition, 12)).collect();
        put(format!("random {seed}"), &definition, traces, seed < 300);
    }
    let tied = tied();
    put("random: tied".to_owned(), &tied, (0..40).map(|seed| trace(&small_world(seed), &tied, 12)).collect(), true);
    for definition in shipped() {
        let traces = (0..40).map(|seed| trace(&World::new(seed), &definition, 30)).collect();
        put(definition.name(), &definition, traces, true);
    }
    let days = (2025..=2030).flat_map(samsyn::calendar::holidays).map(|holiday| holiday.date);
    let off: Vec<_> = days.filter(|day| !calendar.is_working_day(*day)).collect();
    fs::write(Path::new(FOLDER).join("days_off.json"), json!(off).to_string()).unwrap();
    let verdicts: Vec<_> = (0..VERDICTS).map(verdict).collect();
    fs::write(Path::new(FOLDER).join("verdicts.json"), json!(verdicts).to_string()).unwrap();
}

/// Two handlers, who can do whatever a random machine asks for.
fn small_world(seed: u64) -> World {
    let mut world = World::new(seed);
    world.actors.retain(|actor| ["handler-region", "handler-falun"].contains(&actor.person.as_str()));
    world
}

/// A machine that has lost a step, and whether our checker takes it for sound still.
fn verdict(seed: u64) -> Value {
    let mut document = json!(machine(seed));
    let steps = document["transitions"].as_array_mut().unwrap();
    steps.remove(usize::try_from(seed).unwrap() % steps.len());
    let text = document.to_string();
    let problems = load_alone("m.yaml", &text).map_or_else(|problems| problems, |loaded| loaded.warnings);
    let unsound = ["structure/no-final-state", "structure/unreachable-state", "structure/no-way-to-end"];
    let sound = !problems.iter().any(|problem| unsound.contains(&problem.rule()));
    let read = shape::typed::<Definition>("m.yaml", source::read("m.yaml", &text), &schema::workflow_schema());
    let definition = read.unwrap().1;
    let machine: Value = serde_json::from_str(&xstate(&definition)).unwrap();
    json!({"sound": sound, "machine": machine})
}
