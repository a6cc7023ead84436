//! Principals with their authorities and units, and the bodies. Nothing is deleted: it ends with a day.

use chrono::NaiveDate;

use super::{county, judged, typed};
use crate::app::cases::CommandKey;
use crate::app::changes::{self, Change, Kind};
use crate::app::{App, AppError};
use crate::authz::Actor;
use crate::calendar::local_date;
use crate::ids::{AuthorityId, BodyId, PrincipalId, UnitId};
use crate::store::organisation::{self, Authority, Principal, Unit};
use crate::store::{Db, visibility};
use crate::texts::administration as texts;
use crate::workflow::rejection::{Code, Reason};

/// A principal with what it is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrincipalView {
    /// The principal.
    pub principal: Principal,
    /// Its authorities, by name.
    pub authorities: Vec<AuthorityView>,
    /// Its units, by name.
    pub units: Vec<UnitView>,
}

/// An authority.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthorityView {
    /// The authority.
    pub authority: Authority,
    /// Whether its last day has passed.
    pub over: bool,
}

/// A unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnitView {
    /// The unit.
    pub unit: Unit,
    /// Whether its last day has passed.
    pub over: bool,
}

/// A unit, an authority or a body as it was typed.
#[derive(Debug, Clone, Default)]
pub struct PlaceOrder {
    /// Its name.
    pub name: String,
    /// The authority that a new unit belongs to; empty for none.
    pub authority: String,
    /// The first day of a new one.
    pub from: Option<NaiveDate>,
    /// The last day; none until further notice.
    pub until: Option<NaiveDate>,
    /// Whether it is to be closed although cases are routed to it.
    pub confirmed: bool,
}

impl App {
    /// The principals that the actor administers, by name.
    ///
    /// # Errors
    /// [`AppError::NotFound`] where she administers nothing.
    pub fn principals(&self, actor: &Actor) -> Result<Vec<Principal>, AppError> {
        if !actor.is_administrator() {
            return Err(AppError::NotFound);
        }
        let mut all = self.store.read(organisation::all_principals)?;
        all.retain(|principal| actor.administers(&principal.id));
        Ok(all)
    }

    /// The bodies with their names, for whoever administers the county.
    ///
    /// # Errors
    /// [`AppError::NotFound`] for everybody else.
    pub fn bodies(&self, actor: &Actor) -> Result<Vec<(BodyId, String)>, AppError> {
        county(actor)?;
        Ok(self.store.read(organisation::body_names)?)
    }

    /// The versions of the agreements, for whoever administers the county.
    ///
    /// # Errors
    /// [`AppError::NotFound`] for everybody else.
    pub fn agreements(&self, actor: &Actor) -> Result<Vec<organisation::AgreementRow>, AppError> {
        county(actor)?;
        Ok(self.store.read(organisation::agreements)?)
    }

    /// A principal with what it is made of.
    ///
    /// # Errors
    /// [`AppError::NotFound`] alike where there is none and where it is not the actor's to know.
    pub fn principal(&self, actor: &Actor, id: &PrincipalId) -> Result<PrincipalView, AppError> {
        let today = local_date(self.now());
        let over = |until: Option<NaiveDate>| until.is_some_and(|until| until < today);
        self.store.read(|db| {
            let principal = administered(db, actor, id)?;
            let authorities = organisation::authorities_of(db, id)?.into_iter();
            let units = organisation::units_of(db, id)?.into_iter();
            Ok(PrincipalView {
                principal,
                authorities: authorities
                    .map(|authority| AuthorityView { over: over(authority.until), authority })
                    .collect(),
                units: units.map(|unit| UnitView { over: over(unit.until), unit }).collect(),
            })
        })
    }

    /// A unit, and how many open cases are routed to it.
    ///
    /// # Errors
    /// [`AppError::NotFound`] alike where there is none and where it is not the actor's to know.
    pub fn unit(&self, actor: &Actor, id: &UnitId) -> Result<(Unit, i64), AppError> {
        self.store.read(|db| {
            let unit = organisation::unit(db, id)?.filter(|unit| actor.administers(&unit.principal));
            let unit = unit.ok_or(AppError::NotFound)?;
            Ok((unit, visibility::open_cases_of_unit(db, id)?))
        })
    }

