//! Local accounts: a username and the hash of a password, at most one for each person.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::schema::{accounts, persons};
use super::{Db, StoreError};
use crate::clock::Timestamp;
use crate::ids::PersonId;

/// An account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Whose.
    pub person: PersonId,
    /// The username, trimmed and in lower case.
    pub username: String,
    /// The hash of the password, with its salt and parameters, as a PHC string.
    pub password_hash: String,
    /// When it was made.
    pub created: Timestamp,
    /// When the password was last changed.
    pub changed: Timestamp,
}

type Row = (String, String, String, NaiveDateTime, NaiveDateTime);

fn from_row((person, username, password_hash, created, changed): Row) -> Account {
    Account {
        person: PersonId(person),
        username,
        password_hash,
        created: Timestamp::from_naive_utc(created),
        changed: Timestamp::from_naive_utc(changed),
    }
}

/// Stores a new account.
///
/// # Errors
/// [`StoreError::Conflict`] where the person has one, or somebody has the username.
pub fn insert(db: &mut Db, account: &Account) -> Result<(), StoreError> {
    let values = (
        accounts::person_id.eq(&account.person.0),
        accounts::username.eq(&account.username),
        accounts::password_hash.eq(&account.password_hash),
        accounts::created_at.eq(account.created.naive_utc()),
        accounts::changed_at.eq(account.changed.naive_utc()),
    );
    diesel::insert_into(accounts::table).values(values).execute(db)?;
    Ok(())
}

/// A person's account.
pub fn of_person(db: &mut Db, person: &PersonId) -> Result<Option<Account>, StoreError> {
    Ok(accounts::table.find(&person.0).get_result::<Row>(db).optional()?.map(from_row))
}

/// The account of this username.
pub fn by_username(db: &mut Db, username: &str) -> Result<Option<Account>, StoreError> {
    let row = accounts::table.filter(accounts::username.eq(username));
    Ok(row.get_result::<Row>(db).optional()?.map(from_row))
}

/// All accounts with the names of their people, by username.
pub fn all(db: &mut Db) -> Result<Vec<(Account, String)>, StoreError> {
    let rows = accounts::table.inner_join(persons::table).order(accounts::username);
    let rows = rows.select((accounts::all_columns, persons::name)).load::<(Row, String)>(db)?;
    Ok(rows.into_iter().map(|(row, name)| (from_row(row), name)).collect())
}

/// Gives the person's account another password.
pub fn set_password(db: &mut Db, person: &PersonId, hash: &str, now: Timestamp) -> Result<(), StoreError> {
    let set = (accounts::password_hash.eq(hash), accounts::changed_at.eq(now.naive_utc()));
    diesel::update(accounts::table.find(&person.0)).set(set).execute(db)?;
    Ok(())
}
