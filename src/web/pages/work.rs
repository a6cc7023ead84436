//! The worklists: what is hers to do first.

use maud::html;

use super::parts::{day, days, tag};
use super::visit::Visit;
use super::{Answer, Outcome, texts};
use crate::app::sessions::Signed;
use crate::app::view::{CaseSummary, Filter, Place};
use crate::calendar::local_date;

/// How many a page of a list holds.
const A_PAGE: u16 = 25;

/// The list.
pub fn show(visit: &Visit, signed: &Signed) -> Outcome {
    let after: Option<Place> =
        Some(visit.query.get("after")).filter(|text| !text.is_empty()).and_then(|text| text.parse().ok());
    let page = visit.app.list_cases(
        &signed.actor,
        &Filter { ended: Some(false), ..Filter::default() },
        after.as_ref(),
        A_PAGE,
    )?;
    let today = local_date(visit.app.now());
    Ok(Answer::Page(
        texts::CASES,
        html! {
            h1 { (texts::CASES) }
            @if page.cases.is_empty() { p { (texts::NOTHING) } }
            ul .cases { @for case in &page.cases { li { (row(case, today)) } } }
            @if let Some(next) = &page.next { p { a .more href={ "/?after=" (next) } { (texts::MORE) } } }
        },
    ))
}

fn row(case: &CaseSummary, today: chrono::NaiveDate) -> maud::Markup {
    html! {
        a .number href={ "/cases/" (case.number) } { (case.number) }
        span { (case.title) }
        (tag("state", &case.state.title))
        @if case.urgent { (tag("urgent", texts::URGENT)) }
        @if let Some(due) = case.due {
            span { "senast " (day(due)) }
            @if due < today { (tag("overdue", texts::OVERDUE)) }
        }
        span .quiet { (days(case.waiting_days)) }
    }
}