    /// An authority.
    ///
    /// # Errors
    /// [`AppError::NotFound`] alike where there is none and where it is not the actor's to know.
    pub fn authority(&self, actor: &Actor, id: &AuthorityId) -> Result<Authority, AppError> {
        let found = self.store.read(|db| organisation::authority(db, id))?;
        found.filter(|authority| actor.administers(&authority.principal)).ok_or(AppError::NotFound)
    }

    /// Adds a unit to a principal. Its id is made of its name.
    ///
    /// # Errors
    /// Every reason why not; [`AppError::NotFound`] where the principal is not the actor's to know.
    pub fn add_unit(
        &self,
        actor: &Actor,
        principal: &PrincipalId,
        order: &PlaceOrder,
        key: Option<&CommandKey>,
    ) -> Result<(), AppError> {
        self.command(actor, key, |db, now| {
            administered(db, actor, principal)?;
            let mut reasons = Vec::new();
            let name = begun(order, &mut reasons);
            let authorities = organisation::authorities_of(db, principal)?;
            let authority = authorities.into_iter().find(|authority| authority.id.as_str() == order.authority);
            if authority.is_none() && !order.authority.is_empty() {
                reasons.push(Reason::field(Code::WrongType, "authority", texts::AUTHORITY));
            }
            judged(reasons)?;
            let homes = organisation::homes(db)?;
            let id = typed::id(&name, |id| Ok::<_, AppError>(homes.contains_key(&UnitId::from(id))))?;
            let unit = Unit {
                id: UnitId(id),
                principal: principal.clone(),
                authority: authority.map(|authority| authority.id),
                name,
                from: order.from,
                until: order.until,
                hsa_id: None,
            };
            organisation::keep_unit(db, &unit)?;
            let change = Change::new(Kind::UnitAdded, Some(principal.clone()), unit.id.as_str())
                .with_some("from", unit.from)
                .with_some("until", unit.until);
            Ok(changes::record(self, db, actor, now, change)?)
        })
    }

    /// Adds an authority to a principal. Its id is made of its name and the principal's.
    ///
    /// # Errors
    /// Every reason why not; [`AppError::NotFound`] where the principal is not the actor's to know.
    pub fn add_authority(
        &self,
        actor: &Actor,
        principal: &PrincipalId,
        order: &PlaceOrder,
        key: Option<&CommandKey>,
    ) -> Result<(), AppError> {
        self.command(actor, key, |db, now| {
            administered(db, actor, principal)?;
            let mut reasons = Vec::new();
            let name = begun(order, &mut reasons);
            judged(reasons)?;
            let taken = |id: &str| organisation::authority(db, &AuthorityId::from(id)).map(|found| found.is_some());
            let id = typed::id(&format!("{principal} {name}"), taken)?;
            let (from, until) = (order.from, order.until);
            let authority =
                Authority { id: AuthorityId(id), principal: principal.clone(), name, from, until, hsa_id: None };
            organisation::keep_authority(db, &authority)?;
            let change = Change::new(Kind::AuthorityAdded, Some(principal.clone()), authority.id.as_str())
                .with_some("from", authority.from)
                .with_some("until", authority.until);
            Ok(changes::record(self, db, actor, now, change)?)
        })
    }

