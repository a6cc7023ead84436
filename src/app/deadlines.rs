//! Deadlines at work: reminders that are due go to the outbox, and deadlines that have run out raise their event.
//!
//! Nothing is picked by equality with a day or an hour: whatever was due by now and is not in the ledger is done, so that
//! after a stop of any length the same reminders go out as without it - but a person gets of a deadline only the last of
//! those that fell due meanwhile. One transaction does what is due of one deadline until something moves the case, the
//! earliest first, for whose move it is depends on what ran out before; run twice in a row, the second run changes nothing.

mod digests;

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use super::administration::calendar;
use super::consequences::Moment;
use super::mails::{self, About, Letter};
use super::record::Recorder;
use super::workflows::Known;
use super::world::organisation_of;
use super::{App, AppError, recipients};
use crate::calendar::{Calendar, local_date};
use crate::clock::Timestamp;
use crate::ids::PersonId;
use crate::meters;
use crate::store::cases::{self, Lock, StoredCase};
use crate::store::deadlines::{self, Waking};
use crate::store::reminders::{self, Occasion, Way};
use crate::store::{Db, StoreError, people};
use crate::workflow::agenda::{Next, agenda};
use crate::workflow::definition::{Deadline, Reminder};
use crate::workflow::step::{PlannedReminder, Running};

pub use digests::Digested;
pub(super) use digests::{digest_moment, may_wait};

/// How many waking deadlines are fetched at a time.
const BATCH: i64 = 200;

/// The mail of a deadline that ends a waiting, such as a notice: its day is the first on which something may be done, so
/// the mail names no last one.
const OPENS: &str = "your_turn";

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
    calendar: &'a Calendar,
    now: Timestamp,
}

