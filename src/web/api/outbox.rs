//! The outbox, for whoever administers the county: which mails wait, went, were given up or came back, without content or
//! address; and trying those again.

use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Serialize;

use crate::app::administration::OutgoingMail;
use crate::app::outbox::MailStatus;
use crate::authz::Actor;
use crate::web::error::Refusal;
use crate::web::extract::Call;
use crate::web::reply::Reply;
use crate::web::routes::{Parameter, Place, of};

/// A page of mails.
#[derive(Serialize, JsonSchema)]
pub struct OutboxPage {
    /// The mails, the newest first.
    mails: Vec<OutgoingMail>,
    /// What `before` is to be for the next page; none on the last.
    next: Option<String>,
}

/// What the list may be narrowed by.
pub const FILTER: &[Parameter] = &[
    Parameter {
        name: "status",
        place: Place::Query,
        required: false,
        schema: status,
        description: "Only those of this status.",
        example: "failed",
    },
    Parameter {
        name: "before",
        place: Place::Query,
        required: false,
        schema: of::<String>,
        description: "`next` of the page before.",
        example: "019ae0a4e6d2c3f1e0b5a4d7c8f9e0a1",
    },
];

fn status(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "enum": MailStatus::ALL.map(MailStatus::name) })
}

struct Status(MailStatus);

impl FromStr for Status {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        MailStatus::from_name(text).map(Status).ok_or(())
    }
}

/// The mails.
pub fn list(call: &Call, actor: &Actor) -> Result<Reply, Refusal> {
    let status = call.query::<Status>("status")?.map(|Status(status)| status);
    let before: Option<String> = call.query("before")?;
    let (mails, more) = call.app.outbox(actor, status, before.as_deref())?;
    let next = mails.last().filter(|_| more).map(|last| last.id.clone());
    Reply::ok(&OutboxPage { mails, next })
}

/// Tries one again.
pub fn retry(call: &Call, actor: &Actor) -> Result<Reply, Refusal> {
    call.app.retry_mail(Some(actor), call.id()?)?;
    Ok(Reply::nothing())
}
