//! Bearer tokens: made on the command line, stored hashed, asked at every request.

use chrono::Duration;

use super::{App, AppError};
use crate::authz::Actor;
use crate::calendar::local_date;
use crate::ids::PersonId;
use crate::store::{people, tokens};
use crate::workflow::digest::sha256;

/// A token, shown once.
#[derive(Debug, Clone)]
pub struct NewToken {
    /// Its id, by which it can be revoked.
    pub id: String,
    /// The secret.
    pub secret: String,
}

impl App {
    /// Makes a token for a person, valid for so many days, or until it is revoked.
    ///
    /// # Errors
    /// [`AppError::NotFound`] where there is no such person.
    pub fn create_token(&self, person: &PersonId, days: Option<u32>) -> Result<NewToken, AppError> {
        let now = self.now();
        let token = NewToken { id: self.ids.next(now), secret: self.ids.secret() };
        let expires = days.map(|days| now + Duration::days(i64::from(days)));
        let hash = sha256(token.secret.as_bytes());
        self.store.write(|db| {
            people::person(db, person)?.ok_or(AppError::NotFound)?;
            Ok::<_, AppError>(tokens::insert(db, &token.id, person, &hash, now, expires)?)
        })?;
        Ok(token)
    }

    /// Makes a token worthless.
    ///
    /// # Errors
    /// [`AppError::NotFound`] where there is none of that id that is valid.
    pub fn revoke_token(&self, id: &str) -> Result<(), AppError> {
        let now = self.now();
        match self.store.write(|db| tokens::revoke(db, id, now))? {
            true => Ok(()),
            false => Err(AppError::NotFound),
        }
    }

    /// The person whose token this is, with the seats that she holds today; none where the token is worth nothing.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub fn authenticate(&self, secret: &str) -> Result<Option<Actor>, AppError> {
        let now = self.now();
        let hash = sha256(secret.as_bytes());
        self.store.read(|db| match tokens::holder(db, &hash, now)? {
            Some(person) => Ok(people::actor(db, &person, local_date(now))?),
            None => Ok(None),
        })
    }

    /// A person with the seats that she holds today.
    ///
    /// # Errors
    /// [`AppError::NotFound`] where there is no such person.
    pub fn actor(&self, person: &PersonId) -> Result<Actor, AppError> {
        let day = local_date(self.now());
        self.store.read(|db| people::actor(db, person, day)?.ok_or(AppError::NotFound))
    }
}
