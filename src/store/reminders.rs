//! The ledger of reminders: what has been reminded of, to whom. Its key is the claim: a step is reminded of once.

use std::collections::BTreeSet;

use diesel::prelude::*;

use super::schema::reminders;
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

/// Notes that a person was reminded of a step, or that nobody could be.
pub fn note(
    db: &mut Db,
    occasion: Occasion,
    person: Option<&PersonId>,
    planned: Timestamp,
    now: Timestamp,
    outbox: Option<&str>,
) -> Result<(), StoreError> {
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
    );
    diesel::insert_into(reminders::table).values(values).execute(db)?;
    Ok(())
}
