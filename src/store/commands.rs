//! Commands that were carried out, by person and key: the same key gives the same answer once.

use diesel::prelude::*;

use super::schema::commands;
use super::{Db, StoreError};
use crate::clock::Timestamp;
use crate::ids::{Digest, PersonId};

/// The answer to a command. It holds numbers and states, and nothing that anybody wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    /// The digest of the request.
    pub request: Digest,
    /// The status that was answered.
    pub status: u16,
    /// The body that was answered, as JSON.
    pub response: String,
}

/// The answer that was given to this key.
pub fn answered(db: &mut Db, person: &PersonId, key: &str) -> Result<Option<Answered>, StoreError> {
    let row = commands::table
        .find((&person.0, key))
        .select((commands::request, commands::status, commands::response))
        .get_result::<(String, i32, String)>(db)
        .optional()?;
    Ok(row.map(|(request, status, response)| Answered {
        request: Digest(request),
        status: u16::try_from(status).unwrap_or(500),
        response,
    }))
}

/// Notes an answer, in the transaction of its command.
///
/// # Errors
/// [`StoreError::Conflict`] where the same key was answered meanwhile.
pub fn note(db: &mut Db, person: &PersonId, key: &str, answer: &Answered, now: Timestamp) -> Result<(), StoreError> {
    let values = (
        commands::person_id.eq(&person.0),
        commands::key.eq(key),
        commands::request.eq(&answer.request.0),
        commands::status.eq(i32::from(answer.status)),
        commands::response.eq(&answer.response),
        commands::created_at.eq(now.naive_utc()),
    );
    diesel::insert_into(commands::table).values(values).execute(db)?;
    Ok(())
}
