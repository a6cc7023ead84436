//! The log as XES (IEEE 1849-2016), which tools for process mining read: a trace for each case, an event for each entry.
//!
//! The activity is the step's id, as in the exports of definitions, so that a log can be replayed on its model. A joint step
//! begins with the first confirmation and is complete with the last. Who did it is told as a role of an organisation.

use super::row::{CaseRows, Row};
use super::xml::{Element, declaration};
use crate::workflow::step::Act;

/// The extensions: name and prefix of each.
const EXTENSIONS: [(&str, &str); 4] =
    [("Concept", "concept"), ("Lifecycle", "lifecycle"), ("Time", "time"), ("Organizational", "org")];

/// What stands before the traces.
pub fn opening() -> String {
    let log = "<log xes.version=\"1849-2016\" xes.features=\"\" xmlns=\"http://www.xes-standard.org/\">\n";
    let extensions = EXTENSIONS.iter().map(|(name, prefix)| {
        let uri = format!("http://www.xes-standard.org/{prefix}.xesext");
        Element::new("extension").with("name", name).with("prefix", prefix).with("uri", uri)
    });
    let global = |scope, attributes: Vec<Element>| Element::new("global").with("scope", scope).holding(attributes);
    let of_trace = vec![string("concept:name", ""), string("workflow", ""), string("version", "")];
    let of_event = vec![
        string("concept:name", ""),
        string("lifecycle:transition", "complete"),
        attribute("date", "time:timestamp", "1970-01-01T00:00:00Z"),
        string("org:role", ""),
    ];
    let globals = [global("trace", of_trace), global("event", of_event)];
    let classifier = Element::new("classifier").with("name", "Activity").with("keys", "concept:name");
    let parts = extensions.chain(globals).chain([classifier]);
    declaration() + log + &parts.map(|part| part.text()).collect::<String>()
}

/// A case.
pub fn trace(case: &CaseRows) -> String {
    let of_case = [string("concept:name", &case.number), string("workflow", &case.workflow)];
    let outcome = case.outcome.as_ref().map(|outcome| string("outcome", outcome));
    let trace = Element::new("trace").holding(of_case).holding([string("version", &case.version)]).holding(outcome);
    trace.holding(case.rows.iter().map(event)).text()
}

/// What stands after them.
pub fn closing() -> &'static str {
    "</log>\n"
}

fn event(row: &Row) -> Element {
    let lifecycle = match row.act {
        Some(Act::Confirmation) => "start",
        Some(Act::Withdrawal) => "withdraw",
        Some(Act::Transition | Act::Recount | Act::Migration) | None => "complete",
    };
    let optional = [
        ("org:group", &row.organisation),
        ("from", &row.from),
        ("to", &row.to),
        ("title", &Some(row.title.clone()).filter(|title| !title.is_empty())),
    ];
    let optional: Vec<_> = optional.into_iter().filter_map(|(key, value)| Some(string(key, value.as_ref()?))).collect();
    let texts = row
        .texts
        .iter()
        .map(|(path, text)| Element::new("string").with("key", format!("text {path}")).with("value", text));
    Element::new("event")
        .holding([
            string("concept:name", &row.activity),
            string("lifecycle:transition", lifecycle),
            attribute("date", "time:timestamp", row.happened),
            string("org:role", &row.by),
        ])
        .holding(optional)
        .holding([
            string("kind", row.kind),
            string("version", &row.version),
            string("room", &row.room),
            attribute("int", "entry", row.n),
            attribute("date", "recorded", row.recorded),
        ])
        .holding(texts)
}

fn string(key: &'static str, value: impl ToString) -> Element {
    attribute("string", key, value)
}

fn attribute(kind: &'static str, key: &'static str, value: impl ToString) -> Element {
    Element::new(kind).with("key", key).with("value", value)
}
