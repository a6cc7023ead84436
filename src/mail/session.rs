//! A sitting at a mail server: several mails over one connection, and telling a real no from a failure that passes.
//!
//! The library sends a mail's words and the dot that ends them apart, and has no way to ask for TCP_NODELAY. Each dot then
//! waited until the server had acknowledged the words, which systems put off by some 40 ms: about twenty mails a second,
//! wherever the server was. So the commands of a mail are given here, with words and dot in one piece. Nor is the server
//! asked before each mail whether it is still there, as the library's pool does: it was there for the last one.

use std::io::ErrorKind;

use lettre::Message;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::client::SmtpConnection;
use lettre::transport::smtp::commands::{Data, Mail, Rcpt, Rset};

use super::files;
use super::message::{self, Outgoing};
use super::smtp::Smtp;
use super::transport::{SendError, Transport, Verdict};

/// What is told of a server that hangs up instead of answering.
pub const BROKE_OFF: &str = "the mail server broke off, or its answer could not be read";
/// What is told of a server that is slower than it is waited for.
pub const TOO_SLOW: &str = "the mail server did not answer in time";

/// Mails one after the other by one way out. A mail server is reached with the first of them, and anew where it does not go
/// on after a failure; it is told goodbye when this is dropped.
pub struct Session<'a> {
    transport: &'a Transport,
    connection: Option<SmtpConnection>,
}

impl Transport {
    /// For mails that go one after the other.
    pub fn session(&self) -> Session<'_> {
        Session { transport: self, connection: None }
    }

    /// Sends one mail. Waits for the server; never call it inside a database transaction.
    pub fn send(&self, outgoing: &Outgoing) -> Result<(), SendError> {
        self.session().send(outgoing)
    }
}

impl Session<'_> {
    /// Sends one mail. Waits for the server; never call it inside a database transaction.
    pub fn send(&mut self, outgoing: &Outgoing) -> Result<(), SendError> {
        let message = message::build(outgoing)?;
        match self.transport {
            Transport::Smtp(smtp) => self.hand_over(smtp, &message).map_err(|error| {
                let goes_on = self.goes_on(&error);
                SendError { verdict: verdict(smtp, &error, goes_on), detail: detail(&error) }
            }),
            Transport::Files(folder) => files::write(folder, outgoing, &message.formatted()),
            Transport::Memory(sent) => {
                sent.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push(outgoing.clone());
                Ok(())
            }
        }
    }

    /// Whether the server takes further mails over this connection after a failure: it forgets the one that it has refused
    /// (RSET). Otherwise the connection is over.
    fn goes_on(&mut self, error: &Error) -> bool {
        let left = self.connection.take().filter(|_| error.status().is_some());
        self.connection = left.and_then(|mut answering| answering.command(Rset).is_ok().then_some(answering));
        self.connection.is_some()
    }

    fn hand_over(&mut self, smtp: &Smtp, message: &Message) -> Result<(), Error> {
        let connection = match &mut self.connection {
            Some(connection) => connection,
            closed => closed.insert(smtp.connect()?),
        };
        let envelope = message.envelope();
        connection.command(Mail::new(envelope.from().cloned(), Vec::new()))?;
        for to in envelope.to() {
            connection.command(Rcpt::new(to.clone(), Vec::new()))?;
        }
        connection.command(Data)?;
        connection.command(words(&message.formatted())).map(drop)
    }
}

impl Drop for Session<'_> {
    fn drop(&mut self) {
        if let Some(connection) = &mut self.connection {
            connection.abort(); // after a QUIT
        }
    }
}

/// A mail's lines with the dots at their beginning doubled (RFC 5321, 4.5.2), and the dot alone on a line that ends them. All
/// is ASCII, for the library encodes what is not.
fn words(formatted: &[u8]) -> String {
    let mut words = String::from_utf8_lossy(formatted).replace("\r\n.", "\r\n..");
    if !words.ends_with("\r\n") {
        words.push_str("\r\n");
    }
    words.push_str(".\r\n");
    words
}

/// Only a permanent answer is a no: a dropped connection or a timeout is not even transient to the library. And a no that
/// the server would give to any mail of ours is no verdict on this one: where it does not go on, it is asked once more.
fn verdict(smtp: &Smtp, error: &Error, goes_on: bool) -> Verdict {
    if is_ours(error) {
        return Verdict::Configuration;
    }
    if !error.is_permanent() {
        return if error.status().is_none() && !error.is_response() { Verdict::Away } else { Verdict::Retry };
    }
    if goes_on {
        return Verdict::Refused;
    }
    match smtp.connect() {
        Ok(mut connection) => {
            connection.abort();
            Verdict::Refused
        }
        Err(error) if error.is_permanent() || is_ours(&error) => Verdict::Configuration,
        Err(_) => Verdict::Retry,
    }
}

/// Whether the fault is in what we are configured to be: no STARTTLS or login on offer (the library's client errors),
/// login wanted (530), too weak (534), wrong (535) or unencrypted (538), a sender that does not exist (5.1.7, 5.1.8).
fn is_ours(error: &Error) -> bool {
    let code = error.status().map(|code| code.to_string()).unwrap_or_default();
    error.is_client()
        || ["530", "534", "535", "538"].contains(&code.as_str())
        || ["5.1.7", "5.1.8"].map(Some).contains(&enhanced(error).as_deref())
}

/// What happened. The server's own words are left out, for they like to repeat the recipient's address.
fn detail(error: &Error) -> String {
    match error.status() {
        Some(code) => match enhanced(error) {
            Some(enhanced) => format!("the mail server answered {code} {enhanced}"),
            None => format!("the mail server answered {code}"),
        },
        None if is_too_slow(error) => TOO_SLOW.to_owned(),
        None if error.is_response() => BROKE_OFF.to_owned(),
        None => format!("the mail server cannot be used: {error}"),
    }
}

/// Whether the server was waited for in vain. The library's own answer knows only one of the two kinds in which operating
/// systems say so.
fn is_too_slow(error: &Error) -> bool {
    let mut causes = std::iter::successors(std::error::Error::source(error), |cause| cause.source());
    let waited = |kind| matches!(kind, ErrorKind::TimedOut | ErrorKind::WouldBlock);
    causes.any(|cause| cause.downcast_ref::<std::io::Error>().is_some_and(|cause| waited(cause.kind())))
}

/// The enhanced status code (RFC 3463) that the answer's text begins with, such as `5.1.1`.
fn enhanced(error: &Error) -> Option<String> {
    status_code(&std::error::Error::source(error)?.to_string())
}

/// The status code (RFC 3463) that a text begins with - class, subject and detail -, without the words that servers add.
pub(super) fn status_code(text: &str) -> Option<String> {
    let first = text.split_whitespace().next()?;
    let parts: Vec<&str> = first.split('.').collect();
    let number = |part: &&str| (1..=3).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
    (parts.len() == 3 && parts.iter().all(number)).then(|| first.to_owned())
}
