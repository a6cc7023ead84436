//! What a step needs to know of the world: handed in, so that the engine reads nothing itself.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::authz::{Actor, PrincipalKind};
use crate::calendar::Calendar;
use crate::clock::Timestamp;
use crate::ids::{AgreementId, CaseNumber, DocumentId, PrincipalId, UnitId};

/// The principals and their units, as far as the engine asks.
#[derive(Debug, Clone, Default)]
pub struct Organisation {
    /// Each principal's kind.
    pub principals: BTreeMap<PrincipalId, PrincipalKind>,
    /// Each unit's principal.
    pub units: BTreeMap<UnitId, PrincipalId>,
}

/// A version of an agreement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AgreementVersion {
    /// The agreement.
    pub agreement: AgreementId,
    /// Its version.
    pub version: String,
}

/// Who or what acts.
#[derive(Debug, Clone, Copy)]
pub enum Acting<'a> {
    /// A person.
    Person(&'a Actor),
    /// A deadline that has run out.
    Deadline(&'a str),
    /// Another case that this one is linked to.
    Case(&'a CaseNumber),
}

/// The world at one moment, for one command.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// The moment at which the step is recorded.
    pub now: Timestamp,
    /// Who acts.
    pub acting: Acting<'a>,
    /// The principals and units.
    pub organisation: &'a Organisation,
    /// The working days.
    pub calendar: &'a Calendar,
    /// The agreement in force on the day.
    pub agreement: Option<&'a AgreementVersion>,
    /// Other cases that the actor may name, of those that the input names.
    pub cases: &'a BTreeSet<CaseNumber>,
    /// Documents of the case that the actor may see, where the input names some.
    pub documents: &'a BTreeSet<DocumentId>,
    /// Fresh randomness for the salts of this step's texts.
    pub seed: [u8; 32],
}
