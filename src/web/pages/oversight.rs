//! What a case's own page says of what is beside it: the ways there, and what was removed.

use maud::{Markup, html};
use serde_json::Value;

use super::parts::value;
use super::texts::oversight as words;
use super::{form, texts};
use crate::app::oversight::Oversight;
use crate::app::view::{CaseView, EntryView, Names, WorkflowView};
use crate::workflow::log::{EXPLANATION, RemovalReason};

/// What was removed, why, and by whom where it was nobody of the case.
pub fn removal(entry: &EntryView, form: &WorkflowView) -> Markup {
    let said = |name: &str| entry.data.get(name).and_then(Value::as_str);
    let title = |path: &str| match path {
        EXPLANATION => Some(words::EXPLANATION.to_owned()),
        path => form::title_within(form.fields.iter(), path),
    };
    let field = said("path").and_then(title);
    html! {
        @if entry.by.is_none() { p .by { (words::OPERATOR) } }
        dl .parts {
            dt { (words::WHAT) }
            dd { (field.as_deref().unwrap_or(texts::NOTE)) @if let Some(n) = entry.about { " (" (words::ENTRY) " " (n) ")" } }
            @if let Some(reason) = said("reason").and_then(RemovalReason::from_name) {
                dt { (words::REASON) }
                dd { (words::reason(reason)) }
            }
            @if let Some(explanation) = entry.data.get(EXPLANATION) {
                dt { (words::EXPLANATION) }
                dd { (value(None, explanation, &Names::default())) }
            }
        }
    }
}

/// The ways to what may be looked into beside the case.
pub fn ways(case: &CaseView, may: Oversight) -> Markup {
    let ways = [
        (may.reads, "reads", words::READERS_SO_FAR),
        (may.log, "log", words::LOG),
        (may.removals, "removals", words::REMOVALS),
    ];
    html! {
        @if ways.iter().any(|(may, ..)| *may) {
            section aria-labelledby="oversight" {
                h2 #oversight { (words::OVERSIGHT) }
                ul .ways {
                    @for (_, page, title) in ways.iter().filter(|(may, ..)| *may) {
                        li { a href={ "/cases/" (case.number) "/" (page) } { (title) } }
                    }
                }
            }
        }
    }
}
