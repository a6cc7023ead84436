//! The outbox at work: claims a mail, sends it outside any transaction, marks what became of it.

use chrono::Duration;

use super::{App, AppError};
use crate::clock::Timestamp;
use crate::mail::{Outgoing, Sender, Transport, Verdict, render_stored};
use crate::store::outbox::{self, ClaimedMail, Outcome};

/// How long a claim holds: longer than any server is waited for.
const LEASE: Duration = Duration::minutes(10);
/// How many mails are looked for at a time.
const BATCH: i64 = 100;
/// After so many tries a mail is given up, visibly: with these pauses, after about nine days.
const MOST_TRIES: i32 = 40;
/// The longest pause between two tries.
const LONGEST_PAUSE: i64 = 6 * 60;

/// The error of a mail whose recipient has no address.
pub(super) const NO_ADDRESS: &str = "the person has no address";
/// The error of a mail whose recipient was disabled after it was written.
pub(super) const DISABLED: &str = "the person is disabled";

/// What became of a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailStatus {
    /// Waiting to be sent.
    Pending,
    /// Taken by the server.
    Sent,
    /// Given up.
    Failed,
}

impl MailStatus {
    /// Every status.
    pub const ALL: [MailStatus; 3] = [MailStatus::Pending, MailStatus::Sent, MailStatus::Failed];

    /// The name in the database and in addresses.
    pub fn name(self) -> &'static str {
        match self {
            MailStatus::Pending => outbox::PENDING,
            MailStatus::Sent => outbox::SENT,
            MailStatus::Failed => outbox::FAILED,
        }
    }

    /// The status of that name.
    pub fn from_name(name: &str) -> Option<MailStatus> {
        MailStatus::ALL.into_iter().find(|status| status.name() == name)
    }

    /// The status of a row.
    pub(super) fn of_row(status: &str) -> Result<MailStatus, AppError> {
        let unknown = || AppError::Internal(format!("a mail has the unknown status `{status}`"));
        MailStatus::from_name(status).ok_or_else(unknown)
    }
}

/// What a delivery did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Delivered {
    /// Taken by the server.
    pub sent: u32,
    /// To be tried again.
    pub retried: u32,
    /// Given up.
    pub failed: u32,
}

impl App {
    /// Sends what may be sent by now.
    ///
    /// # Errors
    /// Where the database does not answer, or the mail server refuses our login: then nothing more is tried.
    pub fn deliver_mail(&self, transport: &Transport, from: &Sender) -> Result<Delivered, AppError> {
        let holder = self.ids.next(self.now());
        let mut delivered = Delivered::default();
        loop {
            let now = self.now();
            let ready = self.store.read(|db| outbox::ready(db, now, BATCH))?;
            let mut claimed_any = false;
            for id in ready {
                let claimed = self.store.write(|db| outbox::claim(db, &id, &holder, now, now + LEASE))?;
                let Some(mail) = claimed else { continue };
                claimed_any = true;
                let (outcome, stop) = self.send(transport, from, &mail, now);
                match &outcome {
                    Outcome::Sent => delivered.sent += 1,
                    Outcome::Retry(..) => delivered.retried += 1,
                    Outcome::Failed(_) => delivered.failed += 1,
                }
                self.store.write(|db| outbox::mark(db, &mail.id, &holder, self.now(), &outcome))?;
                if stop {
                    // A fault of configuration is no verdict on a mail: nothing else is tried before it is mended.
                    return Ok(delivered);
                }
            }
            if !claimed_any {
                return Ok(delivered);
            }
        }
    }

    /// Tries to send a mail: what became of it, and whether trying others is pointless.
    fn send(&self, transport: &Transport, from: &Sender, mail: &ClaimedMail, now: Timestamp) -> (Outcome, bool) {
        let outgoing = match outgoing(from, mail) {
            Ok(outgoing) => outgoing,
            Err(why) => return (Outcome::Failed(why), false),
        };
        let Err(error) = transport.send(&outgoing) else { return (Outcome::Sent, false) };
        tracing::warn!(mail = mail.id, verdict = ?error.verdict, detail = error.detail, "a mail was not sent");
        let again = match error.verdict {
            Verdict::Retry => mail.attempts + 1 < MOST_TRIES,
            Verdict::Refused => false,
            Verdict::Configuration => true,
        };
        let outcome = match again {
            true => Outcome::Retry(now + pause(mail.attempts), error.detail),
            false => Outcome::Failed(error.detail),
        };
        (outcome, error.verdict == Verdict::Configuration)
    }
}

/// The mail as the transport takes it, or why there is none.
fn outgoing(from: &Sender, mail: &ClaimedMail) -> Result<Outgoing, String> {
    if mail.disabled {
        return Err(DISABLED.to_owned());
    }
    let to_address = mail.email.clone().ok_or(NO_ADDRESS)?;
    let rendered = render_stored(&mail.template, &mail.content).map_err(|error| error.to_string())?;
    // The same instant at each try, so that a repeat is the same mail byte for byte.
    let at = Timestamp::from_naive_utc(mail.created_at);
    Ok(Outgoing { id: mail.id.clone(), to_address, from: from.clone(), at, rendered })
}

/// The pause before the next try: one minute, doubled each time, at most [`LONGEST_PAUSE`].
fn pause(attempts: i32) -> Duration {
    let doubled = 1_i64.checked_shl(u32::try_from(attempts).unwrap_or(0)).unwrap_or(LONGEST_PAUSE);
    Duration::minutes(doubled.clamp(1, LONGEST_PAUSE))
}
