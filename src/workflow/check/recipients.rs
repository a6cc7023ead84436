//! `texts/recipient` and `texts/about`: a mail finds those it is for, tells nobody who may not know of the case, and is
//! about a deadline that runs.

use super::uses::{Path, below, notices, recipients};
use super::{Problem, Subject, at};
use crate::authz::Role;
use crate::workflow::classes::{ABOUT, RECIPIENT};
use crate::workflow::definition::{By, Recipient};
use crate::workflow::problem::did_you_mean;

pub fn check(subject: &Subject<'_>) -> Vec<Problem> {
    let mut problems = about(subject);
    for (recipient, states, path) in recipients(subject.definition) {
        let fault = nobody(subject, recipient, &states).map(|message| subject.problem(&RECIPIENT, &path, message));
        problems.extend(fault.or_else(|| not_told(subject, recipient, &states, &path)));
    }
    problems
}

/// Why it cannot be told who the recipient is.
fn nobody(subject: &Subject<'_>, recipient: &Recipient, states: &[&str]) -> Option<String> {
    let state = |id: &str| subject.definition.states.get(id);
    let turn = |id: &str| state(id).and_then(|state| state.turn.as_ref());
    match recipient {
        Recipient::Whose(_) => {
            let ended = states.iter().find(|id| state(id).is_some_and(|state| state.outcome.is_some()))?;
            Some(format!("in `{ended}` the case has ended, and it is nobody's turn: name roles or bodies"))
        }
        Recipient::Role(to) if to.role.iter().any(|role| *role == Role::Secretary) => {
            Some("secretaries belong to bodies: write `{body: ..}`".to_owned())
        }
        Recipient::Role(to) if to.party.is_none() => {
            let state = states.iter().find(|id| matches!(turn(id), Some(By::Body(_))))?;
            let roles: Vec<&str> = to.role.iter().map(|role| role.name()).collect();
            let roles = roles.join("`, `");
            Some(format!(
                "in `{state}` it is a body's turn, which has no `{roles}`: name the `party`, or write `{{body: ..}}`"
            ))
        }
        Recipient::Role(_) | Recipient::Body(_) => None,
    }
}

/// A mail to a side or a body that may not know of the case by then. That a case has ended is told to those who know, so a
/// recipient there must only be able to.
fn not_told(subject: &Subject<'_>, recipient: &Recipient, states: &[&str], path: &Path) -> Option<Problem> {
    let definition = subject.definition;
    let (name, group) = match recipient {
        Recipient::Body(to) => (&to.body, &definition.bodies.get(&to.body)?.reach),
        Recipient::Role(to) => {
            let side = to.party.as_ref()?;
            (side, definition.parties.get(side)?.sees_from.as_ref()?)
        }
        Recipient::Whose(_) => return None,
    };
    if !definition.groups.contains_key(group) || !subject.graph.complete {
        return None;
    }
    let is_final = |id: &str| definition.states.get(id).is_some_and(|state| state.outcome.is_some());
    let (state, way) = states.iter().find_map(|state| {
        let told = is_final(state) && subject.can_come_by(group, state);
        Some((state, subject.way_outside(group, state).filter(|_| !told)?))
    })?;
    let message =
        format!("`{name}` may not know of the case in `{state}`: it sees it from `{group}` on; tell others there");
    Some(Problem { witness: Some(way), ..subject.problem(&RECIPIENT, path, message) })
}

fn about(subject: &Subject<'_>) -> Vec<Problem> {
    let definition = subject.definition;
    let fault = |name: &str, states: &[&str]| {
        let Some(deadline) = definition.deadlines.get(name) else {
            let hint = did_you_mean(name, definition.deadlines.keys().map(String::as_str));
            return Some(format!("there is no deadline `{name}`{hint}"));
        };
        let idle = states.iter().find(|state| !definition.holds(&deadline.during, state))?;
        Some(format!(
            "the deadline `{name}` does not run in `{idle}`, where this mail goes out too: widen its `while`, or leave this out"
        ))
    };
    let mut problems = Vec::new();
    for (notify, states, path) in notices(definition) {
        let message = notify.about.as_deref().and_then(|name| fault(name, &states));
        problems.extend(message.map(|message| subject.problem(&ABOUT, &below(&path, at!["about"]), message)));
    }
    problems
}
