//! Bearer tokens, stored hashed.

use diesel::prelude::*;

use super::schema::{persons, tokens};
use super::{Db, StoreError};
use crate::clock::Timestamp;
use crate::ids::{Digest, PersonId};

/// Stores a token's digest.
pub fn insert(
    db: &mut Db,
    id: &str,
    person: &PersonId,
    hash: &Digest,
    now: Timestamp,
    expires: Option<Timestamp>,
) -> Result<(), StoreError> {
    let values = (
        tokens::id.eq(id),
        tokens::person_id.eq(&person.0),
        tokens::hash.eq(&hash.0),
        tokens::created_at.eq(now.naive_utc()),
        tokens::expires_at.eq(expires.map(Timestamp::naive_utc)),
    );
    diesel::insert_into(tokens::table).values(values).execute(db)?;
    Ok(())
}

/// The person whose token has this digest and is valid now; none where she is disabled.
pub fn holder(db: &mut Db, hash: &Digest, now: Timestamp) -> Result<Option<PersonId>, StoreError> {
    let alive = tokens::expires_at.is_null().or(tokens::expires_at.gt(now.naive_utc()));
    let row = tokens::table.filter(tokens::hash.eq(&hash.0)).filter(tokens::revoked_at.is_null()).filter(alive);
    let row = row.inner_join(persons::table).filter(persons::disabled_at.is_null());
    Ok(row.select(tokens::person_id).get_result::<String>(db).optional()?.map(PersonId))
}

/// Revokes a token; false where there is none of that id that is valid.
pub fn revoke(db: &mut Db, id: &str, now: Timestamp) -> Result<bool, StoreError> {
    let row = tokens::table.filter(tokens::id.eq(id)).filter(tokens::revoked_at.is_null());
    Ok(diesel::update(row).set(tokens::revoked_at.eq(now.naive_utc())).execute(db)? == 1)
}

/// Revokes every token of a person.
pub fn revoke_all(db: &mut Db, person: &PersonId, now: Timestamp) -> Result<(), StoreError> {
    let rows = tokens::table.filter(tokens::person_id.eq(&person.0)).filter(tokens::revoked_at.is_null());
    diesel::update(rows).set(tokens::revoked_at.eq(now.naive_utc())).execute(db)?;
    Ok(())
}
