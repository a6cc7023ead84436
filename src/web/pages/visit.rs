//! Reads a browser's request into a [`Visit`]: its address, its query, its form, and who is signed in.
//!
//! A form is kept as it was typed, so that a page can give all of it back. What no page may take - a NUL, a form from
//! another site - ends here.

use std::collections::BTreeMap;

use actix_web::http::header::{self, HeaderMap};
use actix_web::{HttpRequest, web};
use chrono::NaiveDate;

use super::routes::Page;
use super::upload::{self, File};
use crate::app::sessions::Signed;
use crate::app::{App, AppError};
use crate::ids::CaseNumber;
use crate::web::blocking;
use crate::web::error::Refusal;
use crate::web::extract::path_of;
use crate::workflow::digest::sha256;

/// The most bytes of a form: a dozen long texts, so that one that is too long comes back with a word on it.
const LARGEST_FORM: usize = 4 * 1024 * 1024;

/// A visit to a page.
pub struct Visit {
    /// The application.
    pub app: App,
    /// Who is signed in.
    pub signed: Option<Signed>,
    /// The secret of the session that the browser shows.
    pub secret: Option<String>,
    /// The secret of a sign-in that this browser has begun at the sign-in service.
    pub attempt: Option<String>,
    /// What stands after the question mark.
    pub query: Form,
    /// What was sent.
    pub form: Form,
    /// The file that was sent with it.
    pub file: Option<File>,
    /// Whether what is in the form was sent before, when the session had run out.
    pub held: bool,
    /// The address, with its query.
    pub address: String,
    parts: BTreeMap<String, String>,
}

/// Names and values as a browser sends them, in order; a name may come more than once.
#[derive(Debug, Clone, Default)]
pub struct Form(Vec<(String, String)>);

impl Form {
    /// Reads `name=value&name=value`. Line breaks become single.
    pub fn read(bytes: &[u8]) -> Form {
        let pairs = url::form_urlencoded::parse(bytes);
        Form(pairs.map(|(name, value)| (name.into_owned(), value.replace("\r\n", "\n"))).collect())
    }

    /// The form with these values.
    pub fn of(pairs: Vec<(String, String)>) -> Form {
        Form(pairs)
    }

    /// The value of a name; empty where there is none.
    pub fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }

    /// Whether the name is there, with a value or without.
    pub fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(known, _)| known == name)
    }

    /// All values of a name.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// All of it.
    pub fn pairs(&self) -> &[(String, String)] {
        &self.0
    }

    /// Whether nothing was given.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Visit {
    /// Reads a request.
    ///
    /// # Errors
    /// What no page may take.
    pub async fn read(app: App, page: &Page, request: &HttpRequest, payload: web::Payload) -> Result<Visit, Refusal> {
        let secret = cookie(cookie_name(&app), request.headers());
        let attempt = cookie(attempt_cookie_name(&app), request.headers());
        let parts = path_of(request)?;
        let (form, file) = match () {
            () if request.method().is_safe() => (Form::default(), None),
            () if page.takes_file && upload::is_one(request) => {
                upload::read(request, payload, may_attach(&app, secret.as_deref(), &parts).await?).await?
            }
            () => (Form::read(&body(payload).await?), None),
        };
        let query = Form::read(request.query_string().as_bytes());
        if query.0.iter().chain(&form.0).any(|(name, value)| name.contains('\0') || value.contains('\0')) {
            return Err(Refusal::BrokenForm);
        }
        let address = request.uri().path_and_query().map_or("/", |path| path.as_str()).to_owned();
        Ok(Visit { app, signed: None, secret, attempt, query, form, file, held: false, address, parts })
    }

    /// The address without its query.
    pub fn path(&self) -> &str {
        self.address.split('?').next().unwrap_or_default()
    }

    /// A part of the address.
    pub fn part(&self, name: &str) -> &str {
        self.parts.get(name).map_or("", String::as_str)
    }

    /// The case that the address names.
    pub fn number(&self) -> Result<CaseNumber, Refusal> {
        match self.part("number") {
            "" => Err(AppError::NotFound.into()),
            number => Ok(CaseNumber::from(number)),
        }
    }

    /// The key of the form that was sent, with the digest of what it held: sent twice, it is carried out once.
    pub fn key(&self) -> Option<crate::app::cases::CommandKey> {
        let key = Some(self.form.get(KEY)).filter(|key| !key.is_empty() && key.len() <= 100)?;
        let sent = self.form.0.iter().filter(|(name, _)| name != CSRF);
        let file = self.file.iter().map(|file| format!("{}={}", file.name, sha256(&file.bytes)));
        let sent: Vec<_> = sent.map(|(name, value)| format!("{name}={value}")).chain(file).collect();
        let request = format!("{}\n{}", self.address, sent.join("\n"));
        Some(crate::app::cases::CommandKey { key: sha256(key.as_bytes()).0, request: sha256(request.as_bytes()) })
    }
}

