//! The kinds of cases.

use schemars::JsonSchema;
use serde::Serialize;

use crate::app::view::WorkflowView;
use crate::authz::Actor;
use crate::web::error::Refusal;
use crate::web::extract::Call;
use crate::web::reply::Reply;

/// The kinds of cases.
#[derive(Serialize, JsonSchema)]
pub struct Workflows {
    /// Each in the version that new cases get, by name.
    workflows: Vec<WorkflowView>,
}

/// All of them.
pub fn list(call: &Call, _: &Actor) -> Result<Reply, Refusal> {
    Reply::ok(&Workflows { workflows: call.app.workflow_views()? })
}

/// One of them.
pub fn get(call: &Call, _: &Actor) -> Result<Reply, Refusal> {
    Reply::ok(&call.app.workflow_view(call.part("name"))?)
}
