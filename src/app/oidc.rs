//! Signing in through the sign-in service, in steps: to the service, back from it, and, for whoever has several commissions,
//! the choice of one.
//!
//! What binds the steps to one browser is on the server, for ten minutes, and is used once. The service is never asked while
//! a transaction is open. Whoever is not let in is told why; the log holds no claim, code or secret.

use chrono::Duration;

use super::claimed::{At, Claimed, Commission, claimed};
use super::sessions::{Bound, NewSession};
use super::{App, AppError};
use crate::calendar::local_date;
use crate::clock::Timestamp;
use crate::ids::{Digest, HsaId, PersonId};
use crate::oidc::{Claims, OidcError, Secrets, SignInService};
use crate::store::attempts::{self, Attempt, Choice};
use crate::store::people::{self, Person};
use crate::store::sign_ins::Outcome;
use crate::store::{Db, StoreError, organisation};
use crate::workflow::digest::sha256;

/// How long somebody has for it.
pub const PATIENCE: Duration = Duration::minutes(10);
/// Signed in through the sign-in service.
const OIDC: &str = "oidc";

/// Why nobody was signed in.
#[derive(Debug, thiserror::Error)]
pub enum OidcRefused {
    /// The service does not answer.
    #[error(transparent)]
    Unavailable(OidcError),
    /// What came back was begun in another browser or never, too long ago, or is used.
    #[error("the sign-in was not begun in this browser, is too old or is used")]
    Stale,
    /// She broke it off, or the service would not let her in.
    #[error("the sign-in service let nobody in: {0}")]
    Denied(String),
    /// The service's word does not hold, or it gave none.
    #[error(transparent)]
    Untrusted(OidcError),
    /// It does not say who she is.
    #[error("the claims hold no employeeHsaId")]
    Nobody,
    /// It does not say that she works at one of our principals.
    #[error("the claims name no organisation of ours")]
    Elsewhere,
    /// She is disabled.
    #[error("the person is disabled")]
    Disabled,
    /// It could not be done.
    #[error(transparent)]
    App(#[from] AppError),
}

impl From<StoreError> for OidcRefused {
    fn from(error: StoreError) -> Self {
        OidcRefused::App(error.into())
    }
}

impl From<OidcError> for OidcRefused {
    fn from(error: OidcError) -> Self {
        match error {
            OidcError::Unavailable(_) => OidcRefused::Unavailable(error),
            OidcError::Refused(_) | OidcError::Untrue(_) => OidcRefused::Untrusted(error),
        }
    }
}

/// A sign-in that has begun.
#[derive(Debug, Clone)]
pub struct Begun {
    /// Where the browser goes now.
    pub to: String,
    /// The secret that it keeps meanwhile.
    pub browser: String,
}

/// What the sign-in service sent back with the browser.
#[derive(Debug, Clone, Copy)]
pub struct Back<'a> {
    /// Which sign-in it answers.
    pub state: &'a str,
    /// By what its word on her can be asked for; empty where it let nobody in.
    pub code: &'a str,
    /// Why it let nobody in, by a code of the protocol.
    pub error: &'a str,
}

/// A commission that somebody may choose, with the name of the principal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offered {
    /// Its identity.
    pub id: HsaId,
    /// Its name.
    pub name: String,
    /// The principal's name.
    pub organisation: String,
}

/// What came of coming back.
#[derive(Debug, Clone)]
pub enum Came {
    /// She is in, and goes on to where she wanted.
    In(NewSession, String),
    /// She has to choose a commission; the browser keeps this secret meanwhile.
    Choose(String),
}

impl App {
    /// What the button of the sign-in service says it is; none where there is no such service.
    pub fn sign_in_service(&self) -> Option<&str> {
        self.oidc.as_deref().map(SignInService::name)
    }

    /// Begins a sign-in at the service, to go on to `next` after it.
    ///
    /// # Errors
    /// Where there is no such service, or it does not answer.
    pub fn begin_oidc(&self, next: &str) -> Result<Begun, OidcRefused> {
        let (service, now) = (self.service()?, self.now());
        let secrets = Secrets { state: self.ids.secret(), nonce: self.ids.secret(), verifier: self.ids.secret() };
        let to = service.begin(&secrets, now).map_err(|error| told(error.into()))?;
        let browser = self.ids.secret();
        let attempt = Attempt {
            state: sha256(secrets.state.as_bytes()),
            browser: sha256(browser.as_bytes()),
            nonce: secrets.nonce,
            verifier: secrets.verifier,
            next: next.to_owned(),
            begun: now,
        };
        self.store.write(|db| attempts::insert(db, &attempt))?;
        Ok(Begun { to, browser })
    }

