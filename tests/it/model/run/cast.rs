//! Who takes part in a script.

use std::collections::{BTreeMap, BTreeSet};

use samsyn::app::organisation;
use samsyn::ids::{BodyId, PersonId, PrincipalId};
use samsyn::workflow::case::Case;

use crate::support::database::ORGANISATION;
use crate::support::people::PRINCIPALS;

/// Somebody who could have to do with a case, by the principals that she is at and the bodies that she acts for.
pub struct Player {
    pub person: PersonId,
    homes: BTreeSet<PrincipalId>,
    bodies: BTreeSet<BodyId>,
}

impl Player {
    /// Whether she is where a case is or was.
    pub fn is_near(&self, case: &Case) -> bool {
        case.parties.iter().any(|party| self.homes.contains(&party.principal))
            || self.bodies.iter().any(|body| case.sent_to.contains_key(body))
    }
}

/// Whoever could have to do with a case of these principals.
pub fn cast() -> Vec<Player> {
    let file = organisation::read("organisation.yaml", ORGANISATION).unwrap();
    let units = file.principals.iter().flat_map(|item| item.units.iter().map(|unit| (&unit.id, &item.id)));
    let homes: BTreeMap<_, _> = units.collect();
    let here = PRINCIPALS.map(PrincipalId::from);
    let player = |person: &organisation::PersonItem| {
        let held = person.memberships.iter();
        let home = |held: &organisation::MembershipItem| {
            held.principal.clone().or_else(|| homes.get(held.unit.as_ref()?).map(|home| (*home).clone()))
        };
        Player {
            person: person.id.clone(),
            homes: held.clone().filter_map(home).filter(|home| here.contains(home)).collect(),
            bodies: held.filter_map(|held| held.body.clone()).collect(),
        }
    };
    let cast = file.people.iter().map(player);
    cast.filter(|player| !player.homes.is_empty() || !player.bodies.is_empty()).collect()
}
