//! Beginning a case: what kind, and against whom; then its draft goes on part by part.

use std::collections::BTreeMap;

use maud::{Markup, html};
use serde_json::{Map, Value, json};

use super::form;
use super::parts::{csrf, key, summary};
use super::visit::{Form, KEY, Visit};
use super::{Answer, Outcome, texts};
use crate::app::AppError;
use crate::app::cases::Registration;
use crate::app::drafts::DraftFor;
use crate::app::sessions::Signed;
use crate::app::view::{Copied, FieldForm, OptionView, SideView, StartForm};
use crate::ids::{CaseNumber, PrincipalId};
use crate::texts::order::by_name;
use crate::workflow::definition::FieldKind;
use crate::workflow::engine::Happened;
use crate::workflow::rejection::{Code, Reason};

/// The old case that a new one is a copy of.
pub const COPY: &str = "copy";

/// What she may begin.
pub fn choose(visit: &Visit, signed: &Signed) -> Outcome {
    let starts = visit.app.starts(&signed.actor)?;
    Ok(Answer::Page(
        texts::REGISTER,
        html! {
            h1 { (texts::REGISTER) }
            @if starts.is_empty() { p { (texts::NOTHING_TO_REGISTER) } }
            @for choice in &starts {
                @let address = format!("/register/{}/{}", choice.workflow, choice.start.id);
                section {
                    h2 {
                        @if choice.asks_whom { a href=(address) { (choice.start.title) } } @else { (choice.start.title) }
                    }
                    @if let Some(help) = &choice.help { p { (help) } }
                    @if let Some(help) = &choice.start.help { p .hint { (help) } }
                    @if !choice.asks_whom { (begin_at_once(visit, signed, &address, &choice.start.title)) }
                }
            }
        },
    ))
}

/// A draft is begun at once where nobody needs to be named: the page that asks for it would be empty.
fn begin_at_once(visit: &Visit, signed: &Signed, address: &str, title: &str) -> Markup {
    html! {
        form method="post" action=(address) {
            (csrf(signed))
            (key("", || visit.app.ids.secret()))
            button .secondary type="submit" { (texts::steps::BEGIN) " " span .hidden { (title) } }
        }
    }
}

/// Against whom.
pub fn whom(visit: &Visit, signed: &Signed) -> Outcome {
    let start = start_form(visit, signed, &Map::new())?;
    let parties = copied(visit, signed, visit.query.get(COPY))?.map(|copied| copied.parties).unwrap_or_default();
    let pairs = parties.iter().flat_map(|(side, ids)| ids.iter().map(move |id| (side.clone(), id.0.clone())));
    Ok(Answer::Page(texts::REGISTER, whom_page(visit, signed, &start, &Form::of(pairs.collect()), &[])))
}

/// Begins the draft.
pub fn begin(visit: &Visit, signed: &Signed) -> Outcome {
    let start = start_form(visit, signed, &Map::new())?;
    let chosen = |side: &SideView| -> Vec<String> {
        visit.form.all(&side.id).filter(|id| !id.is_empty()).map(str::to_owned).collect()
    };
    let missing = start.sides.iter().filter(|side| side.id != start.own && chosen(side).is_empty());
    let missing: Vec<_> =
        missing.map(|side| Reason::field(Code::Parties, &side.id, &texts::name_a(&side.title))).collect();
    let parties: BTreeMap<_, _> = start.sides.iter().map(|side| (side.id.clone(), chosen(side))).collect();
    let wrong = if missing.is_empty() { unfit(visit, signed, &parties)? } else { missing };
    if !wrong.is_empty() {
        return Ok(Answer::Mend(texts::REGISTER, whom_page(visit, signed, &start, &visit.form, &wrong)));
    }
    let origins: Vec<_> = visit.form.all("from").filter(|number| !number.is_empty()).collect();
    let data = copied(visit, signed, visit.form.get(COPY))?.map(|copied| copied.data).unwrap_or_default();
    let content = json!({ "parties": parties, "origins": origins, "data": data });
    let content = content.as_object().cloned().unwrap_or_default();
    let what = DraftFor { workflow: visit.part("workflow").to_owned(), start: visit.part("start").to_owned() };
    let draft = visit.app.keep_draft(&signed.actor, &what, &content, visit.key().as_ref())?;
    Ok(Answer::GoTo(format!("/drafts/{}/1", draft.id)))
}

