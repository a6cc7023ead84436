//! Local accounts: a username and a password for somebody whom the organisation knows. What she may do is her roles'
//! to say; an account only lets her in.

use serde::Serialize;

use super::passwords::{self, Weakness};
use super::{App, AppError};
use crate::clock::Timestamp;
use crate::ids::PersonId;
use crate::personal_number;
use crate::store::accounts::{self, Account};
use crate::store::people::{self, Person};
use crate::store::{Db, StoreError, sessions, throttles, tokens};
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

/// An account, as its operator sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AccountView {
    /// Whose.
    pub person: PersonId,
    /// Her name.
    pub name: String,
    /// The username.
    pub username: String,
    /// When it was made, UTC.
    pub created: Timestamp,
    /// When the password was last changed, UTC.
    pub changed: Timestamp,
    /// Since when it is disabled, UTC.
    pub disabled: Option<Timestamp>,
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
            Ok(accounts::insert(db, &Account { person, username, password_hash, created, changed, disabled: None })?)
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

    /// Closes a person's account: she cannot sign in, her sessions end, and her tokens are worth nothing.
    ///
    /// # Errors
    /// Where she has none.
    pub fn disable_account(&self, person: &PersonId) -> Result<(), AccountRefused> {
        let now = self.now();
        self.store.write(|db| set_open(db, person, false, now))
    }

    /// Opens a person's account again. What ended when it was closed has ended.
    ///
    /// # Errors
    /// Where she has none.
    pub fn enable_account(&self, person: &PersonId) -> Result<(), AccountRefused> {
        let now = self.now();
        self.store.write(|db| set_open(db, person, true, now))
    }

    /// All accounts, by username.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub fn accounts(&self) -> Result<Vec<AccountView>, AppError> {
        let accounts = self.store.read(accounts::all)?.into_iter();
        Ok(accounts.map(|(account, name)| view(account, name)).collect())
    }

    /// The hash of a password that is strong enough for this person.
    fn hashed(&self, password: &str, username: &str, name: &str) -> Result<String, AccountRefused> {
        match passwords::weakness(password, &[username, name]) {
            Some(weakness) => Err(weakness.into()),
            None => Ok(passwords::hash(password, self.ids.bytes())?),
        }
    }
}

/// Opens a person's account, or closes it with all that rests on it.
pub(super) fn set_open(db: &mut Db, person: &PersonId, open: bool, now: Timestamp) -> Result<(), AccountRefused> {
    let account = of(db, person)?;
    if open {
        return Ok(accounts::set_disabled(db, person, None)?);
    }
    accounts::set_disabled(db, person, account.disabled.or(Some(now)))?;
    tokens::revoke_all(db, person, now)?;
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

fn view(account: Account, name: String) -> AccountView {
    let Account { person, username, created, changed, disabled, password_hash: _ } = account;
    AccountView { person, name, username, created, changed, disabled }
}
