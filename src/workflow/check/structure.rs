//! `structure/*`: names that lead somewhere, states that can be reached and left, conditions that guard something.

use std::collections::HashMap;

use super::uses::{below, conjuncts};
use super::{Problem, Subject, at};
use crate::workflow::classes::{
    DUPLICATE_ID, EMPTY_SET, FINAL_STATE_ACTIVE, NO_FINAL_STATE, NO_START, NO_WAY_TO_END, RESERVED_ID, SHADOWED,
    START_TARGET, TIMER_LOOP, UNKNOWN_GROUP, UNKNOWN_STATE, UNKNOWN_TARGET, UNREACHABLE_STATE, UNUSED_GROUP,
};
use crate::workflow::definition::{ANY_PARTY, Deadline, Definition, Field, Guard, OneOrMany, STAY, Transition};
use crate::workflow::problem::did_you_mean;
use crate::workflow::source::Segment;

/// Ids that mean something else somewhere in the format. Under one of the first three, a field or an option would even be
/// left out of the digest.
const RESERVED: [&str; 8] = ["title", "read_as", "help", "why", ANY_PARTY, STAY, "turn", "system"];

pub fn check(subject: &Subject<'_>) -> Vec<Problem> {
    let checks = [ids, starts, targets, sets, groups, finals, reachability, shadowed, timer_loops];
    checks.into_iter().flat_map(|check| check(subject)).collect()
}

/// Every id that the file gives, with what shares its names: an id is unique among those.
fn given_ids(definition: &Definition) -> Vec<(&'static str, &String, Vec<Segment>)> {
    let keys: [(_, _, Vec<&String>); 7] = [
        ("party", "parties", definition.parties.keys().collect()),
        ("body", "bodies", definition.bodies.keys().collect()),
        ("field or step", "fields", definition.fields.keys().collect()),
        ("field or step", "products", definition.products.keys().collect()),
        ("state or group", "states", definition.states.keys().collect()),
        ("state or group", "groups", definition.groups.keys().collect()),
        ("deadline", "deadlines", definition.deadlines.keys().collect()),
    ];
    let named = |(space, kind, names): (_, &str, Vec<_>)| {
        let kind = kind.to_owned();
        names.into_iter().map(move |name| (space, name, at![&kind, name].to_vec()))
    };
    let mut ids: Vec<_> = keys.into_iter().flat_map(named).collect();
    let starts = definition.start.iter().enumerate().map(|(i, start)| (&start.id, at!["start", i, "id"].to_vec()));
    let steps =
        definition.transitions.iter().enumerate().map(|(i, step)| (&step.id, at!["transitions", i, "id"].to_vec()));
    ids.extend(starts.chain(steps).map(|(id, path)| ("field or step", id, path)));
    ids
}

fn ids(subject: &Subject<'_>) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut seen = HashMap::new();
    for (space, id, path) in given_ids(subject.definition) {
        problems.extend(reserved(subject, id, &path));
        let line = subject.root.find(&path).line;
        if let Some(first) = seen.insert((space, id), line) {
            let message = format!("there is another {space} `{id}` on line {first}: give one of them another id");
            problems.push(subject.problem(&DUPLICATE_ID, &path, message));
        }
    }
    for (id, field) in &subject.definition.fields {
        problems.extend(inner_ids(subject, field, at!["fields", id]));
    }
    problems
}

/// Options, their groups and parts are unique by being keys of one mapping, and what is reserved is so for them, too.
fn inner_ids(subject: &Subject<'_>, field: &Field, path: &[Segment]) -> Vec<Problem> {
    let options = field.options.keys().filter_map(|id| reserved(subject, id, &below(path, at!["options", id])));
    let groups = field.groups.keys().filter_map(|id| reserved(subject, id, &below(path, at!["groups", id])));
    let parts = field.parts.iter().flat_map(|(id, part)| {
        let path = below(path, at!["parts", id]);
        reserved(subject, id, &path).into_iter().chain(inner_ids(subject, part, &path)).collect::<Vec<_>>()
    });
    options.chain(groups).chain(parts).collect()
}

fn reserved(subject: &Subject<'_>, id: &str, path: &[Segment]) -> Option<Problem> {
    let message = format!("`{id}` has a meaning of its own: take another id");
    RESERVED.contains(&id).then(|| subject.problem(&RESERVED_ID, path, message))
}

fn starts(subject: &Subject<'_>) -> Vec<Problem> {
    let definition = subject.definition;
    if definition.start.is_empty() {
        return vec![subject.problem(&NO_START, at!["start"], "no case can begin: write at least one start")];
    }
    let mut problems = Vec::new();
    for (i, start) in definition.start.iter().enumerate() {
        let fault = match definition.states.get(&start.target) {
            None => format!("there is no state `{}`{}", start.target, like_a_state(definition, &start.target)),
            Some(state) if state.outcome.is_some() => {
                format!("`{}` is final: a case would end as it begins", start.target)
            }
            Some(_) => continue,
        };
        problems.push(subject.problem(&START_TARGET, at!["start", i, "target"], fault));
    }
    problems
}

