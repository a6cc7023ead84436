//! The outbox at work: claims a mail, sends it outside any transaction, marks what became of it.
//!
//! **At least once.** A mail is written in the transaction of the step or the reminder that causes it, under a key that the
//! database keeps unique (of a reminder: case, deadline, generation, step, round, person), so it is written once. It is sent
//! before it is marked as sent: where the process dies, or the connection breaks, between the server's taking it and our
//! knowing so, it is sent again. Nothing that can be done on this side alone would be both that sure and never twice. The
//! repeat is the same mail byte for byte, with the Message-ID of its row, so that a receiver can tell it for one.
//!
//! What fails is tried again after pauses that grow; what the server refuses for good ends as a failure that the case and
//! the operator show, and so does what comes back after it was taken ([`super::bounces`]).
//!
//! **In office hours only**, whatever became of a mail since it was written: one that failed in the last minute of the day, or
//! that a stop or a long queue kept, waits for the next working morning, as does one that an operator lets be tried again at
//! night. There is no mail so urgent that it leaves at another time: nobody is at work who could act on it.
//!
//! Whoever may no longer know of the case when a mail is about to leave gets none (`withheld`); whoever has come into her place
//! does (`passed_on`).

mod passed_on;
mod withheld;

use chrono::Duration;
use schemars::JsonSchema;
use serde::Serialize;

use self::passed_on::pass_on;
use self::withheld::withheld;
use super::administration::calendar;
use super::{App, AppError};
use crate::calendar::Calendar;
use crate::clock::Timestamp;
use crate::mail::{Calendared, MailContent, Outgoing, Sender, Session, Thread, Transport, Verdict, render_stored};
use crate::store::StoreError;
use crate::store::outbox::{self, ClaimedMail, Outcome};
use crate::workflow::digest::sha256;

/// How long a claim holds: longer than any server is waited for.
const LEASE: Duration = Duration::minutes(10);
/// How many mails are looked for at a time, and go over one connection: servers take only so many.
const BATCH: i64 = 100;
/// After so many tries a mail is given up, visibly: with these pauses, in office hours only, after some weeks.
const MOST_TRIES: i32 = 40;
/// The longest pause between two tries.
const LONGEST_PAUSE: i64 = 6 * 60;

/// The error of a mail whose recipient has no address.
pub(super) const NO_ADDRESS: &str = "the person has no address";
/// The error of a mail whose recipient was disabled after it was written.
pub(super) const DISABLED: &str = "the person is disabled";

/// The error of a mail whose recipient may not know of the case any more.
pub(super) const WITHHELD: &str = "the person may no longer know of the case";

/// How the error of a mail begins that could not be put into words: a fault of the program.
pub(super) const UNWRITTEN: &str = "the mail cannot be written";

/// What became of a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum MailStatus {
    /// Waiting to be sent.
    Pending,
    /// Taken by the server.
    Sent,
    /// Given up.
    Failed,
    /// Taken by the server, and come back.
    Bounced,
}

impl MailStatus {
    /// Every status.
    pub const ALL: [MailStatus; 4] = [MailStatus::Pending, MailStatus::Sent, MailStatus::Failed, MailStatus::Bounced];

    /// Whether it did not arrive, as far as is known, and nothing more is done unless somebody asks for it.
    pub fn is_stuck(self) -> bool {
        matches!(self, MailStatus::Failed | MailStatus::Bounced)
    }