/// A day as it was typed; none where it is no day. Within four-digit years: what every database can compare with.
pub fn day(typed: &str) -> Option<NaiveDate> {
    let typed = typed.trim();
    typed.parse::<NaiveDate>().ok().filter(|day| day.to_string() == typed)
}

/// The field that proves that the form is ours.
pub const CSRF: &str = "_csrf";
/// The field by which a form that is sent twice is known.
pub const KEY: &str = "_key";

/// Whether the file of this request is from somebody who may attach one to the case: nobody else's is kept in memory.
async fn may_attach(app: &App, secret: Option<&str>, parts: &BTreeMap<String, String>) -> Result<bool, Refusal> {
    let (app, Some(secret)) = (app.clone(), secret.map(str::to_owned)) else { return Ok(false) };
    let number = CaseNumber::from(parts.get("number").map_or("", String::as_str));
    blocking(move || {
        let Some(signed) = app.session(&secret)? else { return Ok(false) };
        match app.may_attach(&signed.actor, &number) {
            Err(AppError::NotFound) => Ok(false),
            may => Ok(may?),
        }
    })
    .await
}

async fn body(payload: web::Payload) -> Result<web::Bytes, Refusal> {
    match payload.to_bytes_limited(LARGEST_FORM).await {
        Ok(Ok(bytes)) => Ok(bytes),
        Ok(Err(_)) => Err(Refusal::BrokenForm), // the client went away in the middle
        Err(_) => Err(Refusal::TooLarge),
    }
}

/// The name of the session's cookie. Over HTTPS it is bound to this host and to secure connections.
pub fn cookie_name(app: &App) -> &'static str {
    if is_secure(app) { "__Host-samsyn" } else { "samsyn" }
}

/// The name of the cookie that binds a sign-in at the sign-in service to its browser.
pub fn attempt_cookie_name(app: &App) -> &'static str {
    if is_secure(app) { "__Host-samsyn-sign-in" } else { "samsyn-sign-in" }
}

/// Whether browsers reach us over HTTPS.
pub fn is_secure(app: &App) -> bool {
    app.public_url.starts_with("https://")
}

fn cookie(wanted: &str, headers: &HeaderMap) -> Option<String> {
    let cookies = headers.get_all(header::COOKIE).filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|cookies| cookies.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(name, _)| *name == wanted).map(|(_, value)| value.to_owned())
}

/// Whether a form was sent from a page of ours, as the browser says it. A form of somebody who is not signed in has no
/// secret to prove it by.
pub fn is_from_here(request: &HttpRequest) -> bool {
    let header = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok());
    match (header("sec-fetch-site"), header("origin"), header("host")) {
        (Some(site), _, _) => site == "same-origin",
        (None, Some(origin), Some(host)) => origin.split_once("://").is_some_and(|(_, from)| from == host),
        _ => false,
    }
}
