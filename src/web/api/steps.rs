//! Steps: what may be done with a case, and doing it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{When, happened};
use crate::app::cases::{StepCommand, What};
use crate::app::view::TransitionView;
use crate::authz::Actor;
use crate::web::error::Refusal;
use crate::web::extract::Call;
use crate::web::reply::Reply;

/// What may be done with a case.
#[derive(Serialize, JsonSchema)]
pub struct Transitions {
    /// Every step of the workflow, in the order of its file.
    transitions: Vec<TransitionView>,
}

/// A step to take.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewStep {
    /// The transition.
    transition: String,
    /// When it happened; just now, where nothing is said.
    #[serde(default)]
    happened: Option<When>,
    /// The fields that the step requires and asks for.
    #[serde(default)]
    data: Map<String, Value>,
}

/// An example of a step.
pub const NEW_STEP: &str = r#"{"transition": "route", "data": {"lead_unit": "psykiatri-falun"}}"#;

/// What the actor may do with the case now, and why not the rest.
pub fn list(call: &Call, actor: &Actor) -> Result<Reply, Refusal> {
    Reply::ok(&Transitions { transitions: call.app.transitions(actor, &call.number()?)? })
}

/// Takes a step.
pub fn take(call: &Call, actor: &Actor) -> Result<Reply, Refusal> {
    let revision = call.revision()?;
    let step: NewStep = call.body()?;
    let what = What::Take { transition: step.transition, happened: happened(step.happened), given: step.data };
    carry_out(call, actor, revision, what)
}

/// Takes a confirmation back.
pub fn withdraw(call: &Call, actor: &Actor) -> Result<Reply, Refusal> {
    carry_out(call, actor, call.revision()?, What::Withdraw { transition: call.part("transition").to_owned() })
}

fn carry_out(call: &Call, actor: &Actor, revision: u64, what: What) -> Result<Reply, Refusal> {
    let command = StepCommand { number: call.number()?, revision, what };
    let done = call.app.take_step(actor, &command, call.key())?;
    Ok(Reply::ok(&done)?.at_revision(done.revision))
}
