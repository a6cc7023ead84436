//! Signing in and out, and who is behind a request of a browser.
//!
//! A session is known by a secret of 256 random bits in the browser; of it the database holds the digest. It begins anew
//! with each sign-in (nobody can slip a browser a session that she knows), and ends by itself. What a person may do is
//! looked up at each request: a role that ends today ends for those who are signed in too.

use chrono::Duration;

use super::accounts::{canonical, is_username};
use super::claimed::Commission;
use super::oidc::PATIENCE;
use super::{App, AppError, passwords, throttle};
use crate::authz::Actor;
use crate::calendar::local_date;
use crate::clock::Timestamp;
use crate::ids::{Digest, PersonId, PrincipalId};
use crate::store::accounts::{self, Account};
use crate::store::sessions::{self, Limits, Session};
use crate::store::sign_ins::{self, Outcome, SignIn};
use crate::store::{self, Db, StoreError, attempts, people, throttles};
use crate::workflow::digest::sha256;

/// A session in which nothing happened for so long is over. Long enough for a telephone call in the middle of a form,
/// short enough for a computer that somebody left.
pub const IDLE_LIMIT: Duration = Duration::minutes(60);
/// A session is over so long after its sign-in, whatever happens in it: a working day, and none of the next one.
pub const ABSOLUTE_LIMIT: Duration = Duration::hours(10);
/// How often it is noted that something happened: a write for each request would cost more than the minute is worth.
const NOTED_EVERY: Duration = Duration::minutes(1);
/// How often a sign-in is tried again when another one for the same username got in between.
const TRIES: usize = 8;

/// How long wrong passwords are kept: beyond the time in which they count.
const FAILURES_KEPT: Duration = Duration::days(1);
/// How long the record of sign-ins is kept.
const RECORD_KEPT: Duration = Duration::days(366);

/// Signed in with a username and a password.
const PASSWORD: &str = "password";
/// Signed in by one click, in the demonstration.
const DEMO: &str = "demo";

/// A session that has just begun.
#[derive(Debug, Clone)]
pub struct NewSession {
    /// Its id.
    pub id: String,
    /// The secret, for the browser alone.
    pub secret: String,
    /// Who signed in.
    pub person: PersonId,
}

/// Somebody who is signed in.
#[derive(Debug, Clone)]
pub struct Signed {
    /// The session.
    pub session: String,
    /// Who, with the seats that she holds today; there may be none.
    pub actor: Actor,
    /// Her name.
    pub name: String,
    /// What each form of the session carries, so that no other site can send one in her name.
    pub csrf: String,
    /// How she signed in: password, oidc, demo.
    pub method: String,
    /// The principal that the session speaks for, where it speaks for one alone.
    pub principal: Option<PrincipalId>,
    /// The name of the commission that she chose.
    pub commission: Option<String>,
    /// Whether there is any case that she may begin.
    pub registers: bool,
}

/// What a session is bound to; mostly to nothing but the person.
#[derive(Debug, Clone, Default)]
pub(super) struct Bound {
    principal: Option<PrincipalId>,
    commission: Option<String>,
}

impl Bound {
    /// To a principal, as an employee of which she signed in.
    pub fn to(principal: PrincipalId) -> Bound {
        Bound { principal: Some(principal), commission: None }
    }

    /// To a commission at a principal.
    pub fn to_commission(commission: Commission) -> Bound {
        Bound { principal: Some(commission.principal), commission: Some(commission.name) }
    }
}

/// How much was forgotten.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Forgotten {
    /// Sessions that were over.
    pub sessions: u64,
    /// Usernames with wrong passwords.
    pub throttles: u64,
    /// Entries of the record of sign-ins.
    pub sign_ins: u64,
    /// Sign-ins that were not brought to an end.
    pub attempts: u64,
}

