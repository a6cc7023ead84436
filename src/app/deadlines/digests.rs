//! Digests: the reminders of somebody who wants them together, in one mail of a working morning.
//!
//! What is urgent, due by that morning or overdue waits for none. A digest says how things stand when it is written, not when
//! they were noted: what somebody has done meanwhile is dropped, and what is no longer hers passes to whoever has it now.

use std::collections::BTreeMap;

use chrono::{Duration, NaiveDate};

use super::Scene;
use crate::app::administration::calendar;
use crate::app::{App, AppError, mails, shelves};
use crate::calendar::{Calendar, OfficeHours, local_date};
use crate::clock::Timestamp;
use crate::ids::{CaseNumber, PersonId};
use crate::mail::{DIGEST, DigestContent, DigestMatter};
use crate::store::cases;
use crate::store::deadlines::Waking;
use crate::store::outbox::{self, NewMail};
use crate::store::reminders::{self, Noted};
use crate::store::{Db, StoreError};
use crate::workflow::step::PlannedReminder;

/// How long after the working morning has begun digests are written: what falls due that morning is in them.
const AFTER: Duration = Duration::minutes(5);

/// How many matters a digest lists; of the rest it says how many there are.
const MOST: usize = 50;

/// What writing the digests did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Digested {
    /// Digests that went to the outbox.
    pub written: u32,
    /// Reminders that waited for one and that nobody needs any more, or that passed to somebody else.
    pub dropped: u32,
    /// People whose digest failed; each is in the log, and is tried again.
    pub failed: u32,
}

/// A matter that somebody was or is to be reminded of, as it stands now.
struct Standing {
    is_new: bool,
    waiting_since: Timestamp,
    matter: DigestMatter,
}

impl App {
    /// Writes the digests whose morning has come, in office hours.
    ///
    /// # Errors
    /// Where the database does not answer. What was done before stays done.
    pub fn write_digests(&self) -> Result<Digested, AppError> {
        let now = self.now();
        let mut did = Digested::default();
        let days = self.store.read(|db| calendar(self, db))?;
        if self.hours.moment(&days, now) != now {
            return Ok(did);
        }
        // First for everybody what is no longer hers: it may come to somebody whose digest is written next.
        for person in self.whose_morning_has_come(&days, now)? {
            did.dropped += counted(&mut did.failed, self.pass_on(&person, now))?;
        }
        for person in self.whose_morning_has_come(&days, now)? {
            did.written += counted(&mut did.failed, self.write_digest(&person, now))?;
        }
        Ok(did)
    }

    fn whose_morning_has_come(&self, days: &Calendar, now: Timestamp) -> Result<Vec<PersonId>, AppError> {
        let waiting = self.store.read(reminders::waiting)?.into_iter();
        Ok(waiting
            .filter(|(_, since)| digest_moment(&self.hours, days, *since) <= now)
            .map(|(person, _)| person)
            .collect())
    }

    /// Whether a reminder noted at an instant may wait for a digest.
    pub(super) fn may_wait(&self, scene: &Scene, noted: Timestamp) -> bool {
        let told = digest_moment(&self.hours, scene.calendar, noted).max(scene.now);
        may_wait(scene.stored.urgent, scene.running.due(), told)
    }

    /// Drops what nobody needs any more of what waits for a person's digest, and passes on what is no longer hers.
    fn pass_on(&self, person: &PersonId, now: Timestamp) -> Result<u32, AppError> {
        self.store.write(|db| {
            let mut dropped = 0;
            for noted in reminders::of_person(db, person)?.into_iter().filter(|noted| noted.waits) {
                if !self.hand_over(db, person, &noted, now)? {
                    reminders::settle(db, noted.occasion(), person, None)?;
                    dropped += 1;
                }
            }
            Ok(dropped)
        })
    }

    /// Reminds in a person's place whoever a reminder is for now, where it is not for her any more; true where it is still hers.
    pub(in crate::app) fn hand_over(
        &self,
        db: &mut Db,
        person: &PersonId,
        noted: &Noted,
        now: Timestamp,
    ) -> Result<bool, AppError> {
        let hers = self.seen(db, noted, now, |db, scene, planned| {
            let people = scene.recipients(db, planned, local_date(now))?;
            if people.contains(person) {
                return Ok(true);
            }
            if people.is_empty() {
                scene.note_nobody(db, planned, noted.recorded)?;
            }
            for other in &people {
                if !reminders::knows(db, noted.occasion(), Some(other))? {
                    // As of when it was noted for her, so that it comes no later than it would have come to her.
                    self.remind_one(db, scene, planned, other, (true, noted.recorded))?;
                }
            }
            Ok(false)
        })?;
        Ok(hers == Some(true))
    }

