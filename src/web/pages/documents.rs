//! Documents of a case: the list on its page, the form that attaches one, and the download.

use std::collections::BTreeMap;

use maud::{Markup, html};
use serde_json::Value;

use super::field::Field;
use super::parts::{self, anchor, csrf, key, moment, summary, tag};
use super::texts::{self, documents as words};
use super::visit::{KEY, Visit};
use super::{Answer, Outcome};
use crate::app::AppError;
use crate::app::documents::media::Media;
use crate::app::documents::{DESCRIPTION, DocumentCommand, FILE, too_large};
use crate::app::notes::NoteRoom;
use crate::app::sessions::Signed;
use crate::app::view::{CaseView, DocumentView, Names};
use crate::ids::DocumentId;
use crate::web::error::Refusal;
use crate::workflow::rejection::{Class, Code, Reason};

/// The field that says which room.
const ROOM: &str = "room";

/// The form.
pub fn show(visit: &Visit, signed: &Signed) -> Outcome {
    let number = visit.number()?;
    match visit.app.may_attach(&signed.actor, &number)? {
        true => Ok(Answer::Page(words::ATTACH, page(visit, signed, &[]))),
        false => Err(AppError::Forbidden.into()),
    }
}

/// Attaches a document, or gives the form back with what was typed. A file no browser takes back.
pub fn attach(visit: &Visit, signed: &Signed) -> Outcome {
    let number = visit.number()?;
    if !visit.app.may_attach(&signed.actor, &number)? {
        return Err(AppError::Forbidden.into());
    }
    let again = |reasons: &[Reason]| Ok(Answer::Mend(words::ATTACH, page(visit, signed, reasons)));
    let file = match &visit.file {
        None => return again(&[Reason::field(Code::Required, FILE, words::NO_FILE)]),
        Some(file) if file.too_large => return again(&[too_large()]),
        Some(file) => file.clone(),
    };
    let room = if visit.form.get(ROOM) == "shared" { NoteRoom::Shared } else { NoteRoom::Own };
    let description = visit.form.get(DESCRIPTION).to_owned();
    let command = DocumentCommand { number: number.clone(), room, name: file.name, description, bytes: file.bytes };
    match visit.app.attach_document(&signed.actor, &command, visit.key().as_ref()) {
        Ok(_) => Ok(Answer::GoTo(format!("/cases/{number}?done#documents"))),
        Err(AppError::Rejected(rejection)) if rejection.class() == Class::Invalid => again(&rejection.reasons),
        Err(error) => Err(error.into()),
    }
}

/// The document itself.
pub fn download(visit: &Visit, signed: &Signed) -> Outcome {
    let number = visit.number()?;
    Ok(Answer::File(visit.app.document(&signed.actor, &number, &DocumentId::from(visit.part("id")))?))
}

fn page(visit: &Visit, signed: &Signed, reasons: &[Reason]) -> Markup {
    let back = format!("/cases/{}", visit.part("number"));
    let title = |field: &str| match field {
        FILE => Some(words::FILE.to_owned()),
        DESCRIPTION => Some(words::DESCRIPTION.to_owned()),
        _ => None,
    };
    html! {
        p { a href=(back) { (visit.part("number")) } }
        (summary(reasons, &title))
        h1 { (words::ATTACH) }
        p .lead { (words::ATTACH_HELP) }
        form method="post" enctype="multipart/form-data" action={ (back) "/documents" } {
            (csrf(signed))
            (key(visit.form.get(KEY), || visit.app.ids.secret()))
            (file(reasons))
            (description(visit, reasons))
            (rooms(visit))
            div .buttons {
                button type="submit" { (words::ATTACH) }
                a href=(back) { (texts::CANCEL) }
            }
        }
    }
}

fn file(reasons: &[Reason]) -> Markup {
    let again = format!("{} {}", words::FILE_HELP, words::CHOOSE_AGAIN);
    let hint = if reasons.is_empty() { words::FILE_HELP } else { &again };
    let field = Field::new(FILE, words::FILE, reasons).hint(Some(hint));
    field.around(&html! {
        input #(anchor(FILE)) type="file" name=(FILE) accept=(accepted()) aria-describedby=[field.described()]
            aria-invalid=[field.invalid()];
    })
}

/// What a browser offers first. What is taken, the content says.
fn accepted() -> String {
    let endings = Media::ALL.iter().flat_map(|media| media.endings());
    endings.map(|ending| format!(".{ending}")).collect::<Vec<_>>().join(",")
}

fn description(visit: &Visit, reasons: &[Reason]) -> Markup {
    let field = Field::new(DESCRIPTION, words::DESCRIPTION, reasons).hint(Some(words::DESCRIPTION_HELP)).optional(true);
    field.area(2, visit.form.get(DESCRIPTION))
}

fn rooms(visit: &Visit) -> Markup {
    let shared = visit.form.get(ROOM) == "shared";
    html! {
        fieldset .field {
            legend { (words::DOCUMENT_ROOM) }
            @for (room, title, picked) in [("own", texts::NOTE_OWN, !shared), ("shared", texts::NOTE_SHARED, shared)] {
                div .choice {
                    input id={ "f-room-" (room) } type="radio" name=(ROOM) value=(room) checked[picked];
                    label for={ "f-room-" (room) } { (title) }
                }
            }
        }
    }
}

/// The documents on the page of their case.
pub fn section(visit: &Visit, signed: &Signed, case: &CaseView) -> Result<Markup, Refusal> {
    let may_attach = visit.app.may_attach(&signed.actor, &case.number)?;
    Ok(html! {
        @if may_attach || !case.documents.is_empty() {
            section aria-labelledby="documents" {
                h2 #documents { (words::DOCUMENTS) }
                @if case.documents.is_empty() { p { (words::NO_DOCUMENTS) } }
                ul .documents { @for document in &case.documents { (self::document(case, document)) } }
                @if may_attach {
                    p { a .step href={ "/cases/" (case.number) "/documents" } { (words::ATTACH) } }
                }
            }
        }
    })
}

fn document(case: &CaseView, document: &DocumentView) -> Markup {
    let name = document.name.as_deref().unwrap_or(words::DOCUMENT_REMOVED);
    let who = document.by.as_ref().map(|by| by.name.as_ref().or(by.organisation.as_ref()));
    html! {
        li {
            @if document.removed { em { (name) } } @else {
                a .document href={ "/cases/" (case.number) "/documents/" (document.id) } { (name) }
            }
            p .hint {
                (words::media(&document.media_type)) ", " (words::size(document.size)) ". "
                (moment(document.attached))
                @if let Some(Some(who)) = who { ", " (who) }
                @if document.own_room { " " (tag("own", texts::OWN_ROOM)) }
                @if document.carried { " " (tag("carried", words::CARRIED)) }
            }
            @if let Some(description) = &document.description { p .written { (description) } }
        }
    }
}

/// A document where it was attached, in what has happened.
pub fn line(data: &BTreeMap<String, Value>, names: &Names) -> Markup {
    let text = |path: &str| data.get(path).and_then(Value::as_str);
    html! {
        p { (parts::document(text("document").unwrap_or_default(), names)) }
        @if let Some(description) = text(DESCRIPTION) { p .written { (description) } }
    }
}
