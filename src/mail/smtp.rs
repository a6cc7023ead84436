//! Mail servers: reading the URL that names one, and telling a real no from a failure that passes.

use std::io::ErrorKind;
use std::net::Ipv4Addr;
use std::str::FromStr;
use std::time::Duration;

use lettre::transport::smtp::{Error, SmtpTransportBuilder};
use lettre::{Message, SmtpTransport, Transport as _};
use url::{Host, Url};

use super::transport::{SendError, Transport, Verdict};

/// What is told of a server that hangs up instead of answering.
pub const BROKE_OFF: &str = "the mail server broke off, or its answer could not be read";
/// What is told of a server that is slower than it is waited for.
pub const TOO_SLOW: &str = "the mail server did not answer in time";

/// A mail server, as a URL names it:
///
/// - `smtps://user:password@host:465`: TLS from the first byte.
/// - `smtp://user:password@host:587?tls=required`: STARTTLS, and nothing without it. The same without `?tls=required`.
/// - `smtp://host:25?tls=none`: in the open, for a server on the same machine or network. A login goes in the open to
///   this machine only.
///
/// The login may be missing; what it holds besides letters and digits is percent-encoded. [`Display`](std::fmt::Display)
/// and [`Debug`] leave it out.
#[derive(Clone)]
pub struct SmtpServer {
    shown: String,
    builder: SmtpTransportBuilder,
}

/// Why a URL names no mail server. It never repeats the URL, which may hold a password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SmtpUrlError {
    /// Not a URL.
    #[error("not a URL such as smtp://user:password@host:587?tls=required or smtps://user:password@host:465")]
    Unreadable,
    /// Neither smtp nor smtps.
    #[error("the scheme is neither smtp nor smtps")]
    Scheme,
    /// No host, or an IPv6 address, which the library does not connect to.
    #[error("the host is missing, or an IPv6 address; write its name")]
    Host,
    /// Something that means nothing here.
    #[error("a mail server has no path, no fragment and no setting but ?tls=required or ?tls=none (smtp only)")]
    Surplus,
    /// A user without password or the reverse.
    #[error("a login is a user and a password; only one is given")]
    HalfALogin,
    /// A password that anybody on the way could read.
    #[error("with tls=none the login would travel in the open; use tls=required or smtps")]
    OpenLogin,
    /// The library cannot use it: the login is wrongly encoded, or the machine has no root certificates.
    #[error("it cannot be used: {0}")]
    Unusable(String),
}

impl FromStr for SmtpServer {
    type Err = SmtpUrlError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut url = Url::parse(text).map_err(|_| SmtpUrlError::Unreadable)?;
        let tls = match (url.scheme(), url.query()) {
            ("smtp", None | Some("tls=required")) => Some("tls=required"),
            ("smtp", Some("tls=none")) | ("smtps", None) => None,
            ("smtp" | "smtps", Some(_)) => return Err(SmtpUrlError::Surplus),
            _ => return Err(SmtpUrlError::Scheme),
        };
        let encrypted = tls.is_some() || url.scheme() == "smtps";
        check_parts(&url, encrypted)?;
        url.set_query(tls); // the library's way to say the same
        let builder =
            SmtpTransport::from_url(url.as_str()).map_err(|error| SmtpUrlError::Unusable(error.to_string()))?;
        Ok(SmtpServer { shown: without_login(&url, encrypted), builder })
    }
}

fn check_parts(url: &Url, encrypted: bool) -> Result<(), SmtpUrlError> {
    let host = match url.host() {
        Some(Host::Domain(host)) if !host.is_empty() => host.to_owned(),
        Some(Host::Ipv4(address)) => address.to_string(),
        _ => return Err(SmtpUrlError::Host),
    };
    if !["", "/"].contains(&url.path()) || url.fragment().is_some() {
        return Err(SmtpUrlError::Surplus);
    }
    let password = url.password().unwrap_or_default();
    if url.username().is_empty() != password.is_empty() {
        return Err(SmtpUrlError::HalfALogin);
    }
    let is_here = host == "localhost" || host.parse().is_ok_and(|address: Ipv4Addr| address.is_loopback());
    match encrypted || is_here || password.is_empty() {
        true => Ok(()),
        false => Err(SmtpUrlError::OpenLogin),
    }
}

fn without_login(url: &Url, encrypted: bool) -> String {
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    let tls = match (url.scheme(), encrypted) {
        ("smtp", true) => "?tls=required",
        ("smtp", false) => "?tls=none",
        _ => "",
    };
    format!("{}://{}{port}{tls}", url.scheme(), url.host_str().unwrap_or_default())
}

impl std::fmt::Display for SmtpServer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.shown)
    }
}

impl std::fmt::Debug for SmtpServer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.shown)
    }
}

/// Connections to a mail server, kept open for a while for the next mail.
#[derive(Clone)]
pub struct Smtp(SmtpTransport);

impl Transport {
    /// To that server. `patience` is how long to wait for each of its answers.
    pub fn smtp(server: &SmtpServer, patience: Duration) -> Transport {
        Transport::Smtp(Smtp(server.builder.clone().timeout(Some(patience)).build()))
    }
}

impl Smtp {
    pub(super) fn send(&self, message: &Message) -> Result<(), SendError> {
        self.0
            .send(message)
            .map(drop)
            .map_err(|error| SendError { verdict: self.verdict(&error), detail: detail(&error) })
    }

    /// Only a permanent answer is a no: a dropped connection or a timeout is not even transient to the library. And a
    /// no that the server would give to any mail of ours is no verdict on this one.
    fn verdict(&self, error: &Error) -> Verdict {
        if is_ours(error) {
            return Verdict::Configuration;
        }
        if !error.is_permanent() {
            return if error.status().is_none() && !error.is_response() { Verdict::Away } else { Verdict::Retry };
        }
        match self.0.test_connection() {
            Ok(true) => Verdict::Refused,
            Err(error) if error.is_permanent() || is_ours(&error) => Verdict::Configuration,
            Ok(false) | Err(_) => Verdict::Retry,
        }
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
    let text = std::error::Error::source(error)?.to_string();
    let first = text.split_whitespace().next()?;
    let parts: Vec<&str> = first.split('.').collect();
    let number = |part: &&str| (1..=3).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
    (parts.len() == 3 && parts.iter().all(number)).then(|| first.to_owned())
}
