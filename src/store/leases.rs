//! Leases: which process does a job, until when. A process that dies loses its lease when the time is out.

use diesel::prelude::*;

use super::schema::leases;
use super::{Db, StoreError};
use crate::clock::Timestamp;

/// Takes or renews the lease of that name; false where another process holds it.
pub fn take(db: &mut Db, name: &str, holder: &str, now: Timestamp, until: Timestamp) -> Result<bool, StoreError> {
    let free = leases::holder.eq(holder).or(leases::until.le(now.naive_utc()));
    let row = leases::table.filter(leases::name.eq(name)).filter(free);
    let set = (leases::holder.eq(holder), leases::until.eq(until.naive_utc()));
    if diesel::update(row).set(set).execute(db)? == 1 {
        return Ok(true);
    }
    let held: Option<String> = leases::table.find(name).select(leases::holder).first(db).optional()?;
    if held.is_some() {
        return Ok(false);
    }
    let values = (leases::name.eq(name), set.0, set.1);
    diesel::insert_into(leases::table).values(values).execute(db)?;
    Ok(true)
}

/// Gives a lease back.
pub fn release(db: &mut Db, name: &str, holder: &str) -> Result<(), StoreError> {
    let row = leases::table.filter(leases::name.eq(name)).filter(leases::holder.eq(holder));
    diesel::delete(row).execute(db)?;
    Ok(())
}
