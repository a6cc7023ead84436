//! What a step needs to know of the world: handed in, so that the engine reads nothing itself.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
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

/// A version of an agreement and the days on which it is in force, Europe/Stockholm.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgreementPeriod {
    /// Which.
    pub version: AgreementVersion,
    /// The first day.
    pub from: NaiveDate,
    /// The last day; none while it goes on.
    pub until: Option<NaiveDate>,
}

/// The versions of the agreements.
#[derive(Debug, Clone, Default)]
pub struct Agreements(pub Vec<AgreementPeriod>);

impl Agreements {
    /// The version in force on a day: of those that have begun and not ended the latest begun.
    pub fn on(&self, day: NaiveDate) -> Option<&AgreementVersion> {
        let in_force = self.0.iter().filter(|one| one.from <= day && one.until.is_none_or(|until| until >= day));
        let place =
            |one: &&AgreementPeriod| (Reverse(one.from), one.version.agreement.clone(), one.version.version.clone());
        in_force.min_by_key(place).map(|one| &one.version)
    }
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
    /// The versions of the agreements; nothing but the beginning of a case asks.
    pub agreements: &'a Agreements,
    /// Other cases that the actor may name, of those that the input names.
    pub cases: &'a BTreeSet<CaseNumber>,
    /// Documents of the case that the actor may see, where the input names some.
    pub documents: &'a BTreeSet<DocumentId>,
    /// Fresh randomness for the salts of this step's texts.
    pub seed: [u8; 32],
}
