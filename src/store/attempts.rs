//! Sign-ins that are under way: at the sign-in service, or at the choice of a commission. Each is found by what its browser
//! keeps, of which only the digest is here, and is taken once.

use diesel::prelude::*;

use super::schema::{sign_in_attempts, sign_in_choices};
use super::{Db, StoreError};
use crate::clock::Timestamp;
use crate::ids::Digest;

/// A sign-in that is under way at the sign-in service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// The digest of the state, by which the service's answer names it.
    pub state: Digest,
    /// The digest of the secret that the browser keeps.
    pub browser: Digest,
    /// What the service's word on her must repeat.
    pub nonce: String,
    /// What we prove ourselves by when we ask for that word.
    pub verifier: String,
    /// Where she wanted to go.
    pub next: String,
    /// When it began.
    pub begun: Timestamp,
}

/// Somebody who has yet to choose a commission.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// The digest of the secret that the browser keeps.
    pub browser: Digest,
    /// Who she is and what she may choose, as JSON.
    pub claimed: String,
    /// Where she wanted to go.
    pub next: String,
    /// When it began.
    pub begun: Timestamp,
}

/// Stores an attempt.
pub fn insert(db: &mut Db, attempt: &Attempt) -> Result<(), StoreError> {
    let values = (
        sign_in_attempts::state.eq(&attempt.state.0),
        sign_in_attempts::browser.eq(&attempt.browser.0),
        sign_in_attempts::nonce.eq(&attempt.nonce),
        sign_in_attempts::verifier.eq(&attempt.verifier),
        sign_in_attempts::next.eq(&attempt.next),
        sign_in_attempts::begun_at.eq(attempt.begun.naive_utc()),
    );
    diesel::insert_into(sign_in_attempts::table).values(values).execute(db)?;
    Ok(())
}

/// Takes the attempt of this state and this browser out, where it began after `since`: of two who ask for it, one gets it.
pub fn take(db: &mut Db, state: &Digest, browser: &Digest, since: Timestamp) -> Result<Option<Attempt>, StoreError> {
    let row = sign_in_attempts::table.find(&state.0).filter(sign_in_attempts::browser.eq(&browser.0));
    let row = row.filter(sign_in_attempts::begun_at.gt(since.naive_utc()));
    let found: Option<(String, String, String, String, String, chrono::NaiveDateTime)> =
        row.get_result(db).optional()?;
    let Some((state, browser, nonce, verifier, next, begun)) = found else { return Ok(None) };
    let taken = diesel::delete(sign_in_attempts::table.find(&state)).execute(db)?;
    let (state, browser, begun) = (Digest(state), Digest(browser), Timestamp::from_naive_utc(begun));
    Ok((taken == 1).then_some(Attempt { state, browser, nonce, verifier, next, begun }))
}

/// Stores a choice.
pub fn offer(db: &mut Db, choice: &Choice) -> Result<(), StoreError> {
    let values = (
        sign_in_choices::browser.eq(&choice.browser.0),
        sign_in_choices::claimed.eq(&choice.claimed),
        sign_in_choices::next.eq(&choice.next),
        sign_in_choices::begun_at.eq(choice.begun.naive_utc()),
    );
    diesel::insert_into(sign_in_choices::table).values(values).execute(db)?;
    Ok(())
}

/// The choice that this browser has, where it began after `since`.
pub fn offered(db: &mut Db, browser: &Digest, since: Timestamp) -> Result<Option<Choice>, StoreError> {
    let row = sign_in_choices::table.find(&browser.0).filter(sign_in_choices::begun_at.gt(since.naive_utc()));
    let found: Option<(String, String, String, chrono::NaiveDateTime)> = row.get_result(db).optional()?;
    Ok(found.map(|(browser, claimed, next, begun)| Choice {
        browser: Digest(browser),
        claimed,
        next,
        begun: Timestamp::from_naive_utc(begun),
    }))
}

/// Takes the choice of this browser out; whether it was still there.
pub fn chosen(db: &mut Db, browser: &Digest) -> Result<bool, StoreError> {
    Ok(diesel::delete(sign_in_choices::table.find(&browser.0)).execute(db)? == 1)
}

/// Forgets what began before `since`; how many.
pub fn forget(db: &mut Db, since: Timestamp) -> Result<usize, StoreError> {
    let since = since.naive_utc();
    let attempts = diesel::delete(sign_in_attempts::table.filter(sign_in_attempts::begun_at.le(since))).execute(db)?;
    let choices = diesel::delete(sign_in_choices::table.filter(sign_in_choices::begun_at.le(since))).execute(db)?;
    Ok(attempts + choices)
}
