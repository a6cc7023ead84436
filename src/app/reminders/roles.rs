//! A case of a workflow without an organisation: each side is a principal of its own name, and each role is held by
//! somebody of its name. For whoever wants to see what a workflow's file makes of a fresh case.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::NaiveDate;

use super::super::AppError;
use super::super::recipients::Register;
use super::forecast::{Held, World};
use crate::authz::{Role, Seat};
use crate::calendar::Calendar;
use crate::clock::Timestamp;
use crate::ids::{BodyId, CaseId, CaseNumber, PersonId, PrincipalId};
use crate::store::StoreError;
use crate::workflow::case::Case;
use crate::workflow::context::Organisation;
use crate::workflow::definition::{Definition, Start};
use crate::workflow::engine;

/// Holders of every role everywhere.
pub(super) struct Roles;

impl Register for Roles {
    fn holders(
        &mut self,
        role: Role,
        principal: Option<&PrincipalId>,
        body: Option<&BodyId>,
        _: NaiveDate,
    ) -> Result<Vec<(PersonId, Seat)>, StoreError> {
        let place = principal.map(PrincipalId::as_str).or(body.map(BodyId::as_str)).unwrap_or("anywhere");
        let seat = Seat { role, principal: principal.cloned(), authority: None, unit: None, body: body.cloned() };
        Ok(vec![(holder(role, place), seat)])
    }
}

impl World for Roles {
    fn organisation(&mut self, _: &Definition, _: Timestamp) -> Result<Organisation, AppError> {
        Ok(Organisation::default())
    }

    fn wants_digest(&mut self, _: &PersonId) -> Result<Option<bool>, AppError> {
        Ok(None)
    }
}

fn holder(role: Role, place: &str) -> PersonId {
    PersonId(format!("{}@{place}", role.name()))
}

/// A case that has just begun with this start, on every side one principal.
pub(super) fn fresh(
    definition: &Arc<Definition>,
    start: &Start,
    calendar: &Calendar,
    now: Timestamp,
) -> Result<Held, AppError> {
    let step = engine::outline(definition, start, calendar, now);
    let broken = |broken: crate::workflow::case::BrokenLog| AppError::Internal(broken.to_string());
    let mut case = Case::begin(1, &step).map_err(broken)?;
    // Where the workflow reminds who registered it, that is the employee of the side that may.
    let own = start.by.iter().find_map(|by| match by {
        crate::workflow::definition::By::Party(party) => Some(party.party.clone()),
        _ => None,
    });
    case.reporter = own.map(|side| holder(Role::Employee, &side));
    let (id, number) = (CaseId("fresh".to_owned()), CaseNumber("FRESH".to_owned()));
    let definition = definition.clone();
    Ok(Held { id, number, definition, case, urgent: false, done: BTreeMap::new(), stuck: BTreeSet::new() })
}
