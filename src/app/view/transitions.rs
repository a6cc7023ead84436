//! What an actor may do with a case, and why not the rest.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::Serialize;

use super::case_view::Look;
use crate::app::access::Reach;
use crate::app::world::World;
use crate::app::{App, AppError};
use crate::authz::Actor;
use crate::calendar::local_date;
use crate::clock::Timestamp;
use crate::ids::CaseNumber;
use crate::store::{Db, people};
use crate::texts::cases as texts;
use crate::workflow::definition::StepKind;
use crate::workflow::engine::{self, Possible};
use crate::workflow::rejection::{Code, Reason};
use crate::workflow::step::By;

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
    /// The name of the absent person in whose place she would take it.
    pub on_behalf_of: Option<String>,
    /// What the seat in which she would decide or accept may decide by delegation, as its principal has written it.
    pub delegation: Option<String>,
    /// Why not.
    pub reasons: Vec<Reason>,
    /// Whether she could take it at some time in this case, in the seats that she has.
    pub ever: bool,
    /// Fields that must be given, in the order of the form.
    pub require: Vec<String>,
    /// Fields that are asked for.
    pub ask: Vec<String>,
    /// What there is to say of fields here and now: how far the day of a deadline may be moved.
    pub hints: BTreeMap<String, String>,
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
        let world = World::load(self, db, definition, now)?;
        let mut possible = engine::enabled(definition, &world.context(self, actor, now), &look.case);
        if matches!(look.access.reach, Reach::Until(_)) {
            let left = || vec![Reason::new(Code::Permission, texts::HAS_LEFT)];
            for possible in &mut possible {
                (possible.reasons, possible.ever) = (left(), false);
            }
        }
        possible.into_iter().map(|possible| view(db, possible, local_date(now))).collect()
    }
}

fn view(db: &mut Db, possible: Possible, day: NaiveDate) -> Result<TransitionView, AppError> {
    let transition = possible.transition;
    let by = possible.by.filter(|_| possible.reasons.is_empty());
    let absent = by.as_ref().and_then(By::on_behalf_of);
    let binds = matches!(transition.kind, StepKind::Decision | StepKind::Acceptance);
    let delegation = match &by {
        Some(By::Person { person, seat, .. }) if binds => people::delegation(db, absent.unwrap_or(person), seat, day)?,
        _ => None,
    };
    let absent = absent.map(|absent| people::person(db, absent)).transpose()?.flatten();
    Ok(TransitionView {
        id: transition.id.clone(),
        title: transition.title.clone(),
        help: transition.help.clone(),
        kind: transition.kind,
        moves: !transition.stays(),
        enabled: possible.reasons.is_empty(),
        on_behalf_of: absent.map(|absent| absent.name),
        delegation,
        reasons: possible.reasons,
        ever: possible.ever,
        require: transition.require.clone(),
        ask: transition.ask.clone(),
        hints: possible.hints,
    })
}