/// What waking a deadline did, and when it wakes next.
#[derive(Default)]
struct Woken {
    did: Swept,
    /// For when the reminders were planned that it did.
    planned: Vec<Timestamp>,
    next: Option<Timestamp>,
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
        let mut lock = Lock::IfFree;
        loop {
            let waking =
                self.store.read(|db| deadlines::waking(db, now, BATCH + i64::try_from(failed.len()).unwrap_or(0)))?;
            let todo: Vec<_> = waking.into_iter().filter(|waking| !failed.contains(waking)).collect();
            if todo.is_empty() {
                return Ok(swept);
            }
            // What the batch still holds waits where an earlier thing has come up meanwhile.
            let mut horizon = now;
            // What somebody else is at is left to her, and with it what comes after in the same case.
            let mut busy = BTreeSet::new();
            let mut looked = 0;
            for waking in todo {
                if waking.wake_at > horizon {
                    break;
                }
                if busy.contains(&waking.case_id) {
                    continue;
                }
                looked += 1;
                match self.wake(&waking, now, lock) {
                    Ok(Some(woken)) => {
                        swept.reminded += woken.did.reminded;
                        swept.ran_out += woken.did.ran_out;
                        woken.planned.iter().for_each(|planned| note_lateness(*planned, now));
                        horizon = woken.next.map_or(horizon, |next| next.min(horizon));
                    }
                    Ok(None) => drop(busy.insert(waking.case_id)),
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
            // Where there is nothing else to do, somebody else is waited for.
            lock = if busy.len() == looked { Lock::Wait } else { Lock::IfFree };
        }
    }

    /// Does what is due of a deadline; none where somebody else is at the case.
    fn wake(&self, waking: &Waking, now: Timestamp, lock: Lock) -> Result<Option<Woken>, AppError> {
        self.store.write(|db| {
            // Of several instances at the same list, most find most done: that is to cost little.
            if !deadlines::wakes(db, waking)? {
                return Ok(Some(Woken::default()));
            }
            match cases::hold(db, &waking.case_id, lock)? {
                Some(stored) => self.wake_held(db, &stored, waking, now).map(Some),
                None if lock == Lock::Wait => Err(AppError::NotFound),
                None => Ok(None),
            }
        })
    }

    fn wake_held(&self, db: &mut Db, stored: &StoredCase, waking: &Waking, now: Timestamp) -> Result<Woken, AppError> {
        let (known, calendar) = (self.workflows.of(db, &stored.definition)?, calendar(self, db)?);
        let Some(scene) = Scene::of(&known, stored, waking, (&calendar, now)) else {
            deadlines::set_wake(db, &stored.id, &waking.name, waking.generation, None)?;
            return Ok(Woken::default());
        };
        let done = reminders::done(db, &stored.id, &waking.name, waking.generation)?;
        let agenda: Vec<_> = agenda(scene.deadline, scene.running, &done).collect();
        let (mut did, mut planned, mut left) = (Swept::default(), Vec::new(), agenda.as_slice());
        if let Some((first, rest)) = agenda.split_first().filter(|(first, _)| first.at() <= now) {
            match first {
                Next::Reminder(reminder) => {
                    let due = [vec![*reminder], scene.due_soon(rest)].concat();
                    self.remind(db, &scene, &due)?;
                    did.reminded = u32::try_from(due.len()).unwrap_or(u32::MAX);
                    planned = due.iter().map(|reminder| reminder.at).collect();
                    left = &agenda[due.len()..];
                }
                Next::End(_) => {
                    // The step itself says when what is left of the deadline wakes.
                    self.run_out(db, &scene)?;
                    return Ok(Woken { did: Swept { ran_out: 1, ..did }, ..Woken::default() });
                }
            }
        }
        let next = left.first().map(Next::at);
        deadlines::set_wake(db, &stored.id, &waking.name, waking.generation, next)?;
        Ok(Woken { did, planned, next })
    }

    /// Writes once to each person, of the last of these reminders that is meant for her, and notes every one of them: what
    /// is noted without a mail of its own has its mail in the same transaction, or waits for her digest.
    fn remind(&self, db: &mut Db, scene: &Scene, due: &[&PlannedReminder]) -> Result<(), AppError> {
        let mut last: BTreeMap<PersonId, &PlannedReminder> = BTreeMap::new();
        let mut told = Vec::new();
        // The day on which the mail leaves.
        let day = local_date(self.hours.moment(scene.calendar, scene.now));
        for planned in due {
            let people = scene.recipients(db, planned, day)?;
            if people.is_empty() {
                scene.note_nobody(db, planned, scene.now)?;
            }
            last.extend(people.iter().map(|person| (person.clone(), *planned)));
            told.push((*planned, people));
        }
        for (planned, people) in told {
            for person in &people {
                let is_last = last.get(person) == Some(&planned);
                self.remind_one(db, scene, planned, person, (is_last, scene.now))?;
            }
        }
        Ok(())
    }

    /// Notes at an instant that a person is reminded: by a mail, by her digest, or not by one of her own where a later step is.
    fn remind_one(
        &self,
        db: &mut Db,
        scene: &Scene,
        planned: &PlannedReminder,
        person: &PersonId,
        (is_last, noted): (bool, Timestamp),
    ) -> Result<(), AppError> {
        let waits = people::wants_digest(db, person)? && self.may_wait(scene, noted);
        let mail = match is_last && !waits {
            true => self.write_reminder(db, scene, planned, person)?,
            false => None,
        };
        let way = if waits { Way::Digest } else { mail.as_deref().map_or(Way::NoMail, Way::Mail) };
        Ok(reminders::note(db, scene.occasion(planned), Some(person), planned.at, noted, way)?)
    }

    fn write_reminder(
        &self,
        db: &mut Db,
        scene: &Scene,
        planned: &PlannedReminder,
        person: &PersonId,
    ) -> Result<Option<String>, AppError> {
        let Scene { known, stored, waking, calendar, now, .. } = *scene;
        let Occasion { generation, step, round, .. } = scene.occasion(planned);
        let template = &scene.step(planned)?.mail;
        let letter = Letter {
            person,
            template,
            dedupe: format!("reminder:{}:{}:{generation}:{step}:{round}:{person}", stored.number, waking.name),
            about: scene.about(planned)?,
        };
        Ok(mails::put(self, db, (&known.definition, stored), letter, (calendar, now))?)
    }

    fn run_out(&self, db: &mut Db, scene: &Scene) -> Result<(), AppError> {
        let Scene { known, stored, calendar, now, .. } = *scene;
        let organisation = organisation_of(db, &known.definition, now)?;
        let moment = Moment { now, organisation: &organisation, calendar };
        let Some(decided) = moment.run_out(&known.definition, &stored.case, scene.first_to_end())? else {
            return Ok(());
        };
        // Held in the order in which everybody holds them; what was read before is compared when it is stored.
        let (_, tip) = cases::lock(db, &stored.number)?.ok_or(AppError::NotFound)?;
        let mut recorder = Recorder { app: self, db, now, organisation: &organisation, calendar };
        recorder.go_on(known, (stored, tip), &decided).map(|_| ())
    }
}

fn note_lateness(planned: Timestamp, now: Timestamp) {
    meters::LATENESS.observe(u64::try_from((now.utc() - planned.utc()).num_seconds()).unwrap_or(0));
}

impl<'a> Scene<'a> {
    /// A deadline of a case that wakes, if it still runs as it did when it was to wake.
    fn of(
        known: &'a Known,
        stored: &'a StoredCase,
        waking: &'a Waking,
        (calendar, now): (&'a Calendar, Timestamp),
    ) -> Option<Scene<'a>> {
        let deadline = known.definition.deadlines.get(&waking.name)?;
        let running = stored.case.deadlines.get(&waking.name)?.running.as_ref()?;
        let same = running.generation == waking.generation;
        same.then_some(Scene { known, stored, waking, deadline, running, calendar, now })
    }

