//! The ledger of reminders: what has been reminded of, to whom. Its key is the claim: a step is reminded of once.

use std::collections::BTreeSet;

use diesel::dsl::min;
use diesel::prelude::*;

use super::schema::{deadlines, reminders};
use super::{Db, StoreError};
use crate::clock::Timestamp;
use crate::ids::{CaseId, PersonId};

/// One reminder step of one run of a deadline.
#[derive(Debug, Clone, Copy)]
pub struct Occasion<'a> {
    /// The case.
    pub case_id: &'a CaseId,
    /// The deadline.
    pub deadline: &'a str,
    /// Its generation.
    pub generation: u32,
    /// The step.
    pub step: u32,
    /// The repeat.
    pub round: u32,
}

/// Who a step that nobody could be reminded of is noted under.
pub const NOBODY: &str = "";

fn whole(value: u32) -> i32 {
    i32::try_from(value).unwrap_or(i32::MAX)
}

/// What has been reminded of in one run of a deadline: step and repeat.
pub fn done(db: &mut Db, case: &CaseId, deadline: &str, generation: u32) -> Result<BTreeSet<(u32, u32)>, StoreError> {
    let rows = reminders::table
        .filter(reminders::case_id.eq(&case.0))
        .filter(reminders::deadline.eq(deadline))
        .filter(reminders::generation.eq(whole(generation)))
        .select((reminders::step, reminders::round))
        .load::<(i32, i32)>(db)?;
    let number = |value: i32| u32::try_from(value).unwrap_or(0);
    Ok(rows.into_iter().map(|(step, round)| (number(step), number(round))).collect())
}

/// How a person is reminded of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way<'a> {
    /// By a mail, the outbox's row of this id.
    Mail(&'a str),
    /// Without one of her own: by that of a later step, or nobody could be.
    NoMail,
    /// By the next digest.
    Digest,
}

/// Waiting for a digest.
pub const WAITING: &str = "waiting";
/// Told in one.
const TOLD: &str = "told";
/// Dropped before it left: there was nothing left to remind her of.
pub const DROPPED: &str = "dropped";

/// Notes that a person was reminded of a step, or that nobody could be.
pub fn note(
    db: &mut Db,
    occasion: Occasion,
    person: Option<&PersonId>,
    planned: Timestamp,
    now: Timestamp,
    way: Way,
) -> Result<(), StoreError> {
    let (outbox, digest) = match way {
        Way::Mail(id) => (Some(id), None),
        Way::NoMail => (None, None),
        Way::Digest => (None, Some(WAITING)),
    };
    let values = (
        reminders::case_id.eq(&occasion.case_id.0),
        reminders::deadline.eq(occasion.deadline),
        reminders::generation.eq(whole(occasion.generation)),
        reminders::step.eq(whole(occasion.step)),
        reminders::round.eq(whole(occasion.round)),
        reminders::person_id.eq(person.map_or(NOBODY, PersonId::as_str)),
        reminders::planned_at.eq(planned.naive_utc()),
        reminders::recorded_at.eq(now.naive_utc()),
        reminders::outbox_id.eq(outbox),
        reminders::digest.eq(digest),
    );
    diesel::insert_into(reminders::table).values(values).execute(db)?;
    Ok(())
}

/// A reminder in the ledger that a person got or is to get.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Noted {
    /// The case.
    pub case_id: CaseId,
    /// The deadline.
    pub deadline: String,
    /// Its generation.
    pub generation: u32,
    /// The step.
    pub step: u32,
    /// The repeat.
    pub round: u32,
    /// When it was noted.
    pub recorded: Timestamp,
    /// Whether it waits for a digest.
    pub waits: bool,
}

impl Noted {
    /// What it reminds of.
    pub fn occasion(&self) -> Occasion<'_> {
        let Noted { case_id, deadline, generation, step, round, .. } = self;
        Occasion { case_id, deadline, generation: *generation, step: *step, round: *round }
    }
}

/// Who waits for a digest, and since when.
pub fn waiting(db: &mut Db) -> Result<Vec<(PersonId, Timestamp)>, StoreError> {
    let rows = reminders::table
        .filter(reminders::digest.eq(WAITING))
        .group_by(reminders::person_id)
        .select((reminders::person_id, min(reminders::recorded_at).assume_not_null()))
        .order(reminders::person_id)
        .load::<(String, chrono::NaiveDateTime)>(db)?;
    Ok(rows.into_iter().map(|(person, since)| (PersonId(person), Timestamp::from_naive_utc(since))).collect())
}

