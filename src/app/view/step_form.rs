//! What a form of a step needs: its fields as the case's own version has them, and whom and what they may name.

use std::collections::BTreeMap;

use super::workflow_view::{FieldForm, WorkflowView};
use super::{TransitionView, workflow_view};
use crate::app::access;
use crate::app::documents::NAMELESS;
use crate::app::{App, AppError};
use crate::authz::Actor;
use crate::calendar::local_date;
use crate::ids::CaseNumber;
use crate::store::organisation;

/// A step as a form.
#[derive(Debug, Clone, PartialEq)]
pub struct StepForm {
    /// The step.
    pub step: TransitionView,
    /// Its fields in the order of the form, each with whether it must be given.
    pub fields: Vec<(FieldForm, bool)>,
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
    /// The documents of the case that may be picked.
    pub documents: BTreeMap<String, String>,
    /// Principals, units and bodies.
    pub all: BTreeMap<String, String>,
}

impl Names {
    /// The name of an id; the id itself where it has none.
    pub fn of(&self, id: &str) -> String {
        self.all.get(id).map_or(id, String::as_str).to_owned()
    }
}

impl App {
    /// A step of a case as a form, whether or not the actor may take it now.
    ///
    /// # Errors
    /// [`AppError::NotFound`] alike where there is no such case or step and where she may not know of it.
    pub fn step_form(&self, actor: &Actor, number: &CaseNumber, transition: &str) -> Result<StepForm, AppError> {
        let steps = self.transitions(actor, number)?;
        let step = steps.into_iter().find(|step| step.id == transition).ok_or(AppError::NotFound)?;
        let form = self.form_of(actor, number)?;
        let field = |name: &String| form.fields.iter().find(|field| field.id == *name).cloned();
        let required = step.require.iter().filter_map(|name| Some((field(name)?, true)));
        let fields = required.chain(step.ask.iter().filter_map(|name| Some((field(name)?, false)))).collect();
        let case = self.case(actor, number)?;
        let there = case.documents.into_iter().filter(|document| !document.removed);
        let documents =
            there.map(|document| (document.id.0, document.name.unwrap_or_else(|| NAMELESS.to_owned()))).collect();
        let names = Names { documents, ..self.names_for(actor)? };
        Ok(StepForm { step, fields, names, revision: case.revision })
    }

    /// The workflow of a case, in the case's own version.
    ///
    /// # Errors
    /// [`AppError::NotFound`] alike where there is no such case and where she may not know of it.
    pub fn form_of(&self, actor: &Actor, number: &CaseNumber) -> Result<WorkflowView, AppError> {
        self.store.read(|db| {
            let access = access::open(db, actor, number)?;
            Ok(workflow_view::view(&self.workflows.of(db, &access.stored.definition)?))
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
        self.store.read(|db| {
            let all = organisation::names(db)?;
            let organisation = organisation::load(db, day)?;
            let named = |id: &str| Some((id.to_owned(), all.get(id)?.clone()));
            let own = |principal| actor.seats.iter().any(|seat| seat.principal.as_ref() == Some(principal));
            let units = organisation.units.iter().filter(|(_, principal)| own(principal));
            Ok(Names {
                principals: organisation.principals.keys().filter_map(|id| named(id.as_str())).collect(),
                units: units.filter_map(|(unit, _)| named(unit.as_str())).collect(),
                documents: BTreeMap::new(),
                all: all.clone(),
            })
        })
    }
}
