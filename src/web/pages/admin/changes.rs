//! What administrators changed, newest first.

use maud::{Markup, html};

use crate::app::changes::ChangeView;
use crate::app::sessions::Signed;
use crate::web::pages::parts::{moment, pages, up};
use crate::web::pages::texts::admin as texts;
use crate::web::pages::visit::Visit;
use crate::web::pages::{Answer, Outcome};

const HERE: &str = "/admin/changes";

/// The page.
pub fn show(visit: &Visit, signed: &Signed) -> Outcome {
    let before = Some(visit.query.get("before")).filter(|before| !before.is_empty());
    let (changes, more) = visit.app.changes(&signed.actor, before)?;
    let older = changes.last().filter(|_| more).map(|last| format!("{HERE}?before={}", last.id));
    let newest = before.map(|_| HERE.to_owned());
    Ok(Answer::Page(
        texts::CHANGES,
        html! {
            (up("/admin", texts::TITLE))
            h1 { (texts::CHANGES) }
            section {
                @if changes.is_empty() { p { (texts::NO_CHANGES) } }
                ul .steps { @for change in &changes { li { (row(change)) } } }
                (pages(newest, None, older))
            }
        },
    ))
}

fn row(change: &ChangeView) -> Markup {
    let details: Vec<_> = change.details.iter().map(|(what, value)| texts::detail(what, value)).collect();
    html! {
        strong { (texts::change(change.kind)) } ": " (change.subject)
        @if !details.is_empty() { p { (details.join(", ")) } }
        p .hint { (moment(change.at)) ", " (change.by) }
    }
}
