//! People, as their administrators see and change them.

use chrono::NaiveDate;

use super::{RoleOrder, held, judged, known, may_fill, typed};
use crate::app::accounts::{self, AccountRefused};
use crate::app::cases::CommandKey;
use crate::app::changes::{self, Change, Kind};
use crate::app::{App, AppError};
use crate::authz::{Actor, Role};
use crate::calendar::local_date;
use crate::ids::{PersonId, PrincipalId};
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
    /// Whether and how she signs in.
    pub sign_in: SignIn,
    /// Her roles, of those that the reader administers: past, present and to come.
    pub memberships: Vec<MembershipView>,
    /// Whether the reader may change her name, address and sign-in: where she acts nowhere else.
    pub whole: bool,
}

/// Whether somebody has a local account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignIn {
    /// She has none.
    None,
    /// She signs in with it.
    Open,
    /// It is closed.
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
            let sign_in = match kept::of_person(db, id)? {
                None => SignIn::None,
                Some(account) if account.disabled.is_some() => SignIn::Closed,
                Some(_) => SignIn::Open,
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
            Ok(PersonView { id: person.id, name: person.name, email: person.email, sign_in, memberships, whole })
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
            let (name, email) = read(order, &mut reasons);
            let id = typed::id(&name, |id| people::person(db, &PersonId::from(id)).map(|found| found.is_some()))?;
            let person = Person { id: PersonId(id), name, email, hsa_id: None };
            people::keep_person(db, &person)?;
            match (self.give(db, actor, &person.id, role, now), reasons.is_empty()) {
                (Ok(()), true) => {}
                (Err(AppError::Rejected(rejection)), _) => reasons.extend(rejection.reasons),
                (Err(error), _) => return Err(error),
                (Ok(()), false) => {}
            }
            judged(reasons)?;
            let principal = held(db, actor, &person.id)?.find_map(|held| held.seat.principal);
            changes::record(self, db, actor, now, Change::new(Kind::PersonAdded, principal, person.id.as_str()))?;
            Ok(person.id)
        })
    }

    /// Gives a person another name or address. That it was changed is recorded, not to what.
    ///
    /// # Errors
    /// Every reason why not; [`AppError::NotFound`] where she is not the actor's to know, [`AppError::Forbidden`] where she
    /// also acts elsewhere.
    pub fn change_person(&self, actor: &Actor, id: &PersonId, order: &PersonOrder) -> Result<(), AppError> {
        let now = self.now();
        self.store.write(|db| {
            let before = wholly(db, actor, id, local_date(now))?;
            let mut reasons = Vec::new();
            let (name, email) = read(order, &mut reasons);
            judged(reasons)?;
            let person = Person { name, email, ..before.clone() };
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
            Ok(changes::record(self, db, actor, now, change)?)
        })
    }

    /// Opens or closes a person's local account. Closing ends her sessions and her tokens; her own account nobody closes.
    ///
    /// # Errors
    /// [`AppError::NotFound`] where she is not the actor's to know or has no account, [`AppError::Forbidden`] where she also
    /// acts elsewhere.
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

fn refused(refused: AccountRefused) -> AppError {
    match refused {
        AccountRefused::App(error) => error,
        _ => AppError::NotFound,
    }
}

fn read(order: &PersonOrder, reasons: &mut Vec<Reason>) -> (String, Option<String>) {
    let name = typed::name("name", &order.name, reasons);
    (name, typed::address("email", &order.email, reasons))
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
