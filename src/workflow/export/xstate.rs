//! A definition as XState v5 machine configuration: JSON that `createMachine` takes, and that Stately's tools draw.
//!
//! One state is active at a time, and one more, `$start`, stands before the case has begun. An event is a step, by its id. A
//! condition is a named guard with the definition's own words as `params`; what a step does to the case is the named action
//! `record`, and what a state does to the clocks is `clocks`, on entry. Whoever runs the machine gives these three, and a
//! named delay for each deadline. Nothing of a definition is code, so nothing of it is code here.
//!
//! **Clocks.** A deadline runs through a set of states, while XState's `after` begins with each state. So the delay of a
//! deadline is not its length but *what is left of it* on entering the state; a step that leads to the state where the case
//! stands re-enters it, so that the delay is read anew. When a clock begins, goes on and stops is told in `meta.deadlines`;
//! of those that run out together the first by name goes first, and so they stand.
//!
//! **Joint steps.** Each party sends the same event. The first candidate, guarded by `each_party`, is for the one that makes
//! all of them; the second records a confirmation and leaves the case where it is. Their order matters.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use crate::workflow::definition::{Definition, Raiser, Start, State, Transition};
use crate::workflow::reference::Reference;

/// Where a case stands that has not begun: no id can be called so.
const BEFORE: &str = "$start";

/// The definition as JSON for XState's `createMachine`.
pub fn xstate(definition: &Definition) -> String {
    let before = json!({
        "description": "Innan ärendet börjar",
        "on": definition.start.iter().map(|start| (start.id.clone(), begins(start))).collect::<Map<_, _>>(),
    });
    let states = definition.states.iter().map(|(id, state)| (id.clone(), standing(definition, id, state)));
    let states: Map<String, Value> = std::iter::once((BEFORE.to_owned(), before)).chain(states).collect();
    let machine = json!({
        "id": definition.workflow,
        "version": Reference::from(definition).version_text(),
        "description": definition.title,
        "initial": BEFORE,
        "states": states,
        "meta": {
            "reads": READS.iter().map(|(what, how)| ((*what).to_owned(), json!(how))).collect::<Map<_, _>>(),
            "parties": definition.parties,
            "fields": fields(definition),
            "deadlines": deadlines(definition),
        },
    });
    format!("{machine:#}\n")
}

/// What whoever runs the machine must know.
const READS: &[(&str, &str)] = &[
    (
        "guard possible",
        "`when` holds for the case as it is before the step. `of` and `rests_on` must be there and current, `not_same_as` is \
         another person's; with `each_party` this is the confirmation that was the last to come.",
    ),
    ("guard runs", "The clock of `deadline` runs, and has not run out before."),
    (
        "action record",
        "The step is noted as taken (not so a confirmation), the fields that it gives are held, those in `clears` emptied, \
         and its `effects` follow. `deadline` has run out.",
    ),
    (
        "action clocks",
        "A clock of `deadlines` begins where it does not run and its `when` holds; it begins anew where the date that it \
         counts from has changed; it goes on otherwise. Every other clock stops.",
    ),
    ("delays", "What is left of the clock of that name; without end while it does not run."),
    ("starts", "`$start` is no state of a case: it stands before it."),
];

fn begins(start: &Start) -> Value {
    let meta = json!({
        "by": start.by, "require": start.require, "ask": start.ask, "from_case": start.from_case, "basis": start.basis,
    });
    json!({
        "target": start.target,
        "description": start.title,
        "actions": [{ "type": "record", "params": { "step": start.id } }],
        "meta": said(meta),
    })
}

fn standing(definition: &Definition, id: &str, state: &State) -> Value {
    let meta = said(json!({
        "turn": state.turn, "outcome": state.outcome, "basis": state.basis,
        "followed_up": state.followed_up.then_some(true),
    }));
    if let Some(outcome) = &state.outcome {
        let output = json!({ "outcome": outcome });
        return json!({ "type": "final", "description": state.title, "output": output, "meta": meta });
    }
    let here = definition.deadlines.iter().filter(|(_, deadline)| definition.holds(&deadline.during, id));
    // In the order in which those go that run out together.
    let names: BTreeSet<_> = here.map(|(name, _)| name).collect();
    let leaving = || definition.transitions.iter().filter(|step| definition.holds(&step.from, id));
    let sent = leaving().filter(|step| !step.by.iter().all(|by| by.raised_by() == Some(Raiser::Deadline)));
    let on: Map<_, _> = sent.map(|step| (step.id.clone(), candidates(step, id))).collect();
    let raised = names.iter().filter_map(|name| {
        let then = definition.deadlines.get(*name)?.then.as_ref()?;
        Some(((*name).clone(), ran_out(leaving().find(|step| step.id == *then)?, id, name)))
    });
    let after: Map<_, _> = raised.collect();
    let entry = json!([{ "type": "clocks", "params": { "state": id, "deadlines": names } }]);
    said(json!({ "description": state.title, "entry": entry, "on": on, "after": after, "meta": meta }))
}

