//! People and the roles that they hold, with dates.

use chrono::NaiveDate;
use diesel::prelude::*;

use super::schema::{memberships, persons};
use super::{Db, StoreError, absences};
use crate::authz::{Actor, Role, Seat, stand_in};
use crate::clock::Timestamp;
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

const PERSON: (persons::id, persons::name, persons::email, persons::hsa_id) =
    (persons::id, persons::name, persons::email, persons::hsa_id);

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
    /// What its holder may decide by delegation, in one line.
    pub delegation: Option<String>,
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

/// The person with the seats that she holds on the day, her own and those of others whose place she takes; none where there
/// is no such person.
pub fn actor(db: &mut Db, person: &PersonId, day: NaiveDate) -> Result<Option<Actor>, StoreError> {
    let known: Option<String> = persons::table.find(&person.0).select(persons::id).get_result(db).optional()?;
    if known.is_none() {
        return Ok(None);
    }
    let mut actor = Actor::new(person.clone(), seats(db, person, day)?);
    for absent in absences::stood_in_for(db, person, day)? {
        let held = seats(db, &absent, day)?;
        actor.take_place_of(&absent, held);
    }
    Ok(Some(actor))
}

/// The seats that a person holds herself on the day.
pub fn seats(db: &mut Db, person: &PersonId, day: NaiveDate) -> Result<Vec<Seat>, StoreError> {
    let rows = memberships::table
        .filter(memberships::person_id.eq(&person.0))
        .filter(held_on!(day))
        .order(memberships::id)
        .select(SEAT)
        .load::<SeatRow>(db)?;
    rows.into_iter().map(seat).collect()
}

/// Who acts in a role on the day, with the seats: at a principal, or for a body. In place of somebody who is away it is who
/// stands in for her, where anybody then acts in this very seat. Who is disabled acts in none: nothing is written to her.
pub fn holders(
    db: &mut Db,
    role: Role,
    principal: Option<&PrincipalId>,
    body: Option<&BodyId>,
    day: NaiveDate,
) -> Result<Vec<(PersonId, Seat)>, StoreError> {
    let held = memberships::table.inner_join(persons::table).filter(memberships::role.eq(role.name()));
    let mut query = held.filter(held_on!(day)).into_boxed();
    if let Some(principal) = principal {
        query = query.filter(memberships::principal_id.eq(&principal.0));
    }
    if let Some(body) = body {
        query = query.filter(memberships::body_id.eq(&body.0));
    }
    let columns = (memberships::person_id, SEAT, persons::disabled_at.is_null());
    let rows = query.order(memberships::id).select(columns).load::<(String, SeatRow, bool)>(db)?;
    let away = absences::on(db, day)?;
    let mut holders = Vec::new();
    for (person, row, enabled) in rows {
        let (person, seat) = (PersonId(person), seat(row)?);
        match stand_in(&away, &person) {
            Some(other) if acts_in(db, other, &seat, day)? => holders.push((other.clone(), seat)),
            _ if enabled => holders.push((person, seat)),
            _ => {}
        }
    }
    Ok(holders)
}

/// Whether a person, who is not disabled, acts in a seat on the day, in whoever's place. Her own seats do not say: whoever
/// stands in at one principal stands in at no second.
fn acts_in(db: &mut Db, person: &PersonId, seat: &Seat, day: NaiveDate) -> Result<bool, StoreError> {
    let acts = actor(db, person, day)?.is_some_and(|actor| actor.seats.contains(seat));
    Ok(acts && disabled(db, person)?.is_none())
}

/// Since when a person may sign in no more; none where she may.
pub fn disabled(db: &mut Db, person: &PersonId) -> Result<Option<Timestamp>, StoreError> {
    let since: Option<Option<chrono::NaiveDateTime>> =
        persons::table.find(&person.0).select(persons::disabled_at).get_result(db).optional()?;
    Ok(since.flatten().map(Timestamp::from_naive_utc))
}

/// Everybody who may sign in no more, with since when.
pub fn all_disabled(db: &mut Db) -> Result<Vec<(Person, Timestamp)>, StoreError> {
    let rows = persons::table.filter(persons::disabled_at.is_not_null()).order(persons::id);
    let rows: Vec<(PersonRow, Option<chrono::NaiveDateTime>)> = rows.select((PERSON, persons::disabled_at)).load(db)?;
    let since = |(row, at): (PersonRow, Option<chrono::NaiveDateTime>)| Some((row, Timestamp::from_naive_utc(at?)));
    rows.into_iter().filter_map(since).map(|(row, at)| Ok((from_row(row)?, at))).collect()
}

/// Says of a person since when she may sign in no more, or that she may again.
pub fn set_disabled(db: &mut Db, person: &PersonId, since: Option<Timestamp>) -> Result<(), StoreError> {
    let set = persons::disabled_at.eq(since.map(Timestamp::naive_utc));
    diesel::update(persons::table.find(&person.0)).set(set).execute(db)?;
    Ok(())
}

/// What the holder of a seat may decide by delegation, as her principal has written it.
pub fn delegation(db: &mut Db, person: &PersonId, of: &Seat, day: NaiveDate) -> Result<Option<String>, StoreError> {
    let rows = memberships::table
        .filter(memberships::person_id.eq(&person.0))
        .filter(memberships::delegation.is_not_null())
        .filter(held_on!(day))
        .order(memberships::id)
        .select((SEAT, memberships::delegation))
        .load::<(SeatRow, Option<String>)>(db)?;
    for (row, delegation) in rows {
        if seat(row)? == *of {
            return Ok(delegation);
        }
    }
    Ok(None)
}

