//! What an actor may do with a case, and why not the rest.

use schemars::JsonSchema;
use serde::Serialize;

use super::case_view::Look;
use crate::app::access::Reach;
use crate::app::world::World;
use crate::app::{App, AppError};
use crate::authz::Actor;
use crate::clock::Timestamp;
use crate::ids::CaseNumber;
use crate::store::Db;
use crate::workflow::definition::StepKind;
use crate::workflow::engine;
use crate::workflow::rejection::{Code, Reason};

/// A step, and whether the actor may take it now.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct TransitionView {
    /// The transition.
    pub id: String,
    /// What the button says.
    pub title: String,
    /// What it does.
    pub help: Option<String>,
    /// What kind of act.
    pub kind: StepKind,
    /// Whether it moves the case on, or only adds to it.
    pub moves: bool,
    /// Whether the actor may take it now.
    pub enabled: bool,
    /// Why not.
    pub reasons: Vec<Reason>,
    /// Fields that must be given, in the order of the form.
    pub require: Vec<String>,
    /// Fields that are asked for.
    pub ask: Vec<String>,
}

impl App {
    /// What the actor may do with a case now, and why not the rest.
    ///
    /// # Errors
    /// [`AppError::NotFound`] alike where there is no such case and where she may not know of it.
    pub fn transitions(&self, actor: &Actor, number: &CaseNumber) -> Result<Vec<TransitionView>, AppError> {
        let now = self.now();
        self.store.read(|db| {
            let look = self.look(db, actor, number)?;
            self.steps(db, actor, &look, now)
        })
    }

    /// The steps of a look.
    pub(super) fn steps(
        &self,
        db: &mut Db,
        actor: &Actor,
        look: &Look,
        now: Timestamp,
    ) -> Result<Vec<TransitionView>, AppError> {
        let definition = &look.known.definition;
        let world = World::load(db, definition, now)?;
        let mut possible = engine::enabled(definition, &world.context(self, actor, now), &look.case);
        if matches!(look.access.reach, Reach::Until(_)) {
            let left = || vec![Reason::new(Code::Permission, "Ärendet har lämnat er.")];
            possible.iter_mut().for_each(|possible| possible.reasons = left());
        }
        let views = possible.into_iter().map(|possible| TransitionView {
            id: possible.transition.id.clone(),
            title: possible.transition.title.clone(),
            help: possible.transition.help.clone(),
            kind: possible.transition.kind,
            moves: !possible.transition.stays(),
            enabled: possible.reasons.is_empty(),
            reasons: possible.reasons,
            require: possible.transition.require.clone(),
            ask: possible.transition.ask.clone(),
        });
        Ok(views.collect())
    }
}
