//! Deadlines at work: reminders that are due go to the outbox, and deadlines that have run out raise their event.
//!
//! Nothing is picked by equality with a day or an hour: whatever was due by now and is not in the ledger is done, so that
//! after a stop of any length the same reminders go out as without it: those of a deadline to the same person as one mail,
//! the latest. One transaction does what is due of one deadline, the earliest first; run twice in a row, the second run
//! changes nothing.

use std::collections::{BTreeMap, BTreeSet};

use super::mails::{self, About, Letter};
use super::record::{Recorder, next_wake};
use super::workflows::Known;
use super::world::organisation_of;
use super::{App, AppError, recipients};
use crate::calendar::local_date;
use crate::clock::Timestamp;
use crate::ids::PersonId;
use crate::store::cases::{self, StoredCase};
use crate::store::deadlines::{self, Waking};
use crate::store::reminders::{self, Occasion};
use crate::store::{Db, StoreError};
use crate::workflow::context::{Acting, Context};
use crate::workflow::definition::{Deadline, Reminder};
use crate::workflow::engine::{self, Command, Happened};
use crate::workflow::step::{PlannedReminder, Running};

/// How many waking deadlines are fetched at a time.
const BATCH: i64 = 200;

/// What a sweep did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Swept {
    /// Reminder steps that went to the outbox, or that nobody could get.
    pub reminded: u32,
    /// Deadlines that ran out and raised their event.
    pub ran_out: u32,
    /// Things that failed; each is in the log, and is tried again by the next sweep.
    pub failed: u32,
}

/// A deadline of a case, at the moment at which it wakes.
struct Scene<'a> {
    known: &'a Known,
    stored: &'a StoredCase,
    waking: &'a Waking,
    deadline: &'a Deadline,
    running: &'a Running,
    now: Timestamp,
}

/// What is due of a deadline at the moment.
enum Due<'a> {
    Reminders(Vec<&'a PlannedReminder>),
    End,
    Nothing,
}

impl App {
    /// Does everything that is due by now.
    ///
    /// # Errors
    /// Where the database does not answer. What was done before stays done.
    pub fn sweep_deadlines(&self) -> Result<Swept, AppError> {
        let now = self.now();
        let mut swept = Swept::default();
        let mut failed = BTreeSet::new();
        loop {
            let waking =
                self.store.read(|db| deadlines::waking(db, now, BATCH + i64::try_from(failed.len()).unwrap_or(0)))?;
            let todo: Vec<_> = waking.into_iter().filter(|waking| !failed.contains(waking)).collect();
            if todo.is_empty() {
                return Ok(swept);
            }
            for waking in todo {
                match self.wake(&waking, now) {
                    Ok(done) => {
                        swept.reminded += done.reminded;
                        swept.ran_out += done.ran_out;
                    }
                    // Another process was first: what it left is found by the next look.
                    Err(AppError::Store(StoreError::Conflict)) => {}
                    Err(AppError::Store(StoreError::Unavailable(why))) => {
                        return Err(StoreError::Unavailable(why).into());
                    }
                    Err(error) => {
                        tracing::error!(case = %waking.case_id, deadline = waking.name, %error, "a deadline failed");
                        swept.failed += 1;
                        failed.insert(waking);
                    }
                }
            }
        }
    }

    fn wake(&self, waking: &Waking, now: Timestamp) -> Result<Swept, AppError> {
        self.store.write(|db| {
            let stored = cases::by_id(db, &waking.case_id)?.ok_or(AppError::NotFound)?;
            let known = self.workflows.of(db, &stored.definition)?;
            let deadline = known.definition.deadlines.get(&waking.name);
            let timer = stored.case.deadlines.get(&waking.name).and_then(|timer| timer.running.as_ref());
            let (Some(deadline), Some(running)) =
                (deadline, timer.filter(|running| running.generation == waking.generation))
            else {
                deadlines::set_wake(db, &stored.id, &waking.name, waking.generation, None)?;
                return Ok(Swept::default());
            };
            let scene = Scene { known: &known, stored: &stored, waking, deadline, running, now };
            match scene.earliest(db)? {
                Due::Reminders(reminders) => {
                    self.remind(db, &scene, &reminders)?;
                    Ok(Swept { reminded: u32::try_from(reminders.len()).unwrap_or(u32::MAX), ..Swept::default() })
                }
                Due::End => {
                    self.run_out(db, &scene)?;
                    Ok(Swept { ran_out: 1, ..Swept::default() })
                }
                Due::Nothing => {
                    let wake = next_wake(running, deadline.then.is_some(), Some(now));
                    deadlines::set_wake(db, &stored.id, &waking.name, waking.generation, wake)?;
                    Ok(Swept::default())
                }
            }
        })
    }

