//! Mails that the server took and that came back: what was found out about one is noted at its row, once, where the case,
//! administrators and the operator see it.

use super::{App, AppError};
use crate::store::outbox;

/// How the error of a mail begins that came back; the status of RFC 3463 follows where it is told.
pub(super) const CAME_BACK: &str = "the mail came back";

impl App {
    /// Notes that the mail of that row has come back. False where it has before, was given up, or is none of ours.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub fn note_bounce(&self, row: &str, status: Option<&str>) -> Result<bool, AppError> {
        let error = status.map_or(CAME_BACK.to_owned(), |status| format!("{CAME_BACK}: {status}"));
        Ok(self.store.write(|db| outbox::bounce(db, row, &error))?)
    }
}