    /// Gives a unit another name or last day. Where open cases are routed to it, only when that is confirmed: they stay with
    /// it and with whoever has a role there; nothing new can be routed to it after its last day.
    ///
    /// # Errors
    /// Every reason why not; [`AppError::NotFound`] where it is not the actor's to know.
    pub fn change_unit(&self, actor: &Actor, id: &UnitId, order: &PlaceOrder) -> Result<(), AppError> {
        let now = self.now();
        self.store.write(|db| {
            let unit = organisation::unit(db, id)?.filter(|unit| actor.administers(&unit.principal));
            let before = unit.ok_or(AppError::NotFound)?;
            let mut reasons = Vec::new();
            let name = ended(order, before.from, &mut reasons);
            let closes = order.until.is_some() && order.until != before.until;
            if closes && !order.confirmed && visibility::open_cases_of_unit(db, id)? > 0 {
                reasons.push(Reason::field(Code::Guard, "confirmed", texts::CONFIRM));
            }
            judged(reasons)?;
            let unit = Unit { name, until: order.until, ..before.clone() };
            if unit == before {
                return Ok(());
            }
            organisation::keep_unit(db, &unit)?;
            let change =
                changed(Kind::UnitChanged, Some(unit.principal.clone()), id.as_str(), &before.name, &unit.name);
            let change = change.with_some("until", unit.until);
            Ok(changes::record(self, db, actor, now, change)?)
        })
    }

    /// Gives an authority another name or last day.
    ///
    /// # Errors
    /// Every reason why not; [`AppError::NotFound`] where it is not the actor's to know.
    pub fn change_authority(&self, actor: &Actor, id: &AuthorityId, order: &PlaceOrder) -> Result<(), AppError> {
        let now = self.now();
        self.store.write(|db| {
            let found = organisation::authority(db, id)?.filter(|authority| actor.administers(&authority.principal));
            let before = found.ok_or(AppError::NotFound)?;
            let mut reasons = Vec::new();
            let name = ended(order, before.from, &mut reasons);
            judged(reasons)?;
            let after = Authority { name, until: order.until, ..before.clone() };
            if after == before {
                return Ok(());
            }
            organisation::keep_authority(db, &after)?;
            let principal = Some(after.principal.clone());
            let change = changed(Kind::AuthorityChanged, principal, id.as_str(), &before.name, &after.name);
            Ok(changes::record(self, db, actor, now, change.with_some("until", after.until))?)
        })
    }

    /// Gives a body another name.
    ///
    /// # Errors
    /// Why not; [`AppError::NotFound`] where there is none, and for everybody who does not administer the county.
    pub fn change_body(&self, actor: &Actor, id: &BodyId, order: &PlaceOrder) -> Result<(), AppError> {
        county(actor)?;
        let now = self.now();
        self.store.write(|db| {
            let all = organisation::body_names(db)?;
            let (_, before) = all.into_iter().find(|(body, _)| body == id).ok_or(AppError::NotFound)?;
            let mut reasons = Vec::new();
            let name = typed::name("name", &order.name, &mut reasons);
            judged(reasons)?;
            if name == before {
                return Ok(());
            }
            organisation::keep_body(db, id, &name)?;
            let change = changed(Kind::BodyChanged, None, id.as_str(), &before, &name);
            Ok(changes::record(self, db, actor, now, change)?)
        })
    }
}

fn administered(db: &mut Db, actor: &Actor, id: &PrincipalId) -> Result<Principal, AppError> {
    let found = organisation::principal(db, id)?.filter(|_| actor.administers(id));
    found.ok_or(AppError::NotFound)
}

/// The name of something that begins.
fn begun(order: &PlaceOrder, reasons: &mut Vec<Reason>) -> String {
    if order.from.is_none() {
        reasons.push(Reason::field(Code::Required, "from", texts::FROM_DAY));
    }
    ended(order, order.from, reasons)
}

/// The name of something that may end.
fn ended(order: &PlaceOrder, from: Option<NaiveDate>, reasons: &mut Vec<Reason>) -> String {
    if from.zip(order.until).is_some_and(|(from, until)| until < from) {
        reasons.push(Reason::field(Code::WrongType, "until", texts::UNTIL_BEFORE_FROM));
    }
    typed::name("name", &order.name, reasons)
}

/// A change of something that may have another name now.
fn changed(kind: Kind, principal: Option<PrincipalId>, id: &str, before: &str, after: &str) -> Change {
    let change = Change::new(kind, principal, id);
    if before == after { change } else { change.with("before", before).with("name", after) }
}
