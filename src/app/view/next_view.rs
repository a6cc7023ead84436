//! What waits for the reader in a case: whose move it is, until when, what was done last, and what she can do now.

use super::case_view::Look;
use super::step_form::{Names, about, names_for};
use super::workflow_view::{WorkflowView, view};
use super::{CaseView, EntryView, FieldView, TransitionView, timeline};
use crate::app::reads::ReadOf;
use crate::app::{App, AppError};
use crate::authz::Actor;
use crate::calendar::local_date;
use crate::ids::CaseNumber;
use crate::workflow::definition::FieldKind;

/// What waits for the reader in a case.
#[derive(Debug, Clone, PartialEq)]
pub struct NextView {
    /// The case.
    pub case: CaseView,
    /// Open proposals, each with the ways to answer it.
    pub proposals: Vec<ProposalView>,
    /// What else she can do now.
    pub steps: Vec<TransitionView>,
    /// The step that brought the case here, and the latest one, where that is another and as far as she may read them; none
    /// that stands among the proposals.
    pub latest: Vec<EntryView>,
    /// The workflow, in the case's own version.
    pub workflow: WorkflowView,
    /// The names of everything.
    pub names: Names,
}

/// An open proposal: what the reader may confirm or accept, or decline.
#[derive(Debug, Clone, PartialEq)]
pub struct ProposalView {
    /// What it is called: by the first of its texts.
    pub title: String,
    /// What is proposed.
    pub about: Vec<FieldView>,
    /// The ways to answer it, in the order of the file.
    pub steps: Vec<TransitionView>,
}

impl App {
    /// What waits for the actor in a case.
    ///
    /// # Errors
    /// [`AppError::NotFound`] alike where there is no such case and where she may not know of it.
    pub fn next(&self, actor: &Actor, number: &CaseNumber) -> Result<NextView, AppError> {
        let receipt = self.note_read(actor, number, &ReadOf::Case)?;
        let now = self.now();
        self.store.read(|db| {
            let look = self.look(db, actor, number)?;
            let mut steps = self.steps(db, actor, &look, now)?;
            steps.retain(|step| step.enabled);
            let case = self.shown(db, actor, &look, now, &receipt)?;
            let proposals = proposals(actor, &look, &case.fields, &mut steps);
            let mut latest = timeline::latest_steps(self, db, actor, &look, &receipt)?;
            let told = |entry: &EntryView| {
                let mut values = proposals.iter().flat_map(|proposal| &proposal.about);
                values.any(|field| field.entry == entry.n)
            };
            latest.retain(|entry| !told(entry));
            let names = names_for(db, actor, local_date(now))?.with_documents(number, &case.documents);
            Ok(NextView { case, proposals, steps, latest, workflow: view(&look.known), names })
        })
    }
}

/// Takes out of the steps those that answer one proposal, and puts them together: one decision, with both ways out. Whoever
/// has said yes is asked no more; to change her mind is no answer.
fn proposals(actor: &Actor, look: &Look, fields: &[FieldView], steps: &mut Vec<TransitionView>) -> Vec<ProposalView> {
    let definition = &look.known.definition;
    let answered = definition.transitions.iter().filter_map(|step| step.declines.as_ref());
    let mut found = Vec::new();
    for proposed in answered {
        let answers = |step: &TransitionView, yes: bool| {
            let step = definition.transition(&step.id);
            step.is_some_and(|step| {
                step.of.as_ref() == Some(proposed) || !yes && step.declines.as_ref() == Some(proposed)
            })
        };
        let about = about(actor, look, &[proposed], fields.to_vec());
        let is_text = |field: &&FieldView| {
            let kind = definition.fields.get(&field.field).map(|field| field.kind);
            matches!(kind, Some(FieldKind::Text | FieldKind::Proposal | FieldKind::Statement))
        };
        let Some(named) = about.iter().find(is_text).or(about.first()) else { continue };
        if !steps.iter().any(|step| answers(step, true)) {
            continue;
        }
        let title = named.title.clone();
        let (answers, others) = std::mem::take(steps).into_iter().partition(|step| answers(step, false));
        *steps = others;
        found.push(ProposalView { title, about, steps: answers });
    }
    found
}
