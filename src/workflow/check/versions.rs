//! `versions/*`: what a file says of itself, held against its name, its predecessors, the lock and the other workflows.

use std::collections::BTreeSet;

use super::uses::below;
use super::{Problem, Subject, at};
use crate::workflow::classes::{
    FILE_NAME, FINAL_CHANGED, FINAL_MISSING, FORMAT, FROM_CASE, LOCK_STALE, NEVER_FIRST, NOT_ABOVE, RAISED_BY,
};
use crate::workflow::definition::{AtEnd, Definition, FromCase, Raiser, Transition};
use crate::workflow::digest::definition_digest;
use crate::workflow::load::Environment;
use crate::workflow::problem::{Position, did_you_mean};
use crate::workflow::source::Segment;

/// The one format that this program reads.
const READS: u32 = 1;

pub fn check(subject: &Subject<'_>) -> Vec<Problem> {
    let definition = subject.definition;
    let mut problems = Vec::new();
    if definition.format != READS {
        let message = format!("this program reads format {READS}: write `format: {READS}`, or use a newer program");
        problems.push(subject.problem(&FORMAT, at!["format"], message));
    }
    if definition.version == 0 {
        problems.push(subject.problem(&NOT_ABOVE, at!["version"], "versions count from 1"));
    }
    let locked = subject.env.lock.get(definition);
    if locked.is_some_and(|locked| locked.is_final && locked.digest != definition_digest(&subject.root.to_json())) {
        let name = definition.name();
        let message =
            format!("{name} is final, and cases refer to it as it was: restore the file, and write a new version");
        problems.push(subject.problem(&FINAL_CHANGED, at!["version"], message));
    }
    problems
}

