//! What waits for the reader in a case: whose move it is, until when, what was done last, and what she can do now.

use super::step_form::{Names, names_for};
use super::workflow_view::{WorkflowView, view};
use super::{CaseView, EntryView, TransitionView, timeline};
use crate::app::{App, AppError};
use crate::authz::Actor;
use crate::calendar::local_date;
use crate::ids::CaseNumber;

/// What waits for the reader in a case.
#[derive(Debug, Clone, PartialEq)]
pub struct NextView {
    /// The case.
    pub case: CaseView,
    /// What she can do now.
    pub steps: Vec<TransitionView>,
    /// The step that brought the case here, and the latest one, where that is another and as far as she may read them.
    pub latest: Vec<EntryView>,
    /// The workflow, in the case's own version.
    pub workflow: WorkflowView,
    /// The names of everything.
    pub names: Names,
}

impl App {
    /// What waits for the actor in a case.
    ///
    /// # Errors
    /// [`AppError::NotFound`] alike where there is no such case and where she may not know of it.
    pub fn next(&self, actor: &Actor, number: &CaseNumber) -> Result<NextView, AppError> {
        let now = self.now();
        self.store.read(|db| {
            let look = self.look(db, actor, number)?;
            let mut steps = self.steps(db, actor, &look, now)?;
            steps.retain(|step| step.enabled);
            let case = self.shown(db, actor, &look, now)?;
            let names = names_for(db, actor, local_date(now))?.with_documents(number, &case.documents);
            Ok(NextView {
                case,
                steps,
                latest: timeline::latest_steps(db, actor, &look)?,
                workflow: view(&look.known),
                names,
            })
        })
    }
}
