//! A case and what grew out of it, let run without anybody acting, on paper: nothing is written. Each deadline does in its
//! turn what the sweep would do of it at that instant.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::{Duration, NaiveDate};
use serde::Serialize;

use super::super::AppError;
use super::super::consequences::{Moment, notify_of, wanted};
use super::super::deadlines::{digest_moment, may_wait};
use super::super::mails;
use super::super::recipients::{self, Register};
use crate::calendar::{Calendar, OfficeHours, local_date};
use crate::clock::Timestamp;
use crate::ids::{CaseId, CaseNumber, PersonId};
use crate::workflow::agenda::{Next, agenda};
use crate::workflow::case::Case;
use crate::workflow::context::Organisation;
use crate::workflow::definition::{Definition, OneOrMany, Recipient, RecipientRole};
use crate::workflow::step::{PlannedReminder, Step};

/// After so many mails a forecast ends, and says that it was cut.
const MOST_MAILS: usize = 2_000;
/// After so many things that happen likewise.
const MOST_EVENTS: usize = 2_000;
/// No forecast looks further ahead.
const HORIZON: Duration = Duration::days(10 * 366);

/// A mail that will be written if nobody acts: nothing of what anybody wrote, and no address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Foreseen {
    /// When it is written, UTC.
    pub at: Timestamp,
    /// That day, Europe/Stockholm.
    pub day: NaiveDate,
    /// When it leaves, UTC: in office hours; what waits for a digest, with that.
    pub leaves: Timestamp,
    /// Whether a digest tells it; none where it has a mail of its own.
    pub digest: Option<InDigest>,
    /// Why.
    pub cause: Cause,
    /// The state's title.
    pub state: String,
    /// To which role, in the words of the workflow's file.
    pub to: String,
    /// Who holds it on the day on which the mail leaves; none where nobody does, and then the mail is not written.
    pub person: Option<PersonId>,
    /// The title of the body whose move it is.
    pub level: Option<String>,
    /// The template.
    pub template: String,
}

/// A digest in place of a mail of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum InDigest {
    /// She has chosen so: it waits for the digest of this instant, UTC.
    Waits(Timestamp),
    /// Nobody's choice is known: for somebody who has chosen so it would wait for the digest of this instant.
    WouldWait(Timestamp),
}

/// Why a mail is written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// A deadline reminds.
    Reminder {
        /// The deadline.
        deadline: String,
        /// Its generation.
        generation: u32,
        /// Its last day.
        due: NaiveDate,
        /// The step, from 0.
        step: u32,
        /// The repeat, from 0.
        round: u32,
    },
    /// A step that the system takes is told.
    Step {
        /// The transition.
        transition: String,
    },
}

/// A case that runs on paper.
pub(super) struct Held {
    pub id: CaseId,
    pub number: CaseNumber,
    pub definition: Arc<Definition>,
    pub case: Case,
    pub urgent: bool,
    /// The reminders that are in the ledger, by deadline and generation.
    pub done: BTreeMap<(String, u32), BTreeSet<(u32, u32)>>,
    /// Deadlines whose event is not possible: they raise nothing for ever.
    pub stuck: BTreeSet<String>,
}

/// What the forecast asks of the world.
pub(super) trait World: Register {
    /// The principals and units on a day.
    fn organisation(&mut self, definition: &Definition, now: Timestamp) -> Result<Organisation, AppError>;

    /// Whether a person gets her reminders in a digest; none where nobody's choice is known.
    fn wants_digest(&mut self, person: &PersonId) -> Result<Option<bool>, AppError>;
}

/// A forecast at work.
pub(super) struct Forecast<'a, W> {
    pub world: &'a mut W,
    pub calendar: &'a Calendar,
    pub hours: OfficeHours,
    pub now: Timestamp,
    /// The cases, in the order of their ids, in which the sweep takes what is due at the same instant.
    pub cases: BTreeMap<CaseId, Held>,
    /// Whose mails are wanted.
    pub wanted: CaseId,
    pub mails: Vec<Foreseen>,
}

/// What is next of all.
struct Due {
    at: Timestamp,
    case: CaseId,
    deadline: String,
    /// None where the deadline ends.
    reminder: Option<PlannedReminder>,
}

