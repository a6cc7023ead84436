//! Removal of content: what of a case an archivist can remove, the question whether she means it, and doing it.

use maud::{Markup, html};

use super::form::{self, Shown};
use super::parts::{csrf, key, moment, summary, tag, told};
use super::texts::{self, oversight as words};
use super::visit::{KEY, Visit};
use super::{Answer, Outcome};
use crate::app::AppError;
use crate::app::removals::{RemovableView, RemovalOrder};
use crate::app::sessions::Signed;
use crate::app::view::{FieldForm, Names, OptionView};
use crate::web::error::Refusal;
use crate::workflow::definition::FieldKind;
use crate::workflow::log::{EXPLANATION, RemovalReason, Room};
use crate::workflow::rejection::{Class, Code, Reason};

/// The reason, from the list.
const REASON: &str = "reason";

/// What can be removed.
pub fn list(visit: &Visit, signed: &Signed) -> Outcome {
    let number = visit.number()?;
    let removable = visit.app.removable(&signed.actor, &number)?;
    Ok(Answer::Page(
        words::REMOVALS,
        html! {
            @if visit.query.has("done") { (told(words::IS_REMOVED)) }
            p { a href={ "/cases/" (number) } { (number) } }
            h1 { (words::REMOVALS) }
            p { (words::REMOVALS_HELP) }
            @if removable.is_empty() { p { (words::NOTHING_TO_REMOVE) } }
            @for text in &removable {
                section {
                    (standing(text))
                    p .ways { a href=(address(visit, text)) { (words::REMOVE_THIS) " " span .hidden { (title(text)) } } }
                }
            }
        },
    ))
}

/// The question.
pub fn show(visit: &Visit, signed: &Signed) -> Outcome {
    let text = find(visit, signed)?;
    Ok(Answer::Page(words::REMOVALS, question(visit, signed, &text, &[])))
}

/// Does it.
pub fn remove(visit: &Visit, signed: &Signed) -> Outcome {
    let number = visit.number()?;
    let done = Ok(Answer::GoTo(format!("/cases/{number}/removals?done")));
    let sent = visit.key();
    let Some(reason) = RemovalReason::from_name(visit.form.get(REASON)) else {
        let reasons = [Reason::field(Code::Required, REASON, words::NO_REASON)];
        return Ok(Answer::Mend(words::REMOVALS, question(visit, signed, &find(visit, signed)?, &reasons)));
    };
    let (room, entry) = place(visit)?;
    let order = RemovalOrder { number, room, entry, path: visit.part("path").to_owned(), reason };
    match visit.app.remove_content(&signed.actor, &order, visit.form.get(EXPLANATION), sent.as_ref()) {
        Ok(_) => done,
        Err(AppError::Rejected(rejection)) if rejection.class() == Class::Invalid => {
            let text = find(visit, signed)?;
            Ok(Answer::Mend(words::REMOVALS, question(visit, signed, &text, &rejection.reasons)))
        }
        Err(error) => Err(error.into()),
    }
}

/// The text that the address names.
fn find(visit: &Visit, signed: &Signed) -> Result<RemovableView, Refusal> {
    let (room, entry) = place(visit)?;
    let removable = visit.app.removable(&signed.actor, &visit.number()?)?;
    let named = |text: &RemovableView| text.room == room && text.entry == entry && text.path == visit.part("path");
    Ok(removable.into_iter().find(named).ok_or(AppError::NotFound)?)
}

fn place(visit: &Visit) -> Result<(Room, u64), AppError> {
    let room = visit.part("room").parse().map_err(|_| AppError::NotFound)?;
    let entry = visit.part("entry").parse().map_err(|_| AppError::NotFound)?;
    Ok((room, entry))
}

fn address(visit: &Visit, text: &RemovableView) -> String {
    format!("/cases/{}/removals/{}/{}/{}", visit.part("number"), text.room, text.entry, text.path)
}

fn title(text: &RemovableView) -> &str {
    text.field.as_deref().unwrap_or(&text.title)
}

/// A text, and where it stands.
fn standing(text: &RemovableView) -> Markup {
    html! {
        h2 { (title(text)) @if text.room != Room::Shared { " " (tag("own", texts::OWN_ROOM)) } }
        p .by {
            (words::STANDS_IN) " ”" (text.title) "”, " (moment(text.recorded))
            @if let Some(name) = &text.by { ", " (name) }
        }
        p .written { (text.text) }
    }
}

fn question(visit: &Visit, signed: &Signed, text: &RemovableView, reasons: &[Reason]) -> Markup {
    let number = visit.part("number");
    let back = format!("/cases/{number}/removals");
    let names = Names::default();
    html! {
        p { a href=(back) { (words::REMOVALS) } }
        (summary(reasons, &|_| None))
        h1 { (words::REMOVE_QUESTION) }
        section aria-label=(words::GOES) { (standing(text)) }
        p .warning { strong { (words::FOR_GOOD) } }
        p { (words::STAYS) }
        form method="post" action=(address(visit, text)) {
            (csrf(signed))
            (key(visit.form.get(KEY), || visit.app.ids.secret()))
            (form::fields(&fields(), &Shown { typed: &visit.form, reasons, names: &names }))
            div .buttons {
                button .danger type="submit" { (words::REMOVE) }
                a href=(back) { (texts::CANCEL) }
            }
        }
    }
}

/// The fields of the question.
fn fields() -> [(FieldForm, bool); 2] {
    let option = |reason: RemovalReason| OptionView {
        id: reason.name().to_owned(),
        title: words::reason(reason).to_owned(),
        help: None,
        group: None,
    };
    let field = |id: &str, title: &str, kind| FieldForm {
        id: id.to_owned(),
        title: title.to_owned(),
        label: title.to_owned(),
        help: None,
        kind,
        options: Vec::new(),
        parts: Vec::new(),
        required_if: None,
        must_be: None,
        not_before: None,
        one_line: None,
        dates_step: false,
        optional: false,
        own_room: false,
    };
    let reason =
        FieldForm { options: RemovalReason::ALL.map(option).into(), ..field(REASON, words::REASON, FieldKind::Choice) };
    let explanation = FieldForm {
        help: Some(words::EXPLANATION_HELP.to_owned()),
        optional: true,
        ..field(EXPLANATION, words::EXPLANATION, FieldKind::Text)
    };
    [(reason, true), (explanation, false)]
}
