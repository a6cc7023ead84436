//! People, as their administrators see and change them.

use chrono::NaiveDate;

use super::{RoleOrder, held, judged, known, may_fill, typed};
use crate::app::accounts::{self, AccountRefused};
use crate::app::cases::CommandKey;
use crate::app::changes::{self, Change, Kind};
use crate::app::{App, AppError};
use crate::authz::{Actor, Role};
use crate::calendar::local_date;
use crate::clock::Timestamp;
use crate::ids::{HsaId, PersonId, PrincipalId};
use crate::store::people::{self, Membership, Person};
use crate::store::{Db, StoreError, accounts as kept, organisation};
use crate::texts::administration as texts;
use crate::texts::order::by_name;
use crate::workflow::rejection::{Code, Reason};

/// How many people stand on a page.
const PAGE: usize = 50;

/// A person in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonSummary {
    /// Her id.
    pub id: PersonId,
    /// Her name.
    pub name: String,
}

/// A person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonView {
    /// Her id.
    pub id: PersonId,
    /// Her name.
    pub name: String,
    /// Her address.
    pub email: Option<String>,
    /// Her HSA id, by which the sign-in service knows her.
    pub hsa_id: Option<HsaId>,
    /// Whether and how she signs in.
    pub sign_in: SignIn,
    /// Her roles, of those that the reader administers: past, present and to come.
    pub memberships: Vec<MembershipView>,
    /// Whether the reader may change her name, address and sign-in: where she acts nowhere else.
    pub whole: bool,
}

/// Whether somebody can sign in, with a password or through the sign-in service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignIn {
    /// She has no way to.
    None,
    /// She can.
    Open,
    /// She may no more.
    Closed,
}

/// A role of a person's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MembershipView {
    /// Its id.
    pub id: String,
    /// The role.
    pub role: Role,
    /// Her title in it.
    pub title: Option<String>,
    /// The name of the place; none for the whole county.
    pub place: Option<String>,
    /// What she may decide in it.
    pub delegation: Option<String>,
    /// The first day.
    pub from: Option<NaiveDate>,
    /// The last day.
    pub until: Option<NaiveDate>,
    /// Whether its last day has passed.
    pub over: bool,
}

/// A person as she was typed.
#[derive(Debug, Clone, Default)]
pub struct PersonOrder {
    /// Her name.
    pub name: String,
    /// Her address.
    pub email: String,
    /// Her HSA id.
    pub hsa_id: String,
}

impl App {
    /// The people whom the actor administers, by name, whose names hold what is searched for; from the one after `after`; and
    /// whether there are more. Letters are compared here: the two databases differ on å, ä, ö and capitals.
    ///
    /// # Errors
    /// [`AppError::NotFound`] where she administers nothing.
    pub fn people(
        &self,
        actor: &Actor,
        wanted: &str,
        after: Option<&str>,
    ) -> Result<(Vec<PersonSummary>, bool), AppError> {
        if !actor.is_administrator() {
            return Err(AppError::NotFound);
        }
        let wanted = wanted.trim().to_lowercase();
        let mut found = self.store.read(|db| match actor.administers_county() {
            true => people::names(db),
            false => people::names_at(db, &administered(actor)),
        })?;
        found.retain(|(_, name)| name.to_lowercase().contains(&wanted));
        found.sort_by_cached_key(|(id, name)| (by_name(name), id.clone()));
        let begin =
            after.and_then(|after| found.iter().position(|(id, _)| id.as_str() == after)).map_or(0, |at| at + 1);
        let more = found.len() > begin + PAGE;
        let page = found.into_iter().skip(begin).take(PAGE);
        Ok((page.map(|(id, name)| PersonSummary { id, name }).collect(), more))
    }

