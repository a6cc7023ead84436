//! What somebody sent after her session had run out: kept for her alone, for an hour, until she has signed in again; or
//! from a page that was open since before she did. What was sent for one of her principals does not come back in a session
//! that speaks for another.

use chrono::Duration;

use super::sessions::{Signed, csrf};
use super::{App, AppError};
use crate::personal_number;
use crate::store::held_forms::{self, Sender};
use crate::store::{Db, StoreError, sessions};
use crate::workflow::digest::sha256;

/// How long a form is kept.
const KEPT: Duration = Duration::hours(1);
/// The most forms that are kept for one person.
const MOST: i64 = 20;
/// The most bytes of a form that is kept.
const LARGEST: usize = 1024 * 1024;

/// What became of a form that nobody could be found to have sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Held {
    /// It is kept.
    Kept,
    /// It holds what looks like somebody's identity, and is not.
    Identity,
    /// It is not ours to keep: no session was there, or the form is not of it.
    NotOurs,
}

impl App {
    /// Keeps what was sent to a page under a session that is over. `proof` is what the form proves itself by.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub fn hold_form(
        &self,
        secret: &str,
        proof: &str,
        address: &str,
        form: &[(String, String)],
    ) -> Result<Held, AppError> {
        let hash = sha256(secret.as_bytes());
        if proof != csrf(&hash) {
            return Ok(Held::NotOurs);
        }
        self.hold(address, form, |db| sessions::once_of(db, &hash))
    }

    /// Keeps what somebody who is signed in sent from a page of an earlier session of hers: she has signed in anew since,
    /// in another tab. It is not kept where that session spoke for another principal than this one does: on the page that she
    /// comes to next it would not be there.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub fn hold_earlier_form(
        &self,
        signed: &Signed,
        proof: &str,
        address: &str,
        form: &[(String, String)],
    ) -> Result<Held, AppError> {
        self.hold(address, form, |db| {
            let earlier = sessions::all_of(db, &signed.actor.person)?.into_iter();
            let sent = earlier.filter(|(hash, _)| csrf(hash) == proof).map(|(_, sender)| sender).next();
            Ok(sent.filter(|sender| senders(signed).contains(sender)))
        })
    }

    fn hold(
        &self,
        address: &str,
        form: &[(String, String)],
        whose: impl FnOnce(&mut Db) -> Result<Option<Sender>, StoreError>,
    ) -> Result<Held, AppError> {
        let text = serde_json::to_string(form).map_err(|error| AppError::Internal(error.to_string()))?;
        if text.len() > LARGEST {
            return Ok(Held::NotOurs);
        }
        let is_identity = |text: &String| personal_number::contains(text);
        let identity = form.iter().any(|(name, value)| is_identity(name) || is_identity(value));
        let now = self.now();
        self.store.write(|db| {
            let Some(sender) = whose(db)? else { return Ok(Held::NotOurs) };
            if identity {
                return Ok(Held::Identity);
            }
            if held_forms::count(db, &sender.person)? >= MOST {
                return Ok(Held::NotOurs);
            }
            held_forms::keep(db, &sender, address, &text, now)?;
            Ok(Held::Kept)
        })
    }

    /// What she sent to a page and could not, if anything.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub fn held_form(&self, signed: &Signed, address: &str) -> Result<Option<Vec<(String, String)>>, AppError> {
        let since = self.now() + -KEPT;
        let form = self.store.read(|db| {
            let forms = senders(signed).into_iter().map(|sender| held_forms::of(db, &sender, address, since));
            forms.filter_map(Result::transpose).next().transpose()
        })?;
        form.map(|text| serde_json::from_str(&text).map_err(|error| AppError::Internal(error.to_string()))).transpose()
    }

    /// Drops it: she has sent the page again.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub fn drop_held_form(&self, signed: &Signed, address: &str) -> Result<(), AppError> {
        Ok(self
            .store
            .write(|db| senders(signed).iter().try_for_each(|sender| held_forms::drop(db, sender, address)))?)
    }

    /// Forgets the forms whose hour is over; how many.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub fn forget_held_forms(&self) -> Result<u64, AppError> {
        let since = self.now() + -KEPT;
        let forgotten = self.store.write(|db| held_forms::forget(db, since))?;
        Ok(u64::try_from(forgotten).unwrap_or(u64::MAX))
    }
}

/// As whom she may have sent what this session gives back to her: for the principal that it speaks for, or, where that is no
/// single one, for each of those that she acts for.
fn senders(signed: &Signed) -> Vec<Sender> {
    let principals = match &signed.principal {
        Some(one) => vec![Some(one.clone())],
        None => std::iter::once(None).chain(signed.actor.principals().into_iter().map(Some)).collect(),
    };
    let person = &signed.actor.person;
    principals.into_iter().map(|principal| Sender { person: person.clone(), principal }).collect()
}