    /// Looks at a reminder as it stands now; none where its deadline runs no more as it did.
    fn seen<T>(
        &self,
        db: &mut Db,
        noted: &Noted,
        now: Timestamp,
        look: impl FnOnce(&mut Db, &Scene, &PlannedReminder) -> Result<T, AppError>,
    ) -> Result<Option<T>, AppError> {
        let stored = cases::by_id(db, &noted.case_id)?.ok_or(AppError::NotFound)?;
        let (known, calendar) = (self.workflows.of(db, &stored.definition)?, calendar(self, db)?);
        let Noted { case_id, deadline, generation, step, round, .. } = noted.clone();
        let waking = Waking { wake_at: now, case_id, name: deadline, generation };
        let Some(scene) = Scene::of(&known, &stored, &waking, (&calendar, now)) else { return Ok(None) };
        let planned = scene.running.reminders.iter().find(|planned| (planned.step, planned.round) == (step, round));
        planned.map(|planned| look(db, &scene, planned)).transpose()
    }

    /// Writes a person's digest of the day, unless nothing new is left for it or she has had one today.
    fn write_digest(&self, person: &PersonId, now: Timestamp) -> Result<u32, AppError> {
        self.store.write(|db| {
            let (mut hers, mut told) = (BTreeMap::<CaseNumber, Standing>::new(), Vec::new());
            for noted in reminders::of_person(db, person)? {
                let standing = self.seen(db, &noted, now, |db, scene, planned| {
                    let is_hers = scene.recipients(db, planned, local_date(now))?.contains(person);
                    is_hers.then(|| self.standing(scene, planned, noted.waits)).transpose()
                })?;
                let Some(standing) = standing.flatten() else { continue };
                let number = standing.matter.number.clone();
                let standing = match hers.remove(&number) {
                    Some(other) => standing.or_earlier(other),
                    None => standing,
                };
                hers.insert(number, standing);
                told.extend(noted.waits.then_some(noted));
            }
            if told.is_empty() {
                return Ok(0);
            }
            let mail = self.digest(person, hers.into_values().collect(), now)?;
            if !outbox::put(db, &mail)? {
                return Ok(0);
            }
            for noted in &told {
                reminders::settle(db, noted.occasion(), person, Some(&mail.id))?;
            }
            Ok(1)
        })
    }

    fn standing(&self, scene: &Scene, planned: &PlannedReminder, is_new: bool) -> Result<Standing, AppError> {
        let Scene { known, stored, now, .. } = *scene;
        let about = scene.about(planned)?;
        let content = mails::content(self, &known.definition, stored, about, now);
        let days = |from: NaiveDate, to: NaiveDate| u32::try_from((to - from).num_days()).unwrap_or(0);
        let waiting_since = shelves::waiting_since(&stored.case);
        let left = content.due.filter(|_| content.overdue_days.is_none()).map(|due| days(local_date(now), due));
        let matter = DigestMatter::of(content, left, days(local_date(waiting_since), local_date(now)));
        Ok(Standing { is_new, waiting_since, matter })
    }

    /// The mail: what is new first, each part by how long the person concerned has waited.
    fn digest(&self, person: &PersonId, mut hers: Vec<Standing>, now: Timestamp) -> Result<NewMail, AppError> {
        hers.sort_by_cached_key(|standing| (standing.waiting_since, standing.matter.number.clone()));
        let (new, earlier): (Vec<_>, Vec<_>) = hers.into_iter().partition(|standing| standing.is_new);
        let matters = |part: Vec<Standing>| part.into_iter().map(|standing| standing.matter).collect();
        let content = DigestContent::of(matters(new), matters(earlier), MOST, format!("{}/", self.public_url));
        Ok(NewMail {
            id: self.ids.next(now),
            dedupe: format!("digest:{person}:{}", local_date(now)),
            person: person.clone(),
            case_id: None,
            deadline: None,
            template: DIGEST.to_owned(),
            content: serde_json::to_string(&content).map_err(|error| AppError::Internal(error.to_string()))?,
            written: now,
            leaves: now,
        })
    }
}

impl Standing {
    /// Of two deadlines of one case, the one whose day comes first; new where either is.
    fn or_earlier(self, other: Standing) -> Standing {
        let is_new = self.is_new || other.is_new;
        let day = |standing: &Standing| standing.matter.due.unwrap_or(NaiveDate::MAX);
        let first = if day(&other) <= day(&self) { other } else { self };
        Standing { is_new, ..first }
    }
}

/// When what is noted at an instant is told in a digest: that working morning, or the next.
pub(in crate::app) fn digest_moment(hours: &OfficeHours, days: &Calendar, noted: Timestamp) -> Timestamp {
    let moment = |day: NaiveDate| hours.after_morning(days, day, AFTER);
    let today = local_date(noted);
    let first = moment(today);
    if first >= noted { first } else { moment(today.succ_opt().unwrap_or(today)) }
}

/// Whether a reminder may wait for a digest that is written at an instant: it is not urgent, and its day is not that one.
pub(in crate::app) fn may_wait(urgent: bool, due: NaiveDate, told: Timestamp) -> bool {
    !urgent && local_date(told) < due
}

/// What was done for one person; a failure stops nobody else's digest.
fn counted(failed: &mut u32, done: Result<u32, AppError>) -> Result<u32, AppError> {
    match done {
        Err(AppError::Store(StoreError::Unavailable(why))) => Err(StoreError::Unavailable(why).into()),
        // Another process was first.
        Err(AppError::Store(StoreError::Conflict)) => Ok(0),
        Err(error) => {
            tracing::error!(%error, "a digest failed");
            *failed += 1;
            Ok(0)
        }
        done => done,
    }
}
