//! What a use case answers when it cannot be done: what the user may know, and what only the operator may, apart.

use crate::store::StoreError;
use crate::workflow::rejection::{Reason, Rejection};

/// Why a use case was not carried out. Nothing has changed then.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// There is no such thing, or the actor may not know of it: the same answer to both.
    #[error("not found")]
    NotFound,
    /// The actor may know of it, but this is not hers to do.
    #[error("forbidden")]
    Forbidden,
    /// The engine refused, with reasons.
    #[error(transparent)]
    Rejected(#[from] Rejection),
    /// The case has changed since the actor looked.
    #[error("stale: the revision is {current}")]
    Stale {
        /// The present revision.
        current: u64,
    },
    /// The key was used for another request.
    #[error("the idempotency key was used for another request")]
    KeyReused,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A fault of ours or of the operator's: told to the operator only.
    #[error("{0}")]
    Internal(String),
}

impl From<Reason> for AppError {
    fn from(reason: Reason) -> Self {
        AppError::Rejected(reason.into())
    }
}