    /// Goes on with a sign-in whose browser came back from the service. `browser` is the secret that it kept, `former` that of
    /// the session that it had.
    ///
    /// # Errors
    /// Why nobody is signed in.
    pub fn finish_oidc(
        &self,
        back: Back<'_>,
        browser: Option<&str>,
        former: Option<&str>,
    ) -> Result<Came, OidcRefused> {
        self.service()?;
        let attempt = self.attempt(back.state, browser).map_err(told)?;
        match self.admit_claimed(back, &attempt, former) {
            Err(refused @ (OidcRefused::App(_) | OidcRefused::Disabled)) => Err(told(refused)),
            Err(refused) => {
                let now = self.now();
                self.store.write(|db| self.note(db, now, None, OIDC, Outcome::Refused))?;
                Err(told(refused))
            }
            came => came,
        }
    }

    /// The commissions among which this browser's user has to choose.
    ///
    /// # Errors
    /// [`OidcRefused::Stale`] where there is nothing to choose.
    pub fn commissions(&self, browser: Option<&str>) -> Result<Vec<Offered>, OidcRefused> {
        self.service()?;
        let (browser, since) = (digest(browser)?, self.now() + -PATIENCE);
        self.store.read(|db| {
            let choice = attempts::offered(db, &browser, since)?.ok_or(OidcRefused::Stale)?;
            let (_, commissions) = opened(&choice)?;
            let names = organisation::names(db)?;
            let offered = commissions.into_iter().map(|Commission { id, name, principal }| {
                let organisation = names.get(principal.as_str()).cloned().unwrap_or_default();
                Offered { id, name, organisation }
            });
            Ok(offered.collect())
        })
    }

    /// Signs in with the commission that she chose.
    ///
    /// # Errors
    /// [`OidcRefused::Stale`] where there is nothing to choose, or not this.
    pub fn choose_commission(
        &self,
        browser: Option<&str>,
        chosen: &str,
        former: Option<&str>,
    ) -> Result<(NewSession, String), OidcRefused> {
        let (browser, now) = (digest(browser)?, self.now());
        let came = self.store.write(|db| {
            let choice = attempts::offered(db, &browser, now + -PATIENCE)?.ok_or(OidcRefused::Stale)?;
            let (claimed, commissions) = opened(&choice)?;
            let chosen = commissions.into_iter().find(|commission| commission.id.as_str() == chosen);
            let bound = Bound::to_commission(chosen.ok_or(OidcRefused::Stale)?);
            if !attempts::chosen(db, &browser)? {
                return Err(OidcRefused::Stale);
            }
            let session = self.enter(db, now, &claimed, bound, former)?;
            Ok(session.map(|session| (session, choice.next)))
        });
        came.and_then(|came| came.ok_or(OidcRefused::Disabled)).map_err(told)
    }

    fn service(&self) -> Result<&dyn SignInService, OidcRefused> {
        self.oidc.as_deref().ok_or(OidcRefused::App(AppError::NotFound))
    }

    /// Takes the sign-in that this browser began out of those under way: it is used now, whatever comes of it.
    fn attempt(&self, state: &str, browser: Option<&str>) -> Result<Attempt, OidcRefused> {
        let (state, since) = (sha256(state.as_bytes()), self.now() + -PATIENCE);
        let browser = digest(browser)?;
        self.store.write(|db| attempts::take(db, &state, &browser, since))?.ok_or(OidcRefused::Stale)
    }

    /// Asks the service who she is, and lets her in or has her choose.
    fn admit_claimed(&self, back: Back<'_>, attempt: &Attempt, former: Option<&str>) -> Result<Came, OidcRefused> {
        if back.code.is_empty() {
            return Err(OidcRefused::Denied(protocol_code(back.error)));
        }
        let Attempt { nonce, verifier, .. } = attempt.clone();
        let secrets = Secrets { state: back.state.to_owned(), nonce, verifier };
        let claims = self.service()?.finish(back.code, &secrets, self.now())?;
        let now = self.now();
        let came = self.store.write(|db| {
            let claimed = self.understood(db, &claims, now)?;
            if self.is_disabled(db, now, &claimed.hsa_id)? {
                return Ok(None);
            }
            let bound = match claimed.at.clone() {
                At::Elsewhere => return Err(OidcRefused::Elsewhere),
                At::Commissions(several) if several.len() > 1 => {
                    let choose = self.offer(db, &claimed, attempt, now)?;
                    return Ok(Some(Came::Choose(choose)));
                }
                At::Commissions(one) => one.into_iter().next().map_or(Bound::default(), Bound::to_commission),
                // Her roles say where she works, unless she has none.
                at => match (known_with_a_role(db, &claimed.hsa_id, now)?, at) {
                    (true, _) => Bound::default(),
                    (false, At::Principal(principal)) => Bound::to(principal),
                    (false, _) => return Err(OidcRefused::Elsewhere),
                },
            };
            let session = self.enter(db, now, &claimed, bound, former)?;
            Ok(session.map(|session| Came::In(session, attempt.next.clone())))
        })?;
        came.ok_or(OidcRefused::Disabled)
    }

