//! `rights/*`: who acts, whose move it is, and what no machine may do.

use super::facts::implied;
use super::graph::Edge;
use super::{Problem, Subject, at};
use crate::authz::Role;
use crate::workflow::classes::{
    BODY_CANNOT_READ, IDLE_TURN, JOINT, MACHINE_INPUT, NO_TURN, NOBODY, NOT_SAME_AS, RAISED_BY, START_BY, SYSTEM_ONLY,
    THEN_IS_ACT, THEN_TO_BODY,
};
use crate::workflow::definition::{ANY_PARTY, By, Deadline, Effect, OneOrMany, Per, Raiser, StepKind, Transition};

pub fn check(subject: &Subject<'_>) -> Vec<Problem> {
    let mut problems = [starts(subject), turns(subject), system_only(subject), bodies(subject)].concat();
    for (i, step) in subject.definition.transitions.iter().enumerate() {
        problems.extend(joint(subject, i, step));
        problems.extend(nobody(subject, i, step));
        problems.extend(raised(subject, i, step));
        problems.extend(four_eyes(subject, i, step));
        problems.extend(machine_input(subject, i, step));
    }
    for (id, deadline) in &subject.definition.deadlines {
        problems.extend(then(subject, id, deadline));
    }
    problems
}

fn starts(subject: &Subject<'_>) -> Vec<Problem> {
    let parties = &subject.definition.parties;
    let first = parties.keys().next();
    let mut problems = Vec::new();
    for (i, start) in subject.definition.start.iter().enumerate() {
        // A side that does not exist is a problem of its own.
        let fits = |by: &By| matches!(by, By::Party(by) if Some(&by.party) == first || by.party != ANY_PARTY && !parties.contains_key(&by.party));
        if start.by.iter().next().is_none() || !start.by.iter().all(fits) {
            let first = first.map_or("first one", String::as_str);
            let message = format!("the first party opens a case: write `by: {{party: {first}, role: ..}}`");
            problems.push(subject.problem(&START_BY, at!["start", i, "by"], message));
        }
    }
    problems
}

/// It is somebody's move wherever a case waits, but where nothing leads on save what another case raises: there it rests, and
/// whoever had the move would have nothing to do.
fn turns(subject: &Subject<'_>) -> Vec<Problem> {
    let waiting = subject.definition.states.iter().filter(|(_, state)| state.outcome.is_none());
    let wrong = waiting.filter_map(|(id, state)| {
        let somebodys = state.turn.as_ref().is_some_and(|turn| turn.raised_by().is_none());
        let (class, message) = match (somebodys, rests(subject, id)) {
            (false, false) => (
                &NO_TURN,
                format!("a case waits in `{id}`, and it is nobody's move: give it a `turn`, or make it final"),
            ),
            (true, true) => {
                (&IDLE_TURN, format!("only another case leads on from `{id}`, so it is nobody's move: remove `turn`"))
            }
            (true, false) | (false, true) => return None,
        };
        Some(subject.problem(class, at!["states", id], message))
    });
    wrong.collect()
}

/// Whether all that leads on from a state is raised by other cases.
fn rests(subject: &Subject<'_>, state: &str) -> bool {
    let graph = &subject.graph;
    let mut leaving =
        graph.edges.iter().filter(|edge| graph.states[edge.from] == state && edge.to != edge.from).peekable();
    let raised = |edge: &Edge| edge.step.by.iter().all(|by| by.raised_by() == Some(Raiser::Case));
    graph.complete && leaving.peek().is_some() && leaving.all(raised)
}

/// Whether a person could take the step.
pub fn by_person(step: &Transition) -> bool {
    step.by.iter().any(|by| by.raised_by().is_none())
}

fn system_only(subject: &Subject<'_>) -> Vec<Problem> {
    let (definition, graph) = (subject.definition, &subject.graph);
    let alone = |state: &&str| {
        let mut steps = graph.edges.iter().filter(|edge| graph.states[edge.from] == *state).peekable();
        let covered = definition.deadlines.values().any(|deadline| definition.holds(&deadline.during, state));
        steps.peek().is_some() && !covered && !steps.any(|edge| by_person(edge.step))
    };
    let problem = |state: &&str| {
        let message =
            format!("no person can act in `{state}`, and no deadline runs there: a case could lie for ever unseen");
        subject.problem(&SYSTEM_ONLY, at!["states", *state], message)
    };
    graph.states.iter().filter(|state| alone(state)).map(problem).collect()
}

