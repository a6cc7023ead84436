//! Who should have been reminded of a step: who held the role on the day, as the case then stood by its log.
//!
//! Said only where it can be proved. What was recorded within an hour of the reminder may have been before it or after it, for
//! clocks differ and are set back, so each such state of the case is asked; and where somebody has entered since who holds or held which role, or who is
//! away, nothing is said of those whom that may concern.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use super::super::{AppError, changes, mails, recipients};
use super::CLOCKS_DIFFER;
use super::runs::Run;
use crate::clock::Timestamp;
use crate::ids::PersonId;
use crate::store::Db;
use crate::store::reminders::NOBODY;
use crate::workflow::case::{BrokenLog, Case, Made, replay};
use crate::workflow::definition::Definition;
use crate::workflow::history::Definitions;
use crate::workflow::log::Entry;
use crate::workflow::step::PlannedReminder;

/// The people to whom a reminder ought to have gone, and the log that says so.
pub(super) struct Audience<'a> {
    steps: Vec<Made<'a>>,
}

/// What differs between who ought to have been reminded and who was.
#[derive(Debug, Default)]
pub(super) struct Differing {
    /// Who ought to have been and was not.
    pub missing: BTreeSet<PersonId>,
    /// Who was and ought not.
    pub surplus: BTreeSet<PersonId>,
}

impl<'a> Audience<'a> {
    /// The audience of a case with this shared log.
    pub fn of(definitions: &'a Definitions, entries: &'a [Entry]) -> Result<Audience<'a>, AppError> {
        Ok(Audience { steps: definitions.steps(entries).map_err(broken)? })
    }

    /// Compares who was reminded at an instant of a step of a run, to leave on a day, with who ought to have been.
    pub fn compare(
        &self,
        db: &mut Db,
        run: &Run,
        planned: &PlannedReminder,
        (noted, day, reminded): (Timestamp, NaiveDate, &BTreeSet<PersonId>),
    ) -> Result<Differing, AppError> {
        let mut expected = Vec::new();
        for (definition, case) in self.states(run, planned, noted)? {
            let Some(deadline) = definition.deadlines.get(&run.deadline) else { return Ok(Differing::default()) };
            let to = &mails::said(deadline, planned)?.to;
            expected.push(recipients::resolve(db, definition, &case, to, day)?);
        }
        let Some(first) = expected.first() else { return Ok(Differing::default()) };
        let surely = first.iter().filter(|person| expected.iter().all(|people| people.contains(person)));
        let missing: BTreeSet<_> = surely.filter(|person| !reminded.contains(person)).cloned().collect();
        let strange = reminded
            .iter()
            .filter(|person| person.as_str() != NOBODY && !expected.iter().any(|people| people.contains(person)));
        let differing = Differing { missing, surplus: strange.cloned().collect() };
        differing.proved(db, noted, day)
    }

    /// The states in which the case may have stood at an instant, those in which the deadline ran and had planned this, each with
    /// its definition.
    fn states(
        &self,
        run: &Run,
        planned: &PlannedReminder,
        at: Timestamp,
    ) -> Result<Vec<(&'a Definition, Case)>, AppError> {
        let (from, until) = (at + -CLOCKS_DIFFER, at + CLOCKS_DIFFER);
        let first = self.steps.iter().position(|made| made.step.recorded >= from).unwrap_or(self.steps.len());
        let last = self.steps.iter().rposition(|made| made.step.recorded <= until).map_or(0, |last| last + 1);
        let mut states = Vec::new();
        for taken in first..=last.max(first) {
            let steps = self.steps.iter().take(taken).copied();
            let Some(last) = steps.clone().last() else { continue };
            let case = replay(steps).map_err(broken)?;
            let running = |case: &Case| {
                let timer = case.deadlines.get(&run.deadline).and_then(|timer| timer.running.as_ref());
                timer.is_some_and(|running| running.generation == run.generation && running.reminders.contains(planned))
            };
            states.extend(case.filter(running).map(|case| (last.definition, case)));
        }
        Ok(states)
    }
}

fn broken(broken: BrokenLog) -> AppError {
    AppError::Internal(broken.to_string())
}

impl Differing {
    /// The same without those of whom the registers may have said something else when it was noted.
    fn proved(mut self, db: &mut Db, noted: Timestamp, day: NaiveDate) -> Result<Differing, AppError> {
        if self.missing.is_empty() && self.surplus.is_empty() {
            return Ok(self);
        }
        let since = noted + -CLOCKS_DIFFER;
        for people in [&mut self.missing, &mut self.surplus] {
            for person in people.clone() {
                if changes::may_have_moved(db, since, day, &person)? {
                    people.remove(&person);
                }
            }
        }
        Ok(self)
    }
}
