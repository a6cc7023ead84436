//! `time/*`, but for reminders: every waiting state has a deadline, and each deadline says from when it counts and where it
//! leads.
//!
//! Deadlines that run out on the same day are raised in the order of their names. That order is a safeguard and no way to say
//! what is meant: two that always run out together and lead to different places are a fault.

use super::facts::Held;
use super::rights::by_person;
use super::uses::conjuncts;
use super::{Problem, Subject, at};
use crate::workflow::classes::{
    ANCHOR, COVER_WITH_GAPS, DOES_NOTHING, NO_BASIS, NO_DEADLINE, NO_MAXIMUM, SIMULTANEOUS, THEN_IMPOSSIBLE,
    UNKNOWN_CALENDAR,
};
use crate::workflow::definition::{Deadline, Guard, GuardNot, GuardSet, Transition};
use crate::workflow::problem::did_you_mean;

pub fn check(subject: &Subject<'_>) -> Vec<Problem> {
    let mut problems = [covered(subject), simultaneous(subject)].concat();
    for (id, deadline) in &subject.definition.deadlines {
        problems.extend(anchor(subject, id, deadline));
        problems.extend(then(subject, id, deadline));
        problems.extend(maxima(subject, id, deadline));
        problems.extend(plain(subject, id, deadline));
    }
    problems
}

fn anchor(subject: &Subject<'_>, id: &str, deadline: &Deadline) -> Option<Problem> {
    let (key, message) = match (&deadline.at, deadline.after) {
        (None, None) => ("after", "say when it runs out: a length in `after`, or a date field in `at`"),
        (Some(_), Some(_)) => ("at", "`at` is the day itself: remove it, or remove `after`"),
        (Some(_), None) if !deadline.from.is_empty() => {
            ("from", "`from` is what `after` counts from: write `after`, or remove it")
        }
        (None, Some(after)) if after.count() <= 0 && deadline.from.is_empty() => (
            "after",
            "it would run out before it begins: write a length above nothing, or count back from a date in `from`",
        ),
        _ => return None,
    };
    Some(subject.problem(&ANCHOR, at!["deadlines", id, key], format!("the deadline `{id}`: {message}")))
}

fn then(subject: &Subject<'_>, id: &str, deadline: &Deadline) -> Option<Problem> {
    let definition = subject.definition;
    let then = deadline.then.as_ref()?;
    let path = at!["deadlines", id, "then"];
    let Some(step) = definition.transition(then) else {
        let hint = did_you_mean(then, definition.transitions.iter().map(|step| step.id.as_str()));
        return Some(subject.problem(&THEN_IMPOSSIBLE, path, format!("there is no transition `{then}`{hint}")));
    };
    let states = definition.states_of(&deadline.during);
    let lost = states.into_iter().find(|state| !definition.holds(&step.from, state))?;
    let message = format!(
        "`{then}` is not possible in `{lost}`, where this runs too: add `{lost}` to its `from`, or leave it out here"
    );
    Some(subject.problem(&THEN_IMPOSSIBLE, path, message))
}

fn maxima(subject: &Subject<'_>, id: &str, deadline: &Deadline) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut report = |path: &[_], what: &str| {
        problems.push(subject.problem(
            &NO_MAXIMUM,
            path,
            format!("{what}: write a number above nothing, or remove the key"),
        ));
    };
    if deadline.pause.as_ref().is_some_and(|pause| pause.longest.count() <= 0) {
        report(at!["deadlines", id, "pause"], "a pause of no length");
    }
    if deadline.extend.as_ref().is_some_and(|extend| extend.longest.count() <= 0 || extend.times == 0) {
        report(at!["deadlines", id, "extend"], "an extension of no length, or never");
    }
    for (n, step) in deadline.remind.iter().enumerate() {
        if step.repeat.as_ref().is_some_and(|repeat| repeat.every.count() <= 0 || repeat.times == 0) {
            report(at!["deadlines", id, "remind", n, "repeat"], "a repetition without a time between, or never");
        }
    }
    problems
}

fn plain(subject: &Subject<'_>, id: &str, deadline: &Deadline) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut report =
        |class, key: &str, message: String| problems.push(subject.problem(class, at!["deadlines", id, key], message));
    if !subject.env.calendars.contains(&deadline.calendar.as_str()) {
        let hint = did_you_mean(&deadline.calendar, subject.env.calendars.iter().copied());
        report(&UNKNOWN_CALENDAR, "calendar", format!("there is no calendar `{}`{hint}", deadline.calendar));
    }
    if deadline.after.is_some() && deadline.basis.is_empty() && deadline.source.is_none() {
        report(&NO_BASIS, "after", "say where the length comes from: a rule in `basis`, or `source: ours`".to_owned());
    }
    if deadline.remind.is_empty() && deadline.then.is_none() {
        report(
            &DOES_NOTHING,
            "then",
            format!("the deadline `{id}` reminds nobody and raises nothing: add `remind` or `then`"),
        );
    }
    problems
}