    /// The name in the database and in addresses.
    pub fn name(self) -> &'static str {
        match self {
            MailStatus::Pending => outbox::PENDING,
            MailStatus::Sent => outbox::SENT,
            MailStatus::Failed => outbox::FAILED,
            MailStatus::Bounced => outbox::BOUNCED,
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
    /// Sends what may be sent by now, in office hours: what was to leave in them and could not, waits for the next.
    ///
    /// # Errors
    /// Where the database does not answer. Where the mail server is away, or refuses our login, nothing more is tried.
    pub fn deliver_mail(&self, transport: &Transport, from: &Sender) -> Result<Delivered, AppError> {
        let holder = self.ids.next(self.now());
        let mut delivered = Delivered::default();
        loop {
            let (ready, days) = self
                .store
                .read(|db| Ok::<_, StoreError>((outbox::ready(db, self.now(), BATCH)?, calendar(self, db)?)))?;
            let (mut claimed_any, mut session) = (false, transport.session());
            for id in ready {
                // Anew for each: with a slow server the first of a batch may be long ago, and a claim is to hold from now.
                let now = self.now();
                if self.hours.moment(&days, now) != now {
                    return Ok(delivered);
                }
                let Some((mail, withheld)) = self.claim(&id, &holder, now)? else { continue };
                claimed_any = true;
                let (outcome, stop) = match withheld {
                    Some(why) => (Outcome::Failed(why.to_owned()), false),
                    None => self.send(&mut session, from, &mail, (&days, now)),
                };
                delivered.count(&outcome);
                self.store.write(|db| outbox::mark(db, &mail.id, &holder, self.now(), &outcome))?;
                if stop {
                    // No verdict on a mail: others would fare the same. The next run, with this one put off, tries them.
                    return Ok(delivered);
                }
            }
            if !claimed_any {
                return Ok(delivered);
            }
        }
    }

    /// Claims a mail, as it may reach its recipient today, and why it is to be withheld from her altogether, if it is; none
    /// where somebody else was first, or it cannot be told.
    fn claim(
        &self,
        id: &str,
        holder: &str,
        now: Timestamp,
    ) -> Result<Option<(ClaimedMail, Option<&'static str>)>, AppError> {
        let claimed = self.store.write(|db| {
            let Some(mail) = outbox::claim(db, id, holder, now, now + LEASE)? else { return Ok(None) };
            let withheld = withheld(db, &mail, now)?;
            Ok(Some((mail, withheld)))
        });
        let Some((mut mail, withheld)) = skipped(id, claimed)?.flatten() else { return Ok(None) };
        let Some(withheld) = withheld else { return Ok(Some((mail, None))) };
        // Before anything is taken out: where this process dies between them, the next claim finds both to be done.
        match self.store.write(|db| pass_on(self, db, &mail, &withheld.unknown, now)) {
            // It waits until the claim has run out, and is claimed anew.
            Err(AppError::Store(StoreError::Conflict)) => return Ok(None),
            passed_on => skipped(id, passed_on)?,
        };
        match &withheld.left {
            Some(left) => {
                let taken_out = skipped(id, self.store.write(|db| withheld.take_out(db, &mut mail, left)))?;
                Ok(taken_out.map(|()| (mail, None)))
            }
            None => {
                let why = if mail.disabled { DISABLED } else { WITHHELD };
                Ok(Some((mail, Some(why))))
            }
        }
    }

    /// Tries to send a mail: what became of it, and whether trying others is pointless.
    fn send(
        &self,
        session: &mut Session,
        from: &Sender,
        mail: &ClaimedMail,
        (days, now): (&Calendar, Timestamp),
    ) -> (Outcome, bool) {
        let outgoing = match self.outgoing(from, mail) {
            Ok(outgoing) => outgoing,
            Err(why) => return (Outcome::Failed(why), false),
        };
        let Err(error) = session.send(&outgoing) else { return (Outcome::Sent, false) };
        tracing::warn!(mail = mail.id, verdict = ?error.verdict, detail = error.detail, "a mail was not sent");
        let next = self.hours.moment(days, now + pause(&mail.id, mail.attempts));
        let outcome = match error.verdict {
            Verdict::Configuration => Outcome::Later(next, error.detail),
            Verdict::Retry | Verdict::Away if mail.attempts + 1 < MOST_TRIES => Outcome::Retry(next, error.detail),
            Verdict::Retry | Verdict::Away | Verdict::Refused => Outcome::Failed(error.detail),
        };
        (outcome, matches!(error.verdict, Verdict::Configuration | Verdict::Away))
    }

    /// The mail as the transport takes it, or why there is none.
    fn outgoing(&self, from: &Sender, mail: &ClaimedMail) -> Result<Outgoing, String> {
        if mail.disabled {
            return Err(DISABLED.to_owned());
        }
        let to_address = mail.email.clone().ok_or(NO_ADDRESS)?;
        let unwritten = |error: &dyn std::fmt::Display| format!("{UNWRITTEN}: {error}");
        let rendered = render_stored(&mail.template, &mail.content).map_err(|error| unwritten(&error))?;
        // The same instant at each try, so that a repeat is the same mail byte for byte.
        let at = Timestamp::from_naive_utc(mail.created_at);
        let thread = mail.case_id.clone().map(|case| Thread { case, first: mail.answers.clone() });
        let calendared = match &mail.deadline {
            Some(name) => {
                self.calendared(mail, name, &serde_json::from_str(&mail.content).map_err(|error| unwritten(&error))?)
            }
            None => None,
        };
        Ok(Outgoing { id: mail.id.clone(), to_address, from: from.clone(), at, rendered, thread, calendared })
    }

    /// The deadline that the mail is about, for a calendar; none where its day has passed, for nobody plans that.
    fn calendared(&self, mail: &ClaimedMail, name: &str, content: &MailContent) -> Option<Calendared> {
        let day = content.due.filter(|_| content.overdue_days.is_none())?;
        Some(Calendared {
            uid: self.uid(mail.case_id.as_ref()?, name),
            generation: u32::try_from(mail.generation?).ok()?,
            day,
            summary: format!("{}: {}", content.number, content.deadline.as_ref()?),
            link: content.link.clone(),
        })
    }
}

impl Delivered {
    fn count(&mut self, outcome: &Outcome) {
        match outcome {
            Outcome::Sent => self.sent += 1,
            Outcome::Retry(..) | Outcome::Later(..) => self.retried += 1,
            Outcome::Failed(_) => self.failed += 1,
        }
    }
}

/// What was done with a mail; none where it failed, which is told and holds up no other.
fn skipped<T>(id: &str, done: Result<T, AppError>) -> Result<Option<T>, AppError> {
    match done {
        Ok(done) => Ok(Some(done)),
        Err(AppError::Store(StoreError::Unavailable(why))) => Err(StoreError::Unavailable(why).into()),
        // Somebody else was at the same: the next look finds how it is.
        Err(AppError::Store(StoreError::Conflict)) => Ok(None),
        Err(error) => {
            tracing::error!(mail = id, %error, "what is kept from the recipient of a mail cannot be told or passed on");
            Ok(None)
        }
    }
}

/// The pause before the next try: one minute, doubled each time, at most [`LONGEST_PAUSE`]; and up to a quarter more, so that
/// a server that comes back is not met by all mails at once. How much more is the mail's and the try's own: it follows from
/// the row's id, whose random part spreads it, and is the same whenever it is computed.
fn pause(id: &str, attempts: i32) -> Duration {
    let doubled = 1_i64.checked_shl(u32::try_from(attempts).unwrap_or(0)).unwrap_or(LONGEST_PAUSE);
    let base = Duration::minutes(doubled.clamp(1, LONGEST_PAUSE));
    let digest = sha256(format!("{id} {attempts}").as_bytes());
    let spread = digest.as_str().get(..4).and_then(|digits| i64::from_str_radix(digits, 16).ok()).unwrap_or(0);
    base + Duration::seconds(base.num_seconds() * spread / (4 * 0x1_0000))
}
