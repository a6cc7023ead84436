//! The outbox at work: claims a mail, sends it outside any transaction, marks what became of it.

use chrono::Duration;

use super::{App, AppError};
use crate::clock::Timestamp;
use crate::mail::{MailContent, Outgoing, Sender, Transport, Verdict, render};
use crate::store::outbox::{self, ClaimedMail, Outcome};

/// How long a claim holds: longer than any server is waited for.
const LEASE: Duration = Duration::minutes(10);
/// How many mails are looked for at a time.
const BATCH: i64 = 100;
/// After so many tries a mail is given up, visibly: with these pauses, after about nine days.
const MOST_TRIES: i32 = 40;
/// The longest pause between two tries.
const LONGEST_PAUSE: i64 = 6 * 60;

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
                let outcome = self.send(transport, from, &mail, now)?;
                match &outcome {
                    Outcome::Sent => delivered.sent += 1,
                    Outcome::Retry(..) => delivered.retried += 1,
                    Outcome::Failed(_) => delivered.failed += 1,
                }
                self.store.write(|db| outbox::mark(db, &mail.id, &holder, self.now(), &outcome))?;
            }
            if !claimed_any {
                return Ok(delivered);
            }
        }
    }

    fn send(&self, transport: &Transport, from: &Sender, mail: &ClaimedMail, now: Timestamp) -> Result<Outcome, AppError> {
        let Some(address) = &mail.email else { return Ok(Outcome::Failed("the person has no address".to_owned())) };
        let content: MailContent = match serde_json::from_str(&mail.content) {
            Ok(content) => content,
            Err(error) => return Ok(Outcome::Failed(format!("the content cannot be read: {error}"))),
        };
        let rendered = match render(&mail.template, &content) {
            Ok(rendered) => rendered,
            Err(error) => return Ok(Outcome::Failed(error.to_string())),
        };
        let outgoing =
            Outgoing { id: mail.id.clone(), to: address.clone(), from: from.clone(), at: now, rendered };
        let Err(error) = transport.send(&outgoing) else { return Ok(Outcome::Sent) };
        tracing::warn!(mail = mail.id, verdict = ?error.verdict, detail = error.detail, "a mail was not sent");
        Ok(match error.verdict {
            Verdict::Refused => Outcome::Failed(error.detail),
            Verdict::Retry | Verdict::Configuration if mail.attempts + 1 < MOST_TRIES => {
                Outcome::Retry(now + pause(mail.attempts), error.detail)
            }
            Verdict::Retry | Verdict::Configuration => Outcome::Failed(error.detail),
        })
    }
}

/// The pause before the next try: one minute, doubled each time, at most [`LONGEST_PAUSE`].
fn pause(attempts: i32) -> Duration {
    let doubled = 1_i64.checked_shl(u32::try_from(attempts).unwrap_or(0)).unwrap_or(LONGEST_PAUSE);
    Duration::minutes(doubled.clamp(1, LONGEST_PAUSE))
}
