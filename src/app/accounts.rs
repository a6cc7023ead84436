//! Local accounts: a username and a password for somebody whom the organisation knows. What she may do is her roles'
//! to say; an account only lets her in.

use serde::Serialize;

use super::passwords::{self, Weakness};
use super::{App, AppError, changes};
use crate::clock::Timestamp;
use crate::ids::{HsaId, PersonId};
use crate::personal_number;
use crate::store::accounts::{self, Account};
use crate::store::people::{self, Person};
use crate::store::{Db, StoreError, feeds, sessions, throttles, tokens};
use crate::workflow::digest::sha256;

/// The most characters of a username.
const LONGEST_USERNAME: usize = 100;

/// Why an account was not made or changed. The messages are for operators; users are told [`Weakness::detail`].
#[derive(Debug, thiserror::Error)]
pub enum AccountRefused {
    /// The organisation does not know the person.
    #[error("there is no person {0}")]
    NoPerson(PersonId),
    /// She has no account.
    #[error("{0} has no account")]
    NoAccount(PersonId),
    /// She has one.
    #[error("{0} has an account already")]
    HasAccount(PersonId),
    /// Somebody else has the username.
    #[error("somebody else has this username")]
    Taken,
    /// Somebody else has the HSA id.
    #[error("the HSA id {0} is that of {1}")]
    HasHsaId(HsaId, PersonId),
    /// It is no username.
    #[error(
        "a username has 1 to {LONGEST_USERNAME} letters, digits and . - _ @, and holds no personal identity number"
    )]
    Username,
    /// The password will not do.
    #[error(transparent)]
    Password(#[from] Weakness),
    /// It could not be done.
    #[error(transparent)]
    App(#[from] AppError),
}

impl From<StoreError> for AccountRefused {
    fn from(error: StoreError) -> Self {
        AccountRefused::App(error.into())
    }
}

/// Somebody who can sign in, or may no more, as the operator sees her: with an account, or known to the sign-in service by her
/// HSA id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AccountView {
    /// Whose.
    pub person: PersonId,
    /// Her name.
    pub name: String,
    /// The username; none without an account.
    pub username: Option<String>,
    /// When the account was made, UTC.
    pub created: Option<Timestamp>,
    /// When the password was last changed, UTC.
    pub changed: Option<Timestamp>,
    /// Since when she may sign in no more, UTC.
    pub disabled: Option<Timestamp>,
    /// Her HSA id.
    pub hsa_id: Option<HsaId>,
}

impl App {
    /// Makes an account for a person.
    ///
    /// # Errors
    /// Why not; nothing has changed then.
    pub fn create_account(&self, person: &PersonId, username: &str, password: &str) -> Result<(), AccountRefused> {
        let username = canonical(username);
        if !is_username(&username) {
            return Err(AccountRefused::Username);
        }
        let known = self.store.read(|db| known(db, person))?;
        let password_hash = self.hashed(password, &username, &known.name)?;
        let now = self.now();
        let (created, changed) = (now, now);
        self.store.write(|db| {
            if accounts::of_person(db, person)?.is_some() {
                return Err(AccountRefused::HasAccount(person.clone()));
            }
            if accounts::by_username(db, &username)?.is_some() {
                return Err(AccountRefused::Taken);
            }
            let person = person.clone();
            Ok(accounts::insert(db, &Account { person, username, password_hash, created, changed })?)
        })
    }

    /// Gives a person another password, ends her sessions, and forgets the wrong ones that were tried.
    ///
    /// # Errors
    /// Why not; nothing has changed then.
    pub fn set_password(&self, person: &PersonId, password: &str) -> Result<(), AccountRefused> {
        let (known, account) = self.store.read(|db| Ok::<_, AccountRefused>((known(db, person)?, of(db, person)?)))?;
        let hash = self.hashed(password, &account.username, &known.name)?;
        let now = self.now();
        self.store.write(|db| {
            accounts::set_password(db, person, &hash, now)?;
            throttles::clear(db, &sha256(account.username.as_bytes()))?;
            Ok(sessions::end_all(db, person, now)?)
        })
    }

    /// Lets a person sign in no more, by whichever way: her sessions end, her tokens are worth nothing, and nothing is written
    /// to her.
    ///
    /// # Errors
    /// Where there is no such person.
    pub fn disable_person(&self, person: &PersonId) -> Result<(), AccountRefused> {
        let now = self.now();
        self.store.write(|db| {
            changes::registers_moved(db, now)?;
            set_open(db, person, false, now)
        })
    }

    /// Lets a person sign in again. What ended when she was disabled has ended.
    ///
    /// # Errors
    /// Where there is no such person.
    pub fn enable_person(&self, person: &PersonId) -> Result<(), AccountRefused> {
        let now = self.now();
        self.store.write(|db| {
            changes::registers_moved(db, now)?;
            set_open(db, person, true, now)
        })
    }

