//! `data/guard` and `data/maybe-unset`: conditions mean what they say, and use what is there.

use super::facts::only_side;
use super::uses::{Path, below, conjuncts, guards, within};
use super::{Problem, Subject, at};
use crate::workflow::classes::{GUARD, MAYBE_UNSET};
use crate::workflow::definition::{Field, FieldKind, Guard, GuardIs, Literal};
use crate::workflow::problem::did_you_mean;

pub fn check(subject: &Subject<'_>) -> Vec<Problem> {
    let all = guards(subject.definition).into_iter().flat_map(|(guard, path)| within(guard, path));
    let mut problems: Vec<Problem> = all.filter_map(|(guard, path)| meaning(subject, guard, path)).collect();
    if subject.graph.complete {
        problems.extend([steps(subject), deadlines(subject), required(subject)].concat());
    }
    problems
}

/// What is wrong with the condition itself, those inside it apart.
fn meaning(subject: &Subject<'_>, guard: &Guard, path: Path) -> Option<Problem> {
    let (key, message) = match guard {
        Guard::Is(is) => ("is", never_so(subject.definition.fields.get(&is.field)?, is)?),
        Guard::Happened(happened) if happened.at_least == 0 => {
            ("at_least", "none of something is always there".to_owned())
        }
        Guard::Notice(notice) if notice.notice.count() <= 0 => {
            ("notice", "a notice needs a length above nothing".to_owned())
        }
        Guard::Notice(notice) if notice.after.is_empty() => {
            ("after", "name the dates that the notice counts from".to_owned())
        }
        Guard::All(all) if all.all.is_empty() => {
            ("all", "an empty `all` always holds: fill it, or remove it".to_owned())
        }
        Guard::Any(any) if any.any.is_empty() => {
            ("any", "an empty `any` never holds: fill it, or remove it".to_owned())
        }
        _ => return None,
    };
    Some(subject.problem(&GUARD, &below(&path, at![key]), message))
}

fn never_so(field: &Field, is: &GuardIs) -> Option<String> {
    match (&is.is, field.kind) {
        (Literal::YesNo(_), FieldKind::Choice) => Some(format!("`{}` is a choice: name one of its options", is.field)),
        (Literal::Choice(_), FieldKind::YesNo) => Some(format!("`{}` is true or false", is.field)),
        (Literal::Choice(value), FieldKind::Choice) if !field.options.contains_key(value) => {
            let hint = did_you_mean(value, field.options.keys().map(String::as_str));
            Some(format!("`{}` has no option `{value}`{hint}", is.field))
        }
        _ => None,
    }
}

/// The fields that a condition uses without making sure that they are set.
fn unprotected<'g>(guard: &'g Guard, path: Path, sure: &[&'g str]) -> Vec<(&'g str, Path)> {
    match guard {
        Guard::Set(_) | Guard::Happened(_) => Vec::new(),
        Guard::Is(is) => once(&is.field, below(&path, at!["field"]), sure),
        Guard::Notice(notice) => {
            let dates = notice.after.iter().enumerate();
            dates.flat_map(|(n, field)| once(field, below(&path, at!["after", n]), sure)).collect()
        }
        Guard::Not(not) => unprotected(&not.not, below(&path, at!["not"]), sure),
        Guard::All(all) => each(&all.all, below(&path, at!["all"]), sure, sets),
        // Where the field is not set, such an `any` holds already.
        Guard::Any(any) => each(&any.any, below(&path, at!["any"]), sure, is_unset),
    }
}

fn each<'g>(
    guards: &'g [Guard],
    path: Path,
    sure: &[&'g str],
    proves: fn(&Guard) -> Option<&str>,
) -> Vec<(&'g str, Path)> {
    let sure: Vec<&str> = sure.iter().copied().chain(guards.iter().filter_map(proves)).collect();
    guards.iter().enumerate().flat_map(|(n, guard)| unprotected(guard, below(&path, at![n]), &sure)).collect()
}

fn once<'g>(field: &'g str, path: Path, sure: &[&str]) -> Vec<(&'g str, Path)> {
    if sure.contains(&field) { Vec::new() } else { vec![(field, path)] }
}

fn sets(guard: &Guard) -> Option<&str> {
    match guard {
        Guard::Set(set) => Some(&set.set),
        _ => None,
    }
}

fn is_unset(guard: &Guard) -> Option<&str> {
    match guard {
        Guard::Not(not) => sets(&not.not),
        _ => None,
    }
}

/// The problem of a field that is not set in one of the states, on some way there.
fn unset(subject: &Subject<'_>, field: &str, side: Option<&str>, states: &[&str], path: &Path) -> Option<Problem> {
    subject.definition.fields.get(field)?;
    let held = subject.held(field, side);
    let found = states
        .iter()
        .find_map(|state| held.iter().find_map(|held| subject.way_unset(*held, state).map(|way| (state, way))));
    let (state, way) = found?;
    let message = format!(
        "`{field}` may not be set in `{state}`: require it on every way there, or test `{{set: {field}}}` beside this in an `all`"
    );
    Some(Problem { witness: Some(way), ..subject.problem(&MAYBE_UNSET, path, message) })
}

fn steps(subject: &Subject<'_>) -> Vec<Problem> {
    let definition = subject.definition;
    let mut problems = Vec::new();
    for (i, step) in definition.transitions.iter().enumerate() {
        let Some(guard) = &step.when else { continue };
        let states = definition.states_of(&step.from);
        for (field, path) in unprotected(guard, at!["transitions", i, "when"].to_vec(), &[]) {
            problems.extend(unset(subject, field, only_side(definition, &step.by), &states, &path));
        }
    }
    problems
}

fn deadlines(subject: &Subject<'_>) -> Vec<Problem> {
    let definition = subject.definition;
    let mut problems = Vec::new();
    for (id, deadline) in &definition.deadlines {
        let states = definition.states_of(&deadline.during);
        let mut used: Vec<(&str, Path)> = Vec::new();
        if let Some(guard) = &deadline.when {
            used.extend(unprotected(guard, at!["deadlines", id, "when"].to_vec(), &[]));
        }
        let proved: Vec<&str> = conjuncts(deadline.when.as_ref()).into_iter().filter_map(sets).collect();
        let from = deadline.from.iter().enumerate().filter(|(_, field)| !proved.contains(&field.as_str()));
        used.extend(from.map(|(n, field)| (field.as_str(), at!["deadlines", id, "from", n].to_vec())));
        problems.extend(used.into_iter().filter_map(|(field, path)| unset(subject, field, None, &states, &path)));
    }
    problems
}

/// `required_if` is asked when a form is filled in: what that form asks for is there, too.
fn required(subject: &Subject<'_>) -> Vec<Problem> {
    let definition = subject.definition;
    let mut problems = Vec::new();
    for (id, field) in &definition.fields {
        let Some(guard) = &field.required_if else { continue };
        for (used, path) in unprotected(guard, at!["fields", id, "required_if"].to_vec(), &[]) {
            let asking =
                definition.transitions.iter().filter(|step| step.ask.contains(id) && !step.form().any(|id| id == used));
            let mut found = asking.filter_map(|step| {
                unset(subject, used, only_side(definition, &step.by), &definition.states_of(&step.from), &path)
            });
            problems.extend(found.next());
        }
    }
    problems
}
