//! What a page answers, and the headers that every page has: nothing runs, nothing is framed, nothing is kept.

use actix_web::cookie::{Cookie, SameSite};
use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, HttpResponseBuilder};
use maud::Markup;

use super::layout;
use super::visit::{Visit, attempt_cookie_name, cookie_name, is_secure};
use super::{Outcome, texts};
use crate::app::App;
use crate::app::documents::Download;
use crate::app::oidc::PATIENCE;
use crate::web::error::Refusal;

/// What a page answers.
pub enum Answer {
    /// A page: its title and what stands on it.
    Page(&'static str, Markup),
    /// The same page again, with what must be mended.
    Mend(&'static str, Markup),
    /// Another page.
    GoTo(String),
    /// A sign-in goes on elsewhere, for this browser alone.
    SigningIn {
        /// The secret by which the browser is known when it comes back.
        secret: String,
        /// Where to: the sign-in service, or a page of ours.
        to: String,
    },
    /// The session begins; then another page.
    SignedIn {
        /// The secret.
        secret: String,
        /// Where to.
        to: String,
    },
    /// The session has ended.
    SignedOut,
    /// The stylesheet.
    Style,
    /// A document, to be saved and never shown here.
    File(Download),
    /// A calendar, for a program that keeps one.
    Calendar(String),
    /// A drawing, as SVG.
    Picture(String),
}

const STYLE: &str = include_str!("style.css");

/// No script at all, no style but ours, no frame, no form to elsewhere.
const POLICY: &str =
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// A drawing of a workflow has its looks in itself, known by their digest, and nothing else.
const PICTURE_POLICY: &str = "default-src 'none'; style-src 'sha256-IyhliU/ZpSVmTOBud4WvA3Fl6kkpkKb0p8Tmkdo2juI='; \
    form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

const HEADERS: [(header::HeaderName, &str); 6] = [
    (header::CONTENT_SECURITY_POLICY, POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "same-origin"),
    (header::CROSS_ORIGIN_OPENER_POLICY, "same-origin"),
    (header::CROSS_ORIGIN_RESOURCE_POLICY, "same-origin"),
];

/// The stylesheet.
pub fn style(_: &Visit) -> Outcome {
    Ok(Answer::Style)
}

/// The answer to the browser.
pub fn response(app: &App, visit: Option<&Visit>, outcome: Outcome, request_id: &str) -> HttpResponse {
    let mut builder = match &outcome {
        Ok(answer) => HttpResponseBuilder::new(status(answer)),
        Err(refusal) => HttpResponseBuilder::new(refusal.status()),
    };
    HEADERS.iter().for_each(|header| {
        builder.insert_header(header.clone());
    });
    if is_secure(app) {
        builder.insert_header((header::STRICT_TRANSPORT_SECURITY, "max-age=63072000"));
    }
    if !matches!(outcome, Ok(Answer::Style)) {
        builder.insert_header((header::CACHE_CONTROL, "no-store"));
    }
    match outcome {
        Ok(answer) => fill(app, visit, builder, answer),
        Err(refusal) => {
            refusal.log();
            if let Refusal::Method(methods) = &refusal {
                builder.insert_header((header::ALLOW, methods.as_str()));
            }
            let title = refusal.problem(request_id).title;
            html(builder, &layout::page(visit, title, &layout::refusal(&refusal.problem(request_id))))
        }
    }
}

fn status(answer: &Answer) -> StatusCode {
    match answer {
        Answer::Page(..) | Answer::Style | Answer::File(_) | Answer::Picture(_) | Answer::Calendar(_) => StatusCode::OK,
        Answer::Mend(..) => StatusCode::UNPROCESSABLE_ENTITY,
        Answer::GoTo(_) | Answer::SigningIn { .. } | Answer::SignedIn { .. } | Answer::SignedOut => {
            StatusCode::SEE_OTHER
        }
    }
}

fn fill(app: &App, visit: Option<&Visit>, mut builder: HttpResponseBuilder, answer: Answer) -> HttpResponse {
    match answer {
        Answer::Page(title, content) => html(builder, &layout::page(visit, title, &content)),
        Answer::Mend(title, content) => {
            let title = format!("{}: {title}", texts::ERROR);
            html(builder, &layout::page(visit, &title, &content))
        }
        Answer::GoTo(address) => builder.insert_header((header::LOCATION, ascii(&address))).finish(),
        Answer::SigningIn { secret, to } => {
            builder.cookie(attempt_cookie(app, &secret)).insert_header((header::LOCATION, ascii(&to))).finish()
        }
        Answer::SignedIn { secret, to } => {
            builder.cookie(session_cookie(app, &secret)).insert_header((header::LOCATION, ascii(&to)));
            if visit.is_some_and(|visit| visit.attempt.is_some()) {
                let mut used = attempt_cookie(app, "");
                used.make_removal();
                builder.cookie(used);
            }
            builder.finish()
        }
        Answer::SignedOut => {
            let mut cookie = session_cookie(app, "");
            cookie.make_removal();
            builder.cookie(cookie).insert_header((header::LOCATION, "/sign-in?out")).finish()
        }
        Answer::Style => {
            builder.insert_header((header::CACHE_CONTROL, "public, max-age=300"));
            builder.content_type("text/css; charset=utf-8").body(STYLE)
        }
        Answer::File(file) => {
            // Whatever is inside, a browser that shows it all the same gives it nothing to work with.
            builder.insert_header((header::CONTENT_SECURITY_POLICY, format!("{POLICY}; sandbox")));
            builder.insert_header((header::CONTENT_DISPOSITION, disposition(&file.name)));
            builder.content_type(file.media_type).body(file.bytes)
        }
        Answer::Calendar(calendar) => builder.content_type("text/calendar; charset=utf-8").body(calendar),
        Answer::Picture(drawing) => {
            builder.insert_header((header::CONTENT_SECURITY_POLICY, PICTURE_POLICY));
            builder.content_type("image/svg+xml").body(drawing)
        }
    }
}

/// How a file is saved: under its name (RFC 6266), which old browsers get without what is not plain (RFC 5987).
fn disposition(name: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | ' ' | '(' | ')');
    let fallback: String = name.chars().map(|c| if plain(c) { c } else { '_' }).collect();
    let kept = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
    let encoded = name.bytes().map(|byte| match kept(byte) {
        true => char::from(byte).to_string(),
        false => format!("%{byte:02X}"),
    });
    format!("attachment; filename=\"{fallback}\"; filename*=UTF-8''{}", encoded.collect::<String>())
}

/// An address as a header can hold it: a number's series may be in any letters.
fn ascii(address: &str) -> String {
    let encoded = address.bytes().map(|byte| match byte.is_ascii_graphic() {
        true => char::from(byte).to_string(),
        false => format!("%{byte:02X}"),
    });
    encoded.collect()
}

fn html(mut builder: HttpResponseBuilder, page: &Markup) -> HttpResponse {
    builder.content_type("text/html; charset=utf-8").body(page.0.clone())
}

/// Gone with the browser; the session itself has its own limits.
fn session_cookie<'a>(app: &App, secret: &'a str) -> Cookie<'a> {
    cookie(app, cookie_name(app), secret)
}

/// Gone with the sign-in, or when there is no more time for it. Lax, not strict: the browser comes back from elsewhere.
fn attempt_cookie<'a>(app: &App, secret: &'a str) -> Cookie<'a> {
    let mut cookie = cookie(app, attempt_cookie_name(app), secret);
    cookie.set_max_age(actix_web::cookie::time::Duration::minutes(PATIENCE.num_minutes()));
    cookie
}

fn cookie<'a>(app: &App, name: &'static str, secret: &'a str) -> Cookie<'a> {
    let cookie = Cookie::build(name, secret).path("/").http_only(true).same_site(SameSite::Lax);
    cookie.secure(is_secure(app)).finish()
}

/// A page that says why not, for whoever is not known.
pub fn refused(app: &App, refusal: Refusal, request_id: &str) -> HttpResponse {
    response(app, None, Err(refusal), request_id)
}
