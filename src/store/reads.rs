//! The read log: who has read which case, in which role, for whom. Rows are added, and never changed or forgotten.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::schema::{cases, persons, reads};
use super::{Db, StoreError};
use crate::authz::Role;
use crate::clock::Timestamp;
use crate::ids::{CaseId, CaseNumber, PersonId};

/// A row to be added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Read {
    /// Its id, of which a later one is greater.
    pub id: String,
    /// Who.
    pub person: PersonId,
    /// In which role.
    pub role: Role,
    /// For whom: the key of a principal or a body.
    pub place: String,
    /// Of which case.
    pub case: CaseId,
    /// What of it.
    pub what: String,
    /// From when on.
    pub at: Timestamp,
}

/// A row as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Noted {
    /// Its id.
    pub id: String,
    /// Who.
    pub person: PersonId,
    /// Her name.
    pub name: String,
    /// In which role.
    pub role: Role,
    /// For whom.
    pub place: String,
    /// The case.
    pub number: CaseNumber,
    /// What of it.
    pub what: String,
    /// From when on.
    pub at: Timestamp,
}

/// What a list is narrowed to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// One case.
    pub case: Option<CaseId>,
    /// One person.
    pub person: Option<PersonId>,
    /// At or after.
    pub from: Option<Timestamp>,
    /// Before.
    pub before: Option<Timestamp>,
}

/// The places for which it has been noted since that a person reads this of a case.
pub fn noted(
    db: &mut Db,
    person: &PersonId,
    case: &CaseId,
    what: &str,
    (since, now): (Timestamp, Timestamp),
) -> Result<Vec<String>, StoreError> {
    let rows = reads::table
        .filter(reads::case_id.eq(&case.0))
        .filter(reads::person_id.eq(&person.0))
        .filter(reads::what.eq(what))
        .filter(reads::at.gt(since.naive_utc()))
        .filter(reads::at.le(now.naive_utc()));
    Ok(rows.select(reads::place).load(db)?)
}

/// Adds a row.
pub fn insert(db: &mut Db, read: &Read) -> Result<(), StoreError> {
    let values = (
        reads::id.eq(&read.id),
        reads::person_id.eq(&read.person.0),
        reads::role.eq(read.role.name()),
        reads::place.eq(&read.place),
        reads::case_id.eq(&read.case.0),
        reads::what.eq(&read.what),
        reads::at.eq(read.at.naive_utc()),
    );
    diesel::insert_into(reads::table).values(values).execute(db)?;
    Ok(())
}

/// What was read for these places, the latest first, from before the row `after` on.
pub fn list(
    db: &mut Db,
    places: &[String],
    filter: &Filter,
    after: Option<&str>,
    limit: i64,
) -> Result<Vec<Noted>, StoreError> {
    let mut query = reads::table
        .inner_join(persons::table)
        .inner_join(cases::table)
        .filter(reads::place.eq_any(places))
        .into_boxed();
    if let Some(case) = &filter.case {
        query = query.filter(reads::case_id.eq(&case.0));
    }
    if let Some(person) = &filter.person {
        query = query.filter(reads::person_id.eq(&person.0));
    }
    if let Some(from) = filter.from {
        query = query.filter(reads::at.ge(from.naive_utc()));
    }
    if let Some(before) = filter.before {
        query = query.filter(reads::at.lt(before.naive_utc()));
    }
    if let Some(after) = after {
        query = query.filter(reads::id.lt(after));
    }
    let who = (reads::person_id, persons::name);
    let columns = (reads::id, who, reads::role, reads::place, cases::number, reads::what, reads::at);
    let rows = query.select(columns).order(reads::id.desc()).limit(limit);
    rows.load::<(String, (String, String), String, String, String, String, NaiveDateTime)>(db)?
        .into_iter()
        .map(|(id, (person, name), role, place, number, what, at)| {
            let unknown = || StoreError::Corrupt(format!("the read log has the unknown role `{role}`"));
            let role = Role::from_name(&role).ok_or_else(unknown)?;
            let (person, number, at) = (PersonId(person), CaseNumber(number), Timestamp::from_naive_utc(at));
            Ok(Noted { id, person, name, role, place, number, what, at })
        })
        .collect()
}