    /// A person.
    ///
    /// # Errors
    /// [`AppError::NotFound`] alike where there is no such person and where she is not the actor's to know.
    pub fn person(&self, actor: &Actor, id: &PersonId) -> Result<PersonView, AppError> {
        let today = local_date(self.now());
        self.store.read(|db| {
            let person = known(db, actor, id)?;
            let whole = is_whole(db, actor, id, today)?;
            let names = organisation::names(db)?;
            let mut memberships: Vec<_> = held(db, actor, id)?.collect();
            memberships.sort_by(|one, other| (other.from, &one.id).cmp(&(one.from, &other.id)));
            let has_a_way = person.hsa_id.is_some() || kept::of_person(db, id)?.is_some();
            let sign_in = match people::disabled(db, id)? {
                Some(_) => SignIn::Closed,
                None if has_a_way => SignIn::Open,
                None => SignIn::None,
            };
            let view = |held: Membership| MembershipView {
                place: crate::app::people::place(&held.seat).and_then(|id| names.get(id)).cloned(),
                role: held.seat.role,
                title: held.title,
                delegation: held.delegation,
                from: held.from,
                until: held.until,
                over: held.until.is_some_and(|until| until < today),
                id: held.id,
            };
            let memberships = memberships.into_iter().map(view).collect();
            let Person { id, name, email, hsa_id } = person;
            Ok(PersonView { id, name, email, hsa_id, sign_in, memberships, whole })
        })
    }

    /// Adds a person with her first role, which says whose she is. Her id is made of her name.
    ///
    /// # Errors
    /// Every reason why not.
    pub fn add_person(
        &self,
        actor: &Actor,
        order: &PersonOrder,
        role: &RoleOrder,
        key: Option<&CommandKey>,
    ) -> Result<PersonId, AppError> {
        if !actor.is_administrator() {
            return Err(AppError::NotFound);
        }
        self.command(actor, key, |db, now| {
            let mut reasons = Vec::new();
            let Person { name, email, hsa_id, .. } = read(order, &mut reasons);
            let id = typed::id(&name, |id| people::person(db, &PersonId::from(id)).map(|found| found.is_some()))?;
            let person = Person { id: PersonId(id), name, email, hsa_id: None };
            people::keep_person(db, &person)?;
            connect(db, actor, &person.id, hsa_id.as_ref(), now, &mut reasons)?;
            match (self.give(db, actor, &person.id, role, now), reasons.is_empty()) {
                (Ok(()), true) => {}
                (Err(AppError::Rejected(rejection)), _) => reasons.extend(rejection.reasons),
                (Err(error), _) => return Err(error),
                (Ok(()), false) => {}
            }
            judged(reasons)?;
            let principal = held(db, actor, &person.id)?.find_map(|held| held.seat.principal);
            let change = Change::new(Kind::PersonAdded, principal, person.id.as_str()).with_some("hsa_id", hsa_id);
            changes::record(self, db, actor, now, change)?;
            Ok(person.id)
        })
    }

    /// Gives a person another name, address or HSA id. Of an address it is recorded that it was changed, not to what. Another HSA
    /// id ends her sessions.
    ///
    /// # Errors
    /// Every reason why not; [`AppError::NotFound`] where she is not the actor's to know, [`AppError::Forbidden`] where she
    /// also acts elsewhere.
    pub fn change_person(&self, actor: &Actor, id: &PersonId, order: &PersonOrder) -> Result<(), AppError> {
        let now = self.now();
        self.store.write(|db| {
            let before = wholly(db, actor, id, local_date(now))?;
            let mut reasons = Vec::new();
            let person = Person { id: before.id.clone(), ..read(order, &mut reasons) };
            if person.hsa_id != before.hsa_id && reasons.is_empty() {
                connect(db, actor, id, person.hsa_id.as_ref(), now, &mut reasons)?;
            }
            judged(reasons)?;
            if person == before {
                return Ok(());
            }
            people::keep_person(db, &person)?;
            let mut change = Change::new(Kind::PersonChanged, home(db, actor, id)?, id.as_str());
            if person.name != before.name {
                change = change.with("name", &person.name);
            }
            if person.email != before.email {
                change = change.with("address", "");
            }
            if person.hsa_id != before.hsa_id {
                change = change.with("hsa_id", person.hsa_id.as_ref().map_or("", HsaId::as_str));
            }
            Ok(changes::record(self, db, actor, now, change)?)
        })
    }

