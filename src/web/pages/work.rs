//! The worklists: what is hers to do first, then what waits for others, what is late, what is done, what she has begun; of
//! hers alone, of her unit, of her organisation.

use chrono::NaiveDate;
use maud::{Markup, html};

use super::draft::drop_draft;
use super::parts::{day, moment, pages, tag};
use super::visit::Visit;
use super::{Answer, Outcome, texts};
use crate::app::App;
use crate::app::drafts::DraftView;
use crate::app::sessions::Signed;
use crate::app::view::{CaseSummary, Gist, Page, Place, Whose, Worklist};
use crate::authz::Role;
use crate::calendar::local_date;
use crate::web::error::Refusal;

/// How many a page of a list holds.
pub const A_PAGE: u16 = 25;
/// The place in a list that a page begins or ends at.
pub const PLACE: &str = "page";
/// How far cases are counted: beyond that a number says nothing more.
const MOST_COUNTED: u16 = 1_000;

/// A list of the page.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Group {
    Cases(Worklist),
    Drafts,
}

impl Group {
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

    /// What the list holds, where its title does not say it.
    fn hint(self) -> Option<&'static str> {
        (self == Group::Cases(Worklist::Unregistered)).then_some(texts::UNREGISTERED_HELP)
    }
}

/// What somebody is offered, and what she has begun to write.
struct Lists<'a> {
    signed: &'a Signed,
    offers: Vec<(Whose, Vec<Group>)>,
    drafts: Vec<(DraftView, Gist)>,
    registers: bool,
}