type NotedRow = ((String, String, i32, i32, i32), chrono::NaiveDateTime, Option<String>);
type NotedColumns = (
    (reminders::case_id, reminders::deadline, reminders::generation, reminders::step, reminders::round),
    reminders::recorded_at,
    reminders::digest,
);
const NOTED: NotedColumns = (
    (reminders::case_id, reminders::deadline, reminders::generation, reminders::step, reminders::round),
    reminders::recorded_at,
    reminders::digest,
);

fn noted(((case, deadline, generation, step, round), recorded, digest): NotedRow) -> Noted {
    let number = |value: i32| u32::try_from(value).unwrap_or(0);
    Noted {
        case_id: CaseId(case),
        deadline,
        generation: number(generation),
        step: number(step),
        round: number(round),
        recorded: Timestamp::from_naive_utc(recorded),
        waits: digest.as_deref() == Some(WAITING),
    }
}

/// What a person was or is to be reminded of, of the deadlines that run: those of their present generation, and whatever
/// still waits for a digest.
pub fn of_person(db: &mut Db, person: &PersonId) -> Result<Vec<Noted>, StoreError> {
    let same = deadlines::case_id.eq(reminders::case_id).and(deadlines::name.eq(reminders::deadline));
    let runs = deadlines::generation.nullable().eq(reminders::generation.nullable());
    let rows = reminders::table
        .left_join(deadlines::table.on(same))
        .filter(reminders::person_id.eq(&person.0))
        .filter(reminders::digest.eq(WAITING).or(runs))
        .order((reminders::case_id, reminders::deadline, reminders::generation, reminders::step, reminders::round))
        .select(NOTED);
    Ok(rows.load(db)?.into_iter().map(noted).collect())
}

/// What a mail reminds its recipient of: one step, or those that a digest tells.
pub fn of_mail(db: &mut Db, person: &PersonId, mail: &str) -> Result<Vec<Noted>, StoreError> {
    let hers = reminders::table.filter(reminders::person_id.eq(&person.0));
    let rows = hers.filter(reminders::outbox_id.eq(mail)).order((reminders::case_id, reminders::deadline));
    Ok(rows.select(NOTED).load(db)?.into_iter().map(noted).collect())
}

/// Whether it is noted that a person was or is to be reminded of a step, or that nobody could be.
pub fn knows(db: &mut Db, occasion: Occasion, person: Option<&PersonId>) -> Result<bool, StoreError> {
    let row = reminders::table.find(key(&occasion, person.map_or(NOBODY, PersonId::as_str)));
    Ok(diesel::select(diesel::dsl::exists(row)).get_result(db)?)
}

/// Notes what came of a reminder that waited for a digest: it stands in the mail of this id, or nothing was left of it.
pub fn settle(db: &mut Db, occasion: Occasion, person: &PersonId, mail: Option<&str>) -> Result<(), StoreError> {
    let row = reminders::table.find(key(&occasion, person.as_str()));
    let digest = if mail.is_some() { TOLD } else { DROPPED };
    diesel::update(row).set((reminders::digest.eq(digest), reminders::outbox_id.eq(mail))).execute(db)?;
    Ok(())
}

/// Notes that a case was taken out of a digest before it left: nobody was told by it.
pub fn drop_from_digest(db: &mut Db, case: &CaseId, mail: &str) -> Result<(), StoreError> {
    let rows = reminders::table.filter(reminders::case_id.eq(&case.0)).filter(reminders::outbox_id.eq(mail));
    diesel::update(rows).set((reminders::digest.eq(DROPPED), reminders::outbox_id.eq(None::<&str>))).execute(db)?;
    Ok(())
}

fn key<'a>(of: &Occasion<'a>, person: &'a str) -> (&'a str, &'a str, i32, i32, i32, &'a str) {
    let (generation, step, round) = (whole(of.generation), whole(of.step), whole(of.round));
    (&of.case_id.0, of.deadline, generation, step, round, person)
}
