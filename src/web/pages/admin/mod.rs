//! Pages of administrators: the organisation, people, workflows, the outbox, and what was changed. They show nothing of any
//! case; to everybody else they do not exist, which the use cases say.

pub mod changes;
pub mod closing_days;
pub mod mails;
pub mod organisation;
pub mod people;
pub mod person;
pub mod workflow_diff;
pub mod workflows;

use maud::html;

use super::texts::admin as texts;
use super::visit::Visit;
use super::{Answer, Outcome};
use crate::app::AppError;
use crate::app::sessions::Signed;

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
        ("/admin/closing-days", texts::CLOSING_DAYS, texts::CLOSING_DAYS_HELP),
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
