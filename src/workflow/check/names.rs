//! The names of roles, sides, bodies and transitions: each refers to something that is declared, and what is declared is used.

use super::uses::{Path, actors, below, guards, recipients, within};
use super::{Problem, Subject, at};
use crate::authz::Role;
use crate::workflow::classes::{
    UNDECLARED_ROLE, UNKNOWN_BODY, UNKNOWN_PARTY, UNKNOWN_TRANSITION, UNUSED_ROLE, WATCHING_ROLE,
};
use crate::workflow::definition::{ANY_PARTY, By, Definition, Effect, Guard, Recipient};
use crate::workflow::problem::did_you_mean;

pub fn check(subject: &Subject<'_>) -> Vec<Problem> {
    [roles(subject), parties(subject), bodies(subject), transitions(subject)].concat()
}

fn roles(subject: &Subject<'_>) -> Vec<Problem> {
    let listed = &subject.definition.roles;
    let used = used_roles(subject.definition);
    let mut problems = Vec::new();
    let named = listed.iter().enumerate().map(|(i, role)| (*role, at!["roles", i].to_vec()));
    for (role, path) in used.iter().cloned().chain(named).filter(|(role, _)| role.watches()) {
        let message = format!("`{role}` only watches over cases: no step, turn or mail is its own: remove it");
        problems.push(subject.problem(&WATCHING_ROLE, &path, message));
    }
    for role in Role::ALL.into_iter().filter(|role| !role.watches() && !listed.contains(role)) {
        if let Some((_, path)) = used.iter().find(|(used, _)| *used == role) {
            let message = format!("`{role}` acts here, and `roles` does not list it: add it there");
            problems.push(subject.problem(&UNDECLARED_ROLE, path, message));
        }
    }
    let unused = |role: &Role| !role.watches() && used.iter().all(|(used, _)| used != role);
    for (i, role) in listed.iter().enumerate().filter(|(_, role)| unused(role)) {
        problems.push(subject.problem(
            &UNUSED_ROLE,
            at!["roles", i],
            format!("nothing is asked of `{role}`: remove it"),
        ));
    }
    problems
}

/// Every role that acts, is told, or is implied by there being bodies.
fn used_roles(definition: &Definition) -> Vec<(Role, Path)> {
    let mut used = Vec::new();
    for (by, path) in actors(definition) {
        match by {
            By::Party(by) => used.extend(by.role.iter().map(|role| (*role, path.clone()))),
            By::Each(by) => used.push((by.each_party, path)),
            By::Body(_) => used.push((Role::Secretary, path)),
            By::Machine(_) => {}
        }
    }
    for (recipient, _, path) in recipients(definition) {
        match recipient {
            Recipient::Role(to) => used.extend(to.role.iter().map(|role| (*role, path.clone()))),
            Recipient::Body(_) => used.push((Role::Secretary, path)),
            Recipient::Whose(_) => {}
        }
    }
    used.extend(definition.bodies.keys().map(|id| (Role::Secretary, at!["bodies", id].to_vec())));
    used
}

fn parties(subject: &Subject<'_>) -> Vec<Problem> {
    let definition = subject.definition;
    let mut named: Vec<(&String, Path)> = Vec::new();
    for (by, path) in actors(definition) {
        match by {
            By::Party(by) if by.party != ANY_PARTY => named.push((&by.party, path)),
            By::Each(by) => named.extend(by.side.as_ref().map(|side| (side, path))),
            _ => {}
        }
    }
    for (recipient, _, path) in recipients(definition) {
        if let Recipient::Role(to) = recipient {
            named.extend(to.party.as_ref().map(|party| (party, path)));
        }
    }
    for (i, step) in definition.transitions.iter().enumerate() {
        let replaced = step.effects.iter().enumerate().filter_map(|(n, effect)| match effect {
            Effect::ReplaceParty(with) => Some((&with.replace_party, at!["transitions", i, "effects", n].to_vec())),
            _ => None,
        });
        named.extend(replaced);
    }
    let unknown = named.into_iter().filter(|(party, _)| !definition.parties.contains_key(*party));
    let opposites =
        definition.parties.iter().filter_map(|(id, party)| party.opposite.as_ref().map(|opposite| (id, opposite)));
    let opposites = opposites.filter(|(id, opposite)| id == opposite || !definition.parties.contains_key(*opposite));
    let opposites = opposites.map(|(id, opposite)| (opposite, at!["parties", id, "opposite"].to_vec()));
    unknown
        .chain(opposites)
        .map(|(party, path)| {
            let hint = did_you_mean(party, definition.parties.keys().map(String::as_str));
            subject.problem(&UNKNOWN_PARTY, &path, format!("`{party}` is no other side of the case{hint}"))
        })
        .collect()
}

fn bodies(subject: &Subject<'_>) -> Vec<Problem> {
    let definition = subject.definition;
    let acting = actors(definition).into_iter().filter_map(|(by, path)| match by {
        By::Body(by) => Some((&by.body, path)),
        _ => None,
    });
    let told = recipients(definition).into_iter().filter_map(|(recipient, _, path)| match recipient {
        Recipient::Body(to) => Some((&to.body, path)),
        _ => None,
    });
    let unknown = acting.chain(told).filter(|(body, _)| !definition.bodies.contains_key(*body));
    unknown
        .map(|(body, path)| {
            let hint = did_you_mean(body, definition.bodies.keys().map(String::as_str));
            subject.problem(&UNKNOWN_BODY, &path, format!("there is no body `{body}`{hint}"))
        })
        .collect()
}

/// `then` is not among them: see `time`.
fn transitions(subject: &Subject<'_>) -> Vec<Problem> {
    let definition = subject.definition;
    let mut named: Vec<(&String, Path)> = Vec::new();
    for (i, step) in definition.transitions.iter().enumerate() {
        named.extend(step.rests_on.as_ref().map(|id| (id, at!["transitions", i, "rests_on"].to_vec())));
        named.extend(step.not_same_as.as_ref().map(|id| (id, at!["transitions", i, "not_same_as"].to_vec())));
    }
    for (guard, path) in guards(definition).into_iter().flat_map(|(guard, path)| within(guard, path)) {
        if let Guard::Happened(happened) = guard {
            named.push((&happened.happened, below(&path, at!["happened"])));
        }
    }
    let unknown = named.into_iter().filter(|(id, _)| definition.transition(id).is_none());
    unknown
        .map(|(id, path)| {
            let hint = did_you_mean(id, definition.transitions.iter().map(|step| step.id.as_str()));
            subject.problem(&UNKNOWN_TRANSITION, &path, format!("there is no transition `{id}`{hint}"))
        })
        .collect()
}