fn targets(subject: &Subject<'_>) -> Vec<Problem> {
    let definition = subject.definition;
    let lost = |target: &String| target != STAY && !definition.states.contains_key(target);
    let steps = definition.transitions.iter().enumerate().filter(|(_, step)| lost(&step.target));
    steps
        .map(|(i, step)| {
            let hint = like_a_state(definition, &step.target);
            let message = format!("`{}` leads to `{}`, and there is no such state{hint}", step.id, step.target);
            subject.problem(&UNKNOWN_TARGET, at!["transitions", i, "target"], message)
        })
        .collect()
}

fn like_a_state(definition: &Definition, name: &str) -> String {
    did_you_mean(name, definition.states.keys().map(String::as_str))
}

/// The sets of states in `from`, `while` and `groups`: their members exist, and there are some.
fn sets(subject: &Subject<'_>) -> Vec<Problem> {
    let definition = subject.definition;
    let mut problems = Vec::new();
    for (i, step) in definition.transitions.iter().enumerate() {
        problems.extend(set(subject, &step.from, at!["transitions", i, "from"], true));
    }
    for (id, deadline) in &definition.deadlines {
        problems.extend(set(subject, &deadline.during, at!["deadlines", id, "while"], true));
    }
    for (id, states) in &definition.groups {
        problems.extend(set(subject, &OneOrMany::Many(states.clone()), at!["groups", id], false));
    }
    problems
}

fn set(subject: &Subject<'_>, names: &OneOrMany<String>, path: &[Segment], groups_too: bool) -> Vec<Problem> {
    let definition = subject.definition;
    if names.iter().next().is_none() {
        return vec![subject.problem(&EMPTY_SET, path, "this set of states is empty: name at least one")];
    }
    let known =
        |name: &String| definition.states.contains_key(name) || groups_too && definition.groups.contains_key(name);
    let unknown = names.iter().enumerate().filter(|(_, name)| !known(name));
    unknown
        .map(|(i, name)| {
            let kinds = if groups_too { "state or group" } else { "state" };
            let all = definition.states.keys().chain(definition.groups.keys()).map(String::as_str);
            let message = format!("there is no {kinds} `{name}`{}", did_you_mean(name, all));
            subject.problem(&UNKNOWN_STATE, &[path, at![i]].concat(), message)
        })
        .collect()
}

fn groups(subject: &Subject<'_>) -> Vec<Problem> {
    let definition = subject.definition;
    let mut used: Vec<&String> = definition.bodies.values().map(|body| &body.reach).collect();
    used.extend(definition.parties.values().filter_map(|party| party.sees_from.as_ref()));
    used.extend(definition.transitions.iter().flat_map(|step| step.from.iter()));
    used.extend(definition.deadlines.values().flat_map(|deadline| deadline.during.iter()));
    let unused = definition.groups.keys().filter(|id| !used.contains(id)).map(|id| {
        let message =
            format!("nothing uses the group `{id}`: use it in a `from`, a `while` or a `reach`, or remove it");
        subject.problem(&UNUSED_GROUP, at!["groups", id], message)
    });
    let unknown =
        definition.bodies.iter().filter(|(_, body)| !definition.groups.contains_key(&body.reach)).map(|(id, body)| {
            let hint = did_you_mean(&body.reach, definition.groups.keys().map(String::as_str));
            let message = format!("there is no group `{}` for the body `{id}` to read in{hint}", body.reach);
            subject.problem(&UNKNOWN_GROUP, at!["bodies", id, "reach"], message)
        });
    let sides = definition.parties.iter().filter_map(|(id, party)| {
        let group = party.sees_from.as_ref().filter(|group| !definition.groups.contains_key(*group))?;
        let hint = did_you_mean(group, definition.groups.keys().map(String::as_str));
        let message = format!("there is no group `{group}` from which the side `{id}` could see the case{hint}");
        Some(subject.problem(&UNKNOWN_GROUP, at!["parties", id, "sees_from"], message))
    });
    unused.chain(unknown).chain(sides).collect()
}

fn finals(subject: &Subject<'_>) -> Vec<Problem> {
    let definition = subject.definition;
    let finals: Vec<&String> =
        definition.states.iter().filter(|(_, state)| state.outcome.is_some()).map(|(id, _)| id).collect();
    if finals.is_empty() {
        let message = "no state is final: mark where a case ends with `final: <outcome>`";
        return vec![subject.problem(&NO_FINAL_STATE, at!["states"], message)];
    }
    let mut problems = Vec::new();
    let mut active = |path: &[Segment], what: String| {
        problems.push(subject.problem(&FINAL_STATE_ACTIVE, path, format!("{what}: nothing happens there any more")));
    };
    for id in finals {
        let state = &definition.states[id];
        if state.turn.is_some() {
            active(at!["states", id], format!("the final state `{id}` has a `turn`"));
        }
        for (i, step) in definition.transitions.iter().enumerate().filter(|(_, step)| definition.holds(&step.from, id))
        {
            active(at!["transitions", i, "from"], format!("`{}` leaves the final state `{id}`", step.id));
        }
        for (name, _) in definition.deadlines.iter().filter(|(_, deadline)| definition.holds(&deadline.during, id)) {
            active(at!["deadlines", name, "while"], format!("the deadline `{name}` runs in the final state `{id}`"));
        }
    }
    problems
}