    /// Opens or closes a person's sign-in, by whichever way. Closing ends her sessions and her tokens, and no mail goes to her;
    /// her own nobody closes.
    ///
    /// # Errors
    /// [`AppError::NotFound`] where she is not the actor's to know, [`AppError::Forbidden`] where she also acts elsewhere.
    pub fn set_sign_in(&self, actor: &Actor, id: &PersonId, open: bool) -> Result<(), AppError> {
        let now = self.now();
        self.store.write(|db| {
            wholly(db, actor, id, local_date(now))?;
            if *id == actor.person {
                return Err(Reason::new(Code::Permission, texts::OWN_ACCOUNT).into());
            }
            accounts::set_open(db, id, open, now).map_err(refused)?;
            let kind = if open { Kind::SignInOpened } else { Kind::SignInClosed };
            let change = Change::new(kind, home(db, actor, id)?, id.as_str());
            Ok(changes::record(self, db, actor, now, change)?)
        })
    }
}

/// The field.
const HSA_ID: &str = "hsa_id";

fn refused(refused: AccountRefused) -> AppError {
    match refused {
        AccountRefused::App(error) => error,
        _ => AppError::NotFound,
    }
}

/// What was typed, as somebody who has no id yet.
fn read(order: &PersonOrder, reasons: &mut Vec<Reason>) -> Person {
    Person {
        id: PersonId(String::new()),
        name: typed::name("name", &order.name, reasons),
        email: typed::address("email", &order.email, reasons),
        hsa_id: typed::hsa_id(HSA_ID, &order.hsa_id, reasons),
    }
}

/// Has the sign-in service know a person by this HSA id. Whose it is already is told to whom she is to know.
fn connect(
    db: &mut Db,
    actor: &Actor,
    id: &PersonId,
    hsa_id: Option<&HsaId>,
    now: Timestamp,
    reasons: &mut Vec<Reason>,
) -> Result<(), AppError> {
    match accounts::know_by(db, id, hsa_id, now) {
        Err(AccountRefused::HasHsaId(_, owner)) => {
            let detail = match known(db, actor, &owner) {
                Ok(owner) => texts::hsa_id_of(&owner.name),
                Err(_) => texts::HSA_ID_TAKEN.to_owned(),
            };
            reasons.push(Reason::field(Code::WrongType, HSA_ID, &detail));
            Ok(())
        }
        done => done.map_err(refused),
    }
}

/// The principals that an actor administers one by one.
fn administered(actor: &Actor) -> Vec<PrincipalId> {
    let held = actor.seats.iter().filter(|seat| seat.role == Role::Administrator);
    held.filter_map(|seat| seat.principal.clone()).collect()
}

/// The principal whose administrators are to read of a change.
fn home(db: &mut Db, actor: &Actor, id: &PersonId) -> Result<Option<PrincipalId>, StoreError> {
    Ok(held(db, actor, id)?.find_map(|held| held.seat.principal))
}

/// Whether a person acts, now or later, only where the actor administers: an address is everybody's whose mails go there.
fn is_whole(db: &mut Db, actor: &Actor, id: &PersonId, today: NaiveDate) -> Result<bool, StoreError> {
    let all = people::memberships(db, id)?;
    let mut present = all.iter().filter(|held| held.until.is_none_or(|until| until >= today));
    Ok(present.all(|held| may_fill(actor, &held.seat)))
}

/// A person who is the actor's to change.
pub(in crate::app) fn wholly(db: &mut Db, actor: &Actor, id: &PersonId, today: NaiveDate) -> Result<Person, AppError> {
    let person = known(db, actor, id)?;
    if is_whole(db, actor, id, today)? { Ok(person) } else { Err(AppError::Forbidden) }
}