fn joint(subject: &Subject<'_>, i: usize, step: &Transition) -> Option<Problem> {
    step.joint()?;
    let people = step.by.iter().filter(|by| by.raised_by().is_none()).count();
    let own = |id: &&String| subject.definition.fields.get(*id).is_some_and(|field| field.per == Some(Per::Party));
    if people > 1 {
        let message = format!("`{}` is confirmed by each party: nobody else can take it beside them", step.id);
        return Some(subject.problem(&JOINT, at!["transitions", i, "by"], message));
    }
    let of = step.of.as_ref().filter(own)?;
    let message = format!("each party has its own `{of}`: together they can only confirm one text that both share");
    Some(subject.problem(&JOINT, at!["transitions", i, "of"], message))
}

fn nobody(subject: &Subject<'_>, i: usize, step: &Transition) -> Option<Problem> {
    let definition = subject.definition;
    let routed = || {
        definition.transitions.iter().flat_map(|step| &step.effects).any(|effect| matches!(effect, Effect::Assign(_)))
    };
    let holders = |roles: &OneOrMany<Role>| roles.iter().any(|role| *role != Role::Secretary);
    let can = |by: &By| match by {
        By::Party(by) => holders(&by.role) && (!by.assigned || routed()),
        By::Each(by) => by.each_party != Role::Secretary,
        By::Body(_) | By::Machine(_) => true,
    };
    if !step.by.iter().any(can) {
        let message = format!(
            "nobody can take `{}`: name a role that a party has (`secretary` belongs to bodies), and for `assigned` a step \
             that assigns units",
            step.id
        );
        return Some(subject.problem(&NOBODY, at!["transitions", i, "by"], message));
    }
    let missing = never_before(subject, step)?;
    let message = format!(
        "nobody can take `{}`: where it is possible, `{missing}` can never have been taken or be current",
        step.id
    );
    Some(subject.problem(&NOBODY, at!["transitions", i], message))
}

/// A step that this one builds on, and that cannot have come before it in any of the states that it leaves.
fn never_before<'a>(subject: &Subject<'a>, step: &'a Transition) -> Option<&'a str> {
    let (definition, graph) = (subject.definition, &subject.graph);
    let ways = graph.reach();
    let reached = |state: &&str| graph.place(state).is_some_and(|place| ways.to(place, false).is_some());
    let states: Vec<&str> = definition.states_of(&step.from).into_iter().filter(reached).collect();
    if !graph.complete || states.is_empty() {
        return None;
    }
    let rests_on = step.rests_on.as_deref().and_then(|id| definition.transition(id));
    let lapsed = rests_on.filter(|earlier| !states.iter().any(|state| subject.can_be_current(earlier, state)));
    let earlier = implied(definition, step).into_iter();
    let mut never = earlier.filter(|id| !states.iter().any(|state| subject.can_have_happened(id, state)));
    lapsed.map(|earlier| earlier.id.as_str()).or_else(|| never.next())
}

fn raised(subject: &Subject<'_>, i: usize, step: &Transition) -> Vec<Problem> {
    let definition = subject.definition;
    if !step.by.iter().any(|by| by.raised_by() == Some(Raiser::Deadline)) {
        return Vec::new();
    }
    let raising: Vec<&Deadline> =
        definition.deadlines.values().filter(|deadline| deadline.then.as_ref() == Some(&step.id)).collect();
    if raising.is_empty() {
        let message = format!("no deadline raises `{}`: name it in a `then`, or remove `raised_by: deadline`", step.id);
        return vec![subject.problem(&RAISED_BY, at!["transitions", i, "by"], message)];
    }
    let only_deadlines = step.by.iter().all(|by| by.raised_by() == Some(Raiser::Deadline));
    let idle = |state: &&str| !raising.iter().any(|deadline| definition.holds(&deadline.during, state));
    let states = definition.states_of(&step.from).into_iter().filter(|state| only_deadlines && idle(state));
    states
        .map(|state| {
            let message = format!(
                "`{}` leaves `{state}`, and no deadline raises it there: widen a `while`, or narrow this",
                step.id
            );
            subject.problem(&RAISED_BY, at!["transitions", i, "from"], message)
        })
        .collect()
}