fn reachability(subject: &Subject<'_>) -> Vec<Problem> {
    let graph = &subject.graph;
    let (ways, can_end) = (graph.reach(), graph.can_end());
    let has_final = graph.finals.contains(&true);
    if !graph.complete || graph.starts.is_empty() {
        return Vec::new();
    }
    let judge = |(place, id): (usize, &&str)| {
        let at = at!["states", *id].to_vec();
        let Some(way) = ways.to(place, false) else {
            let message = format!("no case can come to `{id}`: lead a transition there, or remove it");
            return Some(subject.problem(&UNREACHABLE_STATE, &at, message));
        };
        let message = format!("a case that has come to `{id}` can never end: no final state can be reached from there");
        let problem = Problem { witness: Some(way), ..subject.problem(&NO_WAY_TO_END, &at, message) };
        (has_final && !can_end[place]).then_some(problem)
    };
    graph.states.iter().enumerate().filter_map(judge).collect()
}

/// A transition is chosen by its id, so none hides another; but a condition guards nothing where an earlier transition does
/// the same without one, for the same people in the same states, and asks for no more.
fn shadowed(subject: &Subject<'_>) -> Vec<Problem> {
    let definition = subject.definition;
    let same = |a: &Transition, b: &Transition| {
        let acts = (&a.target, a.kind, &a.of, &a.rests_on, a.same_party)
            == (&b.target, b.kind, &b.of, &b.rests_on, b.same_party);
        let leaves = definition.states_of(&b.from).iter().all(|state| definition.holds(&a.from, state));
        let may = b.by.iter().all(|by| a.by.iter().any(|other| other == by)) && a.not_same_as.is_none();
        let asks = a.require.iter().all(|field| b.require.contains(field))
            && b.form().all(|field| a.form().any(|id| id == field));
        acts && leaves && may && asks && (&a.clears, &a.effects) == (&b.clears, &b.effects)
    };
    let mut problems = Vec::new();
    for (i, step) in definition.transitions.iter().enumerate().filter(|(_, step)| step.when.is_some()) {
        if let Some(earlier) =
            definition.transitions[..i].iter().find(|earlier| earlier.when.is_none() && same(earlier, step))
        {
            let message = format!(
                "`{}` does the same for the same people without this condition: guard it too, or remove one",
                earlier.id
            );
            problems.push(subject.problem(&SHADOWED, at!["transitions", i, "when"], message));
        }
    }
    problems
}

/// Deadlines whose `then` lead round in a circle. A step that may happen only so many times breaks it: `when: {not:
/// {happened: <itself>, at_least: 3}}`, on the transition or on its deadline.
fn timer_loops(subject: &Subject<'_>) -> Vec<Problem> {
    let definition = subject.definition;
    let mut moves: Vec<(&String, &str, &str)> = Vec::new();
    for (id, deadline) in &definition.deadlines {
        let raised = deadline.then.as_deref().and_then(|then| definition.transition(then)).filter(|step| !step.stays());
        let Some(step) = raised.filter(|step| !is_bounded(step, deadline)) else { continue };
        let states =
            definition.states_of(&deadline.during).into_iter().filter(|state| definition.holds(&step.from, state));
        moves.extend(states.map(|from| (id, from, step.target.as_str())));
    }
    let mut problems = Vec::new();
    for id in definition.deadlines.keys() {
        let mut own = moves.iter().filter(|(deadline, ..)| *deadline == id);
        if let Some((_, from, _)) = own.find(|(_, from, to)| leads(&moves, to, from)) {
            let message = format!(
                "from `{from}` deadlines alone lead back to `{from}`: break the circle, or bound it by `happened`"
            );
            problems.push(subject.problem(&TIMER_LOOP, at!["deadlines", id, "then"], message));
        }
    }
    problems
}

fn is_bounded(step: &Transition, deadline: &Deadline) -> bool {
    let conditions = [conjuncts(step.when.as_ref()), conjuncts(deadline.when.as_ref())].concat();
    let counts = |guard: &Guard| matches!(guard, Guard::Happened(happened) if happened.happened == step.id);
    conditions.into_iter().any(|guard| matches!(guard, Guard::Not(not) if counts(&not.not)))
}

fn leads(moves: &[(&String, &str, &str)], from: &str, to: &str) -> bool {
    let mut reached = vec![from];
    let mut next = 0;
    while let Some(state) = reached.get(next).copied() {
        next += 1;
        for (_, _, target) in moves.iter().filter(|(_, from, _)| *from == state) {
            if !reached.contains(target) {
                reached.push(target);
            }
        }
    }
    reached.contains(&to)
}
