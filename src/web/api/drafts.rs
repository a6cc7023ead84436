//! Drafts: one person's own, and no case.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::app::drafts::{DraftFor, DraftView};
use crate::authz::Actor;
use crate::web::error::Refusal;
use crate::web::extract::Call;
use crate::web::reply::Reply;

/// My drafts.
#[derive(Serialize, JsonSchema)]
pub struct Drafts {
    /// The latest changed first.
    drafts: Vec<DraftView>,
}

/// A draft to keep.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewDraft {
    /// The workflow.
    workflow: String,
    /// The start that it is to become.
    start: String,
    /// What has been filled in.
    #[serde(default)]
    content: Map<String, Value>,
}

/// What a draft is to hold.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DraftContent {
    /// What has been filled in.
    content: Map<String, Value>,
}

/// An example of a draft.
pub const NEW_DRAFT: &str = r#"{"workflow": "deviation", "start": "register", "content": {"category": "information"}}"#;
/// An example of a draft's content.
pub const DRAFT_CONTENT: &str = r#"{"content": {"category": "information", "urgency": "normal"}}"#;

/// The actor's drafts.
pub fn list(call: &Call, actor: &Actor) -> Result<Reply, Refusal> {
    Reply::ok(&Drafts { drafts: call.app.drafts(actor)? })
}

/// One of them.
pub fn get(call: &Call, actor: &Actor) -> Result<Reply, Refusal> {
    let draft = call.app.draft(actor, call.id()?)?;
    Ok(Reply::ok(&draft)?.at_revision(draft.revision))
}

/// Keeps a new one.
pub fn keep(call: &Call, actor: &Actor) -> Result<Reply, Refusal> {
    let new: NewDraft = call.body()?;
    let what = DraftFor { workflow: new.workflow, start: new.start };
    let kept = call.app.keep_draft(actor, &what, &new.content, call.key())?;
    Ok(Reply::created(format!("/api/drafts/{}", kept.id), &kept)?.at_revision(kept.revision))
}

/// Changes one.
pub fn change(call: &Call, actor: &Actor) -> Result<Reply, Refusal> {
    let revision = call.revision()?;
    let new: DraftContent = call.body()?;
    let kept = call.app.change_draft(actor, call.id()?, &new.content, revision)?;
    Ok(Reply::ok(&kept)?.at_revision(kept.revision))
}

/// Throws one away.
pub fn drop_one(call: &Call, actor: &Actor) -> Result<Reply, Refusal> {
    call.app.drop_draft(actor, call.id()?)?;
    Ok(Reply::nothing())
}
