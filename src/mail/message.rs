//! A mail as a document (RFC 5322, MIME): the same [`Outgoing`] gives the same bytes, whenever and however often it is
//! built. So a repeat after a lost connection carries the same Message-ID, and a receiver can tell it for one.
//!
//! # Threads
//!
//! All mails about a case refer to one root of our making, `<case.ID@domain>`, which no mail bears; a later one also answers
//! the first that the same person got. Mail programs thread by References: those that follow the usual algorithm (RFC 5256,
//! REFERENCES) gather under a root that they never saw, so that it matters little which mails a person got, kept or had
//! forwarded; those that gather only around mails that they have find the first one. The id of the case is random and says
//! nothing, and it is ASCII, which its number need not be.

use std::time::SystemTime;

use chrono::NaiveDate;
use lettre::message::header::{ContentDisposition, ContentTransferEncoding, Header, HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart, SinglePart};
use lettre::{Address, Message};

use super::ics;
use super::template::Rendered;
use crate::clock::Timestamp;

/// A mail to one person, ready to go.
#[derive(Clone)]
pub struct Outgoing {
    /// The row of the outbox: letters, digits, `-`, `_`, `.`; at most 64 of them. It becomes the Message-ID.
    pub id: String,
    /// Whom it goes to. Shown nowhere but in the mail itself.
    pub to_address: String,
    /// Who sends it.
    pub from: Sender,
    /// Its date: the same for every attempt.
    pub at: Timestamp,
    /// Its words.
    pub rendered: Rendered,
    /// The case that it is about.
    pub thread: Option<Thread>,
    /// The deadline that it is about.
    pub calendared: Option<Calendared>,
}

/// What a mail belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Thread {
    /// The case's id, never its number.
    pub case: String,
    /// The row of the first mail about it that went to this person, where this is a later one.
    pub first: Option<String>,
}

/// A deadline, for the recipient's calendar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calendared {
    /// What makes it the same entry in every mail, and in the calendar that her program fetches.
    pub uid: String,
    /// Its generation: how often it began.
    pub generation: u32,
    /// Its last day.
    pub day: NaiveDate,
    /// What the entry says: numbers and titles of the workflow's file.
    pub summary: String,
    /// Where to read and act.
    pub link: String,
}

/// Without the address, so that a mail may be named in a log.
impl std::fmt::Debug for Outgoing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Outgoing").field("id", &self.id).field("at", &self.at).finish_non_exhaustive()
    }
}

/// The name of the file that a calendar is attached as.
const CALENDAR_FILE: &str = "tidsfrist.ics";

/// The address that mails come from, with or without a name: `samsyn <samsyn@region.example>`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sender(Mailbox);

/// The text is no sender.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a sender in ASCII, such as samsyn@region.example or samsyn <samsyn@region.example>")]
pub struct SenderError;

impl Sender {
    /// What stands behind the `@`.
    pub fn domain(&self) -> &str {
        self.0.email.domain()
    }

    /// The address alone.
    pub fn address(&self) -> String {
        self.0.email.to_string()
    }
}

impl std::str::FromStr for Sender {
    type Err = SenderError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mailbox: Mailbox = text.parse().map_err(|_| SenderError)?;
        mailbox.email.to_string().is_ascii().then_some(Sender(mailbox)).ok_or(SenderError)
    }
}

