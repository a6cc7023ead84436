//! What a sign-in service's claims mean here: who somebody is, and which of her commissions are at organisations of ours.
//! Pure: claims and the organisation in, an answer out.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::unseen::is_unseen;
use crate::ids::{HsaId, PrincipalId};
use crate::oidc::{self, Claims};
use crate::personal_number;

/// The most characters of a name that is kept.
const LONGEST_NAME: usize = 200;

/// Somebody as the sign-in service knows her.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claimed {
    /// Who she is.
    pub hsa_id: HsaId,
    /// Her name; her HSA id where the service tells none.
    pub name: String,
    /// Where she works.
    pub at: At,
}

/// Where somebody works, as far as it is ours to know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum At {
    /// The service says nothing of it.
    Unknown,
    /// At organisations, none of which is ours.
    Elsewhere,
    /// At a principal, without any commission being named.
    Principal(PrincipalId),
    /// In these commissions at principals of ours: at least one.
    Commissions(Vec<Commission>),
}

/// A commission at a principal of ours.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Commission {
    /// Its identity.
    pub id: HsaId,
    /// Its name.
    pub name: String,
    /// The principal.
    pub principal: PrincipalId,
}

/// What the claims mean, with the principals by the HSA ids of theirs. None where they do not say who she is.
pub fn claimed(claims: &Claims, ours: &BTreeMap<HsaId, PrincipalId>) -> Option<Claimed> {
    let hsa_id: HsaId = claims.employee.as_deref()?.parse().ok()?;
    let name = named(claims.name.as_deref(), &hsa_id);
    Some(Claimed { at: at(claims, ours), hsa_id, name })
}

/// A commission that she chose there is chosen; else she has the choice of all. An organisation counts by itself where
/// no commission is named.
fn at(claims: &Claims, ours: &BTreeMap<HsaId, PrincipalId>) -> At {
    let chosen = &claims.commission;
    let named: Vec<_> = match chosen.id.as_deref() {
        Some(id) => vec![complete(chosen, id, &claims.all)],
        None => claims.all.iter().collect(),
    };
    if named.is_empty() {
        return match (chosen.provider.is_some() || chosen.unit.is_some(), home(chosen, ours)) {
            (_, Some(principal)) => At::Principal(principal),
            (true, None) => At::Elsewhere,
            (false, None) => At::Unknown,
        };
    }
    let mut seen = BTreeSet::new();
    let known = named.into_iter().filter_map(|item| {
        let id: HsaId = item.id.as_deref()?.parse().ok()?;
        let name = self::named(item.name.as_deref(), &id);
        Some(Commission { name, principal: home(item, ours)?, id })
    });
    let commissions: Vec<_> = known.filter(|item| seen.insert(item.id.clone())).collect();
    if commissions.is_empty() { At::Elsewhere } else { At::Commissions(commissions) }
}

/// The chosen commission, as it stands among all where its organisation is said only there.
fn complete<'a>(chosen: &'a oidc::Commission, id: &str, all: &'a [oidc::Commission]) -> &'a oidc::Commission {
    let same = |item: &&oidc::Commission| item.id.as_deref().is_some_and(|other| other.eq_ignore_ascii_case(id));
    match (&chosen.provider, &chosen.unit) {
        (None, None) => all.iter().find(same).unwrap_or(chosen),
        _ => chosen,
    }
}

/// The principal of ours that a commission is at: that of its provider; where none is named, that of its unit.
fn home(commission: &oidc::Commission, ours: &BTreeMap<HsaId, PrincipalId>) -> Option<PrincipalId> {
    let organisation: HsaId = commission.provider.as_deref().or(commission.unit.as_deref())?.parse().ok()?;
    ours.get(&organisation).cloned()
}

/// A name as it may be kept: on one line, from left to right, not endless, and nobody's personal number.
fn named(name: Option<&str>, otherwise: &HsaId) -> String {
    let words = name.unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ");
    let name: String = words.chars().filter(|letter| !is_unseen(*letter)).take(LONGEST_NAME).collect();
    if name.is_empty() || personal_number::contains(&name) { otherwise.to_string() } else { name }
}