impl<W: World> Forecast<'_, W> {
    /// Lets time pass until nothing more happens; true where it was cut before.
    pub fn run(&mut self) -> Result<bool, AppError> {
        let end = self.now + HORIZON;
        for _ in 0..MOST_EVENTS {
            let Some(due) = self.next() else { return Ok(false) };
            if due.at > end || self.mails.len() >= MOST_MAILS {
                return Ok(true);
            }
            self.now = self.now.max(due.at);
            match &due.reminder {
                Some(reminder) => self.remind(&due, reminder)?,
                None => self.run_out(&due)?,
            }
        }
        Ok(self.next().is_some())
    }

    fn next(&self) -> Option<Due> {
        let all = self.cases.values().flat_map(|held| {
            held.case.running().filter_map(|(name, running)| {
                let deadline = held.definition.deadlines.get(name).filter(|_| !held.stuck.contains(name))?;
                let nothing = BTreeSet::new();
                let done = held.done.get(&(name.clone(), running.generation)).unwrap_or(&nothing);
                let next = agenda(deadline, running, done).next()?;
                let reminder = match next {
                    Next::Reminder(reminder) => Some(reminder.clone()),
                    Next::End(_) => None,
                };
                Some(Due { at: next.at(), case: held.id.clone(), deadline: name.clone(), reminder })
            })
        });
        // Deadlines that end together do so in the order of their names.
        all.min_by_key(|due| (due.at, due.case.clone(), due.reminder.is_none(), due.deadline.clone()))
    }

    fn remind(&mut self, due: &Due, planned: &PlannedReminder) -> Result<(), AppError> {
        let Some(held) = self.cases.get_mut(&due.case) else { return Ok(()) };
        let Some(running) = held.case.deadlines.get(&due.deadline).and_then(|timer| timer.running.as_ref()) else {
            return Ok(());
        };
        let key = (due.deadline.clone(), running.generation);
        let cause = Cause::Reminder {
            deadline: due.deadline.clone(),
            generation: running.generation,
            due: running.due(),
            step: planned.step,
            round: planned.round,
        };
        held.done.entry(key).or_default().insert((planned.step, planned.round));
        let definition = held.definition.clone();
        let Some(deadline) = definition.deadlines.get(&due.deadline) else { return Ok(()) };
        let said = mails::said(deadline, planned)?;
        self.foresee(&due.case, &OneOrMany::One(said.to.clone()), &said.mail, &cause)
    }

    fn run_out(&mut self, due: &Due) -> Result<(), AppError> {
        let Some(held) = self.cases.get_mut(&due.case) else { return Ok(()) };
        let organisation = self.world.organisation(&held.definition, self.now)?;
        let moment = Moment { now: self.now, organisation: &organisation, calendar: self.calendar };
        match moment.run_out(&held.definition, &held.case, &due.deadline) {
            Ok(Some(decided)) => self.take(&due.case, &decided.step),
            Ok(None) | Err(_) => {
                held.stuck.insert(due.deadline.clone());
                Ok(())
            }
        }
    }

    /// Takes a step, tells it, and raises what it raises in those of the cases that this one grew out of that run here.
    fn take(&mut self, id: &CaseId, step: &Step) -> Result<(), AppError> {
        let Some(held) = self.cases.get_mut(id) else { return Ok(()) };
        let (definition, entry) = (held.definition.clone(), held.case.revision + 1);
        held.case = held.case.clone().evolve(&definition, entry, step);
        let (case, number) = (held.case.clone(), held.number.clone());
        if let Some(notify) = notify_of(&definition, &case, step) {
            self.foresee(id, &notify.to, &notify.mail, &Cause::Step { transition: step.transition.clone() })?;
        }
        let (wanted, ended_with) = wanted(&definition, &case, step);
        if wanted.is_empty() {
            return Ok(());
        }
        for origin in case.origins.iter().collect::<BTreeSet<_>>() {
            let Some(other) = self.cases.values().find(|held| held.number == *origin) else { continue };
            let organisation = self.world.organisation(&other.definition, self.now)?;
            let moment = Moment { now: self.now, organisation: &organisation, calendar: self.calendar };
            let raised = moment.raised(&other.definition, &other.case, &wanted, (&number, ended_with))?;
            if let Some(decided) = raised {
                let other = other.id.clone();
                self.take(&other, &decided.step)?;
            }
        }
        Ok(())
    }

    /// Notes the mails of one occasion, where they are about the case that is wanted.
    fn foresee(
        &mut self,
        id: &CaseId,
        to: &OneOrMany<Recipient>,
        template: &str,
        cause: &Cause,
    ) -> Result<(), AppError> {
        let Some(held) = self.cases.get(id).filter(|held| held.id == self.wanted) else { return Ok(()) };
        let (definition, case) = (&held.definition, &held.case);
        let leaves = self.hours.moment(self.calendar, self.now);
        let mut people: BTreeMap<Option<PersonId>, String> = BTreeMap::new();
        for recipient in to.iter() {
            let found = recipients::resolve(self.world, definition, case, recipient, local_date(leaves))?;
            for person in found {
                people.entry(Some(person)).or_insert_with(|| in_words(recipient));
            }
        }
        if people.is_empty() && matches!(cause, Cause::Reminder { .. }) {
            people.insert(None, to.iter().map(in_words).collect::<Vec<_>>().join(", "));
        }
        let state = definition.states.get(&case.state).map(|state| state.title.clone()).unwrap_or_default();
        let (level, urgent) = (mails::level(definition, case), held.urgent);
        for (person, to) in people {
            let digest = self.digest(person.as_ref(), urgent, cause)?;
            let leaves = match digest {
                Some(InDigest::Waits(told)) => told,
                Some(InDigest::WouldWait(_)) | None => leaves,
            };
            self.mails.push(Foreseen {
                at: self.now,
                day: local_date(self.now),
                leaves,
                digest,
                cause: cause.clone(),
                state: state.clone(),
                to,
                person,
                level: level.clone(),
                template: template.to_owned(),
            });
        }
        Ok(())
    }

    /// Whether what is due now to a person waits for a digest: steps are told at once.
    fn digest(&mut self, person: Option<&PersonId>, urgent: bool, cause: &Cause) -> Result<Option<InDigest>, AppError> {
        let (Some(person), Cause::Reminder { due, .. }) = (person, cause) else { return Ok(None) };
        let told = digest_moment(&self.hours, self.calendar, self.now);
        if !may_wait(urgent, *due, told) {
            return Ok(None);
        }
        Ok(match self.world.wants_digest(person)? {
            Some(true) => Some(InDigest::Waits(told)),
            Some(false) => None,
            None => Some(InDigest::WouldWait(told)),
        })
    }
}

/// A recipient in the words of the workflow's file.
fn in_words(recipient: &Recipient) -> String {
    match recipient {
        Recipient::Whose(_) => "turn".to_owned(),
        Recipient::Body(body) => format!("secretary of {}", body.body),
        Recipient::Role(RecipientRole { role, party, assigned }) => {
            let roles: Vec<_> = role.iter().map(|role| role.name()).collect();
            let side = party.iter().map(|party| format!(" of {party}")).collect::<String>();
            let unit = if *assigned { " in the assigned units" } else { "" };
            format!("{}{side}{unit}", roles.join(" or "))
        }
    }
}