/// References to a file that could not be read are not judged: it may hold what they name.
pub fn across(subjects: &[Subject<'_>], env: &Environment<'_>, complete: bool) -> Vec<Problem> {
    let mut problems: Vec<Problem> = subjects.iter().filter_map(file_name).collect();
    problems.extend(subjects.iter().filter_map(stale));
    problems.extend(order(subjects));
    if !complete {
        return problems;
    }
    problems.extend(missing(subjects, env));
    for subject in subjects {
        problems.extend(from_cases(subject, subjects));
        problems.extend(never_raised(subject, subjects));
    }
    problems
}

fn file_name(subject: &Subject<'_>) -> Option<Problem> {
    let Definition { workflow, version, local, .. } = subject.definition;
    if local.is_some() {
        return Some(subject.problem(
            &FILE_NAME,
            at!["local"],
            "only an overlay writes `local`: give it a file of its own",
        ));
    }
    let expected = format!("{workflow}/{version}.yaml");
    let fits = subject.file == expected || subject.file.ends_with(&format!("/{expected}"));
    let message = format!("this is version {version} of `{workflow}`: the file belongs at `{expected}`");
    (!fits).then(|| subject.problem(&FILE_NAME, at!["version"], message))
}

fn stale(subject: &Subject<'_>) -> Option<Problem> {
    let digest = definition_digest(&subject.root.to_json());
    let locked = subject.env.lock.get(subject.definition);
    let current = locked.is_some_and(|locked| locked.is_final || locked.digest == digest);
    let (lock, name) = (subject.env.lock.file(), subject.definition.name());
    let message = format!("{lock} does not hold the digest of {name}: it is {digest}");
    (!current).then(|| subject.problem(&LOCK_STALE, at!["version"], message))
}

/// Within a workflow, versions rise in the order of the file names.
fn order(subjects: &[Subject<'_>]) -> Vec<Problem> {
    let number = |subject: &Subject<'_>| {
        let stem = subject.file.rsplit('/').next().and_then(|name| name.split('.').next());
        stem.and_then(|stem| stem.parse::<u32>().ok())
    };
    let mut ordered: Vec<&Subject<'_>> = subjects.iter().collect();
    ordered.sort_by_key(|subject| (&subject.definition.workflow, number(subject), subject.file));
    let pairs = ordered.windows(2).filter(|pair| {
        let (earlier, later) = (pair[0].definition, pair[1].definition);
        earlier.workflow == later.workflow && later.version <= earlier.version
    });
    pairs
        .map(|pair| {
            let message = format!("the version is not above that of {}: give it the next number", pair[0].file);
            pair[1].problem(&NOT_ABOVE, at!["version"], message)
        })
        .collect()
}

fn missing(subjects: &[Subject<'_>], env: &Environment<'_>) -> Vec<Problem> {
    let names: Vec<String> = subjects.iter().map(|subject| subject.definition.name()).collect();
    // Those of overlays are held against overlays.
    let finals = env.lock.finals().filter(|name| !name.contains('+'));
    let lost = finals.filter(|name| names.iter().all(|known| known != name));
    lost.map(|name| {
        let message = format!("{name} is final, and its file is gone: restore it, cases refer to it");
        Problem::new(&FINAL_MISSING, env.lock.file(), Position::START, message)
    })
    .collect()
}

fn from_cases(subject: &Subject<'_>, subjects: &[Subject<'_>]) -> Vec<Problem> {
    let starts = subject.definition.start.iter().enumerate();
    let from_cases = starts.filter_map(|(i, start)| start.from_case.as_ref().map(|from_case| (i, from_case)));
    from_cases.flat_map(|(i, from_case)| from_case_problems(subject, subjects, i, from_case)).collect()
}

/// A case grows out of one of the newest version: what older versions allow, their cases have noted.
fn from_case_problems(subject: &Subject<'_>, subjects: &[Subject<'_>], i: usize, from_case: &FromCase) -> Vec<Problem> {
    let path = |keys: &[Segment]| [at!["start", i, "from_case"], keys].concat();
    let others = subjects.iter().map(|other| other.definition).filter(|other| other.workflow == from_case.workflow);
    let Some(other) = others.max_by_key(|other| other.version) else {
        let hint = did_you_mean(&from_case.workflow, subjects.iter().map(|other| other.definition.workflow.as_str()));
        let message = format!("there is no workflow `{}`{hint}", from_case.workflow);
        return vec![subject.problem(&FROM_CASE, &path(at!["workflow"]), message)];
    };
    let mut problems = Vec::new();
    for (n, state) in from_case.states.iter().enumerate().filter(|(_, state)| !other.states.contains_key(*state)) {
        let hint = did_you_mean(state, other.states.keys().map(String::as_str));
        let message = format!("`{}` has no state `{state}`{hint}", other.workflow);
        problems.push(subject.problem(&FROM_CASE, &path(at!["in", n]), message));
    }
    let known: Vec<&str> =
        from_case.states.iter().map(String::as_str).filter(|state| other.states.contains_key(*state)).collect();
    let raises: Vec<&String> = from_case.raises.iter().collect();
    problems.extend(raise_problems(subject, other, &raises, &known, &path(at!["raises"])));
    if let Some(at_end) = &from_case.at_end {
        let after = left_in(other, &raises, &known);
        for (outcome, ids) in at_end.all() {
            let place: Vec<_> = std::iter::once("at_end").chain(outcome).map(Segment::from).collect();
            problems.extend(raise_problems(subject, other, &ids, &after, &path(&place)));
        }
        problems.extend(outcome_problems(subject, at_end, &path(at!["at_end"])));
    }
    problems
}