/// Why nobody was signed in.
#[derive(Debug, thiserror::Error)]
pub enum SignInRefused {
    /// Nobody has the username, or the password is another, or she is disabled: the same answer to all.
    #[error("wrong username or password")]
    Wrong,
    /// Too many were wrong. A right one would have been refused too.
    #[error("too many failures: refused until {until}")]
    Throttled {
        /// When the next try is looked at.
        until: Timestamp,
    },
    /// It could not be found out.
    #[error(transparent)]
    Unavailable(#[from] AppError),
}

impl From<StoreError> for SignInRefused {
    fn from(error: StoreError) -> Self {
        SignInRefused::Unavailable(error.into())
    }
}

impl App {
    /// Signs in with a username and a password. `former` is the secret of the session that the browser had, which ends.
    ///
    /// # Errors
    /// Why not; the answer and its time are the same whether anybody has the username or not.
    pub fn sign_in(&self, username: &str, password: &str, former: Option<&str>) -> Result<NewSession, SignInRefused> {
        let username = canonical(username);
        let key = sha256(username.as_bytes());
        let account = self.admit(&username, &key)?;
        // Outside of any transaction: it takes long, and others want to write meanwhile.
        let right = passwords::is_right(password, account.as_ref().map(|account| account.password_hash.as_str()))?;
        let now = self.now();
        let begun = self.store.write(|db| match (outcome(db, account.as_ref(), right)?, account) {
            (Outcome::Ok, Some(account)) => {
                throttles::clear(db, &key)?;
                self.begin_session(db, now, &account.person, PASSWORD, former, Bound::default()).map(Some)
            }
            (outcome, account) => {
                self.note(db, now, account.map(|account| account.person), PASSWORD, outcome).map(|()| None)
            }
        })?;
        begun.ok_or(SignInRefused::Wrong)
    }

    /// Signs in as anybody by a click, where the database holds the demonstration and nothing else.
    ///
    /// # Errors
    /// [`AppError::NotFound`] everywhere else, and where there is no such person who may sign in.
    pub fn sign_in_as(&self, person: &PersonId, former: Option<&str>) -> Result<NewSession, AppError> {
        let now = self.now();
        self.store.write(|db| {
            store::fact(db, store::DEMONSTRATION)?.ok_or(AppError::NotFound)?;
            people::person(db, person)?.ok_or(AppError::NotFound)?;
            if people::disabled(db, person)?.is_some() {
                return Err(AppError::NotFound);
            }
            Ok(self.begin_session(db, now, person, DEMO, former, Bound::default())?)
        })
    }

    /// Whether the database holds the demonstration and nothing else.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub fn is_demonstration(&self) -> Result<bool, AppError> {
        Ok(self.store.read(|db| store::fact(db, store::DEMONSTRATION))?.is_some())
    }

