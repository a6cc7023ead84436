//! Who should have been reminded of a step: who held the role on the day, as the case then stood by its log.
//!
//! Said only where it can be proved. What was recorded within an hour of the reminder may have been before it or after it, for
//! clocks differ and are set back, so each such state of the case is asked; and where somebody has entered since who holds or held which role, or who is
//! away, nothing is said of those whom that may concern.

use std::collections::BTreeSet;

use super::super::{AppError, changes, mails, recipients};
use super::CLOCKS_DIFFER;
use super::runs::Run;
use crate::calendar::local_date;
use crate::clock::Timestamp;
use crate::ids::PersonId;
use crate::store::Db;
use crate::store::reminders::NOBODY;
use crate::workflow::case::{Case, replay};
use crate::workflow::definition::Definition;
use crate::workflow::log::{Entry, Record};
use crate::workflow::step::{PlannedReminder, Step};

/// The people to whom a reminder ought to have gone, and the log that says so.
pub(super) struct Audience<'a> {
    definition: &'a Definition,
    steps: Vec<(u64, &'a Step)>,
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
    pub fn of(definition: &'a Definition, entries: &'a [Entry]) -> Audience<'a> {
        let steps = entries.iter().filter_map(|entry| match &entry.records {
            Record::Step(step) => Some((entry.n, step.as_ref())),
            _ => None,
        });
        Audience { definition, steps: steps.collect() }
    }

    /// Compares who was reminded at an instant of a step of a run with who ought to have been.
    pub fn compare(
        &self,
        db: &mut Db,
        run: &Run,
        planned: &PlannedReminder,
        (noted, reminded): (Timestamp, &BTreeSet<PersonId>),
    ) -> Result<Differing, AppError> {
        let Some(deadline) = self.definition.deadlines.get(&run.deadline) else { return Ok(Differing::default()) };
        let (to, day) = (&mails::said(deadline, planned)?.to, local_date(noted));
        let mut expected = Vec::new();
        for case in self.states(run, noted)? {
            expected.push(recipients::resolve(db, self.definition, &case, to, day)?);
        }
        let Some(first) = expected.first() else { return Ok(Differing::default()) };
        let surely = first.iter().filter(|person| expected.iter().all(|people| people.contains(person)));
        let missing: BTreeSet<_> = surely.filter(|person| !reminded.contains(person)).cloned().collect();
        let strange = reminded
            .iter()
            .filter(|person| person.as_str() != NOBODY && !expected.iter().any(|people| people.contains(person)));
        let differing = Differing { missing, surplus: strange.cloned().collect() };
        differing.proved(db, noted)
    }

    /// The states in which the case may have stood at an instant, those in which the deadline ran.
    fn states(&self, run: &Run, at: Timestamp) -> Result<Vec<Case>, AppError> {
        let (from, until) = (at + -CLOCKS_DIFFER, at + CLOCKS_DIFFER);
        let first = self.steps.iter().position(|(_, step)| step.recorded >= from).unwrap_or(self.steps.len());
        let last = self.steps.iter().rposition(|(_, step)| step.recorded <= until).map_or(0, |last| last + 1);
        let mut states = Vec::new();
        for taken in first..=last.max(first) {
            let steps = self.steps.iter().take(taken).copied();
            let case = replay(self.definition, steps).map_err(|broken| AppError::Internal(broken.to_string()))?;
            let running = |case: &Case| {
                let timer = case.deadlines.get(&run.deadline).and_then(|timer| timer.running.as_ref());
                timer.is_some_and(|running| running.generation == run.generation)
            };
            states.extend(case.filter(running));
        }
        Ok(states)
    }
}

impl Differing {
    /// The same without those of whom the registers may have said something else when it was noted.
    fn proved(mut self, db: &mut Db, noted: Timestamp) -> Result<Differing, AppError> {
        if self.missing.is_empty() && self.surplus.is_empty() {
            return Ok(self);
        }
        let (since, day) = (noted + -CLOCKS_DIFFER, local_date(noted));
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
