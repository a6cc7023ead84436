//! Wrong passwords, counted by the digest of the username: here, so that several processes share one count.

use diesel::prelude::*;

use super::schema::throttles;
use super::{Db, StoreError};
use crate::clock::Timestamp;
use crate::ids::Digest;

/// The tries that failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Failures {
    /// How many.
    pub count: u32,
    /// When the last one was.
    pub last: Timestamp,
}

/// The failures of a key; nobody else reads or counts them until the transaction ends.
pub fn hold(db: &mut Db, key: &Digest) -> Result<Option<Failures>, StoreError> {
    let row = throttles::table.find(&key.0);
    // It changes nothing and locks the row, which reading does not on PostgreSQL.
    if diesel::update(row).set(throttles::failures.eq(throttles::failures)).execute(db)? == 0 {
        return Ok(None);
    }
    let (count, last) = row.select((throttles::failures, throttles::last_at)).get_result::<(i32, _)>(db)?;
    Ok(Some(Failures { count: u32::try_from(count).unwrap_or(0), last: Timestamp::from_naive_utc(last) }))
}

/// Stores the failures of a key that is held.
pub fn keep(db: &mut Db, key: &Digest, failures: Failures) -> Result<(), StoreError> {
    diesel::update(throttles::table.find(&key.0)).set(columns(failures)).execute(db)?;
    Ok(())
}

/// Stores the first failures of a key that nobody could hold, since there were none. Never an update: what somebody else
/// has stored meanwhile must not be lost.
///
/// # Errors
/// [`StoreError::Conflict`] where somebody else was first.
pub fn begin(db: &mut Db, key: &Digest, failures: Failures) -> Result<(), StoreError> {
    let (count, last) = columns(failures);
    diesel::insert_into(throttles::table).values((throttles::key.eq(&key.0), count, last)).execute(db)?;
    Ok(())
}

type Columns = (diesel::dsl::Eq<throttles::failures, i32>, diesel::dsl::Eq<throttles::last_at, chrono::NaiveDateTime>);

fn columns(failures: Failures) -> Columns {
    let count = i32::try_from(failures.count).unwrap_or(i32::MAX);
    (throttles::failures.eq(count), throttles::last_at.eq(failures.last.naive_utc()))
}

/// Deletes the failures of a key.
pub fn clear(db: &mut Db, key: &Digest) -> Result<(), StoreError> {
    diesel::delete(throttles::table.find(&key.0)).execute(db)?;
    Ok(())
}

/// Deletes what is older than a moment; how many keys that were.
pub fn forget(db: &mut Db, before: Timestamp) -> Result<usize, StoreError> {
    Ok(diesel::delete(throttles::table.filter(throttles::last_at.lt(before.naive_utc()))).execute(db)?)
}