fn four_eyes(subject: &Subject<'_>, i: usize, step: &Transition) -> Option<Problem> {
    let earlier = step.not_same_as.as_deref().filter(|id| subject.definition.transition(id).is_some())?;
    if implied(subject.definition, step).contains(&earlier) || !subject.graph.complete {
        return None;
    }
    let states = subject.definition.states_of(&step.from);
    let way = states.into_iter().find_map(|state| subject.way_without(earlier, state))?;
    let message = format!(
        "`{earlier}` may not have been taken when `{}` is, and then nobody is excluded: let it rest on `{earlier}`, or \
         demand it in `when`",
        step.id
    );
    let problem = subject.problem(&NOT_SAME_AS, at!["transitions", i, "not_same_as"], message);
    Some(Problem { witness: Some(way), ..problem })
}

/// A machine has nothing to say: what it raises may ask for no field and confirm no text.
fn machine_input(subject: &Subject<'_>, i: usize, step: &Transition) -> Option<Problem> {
    step.by.iter().find(|by| by.raised_by().is_some())?;
    let compulsory = |id: &&String| subject.definition.fields.get(*id).is_some_and(|field| field.required_if.is_some());
    let (key, what) = match (step.require.first(), &step.of, step.ask.iter().find(compulsory)) {
        (Some(field), _, _) => ("require", field),
        (None, Some(of), _) if step.joint().is_none() => ("of", of),
        (None, _, Some(field)) => ("ask", field),
        _ => return None,
    };
    let message =
        format!("`{}` is also raised without a person, who alone could give `{what}`: split it in two", step.id);
    Some(subject.problem(&MACHINE_INPUT, at!["transitions", i, key], message))
}

fn then(subject: &Subject<'_>, id: &str, deadline: &Deadline) -> Vec<Problem> {
    let definition = subject.definition;
    let Some(step) = deadline.then.as_deref().and_then(|then| definition.transition(then)) else { return Vec::new() };
    let mut problems = Vec::new();
    let mut report =
        |class, message: String| problems.push(subject.problem(class, at!["deadlines", id, "then"], message));
    if !step.by.iter().any(|by| by.raised_by() == Some(Raiser::Deadline)) {
        report(
            &RAISED_BY,
            format!("`{}` does not say that a deadline raises it: add `{{raised_by: deadline}}` to its `by`", step.id),
        );
    }
    if step.kind != StepKind::Event {
        report(
            &THEN_IS_ACT,
            format!("`{}` counts as somebody's act: silence never does, so raise a plain event", step.id),
        );
    }
    if let Some(state) = definition.states.get(&step.target) {
        let to_body = matches!(state.turn, Some(By::Body(_)));
        let from = definition.states_of(&deadline.during);
        let enters = |group: &String| {
            definition.group_holds(group, &step.target)
                && !from.iter().all(|state| definition.group_holds(group, state))
        };
        if to_body || definition.bodies.values().any(|body| enters(&body.reach)) {
            let message = format!("`{}` carries the matter to a body: a named person does that, never time", step.id);
            report(&THEN_TO_BODY, message);
        }
    }
    problems
}

/// A body acts where it may read: in its reach, or after the case has surely been there.
fn bodies(subject: &Subject<'_>) -> Vec<Problem> {
    let definition = subject.definition;
    let steps = definition.transitions.iter().enumerate();
    let steps = steps.map(|(i, step)| {
        (step.by.iter().collect::<Vec<_>>(), definition.states_of(&step.from), at!["transitions", i, "by"].to_vec())
    });
    let turns = definition.states.iter();
    let turns =
        turns.map(|(id, state)| (state.turn.iter().collect(), vec![id.as_str()], at!["states", id, "turn"].to_vec()));
    let mut problems = Vec::new();
    for (actors, states, path) in steps.chain(turns).filter(|_| subject.graph.complete) {
        for by in actors {
            let By::Body(by) = by else { continue };
            let Some(body) = definition.bodies.get(&by.body).filter(|body| definition.groups.contains_key(&body.reach))
            else {
                continue;
            };
            let unread =
                states.iter().find_map(|state| subject.way_outside(&body.reach, state).map(|way| (state, way)));
            if let Some((state, way)) = unread {
                let message =
                    format!("`{}` acts in `{state}`, where it may not read the case: widen `{}`", by.body, body.reach);
                problems.push(Problem { witness: Some(way), ..subject.problem(&BODY_CANNOT_READ, &path, message) });
            }
        }
    }
    problems
}
