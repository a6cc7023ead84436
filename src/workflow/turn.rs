//! Whose move it is, as roles at places: what worklists and mails go by. Who holds such a role on a day is not known here.

use std::collections::BTreeSet;

use super::case::Case;
use super::definition::{ANY_PARTY, By, ByEach, ByParty, Definition};
use crate::authz::{Reader, Role, Scope, holder};
use crate::ids::{BodyId, PrincipalId};

/// The holders of the turn, as `authz::holder` names them.
pub fn holders(definition: &Definition, case: &Case) -> BTreeSet<String> {
    match definition.states.get(&case.state).and_then(|state| state.turn.as_ref()) {
        Some(By::Party(party)) => of_party(definition, case, party),
        Some(By::Each(each)) => {
            let waiting = still_to_move(definition, case, each).into_iter();
            waiting.map(|principal| holder(each.each_party, &Reader::Principal(principal))).collect()
        }
        Some(By::Body(body)) => {
            BTreeSet::from([holder(Role::Secretary, &Reader::Body(BodyId::from(body.body.as_str())))])
        }
        Some(By::Machine(_)) | None => BTreeSet::new(),
    }
}

/// The body whose move it is in a state.
pub fn body_of<'a>(definition: &'a Definition, state: &str) -> Option<&'a str> {
    match definition.states.get(state)?.turn.as_ref()? {
        By::Body(body) => Some(&body.body),
        By::Party(_) | By::Each(_) | By::Machine(_) => None,
    }
}

fn of_party(definition: &Definition, case: &Case, by: &ByParty) -> BTreeSet<String> {
    let principals = principals(definition, case, Some(&by.party));
    let pairs = principals.iter().flat_map(|principal| by.role.iter().map(move |role| (*role, principal)));
    pairs.flat_map(|(role, principal)| at(case, role, principal, by.assigned)).collect()
}

/// Of a role held in a unit, those of the units that the case is routed to, if any; of all employees, who registered it.
fn at(case: &Case, role: Role, principal: &PrincipalId, assigned: bool) -> Vec<String> {
    let routed = case.assigned.as_ref().filter(|_| assigned || role.scope() == Scope::Unit);
    match (role.scope(), routed) {
        (Scope::Own, _) => {
            let reporter = case.reporter.iter();
            reporter.map(|person| holder(role, &Reader::Person(person.clone(), principal.clone()))).collect()
        }
        (_, Some(routed)) => {
            let units = std::iter::once(&routed.lead).chain(&routed.also);
            units.map(|unit| holder(role, &Reader::Unit(unit.clone()))).collect()
        }
        (_, None) => vec![holder(role, &Reader::Principal(principal.clone()))],
    }
}

/// The principals of one side or of all, those that see the case by now.
pub fn principals(definition: &Definition, case: &Case, side: Option<&str>) -> Vec<PrincipalId> {
    let side = side.filter(|side| *side != ANY_PARTY);
    let knows = |side: &str| definition.side_knows(side, case.taken.keys());
    case.principals(side).filter(|party| knows(&party.side)).map(|party| party.principal.clone()).collect()
}

/// Of principals that all take part, those that have not made their move.
pub fn still_to_move(definition: &Definition, case: &Case, each: &ByEach) -> Vec<PrincipalId> {
    let all = principals(definition, case, each.side.as_deref()).into_iter();
    all.filter(|principal| !has_confirmed(definition, case, principal)).collect()
}

/// Whether a principal has made its move: it has confirmed a step that leads on, and waits for the others.
fn has_confirmed(definition: &Definition, case: &Case, principal: &PrincipalId) -> bool {
    let mut waiting = case.confirmations.iter().filter(|(_, confirmations)| confirmations.by.contains_key(principal));
    waiting.any(|(id, _)| definition.transition(id).is_some_and(|transition| !transition.stays()))
}
