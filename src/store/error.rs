//! What can go wrong in the store.

use diesel::result::{DatabaseErrorKind, Error};

/// An error of the store. Nothing in it was typed by a user: constraint messages stay in the log of the operator.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Somebody else changed the row first, or made the same one.
    #[error("somebody else changed the same row")]
    Conflict,
    /// The database does not answer, or is busy for too long.
    #[error("the database is not available: {0}")]
    Unavailable(String),
    /// The database cannot be opened at all.
    #[error("{0}")]
    Open(String),
    /// A row holds what no version of this program wrote.
    #[error("the database holds something that this program did not write: {0}")]
    Corrupt(String),
    /// A fault of ours.
    #[error("database error: {0}")]
    Internal(String),
}

impl From<Error> for StoreError {
    fn from(error: Error) -> Self {
        match &error {
            Error::DatabaseError(kind, info) => match kind {
                DatabaseErrorKind::UniqueViolation | DatabaseErrorKind::SerializationFailure => StoreError::Conflict,
                DatabaseErrorKind::ClosedConnection | DatabaseErrorKind::UnableToSendCommand => {
                    StoreError::Unavailable("the connection was closed".to_owned())
                }
                // Two that waited for each other: the one that was sent away begins again. The server says so in its own
                // language, and in those of this country's servers the word is the same.
                _ if info.message().contains("deadlock") => StoreError::Conflict,
                _ if info.message().contains("database is locked") => {
                    StoreError::Unavailable("the database file is locked".to_owned())
                }
                _ => StoreError::Internal(info.message().to_owned()),
            },
            Error::BrokenTransactionManager => StoreError::Unavailable("the connection was lost".to_owned()),
            _ => StoreError::Internal(error.to_string()),
        }
    }
}
