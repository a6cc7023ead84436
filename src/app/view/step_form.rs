//! What a form of a step needs: its fields as the case's own version has them, and whom and what they may name.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use super::case_view::Look;
use super::workflow_view::{FieldForm, WorkflowView};
use super::{DocumentView, FieldView, TransitionView, workflow_view};
use crate::app::access;
use crate::app::reads::ReadOf;
use crate::app::{App, AppError};
use crate::authz::Actor;
use crate::calendar::{ZONE, in_words, local_date};
use crate::ids::{CaseNumber, PrincipalId};
use crate::store::log::StoredEntry;
use crate::store::{Db, StoreError, definitions, log, organisation};
use crate::texts::documents::NAMELESS;
use crate::workflow::definition::{Guard, Transition};
use crate::workflow::log::Room;

/// A step as a form.
#[derive(Debug, Clone, PartialEq)]
pub struct StepForm {
    /// The step.
    pub step: TransitionView,
    /// Its fields in the order of the form, each with whether it must be given.
    pub fields: Vec<(FieldForm, bool)>,
    /// What the step is about: the text that it confirms, approves or accepts, and what it builds on.
    pub rests_on: Vec<FieldView>,
    /// The workflow, in the case's own version.
    pub workflow: WorkflowView,
    /// Whom and what they may name.
    pub names: Names,
    /// The revision that this was made of.
    pub revision: u64,
}

/// The names of principals, of one's own units, and of everything that has one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Names {
    /// The principals.
    pub principals: BTreeMap<String, String>,
    /// The units of the actor's principals that exist today.
    pub units: BTreeMap<String, String>,
    /// The documents of a case that are there to be read and picked.
    pub documents: BTreeMap<String, String>,
    /// Those of them that her own side attached: what she may send on.
    pub picks: BTreeMap<String, String>,
    /// The case that they are in.
    pub case: Option<CaseNumber>,
    /// Principals, units and bodies.
    pub all: BTreeMap<String, String>,
}

impl Names {
    /// The name of an id; the id itself where it has none.
    pub fn of(&self, id: &str) -> String {
        self.all.get(id).map_or(id, String::as_str).to_owned()
    }

    /// The same with the documents of a case, as far as they are there; of two with one name also when they came.
    pub fn with_documents(self, case: &CaseNumber, documents: &[DocumentView]) -> Names {
        let there = documents.iter().filter(|document| !document.removed);
        let name = |document: &DocumentView| {
            let name = document.name.as_deref().unwrap_or(NAMELESS);
            let twins = documents.iter().filter(|other| other.name == document.name).count();
            let time = document.attached.utc().with_timezone(&ZONE).format("%H:%M");
            let when = format!("{} kl. {time}", in_words(local_date(document.attached)));
            if twins > 1 { format!("{name} ({when})") } else { name.to_owned() }
        };
        let named = |document: &DocumentView| (document.id.0.clone(), name(document));
        let picks = there.clone().filter(|document| document.ours).map(named).collect();
        Names { documents: there.map(named).collect(), picks, case: Some(case.clone()), ..self }
    }
}

impl App {
    /// A step of a case as a form, whether or not the actor may take it now.
    ///
    /// # Errors
    /// [`AppError::NotFound`] alike where there is no such case or step and where she may not know of it.
    pub fn step_form(&self, actor: &Actor, number: &CaseNumber, transition: &str) -> Result<StepForm, AppError> {
        let receipt = self.note_read(actor, number, &ReadOf::Case)?;
        let now = self.now();
        self.store.read(|db| {
            let look = self.look(db, actor, number)?;
            let steps = self.steps(db, actor, &look, now)?;
            let step = steps.into_iter().find(|step| step.id == transition).ok_or(AppError::NotFound)?;
            let workflow = workflow_view::view(&look.known);
            let field = |name: &String| {
                let mut field = workflow.fields.iter().find(|field| field.id == *name)?.clone();
                let help =
                    field.help.iter().chain(step.hints.get(name)).map(String::as_str).collect::<Vec<_>>().join(" ");
                field.help = Some(help).filter(|help| !help.is_empty());
                Some(field)
            };
            let required = step.require.iter().filter_map(|name| Some((field(name)?, true)));
            let fields = required.chain(step.ask.iter().filter_map(|name| Some((field(name)?, false)))).collect();
            let case = self.shown(db, actor, &look, now, &receipt)?;
            let (revision, documents) = (case.revision, case.documents);
            let rests_on = match look.known.definition.transition(transition) {
                Some(transition) => rests_on(actor, &look, transition, case.fields),
                None => Vec::new(),
            };
            let names = names_for(db, actor, local_date(now))?.with_documents(&look.access.stored.number, &documents);
            Ok(StepForm { step, fields, rests_on, workflow, names, revision })
        })
    }