impl<'a> Lists<'a> {
    fn of(visit: &Visit, signed: &'a Signed) -> Result<Lists<'a>, Refusal> {
        let registers = visit.app.role_registers(&signed.actor);
        let drafts = visit.app.drafts_told(&signed.actor)?;
        // Drafts are hers alone, whosever cases she looks at; what she has begun she can throw away, whatever she is today.
        let drafting = (registers || !drafts.is_empty()).then_some(Group::Drafts);
        let mut offers: Vec<(Whose, Vec<Group>)> = Vec::new();
        for offer in visit.app.worklists(&signed.actor) {
            offers.push((offer.whose, offer.lists.into_iter().map(Group::Cases).chain(drafting).collect()));
        }
        if offers.is_empty() {
            offers.extend(drafting.map(|drafting| (Whose::Mine, vec![drafting])));
        }
        Ok(Lists { signed, offers, drafts, registers })
    }

    /// What the address names: the list of that name, whosever it says, or of the first who have it; where it names none
    /// that she is offered, the first. None where she is offered nothing.
    fn at(&self, visit: &Visit) -> Option<At> {
        let (list, whose) = (visit.query.get("list"), visit.query.get("whose"));
        let named = |of: &&(Whose, Vec<Group>)| self.scope(of.0).0 == whose;
        let has = |of: &&(Whose, Vec<Group>)| of.1.iter().any(|group| group.named().0 == list);
        let offered = || self.offers.iter();
        let of = offered().find(named).or_else(|| offered().find(has)).or_else(|| offered().next())?;
        let group = of.1.iter().find(|group| group.named().0 == list).or_else(|| of.1.first())?;
        Some(At { group: *group, whose: of.0 })
    }

    /// Whose cases: the name in addresses, the title, and what that means.
    fn scope(&self, whose: Whose) -> (&'static str, &'static str, &'static str) {
        let body = self.signed.actor.seats.iter().all(|seat| seat.role == Role::Secretary);
        match whose {
            Whose::Unit => ("unit", texts::OF_UNIT, texts::OF_UNIT_HELP),
            Whose::Organisation if body => ("organisation", texts::OF_BODY, texts::OF_BODY_HELP),
            Whose::Organisation => ("organisation", texts::OF_ORGANISATION, texts::OF_ORGANISATION_HELP),
            _ if !self.registers => ("mine", texts::OF_MINE, texts::OF_MINE_TO_DO_HELP),
            Whose::Mine | Whose::All | Whose::Unregistered => ("mine", texts::OF_MINE, texts::OF_MINE_HELP),
        }
    }

    fn groups(&self, whose: Whose) -> &[Group] {
        self.offers.iter().find(|(known, _)| *known == whose).map_or(&[], |(_, groups)| groups)
    }

    fn address(&self, at: At) -> String {
        let list = at.group.named().0;
        match self.offers.first() {
            Some((first, _)) if *first == at.whose => format!("/?list={list}"),
            _ => format!("/?list={list}&whose={}", self.scope(at.whose).0),
        }
    }
}

/// Which list, and whose.
#[derive(Clone, Copy)]
struct At {
    group: Group,
    whose: Whose,
}

/// The list that the address names. Whoever only administers has no case anywhere, and goes to where her work is.
pub fn show(visit: &Visit, signed: &Signed) -> Outcome {
    if signed.actor.only_administers() {
        return Ok(Answer::GoTo(texts::admin::ADDRESS.to_owned()));
    }
    let lists = Lists::of(visit, signed)?;
    let content = match lists.at(visit) {
        None => html! { p { (texts::NO_LISTS) } },
        Some(at) => html! {
            (by_number())
            (scopes_of(&lists, at))
            (tabs(visit, &lists, at)?)
            h2 { (at.group.named().1) }
            @if let Some(hint) = at.group.hint() { p .hint { (hint) } }
            @match at.group {
                Group::Drafts => (drafts(signed, &lists.drafts)),
                Group::Cases(list) => (cases(visit, &lists, at, list)?),
            }
        },
    };
    Ok(Answer::Page(texts::CASES, html! { h1 { (texts::CASES) } (content) }))
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

/// Whose cases: nothing to choose for whoever is offered only one's.
fn scopes_of(lists: &Lists, at: At) -> Markup {
    let there = |whose: Whose, groups: &[Group]| {
        let same = groups.iter().find(|group| **group == at.group).or_else(|| groups.first());
        At { whose, group: same.copied().unwrap_or(at.group) }
    };
    html! {
        @if lists.offers.len() > 1 {
            nav .scopes aria-label=(texts::WHOSE) {
                ul {
                    @for (whose, groups) in &lists.offers {
                        li {
                            a href=(lists.address(there(*whose, groups)))
                                aria-current=[(*whose == at.whose).then_some("true")] { (lists.scope(*whose).1) }
                        }
                    }
                }
            }
            p .hint { (lists.scope(at.whose).2) }
        }
    }
}

fn tabs(visit: &Visit, lists: &Lists, at: At) -> Result<Markup, Refusal> {
    let mut tabs = Vec::new();
    for group in lists.groups(at.whose) {
        let count = match group {
            Group::Drafts => lists.drafts.len(),
            Group::Cases(list) => {
                let filter = list.filter(at.whose, visit.app.now());
                visit.app.count_cases(&lists.signed.actor, &filter, MOST_COUNTED)?
            }
        };
        tabs.push((At { group: *group, whose: at.whose }, count));
    }
    Ok(html! {
        nav .tabs aria-label=(texts::LISTS) {
            ul {
                @for (there, count) in tabs {
                    li {
                        a href=(lists.address(there)) aria-current=[(there.group == at.group).then_some("page")] {
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

fn cases(visit: &Visit, lists: &Lists, at: At, list: Worklist) -> Result<Markup, Refusal> {
    let begun: Option<Place> = visit.query.get(PLACE).parse().ok();
    let filter = list.filter(at.whose, visit.app.now());
    let page = visit.app.list_cases(&lists.signed.actor, &filter, begun.as_ref(), A_PAGE)?;
    let here = lists.address(at);
    let there = |place: &Place| format!("{here}&{PLACE}={place}");
    Ok(html! {
        @if page.cases.is_empty() { p { (texts::NOTHING) } }
        (listed(&page, &visit.app))
        (pages(begun.map(|_| here.clone()), page.previous.as_ref().map(there), page.next.as_ref().map(there)))
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
                (texts::LATEST) " " (day(due)) " "
                @if due < today { (tag("overdue", texts::OVERDUE)) " " }
                @if case.rests { (tag("rests", texts::steps::RESTS)) " " }
                "· "
            }
            (texts::OPENED) " " (texts::ago(case.waiting_days))
            @if waiting_since != local_date(case.opened) {
                " · " (texts::HAS_WAITED) " " (day(waiting_since))
            }
        }
    }
}

fn drafts(signed: &Signed, drafts: &[(DraftView, Gist)]) -> Markup {
    html! {
        @if drafts.is_empty() { p { (texts::NO_DRAFTS) } }
        ul .cases { @for (draft, gist) in drafts { li { (draft_row(signed, draft, gist)) } } }
    }
}

/// A draft by what it is about: several of one kind are told apart by whom it concerns, the day, the place, the first words.
/// From one that no case can begin with any more nothing leads on but the way out.
fn draft_row(signed: &Signed, draft: &DraftView, gist: &Gist) -> Markup {
    let with = gist.with.join(", ");
    let title = if with.is_empty() { draft.title.clone() } else { format!("{}: {with}", draft.title) };
    html! {
        @if gist.begins { a .number href={ "/drafts/" (draft.id) "/1" } { (title) } } @else { span .number { (title) } }
        @if !gist.about.is_empty() || gist.day.is_some() {
            p {
                @for (n, about) in gist.about.iter().enumerate() { @if n > 0 { " · " } (about) }
                @if let Some(on) = gist.day { @if !gist.about.is_empty() { " · " } (day(on)) }
            }
        }
        @if let Some(words) = &gist.words { p { "”" (words) "”" } }
        p .quiet { (texts::CHANGED) " " (moment(draft.updated)) }
        @if !gist.begins { p { (texts::DRAFT_OF_NOTHING) } (drop_draft(signed, draft)) }
    }
}
