//! Forms that were sent after a session had run out, by the person whose it was and the principal that the
//! session spoke for.

use diesel::prelude::*;

use super::schema::held_forms;
use super::{Db, StoreError};
use crate::clock::Timestamp;
use crate::ids::{PersonId, PrincipalId};

/// Whose a form is: a person's, in a session that spoke for this principal, or for no single one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sender {
    /// The person.
    pub person: PersonId,
    /// The principal.
    pub principal: Option<PrincipalId>,
}

impl Sender {
    /// The principal as it is stored: it is part of the key, in which nothing may be missing.
    fn principal(&self) -> &str {
        self.principal.as_ref().map_or("", PrincipalId::as_str)
    }
}

/// A form that waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldForm {
    /// Whose it is.
    pub sender: Sender,
    /// The page that it was sent to.
    pub address: String,
    /// What was sent, as JSON.
    pub form: String,
}

/// Every form that waits.
pub fn all(db: &mut Db) -> Result<Vec<HeldForm>, StoreError> {
    let columns = (held_forms::person_id, held_forms::principal_id, held_forms::address, held_forms::form);
    let rows = held_forms::table.select(columns).load::<(String, String, String, String)>(db)?;
    let form = |(person, principal, address, form): (String, String, String, String)| {
        let principal = Some(principal).filter(|id| !id.is_empty()).map(PrincipalId);
        HeldForm { sender: Sender { person: PersonId(person), principal }, address, form }
    };
    Ok(rows.into_iter().map(form).collect())
}

/// Keeps a form, in the place of an earlier one of the same page.
pub fn keep(db: &mut Db, sender: &Sender, address: &str, form: &str, now: Timestamp) -> Result<(), StoreError> {
    drop(db, sender, address)?;
    let values = (
        held_forms::person_id.eq(&sender.person.0),
        held_forms::principal_id.eq(sender.principal()),
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

/// A sender's form of a page, where it was kept after `since`.
pub fn of(db: &mut Db, sender: &Sender, address: &str, since: Timestamp) -> Result<Option<String>, StoreError> {
    let row = held_forms::table.find((&sender.person.0, sender.principal(), address));
    let row = row.filter(held_forms::kept_at.gt(since.naive_utc()));
    Ok(row.select(held_forms::form).get_result(db).optional()?)
}

/// Drops a sender's form of a page.
pub fn drop(db: &mut Db, sender: &Sender, address: &str) -> Result<(), StoreError> {
    diesel::delete(held_forms::table.find((&sender.person.0, sender.principal(), address))).execute(db)?;
    Ok(())
}

/// Forgets what was kept before `since`; how many.
pub fn forget(db: &mut Db, since: Timestamp) -> Result<usize, StoreError> {
    Ok(diesel::delete(held_forms::table.filter(held_forms::kept_at.le(since.naive_utc()))).execute(db)?)
}
