//! What a form needs by which a case begins: its sections as far as they apply to what has been filled in, whom and what
//! they may name, and what is still wrong.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Map, Value};

use super::FieldView;
use super::step_form::Names;
use super::workflow_view::{FieldForm, SideView, StartView, WorkflowView, view};
use crate::app::administration::calendar;
use crate::app::cases::Registration;
use crate::app::workflows::Known;
use crate::app::world::World;
use crate::app::{App, AppError};
use crate::authz::{Actor, Seat};
use crate::calendar::{Calendar, local_date};
use crate::ids::{CaseNumber, PrincipalId};
use crate::store::Db;
use crate::workflow::definition::{By, Definition, FieldKind, Start};
use crate::workflow::engine::{self, Begin};
use crate::workflow::guard::Scene;
use crate::workflow::permission;
use crate::workflow::rejection::Reason;

/// A way to begin a case that an actor has.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StartChoice {
    /// The workflow.
    pub workflow: String,
    /// What users call a case of this kind.
    pub title: String,
    /// What it is for.
    pub help: Option<String>,
    /// The start.
    pub start: StartView,
    /// Whether somebody must be named before anything else: whom the case is against, or who stands beside her.
    pub asks_whom: bool,
}

/// The form by which a case begins.
#[derive(Debug, Clone, PartialEq)]
pub struct StartForm {
    /// What users call a case of this kind.
    pub title: String,
    /// The start.
    pub start: StartView,
    /// The sides whose principals must be named: all but the actor's own.
    pub sides: Vec<SideView>,
    /// The side that is her own principal's, where others may stand beside it.
    pub own: String,
    /// Its parts.
    pub sections: Vec<SectionForm>,
    /// Whom and what it may name.
    pub names: Names,
}

/// What a new case takes over from an old one.
#[derive(Debug, Clone, PartialEq)]
pub struct Copied {
    /// The values.
    pub data: Map<String, Value>,
    /// Who took part, by side.
    pub parties: BTreeMap<String, Vec<PrincipalId>>,
}

/// One part of the form.
#[derive(Debug, Clone, PartialEq)]
pub struct SectionForm {
    /// Its heading.
    pub title: String,
    /// Its fields, each with whether it must be given.
    pub fields: Vec<(FieldForm, bool)>,
}