/// Why a case cannot be against these: told before she has written anything else.
fn unfit(visit: &Visit, signed: &Signed, parties: &BTreeMap<String, Vec<String>>) -> Result<Vec<Reason>, AppError> {
    let ids = |ids: &Vec<String>| ids.iter().cloned().map(PrincipalId).collect();
    let registration = Registration {
        workflow: visit.part("workflow").to_owned(),
        start: visit.part("start").to_owned(),
        happened: Happened::Now,
        parties: parties.iter().map(|(side, chosen)| (side.clone(), ids(chosen))).collect(),
        origins: Vec::new(),
        given: Map::new(),
        draft: None,
    };
    let reasons = visit.app.check_registration(&signed.actor, &registration)?.into_iter();
    let of_parties = reasons.filter_map(|mut reason| {
        let side = reason.field.as_deref()?.strip_prefix("parties.")?.to_owned();
        reason.field = Some(side);
        Some(reason)
    });
    Ok(of_parties.collect())
}

/// What the new case takes over from the old one of this number, if any is named.
fn copied(visit: &Visit, signed: &Signed, number: &str) -> Result<Option<Copied>, AppError> {
    match number {
        "" => Ok(None),
        number => {
            let (workflow, start) = (visit.part("workflow"), visit.part("start"));
            visit.app.copy_of(&signed.actor, &CaseNumber::from(number), workflow, start).map(Some)
        }
    }
}

fn start_form(visit: &Visit, signed: &Signed, given: &Map<String, Value>) -> Result<StartForm, AppError> {
    visit.app.start_form(&signed.actor, (visit.part("workflow"), visit.part("start")), &[], given)
}

fn whom_page(visit: &Visit, signed: &Signed, start: &StartForm, typed: &Form, reasons: &[Reason]) -> Markup {
    let from = visit.query.all("from").chain(visit.form.all("from"));
    let copy = [visit.query.get(COPY), visit.form.get(COPY)].into_iter().find(|number| !number.is_empty());
    let shown = form::Shown { typed, reasons, names: &start.names };
    let sides: Vec<_> = start.sides.iter().map(|side| (side_field(side, start), side.id != start.own)).collect();
    html! {
        (summary(reasons, &|_| None))
        p .kicker { (start.title) }
        h1 { (start.start.title) }
        @if let Some(help) = &start.start.help { p .lead { (help) } }
        form method="post" action={ "/register/" (visit.part("workflow")) "/" (visit.part("start")) } {
            (csrf(signed))
            (key(visit.form.get(KEY), || visit.app.ids.secret()))
            @for number in from {
                input type="hidden" name="from" value=(number);
                p { (texts::GROWS_OUT_OF) " " (number) "." }
            }
            @if let Some(number) = copy {
                input type="hidden" name=(COPY) value=(number);
                p { (texts::COPY_OF) " " (number) ". " (texts::COPY_HELP) }
            }
            (form::fields(&sides, &shown))
            button type="submit" { (texts::GO_ON) }
        }
    }
}

/// A side as a field: one principal, or as many as are ticked.
fn side_field(side: &SideView, start: &StartForm) -> FieldForm {
    let option =
        |(id, title): (&String, &String)| OptionView { id: id.clone(), title: title.clone(), help: None, group: None };
    let mut options: Vec<_> = start.names.principals.iter().map(option).collect();
    options.sort_by_cached_key(|option| by_name(&option.title));
    FieldForm {
        id: side.id.clone(),
        title: side.title.clone(),
        label: side.title.clone(),
        help: None,
        kind: if side.several { FieldKind::Choices } else { FieldKind::Principal },
        options,
        parts: Vec::new(),
        required_if: None,
        must_be: None,
        not_before: None,
        one_line: None,
        dates_step: false,
        optional: false,
        own_room: false,
    }
}