impl std::fmt::Display for Sender {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// Why no document can be made of a mail. No later attempt will do better.
#[derive(Debug, thiserror::Error)]
pub enum MessageError {
    /// The identifier cannot stand in a Message-ID and in a file's name.
    #[error("the mail's identifier holds other characters than letters, digits, `-`, `_` and `.`, or too many")]
    Id,
    /// The recipient's address is none, or not in ASCII, which many servers cannot carry.
    #[error("the recipient's address cannot be used")]
    Recipient,
    /// The library refuses the parts.
    #[error("the mail cannot be put together: {0}")]
    Parts(#[from] lettre::error::Error),
}

/// The document.
pub(super) fn build(outgoing: &Outgoing) -> Result<Message, MessageError> {
    let Outgoing { id, from: Sender(from), rendered, thread, .. } = outgoing;
    let of_thread = thread.iter().flat_map(|thread| [Some(&thread.case), thread.first.as_ref()]).flatten();
    if !of_thread.chain([id]).all(|id| is_id(id)) {
        return Err(MessageError::Id);
    }
    let mut builder = Message::builder();
    if let Some(Thread { case, first }) = thread {
        let first = first.as_ref().map(|first| format!("<{first}@{}>", from.email.domain()));
        let root = format!("<case.{case}@{}>", from.email.domain());
        builder = builder.references([Some(root), first.clone()].into_iter().flatten().collect::<Vec<_>>().join(" "));
        builder = first.into_iter().fold(builder, |builder, first| builder.in_reply_to(first));
    }
    let message = builder
        .from(from.clone())
        .to(Mailbox::new(None, recipient(&outgoing.to_address)?))
        .subject(rendered.subject.as_str())
        .date(SystemTime::from(outgoing.at.utc()))
        .message_id(Some(format!("<{id}@{}>", from.email.domain())))
        .header(AutoSubmitted)
        .multipart(parts(outgoing))?;
    Ok(message)
}

/// Text and HTML, and behind them the deadline for calendars.
fn parts(outgoing: &Outgoing) -> MultiPart {
    let Outgoing { id, from: Sender(from), rendered, calendared, .. } = outgoing;
    // `=_` stands in no quoted-printable or base64 text, so no line of a part can be taken for the boundary.
    let words = MultiPart::alternative()
        .boundary(format!("=_{id}"))
        .singlepart(SinglePart::plain(rendered.text.clone()))
        .singlepart(SinglePart::html(rendered.html.clone()));
    let Some(deadline) = calendared else { return words };
    let entry = ics::Entry {
        uid: deadline.uid.clone(),
        sequence: deadline.generation,
        stamp: outgoing.at,
        day: deadline.day,
        summary: deadline.summary.clone(),
        link: deadline.link.clone(),
    };
    let calendar = SinglePart::builder()
        .header(CalendarType)
        .header(ContentDisposition::attachment(CALENDAR_FILE))
        // Of the same letters in every mail, whatever stands in it.
        .header(ContentTransferEncoding::Base64)
        .body(ics::write(&[entry], Some(from.email.as_ref())));
    MultiPart::mixed().boundary(format!("=_{id}.mixed")).multipart(words).singlepart(calendar)
}

fn is_id(id: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    // RFC 5322 lets no dot begin or end the left side of a Message-ID, nor two stand together.
    (1..=64).contains(&id.len()) && id.chars().all(allowed) && id.split('.').all(|part| !part.is_empty())
}

fn recipient(address: &str) -> Result<Address, MessageError> {
    match address.parse() {
        Ok(parsed) if address.is_ascii() => Ok(parsed),
        _ => Err(MessageError::Recipient),
    }
}

/// Defines a header that says the same in every mail.
macro_rules! fixed_header {
    ($(#[$what:meta])* $type:ident, $name:literal, $value:expr) => {
        $(#[$what])*
        #[derive(Debug, Clone)]
        struct $type;

        impl Header for $type {
            fn name() -> HeaderName {
                HeaderName::new_from_ascii_str($name)
            }

            fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
                Ok($type)
            }

            fn display(&self) -> HeaderValue {
                HeaderValue::new(Self::name(), $value.to_owned())
            }
        }
    };
}

fixed_header!(
    /// Tells other programs that no person wrote the mail, so that none answers that it is on holiday (RFC 3834).
    AutoSubmitted,
    "Auto-Submitted",
    "auto-generated"
);

fixed_header!(
    /// The type of a calendar, with the method that stands in it (RFC 6047).
    CalendarType,
    "Content-Type",
    "text/calendar; charset=utf-8; method=PUBLISH"
);