impl App {
    /// The ways in which the actor may begin a case.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub fn starts(&self, actor: &Actor) -> Result<Vec<StartChoice>, AppError> {
        self.store.read(|db| {
            let mut choices = Vec::new();
            for known in self.in_force(db, local_date(self.now()))?.values() {
                let form = view(known);
                for (start, view) in known.definition.start.iter().zip(&form.starts) {
                    let Some((own, _)) = self.beginning(db, actor, known, start)? else { continue };
                    choices.push(StartChoice {
                        workflow: form.name.clone(),
                        title: form.title.clone(),
                        help: form.help.clone(),
                        start: view.clone(),
                        asks_whom: form.parties.iter().any(|side| is_asked(side, &own)),
                    });
                }
            }
            Ok(choices)
        })
    }

    /// The ways in which the actor may let a case grow out of this one, as it stands.
    ///
    /// # Errors
    /// [`AppError::NotFound`] alike where there is no such case and where she may not know of it.
    pub fn starts_out_of(&self, actor: &Actor, number: &CaseNumber) -> Result<Vec<StartChoice>, AppError> {
        let case = self.case(actor, number)?;
        let mut starts = self.starts(actor)?;
        let in_force = self.store.read(|db| self.in_force(db, local_date(self.now())))?;
        starts.retain(|choice| {
            let known = in_force.get(&choice.workflow);
            let start = known.and_then(|known| known.definition.start.iter().find(|start| start.id == choice.start.id));
            let from = start.and_then(|start| start.from_case.as_ref());
            from.is_some_and(|from| from.workflow == case.workflow && from.states.contains(&case.state.id))
        });
        Ok(starts)
    }

    /// The ways in which the actor may begin another case of the same kind as this one.
    ///
    /// # Errors
    /// [`AppError::NotFound`] alike where there is no such case and where she may not know of it.
    pub fn starts_like(&self, actor: &Actor, number: &CaseNumber) -> Result<Vec<StartChoice>, AppError> {
        let case = self.case(actor, number)?;
        let mut starts = self.starts(actor)?;
        starts.retain(|choice| choice.workflow == case.workflow);
        Ok(starts)
    }

    /// What a new case of the same kind takes over from an old one that the actor may read: what the start asks for, but
    /// no date, since it is another event, and the others that took part.
    ///
    /// # Errors
    /// [`AppError::NotFound`] where she may not know of the old one, or it is of another kind.
    pub fn copy_of(&self, actor: &Actor, number: &CaseNumber, workflow: &str, start: &str) -> Result<Copied, AppError> {
        let case = self.case(actor, number)?;
        let known = self
            .store
            .read(|db| self.in_force_today(db, workflow))?
            .filter(|known| known.definition.workflow == case.workflow);
        let definition = &known.ok_or(AppError::NotFound)?.definition;
        let start = definition.start.iter().find(|known| known.id == start).ok_or(AppError::NotFound)?;
        let asked = |id: &String| start.require.contains(id) || start.ask.contains(id);
        let kept = |field: &&FieldView| {
            let kind = definition.fields.get(&field.field).map(|field| field.kind);
            let of_the_event = matches!(kind, None | Some(FieldKind::Date | FieldKind::Case));
            asked(&field.field) && field.principal.is_none() && !of_the_event && !holds_removed(&field.value)
        };
        let data = case.fields.iter().filter(kept).map(|field| (field.field.clone(), field.value.clone()));
        let others = case.parties.iter().filter(|party| !party.former);
        let mut parties: BTreeMap<String, Vec<PrincipalId>> = BTreeMap::new();
        for party in others {
            parties.entry(party.side.clone()).or_default().push(party.principal.clone());
        }
        Ok(Copied { data: data.collect(), parties })
    }

    /// The form of a start, as far as it applies to what has been filled in and to whom else the case is to have: a local
    /// agreement may ask for more.
    ///
    /// # Errors
    /// [`AppError::NotFound`] where there is no such start, or the actor may not begin a case so.
    pub fn start_form(
        &self,
        actor: &Actor,
        (workflow, start): (&str, &str),
        others: &[PrincipalId],
        given: &Map<String, Value>,
    ) -> Result<StartForm, AppError> {
        let known = self.store.read(|db| self.in_force_for(db, actor, (workflow, start), others))?;
        let known = &known.ok_or(AppError::NotFound)?;
        let form = view(known);
        let begun = known.definition.start.iter().zip(&form.starts).find(|(known, _)| known.id == start);
        let (start, shown) = begun.ok_or(AppError::NotFound)?;
        let (begun, calendar) =
            self.store.read(|db| Ok::<_, AppError>((self.beginning(db, actor, known, start)?, calendar(self, db)?)))?;
        let (own, _) = begun.ok_or(AppError::NotFound)?;
        Ok(StartForm {
            title: form.title.clone(),
            start: shown.clone(),
            sides: form.parties.iter().filter(|side| is_asked(side, &own)).cloned().collect(),
            own,
            sections: self.sections((&known.definition, &calendar), start, &form, given),
            names: self.names_for(actor)?,
        })
    }

    /// What would be refused if the case were begun now.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub fn check_registration(&self, actor: &Actor, registration: &Registration) -> Result<Vec<Reason>, AppError> {
        let now = self.now();
        self.store.read(|db| {
            let known = self.in_force_for_case(db, actor, registration)?.ok_or(AppError::NotFound)?;
            let parties: Vec<_> = registration.parties.values().flatten().collect();
            let world = World::load(self, db, &known.definition, now)?
                .with_cases(db, actor, &known.definition, &parties, &registration.given)?
                .with_agreements(db)?;
            let begin = Begin {
                start: &registration.start,
                happened: registration.happened,
                parties: &registration.parties,
                origins: &[],
                given: &registration.given,
            };
            let decided = engine::start(&known.definition, &world.context(self, actor, now), &begin);
            Ok(decided.err().map(|rejection| rejection.reasons).unwrap_or_default())
        })
    }

    /// Whether there is any way in which the actor may begin a case. Asked for every page: where none of her roles begins
    /// any, the database is not.
    pub(in crate::app) fn begins_cases(&self, db: &mut Db, actor: &Actor) -> Result<bool, AppError> {
        let fits =
            |by: &By, seat: &Seat| matches!(by, By::Party(party) if party.role.iter().any(|role| *role == seat.role));
        for known in self.in_force(db, local_date(self.now()))?.values() {
            for start in &known.definition.start {
                let may = start.by.iter().any(|by| actor.seats.iter().any(|seat| fits(by, seat)));
                if may && self.beginning(db, actor, known, start)?.is_some() {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    /// The side on which the actor would begin a case so, and for which principal.
    pub(in crate::app) fn beginning(
        &self,
        db: &mut Db,
        actor: &Actor,
        known: &Known,
        start: &Start,
    ) -> Result<Option<(String, PrincipalId)>, AppError> {
        let world = World::before_any_case(self, db)?;
        let context = world.context(self, actor, self.now());
        let mut begun = start.by.iter().filter_map(|by| {
            let By::Party(party) = by else { return None };
            let seat = permission::seats(&known.definition, &context, None, actor, by).next()?;
            Some((party.party.clone(), seat.principal.clone()?))
        });
        Ok(begun.next())
    }

    fn sections(
        &self,
        (definition, calendar): (&Definition, &Calendar),
        start: &Start,
        form: &WorkflowView,
        given: &Map<String, Value>,
    ) -> Vec<SectionForm> {
        let given = given.iter().map(|(name, value)| (name.clone(), value.clone())).collect();
        let day = local_date(self.now());
        let scene = Scene { definition, case: None, given: Some(&given), principal: None, day, calendar };
        let field = |name: &String| {
            let field = form.fields.iter().find(|field| field.id == *name)?;
            let applies = field.required_if.as_ref().map(|guard| scene.holds(guard));
            // Asked for only under a condition: it is there where the condition holds, and must then be given.
            (applies != Some(false)).then(|| (field.clone(), start.require.contains(name) || applies == Some(true)))
        };
        let section = |title: &str, fields: &mut dyn Iterator<Item = &String>| SectionForm {
            title: title.to_owned(),
            fields: fields.filter_map(field).collect(),
        };
        match start.sections.as_slice() {
            [] => vec![section(&start.title, &mut start.require.iter().chain(&start.ask))],
            some => some.iter().map(|part| section(&part.title, &mut part.fields.iter())).collect(),
        }
    }
}

/// Whether principals of a side must be named: all but the actor's own, where that is the only one.
fn is_asked(side: &SideView, own: &str) -> bool {
    side.id != own || side.several
}

/// Whether a value, or a part of it, is a text that has been removed.
fn holds_removed(value: &Value) -> bool {
    match value {
        Value::Object(map) => map.contains_key("removed") || map.values().any(holds_removed),
        Value::Array(items) => items.iter().any(holds_removed),
        _ => false,
    }
}