    /// The revision of a case as the actor may know it; nothing of what it holds.
    ///
    /// # Errors
    /// [`AppError::NotFound`] alike where there is no such case and where she may not know of it.
    pub fn revision(&self, actor: &Actor, number: &CaseNumber) -> Result<u64, AppError> {
        self.store.read(|db| Ok(self.look(db, actor, number)?.case.revision))
    }

    /// The workflow of a case, in the version that the case has for her; with the fields and options of those that it had before, by which its
    /// older entries are read.
    ///
    /// # Errors
    /// [`AppError::NotFound`] alike where there is no such case and where she may not know of it.
    pub fn form_of(&self, actor: &Actor, number: &CaseNumber) -> Result<WorkflowView, AppError> {
        self.store.read(|db| {
            let access = access::open(db, actor, number)?;
            let (known, _) = self.within_reach(db, &access)?;
            let mut form = workflow_view::view(&known);
            // Mostly no case of the workflow has had another.
            if definitions::digests(db, &access.stored.case.workflow)?.len() > 1 {
                let rows = log::entries(db, &access.stored.id, &Room::Shared, 1)?;
                let entries = rows.iter().map(StoredEntry::entry).collect::<Result<Vec<_>, _>>()?;
                let seen = entries.into_iter().filter(|entry| access.reach.extends_to(entry.n));
                for digest in seen.map(|entry| entry.definition).collect::<BTreeSet<_>>() {
                    form.know(&workflow_view::view(&self.workflows.of(db, &digest)?));
                }
            }
            Ok(form)
        })
    }

    /// The names of everything.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub fn names(&self) -> Result<Names, AppError> {
        Ok(Names { all: self.store.read(organisation::names)?, ..Names::default() })
    }

    /// The names that the actor's forms need.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub fn names_for(&self, actor: &Actor) -> Result<Names, AppError> {
        let day = local_date(self.now());
        Ok(self.store.read(|db| names_for(db, actor, day))?)
    }
}

pub(super) fn names_for(db: &mut Db, actor: &Actor, day: NaiveDate) -> Result<Names, StoreError> {
    let all = organisation::names(db)?;
    let organisation = organisation::load(db, day)?;
    let named = |id: &str| Some((id.to_owned(), all.get(id)?.clone()));
    let own = |principal| actor.seats.iter().any(|seat| seat.principal.as_ref() == Some(principal));
    let units = organisation.units.iter().filter(|(_, principal)| own(principal));
    Ok(Names {
        principals: organisation.principals.keys().filter_map(|id| named(id.as_str())).collect(),
        units: units.filter_map(|(unit, _)| named(unit.as_str())).collect(),
        all: all.clone(),
        ..Names::default()
    })
}

/// Of what the reader sees, the values that a step is about: of a field that it confirms, declines or asks to be set, and of
/// the steps that it builds on.
fn rests_on(actor: &Actor, look: &Look, step: &Transition, fields: Vec<FieldView>) -> Vec<FieldView> {
    let set = step.when.iter().filter_map(|when| if let Guard::Set(set) = when { Some(&set.set) } else { None });
    let named: Vec<&String> = step.of.iter().chain(&step.declines).chain(&step.rests_on).chain(set).collect();
    about(actor, look, &named, fields)
}

/// Of what the reader sees, the values of these fields, with the documents that they carry, and of the latest entries of
/// these steps. What each party has of its own counts only as her own.
pub(super) fn about(actor: &Actor, look: &Look, named: &[&String], fields: Vec<FieldView>) -> Vec<FieldView> {
    let (case, definition) = (&look.case, &look.known.definition);
    let carried = named.iter().filter_map(|name| definition.fields.get(*name)?.carries.as_ref());
    let named: Vec<&String> = named.iter().copied().chain(carried).collect();
    let taken = named.iter().filter_map(|name| case.taken.get(*name)?.latest.last());
    let entries: Vec<u64> = taken.map(|occurrence| occurrence.entry).collect();
    let own = |principal: &PrincipalId| actor.seats.iter().any(|seat| seat.principal.as_ref() == Some(principal));
    let is_about = |field: &FieldView| named.contains(&&field.field) || entries.contains(&field.entry);
    fields.into_iter().filter(|field| is_about(field) && field.principal.as_ref().is_none_or(own)).collect()
}
