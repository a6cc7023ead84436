//! The worklists: what is hers to do first, then what waits for others, what is late, what is done, what she has begun; of
//! hers alone, of her unit, of her organisation.

use chrono::NaiveDate;
use maud::{Markup, html};

use super::parts::{ago, day, moment, tag};
use super::visit::Visit;
use super::{Answer, Outcome, texts};
use crate::app::App;
use crate::app::drafts::DraftView;
use crate::app::sessions::Signed;
use crate::app::view::{CaseSummary, Page, Place, Whose, Worklist, keeps_register, scopes};
use crate::authz::Role;
use crate::calendar::local_date;
use crate::web::error::Refusal;

/// How many a page of a list holds.
pub const A_PAGE: u16 = 25;
/// How far cases are counted: beyond that a number says nothing more.
const MOST_COUNTED: u16 = 1_000;

/// A list of the page.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Group {
    Cases(Worklist),
    Drafts,
}

impl Group {
    const ALL: [Group; 7] = [
        Group::Cases(Worklist::ToDo),
        Group::Cases(Worklist::Waiting),
        Group::Cases(Worklist::Ongoing),
        Group::Cases(Worklist::Overdue),
        Group::Cases(Worklist::Done),
        Group::Cases(Worklist::Unregistered),
        Group::Drafts,
    ];

    /// Its name in addresses, and its title.
    fn named(self) -> (&'static str, &'static str) {
        match self {
            Group::Cases(Worklist::ToDo) => ("todo", texts::TO_DO),
            Group::Cases(Worklist::Waiting) => ("waiting", texts::WAITING),
            Group::Cases(Worklist::Ongoing) => ("ongoing", texts::oversight::ONGOING),
            Group::Cases(Worklist::Overdue) => ("overdue", texts::LATE),
            Group::Cases(Worklist::Done) => ("done", texts::ENDED),
            Group::Cases(Worklist::Unregistered) => ("unregistered", texts::UNREGISTERED),
            Group::Drafts => ("drafts", texts::DRAFTS),
        }
    }

    /// Whether somebody is offered it: whoever only watches over cases has nothing to do in them, and begins none.
    fn is_for(self, signed: &Signed) -> bool {
        match self {
            Group::Cases(Worklist::Unregistered) => keeps_register(&signed.actor),
            Group::Cases(Worklist::Ongoing) => signed.actor.only_watches(),
            Group::Cases(Worklist::ToDo | Worklist::Waiting) | Group::Drafts => !signed.actor.only_watches(),
            Group::Cases(_) => true,
        }
    }

    /// What the list holds, where its title does not say it.
    fn hint(self) -> Option<&'static str> {
        (self == Group::Cases(Worklist::Unregistered)).then_some(texts::UNREGISTERED_HELP)
    }
}

/// The lists that somebody is offered.
fn groups(signed: &Signed) -> impl Iterator<Item = Group> {
    Group::ALL.into_iter().filter(|group| group.is_for(signed))
}

/// Whose cases: the name in addresses, the title, and what that means.
fn scope(whose: Whose, signed: &Signed) -> (&'static str, &'static str, &'static str) {
    let body = signed.actor.seats.iter().all(|seat| seat.role == Role::Secretary);
    match whose {
        Whose::Unit => ("unit", texts::OF_UNIT, texts::OF_UNIT_HELP),
        Whose::Organisation if body => ("organisation", texts::OF_BODY, texts::OF_BODY_HELP),
        Whose::Organisation => ("organisation", texts::OF_ORGANISATION, texts::OF_ORGANISATION_HELP),
        Whose::Mine | Whose::All | Whose::Unregistered => ("mine", texts::OF_MINE, texts::OF_MINE_HELP),
    }
}

/// Which list the address names, and whose; what is hers to do, where it names none that she is offered.
struct At {
    group: Group,
    whose: Whose,
}

impl At {
    fn of(visit: &Visit, signed: &Signed) -> At {
        let named = groups(signed).find(|group| group.named().0 == visit.query.get("list"));
        let group = named.or_else(|| groups(signed).next());
        let scopes = scopes(&signed.actor);
        let whose = scopes.iter().copied().find(|whose| scope(*whose, signed).0 == visit.query.get("whose"));
        At {
            group: group.unwrap_or(Group::Cases(Worklist::ToDo)),
            whose: whose.or(scopes.first().copied()).unwrap_or(Whose::Mine),
        }
    }