    /// Who is signed in with this secret; none where the session is over, or never was.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub fn session(&self, secret: &str) -> Result<Option<Signed>, AppError> {
        let now = self.now();
        let hash = sha256(secret.as_bytes());
        let found = self.store.read(|db| {
            let Some(session) = sessions::of_hash(db, &hash, limits(now))? else { return Ok(None) };
            let person = people::person(db, &session.person)?;
            let actor = people::actor(db, &session.person, local_date(now))?;
            let actor = actor.map(|actor| match &session.principal {
                Some(principal) => actor.speaking_for(principal),
                None => actor,
            });
            let Some((person, actor)) = person.zip(actor) else { return Ok(None) };
            let registers = self.begins_cases(db, &actor)?;
            Ok::<_, AppError>(Some((session, person.name, actor, registers)))
        })?;
        let Some((session, name, actor, registers)) = found else { return Ok(None) };
        if session.seen + NOTED_EVERY <= now {
            self.store.write(|db| sessions::see(db, &session.id, now))?;
        }
        let Session { id, method, principal, commission, .. } = session;
        Ok(Some(Signed { session: id, actor, name, csrf: csrf(&hash), method, principal, commission, registers }))
    }

    /// Ends the session of this secret. Where it is over already, nothing happens.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub fn sign_out(&self, secret: &str) -> Result<(), AppError> {
        let now = self.now();
        let hash = sha256(secret.as_bytes());
        self.store.write(|db| {
            if let Some(session) = sessions::of_hash(db, &hash, limits(now))? {
                self.note(db, now, Some(session.person), &session.method, Outcome::Out)?;
            }
            Ok(sessions::end(db, &hash, now)?)
        })
    }

    /// Ends every session of a person, in whichever browser.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub fn sign_out_everywhere(&self, person: &PersonId) -> Result<(), AppError> {
        let now = self.now();
        self.store.write(|db| {
            for session in sessions::of_person(db, person, limits(now))? {
                self.note(db, now, Some(session.person), &session.method, Outcome::Out)?;
            }
            Ok(sessions::end_all(db, person, now)?)
        })
    }

    /// Forgets what is of no more use: sessions that are over, old failures, old sign-ins.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub fn forget_sign_ins(&self) -> Result<Forgotten, AppError> {
        let now = self.now();
        let count = |rows: usize| u64::try_from(rows).unwrap_or(u64::MAX);
        self.store.write(|db| {
            Ok(Forgotten {
                sessions: count(sessions::forget(db, limits(now))?),
                throttles: count(throttles::forget(db, now + -FAILURES_KEPT)?),
                sign_ins: count(sign_ins::forget(db, now + -RECORD_KEPT)?),
                attempts: count(attempts::forget(db, now + -PATIENCE)?),
            })
        })
    }

    /// Lets a try of this username in, with the account where somebody has it.
    fn admit(&self, username: &str, key: &Digest) -> Result<Option<Account>, SignInRefused> {
        let mut tries = 1..=TRIES;
        loop {
            let now = self.now();
            let admitted = self.store.write(|db| {
                let account = match is_username(username) {
                    true => accounts::by_username(db, username)?,
                    false => None,
                };
                let until = throttle::admit(db, key, now)?;
                if until.is_some() {
                    let person = account.as_ref().map(|account| account.person.clone());
                    self.note(db, now, person, PASSWORD, Outcome::Throttled)?;
                }
                Ok((account, until))
            });
            match admitted {
                Ok((account, None)) => return Ok(account),
                Ok((_, Some(until))) => return Err(SignInRefused::Throttled { until }),
                Err(StoreError::Conflict) if tries.next().is_some() => {}
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Begins a session for somebody who has shown who she is, and ends the one that the browser had.
    pub(super) fn begin_session(
        &self,
        db: &mut Db,
        now: Timestamp,
        person: &PersonId,
        method: &str,
        former: Option<&str>,
        bound: Bound,
    ) -> Result<NewSession, StoreError> {
        if let Some(former) = former {
            sessions::end(db, &sha256(former.as_bytes()), now)?;
        }
        let begun = NewSession { id: self.ids.next(now), secret: self.ids.secret(), person: person.clone() };
        let (id, person, method_name) = (begun.id.clone(), person.clone(), method.to_owned());
        let Bound { principal, commission } = bound;
        let session = Session { id, person: person.clone(), method: method_name, seen: now, principal, commission };
        sessions::insert(db, &session, &sha256(begun.secret.as_bytes()))?;
        self.note(db, now, Some(person), method, Outcome::Ok)?;
        Ok(begun)
    }

    /// Adds to the record of sign-ins.
    pub(super) fn note(
        &self,
        db: &mut Db,
        at: Timestamp,
        person: Option<PersonId>,
        method: &str,
        outcome: Outcome,
    ) -> Result<(), StoreError> {
        let entry = SignIn { id: self.ids.next(at), at, person, method: method.to_owned(), outcome };
        tracing::info!(method, outcome = outcome.name(), "sign-in");
        sign_ins::insert(db, &entry)
    }
}

/// What comes of a password that was compared with the account as it was seen: somebody may have changed or disabled it
/// in the meantime.
fn outcome(db: &mut Db, seen: Option<&Account>, right: bool) -> Result<Outcome, StoreError> {
    let Some(seen) = seen.filter(|_| right) else { return Ok(Outcome::Wrong) };
    let present = accounts::of_person(db, &seen.person)?.filter(|now| now.password_hash == seen.password_hash);
    Ok(match present {
        None => Outcome::Wrong,
        Some(account) if people::disabled(db, &account.person)?.is_some() => Outcome::Disabled,
        Some(_) => Outcome::Ok,
    })
}

/// What a session must have been seen and begun after, to be alive now.
fn limits(now: Timestamp) -> Limits {
    Limits { seen: now + -IDLE_LIMIT, begun: now + -ABSOLUTE_LIMIT }
}

/// What the forms of a session carry. Nobody can tell the secret from it, and from the digest that is kept of the secret
/// it is known whose form it was, also when the session is over.
pub(super) fn csrf(hash: &Digest) -> String {
    sha256(format!("csrf{hash}").as_bytes()).0
}
