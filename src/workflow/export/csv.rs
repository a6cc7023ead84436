//! The log as CSV (RFC 4180): a row for each entry. A cell that a spreadsheet would take for a formula begins with an
//! apostrophe, which shows it as what it says.

use super::row::{CaseRows, Row};
use crate::workflow::step::Act;

const COLUMNS: [&str; 15] = [
    "case",
    "workflow",
    "version",
    "room",
    "entry",
    "kind",
    "activity",
    "title",
    "act",
    "from",
    "to",
    "role",
    "organisation",
    "happened",
    "recorded",
];

/// The first row; with the column for what people wrote where it is told.
pub fn header(with_texts: bool) -> String {
    line(COLUMNS.iter().copied().chain(with_texts.then_some("texts")).map(str::to_owned))
}

/// The rows of a case.
pub fn rows(case: &CaseRows, with_texts: bool) -> String {
    case.rows.iter().map(|row| line(cells(case, row, with_texts))).collect()
}

fn cells(case: &CaseRows, row: &Row, with_texts: bool) -> impl Iterator<Item = String> {
    let or_none = |value: &Option<String>| value.clone().unwrap_or_default();
    let act = match row.act {
        Some(Act::Transition) => "transition",
        Some(Act::Confirmation) => "confirmation",
        Some(Act::Withdrawal) => "withdrawal",
        Some(Act::Recount) => "recount",
        Some(Act::Migration) => "migration",
        None => "",
    };
    let texts = || row.texts.iter().map(|(path, text)| format!("{path}: {text}")).collect::<Vec<_>>().join("\n");
    let cells = [
        case.number.to_string(),
        case.workflow.clone(),
        row.version.clone(),
        row.room.clone(),
        row.n.to_string(),
        row.kind.to_owned(),
        row.activity.clone(),
        row.title.clone(),
        act.to_owned(),
        or_none(&row.from),
        or_none(&row.to),
        row.by.clone(),
        or_none(&row.organisation),
        row.happened.to_string(),
        row.recorded.to_string(),
    ];
    cells.into_iter().chain(with_texts.then(texts))
}

fn line(cells: impl Iterator<Item = String>) -> String {
    cells.map(|text| cell(&text)).collect::<Vec<_>>().join(",") + "\r\n"
}

/// A cell: quoted where it holds what parts cells, and never a formula.
fn cell(text: &str) -> String {
    let text = harmless(text);
    match text.contains([',', ';', '"', '\r', '\n']) {
        true => format!("\"{}\"", text.replace('"', "\"\"")),
        false => text,
    }
}

/// The text with a mark before whatever a spreadsheet could take for a formula: also where a new line begins, or what would be
/// a new cell to one that parts them at semicolons, as the Swedish ones do.
fn harmless(text: &str) -> String {
    let (mut told, mut begins) = (String::with_capacity(text.len()), true);
    for sign in text.chars() {
        if begins && matches!(sign, '=' | '+' | '-' | '@' | '\t' | '\r') {
            told.push('\'');
        }
        told.push(sign);
        begins = matches!(sign, '\n' | '\r' | '\t' | ';') || begins && matches!(sign, ' ' | '"');
    }
    told
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_and_are_no_formulas() {
        let cells = ["plain", "a,b", "say \"no\"", "two\nlines", "=1+1", "@cmd", "-2,5", "\ttab", "å=1"];
        let told = [
            "plain",
            "\"a,b\"",
            "\"say \"\"no\"\"\"",
            "\"two\nlines\"",
            "'=1+1",
            "'@cmd",
            "\"'-2,5\"",
            "'\ttab",
            "å=1",
        ];
        assert_eq!(cells.map(cell), told);
        assert_eq!(cell("hej;=1+1"), "\"hej;'=1+1\"");
        assert_eq!(cell("hej\n=1+1"), "\"hej\n'=1+1\"");
        assert_eq!(cell("a - b; c"), "\"a - b; c\"");
    }
}
