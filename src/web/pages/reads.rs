//! The read log: who of one's own people has read a case, and what the people of a principal have read.

use maud::{Markup, html};

use super::field::{Field, Line};
use super::parts::{moment, pages, summary};
use super::texts::{self, oversight as words};
use super::visit::{self, Form, Visit};
use super::{Answer, Outcome};
use crate::app::reads::{ReadPage, ReadView, ReadsOf};
use crate::app::sessions::Signed;
use crate::ids::{PersonId, is_made_here};
use crate::workflow::rejection::{Code, Reason};

/// The row after which a page begins.
const AFTER: &str = "after";

/// Who has read a case.
pub fn of_case(visit: &Visit, signed: &Signed) -> Outcome {
    let number = visit.number()?;
    let page = visit.app.reads_of_case(&signed.actor, &number, after(visit))?;
    Ok(Answer::Page(
        texts::READS,
        html! {
            p { a href={ "/cases/" (number) } { (number) } }
            h1 { (words::READERS_SO_FAR) }
            p { (words::ONLY_YOURS) }
            p .hint { (words::WHAT_A_LINE_IS) }
            (rows(&page, false))
            (ways(visit, &page, &format!("/cases/{number}/reads"), &[]))
        },
    ))
}

/// What the people of a principal have read.
pub fn of_staff(visit: &Visit, signed: &Signed) -> Outcome {
    let staff = visit.app.staff(&signed.actor)?;
    let (of, reasons) = asked(&visit.query);
    let page = match reasons.is_empty() {
        true => visit.app.reads_by_staff(&signed.actor, &of, after(visit))?,
        false => ReadPage { reads: Vec::new(), next: None },
    };
    let kept: Vec<_> = visit.query.pairs().iter().filter(|(name, _)| name != AFTER).cloned().collect();
    let shown = html! {
        (summary(&reasons, &|_| None))
        h1 { (texts::READS) }
        p { (words::ONLY_YOURS) }
        p .hint { (words::WHAT_A_LINE_IS) }
        (narrow(&visit.query, &staff, &reasons))
        @if reasons.is_empty() { (rows(&page, true)) (ways(visit, &page, "/reads", &kept)) }
    };
    Ok(if reasons.is_empty() { Answer::Page(texts::READS, shown) } else { Answer::Mend(texts::READS, shown) })
}

fn after(visit: &Visit) -> Option<&str> {
    Some(visit.query.get(AFTER)).filter(|after| is_made_here(after))
}

/// What she asked for, and what of it is no day or no period.
fn asked(query: &Form) -> (ReadsOf, Vec<Reason>) {
    let mut reasons = Vec::new();
    let mut day = |name: &str| match query.get(name).trim() {
        "" => None,
        text => {
            let day = visit::day(text);
            reasons.extend(day.is_none().then(|| Reason::field(Code::WrongType, name, words::NO_DAY)));
            day
        }
    };
    let (from, until) = (day("from"), day("until"));
    if from.zip(until).is_some_and(|(from, until)| until < from) {
        reasons.push(Reason::field(Code::WrongType, "until", words::BACKWARDS));
    }
    let person = Some(query.get("person")).filter(|person| !person.is_empty()).map(PersonId::from);
    (ReadsOf { person, from, until }, reasons)
}

fn narrow(query: &Form, staff: &[(PersonId, String)], reasons: &[Reason]) -> Markup {
    let staff = staff.iter().map(|(id, name)| (id.0.clone(), name.clone())).collect();
    let who = Field::new("person", words::WHO, reasons);
    html! {
        form .narrow method="get" action="/reads" {
            (who.select(words::EVERYBODY, &[(String::new(), staff)], query.get("person")))
            @for (name, title) in [("from", words::FROM), ("until", words::UNTIL)] {
                (Field::new(name, title, reasons).line(Line::Day, query.get(name)))
            }
            button .secondary type="submit" { (words::NARROW) }
        }
    }
}

fn rows(page: &ReadPage, of_many: bool) -> Markup {
    html! {
        @if page.reads.is_empty() { p { (words::NO_READS) } }
        ul .reads { @for read in &page.reads { li { (row(read, of_many)) } } }
    }
}

fn row(read: &ReadView, of_many: bool) -> Markup {
    html! {
        span .when { (moment(read.at)) }
        strong { (read.name) }
        @for (role, organisations) in &read.held { span { (role.title()) ", " (organisations.join(", ")) } }
        span {
            (words::read(&read.what))
            @if of_many { " " a href={ "/cases/" (read.number) } { (read.number) } }
        }
    }
}

fn ways(visit: &Visit, page: &ReadPage, address: &str, kept: &[(String, String)]) -> Markup {
    let there = |after: Option<&str>| {
        let mut pairs = url::form_urlencoded::Serializer::new(String::new());
        pairs.extend_pairs(kept).extend_pairs(after.map(|after| (AFTER, after)));
        format!("{address}?{}", pairs.finish())
    };
    pages(after(visit).map(|_| there(None)), None, page.next.as_deref().map(|next| there(Some(next))))
}
