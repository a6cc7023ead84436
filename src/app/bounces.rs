//! Mails that the server took and that came back: the reports that a mail server leaves in a Maildir are tied to the rows
//! that they are about, once each, where the case, administrators and the operator see it.
//!
//! Whoever knows a Message-ID of ours can say that the mail came back: its recipient, and the servers on the way. Such a
//! report changes nothing but what is told of that one mail.

use std::io;

use super::{App, AppError};
use crate::mail::Sender;
use crate::mail::bounce::{self, Read};
use crate::mail::maildir::{Maildir, NewMail};
use crate::store::outbox;

/// How the error of a mail begins that came back; the status of RFC 3463 follows where it is told.
pub(super) const CAME_BACK: &str = "the mail came back";

/// What a look into the folder found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Returned {
    /// Mails of ours that came back.
    pub bounced: u32,
    /// Mails that are no such report, or tell nothing new.
    pub other: u32,
}

/// Why the reports could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ReturnsError {
    /// The folder: an error of the operating system, which names no file.
    #[error("the folder of mails that came back cannot be used: {0}")]
    Folder(#[from] io::Error),
    /// The database.
    #[error(transparent)]
    App(#[from] AppError),
}

impl App {
    /// Reads what is new in the folder, notes what came back, and puts all of it among what has been seen. Who dies in
    /// between reads the same report again, which changes nothing.
    ///
    /// # Errors
    /// Where the folder or the database cannot be used. What was noted stays noted.
    pub fn read_returns(&self, folder: &Maildir, from: &Sender) -> Result<Returned, ReturnsError> {
        let mut returned = Returned::default();
        for mail in folder.new_mails()? {
            match self.read_one(folder, &mail, from) {
                Ok(true) => returned.bounced += 1,
                Ok(false) => returned.other += 1,
                // One file that cannot be read or moved holds up no other.
                Err(ReturnsError::Folder(error)) => tracing::warn!(%error, "a report cannot be read or moved"),
                Err(error) => return Err(error),
            }
        }
        Ok(returned)
    }

    /// Reads one; whether it told something new.
    fn read_one(&self, folder: &Maildir, mail: &NewMail, from: &Sender) -> Result<bool, ReturnsError> {
        let mut noted = false;
        match bounce::read(&mail.bytes()?, from) {
            Read::Bounce(bounce) => {
                noted = self.note_bounce(&bounce.row, bounce.status.as_deref())?;
                let (mail, status) = (bounce.row, bounce.status.unwrap_or_default());
                tracing::warn!(mail, status, noted, "a mail came back");
            }
            Read::OtherReport => tracing::info!("a report was read that tells of no lost mail of ours"),
            Read::NoReport => tracing::info!("among the reports of mails that came back lay something else"),
        }
        folder.seen(mail)?;
        Ok(noted)
    }

    /// Notes that the mail of that row has come back. False where it has before, was given up, or is none of ours.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub fn note_bounce(&self, row: &str, status: Option<&str>) -> Result<bool, AppError> {
        let error = status.map_or(CAME_BACK.to_owned(), |status| format!("{CAME_BACK}: {status}"));
        Ok(self.store.write(|db| outbox::bounce(db, row, &error))?)
    }
}
