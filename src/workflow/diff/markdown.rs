//! A diff as Markdown, for a document that people sign.

use std::fmt::Write;

use super::{Diff, Section};

/// The diff as a document.
pub fn markdown(diff: &Diff) -> String {
    let mut text = format!("# {}\n\n{}.\n", diff.heading(), diff.impact.in_swedish());
    if diff.changes.is_empty() {
        text.push_str("\nIngenting ändras.\n");
    }
    let mut heading: Option<Section> = None;
    for change in &diff.changes {
        if heading != Some(change.section) {
            let _ = write!(text, "\n## {}\n\n", change.section.in_swedish());
            heading = Some(change.section);
        }
        let _ = writeln!(text, "- {} *{}.*", escaped(&change.sentence), change.impact.in_swedish());
        for told in change.details() {
            let _ = writeln!(text, "  - {}", escaped(told));
        }
    }
    text
}

/// What a title says is no mark-up.
fn escaped(text: &str) -> String {
    let special = |c: char| matches!(c, '\\' | '`' | '*' | '_' | '<' | '>' | '[' | ']' | '|' | '#');
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if special(c) {
            out.push('\\');
        }
        out.push(if c == '\n' { ' ' } else { c });
    }
    out
}
