//! `time/*`, the steps that set a deadline's clock: each finds a deadline to set, and each maximum has a step that uses it.

use super::{Problem, Subject, at};
use crate::workflow::classes::{CLOCK, UNUSED_MAXIMUM};
use crate::workflow::definition::{Deadline, Effect, FieldKind, Transition};
use crate::workflow::problem::did_you_mean;

pub fn check(subject: &Subject<'_>) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (i, step) in subject.definition.transitions.iter().enumerate() {
        for (n, effect) in step.effects.iter().enumerate().filter(|(_, effect)| effect.deadlines().next().is_some()) {
            let faults = deadlines(subject, step, effect).into_iter().chain(form(subject, step, effect));
            let path = at!["transitions", i, "effects", n];
            problems.extend(faults.map(|message| subject.problem(&CLOCK, path, message)));
        }
    }
    problems.extend(maxima(subject));
    problems
}

/// Each deadline that is named can be set so, and wherever the step is possible one of them may run.
fn deadlines(subject: &Subject<'_>, step: &Transition, effect: &Effect) -> Vec<String> {
    let definition = subject.definition;
    let mut faults = Vec::new();
    for name in effect.deadlines() {
        let Some(deadline) = definition.deadlines.get(name) else {
            let hint = did_you_mean(name, definition.deadlines.keys().map(String::as_str));
            faults.push(format!("there is no deadline `{name}`{hint}"));
            continue;
        };
        if deadline.at.is_some() {
            faults.push(format!("`{name}` ends on a date that somebody gives: let the step give another one"));
        } else if !has_maximum(deadline, effect) {
            faults.push(format!("`{name}` says not how far: give it {}", maximum(effect)));
        }
    }
    let runs = |state: &str| {
        let mut named = effect.deadlines().filter_map(|name| definition.deadlines.get(name));
        named.any(|deadline| definition.holds(&deadline.during, state))
    };
    let idle = definition.states_of(&step.from).into_iter().find(|state| !runs(state));
    if let Some(state) = idle.filter(|_| faults.is_empty()) {
        faults.push(format!("in `{state}` none of these deadlines runs: leave it out of `from`"));
    }
    faults
}

fn has_maximum(deadline: &Deadline, effect: &Effect) -> bool {
    match effect {
        Effect::Extend(_) => deadline.extend.is_some(),
        _ => deadline.pause.is_some(),
    }
}

fn maximum(effect: &Effect) -> &'static str {
    match effect {
        Effect::Extend(_) => "`extend: {longest: 30d, times: 1}`",
        _ => "`pause: {longest: 30d}`",
    }
}

/// The step stays, and asks for the day and for a reason.
fn form(subject: &Subject<'_>, step: &Transition, effect: &Effect) -> Option<String> {
    let day = match effect {
        Effect::Extend(effect) => Some(&effect.to),
        Effect::Pause(effect) => Some(&effect.until),
        _ => None,
    };
    if !step.stays() {
        return Some("a step that moves the case stops its clocks: write `target: stay`".to_owned());
    }
    if let Some(day) = day.filter(|day| !step.require.contains(day)) {
        return Some(format!("the step does not ask for the day: add `{day}` to `require`"));
    }
    let is_text =
        |name: &String| subject.definition.fields.get(name).is_some_and(|field| field.kind == FieldKind::Text);
    let message = "whoever sets a clock says why: add a text to `require`";
    (!step.require.iter().any(is_text)).then(|| message.to_owned())
}

/// A maximum that no step can use is a promise that nobody can keep; a rest that nobody can end, likewise.
fn maxima(subject: &Subject<'_>) -> Vec<Problem> {
    let definition = subject.definition;
    let effects: Vec<_> = definition.transitions.iter().flat_map(|step| &step.effects).collect();
    let is_set = |name: &String, is: fn(&Effect) -> bool| {
        effects.iter().any(|effect| is(effect) && effect.deadlines().any(|named| named == name))
    };
    let mut problems = Vec::new();
    for (name, deadline) in &definition.deadlines {
        let mut report = |key: &str, message: &str| {
            problems.push(subject.problem(&UNUSED_MAXIMUM, at!["deadlines", name, key], message));
        };
        if deadline.extend.is_some() && !is_set(name, |effect| matches!(effect, Effect::Extend(_))) {
            report("extend", "no step has the effect `extend` on it: add one, or remove the key");
        }
        let pauses = is_set(name, |effect| matches!(effect, Effect::Pause(_)));
        let resumes = is_set(name, |effect| matches!(effect, Effect::Resume(_)));
        if deadline.pause.is_some() && !(pauses && resumes) {
            report("pause", "no step has the effect `pause`, or none `resume`, on it: add both, or remove the key");
        }
    }
    problems
}
