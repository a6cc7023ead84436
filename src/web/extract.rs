//! Reads a request into a [`Call`]: checked so far that handlers need not think of HTTP.
//!
//! What holds for every request is kept here, once: no personal identity number and no NUL in the address, the query, the
//! key or the body; no query parameter that the route does not have; a body that is JSON, and not too large.

use std::collections::BTreeMap;
use std::str::FromStr;

use actix_web::http::header::{self, HeaderMap};
use actix_web::{HttpRequest, web};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::error::Refusal;
use super::routes::{Place, Route};
use crate::app::cases::CommandKey;
use crate::app::{App, AppError};
use crate::ids::{CaseNumber, is_made_here};
use crate::personal_number;
use crate::texts::requests as texts;
use crate::workflow::digest::sha256;
use crate::workflow::rejection::{Code, Reason};

/// The most bytes of a body.
pub const LARGEST_BODY: usize = 256 * 1024;
/// The most characters of a key.
pub const LONGEST_KEY: usize = 200;
/// The header with a client's key.
pub const IDEMPOTENCY_KEY: &str = "Idempotency-Key";
/// The most characters of a case number.
const LONGEST_NUMBER: usize = 64;

/// A request, read.
pub struct Call {
    /// The application.
    pub app: App,
    path: BTreeMap<String, String>,
    query: BTreeMap<String, String>,
    if_match: Option<String>,
    key: Option<CommandKey>,
    body: Value,
}

/// The secret that the request shows.
pub fn bearer(request: &HttpRequest) -> Result<String, Refusal> {
    let given = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let (scheme, secret) = given.and_then(|text| text.split_once(' ')).ok_or(Refusal::Unauthenticated)?;
    let is_bearer = scheme.eq_ignore_ascii_case("bearer") && !secret.is_empty();
    if is_bearer { Ok(secret.trim().to_owned()) } else { Err(Refusal::Unauthenticated) }
}

impl Call {
    /// Reads a request.
    ///
    /// # Errors
    /// Everything that can be wrong with it before anybody knows what it means.
    pub async fn read(
        app: App,
        route: &'static Route,
        request: &HttpRequest,
        payload: web::Payload,
    ) -> Result<Call, Refusal> {
        let body = match route.body {
            Some(_) => read_body(request, payload).await?,
            None => web::Bytes::new(),
        };
        let path = path_of(request)?;
        let query = query_of(route, request.query_string())?;
        let if_match = text(request.headers(), header::IF_MATCH.as_str())?.map(str::to_owned);
        let key = key(request, if_match.as_deref(), &body)?;
        let body = match route.body {
            Some(_) => serde_json::from_slice(&body).map_err(|_| Refusal::BrokenJson)?,
            None => Value::Null,
        };
        let mut reasons = Vec::new();
        look_through("", &body, &mut reasons);
        if reasons.is_empty() { Ok(Call { app, path, query, if_match, key, body }) } else { Err(reasons.into()) }
    }

    /// A part of the address.
    pub fn part(&self, name: &str) -> &str {
        self.path.get(name).map_or("", String::as_str)
    }

    /// The case that the address names.
    pub fn number(&self) -> Result<CaseNumber, Refusal> {
        let number = self.part("number");
        let possible = |letter: char| letter.is_alphanumeric() || letter == '-';
        match number.chars().count() <= LONGEST_NUMBER && number.chars().all(possible) {
            true => Ok(CaseNumber::from(number)),
            false => Err(AppError::NotFound.into()),
        }
    }

    /// The identifier that the address names, where it looks like one.
    pub fn id(&self) -> Result<&str, Refusal> {
        let id = self.part("id");
        if is_made_here(id) { Ok(id) } else { Err(AppError::NotFound.into()) }
    }

    /// A query parameter.
    pub fn query<T: FromStr>(&self, name: &'static str) -> Result<Option<T>, Refusal> {
        let wrong = || Reason::field(Code::WrongType, name, texts::WRONG_FORM);
        self.query.get(name).map(|text| text.parse().map_err(|_| wrong().into())).transpose()
    }

    /// The revision that the actor saw. A tag that nobody was ever given matches nothing: 0.
    pub fn revision(&self) -> Result<u64, Refusal> {
        let tag = self.if_match.as_deref().ok_or(Refusal::NoIfMatch)?.trim();
        let inside =
            tag.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).filter(|inside| !inside.contains('"'));
        Ok(inside.ok_or(Refusal::Header("If-Match"))?.parse().unwrap_or(0))
    }

    /// The client's key, by which it may repeat the request.
    pub fn key(&self) -> Option<&CommandKey> {
        self.key.as_ref()
    }

    /// The body.
    pub fn body<T: DeserializeOwned>(&self) -> Result<T, Refusal> {
        serde_path_to_error::deserialize(&self.body).map_err(|error| misfit(&error).into())
    }
}

/// Which field does not fit the request's type. The words of the error are not repeated: they may hold the value.
fn misfit(error: &serde_path_to_error::Error<serde_json::Error>) -> Reason {
    let words = error.inner().to_string();
    let named = |what: &str| words.strip_prefix(what)?.split('`').nth(1);
    let path = error.path().to_string().replace('[', ".").replace(']', "");
    match (named("unknown field "), named("missing field ")) {
        (Some(name), _) => Reason::field(Code::UnknownField, name, texts::NO_SUCH_MEMBER),
        (_, Some(name)) => Reason::field(Code::Required, name, texts::MEMBER_MISSING),
        (None, None) if path == "." => Reason::new(Code::WrongType, texts::NO_OBJECT),
        (None, None) => Reason::field(Code::WrongType, &path, texts::WRONG_FORM),
    }
}

