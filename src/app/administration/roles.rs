//! Giving a role from a day, and ending it with one.

use std::collections::BTreeMap;

use chrono::{Duration, NaiveDate};

use super::{judged, known, may_fill, typed};
use crate::app::cases::CommandKey;
use crate::app::changes::{self, Change, Kind};
use crate::app::organisation::MembershipItem;
use crate::app::roles::{Places, RoleRefused, apart, keep};
use crate::app::{App, AppError};
use crate::authz::{Actor, LONGEST_TERM, Role, Scope, Seat};
use crate::calendar::local_date;
use crate::clock::Timestamp;
use crate::ids::{BodyId, PersonId, PrincipalId, UnitId};
use crate::store::people::{self, Membership};
use crate::store::{Db, StoreError, organisation};
use crate::texts::administration as texts;
use crate::workflow::rejection::{Code, Reason};

/// A role to be given, as it was typed.
#[derive(Debug, Clone, Default)]
pub struct RoleOrder {
    /// The role's name.
    pub role: String,
    /// Where: `principal:ID`, `unit:ID`, `body:ID`, or `county`.
    pub place: String,
    /// Her title in it.
    pub title: String,
    /// What she may decide in it.
    pub delegation: String,
    /// The first day.
    pub from: Option<NaiveDate>,
    /// The last day; none until further notice.
    pub until: Option<NaiveDate>,
}

/// The roles that an actor may give, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleChoices {
    /// The roles.
    pub roles: Vec<Role>,
    /// Groups of places: a heading, and in it values with names.
    pub places: Vec<(String, Vec<(String, String)>)>,
    /// Whether the whole county is a place.
    pub county: bool,
}

impl App {
    /// The roles that the actor may give, and where.
    ///
    /// # Errors
    /// [`AppError::NotFound`] where she administers nothing.
    pub fn role_choices(&self, actor: &Actor) -> Result<RoleChoices, AppError> {
        if !actor.is_administrator() {
            return Err(AppError::NotFound);
        }
        let today = local_date(self.now());
        let county = actor.administers_county();
        self.store.read(|db| {
            let mut places = Vec::new();
            for principal in organisation::all_principals(db)?.into_iter().filter(|one| actor.administers(&one.id)) {
                let mut here = vec![(format!("principal:{}", principal.id), principal.name.clone())];
                let units = organisation::units_of(db, &principal.id)?.into_iter();
                let open = units.filter(|unit| unit.until.is_none_or(|until| until >= today));
                here.extend(open.map(|unit| (format!("unit:{}", unit.id), unit.name)));
                places.push((principal.name, here));
            }
            if county {
                let bodies = organisation::body_names(db)?.into_iter();
                places.push((String::new(), bodies.map(|(id, name)| (format!("body:{id}"), name)).collect()));
            }
            let given = Role::ALL.into_iter().filter(|role| county || role.scope() != Scope::Body);
            Ok(RoleChoices { roles: given.collect(), places, county })
        })
    }

    /// Gives a person a role.
    ///
    /// # Errors
    /// Every reason why not; [`AppError::NotFound`] where she, or the place, is not the actor's to know.
    pub fn give_role(
        &self,
        actor: &Actor,
        person: &PersonId,
        order: &RoleOrder,
        key: Option<&CommandKey>,
    ) -> Result<(), AppError> {
        self.command(actor, key, |db, now| {
            known(db, actor, person)?;
            self.give(db, actor, person, order, now)
        })
    }

    /// Gives a role in a transaction that is under way.
    pub(super) fn give(
        &self,
        db: &mut Db,
        actor: &Actor,
        person: &PersonId,
        order: &RoleOrder,
        now: Timestamp,
    ) -> Result<(), AppError> {
        let item = checked(db, actor, person, order, local_date(now))?;
        let places = Places::known(db)?;
        let membership = places.membership(person, &item);
        keep(db, &places, person, &item).map_err(refused)?;
        let change = Change::new(Kind::RoleGiven, membership.seat.principal.clone(), person.as_str())
            .with("role", membership.seat.role)
            .with("place", place_of(&membership.seat))
            .with_some("from", membership.from)
            .with_some("until", membership.until);
        Ok(changes::record(self, db, actor, now, change)?)
    }

    /// Gives a role a last day: yesterday, where it is to end at once.
    ///
    /// # Errors
    /// Why not; [`AppError::NotFound`] where there is no such role, or it is not the actor's to end.
    pub fn end_role(
        &self,
        actor: &Actor,
        person: &PersonId,
        membership: &str,
        until: Option<NaiveDate>,
    ) -> Result<(), AppError> {
        let now = self.now();
        let yesterday = local_date(now) - Duration::days(1);
        self.store.write(|db| {
            known(db, actor, person)?;
            let mut all = people::memberships(db, person)?.into_iter();
            let mine = |held: &Membership| held.id == membership && may_fill(actor, &held.seat);
            let held = all.find(mine).filter(|held| held.until.is_none_or(|last| last > yesterday));
            let held = held.ok_or(AppError::NotFound)?;
            let Some(until) = until.filter(|until| *until >= yesterday && held.from.is_none_or(|from| from <= *until))
            else {
                return Err(Reason::field(Code::WrongType, "last", texts::LAST_DAY).into());
            };
            people::keep_membership(db, &Membership { until: Some(until), ..held.clone() })?;
            let change = Change::new(Kind::RoleEnded, held.seat.principal.clone(), person.as_str())
                .with("role", held.seat.role)
                .with("place", place_of(&held.seat))
                .with("until", until);
            Ok(changes::record(self, db, actor, now, change)?)
        })
    }
}

