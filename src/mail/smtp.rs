//! Mail servers: reading the URL that names one, and reaching it.

use std::net::Ipv4Addr;
use std::str::FromStr;
use std::time::Duration;

use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{SmtpConnection, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use percent_encoding::percent_decode_str;
use url::{Host, Url};

use super::transport::Transport;

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
    host: String,
    port: u16,
    security: Security,
    login: Option<Credentials>,
}

/// What keeps others from reading along.
#[derive(Clone)]
enum Security {
    /// Nothing.
    None,
    /// TLS once both have said hello.
    StartTls(TlsParameters),
    /// TLS from the first byte.
    Tls(TlsParameters),
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
        let url = Url::parse(text).map_err(|_| SmtpUrlError::Unreadable)?;
        let (port, encrypted) = match (url.scheme(), url.query()) {
            ("smtp", None | Some("tls=required")) => (587, true),
            ("smtp", Some("tls=none")) => (25, false),
            ("smtps", None) => (465, true),
            ("smtp" | "smtps", Some(_)) => return Err(SmtpUrlError::Surplus),
            _ => return Err(SmtpUrlError::Scheme),
        };
        check_parts(&url, encrypted)?;
        let host = url.host_str().unwrap_or_default().to_owned();
        let tls = || TlsParameters::new(host.clone()).map_err(|error| SmtpUrlError::Unusable(error.to_string()));
        let security = match (encrypted, url.scheme()) {
            (false, _) => Security::None,
            (true, "smtp") => Security::StartTls(tls()?),
            (true, _) => Security::Tls(tls()?),
        };
        let (shown, login) = (without_login(&url, encrypted), login(&url)?);
        Ok(SmtpServer { shown, port: url.port().unwrap_or(port), host, security, login })
    }
}

fn login(url: &Url) -> Result<Option<Credentials>, SmtpUrlError> {
    let decoded = |text| percent_decode_str(text).decode_utf8().map(String::from);
    let odd = |_| SmtpUrlError::Unusable("what the login's percent signs stand for is not UTF-8".to_owned());
    let Some(password) = url.password() else { return Ok(None) };
    Ok(Some(Credentials::new(decoded(url.username()).map_err(odd)?, decoded(password).map_err(odd)?)))
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

/// A mail server, and how long each of its answers is waited for.
#[derive(Clone)]
pub struct Smtp {
    server: SmtpServer,
    patience: Duration,
}

impl Transport {
    /// To that server. `patience` is how long to wait for each of its answers.
    pub fn smtp(server: &SmtpServer, patience: Duration) -> Transport {
        Transport::Smtp(Smtp { server: server.clone(), patience })
    }
}

impl Smtp {
    /// Reaches the server, as far as it takes a mail.
    pub(super) fn connect(&self) -> Result<SmtpConnection, Error> {
        let SmtpServer { host, port, security, login, .. } = &self.server;
        let (name, patience) = (ClientId::default(), Some(self.patience));
        let at_once = if let Security::Tls(tls) = security { Some(tls) } else { None };
        let mut connection = SmtpConnection::connect((host.as_str(), *port), patience, &name, at_once, None)?;
        if let Security::StartTls(tls) = security {
            connection.starttls(tls, &name)?;
        }
        if let Some(login) = login {
            connection.auth(DEFAULT_MECHANISMS, login)?;
        }
        Ok(connection)
    }
}