/// What an event may lead to: of a joint step the whole first, then one confirmation of several.
fn candidates(step: &Transition, from: &str) -> Value {
    let Some(each) = step.joint() else { return leads(step, from, step.target_from(from), possible(step), "") };
    let (mut last, mut earlier) = (possible(step), possible(step));
    last.insert("each_party".to_owned(), json!(each));
    earlier.insert("confirms".to_owned(), json!(true));
    json!([leads(step, from, step.target_from(from), last, ""), leads(step, from, from, earlier, " (en av flera)")])
}

fn leads(step: &Transition, from: &str, to: &str, guard: Map<String, Value>, more: &str) -> Value {
    let mut record = recorded(step);
    if let Some(confirms) = guard.get("confirms") {
        record.insert("confirms".to_owned(), confirms.clone());
    }
    let mut transition = led(step, from, to, &record);
    transition["description"] = json!(format!("{}{more}", step.title));
    if !guard.is_empty() {
        transition["guard"] = json!({ "type": "possible", "params": guard });
    }
    transition
}

/// What a deadline raises when its time is up.
fn ran_out(step: &Transition, from: &str, deadline: &str) -> Value {
    let mut record = recorded(step);
    record.insert("deadline".to_owned(), json!(deadline));
    let mut transition = led(step, from, step.target_from(from), &record);
    let mut guard = possible(step);
    guard.insert("deadline".to_owned(), json!(deadline));
    transition["guard"] = json!({ "type": "runs", "params": guard });
    transition
}

fn led(step: &Transition, from: &str, to: &str, record: &Map<String, Value>) -> Value {
    let mut transition = json!({ "target": to });
    if to == from {
        transition["reenter"] = json!(true);
    }
    transition["description"] = json!(step.title);
    transition["actions"] = json!([{ "type": "record", "params": record }]);
    transition["meta"] = said(json!({
        "kind": step.kind, "by": step.by, "require": step.require, "ask": step.ask, "basis": step.basis,
    }));
    transition
}

/// What must hold for a step, in the definition's words; empty where nothing must.
fn possible(step: &Transition) -> Map<String, Value> {
    object(json!({
        "when": step.when, "of": step.of, "rests_on": step.rests_on, "not_same_as": step.not_same_as,
        "same_party": step.same_party.then_some(true),
    }))
}

fn recorded(step: &Transition) -> Map<String, Value> {
    object(json!({ "step": step.id, "clears": step.clears, "effects": step.effects }))
}

/// An object without what says nothing.
fn said(value: Value) -> Value {
    Value::Object(object(value))
}

fn object(value: Value) -> Map<String, Value> {
    let Value::Object(mut object) = value else { return Map::new() };
    object.retain(|_, value| !(value.is_null() || *value == json!([]) || *value == json!({})));
    object
}

fn fields(definition: &Definition) -> Map<String, Value> {
    let of = |name: &String, field: &_| (name.clone(), brief(field, &["type", "title", "per", "room"]));
    definition.fields.iter().map(|(name, field)| of(name, &json!(field))).collect()
}

fn deadlines(definition: &Definition) -> Map<String, Value> {
    let told =
        ["title", "when", "after", "from", "at", "calendar", "end", "then", "pause", "extend", "basis", "source"];
    let one = |(name, deadline): (&String, &crate::workflow::definition::Deadline)| {
        let mut brief = brief(&json!(deadline), &told);
        brief["while"] = json!(definition.states_of(&deadline.during));
        (name.clone(), brief)
    };
    definition.deadlines.iter().collect::<BTreeMap<_, _>>().into_iter().map(one).collect()
}

/// The keys of a part of the definition that others need.
fn brief(part: &Value, keys: &[&str]) -> Value {
    let told = keys.iter().filter_map(|key| Some(((*key).to_owned(), part.get(key)?.clone())));
    Value::Object(told.collect())
}
