//! Pages of administrators: the organisation, people, workflows, the outbox, and what was changed. They show nothing of any
//! case; to everybody else they do not exist, which the use cases say.

pub mod changes;
pub mod mails;
pub mod organisation;
pub mod people;
pub mod person;
mod sheet;
pub mod workflows;

use chrono::NaiveDate;
use maud::{Markup, html};

use super::texts as base;
use super::texts::admin as texts;
use super::visit::{Form, Visit, day};
use super::{Answer, Outcome};
use crate::app::AppError;
use crate::app::sessions::Signed;
use crate::calendar::in_words;
use crate::workflow::rejection::{Code, Reason};

/// Where everything is.
pub fn show(_: &Visit, signed: &Signed) -> Outcome {
    if !signed.actor.is_administrator() {
        return Err(AppError::NotFound.into());
    }
    let everybody = [
        ("/admin/organisation", texts::ORGANISATION, texts::ORGANISATION_HELP),
        ("/admin/people", texts::PEOPLE, texts::PEOPLE_HELP),
        ("/admin/changes", texts::CHANGES, texts::CHANGES_HELP),
    ];
    let of_county = [
        ("/admin/workflows", texts::WORKFLOWS, texts::WORKFLOWS_HELP),
        ("/admin/mails", texts::MAILS, texts::MAILS_HELP),
    ];
    let county = of_county.iter().filter(|_| signed.actor.administers_county());
    Ok(Answer::Page(
        texts::TITLE,
        html! {
            h1 { (texts::TITLE) }
            p .lead { (texts::LEAD) }
            section {
                ul .steps {
                    @for (address, title, help) in everybody.iter().chain(county) {
                        li { a .step href=(address) { (title) } p .hint { (help) } }
                    }
                }
            }
        },
    ))
}

/// The way up.
fn up(address: &str, title: &str) -> Markup {
    html! { p { a href=(address) { (title) } } }
}

/// From which day until which, in words.
fn span(from: Option<NaiveDate>, until: Option<NaiveDate>) -> String {
    texts::span(from.map(in_words), until.map(in_words))
}

/// The fields of a form that are days.
const DAYS: [&str; 2] = ["from", "until"];

/// Does what a form asks for, where each of these fields is empty or a day: a last day that cannot be read is not none.
fn with_days<T>(form: &Form, fields: &[&str], act: impl FnOnce() -> Result<T, AppError>) -> Result<T, AppError> {
    let is_wrong = |field: &&&str| !form.get(field).trim().is_empty() && day(form.get(field)).is_none();
    let wrong = fields.iter().filter(is_wrong).map(|field| Reason::field(Code::WrongType, field, base::NO_DATE));
    let wrong: Vec<_> = wrong.collect();
    if wrong.is_empty() { act() } else { Err(AppError::Rejected(wrong.into())) }
}
