//! People: who somebody is, and what she may speak for today.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::Serialize;

use super::absences::home;
use super::changes::{self, Change, Kind};
use super::{App, AppError};
use crate::authz::{Actor, Role, Seat};
use crate::calendar::local_date;
use crate::ids::{AuthorityId, BodyId, PersonId, PrincipalId, UnitId};
use crate::store::{Db, organisation, people};

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
    #[schemars(schema_with = "Role::any")]
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
    /// What she may decide in it by delegation, as her principal has written it.
    pub delegation: Option<String>,
    /// The name of the absent person in whose place she holds it; none where it is her own.
    pub on_behalf_of: Option<String>,
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

    /// Whether the actor gets her reminders in a digest.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub fn wants_digest(&self, actor: &Actor) -> Result<bool, AppError> {
        Ok(self.store.read(|db| people::wants_digest(db, &actor.person))?)
    }

    /// Chooses for the actor whether her reminders come in a digest. What waits for one already still comes in it.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub fn choose_reminders(&self, actor: &Actor, digest: bool) -> Result<(), AppError> {
        let now = self.now();
        self.store.write(|db| {
            if people::wants_digest(db, &actor.person)? == digest {
                return Ok(());
            }
            people::choose_digest(db, &actor.person, digest)?;
            let principal = home(db, &actor.person, local_date(now))?;
            let change = Change::new(Kind::RemindersChosen, principal, actor.person.as_str());
            let change = change.with("reminders", if digest { "digest" } else { "at_once" });
            Ok(changes::record(self, db, actor, now, change)?)
        })
    }

    /// Who the actor is.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub fn me(&self, actor: &Actor) -> Result<MeView, AppError> {
        let day = local_date(self.now());
        self.store.read(|db| {
            let person = people::person(db, &actor.person)?.ok_or(AppError::NotFound)?;
            let names = organisation::names(db)?;
            let seats = actor.seats.iter().map(|seat| seat_view(db, actor, seat, &names, day));
            let seats = seats.collect::<Result<_, _>>()?;
            Ok(MeView { person: person.id, name: person.name, seats })
        })
    }
}

fn seat_view(
    db: &mut Db,
    actor: &Actor,
    seat: &Seat,
    names: &BTreeMap<String, String>,
    day: NaiveDate,
) -> Result<SeatView, AppError> {
    let absent = actor.on_behalf_of(seat);
    let on_behalf_of = absent.map(|absent| people::person(db, absent)).transpose()?.flatten();
    Ok(SeatView {
        role: seat.role,
        title: seat.role.title().to_owned(),
        organisation: place(seat).and_then(|id| names.get(id)).cloned(),
        principal: seat.principal.clone(),
        authority: seat.authority.clone(),
        unit: seat.unit.clone(),
        body: seat.body.clone(),
        delegation: people::delegation(db, absent.unwrap_or(&actor.person), seat, day)?,
        on_behalf_of: on_behalf_of.map(|person| person.name),
    })
}

/// The narrowest place that has a name of its own.
pub(super) fn place(seat: &Seat) -> Option<&str> {
    let body = seat.body.as_ref().map(BodyId::as_str);
    let unit = seat.unit.as_ref().map(UnitId::as_str);
    body.or(unit).or(seat.principal.as_ref().map(PrincipalId::as_str))
}
