//! Deadlines that run: an index of the cases' own, so that a sweep finds what is due without reading the cases.

use chrono::NaiveDate;
use diesel::prelude::*;

use super::schema::deadlines;
use super::{Db, StoreError};
use crate::clock::Timestamp;
use crate::ids::CaseId;
use crate::workflow::step::Running;

/// A deadline that something is due of.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Waking {
    /// When it was due to wake.
    pub wake_at: Timestamp,
    /// The case.
    pub case_id: CaseId,
    /// The deadline.
    pub name: String,
    /// Its generation.
    pub generation: u32,
}

/// Notes a deadline that runs, in the place of its former run.
pub fn arm(
    db: &mut Db,
    case: &CaseId,
    name: &str,
    running: &Running,
    wake_at: Option<Timestamp>,
) -> Result<(), StoreError> {
    let generation = i32::try_from(running.generation).unwrap_or(i32::MAX);
    let set = (
        deadlines::generation.eq(generation),
        deadlines::due.eq(running.due()),
        deadlines::runs_out.eq(running.runs_out.naive_utc()),
        deadlines::wake_at.eq(wake_at.map(Timestamp::naive_utc)),
    );
    if diesel::update(deadlines::table.find((&case.0, name))).set(set).execute(db)? == 0 {
        let key = (deadlines::case_id.eq(&case.0), deadlines::name.eq(name));
        diesel::insert_into(deadlines::table).values((key.0, key.1, set.0, set.1, set.2, set.3)).execute(db)?;
    }
    Ok(())
}

/// Forgets a deadline that has stopped.
pub fn stop(db: &mut Db, case: &CaseId, name: &str) -> Result<(), StoreError> {
    diesel::delete(deadlines::table.find((&case.0, name))).execute(db)?;
    Ok(())
}

/// Sets when a deadline wakes next; none where nothing more is due of it. Nothing where it has begun anew since: the new
/// run wakes when it said.
pub fn set_wake(
    db: &mut Db,
    case: &CaseId,
    name: &str,
    generation: u32,
    wake_at: Option<Timestamp>,
) -> Result<(), StoreError> {
    let generation = i32::try_from(generation).unwrap_or(i32::MAX);
    let row = deadlines::table.find((&case.0, name)).filter(deadlines::generation.eq(generation));
    diesel::update(row).set(deadlines::wake_at.eq(wake_at.map(Timestamp::naive_utc))).execute(db)?;
    Ok(())
}

/// Whether a deadline still is to wake when it was.
pub fn wakes(db: &mut Db, waking: &Waking) -> Result<bool, StoreError> {
    let row = deadlines::table.find((&waking.case_id.0, &waking.name));
    let wake_at: Option<Option<chrono::NaiveDateTime>> = row.select(deadlines::wake_at).get_result(db).optional()?;
    Ok(wake_at.flatten() == Some(waking.wake_at.naive_utc()))
}

/// Deadlines of which something is due, the earliest first.
pub fn waking(db: &mut Db, now: Timestamp, limit: i64) -> Result<Vec<Waking>, StoreError> {
    let rows = deadlines::table
        .filter(deadlines::wake_at.le(now.naive_utc()))
        .order((deadlines::wake_at, deadlines::case_id, deadlines::name))
        .limit(limit)
        .select((deadlines::wake_at.assume_not_null(), deadlines::case_id, deadlines::name, deadlines::generation))
        .load::<(chrono::NaiveDateTime, String, String, i32)>(db)?;
    let waking = rows.into_iter().map(|(wake_at, case, name, generation)| Waking {
        wake_at: Timestamp::from_naive_utc(wake_at),
        case_id: CaseId(case),
        name,
        generation: u32::try_from(generation).unwrap_or(0),
    });
    Ok(waking.collect())
}

/// The cases with a deadline that runs to this day or a later one, after a case, in the order of their ids.
pub fn cases_due_from(
    db: &mut Db,
    day: NaiveDate,
    after: Option<&CaseId>,
    limit: i64,
) -> Result<Vec<CaseId>, StoreError> {
    let mut cases = deadlines::table.filter(deadlines::due.ge(day)).select(deadlines::case_id).distinct().into_boxed();
    if let Some(after) = after {
        cases = cases.filter(deadlines::case_id.gt(&after.0));
    }
    let ids: Vec<String> = cases.order(deadlines::case_id).limit(limit).load(db)?;
    Ok(ids.into_iter().map(CaseId).collect())
}
