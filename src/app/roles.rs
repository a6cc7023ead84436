//! Roles that people hold: where one can be held, and giving one to somebody. The same checks for those of an organisation
//! file and for those that are given one by one.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use super::organisation::MembershipItem;
use super::{App, AppError, changes};
use crate::authz::{LONGEST_TERM, Scope, Seat, may_hold_both};
use crate::ids::{BodyId, PersonId, PrincipalId, UnitId};
use crate::store::people::{self, Membership};
use crate::store::{Db, StoreError, organisation};

/// Why a role was not given.
#[derive(Debug, thiserror::Error)]
pub enum RoleRefused {
    /// The organisation does not know the person.
    #[error("there is no person {0}")]
    NoPerson(PersonId),
    /// The role is not held at such a place, or not then.
    #[error("{0}")]
    Unfit(String),
    /// It could not be done.
    #[error(transparent)]
    App(#[from] AppError),
}

impl From<StoreError> for RoleRefused {
    fn from(error: StoreError) -> Self {
        RoleRefused::App(error.into())
    }
}

/// Where roles can be held.
pub(super) struct Places {
    /// The principals.
    pub principals: BTreeSet<PrincipalId>,
    /// The units, each with its principal.
    pub homes: BTreeMap<UnitId, PrincipalId>,
    /// The bodies.
    pub bodies: BTreeSet<BodyId>,
    /// Where these stand, as a message names it.
    pub whereabouts: &'static str,
}

impl Places {
    pub fn known(db: &mut Db) -> Result<Places, StoreError> {
        Ok(Places {
            principals: organisation::principals(db)?.principals.into_keys().collect(),
            homes: organisation::homes(db)?,
            bodies: organisation::bodies(db)?.into_iter().collect(),
            whereabouts: "in the database",
        })
    }

    /// What does not fit about somebody's membership.
    pub fn unfit(&self, person: &PersonId, item: &MembershipItem) -> Option<String> {
        let who = format!("{person} as {}", item.role);
        let at_principal = item.principal.as_ref().is_some_and(|id| self.principals.contains(id));
        let home = item.unit.as_ref().and_then(|unit| self.homes.get(unit));
        let at_body = item.body.as_ref().is_some_and(|id| self.bodies.contains(id));
        let wanting = match item.role.scope() {
            Scope::Body => (!at_body).then_some("body"),
            Scope::Unit => home.is_none().then_some("unit"),
            Scope::Principal | Scope::Own => (home.is_none() && !at_principal).then_some("principal"),
            // Held without a principal, it is the whole county's.
            Scope::Nothing => (item.principal.is_some() && !at_principal).then_some("principal"),
        };
        if item.role.scope() == Scope::Nothing && (item.unit.is_some() || item.body.is_some()) {
            return Some(format!("{who}: name a principal, or nothing for the whole county"));
        }
        let elsewhere = home.filter(|home| item.principal.as_ref().is_some_and(|named| named != *home));
        match (wanting, elsewhere) {
            (Some(what), _) => Some(format!("{who}: name a {what} that is {}", self.whereabouts)),
            (None, Some(home)) => Some(format!("{who}: the unit is of {home}: name that principal, or none")),
            (None, None) if is_too_long(item) => Some(format!(
                "{who}: the role is for a time: name its first day and its last, at most {LONGEST_TERM} days"
            )),
            (None, None) => None,
        }
    }

    /// The membership, with the principal that follows from its unit. Its id is what makes it the same one when it is given
    /// again: who, which role, where, since when.
    pub fn membership(&self, person: &PersonId, item: &MembershipItem) -> Membership {
        let home = item.unit.as_ref().and_then(|unit| self.homes.get(unit)).cloned();
        let seat = Seat {
            role: item.role,
            principal: item.principal.clone().or(home),
            authority: item.authority.clone(),
            unit: item.unit.clone(),
            body: item.body.clone(),
        };
        let places = [
            seat.principal.as_ref().map(|id| &id.0),
            seat.authority.as_ref().map(|id| &id.0),
            seat.unit.as_ref().map(|id| &id.0),
            seat.body.as_ref().map(|id| &id.0),
        ];
        let places: Vec<_> = places.into_iter().flatten().map(String::as_str).collect();
        let since = item.from.map(|from| from.to_string()).unwrap_or_default();
        let id = format!("{person}/{}/{}/{since}", seat.role, places.join("+"));
        let (person, title, delegation) = (person.clone(), item.title.clone(), item.delegation.clone());
        Membership { id, person, seat, title, from: item.from, until: item.until, delegation }
    }
}

/// Of what somebody holds, a seat that nobody holds together with this one on the same day.
pub(super) fn apart<'a>(held: &'a [Membership], new: &Membership) -> Option<&'a Seat> {
    let meet = |held: &&Membership| {
        let before = |until: Option<NaiveDate>, from: Option<NaiveDate>| {
            until.zip(from).is_some_and(|(until, from)| until < from)
        };
        !before(held.until, new.from) && !before(new.until, held.from)
    };
    let mut others = held.iter().filter(|held| held.id != new.id).filter(meet).map(|held| &held.seat);
    others.find(|seat| !may_hold_both(seat, &new.seat))
}

/// The same in words, for operators.
pub(super) fn held_apart(person: &PersonId, held: &[Membership], new: &Membership) -> Option<String> {
    let other = apart(held, new)?;
    let (role, other) = (new.seat.role, other.role);
    Some(format!("{person} as {role}: she is {other} then, and nobody acts for both a body and a party"))
}

/// Whether a role that is for a time only is given for too long, or without saying for how long.
fn is_too_long(item: &MembershipItem) -> bool {
    let days = item.from.zip(item.until).map(|(from, until)| (until - from).num_days() + 1);
    item.role.is_for_a_time() && days.is_none_or(|days| days > LONGEST_TERM)
}

impl App {
    /// Gives a person a role, or the same role another end.
    ///
    /// # Errors
    /// Where there is no such person, the role is not held at such a place, or not for so long.
    pub fn add_role(&self, person: &PersonId, item: &MembershipItem) -> Result<(), RoleRefused> {
        let now = self.now();
        self.store.write(|db| {
            changes::registers_moved(db, now)?;
            let places = Places::known(db)?;
            keep(db, &places, person, item)
        })
    }
}

/// Keeps a role of somebody's, after everything that can be asked of it.
pub(super) fn keep(db: &mut Db, places: &Places, person: &PersonId, item: &MembershipItem) -> Result<(), RoleRefused> {
    people::person(db, person)?.ok_or_else(|| RoleRefused::NoPerson(person.clone()))?;
    if let Some(what) = places.unfit(person, item) {
        return Err(RoleRefused::Unfit(what));
    }
    if item.from.zip(item.until).is_some_and(|(from, until)| until < from) {
        return Err(RoleRefused::Unfit(format!("{person} as {}: it would end before it begins", item.role)));
    }
    let membership = places.membership(person, item);
    if let Some(what) = held_apart(person, &people::memberships(db, person)?, &membership) {
        return Err(RoleRefused::Unfit(what));
    }
    // What an import said of the same role is not forgotten.
    let (title, delegation) = people::membership_words(db, &membership.id)?;
    let (title, delegation) = (membership.title.or(title), membership.delegation.or(delegation));
    Ok(people::keep_membership(db, &Membership { title, delegation, ..membership })?)
}
