//! The record of sign-ins: who came in or out and how, and what was refused. It holds no username and no address: what
//! nobody is called may be a password in the wrong field.

use diesel::prelude::*;

use super::schema::sign_ins;
use super::{Db, StoreError};
use crate::clock::Timestamp;
use crate::ids::PersonId;

/// An entry of the record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignIn {
    /// Its id.
    pub id: String,
    /// When.
    pub at: Timestamp,
    /// Who; none where nobody has the username.
    pub person: Option<PersonId>,
    /// How: password, oidc, demo.
    pub method: String,
    /// What came of it.
    pub outcome: Outcome,
}

/// What came of a try to sign in, or that somebody signed out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// She is in.
    Ok,
    /// The password was wrong, or nobody has the username.
    Wrong,
    /// Too many were wrong before; this one was not looked at.
    Throttled,
    /// She has shown who she is, and is disabled.
    Disabled,
    /// The sign-in service, or what it said of her, was not good enough.
    Refused,
    /// She signed out.
    Out,
}

impl Outcome {
    /// The name in the database and in the program's log.
    pub fn name(self) -> &'static str {
        match self {
            Outcome::Ok => "ok",
            Outcome::Wrong => "wrong",
            Outcome::Throttled => "throttled",
            Outcome::Disabled => "disabled",
            Outcome::Refused => "refused",
            Outcome::Out => "out",
        }
    }
}

/// Adds an entry.
pub fn insert(db: &mut Db, entry: &SignIn) -> Result<(), StoreError> {
    let values = (
        sign_ins::id.eq(&entry.id),
        sign_ins::at.eq(entry.at.naive_utc()),
        sign_ins::person_id.eq(entry.person.as_ref().map(|id| &id.0)),
        sign_ins::method.eq(&entry.method),
        sign_ins::outcome.eq(entry.outcome.name()),
    );
    diesel::insert_into(sign_ins::table).values(values).execute(db)?;
    Ok(())
}

/// Deletes what is older than a moment; how many entries that were.
pub fn forget(db: &mut Db, before: Timestamp) -> Result<usize, StoreError> {
    Ok(diesel::delete(sign_ins::table.filter(sign_ins::at.lt(before.naive_utc()))).execute(db)?)
}
