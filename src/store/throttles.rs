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
///
/// # Errors
/// [`StoreError::Conflict`] where there were none, and somebody else was first to store the first one.
pub fn keep(db: &mut Db, key: &Digest, failures: Failures) -> Result<(), StoreError> {
    let count = i32::try_from(failures.count).unwrap_or(i32::MAX);
    let set = (throttles::failures.eq(count), throttles::last_at.eq(failures.last.naive_utc()));
    if diesel::update(throttles::table.find(&key.0)).set(set).execute(db)? == 0 {
        diesel::insert_into(throttles::table).values((throttles::key.eq(&key.0), set.0, set.1)).execute(db)?;
    }
    Ok(())
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
