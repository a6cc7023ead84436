//! What a handler answers when all is well.

use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, HttpResponseBuilder};
use serde::Serialize;

use super::error::Refusal;
use crate::app::AppError;

/// An answer.
pub struct Reply {
    status: StatusCode,
    revision: Option<u64>,
    location: Option<String>,
    body: Option<String>,
}

impl Reply {
    /// 200 with a body.
    pub fn ok(body: &impl Serialize) -> Result<Reply, Refusal> {
        let body = serde_json::to_string(body).map_err(|error| AppError::Internal(error.to_string()))?;
        Ok(Reply { status: StatusCode::OK, revision: None, location: None, body: Some(body) })
    }

    /// 201 with a body, and where the new thing is.
    pub fn created(location: String, body: &impl Serialize) -> Result<Reply, Refusal> {
        Ok(Reply { status: StatusCode::CREATED, location: Some(location), ..Reply::ok(body)? })
    }

    /// 204.
    pub fn nothing() -> Reply {
        Reply { status: StatusCode::NO_CONTENT, revision: None, location: None, body: None }
    }

    /// With the revision as ETag.
    pub fn at_revision(self, revision: u64) -> Reply {
        Reply { revision: Some(revision), ..self }
    }

    pub(super) fn response(self) -> HttpResponse {
        let mut builder = HttpResponseBuilder::new(self.status);
        if let Some(revision) = self.revision {
            builder.insert_header((header::ETAG, etag(revision)));
        }
        if let Some(location) = self.location {
            builder.insert_header((header::LOCATION, location));
        }
        match self.body {
            Some(body) => builder.content_type("application/json").body(body),
            None => builder.finish(),
        }
    }
}

/// A revision as an ETag.
pub(super) fn etag(revision: u64) -> String {
    format!("\"{revision}\"")
}
