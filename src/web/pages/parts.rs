//! What pages are made of: tags, dates, values, the error summary, entries of a timeline.

use chrono::NaiveDate;
use maud::{Markup, html};
use serde_json::Value;

use super::texts;
use super::visit::{CSRF, KEY, Visit};
use crate::app::sessions::Signed;
use crate::app::view::{FieldForm, FieldView, Names, ProductView, TransitionView, WorkflowView};
use crate::calendar::{in_words, local_date};
use crate::clock::Timestamp;
use crate::workflow::definition::{FieldKind, StepKind};
use crate::workflow::rejection::Reason;

/// The field that proves that a form is ours.
pub fn csrf(signed: &Signed) -> Markup {
    html! { input type="hidden" name=(CSRF) value=(signed.csrf); }
}

/// The field by which a form that is sent twice is known: as it was sent, or a new one.
pub fn key(sent: &str, fresh: impl FnOnce() -> String) -> Markup {
    let key = if sent.is_empty() { fresh() } else { sent.to_owned() };
    html! { input type="hidden" name=(KEY) value=(key); }
}

/// What the enter key presses: the first button of a form, which may hold others that only ask for another row.
pub fn default_button() -> Markup {
    html! { button .hidden type="submit" tabindex="-1" aria-hidden="true" { (texts::GO_ON) } }
}

/// What must be mended, each with a link to its field, whose title it names where it does not itself. The focus begins
/// here: there is no script that could move it.
pub fn summary(reasons: &[Reason], title: &dyn Fn(&str) -> Option<String>) -> Markup {
    let told = |field: &str, detail: &str| match title(field) {
        Some(title) if !detail.contains(&title) => format!("{title}: {detail}"),
        _ => detail.to_owned(),
    };
    html! {
        @if !reasons.is_empty() {
            div .summary role="alert" aria-labelledby="mend" tabindex="-1" autofocus {
                h2 #mend { (texts::MEND) }
                ul {
                    @for reason in reasons {
                        li {
                            @match &reason.field {
                                Some(field) => a href={ "#" (anchor(field)) } { (told(field, &reason.detail)) },
                                None => (reason.detail),
                            }
                        }
                    }
                }
            }
        }
    }
}

/// That things are not as she left them, with the focus.
pub fn warning(told: &str) -> Markup {
    html! { p .warning role="alert" tabindex="-1" autofocus { (told) } }
}

/// What was done, at the head of the page that follows.
pub fn told(what: impl maud::Render) -> Markup {
    html! { div .told role="status" { (what) } }
}

/// That it is done, where the address says so.
pub fn done(visit: &Visit) -> Markup {
    html! { @if visit.query.has("done") { (told(texts::DONE)) } }
}

/// The id of a field on its page.
pub fn anchor(field: &str) -> String {
    format!("f-{field}")
}

/// A tag.
pub fn tag(class: &str, words: &str) -> Markup {
    html! { span class={ "tag " (class) } { (words) } }
}

/// What kind of act a step is, where that matters: a proposal is no decision.
pub fn kind(kind: StepKind) -> Markup {
    let (class, words) = match kind {
        StepKind::Event => return html! {},
        StepKind::Statement => ("statement", texts::STATEMENT),
        StepKind::Proposal => ("proposal", texts::PROPOSAL),
        StepKind::Decision => ("decision", texts::DECISION),
        StepKind::Recommendation => ("recommendation", texts::RECOMMENDATION),
        StepKind::Commission => ("commission", texts::COMMISSIONED),
        StepKind::Acceptance => ("acceptance", texts::ACCEPTANCE),
    };
    tag(class, words)
}

/// An instant as people here say it.
pub fn moment(at: Timestamp) -> Markup {
    let here = at.utc().with_timezone(&crate::calendar::ZONE);
    html! { time datetime=(at) { (in_words(local_date(at))) " kl. " (here.format("%H:%M")) } }
}

/// A day.
pub fn day(date: NaiveDate) -> Markup {
    html! { time datetime=(date) { (in_words(date)) } }
}