/// A person.
pub fn person(db: &mut Db, id: &PersonId) -> Result<Option<Person>, StoreError> {
    persons::table.find(&id.0).select(PERSON).get_result(db).optional()?.map(from_row).transpose()
}

/// The person whose HSA id this is.
pub fn of_hsa_id(db: &mut Db, id: &HsaId) -> Result<Option<Person>, StoreError> {
    let row = persons::table.filter(persons::hsa_id.eq(id.as_str())).select(PERSON);
    row.get_result(db).optional()?.map(from_row).transpose()
}

/// Everybody whom the sign-in service can know, by HSA id.
pub fn with_hsa_id(db: &mut Db) -> Result<Vec<Person>, StoreError> {
    let rows = persons::table.filter(persons::hsa_id.is_not_null()).order(persons::hsa_id).select(PERSON).load(db)?;
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

/// Whether her reminders come together, in one mail of a morning.
pub fn wants_digest(db: &mut Db, person: &PersonId) -> Result<bool, StoreError> {
    let row = persons::table.find(&person.0).select(persons::digest);
    Ok(row.get_result(db).optional()?.unwrap_or_default())
}

/// Says whether her reminders are to come together.
pub fn choose_digest(db: &mut Db, person: &PersonId, digest: bool) -> Result<(), StoreError> {
    diesel::update(persons::table.find(&person.0)).set(persons::digest.eq(digest)).execute(db)?;
    Ok(())
}

/// Every person's id and name.
pub fn names(db: &mut Db) -> Result<Vec<(PersonId, String)>, StoreError> {
    let rows: Vec<(String, String)> = persons::table.select((persons::id, persons::name)).load(db)?;
    Ok(rows.into_iter().map(|(id, name)| (PersonId(id), name)).collect())
}

/// The id and name of everybody who holds, held or will hold a role at one of the principals.
pub fn names_at(db: &mut Db, principals: &[PrincipalId]) -> Result<Vec<(PersonId, String)>, StoreError> {
    let there = memberships::table
        .filter(memberships::principal_id.eq_any(principals.iter().map(|id| Some(id.0.clone()))))
        .select(memberships::person_id);
    let rows: Vec<(String, String)> =
        persons::table.filter(persons::id.eq_any(there)).select((persons::id, persons::name)).load(db)?;
    Ok(rows.into_iter().map(|(id, name)| (PersonId(id), name)).collect())
}

/// Everybody, but for who is disabled, who holds a role on the day where one of these seats is held, at its principal or for a body: with name and
/// all seats of that day, by name.
pub fn belonging(
    db: &mut Db,
    seats: &[Seat],
    day: NaiveDate,
) -> Result<Vec<(PersonId, String, Vec<Seat>)>, StoreError> {
    let principals = seats.iter().filter_map(|seat| seat.principal.as_ref()).map(|id| Some(id.0.clone()));
    let bodies = seats.iter().any(|seat| seat.body.is_some());
    let held = || memberships::table.filter(held_on!(day)).select(memberships::person_id);
    let mut there: Vec<String> =
        held().filter(memberships::principal_id.eq_any(principals.collect::<Vec<_>>())).load(db)?;
    if bodies {
        there.extend(held().filter(memberships::body_id.is_not_null()).load::<String>(db)?);
    }
    let rows: Vec<(String, String)> = persons::table
        .filter(persons::id.eq_any(there))
        .filter(persons::disabled_at.is_null())
        .order((persons::name, persons::id))
        .select((persons::id, persons::name))
        .load(db)?;
    rows.into_iter()
        .map(|(id, name)| {
            let id = PersonId(id);
            let held = self::seats(db, &id, day)?;
            Ok((id, name, held))
        })
        .collect()
}

/// Every role that a person holds, held or will hold.
pub fn memberships(db: &mut Db, person: &PersonId) -> Result<Vec<Membership>, StoreError> {
    type Row = (String, Option<String>, Option<NaiveDate>, Option<NaiveDate>, Option<String>);
    let columns = (
        memberships::id,
        memberships::title,
        memberships::valid_from,
        memberships::valid_until,
        memberships::delegation,
    );
    let of = memberships::table.filter(memberships::person_id.eq(&person.0)).order(memberships::id);
    let rows = of.select((columns, SEAT)).load::<(Row, SeatRow)>(db)?.into_iter();
    rows.map(|((id, title, from, until, delegation), held)| {
        Ok(Membership { id, person: person.clone(), seat: seat(held)?, title, from, until, delegation })
    })
    .collect()
}

/// All people and their roles, by id.
pub fn all(db: &mut Db) -> Result<Vec<(Person, Seat)>, StoreError> {
    let rows = memberships::table
        .inner_join(persons::table)
        .order(memberships::id)
        .select((PERSON, SEAT))
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

/// The title and the delegation that go with a membership, where there is such a one and it has them.
pub fn membership_words(db: &mut Db, id: &str) -> Result<(Option<String>, Option<String>), StoreError> {
    let words = memberships::table.find(id).select((memberships::title, memberships::delegation));
    Ok(words.get_result(db).optional()?.unwrap_or_default())
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
        memberships::delegation.eq(&membership.delegation),
    );
    diesel::delete(memberships::table.find(&membership.id)).execute(db)?;
    diesel::insert_into(memberships::table).values(values).execute(db)?;
    Ok(())
}
