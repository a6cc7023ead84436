//! Search: by number, and by what cases are narrowed to. Everything that is asked stands in the address. In what people have
//! written nobody searches: the law limits search terms, and so does this form.

use maud::{Markup, html};

use super::field::{Field, Group, Line};
use super::parts::{default_button, pages, summary};
use super::visit::{self, Form, Visit};
use super::work::{A_PAGE, PLACE, listed};
use super::{Answer, Outcome, texts};
use crate::app::AppError;
use crate::app::sessions::Signed;
use crate::app::view::{Filter, Page, Place, SearchChoices, Titled};
use crate::calendar::start_of_day;
use crate::ids::{CaseNumber, UnitId};
use crate::personal_number;
use crate::web::error::Refusal;
use crate::workflow::rejection::{Code, Reason};
use chrono::{Days, NaiveDate};

/// The longest number that anybody types.
const LONGEST: usize = 100;
/// What can be asked: a number, which leads to its case whatever else is asked, and what cases are narrowed by, in the
/// order of the form.
const FIELDS: [(&str, &str); 9] = [
    ("number", texts::NUMBER),
    ("registry_number", texts::REGISTRY_NUMBER),
    ("workflow", texts::KIND),
    ("level", texts::LEVEL),
    ("category", texts::CATEGORY),
    ("unit", texts::UNIT),
    ("status", texts::STATUS),
    ("from", texts::OPENED_FROM),
    ("to", texts::OPENED_TO),
];
/// Open or ended.
const STATUSES: [(&str, &str); 2] = [("open", texts::OPEN), ("ended", texts::ENDED)];

/// The form, and what it found.
pub fn show(visit: &Visit, signed: &Signed) -> Outcome {
    let choices = visit.app.search_choices(&signed.actor)?;
    let mut asked = Asked::read(&visit.query, choices);
    if asked.reasons.is_empty() && !asked.typed("number").is_empty() {
        let number = CaseNumber(asked.typed("number").to_uppercase());
        match visit.app.revision(&signed.actor, &number) {
            Ok(_) => return Ok(Answer::GoTo(format!("/cases/{number}"))),
            Err(AppError::NotFound) => {
                asked.reasons.push(Reason::field(Code::WrongType, "number", texts::NO_SUCH_NUMBER));
            }
            Err(error) => return Err(error.into()),
        }
    }
    let found = match asked.reasons.is_empty() && asked.is_any() {
        true => Some(asked.find(visit, signed)?),
        false => None,
    };
    let content = html! {
        h1 { (texts::SEARCH) }
        (summary(&asked.reasons, &title))
        @if asked.choices.workflows.is_empty() {
            p { (texts::NOTHING_TO_SEARCH) }
        } @else {
            (active(&asked))
            @if let Some(page) = &found { (results(visit, &asked, page)) }
            (by_number(&asked))
            (form(&asked))
        }
    };
    Ok(match asked.reasons.is_empty() {
        true => Answer::Page(texts::SEARCH, content),
        false => Answer::Mend(texts::SEARCH, content),
    })
}

fn title(field: &str) -> Option<String> {
    FIELDS.iter().find(|(name, _)| *name == field).map(|(_, title)| (*title).to_owned())
}

/// What was asked.
struct Asked<'a> {
    query: &'a Form,
    choices: SearchChoices,
    filter: Filter,
    reasons: Vec<Reason>,
}

impl<'a> Asked<'a> {
    fn read(query: &'a Form, choices: SearchChoices) -> Asked<'a> {
        let mut asked = Asked { query, choices, filter: Filter::default(), reasons: Vec::new() };
        for field in ["number", "registry_number"] {
            let typed = asked.typed(field);
            if personal_number::contains(typed) {
                asked.reasons.push(Reason::personal_number(field));
            } else if typed.chars().count() > LONGEST {
                asked.wrong(field, Code::TooLong, texts::TOO_LONG_NUMBER);
            }
        }
        let (from, to) = (asked.date("from"), asked.date("to"));
        if from.zip(to).is_some_and(|(from, to)| to < from) {
            asked.wrong("to", Code::WrongType, texts::TO_BEFORE_FROM);
        }
        let status = asked.chosen("status");
        asked.filter = Filter {
            registry_number: asked.text("registry_number"),
            workflow: asked.chosen("workflow"),
            level: asked.chosen("level"),
            category: asked.chosen("category"),
            unit: asked.chosen("unit").map(UnitId),
            ended: status.map(|status| status == "ended"),
            opened_from: from.map(start_of_day),
            opened_before: to.and_then(|to| to.checked_add_days(Days::new(1))).map(start_of_day),
            ..Filter::default()
        };
        asked
    }

    fn typed(&self, field: &str) -> &'a str {
        self.query.get(field).trim()
    }

    fn text(&self, field: &str) -> Option<String> {
        Some(self.typed(field)).filter(|typed| !typed.is_empty()).map(str::to_owned)
    }

    fn wrong(&mut self, field: &str, code: Code, detail: &str) {
        self.reasons.push(Reason::field(code, field, detail));
    }

    fn date(&mut self, field: &str) -> Option<NaiveDate> {
        let typed = self.text(field)?;
        let day = visit::day(&typed);
        if day.is_none() {
            self.wrong(field, Code::WrongType, texts::NO_DATE);
        }
        day
    }

