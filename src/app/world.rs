//! What the engine needs to know of the world for one command, loaded in the command's transaction.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::access::{self, Access, Reach};
use super::administration::calendar;
use super::record::Recorder;
use super::view::documents::visible;
use super::{App, AppError, documents};
use crate::authz::Actor;
use crate::calendar::{Calendar, local_date};
use crate::clock::Timestamp;
use crate::ids::{CaseNumber, DocumentId, PrincipalId};
use crate::store::{Db, organisation};
use crate::workflow::context::{Acting, Agreements, Context, Organisation};
use crate::workflow::definition::{Definition, Field, FieldKind};

/// The world at one moment, loaded for one command.
pub struct World {
    organisation: Organisation,
    agreements: Agreements,
    cases: BTreeSet<CaseNumber>,
    documents: BTreeSet<DocumentId>,
    calendar: Calendar,
}

impl World {
    /// What the engine will ask of whoever acts: the organisation of the day, its units where the definition has any to
    /// name.
    pub fn load(app: &App, db: &mut Db, definition: &Definition, now: Timestamp) -> Result<World, AppError> {
        let organisation = organisation_of(db, definition, now)?;
        World::of(app, db, organisation)
    }

    /// As much of it as tells who may begin a case: the principals.
    pub fn before_any_case(app: &App, db: &mut Db) -> Result<World, AppError> {
        let organisation = organisation::principals(db)?;
        World::of(app, db, organisation)
    }

    fn of(app: &App, db: &mut Db, organisation: Organisation) -> Result<World, AppError> {
        let calendar = calendar(app, db)?;
        Ok(World {
            organisation,
            agreements: Agreements::default(),
            cases: BTreeSet::new(),
            documents: BTreeSet::new(),
            calendar,
        })
    }

    /// The same world with the cases that the input names and that may be named among these parties.
    pub fn with_cases(
        self,
        db: &mut Db,
        actor: &Actor,
        definition: &Definition,
        parties: &[&PrincipalId],
        given: &Map<String, Value>,
    ) -> Result<World, AppError> {
        Ok(World { cases: nameable_cases(db, actor, definition, parties, given)?, ..self })
    }

    /// The same world with the documents of the case that the actor's own side attached, where the input names any.
    pub fn with_documents(
        self,
        app: &App,
        db: &mut Db,
        (actor, access): (&Actor, &Access),
        definition: &Definition,
        given: &Map<String, Value>,
    ) -> Result<World, AppError> {
        let names = |name: &String| definition.fields.get(name).is_some_and(|field| field.kind == FieldKind::Documents);
        if !given.keys().any(names) {
            return Ok(self);
        }
        let removed = documents::removed(db, access)?;
        let seen = visible(app, db, access, (definition, &access.stored.case))?;
        // What the other side attached is not hers to send on.
        let own = |principal: Option<&PrincipalId>| {
            actor.seats.iter().any(|seat| seat.principal.is_some() && seat.principal.as_ref() == principal)
        };
        let own = seen.into_iter().filter(|seen| own(seen.attached.by.principal()));
        let ids = own.map(|seen| seen.attached.id).filter(|id| !removed.contains(id));
        Ok(World { documents: ids.collect(), ..self })
    }

    /// The same world with the agreements, for which nothing asks but the beginning of a case.
    pub fn with_agreements(self, db: &mut Db) -> Result<World, AppError> {
        Ok(World { agreements: organisation::agreements_in_time(db)?, ..self })
    }

    /// The world as the engine takes it.
    pub fn context<'a>(&'a self, app: &'a App, actor: &'a Actor, now: Timestamp) -> Context<'a> {
        Context {
            now,
            acting: Acting::Person(actor),
            organisation: &self.organisation,
            calendar: &self.calendar,
            agreements: &self.agreements,
            cases: &self.cases,
            documents: &self.documents,
            seed: app.ids.bytes(),
        }
    }

    /// Who records what the engine decides.
    pub(super) fn recorder<'a>(&'a self, app: &'a App, db: &'a mut Db, now: Timestamp) -> Recorder<'a> {
        Recorder { app, db, now, organisation: &self.organisation, calendar: &self.calendar }
    }
}

/// The organisation of the day; its units only where the definition has fields that name some.
pub(super) fn organisation_of(db: &mut Db, definition: &Definition, now: Timestamp) -> Result<Organisation, AppError> {
    let names_units = |field: &Field| matches!(field.kind, FieldKind::Unit | FieldKind::Units);
    match definition.fields.values().any(names_units) {
        true => Ok(organisation::load(db, local_date(now))?),
        false => Ok(organisation::principals(db)?),
    }
}

/// The cases that the input names, where the actor sees them whole and each of these parties is a party of theirs too: what
/// one party writes the other reads, and a number is news of a case.
fn nameable_cases(
    db: &mut Db,
    actor: &Actor,
    definition: &Definition,
    parties: &[&PrincipalId],
    given: &Map<String, Value>,
) -> Result<BTreeSet<CaseNumber>, AppError> {
    let is_case = |name: &String| definition.fields.get(name).is_some_and(|field| field.kind == FieldKind::Case);
    let named = given.iter().filter(|(name, _)| is_case(name)).filter_map(|(_, value)| value.as_str());
    let mut nameable = BTreeSet::new();
    for number in named.map(CaseNumber::from) {
        let case = match access::open(db, actor, &number) {
            Ok(access) if matches!(access.reach, Reach::Full(_)) => access.stored.case,
            Ok(_) | Err(AppError::NotFound) => continue,
            Err(error) => return Err(error),
        };
        if parties.iter().all(|party| case.side_of(party).is_some()) {
            nameable.insert(number);
        }
    }
    Ok(nameable)
}