    /// Writes once to each person, of the latest step that is due to her, and notes every step.
    fn remind(&self, db: &mut Db, scene: &Scene, due: &[&PlannedReminder]) -> Result<(), AppError> {
        let Scene { known, stored, waking, now, .. } = *scene;
        let mut latest: BTreeMap<PersonId, &PlannedReminder> = BTreeMap::new();
        let mut steps = Vec::new();
        for planned in due {
            let recipient = &scene.step(planned)?.to;
            let people = recipients::resolve(db, &known.definition, &stored.case, recipient, local_date(now))?;
            if people.is_empty() {
                tracing::warn!(number = %stored.number, deadline = waking.name, "nobody holds the role to be reminded");
                reminders::note(db, scene.occasion(planned), None, planned.at, now, None)?;
            }
            latest.extend(people.iter().map(|person| (person.clone(), *planned)));
            steps.push((*planned, people));
        }
        let mut letters: BTreeMap<PersonId, Option<String>> = BTreeMap::new();
        for (planned, people) in &steps {
            for person in people.iter().filter(|person| latest.get(*person) == Some(planned)) {
                letters.insert(person.clone(), self.write_reminder(db, scene, planned, person)?);
            }
        }
        for (planned, people) in &steps {
            for person in people {
                let letter = letters.get(person).and_then(Option::as_deref);
                reminders::note(db, scene.occasion(planned), Some(person), planned.at, now, letter)?;
            }
        }
        Ok(())
    }

    fn write_reminder(
        &self,
        db: &mut Db,
        scene: &Scene,
        planned: &PlannedReminder,
        person: &PersonId,
    ) -> Result<Option<String>, AppError> {
        let Scene { known, stored, waking, deadline, running, now } = *scene;
        let Occasion { generation, step, round, .. } = scene.occasion(planned);
        let letter = Letter {
            person,
            template: &scene.step(planned)?.mail,
            dedupe: format!("reminder:{}:{}:{generation}:{step}:{round}:{person}", stored.number, waking.name),
            about: Some(About { title: &deadline.title, due: running.due() }),
        };
        Ok(mails::put(self, db, &known.definition, stored, letter, now)?)
    }

    fn run_out(&self, db: &mut Db, scene: &Scene) -> Result<(), AppError> {
        let Scene { known, stored, waking, now, .. } = *scene;
        let Some(transition) = &scene.deadline.then else { return Ok(()) };
        let organisation = organisation_of(db, &known.definition, now)?;
        let context = Context {
            now,
            acting: Acting::Deadline(&waking.name),
            organisation: &organisation,
            calendar: &self.calendar,
            agreement: None,
            cases: &BTreeSet::new(),
            seed: [0; 32],
        };
        let nothing = serde_json::Map::new();
        let command = Command { transition, happened: Happened::Now, given: &nothing };
        let decided = engine::decide(&known.definition, &context, &stored.case, &command)?;
        Recorder { app: self, db, now, organisation: &organisation }.go_on(known, stored, &decided).map(|_| ())
    }
}

impl<'a> Scene<'a> {
    /// The earliest that is due and not done: reminders before the end.
    fn earliest(&self, db: &mut Db) -> Result<Due<'a>, StoreError> {
        let Scene { deadline, running, now, .. } = *self;
        let ends = (deadline.then.is_some() && !running.ran_out && running.runs_out <= now).then_some(running.runs_out);
        let in_time = |reminder: &&PlannedReminder| reminder.at <= now && ends.is_none_or(|end| reminder.at < end);
        let mut due = Vec::new();
        for reminder in running.reminders.iter().filter(in_time) {
            if !reminders::is_done(db, self.occasion(reminder))? {
                due.push(reminder);
            }
        }
        Ok(match (due.is_empty(), ends) {
            (false, _) => Due::Reminders(due),
            (true, Some(_)) => Due::End,
            (true, None) => Due::Nothing,
        })
    }

    /// What the file says of a reminder.
    fn step(&self, planned: &PlannedReminder) -> Result<&'a Reminder, AppError> {
        let step = usize::try_from(planned.step).ok().and_then(|step| self.deadline.remind.get(step));
        step.ok_or_else(|| AppError::Internal("a reminder step is not in the definition".to_owned()))
    }

    fn occasion(&self, reminder: &PlannedReminder) -> Occasion<'a> {
        Occasion {
            case_id: &self.stored.id,
            deadline: &self.waking.name,
            generation: self.waking.generation,
            step: reminder.step,
            round: reminder.round,
        }
    }
}