    /// Of the deadlines that run out at this one's instant, the first by name: the others wake again, if they still run. Not the
    /// first of the file, for the order of its keys is not in the digest by which a case holds on to what it began with.
    fn first_to_end(&self) -> &'a str {
        let ends_with_it = |name: &String| {
            let running = self.stored.case.deadlines.get(name).and_then(|timer| timer.running.as_ref());
            running.is_some_and(|other| !other.ran_out && other.runs_out == self.running.runs_out)
        };
        let deadlines = self.known.definition.deadlines.iter();
        let raising = deadlines.filter(|(name, deadline)| deadline.then.is_some() && ends_with_it(name));
        raising.map(|(name, _)| name.as_str()).min().unwrap_or(&self.waking.name)
    }

    /// The reminders among what comes next that are due by now as well, as long as nothing moves the case in between.
    fn due_soon(&self, next: &[Next<'a>]) -> Vec<&'a PlannedReminder> {
        let deadlines = self.stored.case.deadlines.iter();
        let moves = deadlines.filter_map(|(name, timer)| {
            let fires = self.known.definition.deadlines.get(name).is_some_and(|deadline| deadline.then.is_some());
            timer.running.as_ref().filter(|running| fires && !running.ran_out).map(|running| running.runs_out)
        });
        let moves = moves.min();
        let reminders = next.iter().filter_map(|next| match next {
            Next::Reminder(reminder) => Some(*reminder),
            Next::End(_) => None,
        });
        let in_time = |at: Timestamp| at <= self.now && moves.is_none_or(|moves| at < moves);
        reminders.filter(|reminder| in_time(reminder.at)).collect()
    }

    /// Whom a reminder is for on a day, as the case stands.
    fn recipients(
        &self,
        db: &mut Db,
        planned: &PlannedReminder,
        day: NaiveDate,
    ) -> Result<BTreeSet<PersonId>, AppError> {
        let to = &self.step(planned)?.to;
        Ok(recipients::resolve(db, &self.known.definition, &self.stored.case, to, day)?)
    }

    /// What the file says of a reminder.
    fn step(&self, planned: &PlannedReminder) -> Result<&'a Reminder, AppError> {
        mails::said(self.deadline, planned)
    }

    /// What a mail of the reminder says of the deadline.
    fn about(&self, planned: &PlannedReminder) -> Result<Option<About<'a>>, AppError> {
        let says = self.step(planned)?.mail != OPENS;
        let (name, generation) = (self.waking.name.as_str(), self.running.generation);
        Ok(says.then(|| About { name, generation, title: &self.deadline.title, due: self.running.due(), was: None }))
    }

    /// Notes at an instant that nobody could be reminded, once, and names the role in the program's log.
    fn note_nobody(&self, db: &mut Db, planned: &PlannedReminder, noted: Timestamp) -> Result<(), AppError> {
        let (number, deadline) = (&self.stored.number, &self.waking.name);
        tracing::warn!(%number, deadline, to = ?self.step(planned)?.to, "nobody holds the role to be reminded");
        if reminders::knows(db, self.occasion(planned), None)? {
            return Ok(());
        }
        Ok(reminders::note(db, self.occasion(planned), None, planned.at, noted, Way::NoMail)?)
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
