//! People and the roles that they hold, with dates.

use chrono::NaiveDate;
use diesel::prelude::*;

use super::schema::{memberships, persons};
use super::{Db, StoreError};
use crate::authz::{Actor, Role, Seat};
use crate::ids::{AuthorityId, BodyId, HsaId, PersonId, PrincipalId, UnitId};

/// A person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Her id.
    pub id: PersonId,
    /// Her name, as users see it.
    pub name: String,
    /// Her address, where mail can go.
    pub email: Option<String>,
    /// Her identity in HSA, by which the sign-in service knows her.
    pub hsa_id: Option<HsaId>,
}

type PersonRow = (String, String, Option<String>, Option<String>);

fn from_row((id, name, email, hsa_id): PersonRow) -> Result<Person, StoreError> {
    let hsa_id = hsa_id.as_deref().map(known_hsa_id).transpose()?;
    Ok(Person { id: PersonId(id), name, email, hsa_id })
}

/// An HSA id as it was stored.
pub(super) fn known_hsa_id(text: &str) -> Result<HsaId, StoreError> {
    text.parse().map_err(|error| StoreError::Corrupt(format!("an HSA id is {error}")))
}

/// A role held at an organisation, with dates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Membership {
    /// Its id.
    pub id: String,
    /// Who.
    pub person: PersonId,
    /// The role and where.
    pub seat: Seat,
    /// The title, such as MAS.
    pub title: Option<String>,
    /// The first day.
    pub from: Option<NaiveDate>,
    /// The last day.
    pub until: Option<NaiveDate>,
}

type SeatRow = (String, Option<String>, Option<String>, Option<String>, Option<String>);

const SEAT: (
    memberships::role,
    memberships::principal_id,
    memberships::authority_id,
    memberships::unit_id,
    memberships::body_id,
) = (
    memberships::role,
    memberships::principal_id,
    memberships::authority_id,
    memberships::unit_id,
    memberships::body_id,
);

fn seat((role, principal, authority, unit, body): SeatRow) -> Result<Seat, StoreError> {
    let unknown = || StoreError::Corrupt(format!("a membership has the unknown role `{role}`"));
    Ok(Seat {
        role: Role::from_name(&role).ok_or_else(unknown)?,
        principal: principal.map(PrincipalId),
        authority: authority.map(AuthorityId),
        unit: unit.map(UnitId),
        body: body.map(BodyId),
    })
}

macro_rules! held_on {
    ($day:expr) => {
        memberships::valid_from
            .is_null()
            .or(memberships::valid_from.le($day))
            .and(memberships::valid_until.is_null().or(memberships::valid_until.ge($day)))
    };
}

/// The person with the seats that she holds on the day; none where there is no such person.
pub fn actor(db: &mut Db, person: &PersonId, day: NaiveDate) -> Result<Option<Actor>, StoreError> {
    let known: Option<String> = persons::table.find(&person.0).select(persons::id).get_result(db).optional()?;
    if known.is_none() {
        return Ok(None);
    }
    let rows = memberships::table
        .filter(memberships::person_id.eq(&person.0))
        .filter(held_on!(day))
        .order(memberships::id)
        .select(SEAT)
        .load::<SeatRow>(db)?;
    let seats = rows.into_iter().map(seat).collect::<Result<_, _>>()?;
    Ok(Some(Actor { person: person.clone(), seats }))
}

/// The holders of a role on the day, with their seats: at a principal, or for a body.
pub fn holders(
    db: &mut Db,
    role: Role,
    principal: Option<&PrincipalId>,
    body: Option<&BodyId>,
    day: NaiveDate,
) -> Result<Vec<(PersonId, Seat)>, StoreError> {
    let mut query = memberships::table.filter(memberships::role.eq(role.name())).filter(held_on!(day)).into_boxed();
    if let Some(principal) = principal {
        query = query.filter(memberships::principal_id.eq(&principal.0));
    }
    if let Some(body) = body {
        query = query.filter(memberships::body_id.eq(&body.0));
    }
    let rows = query.order(memberships::id).select((memberships::person_id, SEAT)).load::<(String, SeatRow)>(db)?;
    rows.into_iter().map(|(person, row)| Ok((PersonId(person), seat(row)?))).collect()
}

