//! The log of one case: each entry with its digest, and whether the log is what was written.

use maud::{Markup, html};

use super::parts::{moment, told};
use super::texts::oversight as words;
use super::visit::Visit;
use super::{Answer, Outcome};
use crate::app::log::{CaseLog, LogLine};
use crate::app::sessions::Signed;

/// The page.
pub fn show(visit: &Visit, signed: &Signed) -> Outcome {
    let log = visit.app.case_log(&signed.actor, &visit.number()?)?;
    let (shared, own): (Vec<_>, Vec<_>) = log.entries.iter().partition(|line| line.is_shared);
    Ok(Answer::Page(
        words::LOG,
        html! {
            p { a href={ "/cases/" (log.number) } { (log.number) } }
            h1 { (words::LOG) }
            (verdict(&log))
            p { (words::LOG_HELP) }
            (lines(words::SHARED_ENTRIES, "shared", &shared))
            (lines(words::OWN_ENTRIES, "own", &own))
            section aria-labelledby="bundle" {
                h2 #bundle { (words::BUNDLE) }
                p { (words::BUNDLE_HELP) }
                p { a href={ "/cases/" (log.number) "/bundle" } { (words::BUNDLE_SHARED) } }
                @if !own.is_empty() {
                    p { a href={ "/cases/" (log.number) "/bundle?own=1" } { (words::BUNDLE_OWN) } }
                }
            }
        },
    ))
}

/// The case as a file that can be verified elsewhere.
pub fn bundle(visit: &Visit, signed: &Signed) -> Outcome {
    let own = visit.query.get("own") == "1";
    Ok(Answer::File(visit.app.case_bundle(&signed.actor, &visit.number()?, own)?.download()))
}

fn verdict(log: &CaseLog) -> Markup {
    html! {
        @if log.is_sound {
            (told(html! { p { strong { (words::SOUND) } " " (words::SOUND_HELP) } }))
        } @else {
            div .summary role="alert" { p { strong { (words::BROKEN) } " " (words::BROKEN_HELP) } }
        }
        @if log.removed > 0 { p { (words::removed(log.removed)) } }
    }
}

fn lines(title: &str, id: &str, lines: &[&LogLine]) -> Markup {
    html! {
        @if !lines.is_empty() {
            section aria-labelledby=(id) {
                h2 #(id) { (title) }
                ol .log {
                    @for line in lines {
                        li {
                            strong { (words::ENTRY) " " (line.n) ": " (line.step.as_deref().unwrap_or(words::kind(&line.kind))) }
                            span .when { (moment(line.recorded)) }
                            span .hash { (words::HASH) " " code { (line.hash.as_str()) } }
                        }
                    }
                }
            }
        }
    }
}
