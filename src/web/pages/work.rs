//! The worklists: what is hers to do first, then what waits for others, what is late, what is done, what she has begun.

use chrono::NaiveDate;
use maud::{Markup, html};

use super::parts::{ago, day, moment, tag};
use super::visit::Visit;
use super::{Answer, Outcome, texts};
use crate::app::drafts::DraftView;
use crate::app::sessions::Signed;
use crate::app::view::{CaseSummary, Filter, Page, Place, Turn};
use crate::app::{App, AppError};
use crate::calendar::local_date;
use crate::ids::CaseNumber;
use crate::web::error::Refusal;

/// How many a page of a list holds.
const A_PAGE: u16 = 25;
/// How far cases are counted: beyond that a number says nothing more.
const MOST_COUNTED: u16 = 1_000;

/// A worklist.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Group {
    ToDo,
    Waiting,
    Overdue,
    Done,
    Drafts,
}

impl Group {
    const ALL: [Group; 5] = [Group::ToDo, Group::Waiting, Group::Overdue, Group::Done, Group::Drafts];

    fn name(self) -> &'static str {
        match self {
            Group::ToDo => "todo",
            Group::Waiting => "waiting",
            Group::Overdue => "overdue",
            Group::Done => "done",
            Group::Drafts => "drafts",
        }
    }

    fn title(self) -> &'static str {
        match self {
            Group::ToDo => texts::TO_DO,
            Group::Waiting => texts::WAITING,
            Group::Overdue => texts::LATE,
            Group::Done => texts::ENDED,
            Group::Drafts => texts::DRAFTS,
        }
    }

    fn of(visit: &Visit) -> Group {
        let named = |group: &Group| group.name() == visit.query.get("list");
        Group::ALL.into_iter().find(named).unwrap_or(Group::ToDo)
    }

    fn filter(self, app: &App) -> Filter {
        let open = Filter { ended: Some(false), ..Filter::default() };
        match self {
            Group::ToDo => Filter { turn: Some(Turn::Mine), ..open },
            Group::Waiting => Filter { turn: Some(Turn::NotMine), ..open },
            Group::Overdue => Filter { overdue_at: Some(app.now()), ..open },
            Group::Done | Group::Drafts => Filter { ended: Some(true), ..open },
        }
    }
}

/// The list that the address names; what is to do, where it names none.
pub fn show(visit: &Visit, signed: &Signed) -> Outcome {
    let group = Group::of(visit);
    let list = match group {
        Group::Drafts => drafts(&visit.app.drafts(&signed.actor)?),
        group => cases(visit, signed, group)?,
    };
    Ok(Answer::Page(
        texts::CASES,
        html! {
            h1 { (texts::CASES) }
            (search(visit.query.get("number"), false))
            (tabs(visit, signed, group)?)
            h2 { (group.title()) }
            (list)
        },
    ))
}

/// Leads to the case of a number, where she may know of it.
pub fn find(visit: &Visit, signed: &Signed) -> Outcome {
    let typed = visit.query.get("number").trim();
    let number = CaseNumber(typed.to_uppercase());
    match visit.app.case(&signed.actor, &number) {
        Ok(_) => Ok(Answer::GoTo(format!("/cases/{number}"))),
        Err(AppError::NotFound) => Ok(Answer::Page(
            texts::CASES,
            html! {
                h1 { (texts::CASES) }
                (search(typed, true))
            },
        )),
        Err(error) => Err(error.into()),
    }
}

fn search(typed: &str, in_vain: bool) -> Markup {
    html! {
        form .search method="get" action="/search" role="search" {
            label for="f-number" { (texts::NUMBER) }
            @if in_vain { p .error #f-number-error { (texts::NO_SUCH_NUMBER) } }
            div .buttons {
                input #f-number type="text" name="number" value=(typed) autocomplete="off" spellcheck="false"
                    aria-describedby=[in_vain.then_some("f-number-error")] aria-invalid=[in_vain.then_some("true")];
                button .secondary type="submit" { (texts::FIND) }
            }
        }
    }
}

fn tabs(visit: &Visit, signed: &Signed, at: Group) -> Result<Markup, Refusal> {
    let mut tabs = Vec::new();
    for group in Group::ALL {
        let count = match group {
            Group::Drafts => visit.app.drafts(&signed.actor)?.len(),
            group => visit.app.count_cases(&signed.actor, &group.filter(&visit.app), MOST_COUNTED)?,
        };
        tabs.push((group, count));
    }
    Ok(html! {
        nav .tabs aria-label=(texts::LISTS) {
            ul {
                @for (group, count) in tabs {
                    li {
                        a href={ "/?list=" (group.name()) } aria-current=[(group == at).then_some("page")] {
                            (group.title()) " " span .count { (counted(count)) }
                        }
                    }
                }
            }
        }
    })
}

fn counted(count: usize) -> String {
    match count >= usize::from(MOST_COUNTED) {
        true => format!("{}+", MOST_COUNTED - 1),
        false => count.to_string(),
    }
}

fn cases(visit: &Visit, signed: &Signed, group: Group) -> Result<Markup, Refusal> {
    let after: Option<Place> = visit.query.get("after").parse().ok();
    let filter = group.filter(&visit.app);
    let page: Page = visit.app.list_cases(&signed.actor, &filter, after.as_ref(), A_PAGE)?;
    let today = local_date(visit.app.now());
    Ok(html! {
        @if page.cases.is_empty() { p { (texts::NOTHING) } }
        ul .cases { @for case in &page.cases { li { (row(case, today)) } } }
        @if let Some(next) = &page.next {
            p { a .more href={ "/?list=" (group.name()) "&after=" (next) } { (texts::MORE) } }
        }
    })
}

fn row(case: &CaseSummary, today: NaiveDate) -> Markup {
    html! {
        a .number href={ "/cases/" (case.number) } { (case.number) }
        span { (case.title) }
        (tag("state", &case.state.title))
        @if case.urgent { (tag("urgent", texts::URGENT)) }
        p .quiet {
            @if let Some(due) = case.due.filter(|_| case.outcome.is_none()) {
                "Senast " (day(due)) " "
                @if due < today { (tag("overdue", texts::OVERDUE)) " " }
                "· "
            }
            (texts::OPENED) " " (ago(case.waiting_days))
        }
    }
}

fn drafts(drafts: &[DraftView]) -> Markup {
    html! {
        @if drafts.is_empty() { p { (texts::NO_DRAFTS) } }
        ul .cases {
            @for draft in drafts {
                li {
                    a .number href={ "/drafts/" (draft.id) "/1" } { (texts::GO_ON_WITH_DRAFT) }
                    span { (draft.title) }
                    span .quiet { (texts::CHANGED) " " (moment(draft.updated)) }
                }
            }
        }
    }
}
