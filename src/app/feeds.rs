//! Deadlines as a calendar that a person's calendar program fetches by itself: what is her move today, and what she has been
//! reminded of and would be still.
//!
//! The address is the key: whoever knows it reads numbers, titles of the workflow's file and days, and nothing that anybody
//! wrote. It is shown once, kept as a digest, and worth nothing when she has renewed or removed it, or is disabled.

use std::collections::BTreeSet;

use super::absences::home;
use super::changes::{self, Change, Kind};
use super::{App, AppError, access, recipients};
use crate::authz::Actor;
use crate::calendar::local_date;
use crate::clock::Timestamp;
use crate::ids::{CaseId, PersonId};
use crate::mail::ics::{self, Entry};
use crate::personal_number;
use crate::store::lists::{self, By, Standing};
use crate::store::{Db, StoreError, cases, feeds, people, reminders};
use crate::workflow::digest::sha256;

/// How many cases of a role's a calendar looks at: those whose person has waited longest.
const MOST: i64 = 500;

impl App {
    /// Since when the actor has an address for her calendar; none where she has none.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub fn feed_since(&self, actor: &Actor) -> Result<Option<Timestamp>, AppError> {
        Ok(self.store.read(|db| feeds::since(db, &actor.person))?)
    }

    /// Gives the actor an address for her calendar, in the place of any other: the secret of it, which nobody can tell again.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub fn open_feed(&self, actor: &Actor) -> Result<String, AppError> {
        let now = self.now();
        // No address may hold digits that could be those of a person.
        let mut secret = self.ids.secret();
        while personal_number::contains(&secret) {
            secret = self.ids.secret();
        }
        self.store.write(|db| {
            feeds::keep(db, &actor.person, &sha256(secret.as_bytes()), now)?;
            self.record_feed(db, actor, Kind::CalendarOpened, now)
        })?;
        Ok(secret)
    }

    /// Makes the actor's address worthless.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub fn close_feed(&self, actor: &Actor) -> Result<(), AppError> {
        let now = self.now();
        self.store.write(|db| match feeds::forget(db, &actor.person)? {
            true => self.record_feed(db, actor, Kind::CalendarClosed, now),
            false => Ok(()),
        })
    }

    fn record_feed(&self, db: &mut Db, actor: &Actor, kind: Kind, now: Timestamp) -> Result<(), AppError> {
        let principal = home(db, &actor.person, local_date(now))?;
        Ok(changes::record(self, db, actor, now, Change::new(kind, principal, actor.person.as_str()))?)
    }

    /// The calendar behind an address.
    ///
    /// # Errors
    /// [`AppError::NotFound`] alike where there never was such an address, where it is worth nothing any more, and where its
    /// owner is disabled.
    pub fn feed(&self, secret: &str) -> Result<String, AppError> {
        let now = self.now();
        let entries = self.store.read(|db| {
            let person = feeds::owner(db, &sha256(secret.as_bytes()))?.ok_or(AppError::NotFound)?;
            let actor = people::actor(db, &person, local_date(now))?.ok_or(AppError::NotFound)?;
            let mut entries = Vec::new();
            for case in concerning(db, &actor)? {
                if !access::knows(db, &actor, &case)? {
                    continue;
                }
                entries.extend(self.entries(db, &case, &person, now)?);
            }
            Ok::<_, AppError>(entries)
        })?;
        Ok(ics::write(&entries, None))
    }

    /// The deadlines of a case that run and that this person is to be reminded of, as the case stands today.
    fn entries(&self, db: &mut Db, case: &CaseId, person: &PersonId, now: Timestamp) -> Result<Vec<Entry>, AppError> {
        let stored = cases::by_id(db, case)?.ok_or(AppError::NotFound)?;
        let known = self.workflows.of(db, &stored.definition)?;
        let definition = &known.definition;
        let mut entries = Vec::new();
        for (name, running) in stored.case.running() {
            let Some(deadline) = definition.deadlines.get(name) else { continue };
            let mut is_hers = false;
            for step in &deadline.remind {
                let people = recipients::resolve(db, definition, &stored.case, &step.to, local_date(now))?;
                is_hers = is_hers || people.contains(person);
            }
            entries.extend(is_hers.then(|| Entry {
                uid: self.uid(case.as_str(), name),
                sequence: running.generation,
                stamp: now,
                day: running.due(),
                summary: format!("{}: {} ({})", stored.number, deadline.title, definition.title),
                link: format!("{}/cases/{}/next", self.public_url, stored.number),
            }));
        }
        Ok(entries)
    }

    /// The name of a deadline in calendars, those that are fetched and those that mails bring.
    pub(super) fn uid(&self, case: &str, deadline: &str) -> String {
        let bare = self.public_url.split_once("://").map_or(&*self.public_url, |(_, rest)| rest);
        format!("{case}.{deadline}@{}", bare.split('/').next().unwrap_or_default())
    }
}

/// The cases that wait for one of the actor's roles, and those that she was reminded of, each once.
fn concerning(db: &mut Db, actor: &Actor) -> Result<BTreeSet<CaseId>, StoreError> {
    let reminded = reminders::of_person(db, &actor.person)?.into_iter().map(|noted| noted.case_id);
    let mut cases: BTreeSet<_> = reminded.collect();
    for shelf in actor.holders() {
        let rows = lists::page(db, &shelf, &By::Standing(Standing::Ours), None, MOST)?;
        cases.extend(rows.into_iter().map(|row| row.case));
    }
    Ok(cases)
}
