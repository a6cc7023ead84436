//! Every mail that a case will cause if nobody acts, up to the end of the ladder; and that a fresh case of a workflow would.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::super::administration::calendar;
use super::super::workflows::Known;
use super::super::world::organisation_of;
use super::super::{App, AppError};
use super::forecast::{Forecast, Foreseen, Held, World};
use super::roles::{self, Roles};
use crate::calendar::{Calendar, OfficeHours};
use crate::clock::Timestamp;
use crate::ids::{CaseId, CaseNumber, PersonId};
use crate::store::cases::{self, GREW_OUT_OF, StoredCase};
use crate::store::{Db, people, reminders};
use crate::workflow::context::Organisation;
use crate::workflow::definition::{Definition, Start};

/// What lies ahead of a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Preview {
    /// The mails, in the order in which they are written.
    pub mails: Vec<Foreseen>,
    /// The state in which the case stands at the end.
    pub state: String,
    /// When nothing more is due, or when the forecast was cut, UTC.
    pub until: Timestamp,
    /// Deadlines whose event is not possible any more: a fault, for they raise nothing.
    pub stuck: BTreeSet<String>,
    /// Whether there would be more: the forecast is cut after some years, and some thousand mails.
    pub cut: bool,
}

impl World for Db {
    fn organisation(&mut self, definition: &Definition, now: Timestamp) -> Result<Organisation, AppError> {
        organisation_of(self, definition, now)
    }

    fn wants_digest(&mut self, person: &PersonId) -> Result<Option<bool>, AppError> {
        Ok(Some(people::wants_digest(self, person)?))
    }
}

impl App {
    /// Every mail that this case will cause if nobody acts, from now on.
    ///
    /// # Errors
    /// [`AppError::NotFound`] where there is no such case.
    pub fn preview_reminders(&self, number: &CaseNumber) -> Result<Preview, AppError> {
        let now = self.now();
        self.store.read(|db| {
            let stored = cases::by_number(db, number)?.ok_or(AppError::NotFound)?;
            let wanted = stored.id.clone();
            let cases = self.with_descendants(db, stored)?;
            let mails = Vec::new();
            let calendar = calendar(self, db)?;
            look_ahead(Forecast { world: db, calendar: &calendar, hours: self.hours, now, cases, wanted, mails })
        })
    }

    /// The case and those that grew out of it, which at their end raise something in it.
    fn with_descendants(&self, db: &mut Db, stored: StoredCase) -> Result<BTreeMap<CaseId, Held>, AppError> {
        let (mut held, mut todo) = (BTreeMap::new(), vec![stored]);
        while let Some(stored) = todo.pop() {
            let links = cases::linked(db, &stored.id)?.into_iter();
            for (_, grown, _) in links.filter(|(relation, _, is_from)| *is_from && relation == GREW_OUT_OF) {
                let grown = cases::by_number(db, &grown)?.ok_or(AppError::NotFound)?;
                if !held.contains_key(&grown.id) {
                    todo.push(grown);
                }
            }
            let mut done = BTreeMap::new();
            for (name, running) in stored.case.running() {
                let rows = reminders::done(db, &stored.id, name, running.generation)?;
                done.insert((name.clone(), running.generation), rows);
            }
            let definition = self.workflows.of(db, &stored.definition)?.definition;
            let StoredCase { id, number, case, urgent, .. } = stored;
            let stuck = BTreeSet::new();
            held.insert(id.clone(), Held { id, number, definition, case, urgent, done, stuck });
        }
        Ok(held)
    }
}

/// Every mail that a fresh case of this workflow would cause from now on if nobody acted, to roles: for each start that it
/// can begin with. It needs no database, and supposes that nothing but what every case has was given.
///
/// # Errors
/// Where a step is refused.
pub fn simulate(
    known: &Known,
    calendar: &Calendar,
    hours: OfficeHours,
    now: Timestamp,
) -> Result<Vec<(String, Preview)>, AppError> {
    let of_start = |start: &Start| {
        let held = roles::fresh(&known.definition, start, calendar, now)?;
        let (wanted, mut world) = (held.id.clone(), Roles);
        let cases = BTreeMap::from([(held.id.clone(), held)]);
        let forecast = Forecast { world: &mut world, calendar, hours, now, cases, wanted, mails: Vec::new() };
        Ok((start.id.clone(), look_ahead(forecast)?))
    };
    known.definition.start.iter().map(of_start).collect()
}

fn look_ahead<W: World>(mut forecast: Forecast<W>) -> Result<Preview, AppError> {
    let cut = forecast.run()?;
    let held = forecast.cases.remove(&forecast.wanted).ok_or(AppError::NotFound)?;
    Ok(Preview { mails: forecast.mails, state: held.case.state, until: forecast.now, stuck: held.stuck, cut })
}
