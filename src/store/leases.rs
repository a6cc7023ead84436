//! Leases: which process does a job, until when, and when it was last done. A process that dies loses its lease when the
//! time is out. A lease spares work; what a job does must be right without it.

use diesel::prelude::*;

use super::schema::leases;
use super::{Db, StoreError};
use crate::clock::Timestamp;

/// When the last run of a job that came to its end began; none where it never ran.
pub fn last_run(db: &mut Db, name: &str) -> Result<Option<Timestamp>, StoreError> {
    let row: Option<Option<chrono::NaiveDateTime>> =
        leases::table.find(name).select(leases::last_run).get_result(db).optional()?;
    Ok(row.flatten().map(Timestamp::from_naive_utc))
}

/// Takes a lease that nobody holds at `now`, where the job was not done since `seen`; false where somebody was first.
pub fn take(
    db: &mut Db,
    name: &str,
    holder: &str,
    seen: Option<Timestamp>,
    now: Timestamp,
    until: Timestamp,
) -> Result<bool, StoreError> {
    let set = (leases::holder.eq(holder), leases::until.eq(until.naive_utc()));
    let free = leases::table.filter(leases::name.eq(name)).filter(leases::until.le(now.naive_utc()));
    let taken = match seen {
        Some(seen) => {
            let unchanged = free.filter(leases::last_run.eq(seen.naive_utc()));
            diesel::update(unchanged).set(set).execute(db)?
        }
        None => diesel::update(free.filter(leases::last_run.is_null())).set(set).execute(db)?,
    };
    if taken == 1 {
        return Ok(true);
    }
    let known: Option<String> = leases::table.find(name).select(leases::name).get_result(db).optional()?;
    if known.is_some() {
        return Ok(false);
    }
    diesel::insert_into(leases::table).values((leases::name.eq(name), set.0, set.1)).execute(db)?;
    Ok(true)
}

/// Keeps a lease until later; false where it is no longer the holder's.
pub fn renew(db: &mut Db, name: &str, holder: &str, until: Timestamp) -> Result<bool, StoreError> {
    let row = leases::table.filter(leases::name.eq(name)).filter(leases::holder.eq(holder));
    Ok(diesel::update(row).set(leases::until.eq(until.naive_utc())).execute(db)? == 1)
}

/// Gives a lease back after a run that began at `began`: nobody has it from then on, whatever the clocks say.
pub fn finish(db: &mut Db, name: &str, holder: &str, began: Timestamp) -> Result<(), StoreError> {
    let row = leases::table.filter(leases::name.eq(name)).filter(leases::holder.eq(holder));
    let long_ago = chrono::DateTime::UNIX_EPOCH.naive_utc();
    let set = (leases::until.eq(long_ago), leases::last_run.eq(began.naive_utc()));
    diesel::update(row).set(set).execute(db)?;
    Ok(())
}
