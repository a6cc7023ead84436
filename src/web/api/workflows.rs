//! The kinds of cases.

use schemars::JsonSchema;
use serde::Serialize;

use crate::app::view::WorkflowView;
use crate::authz::Actor;
use crate::ids::PrincipalId;
use crate::web::error::Refusal;
use crate::web::extract::Call;
use crate::web::reply::Reply;

/// The kinds of cases.
#[derive(Serialize, JsonSchema)]
pub struct Workflows {
    /// Each in the version that new cases of the person's get, by name.
    workflows: Vec<WorkflowView>,
}

/// All of them.
pub fn list(call: &Call, actor: &Actor) -> Result<Reply, Refusal> {
    Reply::ok(&Workflows { workflows: call.app.workflow_views(actor)? })
}

/// One of them.
pub fn get(call: &Call, actor: &Actor) -> Result<Reply, Refusal> {
    let with: Option<String> = call.query("with")?;
    let others: Vec<_> = with.into_iter().map(PrincipalId).collect();
    Reply::ok(&call.app.workflow_view(actor, call.part("name"), &others)?)
}
