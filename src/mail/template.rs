//! The words of the mails: handlebars templates in `email_templates/`, compiled in, strict.
//!
//! Each mail has a subject, a text and an HTML part; the parts share a layout, in which the facts of the case, the link
//! and the footer stand. A template sees [`MailContent`] and helpers: `{{date due}}` writes a date in Swedish,
//! `{{days overdue_days}}` a number of days, `{{cases matters}}` one of cases. A name that is no field of [`MailContent`]
//! is an error. The digest is about several cases, stands for itself and sees [`DigestContent`]; no workflow can name it.
//!
//! To add a mail: three files `NAME.subject.hbs`, `NAME.txt.hbs`, `NAME.html.hbs`, and its name in the list below.

use std::sync::LazyLock;

use chrono::NaiveDate;
use handlebars::{Handlebars, handlebars_helper};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::content::{DigestContent, MailContent};
use crate::calendar::in_words;
use crate::texts::cases;

/// A mail in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// One line.
    pub subject: String,
    /// The plain text.
    pub text: String,
    /// The same as a page of HTML.
    pub html: String,
}

/// Why a mail could not be put into words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TemplateError {
    /// No template has that name.
    #[error("there is no mail template `{0}`; there are {list}", list = TEMPLATES.join(", "))]
    Unknown(String),
    /// What was stored for it is not what it takes.
    #[error("the content cannot be read: {0}")]
    Content(String),
    /// A template is wrong: a fault in the program, which the tests find.
    #[error("a mail template cannot be used: {0}")]
    Broken(String),
}

struct Source {
    name: &'static str,
    subject: &'static str,
    text: &'static str,
    html: &'static str,
}

/// Defines [`TEMPLATES`] and compiles the files in.
macro_rules! templates {
    ($($name:literal),+) => {
        /// The names of the templates, for whoever checks a workflow's file.
        pub const TEMPLATES: &[&str] = &[$($name),+];

        const SOURCES: &[Source] = &[$(Source {
            name: $name,
            subject: include_str!(concat!("../../email_templates/", $name, ".subject.hbs")),
            text: include_str!(concat!("../../email_templates/", $name, ".txt.hbs")),
            html: include_str!(concat!("../../email_templates/", $name, ".html.hbs")),
        }),+];
    };
}

// It is your move; a deadline is ahead or today; a deadline has passed; to a manager, when those whose move it is have
// let the time pass; the case ends by itself unless somebody acts; it has ended; it stands elsewhere, and perhaps
// wrongly; a deadline's last day is another one; a person needs something now, whosever move it is.
templates!(
    "your_turn",
    "reminder",
    "overdue",
    "silence",
    "ends_by_itself",
    "ended",
    "changed",
    "new_day",
    "urgent_need"
);

/// The name of the mail that collects reminders.
pub const DIGEST: &str = "digest";

const DIGEST_SOURCE: Source = Source {
    name: DIGEST,
    subject: include_str!("../../email_templates/digest.subject.hbs"),
    text: include_str!("../../email_templates/digest.txt.hbs"),
    html: include_str!("../../email_templates/digest.html.hbs"),
};

/// Text and HTML apart, for they escape differently.
struct Registry {
    plain: Handlebars<'static>,
    html: Handlebars<'static>,
}

static REGISTRY: LazyLock<Result<Registry, TemplateError>> = LazyLock::new(Registry::new);

impl Registry {
    fn new() -> Result<Registry, TemplateError> {
        let mut plain = strict(include_str!("../../email_templates/layout.txt.hbs"))?;
        plain.register_escape_fn(handlebars::no_escape);
        let mut html = strict(include_str!("../../email_templates/layout.html.hbs"))?;
        html.register_escape_fn(handlebars::html_escape);
        for source in SOURCES.iter().chain([&DIGEST_SOURCE]) {
            plain.register_template_string(&subject_of(source.name), source.subject).map_err(broken)?;
            plain.register_template_string(source.name, source.text).map_err(broken)?;
            html.register_template_string(source.name, source.html).map_err(broken)?;
        }
        Ok(Registry { plain, html })
    }
}

fn strict(layout: &str) -> Result<Handlebars<'static>, TemplateError> {
    handlebars_helper!(date_in_words: |date: NaiveDate| in_words(date));
    handlebars_helper!(days_in_words: |count: u64| if count == 1 { "1 dag".to_owned() } else { format!("{count} dagar") });
    handlebars_helper!(cases_in_words: |count: u64| cases::cases(count));
    let mut registry = Handlebars::new();
    registry.set_strict_mode(true);
    registry.register_helper("date", Box::new(date_in_words));
    registry.register_helper("days", Box::new(days_in_words));
    registry.register_helper("cases", Box::new(cases_in_words));
    registry.register_partial("layout", layout).map_err(broken)?;
    Ok(registry)
}

fn subject_of(name: &str) -> String {
    format!("{name}.subject")
}

pub(super) fn broken(error: impl std::fmt::Display) -> TemplateError {
    TemplateError::Broken(error.to_string())
}

/// Puts the content into the words of the template of that name.
pub fn render(name: &str, content: &MailContent) -> Result<Rendered, TemplateError> {
    match TEMPLATES.contains(&name) {
        true => in_words_of(name, content),
        false => Err(TemplateError::Unknown(name.to_owned())),
    }
}

/// Puts what the outbox holds, as JSON, into the words of the template of that name: of a digest, or of a mail about a case.
pub fn render_stored(name: &str, content: &str) -> Result<Rendered, TemplateError> {
    match name {
        DIGEST => in_words_of(name, &read::<DigestContent>(content)?),
        _ => render(name, &read(content)?),
    }
}

fn read<T: DeserializeOwned>(content: &str) -> Result<T, TemplateError> {
    serde_json::from_str(content).map_err(|error| TemplateError::Content(error.to_string()))
}

fn in_words_of(name: &str, content: &impl Serialize) -> Result<Rendered, TemplateError> {
    let Registry { plain, html } = REGISTRY.as_ref().map_err(Clone::clone)?;
    let subject = plain.render(&subject_of(name), content).map_err(broken)?;
    Ok(Rendered {
        // A header is one line, whatever line breaks a title brings.
        subject: subject.split_whitespace().collect::<Vec<_>>().join(" "),
        text: plain.render(name, content).map_err(broken)?,
        html: html.render(name, content).map_err(broken)?,
    })
}