    fn address(&self, signed: &Signed) -> String {
        let list = self.group.named().0;
        match self.whose {
            Whose::Mine => format!("/?list={list}"),
            whose => format!("/?list={list}&whose={}", scope(whose, signed).0),
        }
    }
}

/// The list that the address names. Whoever only administers has no case anywhere, and goes to where her work is.
pub fn show(visit: &Visit, signed: &Signed) -> Outcome {
    if signed.actor.only_administers() {
        return Ok(Answer::GoTo(texts::admin::ADDRESS.to_owned()));
    }
    let at = At::of(visit, signed);
    let list = match at.group {
        Group::Drafts => drafts(&visit.app.drafts(&signed.actor)?),
        Group::Cases(list) => cases(visit, signed, &at, list)?,
    };
    Ok(Answer::Page(
        texts::CASES,
        html! {
            h1 { (texts::CASES) }
            (by_number())
            (scopes_of(signed, &at))
            (tabs(visit, signed, &at)?)
            h2 { (at.group.named().1) }
            @if let Some(hint) = at.group.hint() { p .hint { (hint) } }
            (list)
        },
    ))
}

fn by_number() -> Markup {
    html! {
        form .search method="get" action="/search" role="search" {
            label for="f-number" { (texts::NUMBER) }
            div .buttons {
                input #f-number type="text" name="number" autocomplete="off" spellcheck="false";
                button .secondary type="submit" { (texts::FIND) }
                a href="/search" { (texts::SEARCH_MORE) }
            }
        }
    }
}

/// Whose cases: nothing to choose for whoever sees no more than her own.
fn scopes_of(signed: &Signed, at: &At) -> Markup {
    let scopes = scopes(&signed.actor);
    html! {
        @if scopes.len() > 1 {
            nav .scopes aria-label=(texts::WHOSE) {
                ul {
                    @for whose in scopes {
                        @let there = At { group: at.group, whose };
                        li {
                            a href=(there.address(signed)) aria-current=[(whose == at.whose).then_some("true")] {
                                (scope(whose, signed).1)
                            }
                        }
                    }
                }
            }
            p .hint { (scope(at.whose, signed).2) }
        }
    }
}

fn tabs(visit: &Visit, signed: &Signed, at: &At) -> Result<Markup, Refusal> {
    let mut tabs = Vec::new();
    for group in groups(signed) {
        let count = match group {
            Group::Drafts => visit.app.drafts(&signed.actor)?.len(),
            Group::Cases(list) => {
                let filter = list.filter(at.whose, visit.app.now());
                visit.app.count_cases(&signed.actor, &filter, MOST_COUNTED)?
            }
        };
        tabs.push((At { group, whose: at.whose }, count));
    }
    Ok(html! {
        nav .tabs aria-label=(texts::LISTS) {
            ul {
                @for (there, count) in tabs {
                    li {
                        a href=(there.address(signed)) aria-current=[(there.group == at.group).then_some("page")] {
                            (there.group.named().1) " " span .count { (counted(count)) }
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

fn cases(visit: &Visit, signed: &Signed, at: &At, list: Worklist) -> Result<Markup, Refusal> {
    let after: Option<Place> = visit.query.get("after").parse().ok();
    let filter = list.filter(at.whose, visit.app.now());
    let page = visit.app.list_cases(&signed.actor, &filter, after.as_ref(), A_PAGE)?;
    Ok(html! {
        @if page.cases.is_empty() { p { (texts::NOTHING) } }
        (listed(&page, &visit.app))
        @if let Some(next) = &page.next {
            p { a .more href={ (at.address(signed)) "&after=" (next) } { (texts::MORE) } }
        }
    })
}

/// The cases of a page of a list.
pub fn listed(page: &Page, app: &App) -> Markup {
    let today = local_date(app.now());
    html! {
        @if !page.cases.is_empty() { ul .cases { @for case in &page.cases { li { (row(case, today)) } } } }
    }
}

fn row(case: &CaseSummary, today: NaiveDate) -> Markup {
    let waiting_since = local_date(case.waiting_since);
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
            @if waiting_since != local_date(case.opened) {
                " · " (texts::HAS_WAITED) " " (day(waiting_since))
            }
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
