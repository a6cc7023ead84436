//! The API's own description.

use std::sync::OnceLock;

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use crate::web::error::Refusal;
use crate::web::extract::Call;
use crate::web::openapi;
use crate::web::reply::Reply;

/// An OpenAPI document.
#[derive(Serialize, JsonSchema)]
#[serde(transparent)]
pub struct Document(serde_json::Map<String, Value>);

/// The description of every route.
pub fn get(_: &Call) -> Result<Reply, Refusal> {
    static DOCUMENT: OnceLock<Value> = OnceLock::new();
    Reply::ok(DOCUMENT.get_or_init(openapi::document))
}