async fn read_body(request: &HttpRequest, payload: web::Payload) -> Result<web::Bytes, Refusal> {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = kind.split(';').next().unwrap_or_default().trim();
    if !essence.eq_ignore_ascii_case("application/json") {
        return Err(Refusal::ContentType);
    }
    match payload.to_bytes_limited(LARGEST_BODY).await {
        Ok(Ok(bytes)) => Ok(bytes),
        Ok(Err(_)) => Err(Refusal::BrokenJson), // the client went away in the middle
        Err(_) => Err(Refusal::TooLarge),
    }
}

pub(super) fn path_of(request: &HttpRequest) -> Result<BTreeMap<String, String>, Refusal> {
    let matched = request.match_info();
    let values: Vec<String> = matched.load().map_err(|_| AppError::NotFound)?;
    let parts: BTreeMap<_, _> = matched.iter().map(|(name, _)| name.to_owned()).zip(values).collect();
    match parts.iter().find(|(_, value)| holds_personal_number(value)) {
        Some((name, _)) => Err(Reason::personal_number(name).into()),
        None => Ok(parts),
    }
}

fn query_of(route: &Route, text: &str) -> Result<BTreeMap<String, String>, Refusal> {
    let mut query = BTreeMap::new();
    let mut reasons = Vec::new();
    for (name, value) in url::form_urlencoded::parse(text.as_bytes()) {
        let known = route.parameters.iter().find(|known| known.place == Place::Query && known.name == name);
        let Some(known) = known else {
            let reason = match personal_number::contains(&name) || personal_number::contains(&value) {
                true => Reason::personal_number("query"),
                false => Reason::field(Code::UnknownField, "query", texts::NO_SUCH_PARAMETER),
            };
            reasons.push(reason);
            continue;
        };
        let broken = value.contains(['\0', char::REPLACEMENT_CHARACTER]);
        if holds_personal_number(&value) {
            reasons.push(Reason::personal_number(known.name));
        } else if broken || query.insert(known.name.to_owned(), value.into_owned()).is_some() {
            reasons.push(Reason::field(Code::WrongType, known.name, texts::ONE_VALUE));
        }
    }
    if reasons.is_empty() { Ok(query) } else { Err(reasons.into()) }
}

/// The client's key. Only its digest is kept, with that of all that makes the request what it is.
fn key(request: &HttpRequest, if_match: Option<&str>, body: &[u8]) -> Result<Option<CommandKey>, Refusal> {
    let refuse = |reason: Reason| Err(reason.into());
    let Some(given) = request.headers().get(IDEMPOTENCY_KEY) else { return Ok(None) };
    let printable = |text: &&str| text.bytes().all(|byte| (b' '..=b'~').contains(&byte));
    let Some(key) = given.to_str().ok().filter(printable).filter(|key| (1..=LONGEST_KEY).contains(&key.len())) else {
        let detail = texts::key(LONGEST_KEY);
        return refuse(Reason::field(Code::WrongType, IDEMPOTENCY_KEY, &detail));
    };
    if !is_uuid(key) && personal_number::contains(key) {
        return refuse(Reason::personal_number(IDEMPOTENCY_KEY));
    }
    let parts = [
        request.method().as_str().as_bytes(),
        request.path().as_bytes(),
        request.query_string().as_bytes(),
        if_match.unwrap_or_default().as_bytes(),
    ];
    let mut asked = parts.join(&b'\n');
    asked.push(b'\n');
    asked.extend_from_slice(body);
    Ok(Some(CommandKey { key: sha256(key.as_bytes()).0, request: sha256(&asked) }))
}

fn text<'a>(headers: &'a HeaderMap, name: &'static str) -> Result<Option<&'a str>, Refusal> {
    headers.get(name).map(|value| value.to_str().map_err(|_| Refusal::Header(name))).transpose()
}

/// Whether a key is a UUID: random digits, of which one in some ten thousand looks like a personal identity number.
fn is_uuid(key: &str) -> bool {
    let groups: Vec<_> = key.split('-').collect();
    let lengths = groups.iter().map(|group| group.len());
    let digits = |group: &&str| group.bytes().all(|byte| byte.is_ascii_hexdigit());
    lengths.eq([8, 4, 4, 4, 12]) && groups.iter().all(digits)
}

/// Whether a text holds a personal identity number, apart from an identifier of ours that it ends in: random digits too.
fn holds_personal_number(text: &str) -> bool {
    let start = text.len().saturating_sub(32);
    let ours = text.get(start..).is_some_and(is_made_here);
    personal_number::contains(if ours { text.get(..start).unwrap_or(text) } else { text })
}

/// Looks through everything that somebody wrote. The fields of a form are named as the form names them.
fn look_through(path: &str, value: &Value, reasons: &mut Vec<Reason>) {
    let field = ["data.", "content."].into_iter().find_map(|form| path.strip_prefix(form)).unwrap_or(path);
    let field = if field.is_empty() { "body" } else { field };
    let inside = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
    match value {
        Value::String(text) => reasons.extend(unfit(field, text)),
        Value::Number(number) => reasons.extend(unfit(field, &number.to_string())),
        Value::Array(items) => {
            let numbered = items.iter().enumerate();
            numbered.for_each(|(at, item)| look_through(&inside(&at.to_string()), item, reasons));
        }
        Value::Object(map) => {
            for (name, part) in map {
                match unfit(field, name) {
                    Some(reason) => reasons.push(reason),
                    None => look_through(&inside(name), part, reasons),
                }
            }
        }
        Value::Null | Value::Bool(_) => {}
    }
}

fn unfit(field: &str, text: &str) -> Option<Reason> {
    if holds_personal_number(text) {
        return Some(Reason::personal_number(field));
    }
    text.contains('\0').then(|| Reason::field(Code::WrongType, field, crate::texts::cases::FORBIDDEN_SIGN))
}
