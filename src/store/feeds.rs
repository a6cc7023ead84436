//! The addresses of people's calendars, by the digest of the secret in each.

use diesel::prelude::*;

use super::schema::{feeds, persons};
use super::{Db, StoreError};
use crate::clock::Timestamp;
use crate::ids::{Digest, PersonId};

/// Gives a person this address, in the place of any other.
pub fn keep(db: &mut Db, person: &PersonId, hash: &Digest, now: Timestamp) -> Result<(), StoreError> {
    forget(db, person)?;
    let values = (feeds::person_id.eq(&person.0), feeds::hash.eq(&hash.0), feeds::created_at.eq(now.naive_utc()));
    diesel::insert_into(feeds::table).values(values).execute(db)?;
    Ok(())
}

/// Makes a person's address worthless; false where she has none.
pub fn forget(db: &mut Db, person: &PersonId) -> Result<bool, StoreError> {
    Ok(diesel::delete(feeds::table.find(&person.0)).execute(db)? == 1)
}

/// Since when a person has an address.
pub fn since(db: &mut Db, person: &PersonId) -> Result<Option<Timestamp>, StoreError> {
    let row = feeds::table.find(&person.0).select(feeds::created_at);
    Ok(row.get_result(db).optional()?.map(Timestamp::from_naive_utc))
}

/// The person whose address this is, unless she is disabled.
pub fn owner(db: &mut Db, hash: &Digest) -> Result<Option<PersonId>, StoreError> {
    let row = feeds::table.inner_join(persons::table).filter(feeds::hash.eq(&hash.0));
    let row = row.filter(persons::disabled_at.is_null()).select(feeds::person_id);
    Ok(row.get_result::<String>(db).optional()?.map(PersonId))
}