    fn understood(&self, db: &mut Db, claims: &Claims, now: Timestamp) -> Result<Claimed, OidcRefused> {
        let ours = organisation::by_hsa_id(db, local_date(now))?;
        claimed(claims, &ours).ok_or(OidcRefused::Nobody)
    }

    /// Keeps who she is while she chooses; the secret by which her browser shows that it is she.
    fn offer(&self, db: &mut Db, claimed: &Claimed, attempt: &Attempt, now: Timestamp) -> Result<String, OidcRefused> {
        let browser = self.ids.secret();
        let claimed = serde_json::to_string(claimed).map_err(|error| AppError::Internal(error.to_string()))?;
        let next = attempt.next.clone();
        attempts::offer(db, &Choice { browser: sha256(browser.as_bytes()), claimed, next, begun: now })?;
        Ok(browser)
    }

    /// Begins the session of somebody who has shown who she is; who is not known yet becomes a person. None where she is
    /// disabled.
    fn enter(
        &self,
        db: &mut Db,
        now: Timestamp,
        claimed: &Claimed,
        bound: Bound,
        former: Option<&str>,
    ) -> Result<Option<NewSession>, OidcRefused> {
        if self.is_disabled(db, now, &claimed.hsa_id)? {
            return Ok(None);
        }
        let person = match people::of_hsa_id(db, &claimed.hsa_id)? {
            Some(person) => person.id,
            None => self.meet(db, now, claimed)?,
        };
        Ok(Some(self.begin_session(db, now, &person, OIDC, former, bound)?))
    }

    /// Whether she is disabled, which is noted: asked when she comes, and again when she has chosen a commission.
    fn is_disabled(&self, db: &mut Db, now: Timestamp, hsa_id: &HsaId) -> Result<bool, StoreError> {
        let Some(person) = people::of_hsa_id(db, hsa_id)? else { return Ok(false) };
        let disabled = people::disabled(db, &person.id)?.is_some();
        if disabled {
            self.note(db, now, Some(person.id), OIDC, Outcome::Disabled)?;
        }
        Ok(disabled)
    }

    /// Makes somebody a person whom the organisation file does not name: without address and without any role.
    fn meet(&self, db: &mut Db, now: Timestamp, claimed: &Claimed) -> Result<PersonId, OidcRefused> {
        let id = PersonId(self.ids.next(now));
        let (name, hsa_id) = (claimed.name.clone(), Some(claimed.hsa_id.clone()));
        people::keep_person(db, &Person { id: id.clone(), name, email: None, hsa_id })?;
        Ok(id)
    }
}

/// What is kept of the secret of a browser: it must have one.
fn digest(browser: Option<&str>) -> Result<Digest, OidcRefused> {
    browser.map(|secret| sha256(secret.as_bytes())).ok_or(OidcRefused::Stale)
}

/// Whether somebody of this HSA id holds a role today.
fn known_with_a_role(db: &mut Db, id: &HsaId, now: Timestamp) -> Result<bool, StoreError> {
    let Some(person) = people::of_hsa_id(db, id)? else { return Ok(false) };
    let actor = people::actor(db, &person.id, local_date(now))?;
    Ok(actor.is_some_and(|actor| !actor.seats.is_empty()))
}

/// Who chooses, and among what.
fn opened(choice: &Choice) -> Result<(Claimed, Vec<Commission>), AppError> {
    let claimed: Claimed =
        serde_json::from_str(&choice.claimed).map_err(|error| AppError::Internal(error.to_string()))?;
    let commissions = match &claimed.at {
        At::Commissions(commissions) => commissions.clone(),
        At::Unknown | At::Elsewhere | At::Principal(_) => Vec::new(),
    };
    Ok((claimed, commissions))
}

/// A code of the protocol, as it may stand in the log: anybody can write into an address what she likes.
fn protocol_code(error: &str) -> String {
    let fits = (1..=40).contains(&error.len()) && error.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    if fits { error.to_owned() } else { "it does not say why".to_owned() }
}

/// Tells the operator why nobody was signed in.
fn told(refused: OidcRefused) -> OidcRefused {
    match &refused {
        OidcRefused::App(_) => {} // told where it is answered
        why => tracing::warn!(method = OIDC, %why, "nobody was signed in"),
    }
    refused
}
