//! What the system does of itself, decided but not done: the step of a deadline that has run out, what an end raises in the
//! cases that it grew out of, whom a step is told to. `record` does it; `reminders` foresees it.

use std::collections::BTreeSet;

use crate::calendar::Calendar;
use crate::clock::Timestamp;
use crate::ids::CaseNumber;
use crate::workflow::case::Case;
use crate::workflow::context::{Acting, Agreements, Context, Organisation};
use crate::workflow::definition::{Definition, FromCase, Notify, Transition};
use crate::workflow::engine::{self, Command, Decided, Happened};
use crate::workflow::rejection::{Class, Rejection};
use crate::workflow::step::{self, Act, Step};

/// The moment at which the system acts.
#[derive(Clone, Copy)]
pub struct Moment<'a> {
    /// When.
    pub now: Timestamp,
    /// The principals and units on the day.
    pub organisation: &'a Organisation,
    /// The working days.
    pub calendar: &'a Calendar,
}

impl Moment<'_> {
    fn decide(
        &self,
        acting: Acting,
        definition: &Definition,
        case: &Case,
        transition: &str,
    ) -> Result<Decided, Rejection> {
        let context = Context {
            now: self.now,
            acting,
            organisation: self.organisation,
            calendar: self.calendar,
            agreements: &Agreements::default(),
            cases: &BTreeSet::new(),
            documents: &BTreeSet::new(),
            seed: [0; 32],
        };
        let nothing = serde_json::Map::new();
        engine::decide(definition, &context, case, &Command { transition, happened: Happened::Now, given: &nothing })
    }

    /// The step of a deadline that has run out; none where it raises nothing.
    ///
    /// # Errors
    /// Where the step is not possible.
    pub fn run_out(&self, definition: &Definition, case: &Case, deadline: &str) -> Result<Option<Decided>, Rejection> {
        let then = definition.deadlines.get(deadline).and_then(|deadline| deadline.then.as_deref());
        then.map(|then| self.decide(Acting::Deadline(deadline), definition, case, then)).transpose()
    }

    /// The step that another case raises in this one: the first of those that it wants which is possible here, if any.
    /// `ended_with` is what the other ended with, where it has: an older version of this workflow may lack a transition
    /// that the other's end names by now.
    ///
    /// # Errors
    /// Where it is refused for another reason than that it is not possible.
    pub fn raised(
        &self,
        definition: &Definition,
        case: &Case,
        wanted: &[&String],
        (by, ended_with): (&CaseNumber, Option<&str>),
    ) -> Result<Option<Decided>, Rejection> {
        let impossible = |refused: &Rejection| refused.class() == Class::Impossible;
        let possible = |decided: &Result<Decided, Rejection>| !decided.as_ref().is_err_and(impossible);
        let there = wanted.iter().filter(|id| ended_with.is_none() || definition.transition(id).is_some());
        let decide = |transition: &&String| self.decide(Acting::Case(by), definition, case, transition);
        let mut decided = there.map(decide).find(possible).transpose()?;
        if let Some(step::By::Case { outcome, .. }) = decided.as_mut().map(|decided| &mut decided.step.by) {
            *outcome = ended_with.map(str::to_owned);
        }
        Ok(decided)
    }
}

/// What a step wants raised in the cases that this one grew out of: when it begins, and when it ends; and, where it has
/// ended, what with, as users read it.
pub fn wanted<'a>(definition: &'a Definition, case: &Case, step: &Step) -> (Vec<&'a String>, Option<&'a str>) {
    let Some(from_case) = from_case(definition, case) else { return (Vec::new(), None) };
    let wanted = match (&step.opened, &step.outcome) {
        (Some(_), _) => from_case.raises.iter().collect(),
        (None, Some(outcome)) => from_case.at_end.iter().flat_map(|at_end| at_end.of(outcome)).collect(),
        (None, None) => Vec::new(),
    };
    let ended = step.outcome.as_ref().and_then(|_| definition.states.get(&step.to));
    (wanted, ended.map(|state| state.title.as_str()))
}

/// The start by which the case began, as far as it grew out of others.
pub(super) fn from_case<'a>(definition: &'a Definition, case: &Case) -> Option<&'a FromCase> {
    definition.start.iter().find(|start| case.taken.contains_key(&start.id))?.from_case.as_ref()
}

/// Whom a step is to be told to: mostly those whose move it now is, also where the case came back to its state, as one that
/// another unit gets.
pub fn notify_of<'a>(definition: &'a Definition, case: &Case, step: &Step) -> Option<&'a Notify> {
    let transition = definition.transition(&step.transition);
    let state = definition.states.get(&case.state);
    let came = !transition.is_some_and(Transition::stays);
    let notify = match transition.and_then(|transition| transition.notify.as_ref()) {
        Some(notify) => Some(notify),
        None => state.and_then(|state| state.notify.as_ref()).filter(|_| came),
    };
    notify.filter(|_| step.act == Act::Transition)
}
