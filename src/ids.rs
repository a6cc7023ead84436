//! Identifiers, each a type of its own so that a person's id cannot be passed for a unit's, and where they come from.
//!
//! An identifier is text: slugs of the organisation file (`falun`, `psykiatri-falun`), or made here, ordered by time.
//! Nothing here knows what the identified things are.

use std::sync::Mutex;

use rand::rngs::{StdRng, SysRng};
use rand::{Rng, SeedableRng, TryRng};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;

/// A newtype over text.
macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
        #[serde(transparent)]
        pub struct $name(pub String);

        impl $name {
            /// The identifier as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                $name(text.to_owned())
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

text_id!(
    /// A principal (huvudman): the region or one of the municipalities.
    PrincipalId
);
text_id!(
    /// An authority (myndighet, nämnd) of a principal.
    AuthorityId
);
text_id!(
    /// A unit (verksamhet) of a principal.
    UnitId
);
text_id!(
    /// A body of the ladder: steering group, network, presidium, council.
    BodyId
);
text_id!(
    /// A person who uses the system; never a patient.
    PersonId
);
text_id!(
    /// A case, internally. People see its [`CaseNumber`].
    CaseId
);
text_id!(
    /// A case's number as people see it: series of the sender, year of sending, running number (`FALUN-2026-0017`).
    CaseNumber
);
text_id!(
    /// A document that was attached to a case.
    DocumentId
);
text_id!(
    /// A SHA-256 digest in lower-case hexadecimal.
    Digest
);
text_id!(
    /// An agreement between the principals.
    AgreementId
);

/// An identity in HSA, the catalogue of Swedish health and social care: of a person, an organisation or a commission. It is
/// the country, the organisation's number, a hyphen and what the organisation chose (`SE2321000180-1A2B`), in upper case
/// here, for case does not count.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(extend("pattern" = HSA_ID))]
pub struct HsaId(String);

/// How an HSA id is written.
pub const HSA_ID: &str = "^[Ss][Ee][0-9]+-[0-9A-Za-z]+$";

/// A text that is no HSA id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an HSA id, such as SE2321000180-1A2B")]
pub struct NoHsaId;

/// The most characters of an HSA id.
const LONGEST_HSA_ID: usize = 31;

impl HsaId {
    /// The identity as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::str::FromStr for HsaId {
    type Err = NoHsaId;

    fn from_str(text: &str) -> Result<Self, NoHsaId> {
        let text = text.trim().to_ascii_uppercase();
        let parts = text.strip_prefix("SE").and_then(|rest| rest.split_once('-'));
        let all = |part: &str, fits: fn(&u8) -> bool| !part.is_empty() && part.bytes().all(|byte| fits(&byte));
        let fits = |(number, own): (&str, &str)| {
            all(number, u8::is_ascii_digit) && all(own, u8::is_ascii_alphanumeric) && text.len() <= LONGEST_HSA_ID
        };
        if parts.is_some_and(fits) { Ok(HsaId(text)) } else { Err(NoHsaId) }
    }
}

impl TryFrom<String> for HsaId {
    type Error = NoHsaId;

    fn try_from(text: String) -> Result<Self, NoHsaId> {
        text.parse()
    }
}

impl From<HsaId> for String {
    fn from(id: HsaId) -> String {
        id.0
    }
}

impl std::fmt::Display for HsaId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// Where identifiers, salts and tokens come from: the operating system, or a seed in the demo and in tests.
pub struct IdSource(Mutex<Randomness>);

enum Randomness {
    System(SysRng),
    Seeded(Box<StdRng>),
}

impl IdSource {
    /// Unpredictable: for everything that is not a demonstration or a test.
    pub fn random() -> Self {
        IdSource(Mutex::new(Randomness::System(SysRng)))
    }

    /// The same sequence for the same seed.
    pub fn seeded(seed: u64) -> Self {
        IdSource(Mutex::new(Randomness::Seeded(Box::new(StdRng::seed_from_u64(seed)))))
    }

    /// `N` random bytes.
    ///
    /// # Panics
    /// When the operating system has no randomness to give: nothing safe can be done without.
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        let mut source = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        match &mut *source {
            Randomness::System(rng) => rng.try_fill_bytes(&mut bytes).expect("the operating system gives randomness"),
            Randomness::Seeded(rng) => rng.fill_bytes(&mut bytes),
        }
        bytes
    }

    /// A new identifier: 48 bits of time, then 80 random bits, in hexadecimal. Later ones sort after earlier ones, which
    /// keeps an index's writes at its end.
    pub fn next(&self, now: Timestamp) -> String {
        let random = self.bytes::<10>();
        format!("{:012x}{}", now.unix_millis() & 0xffff_ffff_ffff, hex(&random))
    }

    /// A secret of 256 random bits in hexadecimal, for a bearer token.
    pub fn secret(&self) -> String {
        hex(&self.bytes::<32>())
    }
}

/// Whether a text looks like an identifier that [`IdSource::next`] made.
pub fn is_made_here(text: &str) -> bool {
    text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
}

/// Lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    let digit = |half: u8| char::from_digit(half.into(), 16).unwrap_or_default();
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}