/// A value as people read it, by what kind of field it is.
pub fn value(field: Option<&FieldForm>, value: &Value, names: &Names) -> Markup {
    let kind = field.map_or(FieldKind::Text, |field| field.kind);
    let option = |id: &str| {
        let options = field.map(|field| field.options.as_slice()).unwrap_or_default();
        options.iter().find(|option| option.id == id).map_or_else(|| names.of(id), |option| option.title.clone())
    };
    html! {
        @match value {
            Value::Object(map) if map.contains_key("removed") => em { (texts::REMOVED) },
            Value::Object(map) => {
                dl .parts {
                    @for form in field.map(|field| field.parts.as_slice()).unwrap_or_default() {
                        @if let Some(inner) = map.get(&form.id) {
                            dt { (form.label) }
                            dd { (self::value(Some(form), inner, names)) }
                        }
                    }
                }
            }
            Value::Array(items) if kind == FieldKind::List => {
                ol { @for item in items { li { (self::value(field, item, names)) } } }
            }
            Value::Array(items) if kind == FieldKind::Documents => {
                ul { @for id in items.iter().filter_map(Value::as_str) { li { (document(id, names)) } } }
            }
            Value::Array(items) => ul { @for item in items { li { (option(item.as_str().unwrap_or_default())) } } },
            Value::Bool(yes) => (if *yes { texts::YES } else { texts::NO }),
            Value::String(text) => @match kind {
                FieldKind::Date => (text.parse().map_or_else(|_| text.clone(), in_words)),
                FieldKind::Text | FieldKind::Proposal | FieldKind::Statement => p .written { (text) },
                _ => (option(text)),
            },
            scalar => (scalar.to_string()),
        }
    }
}

/// Values of a case, each by its title, and whose it is where each party has its own.
pub fn given(fields: &[FieldView], form: &WorkflowView, names: &Names) -> Markup {
    html! { dl .summary-list { (given_rows(fields, &[], form, names)) } }
}

/// The same as rows of a list that holds more,
/// and what is computed of them, each behind the last value that it is computed of.
pub fn given_rows(fields: &[FieldView], products: &[ProductView], form: &WorkflowView, names: &Names) -> Markup {
    let last = |product: &ProductView| fields.iter().rposition(|field| product.of.contains(&field.field));
    html! {
        @for (at, field) in fields.iter().enumerate() {
            @let form = form.fields.iter().find(|form| form.id == field.field);
            dt { (field.title) @if let Some(whose) = &field.principal { " - " (names.of(whose.as_str())) } }
            dd { (value(form, &field.value, names)) }
            @for product in products.iter().filter(|product| last(product) == Some(at)) {
                dt { (product.title) }
                dd {
                    (texts::out_of(product.value, product.most))
                    @if let Some(help) = &product.help { br; span .hint { (help) } }
                }
            }
        }
    }
}

/// A document that something names, as the way to it; of a removed one only that it was one.
pub fn document(id: &str, names: &Names) -> Markup {
    html! {
        @match (&names.case, names.documents.get(id)) {
            (Some(case), Some(name)) => a .document href={ "/cases/" (case) "/documents/" (id) } { (name) },
            _ => em { (texts::documents::DOCUMENT_REMOVED) },
        }
    }
}

/// Puts what answers and decides before what only happens, such as a withdrawal.
pub fn acts_first(steps: &mut [&TransitionView]) {
    steps.sort_by_key(|step| step.kind == StepKind::Event);
}

/// A step that may be taken, as the way to its form.
pub fn step_link(number: &str, step: &TransitionView) -> Markup {
    html! {
        a .step href={ "/cases/" (number) "/steps/" (step.id) } { (step.title) }
        (kind(step.kind))
        @if let Some(help) = &step.help { p .hint { (help) } }
    }
}

/// The ways through a list that goes on over pages: to its first, back, and on.
pub fn pages(first: Option<String>, previous: Option<String>, next: Option<String>) -> Markup {
    let ways = [
        (first, texts::FIRST_PAGE, None),
        (previous, texts::PREVIOUS_PAGE, Some("prev")),
        (next, texts::MORE, Some("next")),
    ];
    html! {
        @if ways.iter().any(|(way, ..)| way.is_some()) {
            nav .pages aria-label=(texts::PAGES) {
                ul {
                    @for (way, title, rel) in ways {
                        @if let Some(way) = way { li { a href=(way) rel=[rel] { (title) } } }
                    }
                }
            }
        }
    }
}

/// The way up.
pub fn up(address: &str, title: &str) -> Markup {
    html! { p { a href=(address) { (title) } } }
}

/// From which day until which, in words.
pub fn span(from: Option<NaiveDate>, until: Option<NaiveDate>) -> String {
    texts::admin::span(from.map(in_words), until.map(in_words))
}