fn refused(refused: RoleRefused) -> AppError {
    match refused {
        RoleRefused::App(error) => error,
        RoleRefused::NoPerson(_) => AppError::NotFound,
        RoleRefused::Unfit(_) => Reason::field(Code::WrongType, "place", texts::PLACE).into(),
    }
}

/// Where a seat is held, as the record names it.
fn place_of(seat: &Seat) -> String {
    crate::app::people::place(seat).unwrap_or("county").to_owned()
}

/// What was typed as a role that the actor may give.
fn checked(
    db: &mut Db,
    actor: &Actor,
    person: &PersonId,
    order: &RoleOrder,
    today: NaiveDate,
) -> Result<MembershipItem, AppError> {
    let mut reasons = Vec::new();
    let title = typed::line("title", &order.title, &mut reasons);
    let delegation = typed::line("delegation", &order.delegation, &mut reasons);
    let mut refuse = |field: &str, detail: &str| reasons.push(Reason::field(Code::WrongType, field, detail));
    if *person == actor.person {
        refuse("role", texts::SELF);
    }
    if order.from.is_none() {
        refuse("from", texts::FROM_DAY);
    }
    if order.until.is_some_and(|until| until < today || order.from.is_some_and(|from| until < from)) {
        refuse("until", texts::UNTIL_DAY);
    }
    let role = Role::from_name(&order.role);
    let term = order.from.zip(order.until).map(|(from, until)| (until - from).num_days() + 1);
    if role.is_some_and(Role::is_for_a_time) && term.is_none_or(|term| term > LONGEST_TERM) {
        refuse("until", texts::TERM);
    }
    if role.is_none() {
        refuse("role", texts::ROLE);
        if order.place.is_empty() {
            refuse("place", texts::PLACE);
        }
    }
    let homes = organisation::homes(db)?;
    let seat = role.map(|role| seat(role, &order.place, &homes)).transpose();
    let seat = seat.unwrap_or_else(|detail| {
        refuse("place", detail);
        None
    });
    if let Some(seat) = &seat {
        let exists = match &seat.unit {
            Some(unit) => is_open(db, unit, order)?,
            None => true,
        };
        // A place elsewhere is one that she cannot have chosen.
        if !may_fill(actor, seat) {
            refuse("place", texts::PLACE);
        } else if !exists {
            refuse("place", texts::CLOSED);
        } else if is_held(db, person, seat, order)? {
            refuse("from", texts::HELD);
        } else if is_apart(db, person, seat, order)? {
            refuse("role", texts::APART);
        }
    }
    judged(reasons)?;
    let seat = seat.ok_or_else(|| AppError::Internal("a role that was judged right is none".to_owned()))?;
    let Seat { role, principal, authority, unit, body } = seat;
    Ok(MembershipItem {
        role,
        title,
        principal,
        authority,
        unit,
        body,
        from: order.from,
        until: order.until,
        delegation,
    })
}

/// The seat of a role at a place, or why there is none such.
fn seat(role: Role, place: &str, homes: &BTreeMap<UnitId, PrincipalId>) -> Result<Seat, &'static str> {
    let nowhere = Seat { role, principal: None, authority: None, unit: None, body: None };
    match (role.scope(), place.split_once(':')) {
        (Scope::Nothing, None) if place == "county" => Ok(nowhere),
        (_, None) => Err(texts::PLACE),
        (Scope::Nothing | Scope::Principal | Scope::Own, Some(("principal", id))) => {
            Ok(Seat { principal: Some(PrincipalId::from(id)), ..nowhere })
        }
        (Scope::Unit | Scope::Principal | Scope::Own, Some(("unit", id))) => {
            let unit = UnitId::from(id);
            let principal = homes.get(&unit).cloned().ok_or(texts::PLACE)?;
            Ok(Seat { principal: Some(principal), unit: Some(unit), ..nowhere })
        }
        (Scope::Body, Some(("body", id))) => Ok(Seat { body: Some(BodyId::from(id)), ..nowhere }),
        (Scope::Nothing, _) => Err(texts::ADMINISTERS),
        (Scope::Unit, _) => Err(texts::AT_UNIT),
        (Scope::Principal | Scope::Own, _) => Err(texts::AT_PRINCIPAL),
        (Scope::Body, _) => Err(texts::FOR_BODY),
    }
}

/// Whether the unit exists throughout the days of the role; without a last day, on the first.
fn is_open(db: &mut Db, unit: &UnitId, order: &RoleOrder) -> Result<bool, StoreError> {
    let Some(unit) = organisation::unit(db, unit)? else { return Ok(false) };
    let last = order.until.or(order.from);
    let begun = unit.from.zip(order.from).is_none_or(|(begins, first)| begins <= first);
    Ok(begun && unit.until.zip(last).is_none_or(|(ends, last)| last <= ends))
}

/// Whether she holds this very seat on one of the days.
fn is_held(db: &mut Db, person: &PersonId, seat: &Seat, order: &RoleOrder) -> Result<bool, StoreError> {
    let overlaps = |held: &Membership| {
        let begins = held.from.zip(order.until).is_none_or(|(from, until)| from <= until);
        begins && held.until.zip(order.from).is_none_or(|(until, from)| until >= from)
    };
    Ok(people::memberships(db, person)?.iter().any(|held| held.seat == *seat && overlaps(held)))
}

/// Whether she holds on one of the days what nobody holds beside this seat.
fn is_apart(db: &mut Db, person: &PersonId, seat: &Seat, order: &RoleOrder) -> Result<bool, StoreError> {
    let new = Membership {
        id: String::new(),
        person: person.clone(),
        seat: seat.clone(),
        title: None,
        from: order.from,
        until: order.until,
        delegation: None,
    };
    Ok(apart(&people::memberships(db, person)?, &new).is_some())
}
