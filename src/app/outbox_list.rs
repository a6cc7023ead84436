//! The outbox as the operator of the system lists it and mends it: which mails wait, went, were given up or came back, and
//! why. No content, and of an address no more than tells a mistyped domain.

use serde::Serialize;

use super::outbox::MailStatus;
use super::{App, AppError};
use crate::clock::Timestamp;
use crate::ids::{CaseNumber, PersonId};
use crate::store::outbox::{self, Listed};

/// How many mails are fetched at a time.
const BATCH: i64 = 500;

/// A mail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct QueuedMail {
    /// The row's id, from which the Message-ID derives.
    pub id: String,
    /// The case that it is about.
    pub number: Option<CaseNumber>,
    /// To whom.
    pub person: PersonId,
    /// Her address as it is now, with one letter before the `@`.
    pub address: Option<String>,
    /// The template.
    pub template: String,
    /// What became of it.
    pub status: MailStatus,
    /// When it was written, UTC.
    pub written: Timestamp,
    /// When it is tried next, UTC.
    pub next: Option<Timestamp>,
    /// When it was sent, UTC.
    pub sent: Option<Timestamp>,
    /// How often it was tried.
    pub attempts: i32,
    /// Why it was not sent, or came back.
    pub error: Option<String>,
}

impl App {
    /// Hands every mail of one status, or of all, to `tell`, the oldest first.
    ///
    /// # Errors
    /// Where the database does not answer, or `tell` fails.
    pub fn each_queued_mail<E: From<AppError>>(
        &self,
        status: Option<MailStatus>,
        mut tell: impl FnMut(QueuedMail) -> Result<(), E>,
    ) -> Result<(), E> {
        let name = status.map(MailStatus::name);
        let mut last: Option<String> = None;
        loop {
            let rows = self.store.read::<_, AppError>(|db| Ok(outbox::listed(db, name, last.as_deref(), BATCH)?))?;
            let Some(newest) = rows.last() else { return Ok(()) };
            last = Some(newest.id.clone());
            for row in rows {
                tell(queued(row)?)?;
            }
        }
    }

    /// Tries every mail that was given up once more, from now on; those that came back wait for a better address, one by one.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub fn retry_failed_mails(&self) -> Result<usize, AppError> {
        let now = self.now();
        Ok(self.store.write(|db| outbox::retry_failed(db, now))?)
    }
}

fn queued(row: Listed) -> Result<QueuedMail, AppError> {
    Ok(QueuedMail {
        status: MailStatus::of_row(&row.status)?,
        number: row.number.map(CaseNumber),
        person: PersonId(row.person_id),
        address: row.email.as_deref().map(masked),
        template: row.template,
        written: Timestamp::from_naive_utc(row.created_at),
        next: row.next_at.map(Timestamp::from_naive_utc),
        sent: row.sent_at.map(Timestamp::from_naive_utc),
        attempts: row.attempts,
        error: row.error,
        id: row.id,
    })
}

/// An address with one letter before the `@`: `m***@falun.example`.
fn masked(address: &str) -> String {
    let (local, domain) = address.rsplit_once('@').unwrap_or((address, "?"));
    let first: String = local.chars().take(1).collect();
    format!("{first}***@{domain}")
}
