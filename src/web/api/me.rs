//! The person who asks.

use crate::authz::Actor;
use crate::web::error::Refusal;
use crate::web::extract::Call;
use crate::web::reply::Reply;

/// Who I am, and the roles that I hold today.
pub fn get(call: &Call, actor: &Actor) -> Result<Reply, Refusal> {
    Reply::ok(&call.app.me(actor)?)
}