/// A person.
pub fn person(db: &mut Db, id: &PersonId) -> Result<Option<Person>, StoreError> {
    persons::table.find(&id.0).get_result(db).optional()?.map(from_row).transpose()
}

/// The person whose HSA id this is.
pub fn of_hsa_id(db: &mut Db, id: &HsaId) -> Result<Option<Person>, StoreError> {
    let row = persons::table.filter(persons::hsa_id.eq(id.as_str()));
    row.get_result(db).optional()?.map(from_row).transpose()
}

/// Everybody whom the sign-in service can know, by HSA id.
pub fn with_hsa_id(db: &mut Db) -> Result<Vec<Person>, StoreError> {
    let rows = persons::table.filter(persons::hsa_id.is_not_null()).order(persons::hsa_id).load(db)?;
    rows.into_iter().map(from_row).collect()
}

/// Gives a person this HSA id, or none.
///
/// # Errors
/// [`StoreError::Conflict`] where somebody else has it.
pub fn set_hsa_id(db: &mut Db, person: &PersonId, id: Option<&HsaId>) -> Result<(), StoreError> {
    let set = persons::hsa_id.eq(id.map(HsaId::as_str));
    diesel::update(persons::table.find(&person.0)).set(set).execute(db)?;
    Ok(())
}

/// All people and their roles, by id.
pub fn all(db: &mut Db) -> Result<Vec<(Person, Seat)>, StoreError> {
    let rows = memberships::table
        .inner_join(persons::table.on(persons::id.eq(memberships::person_id)))
        .order(memberships::id)
        .select((persons::all_columns, SEAT))
        .load::<(PersonRow, SeatRow)>(db)?;
    rows.into_iter().map(|(person, row)| Ok((from_row(person)?, seat(row)?))).collect()
}

/// Brings a person to what is given. An HSA id that is not given stays as it is: somebody may have connected it since.
pub fn keep_person(db: &mut Db, person: &Person) -> Result<(), StoreError> {
    let set = (persons::name.eq(&person.name), persons::email.eq(&person.email));
    if diesel::update(persons::table.find(&person.id.0)).set(set).execute(db)? == 0 {
        diesel::insert_into(persons::table).values((persons::id.eq(&person.id.0), set.0, set.1)).execute(db)?;
    }
    match &person.hsa_id {
        Some(id) => set_hsa_id(db, &person.id, Some(id)),
        None => Ok(()),
    }
}

/// The title that goes with a membership, where there is such a one and it has a title.
pub fn membership_title(db: &mut Db, id: &str) -> Result<Option<String>, StoreError> {
    let title: Option<Option<String>> =
        memberships::table.find(id).select(memberships::title).get_result(db).optional()?;
    Ok(title.flatten())
}

/// Brings a membership to what is given.
pub fn keep_membership(db: &mut Db, membership: &Membership) -> Result<(), StoreError> {
    let seat = &membership.seat;
    let values = (
        memberships::id.eq(&membership.id),
        memberships::person_id.eq(&membership.person.0),
        memberships::role.eq(seat.role.name()),
        memberships::title.eq(&membership.title),
        memberships::principal_id.eq(seat.principal.as_ref().map(|id| &id.0)),
        memberships::authority_id.eq(seat.authority.as_ref().map(|id| &id.0)),
        memberships::unit_id.eq(seat.unit.as_ref().map(|id| &id.0)),
        memberships::body_id.eq(seat.body.as_ref().map(|id| &id.0)),
        memberships::valid_from.eq(membership.from),
        memberships::valid_until.eq(membership.until),
    );
    diesel::delete(memberships::table.find(&membership.id)).execute(db)?;
    diesel::insert_into(memberships::table).values(values).execute(db)?;
    Ok(())
}
