//! Sign-in by OpenID Connect: what the sign-in service is asked, and what it says of somebody. The only place that speaks to
//! it, with a kept library for the protocol (authorization code with PKCE; the ID token's signature, issuer, audience, nonce
//! and time are the library's to check) and another for HTTP.
//!
//! No database and no decision on what the claims mean: who may come in, `app/` says. Randomness and time are handed in.

mod http;
mod provider;

pub use provider::Provider;

use url::Url;

use crate::clock::Timestamp;

/// The settings of a sign-in service.
#[derive(Clone)]
pub struct Settings {
    /// Its address, as its tokens name it.
    pub issuer: String,
    /// What it knows us by.
    pub client_id: String,
    /// What we prove ourselves with.
    pub client_secret: String,
    /// What its button says it is.
    pub name: String,
    /// What it is asked for, besides `openid`.
    pub scopes: Vec<String>,
}

/// Without the secret.
impl std::fmt::Debug for Settings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Settings { issuer, client_id, client_secret: _, name, scopes } = self;
        write!(f, "{name} at {issuer} as {client_id} ({})", scopes.join(" "))
    }
}

/// Whether an address may be that of a sign-in service: nobody may listen, but on this machine.
pub fn is_safe(address: &Url) -> bool {
    let here = match address.host() {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(ip)) => ip.is_loopback(),
        Some(url::Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    };
    address.scheme() == "https" || (address.scheme() == "http" && here)
}

/// What one sign-in is bound by, each 256 random bits.
#[derive(Clone)]
pub struct Secrets {
    /// Names the sign-in when the browser comes back.
    pub state: String,
    /// What the service's word on her must repeat.
    pub nonce: String,
    /// What we prove ourselves by when we ask for that word.
    pub verifier: String,
}

/// What the service says of somebody, unchecked but for who says it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Claims {
    /// `employeeHsaId`: who she is.
    pub employee: Option<String>,
    /// Her name, as one text.
    pub name: Option<String>,
    /// The commission that she chose there.
    pub commission: Commission,
    /// `allCommissions`: all that she has.
    pub all: Vec<Commission>,
}

/// What the service says of one commission.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Commission {
    /// `commissionHsaId`.
    pub id: Option<String>,
    /// `commissionName`.
    pub name: Option<String>,
    /// `healthCareProviderHsaId`: the organisation.
    pub provider: Option<String>,
    /// `healthCareUnitHsaId`: the unit.
    pub unit: Option<String>,
}

/// Why the service gave no word on somebody. The messages are for operators and hold no secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OidcError {
    /// It does not answer, or not as such a service answers.
    #[error("the sign-in service does not answer: {0}")]
    Unavailable(String),
    /// It does not take what we brought: the code is old, used, another's, or the proof is wrong.
    #[error("the sign-in service refused the code: {0}")]
    Refused(String),
    /// It said something that does not hold.
    #[error("the ID token does not hold: {0}")]
    Untrue(String),
}

/// A sign-in service.
pub trait SignInService: Send + Sync {
    /// What its button says it is.
    fn name(&self) -> &str;

    /// Where the browser is sent to begin a sign-in.
    ///
    /// # Errors
    /// Where the service does not answer.
    fn begin(&self, secrets: &Secrets, now: Timestamp) -> Result<String, OidcError>;

    /// What it says of whoever came back with this code.
    ///
    /// # Errors
    /// Why it says nothing that can be relied on.
    fn finish(&self, code: &str, secrets: &Secrets, now: Timestamp) -> Result<Claims, OidcError>;
}
