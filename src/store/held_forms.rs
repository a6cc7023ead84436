//! Forms that were sent after a session had run out, by the person whose it was.

use diesel::prelude::*;

use super::schema::held_forms;
use super::{Db, StoreError};
use crate::clock::Timestamp;
use crate::ids::PersonId;

/// A form that waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldForm {
    /// Whose it is.
    pub person: PersonId,
    /// The page that it was sent to.
    pub address: String,
    /// What was sent, as JSON.
    pub form: String,
}

/// Every form that waits.
pub fn all(db: &mut Db) -> Result<Vec<HeldForm>, StoreError> {
    let columns = (held_forms::person_id, held_forms::address, held_forms::form);
    let rows = held_forms::table.select(columns).load::<(String, String, String)>(db)?;
    let form = |(person, address, form)| HeldForm { person: PersonId(person), address, form };
    Ok(rows.into_iter().map(form).collect())
}

/// Keeps a form, in the place of an earlier one of the same page.
pub fn keep(db: &mut Db, person: &PersonId, address: &str, form: &str, now: Timestamp) -> Result<(), StoreError> {
    drop(db, person, address)?;
    let values = (
        held_forms::person_id.eq(&person.0),
        held_forms::address.eq(address),
        held_forms::form.eq(form),
        held_forms::kept_at.eq(now.naive_utc()),
    );
    diesel::insert_into(held_forms::table).values(values).execute(db)?;
    Ok(())
}

/// How many forms of a person are kept.
pub fn count(db: &mut Db, person: &PersonId) -> Result<i64, StoreError> {
    Ok(held_forms::table.filter(held_forms::person_id.eq(&person.0)).count().get_result(db)?)
}

/// A person's form of a page, where it was kept after `since`.
pub fn of(db: &mut Db, person: &PersonId, address: &str, since: Timestamp) -> Result<Option<String>, StoreError> {
    let row = held_forms::table.find((&person.0, address)).filter(held_forms::kept_at.gt(since.naive_utc()));
    Ok(row.select(held_forms::form).get_result(db).optional()?)
}

/// Drops a person's form of a page.
pub fn drop(db: &mut Db, person: &PersonId, address: &str) -> Result<(), StoreError> {
    diesel::delete(held_forms::table.find((&person.0, address))).execute(db)?;
    Ok(())
}

/// Forgets what was kept before `since`; how many.
pub fn forget(db: &mut Db, since: Timestamp) -> Result<usize, StoreError> {
    Ok(diesel::delete(held_forms::table.filter(held_forms::kept_at.le(since.naive_utc()))).execute(db)?)
}
