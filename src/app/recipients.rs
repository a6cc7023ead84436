//! Who gets a mail: roles on the day, never fixed addresses, and only of sides and bodies that know of the case. In place of
//! somebody who is away it is who stands in for her (`people::holders`).

use std::collections::BTreeSet;

use chrono::NaiveDate;

use crate::authz::{Role, Scope, Seat};
use crate::ids::{BodyId, PersonId, PrincipalId};
use crate::store::{Db, StoreError, people};
use crate::workflow::case::Case;
use crate::workflow::definition::{By, Definition, Recipient, RecipientRole, Whose};
use crate::workflow::turn::{principals, still_to_move};

/// Who holds which role on a day.
pub trait Register {
    /// The people who hold a role that day, or who stand in for one who does; of a principal's, or a body's.
    fn holders(
        &mut self,
        role: Role,
        principal: Option<&PrincipalId>,
        body: Option<&BodyId>,
        day: NaiveDate,
    ) -> Result<Vec<(PersonId, Seat)>, StoreError>;
}

impl Register for Db {
    fn holders(
        &mut self,
        role: Role,
        principal: Option<&PrincipalId>,
        body: Option<&BodyId>,
        day: NaiveDate,
    ) -> Result<Vec<(PersonId, Seat)>, StoreError> {
        people::holders(self, role, principal, body, day)
    }
}

/// The people that a recipient of the workflow file means for this case on this day.
pub fn resolve(
    register: &mut impl Register,
    definition: &Definition,
    case: &Case,
    recipient: &Recipient,
    day: NaiveDate,
) -> Result<BTreeSet<PersonId>, StoreError> {
    let turn = definition.states.get(&case.state).and_then(|state| state.turn.as_ref());
    match recipient {
        Recipient::Whose(Whose::Turn) => {
            turn.map_or(Ok(BTreeSet::new()), |by| whose_turn(register, definition, case, by, day))
        }
        Recipient::Role(role) => holders_of(register, definition, case, role, turn, day),
        Recipient::Body(body) if case.sent_to.contains_key(&BodyId::from(body.body.as_str())) => {
            secretary(register, &body.body, day)
        }
        Recipient::Body(_) => Ok(BTreeSet::new()),
    }
}

fn whose_turn(
    register: &mut impl Register,
    definition: &Definition,
    case: &Case,
    by: &By,
    day: NaiveDate,
) -> Result<BTreeSet<PersonId>, StoreError> {
    let mut people = BTreeSet::new();
    match by {
        By::Party(party) => {
            for principal in principals(definition, case, Some(&party.party)) {
                for role in party.role.iter() {
                    people.extend(of_principal(register, case, *role, &principal, party.assigned, day)?);
                }
            }
        }
        By::Each(each) => {
            for principal in still_to_move(definition, case, each) {
                people.extend(of_principal(register, case, each.each_party, &principal, false, day)?);
            }
        }
        By::Body(body) => people = secretary(register, &body.body, day)?,
        By::Machine(_) => {}
    }
    Ok(people)
}

/// Holders of a role in a named side, or in the organisation whose move it is.
fn holders_of(
    register: &mut impl Register,
    definition: &Definition,
    case: &Case,
    wanted: &RecipientRole,
    turn: Option<&By>,
    day: NaiveDate,
) -> Result<BTreeSet<PersonId>, StoreError> {
    let principals = match (&wanted.party, turn) {
        (Some(side), _) => principals(definition, case, Some(side)),
        (None, Some(By::Party(party))) => principals(definition, case, Some(&party.party)),
        (None, Some(By::Each(each))) => still_to_move(definition, case, each),
        (None, _) => principals(definition, case, None),
    };
    let mut people = BTreeSet::new();
    for principal in principals {
        for role in wanted.role.iter() {
            people.extend(of_principal(register, case, *role, &principal, wanted.assigned, day)?);
        }
    }
    Ok(people)
}

/// Holders of a role at a principal. Of a role held in a unit, those of the units that the case is routed to, if any.
fn of_principal(
    register: &mut impl Register,
    case: &Case,
    role: Role,
    principal: &PrincipalId,
    assigned: bool,
    day: NaiveDate,
) -> Result<Vec<PersonId>, StoreError> {
    let routed = |seat: &Seat| seat.unit.as_ref().is_some_and(|unit| case.is_assigned_to(unit));
    // A case that is routed nowhere is no unit's to know of.
    let narrow = assigned || role.scope() == Scope::Unit;
    let holders = register.holders(role, Some(principal), None, day)?;
    if role.scope() == Scope::Own {
        // Of all employees, the one who registered it.
        let reporter =
            holders.into_iter().map(|(person, _)| person).find(|person| case.reporter.as_ref() == Some(person));
        return Ok(reporter.into_iter().collect());
    }
    Ok(holders.into_iter().filter(|(_, seat)| !narrow || routed(seat)).map(|(person, _)| person).collect())
}

fn secretary(register: &mut impl Register, body: &str, day: NaiveDate) -> Result<BTreeSet<PersonId>, StoreError> {
    let holders = register.holders(Role::Secretary, None, Some(&BodyId::from(body)), day)?;
    Ok(holders.into_iter().map(|(person, _)| person).collect())
}
