//! What a definition refers to, with the place of each reference, gathered once for the checks that need it.

use super::at;
use crate::workflow::definition::{By, Definition, Guard, Notify, Recipient};
use crate::workflow::source::Segment;

/// The way to a place in the document.
pub type Path = Vec<Segment>;

/// Every actor: of starts, of transitions, of turns.
pub fn actors(definition: &Definition) -> Vec<(&By, Path)> {
    let starts =
        definition.start.iter().enumerate().flat_map(|(i, start)| numbered(start.by.iter(), at!["start", i, "by"]));
    let steps = definition.transitions.iter().enumerate();
    let steps = steps.flat_map(|(i, step)| numbered(step.by.iter(), at!["transitions", i, "by"]));
    let turns = definition
        .states
        .iter()
        .filter_map(|(id, state)| state.turn.as_ref().map(|by| (by, at!["states", id, "turn"].to_vec())));
    starts.chain(steps).chain(turns).collect()
}

/// Every mail of a state or a step, with the states in which it may go out.
pub fn notices(definition: &Definition) -> Vec<(&Notify, Vec<&str>, Path)> {
    let states = definition.states.iter().filter_map(|(id, state)| {
        state.notify.as_ref().map(|notify| (notify, vec![id.as_str()], at!["states", id, "notify"].to_vec()))
    });
    let steps = definition.transitions.iter().enumerate().filter_map(|(i, step)| {
        let states = match step.stays() {
            true => definition.states_of(&step.from),
            false => vec![step.target.as_str()],
        };
        step.notify.as_ref().map(|notify| (notify, states, at!["transitions", i, "notify"].to_vec()))
    });
    states.chain(steps).collect()
}

/// Every recipient of a mail, with the states in which it may go out.
pub fn recipients(definition: &Definition) -> Vec<(&Recipient, Vec<&str>, Path)> {
    let told = notices(definition).into_iter().flat_map(|(notify, states, path)| {
        let each = numbered(notify.to.iter(), &below(&path, at!["to"]));
        each.into_iter().map(move |(to, path)| (to, states.clone(), path))
    });
    let reminders = definition.deadlines.iter().flat_map(|(id, deadline)| {
        let states = definition.states_of(&deadline.during);
        let steps = deadline.remind.iter().enumerate();
        steps.map(move |(i, step)| (&step.to, states.clone(), at!["deadlines", id, "remind", i, "to"].to_vec()))
    });
    told.chain(reminders).collect()
}

/// Every condition.
pub fn guards(definition: &Definition) -> Vec<(&Guard, Path)> {
    let steps = definition.transitions.iter().enumerate();
    let steps =
        steps.filter_map(|(i, step)| step.when.as_ref().map(|guard| (guard, at!["transitions", i, "when"].to_vec())));
    let deadlines = definition.deadlines.iter();
    let deadlines = deadlines.filter_map(|(id, deadline)| {
        deadline.when.as_ref().map(|guard| (guard, at!["deadlines", id, "when"].to_vec()))
    });
    let fields = definition.fields.iter();
    let fields = fields.filter_map(|(id, field)| {
        field.required_if.as_ref().map(|guard| (guard, at!["fields", id, "required_if"].to_vec()))
    });
    steps.chain(deadlines).chain(fields).collect()
}

/// A condition and all those inside it, outermost first.
pub fn within(guard: &Guard, path: Path) -> Vec<(&Guard, Path)> {
    let inner: Vec<_> = match guard {
        Guard::Not(not) => vec![(&*not.not, below(&path, at!["not"]))],
        Guard::All(all) => numbered(all.all.iter(), &below(&path, at!["all"])),
        Guard::Any(any) => numbered(any.any.iter(), &below(&path, at!["any"])),
        _ => Vec::new(),
    };
    let mut found = vec![(guard, path)];
    found.extend(inner.into_iter().flat_map(|(guard, path)| within(guard, path)));
    found
}

/// What must hold for the condition to hold: itself, or for `all` each of its parts.
pub fn conjuncts(guard: Option<&Guard>) -> Vec<&Guard> {
    match guard {
        None => Vec::new(),
        Some(Guard::All(all)) => all.all.iter().flat_map(|guard| conjuncts(Some(guard))).collect(),
        Some(other) => vec![other],
    }
}

/// Every form: what must be given, what is asked for, and its place.
pub fn forms(definition: &Definition) -> Vec<(&[String], &[String], Path)> {
    let starts = definition.start.iter().enumerate();
    let starts = starts.map(|(i, start)| (&start.require[..], &start.ask[..], at!["start", i].to_vec()));
    let steps = definition.transitions.iter().enumerate();
    let steps = steps.map(|(i, step)| (&step.require[..], &step.ask[..], at!["transitions", i].to_vec()));
    starts.chain(steps).collect()
}

/// A place further down.
pub fn below(path: &[Segment], further: &[Segment]) -> Path {
    [path, further].concat()
}

/// Each item of a list, with its place.
pub fn numbered<'a, T: 'a>(items: impl Iterator<Item = &'a T>, path: &[Segment]) -> Vec<(&'a T, Path)> {
    items.enumerate().map(|(i, item)| (item, below(path, at![i]))).collect()
}