    /// Tells by which HSA id the sign-in service knows a person, in the place of another one or of none.
    ///
    /// # Errors
    /// Where there is no such person, or somebody else has the HSA id.
    pub fn set_hsa_id(&self, person: &PersonId, hsa_id: Option<&HsaId>) -> Result<(), AccountRefused> {
        let now = self.now();
        self.store.write(|db| know_by(db, person, hsa_id, now))
    }

    /// Who can sign in, and who may no more: all accounts, by username; then whom only the sign-in service knows, by HSA id; then
    /// who else is disabled.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub fn accounts(&self) -> Result<Vec<AccountView>, AppError> {
        let (accounts, known, disabled) = self.store.read(|db| {
            Ok::<_, StoreError>((accounts::all(db)?, people::with_hsa_id(db)?, people::all_disabled(db)?))
        })?;
        let hsa_id = |id: &PersonId| known.iter().find(|person| person.id == *id).and_then(|who| who.hsa_id.clone());
        let mut views: Vec<_> =
            accounts.into_iter().map(|(account, name)| view(name, hsa_id(&account.person), account)).collect();
        for person in known.into_iter().chain(disabled.iter().map(|(person, _)| person.clone())) {
            if views.iter().all(|view| view.person != person.id) {
                views.push(without_account(person));
            }
        }
        for view in &mut views {
            view.disabled = disabled.iter().find(|(person, _)| person.id == view.person).map(|(_, since)| *since);
        }
        Ok(views)
    }

    /// The hash of a password that is strong enough for this person.
    fn hashed(&self, password: &str, username: &str, name: &str) -> Result<String, AccountRefused> {
        match passwords::weakness(password, &[username, name]) {
            Some(weakness) => Err(weakness.into()),
            None => Ok(passwords::hash(password, self.ids.bytes())?),
        }
    }
}

/// Lets a person sign in, or no more, with the end of all that rests on it.
pub(super) fn set_open(db: &mut Db, person: &PersonId, open: bool, now: Timestamp) -> Result<(), AccountRefused> {
    known(db, person)?;
    if open {
        return Ok(people::set_disabled(db, person, None)?);
    }
    let since = people::disabled(db, person)?;
    people::set_disabled(db, person, since.or(Some(now)))?;
    tokens::revoke_all(db, person, now)?;
    feeds::forget(db, person)?;
    Ok(sessions::end_all(db, person, now)?)
}

/// Has the sign-in service know a person by this HSA id.
pub(super) fn know_by(
    db: &mut Db,
    person: &PersonId,
    hsa_id: Option<&HsaId>,
    now: Timestamp,
) -> Result<(), AccountRefused> {
    known(db, person)?;
    let owner = hsa_id.map(|id| people::of_hsa_id(db, id)).transpose()?.flatten();
    if let (Some(id), Some(owner)) = (hsa_id, owner.filter(|owner| owner.id != *person)) {
        return Err(AccountRefused::HasHsaId(id.clone(), owner.id));
    }
    people::set_hsa_id(db, person, hsa_id)?;
    // Whoever came in by the former one may be somebody else.
    Ok(sessions::end_all(db, person, now)?)
}

/// A username as it is kept and compared.
pub(super) fn canonical(username: &str) -> String {
    username.trim().to_lowercase()
}

/// Whether somebody may have this username.
pub(super) fn is_username(canonical: &str) -> bool {
    let possible = |letter: char| letter.is_alphanumeric() || ".-_@".contains(letter);
    (1..=LONGEST_USERNAME).contains(&canonical.chars().count())
        && canonical.chars().all(possible)
        && !personal_number::contains(canonical)
}

fn known(db: &mut Db, person: &PersonId) -> Result<Person, AccountRefused> {
    people::person(db, person)?.ok_or_else(|| AccountRefused::NoPerson(person.clone()))
}

fn of(db: &mut Db, person: &PersonId) -> Result<Account, AccountRefused> {
    known(db, person)?;
    accounts::of_person(db, person)?.ok_or_else(|| AccountRefused::NoAccount(person.clone()))
}

fn view(name: String, hsa_id: Option<HsaId>, account: Account) -> AccountView {
    let Account { person, username, created, changed, password_hash: _ } = account;
    let (username, created, changed) = (Some(username), Some(created), Some(changed));
    AccountView { person, name, username, created, changed, disabled: None, hsa_id }
}

fn without_account(person: Person) -> AccountView {
    let Person { id: person, name, hsa_id, email: _ } = person;
    AccountView { person, name, username: None, created: None, changed: None, disabled: None, hsa_id }
}
