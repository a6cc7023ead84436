//! What a version of a workflow changes: on a page of the administration, or as a document by itself.

use maud::{DOCTYPE, Markup, html};

use crate::app::sessions::Signed;
use crate::web::pages::parts::up;
use crate::web::pages::texts::{self, admin};
use crate::web::pages::visit::Visit;
use crate::web::pages::{Answer, Outcome};
use crate::workflow::diff::{Change, Diff, Impact};

/// What the version changes from the one before it.
pub fn show(visit: &Visit, signed: &Signed) -> Outcome {
    let diff = visit.app.workflow_changes(&signed.actor, visit.part("digest"))?;
    Ok(Answer::Page(
        admin::CHANGES_OF_VERSION,
        html! {
            (up("/admin/workflows", admin::WORKFLOWS))
            (told(&diff))
        },
    ))
}

/// The same as a document that needs nothing else.
pub fn document(diff: &Diff) -> String {
    let page = html! {
        (DOCTYPE)
        html lang="sv" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (diff.heading()) " - " (texts::PRODUCT) }
            }
            body { main { (told(diff)) } }
        }
    };
    page.into_string()
}

fn told(diff: &Diff) -> Markup {
    let sections = diff.changes.chunk_by(|one, other| one.section == other.section);
    html! {
        h1 { (diff.heading()) }
        p { (diff.impact.in_swedish()) "." }
        @if diff.changes.is_empty() { p { (admin::NOTHING_CHANGES) } }
        @for changes in sections { (section(changes)) }
    }
}

fn section(changes: &[Change]) -> Markup {
    html! {
        section {
            @for change in changes.iter().take(1) { h2 { (change.section.in_swedish()) } }
            ul {
                @for change in changes {
                    li {
                        (change.sentence)
                        @if change.impact != Impact::Unnoticed { " " strong { (change.impact.in_swedish()) "." } }
                        @if !change.details().is_empty() { ul { @for told in change.details() { li { (told) } } } }
                    }
                }
            }
        }
    }
}