/// Where the other case stands once the first that is possible of these has been raised in one of these states.
fn left_in<'a>(other: &'a Definition, ids: &[&String], states: &[&'a str]) -> Vec<&'a str> {
    let mut after = Vec::new();
    for step in ids.iter().filter_map(|id| other.transition(id)) {
        let stays = states.iter().copied().filter(|state| step.stays() && other.holds(&step.from, state));
        let moved = (!step.stays()).then_some(step.target.as_str());
        after.extend(stays.chain(moved));
    }
    after.sort_unstable();
    after.dedup();
    after
}

/// Whether what is raised by outcome names every outcome that there is, and no other.
fn outcome_problems(subject: &Subject<'_>, at_end: &AtEnd, path: &[Segment]) -> Vec<Problem> {
    let AtEnd::ByOutcome(named) = at_end else { return Vec::new() };
    let outcomes: BTreeSet<&str> =
        subject.definition.states.values().filter_map(|state| state.outcome.as_deref()).collect();
    let unknown = named.keys().filter(|name| !outcomes.contains(name.as_str())).map(|name| {
        let hint = did_you_mean(name, outcomes.iter().copied());
        subject.problem(&FROM_CASE, &[path, at![name.as_str()]].concat(), format!("no state ends with `{name}`{hint}"))
    });
    let missing = outcomes.iter().filter(|outcome| !named.contains_key(**outcome)).map(|outcome| {
        let message = format!("the outcome `{outcome}` is missing: say what it raises");
        subject.problem(&FROM_CASE, path, message)
    });
    unknown.chain(missing).collect()
}

/// Whether one of another workflow's transitions can be raised from here, whatever the other case holds, in each of these
/// states of it; and whether each of them can be the one.
fn raise_problems(
    subject: &Subject<'_>,
    other: &Definition,
    ids: &[&String],
    states: &[&str],
    path: &[Segment],
) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut steps: Vec<&Transition> = Vec::new();
    let surely = |step: &Transition, state: &str| step.when.is_none() && other.holds(&step.from, state);
    for (n, id) in ids.iter().enumerate() {
        let path = below(path, at![n]);
        let Some(step) = other.transition(id) else {
            let hint = did_you_mean(id, other.transitions.iter().map(|step| step.id.as_str()));
            let message = format!("`{}` has no transition `{id}`{hint}", other.workflow);
            problems.push(subject.problem(&FROM_CASE, &path, message));
            continue;
        };
        if !step.by.iter().any(|by| by.raised_by() == Some(Raiser::Case)) {
            let message =
                format!("`{id}` of `{}` is not `raised_by: case`: say so there, or raise another", other.workflow);
            problems.push(subject.problem(&RAISED_BY, &path, message));
        }
        let earlier = |state: &str| steps.iter().any(|earlier| surely(earlier, state));
        if n > 0 && states.iter().all(|state| !other.holds(&step.from, state) || earlier(state)) {
            let message = format!(
                "wherever `{id}` of `{}` is possible, one before it is: put it first, or remove it",
                other.workflow
            );
            problems.push(subject.problem(&NEVER_FIRST, &path, message));
        }
        steps.push(step);
    }
    if steps.len() == ids.len()
        && let Some(state) = states.iter().find(|state| !steps.iter().any(|step| surely(step, state)))
    {
        let named: Vec<String> = ids.iter().map(|id| format!("`{id}`")).collect();
        let named = if named.is_empty() { "nothing".to_owned() } else { named.join(" or ") };
        let message = format!(
            "in the state `{state}` of `{}` {named} may not be possible: name last one without `when`",
            other.workflow
        );
        problems.push(subject.problem(&FROM_CASE, path, message));
    }
    problems
}

fn never_raised(subject: &Subject<'_>, subjects: &[Subject<'_>]) -> Vec<Problem> {
    let name = &subject.definition.workflow;
    let from_cases =
        subjects.iter().flat_map(|other| &other.definition.start).filter_map(|start| start.from_case.as_ref());
    let raised: Vec<&String> = from_cases
        .filter(|from_case| from_case.workflow == *name)
        .flat_map(|from_case| {
            let at_end = from_case.at_end.iter().flat_map(|at_end| at_end.all().into_iter().flat_map(|(_, ids)| ids));
            from_case.raises.iter().chain(at_end).collect::<Vec<_>>()
        })
        .collect();
    let steps = subject.definition.transitions.iter().enumerate();
    let idle = steps.filter(|(_, step)| {
        step.by.iter().any(|by| by.raised_by() == Some(Raiser::Case)) && !raised.contains(&&step.id)
    });
    idle.map(|(i, step)| {
        let message =
            format!("no other workflow raises `{}`: name it in a `from_case`, or remove `raised_by: case`", step.id);
        subject.problem(&RAISED_BY, at!["transitions", i, "by"], message)
    })
    .collect()
}
