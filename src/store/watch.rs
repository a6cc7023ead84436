//! How the machinery stands, in numbers: what is due, what waits in the outbox, who holds which lease.

use diesel::prelude::*;

use super::schema::{deadlines, leases, outbox};
use super::{Db, StoreError, outbox as mails};
use crate::clock::Timestamp;

/// The outbox in numbers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Queue {
    /// Never tried so far.
    pub waiting: i64,
    /// Tried, to be tried again.
    pub retrying: i64,
    /// Given up.
    pub failed: i64,
    /// Since when the one that may leave for longest has been allowed to.
    pub oldest: Option<Timestamp>,
}

/// A job's lease.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    /// The job.
    pub name: String,
    /// The process that holds it, or held it last.
    pub holder: String,
    /// Until when, if it is not renewed; long ago where nobody holds it.
    pub until: Timestamp,
    /// When the last run that came to its end began.
    pub last_run: Option<Timestamp>,
}

/// Deadlines of which something is due and not done.
pub fn due(db: &mut Db, now: Timestamp) -> Result<i64, StoreError> {
    Ok(deadlines::table.filter(deadlines::wake_at.le(now.naive_utc())).count().get_result(db)?)
}

/// The outbox.
pub fn queue(db: &mut Db, now: Timestamp) -> Result<Queue, StoreError> {
    // What was sent has no next time: so the index holds what is asked for, however much that is.
    let pending = || outbox::table.filter(outbox::next_at.is_not_null()).filter(outbox::status.eq(mails::PENDING));
    let oldest: Option<chrono::NaiveDateTime> = pending()
        .filter(outbox::next_at.le(now.naive_utc()))
        .select(diesel::dsl::min(outbox::next_at))
        .get_result(db)?;
    Ok(Queue {
        waiting: pending().filter(outbox::attempts.eq(0)).count().get_result(db)?,
        retrying: pending().filter(outbox::attempts.gt(0)).count().get_result(db)?,
        failed: outbox::table.filter(outbox::status.eq(mails::FAILED)).count().get_result(db)?,
        oldest: oldest.map(Timestamp::from_naive_utc),
    })
}

/// Every job's lease, by name.
pub fn leases(db: &mut Db) -> Result<Vec<Lease>, StoreError> {
    let columns = (leases::name, leases::holder, leases::until, leases::last_run);
    let rows = leases::table.order(leases::name).select(columns);
    type Row = (String, String, chrono::NaiveDateTime, Option<chrono::NaiveDateTime>);
    let lease = |(name, holder, until, last_run): Row| Lease {
        name,
        holder,
        until: Timestamp::from_naive_utc(until),
        last_run: last_run.map(Timestamp::from_naive_utc),
    };
    Ok(rows.load::<Row>(db)?.into_iter().map(lease).collect())
}
