//! People: who somebody is, and what she may speak for today.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use super::{App, AppError};
use crate::authz::{Actor, Role, Seat};
use crate::ids::{AuthorityId, BodyId, PersonId, PrincipalId, UnitId};
use crate::store::{organisation, people};

/// The actor herself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct MeView {
    /// Her id.
    pub person: PersonId,
    /// Her name.
    pub name: String,
    /// The roles that she holds today.
    pub seats: Vec<SeatView>,
}

/// A role held today.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct SeatView {
    /// The role.
    pub role: Role,
    /// What users call it.
    pub title: String,
    /// Where it is held: the name of the body, unit or principal.
    pub organisation: Option<String>,
    /// The principal.
    pub principal: Option<PrincipalId>,
    /// The authority within it.
    pub authority: Option<AuthorityId>,
    /// The unit.
    pub unit: Option<UnitId>,
    /// The body.
    pub body: Option<BodyId>,
}

impl App {
    /// The people of the demonstration, whom anybody may sign in as: only there.
    ///
    /// # Errors
    /// [`AppError::NotFound`] in any other database.
    pub fn demonstration_people(&self) -> Result<Vec<(PersonId, String)>, AppError> {
        if !self.is_demonstration()? {
            return Err(AppError::NotFound);
        }
        let all = self.store.read(people::all)?;
        let names: BTreeMap<_, _> = all.into_iter().map(|(person, _)| (person.id, person.name)).collect();
        Ok(names.into_iter().collect())
    }

    /// Who the actor is.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub fn me(&self, actor: &Actor) -> Result<MeView, AppError> {
        self.store.read(|db| {
            let person = people::person(db, &actor.person)?.ok_or(AppError::NotFound)?;
            let names = organisation::names(db)?;
            let seats = actor.seats.iter().map(|seat| SeatView {
                role: seat.role,
                title: seat.role.title().to_owned(),
                organisation: place(seat).and_then(|id| names.get(id)).cloned(),
                principal: seat.principal.clone(),
                authority: seat.authority.clone(),
                unit: seat.unit.clone(),
                body: seat.body.clone(),
            });
            Ok(MeView { person: person.id, name: person.name, seats: seats.collect() })
        })
    }
}

/// The narrowest place that has a name of its own.
fn place(seat: &Seat) -> Option<&str> {
    let body = seat.body.as_ref().map(BodyId::as_str);
    let unit = seat.unit.as_ref().map(UnitId::as_str);
    body.or(unit).or(seat.principal.as_ref().map(PrincipalId::as_str))
}
