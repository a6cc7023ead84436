//! The application as a stage: a manual clock, the real use cases, a real database. As time passes, deadlines are swept
//! and mails delivered as the jobs of `serve` would: at the beginning of each day, in the morning, and with each step.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{Duration, NaiveTime};

use super::player::{Stage, Standing};
use crate::app::cases::{Registration, StepCommand, What};
use crate::app::notes::NoteCommand;
use crate::app::{App, AppError};
use crate::calendar::{at, local_date};
use crate::clock::{Clock, ManualClock, Timestamp};
use crate::ids::{CaseNumber, PersonId};
use crate::mail::{Sender, Transport};
use crate::store::cases::{self, StoredCase};
use crate::store::outbox;

/// When deadlines are swept and mails delivered, each day: reminders and mails leave at eight.
const MORNING: Duration = Duration::hours(8);

/// The application under a manual clock.
pub struct AppStage {
    /// The application; its clock is the one below.
    pub app: App,
    /// The clock.
    pub clock: Arc<ManualClock>,
    /// The way out for mails.
    pub transport: Transport,
    /// Whom they come from.
    pub sender: Sender,
}

impl AppStage {
    /// Does what is due at the present moment.
    fn catch_up(&self) -> Result<(), AppError> {
        let swept = self.app.sweep_deadlines()?;
        if swept.failed > 0 {
            return Err(AppError::Internal(format!("{} deadlines failed; the log says why", swept.failed)));
        }
        let delivered = self.app.deliver_mail(&self.transport, &self.sender)?;
        match delivered.retried + delivered.failed {
            0 => Ok(()),
            lost => Err(AppError::Internal(format!("{lost} mails could not be sent; the log says why"))),
        }
    }

    fn stored(&self, number: &CaseNumber) -> Result<StoredCase, AppError> {
        self.app.store.read(|db| cases::by_number(db, number)?.ok_or(AppError::NotFound))
    }
}

impl Stage for AppStage {
    fn wait(&mut self, to: Timestamp) -> Result<(), AppError> {
        while let Some(moment) = next_round(self.clock.now()).filter(|moment| *moment < to) {
            self.clock.set(moment);
            self.catch_up()?;
        }
        if self.clock.now() < to {
            self.clock.set(to);
        }
        self.catch_up()
    }

    fn register(&mut self, who: &PersonId, what: &Registration) -> Result<CaseNumber, AppError> {
        let actor = self.app.actor(who)?;
        let number = self.app.register(&actor, what, None)?.number;
        self.catch_up().map(|()| number)
    }

    fn act(&mut self, who: &PersonId, case: &CaseNumber, what: &What) -> Result<(), AppError> {
        let actor = self.app.actor(who)?;
        let revision = self.app.revision(&actor, case)?;
        let command = StepCommand { number: case.clone(), revision, what: what.clone() };
        self.app.take_step(&actor, &command, None)?;
        self.catch_up()
    }

    fn note(&mut self, who: &PersonId, what: &NoteCommand) -> Result<(), AppError> {
        let actor = self.app.actor(who)?;
        self.app.write_note(&actor, what, None).map(|_| ())
    }

    fn look(&mut self, who: &PersonId, case: &CaseNumber) -> Result<(), AppError> {
        let actor = self.app.actor(who)?;
        self.app.case(&actor, case).map(|_| ())
    }

    fn standing(&mut self, case: &CaseNumber) -> Result<Standing, AppError> {
        let stored = self.stored(case)?;
        let due: BTreeMap<_, _> = stored.case.running().map(|(name, running)| (name.clone(), running.due())).collect();
        let mails = self.app.store.read(|db| outbox::of_case(db, &stored.id))?;
        Ok(Standing {
            due,
            mails: u32::try_from(mails.len()).ok(),
            state: stored.case.state,
            outcome: stored.case.outcome,
        })
    }
}

/// The next moment at which the jobs run: a day's beginning, or its morning.
fn next_round(now: Timestamp) -> Option<Timestamp> {
    let today = local_date(now);
    let rounds = |day| [at(day, NaiveTime::MIN), at(day, NaiveTime::MIN + MORNING)];
    let days = [Some(today), today.succ_opt()];
    days.into_iter().flatten().flat_map(rounds).find(|moment| *moment > now)
}