/// In every state where a person must act some deadline runs, whatever the case holds.
fn covered(subject: &Subject<'_>) -> Vec<Problem> {
    let (definition, graph) = (subject.definition, &subject.graph);
    let mut problems = Vec::new();
    for (place, id) in graph.states.iter().enumerate() {
        let acts = graph.edges.iter().any(|edge| edge.from == place && by_person(edge.step));
        if graph.finals[place] || !acts && definition.states[*id].turn.is_none() {
            continue;
        }
        let covering: Vec<_> =
            definition.deadlines.iter().filter(|(_, deadline)| definition.holds(&deadline.during, id)).collect();
        let conditions: Vec<Vec<Guard>> = covering.iter().map(|(_, deadline)| arming(subject, deadline, id)).collect();
        if covering.is_empty() && acts {
            let message = format!(
                "somebody must act in `{id}`, and no deadline covers it: nobody would notice that nothing happens"
            );
            problems.push(subject.problem(&NO_DEADLINE, at!["states", *id], message));
        } else if !covering.is_empty()
            && !conditions.iter().any(|one| one.is_empty() || is_one_of_a_pair(one, &conditions))
        {
            let names: Vec<_> = covering.iter().map(|(name, _)| format!("`{name}`")).collect();
            let message = format!(
                "in `{id}` time may stand still: {} may not run there; add a deadline that always does, or its opposite",
                names.join(" and ")
            );
            problems.push(subject.problem(&COVER_WITH_GAPS, at!["states", *id], message));
        }
    }
    problems
}

/// What must hold for a deadline to run in a state, apart from what surely does there.
fn arming(subject: &Subject<'_>, deadline: &Deadline, state: &str) -> Vec<Guard> {
    let dates = deadline.at.iter().chain(&deadline.from);
    let unsure = dates.filter(|field| subject.way_unset(Held { field, side: None }, state).is_some());
    let set = unsure.map(|field| Guard::Set(GuardSet { set: field.clone() }));
    let mut guards: Vec<Guard> = conjuncts(deadline.when.as_ref()).into_iter().cloned().chain(set).collect();
    guards.dedup();
    guards
}

/// Whether another deadline runs exactly when this one does not.
fn is_one_of_a_pair(conditions: &[Guard], all: &[Vec<Guard>]) -> bool {
    matches!(conditions, [only] if all.iter().any(|other| matches!(other.as_slice(), [other] if opposite(only, other))))
}

fn opposite(a: &Guard, b: &Guard) -> bool {
    let negates = |a: &Guard, b: &Guard| matches!(a, Guard::Not(GuardNot { not }) if **not == *b);
    negates(a, b) || negates(b, a)
}

fn simultaneous(subject: &Subject<'_>) -> Vec<Problem> {
    let definition = subject.definition;
    let raising: Vec<(&String, &Deadline, &Transition)> = definition
        .deadlines
        .iter()
        .filter_map(|(id, deadline)| definition.transition(deadline.then.as_ref()?).map(|step| (id, deadline, step)))
        .collect();
    let mut problems = Vec::new();
    for (n, (id, deadline, step)) in raising.iter().enumerate() {
        let rival =
            raising[..n].iter().find(|(_, other, to)| to.target != step.target && together(subject, other, deadline));
        if let Some((other, _, to)) = rival {
            let message = format!(
                "`{other}` runs out on the same day and leads to `{}`, this one to `{}`: let them differ in length, or exclude \
                 one another by `when`",
                to.target, step.target
            );
            problems.push(subject.problem(&SIMULTANEOUS, at!["deadlines", *id, "then"], message));
        }
    }
    problems
}

/// Whether two deadlines run out on the same day by what the file says, not by chance.
fn together(subject: &Subject<'_>, a: &Deadline, b: &Deadline) -> bool {
    let definition = subject.definition;
    let as_long = match (a.after, b.after) {
        (Some(a), Some(b)) => a.is_as_long_as(b),
        (a, b) => a == b,
    };
    let same_length = as_long && (a.end, &a.calendar) == (b.end, &b.calendar);
    let same_dates = a.at == b.at && a.from.len() == b.from.len() && a.from.iter().all(|field| b.from.contains(field));
    let (when_a, when_b) = (conjuncts(a.when.as_ref()), conjuncts(b.when.as_ref()));
    let exclusive = when_a.iter().any(|a| when_b.iter().any(|b| opposite(a, b) || other_value(a, b)));
    let holds = |deadline: &Deadline, state: &str| definition.holds(&deadline.during, state);
    let meet = |state: &str| holds(a, state) && holds(b, state);
    let begin_together = if a.at.is_some() || !a.from.is_empty() {
        definition.states.keys().any(|state| meet(state))
    } else {
        definition.start.iter().any(|start| meet(&start.target))
            || subject.graph.edges.iter().any(|edge| {
                let (from, to) = (subject.graph.states[edge.from], subject.graph.states[edge.to]);
                meet(to) && !holds(a, from) && !holds(b, from)
            })
    };
    same_length && same_dates && !exclusive && begin_together
}

fn other_value(a: &Guard, b: &Guard) -> bool {
    matches!((a, b), (Guard::Is(a), Guard::Is(b)) if a.field == b.field && a.is != b.is)
}
