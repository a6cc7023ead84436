//! Which bodies see one line of a case that has not come to them - its number, its parties, since when, until when -, because
//! every party of it says so. What the line holds is not known here.

use std::collections::BTreeSet;

use serde_json::Value;

use super::case::{Case, field_key};
use super::definition::Definition;
use crate::ids::BodyId;

/// The bodies that see a line of the case as it stands.
pub fn bodies(definition: &Definition, case: &Case) -> BTreeSet<BodyId> {
    let bodies = definition.bodies.iter().map(|(id, body)| (BodyId::from(id.as_str()), body));
    let unsent = bodies.filter(|(id, _)| case.outcome.is_none() && !case.sent_to.contains_key(id));
    let listed =
        unsent.filter(|(_, body)| body.listed_if.as_ref().is_some_and(|field| all_say_yes(definition, case, field)));
    listed.map(|(id, _)| id).collect()
}

fn all_say_yes(definition: &Definition, case: &Case, field: &str) -> bool {
    case.principals(None).all(|party| {
        let own = case.fields.get(&field_key(definition, field, Some(&party.principal)));
        own.is_some_and(|held| held.value == Value::Bool(true))
    })
}