    fn chosen(&mut self, field: &str) -> Option<String> {
        let typed = self.text(field)?;
        if self.title_of(field, &typed).is_none() {
            self.wrong(field, Code::WrongType, texts::NOT_IN_LIST);
            return None;
        }
        Some(typed)
    }

    /// The choices of a field, in groups.
    fn groups(&self, field: &str) -> Vec<Group> {
        let alone = |choices: &[Titled]| vec![(String::new(), choices.to_vec())];
        match field {
            "workflow" => alone(&self.choices.workflows),
            "unit" => alone(&self.choices.units),
            "status" => alone(&STATUSES.map(|(id, title)| (id.to_owned(), title.to_owned()))),
            "level" => self.choices.levels.clone(),
            "category" => self.choices.categories.clone(),
            _ => Vec::new(),
        }
    }

    /// What a value of a field is called.
    fn title_of(&self, field: &str, value: &str) -> Option<String> {
        let groups = self.groups(field);
        let (group, (_, title)) = groups.iter().find_map(|(group, choices)| {
            let choice = choices.iter().find(|(id, _)| id == value)?;
            Some((group, choice))
        })?;
        Some(if group.is_empty() { title.clone() } else { format!("{group}: {title}") })
    }

    /// Whether somebody may ask by a field: all but what could never find her anything.
    fn is_offered(&self, field: &str) -> bool {
        match field {
            "registry_number" => self.choices.registry_number,
            "workflow" | "level" | "category" | "unit" => {
                self.groups(field).iter().any(|(_, choices)| !choices.is_empty())
            }
            _ => true,
        }
    }

    fn is_any(&self) -> bool {
        FIELDS.iter().any(|(field, _)| !self.typed(field).is_empty())
    }

    fn find(&self, visit: &Visit, signed: &Signed) -> Result<Page, Refusal> {
        Ok(visit.app.list_cases(&signed.actor, &self.filter, self.place().as_ref(), A_PAGE)?)
    }

    /// The place in the list that the page begins or ends at.
    fn place(&self) -> Option<Place> {
        self.query.get(PLACE).parse().ok()
    }

    /// The address that asks the same but for one field, at a place in the list.
    fn address(&self, without: &str, at: Option<&Place>) -> String {
        let kept = FIELDS.iter().filter(|(field, _)| *field != without && !self.typed(field).is_empty());
        let kept = kept.map(|(field, _)| (*field, self.typed(field)));
        let at = at.map(|place| (PLACE, place.to_string()));
        let mut pairs = url::form_urlencoded::Serializer::new(String::new());
        let query = pairs.extend_pairs(kept).extend_pairs(at).finish();
        if query.is_empty() { "/search".to_owned() } else { format!("/search?{query}") }
    }
}

/// What is asked, each with the way to ask it no more.
fn active(asked: &Asked) -> Markup {
    let active = FIELDS.iter().filter(|(field, _)| !asked.typed(field).is_empty());
    html! {
        @if asked.is_any() {
            section aria-labelledby="asked" {
                h2 #asked { (texts::ASKED) }
                ul .filters {
                    @for (field, title) in active {
                        @let typed = asked.typed(field);
                        li {
                            span { (title) ": " (asked.title_of(field, typed).unwrap_or_else(|| typed.to_owned())) }
                            a href=(asked.address(field, None)) {
                                (texts::TAKE_AWAY) span .hidden { " " (title) }
                            }
                        }
                    }
                }
                p { a href="/search" { (texts::CLEAR) } }
            }
        }
    }
}

fn results(visit: &Visit, asked: &Asked, page: &Page) -> Markup {
    let there = |place: &Place| asked.address("", Some(place));
    let first = asked.place().map(|_| asked.address("", None));
    html! {
        h2 { (texts::FOUND) }
        @if page.cases.is_empty() {
            p { (if page.next.is_some() { texts::NOT_YET_FOUND } else { texts::NOTHING_FOUND }) }
        }
        (listed(page, &visit.app))
        (pages(first, page.previous.as_ref().map(there), page.next.as_ref().map(there)))
    }
}

/// The way to one case. A form of its own: with a number nothing else is asked.
fn by_number(asked: &Asked) -> Markup {
    html! {
        form .search method="get" action="/search" role="search" {
            (Field::new("number", texts::NUMBER, &asked.reasons).line(Line::Code, asked.query.get("number")))
            button .secondary type="submit" { (texts::FIND) }
        }
    }
}

fn form(asked: &Asked) -> Markup {
    html! {
        form method="get" action="/search" role="search" aria-labelledby="search-by" {
            h2 #search-by { (texts::SEARCH_MORE) }
            p .hint { (texts::NO_FREE_TEXT) }
            (default_button())
            @for (name, title) in FIELDS.iter().filter(|(name, _)| *name != "number" && asked.is_offered(name)) {
                @let field = Field::new(name, title, &asked.reasons);
                @match *name {
                    "registry_number" => (field.line(Line::Code, asked.query.get(name))),
                    "from" | "to" => (field.line(Line::Day, asked.query.get(name))),
                    _ => (field.select(texts::ANY, &asked.groups(name), asked.typed(name))),
                }
            }
            div .buttons {
                button type="submit" { (texts::SEARCH) }
                a href="/" { (texts::TO_LISTS) }
            }
        }
    }
}
