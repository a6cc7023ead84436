//! The ledger of reminders beside the outbox, for whoever looks back on what was sent: read only.

use diesel::prelude::*;

use super::schema::{cases, entries, outbox, reminders};
use super::{Db, StoreError};
use crate::clock::Timestamp;
use crate::ids::{CaseId, CaseNumber};

/// A row of the ledger, with what became of its mail.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct LedgerRow {
    /// The deadline.
    pub deadline: String,
    /// Its generation.
    pub generation: i32,
    /// The step.
    pub step: i32,
    /// The repeat.
    pub round: i32,
    /// To whom; empty where nobody held the role.
    pub person_id: String,
    /// When it was due, UTC.
    pub planned_at: chrono::NaiveDateTime,
    /// When it was noted, UTC.
    pub recorded_at: chrono::NaiveDateTime,
    /// What a digest has to do with it: `waiting` for one, `told` in one, or `dropped` before one; none where nothing has.
    pub digest: Option<String>,
    /// The mail's status, or the digest's that told it; none where it has no mail.
    pub status: Option<String>,
    /// When it was sent, UTC.
    pub sent_at: Option<chrono::NaiveDateTime>,
    /// Why it was not sent.
    pub error: Option<String>,
}

impl LedgerRow {
    /// What it reminds of: deadline, generation, step and repeat.
    pub fn occasion(&self) -> (&str, i32, i32, i32) {
        (&self.deadline, self.generation, self.step, self.round)
    }
}

/// The ledger of a case.
pub fn of_case(db: &mut Db, case: &CaseId) -> Result<Vec<LedgerRow>, StoreError> {
    let rows = reminders::table
        .left_join(outbox::table.on(outbox::id.nullable().eq(reminders::outbox_id)))
        .filter(reminders::case_id.eq(&case.0))
        .order((reminders::planned_at, reminders::deadline, reminders::step, reminders::round, reminders::person_id))
        .select((
            reminders::deadline,
            reminders::generation,
            reminders::step,
            reminders::round,
            reminders::person_id,
            reminders::planned_at,
            reminders::recorded_at,
            reminders::digest,
            outbox::status.nullable(),
            outbox::sent_at.nullable(),
            outbox::error.nullable(),
        ));
    Ok(rows.load(db)?)
}

/// Cases that may have had something due since an instant: open ones, those in which something was recorded since, and
/// those with a reminder planned since; in the order of their numbers, after one of them.
pub fn cases_since(
    db: &mut Db,
    since: Timestamp,
    after: Option<&CaseNumber>,
    limit: i64,
) -> Result<Vec<CaseNumber>, StoreError> {
    let since = since.naive_utc();
    let recorded = entries::table.filter(entries::case_id.eq(cases::id)).filter(entries::recorded_at.ge(since));
    let planned = reminders::table.filter(reminders::case_id.eq(cases::id)).filter(reminders::planned_at.ge(since));
    let concerned = cases::outcome.is_null().or(diesel::dsl::exists(recorded)).or(diesel::dsl::exists(planned));
    let after = after.map(|number| number.0.clone()).unwrap_or_default();
    let numbers = cases::table.filter(cases::number.gt(after)).filter(concerned).order(cases::number).limit(limit);
    Ok(numbers.select(cases::number).load::<String>(db)?.into_iter().map(CaseNumber).collect())
}
