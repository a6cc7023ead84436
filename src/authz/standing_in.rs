//! Who may act in the seat of somebody who is away, and who does.

use std::collections::BTreeMap;

use super::{Role, Scope, Seat};
use crate::ids::PersonId;

/// Whether somebody who holds these seats herself may act in another's seat while that person is away.
///
/// She must belong where the seat is held: at the same principal, for a body's secretary with a body. And she must act
/// nowhere else, neither watch over cases nor administer: nobody comes to speak for two parties, or for a party and a body, by standing in. What only concerns its
/// holder - what an employee sent, an administrator's power, watching over cases - passes to nobody.
pub fn may_stand_in(own: &[Seat], seat: &Seat) -> bool {
    let acts =
        |seat: &Seat| !seat.role.watches() && matches!(seat.role.scope(), Scope::Unit | Scope::Principal | Scope::Body);
    let here = |held: &Seat| match &seat.body {
        Some(_) => held.body.is_some(),
        None => held.principal.is_some() && held.principal == seat.principal,
    };
    let belongs = |held: &Seat| held.role.scope() != Scope::Nothing && here(held);
    let apart = own.iter().any(|held| held.role.watches() || held.role == Role::Administrator);
    !apart && acts(seat) && own.iter().any(belongs) && own.iter().filter(|held| acts(held)).all(here)
}

/// Who takes somebody's place, of those who are away and have named somebody: the first in the chain who is not away
/// herself. None where the chain leads back to somebody in it.
pub fn stand_in<'a>(away: &'a BTreeMap<PersonId, PersonId>, person: &PersonId) -> Option<&'a PersonId> {
    let mut passed = vec![person.clone()];
    let mut next = away.get(person)?;
    while let Some(further) = away.get(next) {
        if passed.contains(next) {
            return None;
        }
        passed.push(next.clone());
        next = further;
    }
    Some(next)
}
