//! What administrators changed: an append-only record.

use diesel::prelude::*;

use super::schema::changes;
use super::{Db, StoreError};
use crate::clock::Timestamp;
use crate::ids::{PersonId, PrincipalId};

/// One change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeRow {
    /// Its id.
    pub id: String,
    /// When.
    pub at: Timestamp,
    /// Who changed it.
    pub person: PersonId,
    /// The principal that it concerns; none where it concerns the whole county.
    pub principal: Option<PrincipalId>,
    /// Which kind of change.
    pub kind: String,
    /// The person, unit or other thing that it is about.
    pub subject: String,
    /// The rest of it, as JSON.
    pub details: String,
}

type Row = (String, chrono::NaiveDateTime, String, Option<String>, String, String, String);

/// Adds a change.
pub fn insert(db: &mut Db, change: &ChangeRow) -> Result<(), StoreError> {
    let values = (
        changes::id.eq(&change.id),
        changes::at.eq(change.at.naive_utc()),
        changes::person_id.eq(&change.person.0),
        changes::principal_id.eq(change.principal.as_ref().map(|id| &id.0)),
        changes::kind.eq(&change.kind),
        changes::subject.eq(&change.subject),
        changes::details.eq(&change.details),
    );
    diesel::insert_into(changes::table).values(values).execute(db)?;
    Ok(())
}

/// Kind, subject and details of every change since an instant.
pub fn since(db: &mut Db, at: Timestamp) -> Result<Vec<(String, String, String)>, StoreError> {
    let columns = (changes::kind, changes::subject, changes::details);
    Ok(changes::table.filter(changes::at.ge(at.naive_utc())).select(columns).load(db)?)
}

/// The newest changes before one of them, newest first: all, or those of some principals.
pub fn newest(
    db: &mut Db,
    of: Option<&[PrincipalId]>,
    before: Option<&str>,
    limit: i64,
) -> Result<Vec<ChangeRow>, StoreError> {
    let mut query = changes::table.order((changes::at.desc(), changes::id.desc())).limit(limit).into_boxed();
    if let Some(principals) = of {
        query = query.filter(changes::principal_id.eq_any(principals.iter().map(|id| Some(id.0.clone()))));
    }
    let place = before.map(|id| changes::table.find(id).select((changes::at, changes::id)));
    let place: Option<(chrono::NaiveDateTime, String)> = match place {
        Some(place) => place.get_result(db).optional()?,
        None => None,
    };
    if let Some((at, id)) = place {
        query = query.filter(changes::at.lt(at).or(changes::at.eq(at).and(changes::id.lt(id))));
    }
    let rows = query.load::<Row>(db)?.into_iter();
    Ok(rows
        .map(|(id, at, person, principal, kind, subject, details)| ChangeRow {
            id,
            at: Timestamp::from_naive_utc(at),
            person: PersonId(person),
            principal: principal.map(PrincipalId),
            kind,
            subject,
            details,
        })
        .collect())
}
