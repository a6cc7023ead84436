//! A mail as a document (RFC 5322, MIME): the same [`Outgoing`] gives the same bytes, whenever and however often it is
//! built. So a repeat after a lost connection carries the same Message-ID, and a receiver can tell it for one.

use std::time::SystemTime;

use lettre::message::header::{Header, HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart, SinglePart};
use lettre::{Address, Message};

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
}

/// Without the address, so that a mail may be named in a log.
impl std::fmt::Debug for Outgoing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Outgoing").field("id", &self.id).field("at", &self.at).finish_non_exhaustive()
    }
}

/// The address that mails come from, with or without a name: `samsyn <samsyn@region.example>`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sender(Mailbox);

/// The text is no sender.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a sender in ASCII, such as samsyn@region.example or samsyn <samsyn@region.example>")]
pub struct SenderError;

impl std::str::FromStr for Sender {
    type Err = SenderError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mailbox: Mailbox = text.parse().map_err(|_| SenderError)?;
        mailbox.email.to_string().is_ascii().then_some(Sender(mailbox)).ok_or(SenderError)
    }
}

impl Sender {
    /// The address alone.
    pub fn address(&self) -> String {
        self.0.email.to_string()
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
    let Outgoing { id, from: Sender(from), rendered, .. } = outgoing;
    if !is_id(id) {
        return Err(MessageError::Id);
    }
    // `=_` stands in no quoted-printable or base64 text, so no line of a part can be taken for the boundary.
    let parts = MultiPart::alternative()
        .boundary(format!("=_{id}"))
        .singlepart(SinglePart::plain(rendered.text.clone()))
        .singlepart(SinglePart::html(rendered.html.clone()));
    let message = Message::builder()
        .from(from.clone())
        .to(Mailbox::new(None, recipient(&outgoing.to_address)?))
        .subject(rendered.subject.as_str())
        .date(SystemTime::from(outgoing.at.utc()))
        .message_id(Some(format!("<{id}@{}>", from.email.domain())))
        .header(AutoSubmitted)
        .multipart(parts)?;
    Ok(message)
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

/// Tells other programs that no person wrote the mail, so that none answers that it is on holiday (RFC 3834).
#[derive(Debug, Clone)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(AutoSubmitted)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}
