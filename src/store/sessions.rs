//! Sessions: who is signed in, known by the digest of the secret that her browser keeps.

use diesel::prelude::*;

use super::held_forms::Sender;
use super::schema::{persons, sessions};
use super::{Db, StoreError};
use crate::clock::Timestamp;
use crate::ids::{Digest, PersonId, PrincipalId};

/// A session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Its id.
    pub id: String,
    /// Whose.
    pub person: PersonId,
    /// How she signed in.
    pub method: String,
    /// When a request of it was last noted.
    pub seen: Timestamp,
    /// The principal that it speaks for, where it speaks for one alone.
    pub principal: Option<PrincipalId>,
    /// The name of the commission that she chose.
    pub commission: Option<String>,
}

/// Since when a session must have been seen, and since when it must have begun, to be alive.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Seen after.
    pub seen: Timestamp,
    /// Begun after.
    pub begun: Timestamp,
}

type Row = (String, String, String, chrono::NaiveDateTime, Option<String>, Option<String>);

const COLUMNS: (
    sessions::id,
    sessions::person_id,
    sessions::method,
    sessions::seen_at,
    sessions::principal_id,
    sessions::commission,
) = (
    sessions::id,
    sessions::person_id,
    sessions::method,
    sessions::seen_at,
    sessions::principal_id,
    sessions::commission,
);

fn from_row((id, person, method, seen, principal, commission): Row) -> Session {
    let (person, principal) = (PersonId(person), principal.map(PrincipalId));
    Session { id, person, method, seen: Timestamp::from_naive_utc(seen), principal, commission }
}

/// What is alive within these limits.
macro_rules! alive {
    ($limits:expr) => {
        sessions::ended_at
            .is_null()
            .and(sessions::seen_at.gt($limits.seen.naive_utc()))
            .and(sessions::created_at.gt($limits.begun.naive_utc()))
    };
}

/// Stores a session that begins now.
pub fn insert(db: &mut Db, session: &Session, hash: &Digest) -> Result<(), StoreError> {
    let values = (
        sessions::id.eq(&session.id),
        sessions::person_id.eq(&session.person.0),
        sessions::hash.eq(&hash.0),
        sessions::method.eq(&session.method),
        sessions::created_at.eq(session.seen.naive_utc()),
        sessions::seen_at.eq(session.seen.naive_utc()),
        sessions::principal_id.eq(session.principal.as_ref().map(|id| &id.0)),
        sessions::commission.eq(&session.commission),
    );
    diesel::insert_into(sessions::table).values(values).execute(db)?;
    Ok(())
}

/// The session of this digest, where it is alive and the person is not disabled: asked of the person too, so that a session
/// that began while she was being disabled is worth nothing either.
pub fn of_hash(db: &mut Db, hash: &Digest, limits: Limits) -> Result<Option<Session>, StoreError> {
    let row = sessions::table
        .inner_join(persons::table)
        .filter(sessions::hash.eq(&hash.0))
        .filter(alive!(limits))
        .filter(persons::disabled_at.is_null())
        .select(COLUMNS);
    Ok(row.get_result::<Row>(db).optional()?.map(from_row))
}

/// Whose session this digest was, whether or not it is over; none where she is disabled.
pub fn once_of(db: &mut Db, hash: &Digest) -> Result<Option<Sender>, StoreError> {
    let row = sessions::table
        .inner_join(persons::table)
        .filter(sessions::hash.eq(&hash.0))
        .filter(persons::disabled_at.is_null())
        .select((sessions::person_id, sessions::principal_id));
    Ok(row.get_result(db).optional()?.map(sender))
}

/// All sessions of a person, over or not: their digests, and as whom she sent forms in them.
pub fn all_of(db: &mut Db, person: &PersonId) -> Result<Vec<(Digest, Sender)>, StoreError> {
    let rows = sessions::table.filter(sessions::person_id.eq(&person.0));
    let rows = rows.select((sessions::hash, (sessions::person_id, sessions::principal_id)));
    let rows: Vec<(String, (String, Option<String>))> = rows.load(db)?;
    Ok(rows.into_iter().map(|(hash, whose)| (Digest(hash), sender(whose))).collect())
}

fn sender((person, principal): (String, Option<String>)) -> Sender {
    Sender { person: PersonId(person), principal: principal.map(PrincipalId) }
}

/// The sessions of a person that are alive, in the order in which they began.
pub fn of_person(db: &mut Db, person: &PersonId, limits: Limits) -> Result<Vec<Session>, StoreError> {
    let rows = sessions::table.filter(sessions::person_id.eq(&person.0)).filter(alive!(limits)).order(sessions::id);
    Ok(rows.select(COLUMNS).load::<Row>(db)?.into_iter().map(from_row).collect())
}

/// Notes a request of a session.
pub fn see(db: &mut Db, id: &str, now: Timestamp) -> Result<(), StoreError> {
    diesel::update(sessions::table.find(id)).set(sessions::seen_at.eq(now.naive_utc())).execute(db)?;
    Ok(())
}

/// Ends the session of this digest, where there is one.
pub fn end(db: &mut Db, hash: &Digest, now: Timestamp) -> Result<(), StoreError> {
    let row = sessions::table.filter(sessions::hash.eq(&hash.0)).filter(sessions::ended_at.is_null());
    diesel::update(row).set(sessions::ended_at.eq(now.naive_utc())).execute(db)?;
    Ok(())
}

/// Ends every session of a person.
pub fn end_all(db: &mut Db, person: &PersonId, now: Timestamp) -> Result<(), StoreError> {
    let rows = sessions::table.filter(sessions::person_id.eq(&person.0)).filter(sessions::ended_at.is_null());
    diesel::update(rows).set(sessions::ended_at.eq(now.naive_utc())).execute(db)?;
    Ok(())
}

/// Deletes the sessions that are not alive; how many there were.
pub fn forget(db: &mut Db, limits: Limits) -> Result<usize, StoreError> {
    Ok(diesel::delete(sessions::table.filter(diesel::dsl::not(alive!(limits)))).execute(db)?)
}
