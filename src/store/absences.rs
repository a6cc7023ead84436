//! Who is away on which days, and who acts in her place.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use diesel::prelude::*;

use super::schema::absences;
use super::{Db, StoreError};
use crate::authz::stand_in;
use crate::clock::Timestamp;
use crate::ids::PersonId;

/// An absence. The days are Europe/Stockholm's, both of them part of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Absence {
    /// Its id.
    pub id: String,
    /// Who is away.
    pub person: PersonId,
    /// The first day.
    pub from: NaiveDate,
    /// The last day.
    pub until: NaiveDate,
    /// Who acts in her place.
    pub substitute: PersonId,
    /// Why, in one of a few words.
    pub reason: Reason,
    /// Who recorded it.
    pub recorded_by: PersonId,
    /// When.
    pub recorded: Timestamp,
}

/// Why somebody is away. There is no more to say of it here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// On leave.
    Leave,
    /// Away on duty.
    Duty,
    /// Anything else.
    Other,
}

impl Reason {
    /// Every reason.
    pub const ALL: [Reason; 3] = [Reason::Leave, Reason::Duty, Reason::Other];

    /// The name in the database and in forms.
    pub fn name(self) -> &'static str {
        match self {
            Reason::Leave => "leave",
            Reason::Duty => "duty",
            Reason::Other => "other",
        }
    }

    /// The reason of that name.
    pub fn from_name(name: &str) -> Option<Reason> {
        Reason::ALL.into_iter().find(|reason| reason.name() == name)
    }
}

type Row = (String, String, NaiveDate, NaiveDate, String, String, String, chrono::NaiveDateTime);

fn absence((id, person, from, until, substitute, reason, by, at): Row) -> Result<Absence, StoreError> {
    let unknown = || StoreError::Corrupt(format!("an absence has the unknown reason `{reason}`"));
    Ok(Absence {
        id,
        person: PersonId(person),
        from,
        until,
        substitute: PersonId(substitute),
        reason: Reason::from_name(&reason).ok_or_else(unknown)?,
        recorded_by: PersonId(by),
        recorded: Timestamp::from_naive_utc(at),
    })
}

/// Who is away on the day, each with who acts in her place.
pub fn on(db: &mut Db, day: NaiveDate) -> Result<BTreeMap<PersonId, PersonId>, StoreError> {
    let rows: Vec<(String, String)> = absences::table
        .filter(absences::until_day.ge(day))
        .filter(absences::from_day.le(day))
        .select((absences::person_id, absences::substitute_id))
        .load(db)?;
    Ok(rows.into_iter().map(|(person, substitute)| (PersonId(person), PersonId(substitute))).collect())
}

/// Those in whose place a person acts on the day: those who named her, and those whose substitutes are away and led on to
/// her.
pub fn stood_in_for(db: &mut Db, person: &PersonId, day: NaiveDate) -> Result<Vec<PersonId>, StoreError> {
    // Mostly nobody named her, and that is all there is to ask.
    let named = absences::table
        .filter(absences::substitute_id.eq(&person.0))
        .filter(absences::until_day.ge(day))
        .filter(absences::from_day.le(day));
    if !diesel::select(diesel::dsl::exists(named)).get_result::<bool>(db)? {
        return Ok(Vec::new());
    }
    let away = on(db, day)?;
    Ok(away.keys().filter(|absent| stand_in(&away, absent) == Some(person)).cloned().collect())
}

/// A person's absences that are not over on the day, the first first.
pub fn coming(db: &mut Db, person: &PersonId, day: NaiveDate) -> Result<Vec<Absence>, StoreError> {
    let rows = absences::table
        .filter(absences::person_id.eq(&person.0))
        .filter(absences::until_day.ge(day))
        .order((absences::from_day, absences::id))
        .load::<Row>(db)?;
    rows.into_iter().map(absence).collect()
}

/// An absence.
pub fn find(db: &mut Db, id: &str) -> Result<Option<Absence>, StoreError> {
    absences::table.find(id).get_result::<Row>(db).optional()?.map(absence).transpose()
}

/// Adds one.
pub fn insert(db: &mut Db, absence: &Absence) -> Result<(), StoreError> {
    let values = (
        absences::id.eq(&absence.id),
        absences::person_id.eq(&absence.person.0),
        absences::from_day.eq(absence.from),
        absences::until_day.eq(absence.until),
        absences::substitute_id.eq(&absence.substitute.0),
        absences::reason.eq(absence.reason.name()),
        absences::recorded_by.eq(&absence.recorded_by.0),
        absences::recorded_at.eq(absence.recorded.naive_utc()),
    );
    diesel::insert_into(absences::table).values(values).execute(db)?;
    Ok(())
}

/// Gives one another last day.
pub fn end(db: &mut Db, id: &str, until: NaiveDate) -> Result<(), StoreError> {
    diesel::update(absences::table.find(id)).set(absences::until_day.eq(until)).execute(db)?;
    Ok(())
}

/// Takes one away that has not begun.
pub fn drop(db: &mut Db, id: &str) -> Result<(), StoreError> {
    diesel::delete(absences::table.find(id)).execute(db)?;
    Ok(())
}
