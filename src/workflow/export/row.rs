//! An entry of the log as [`xes`](super::xes) and [`csv`](super::csv) tell it: what happened, when, and in which role; no
//! person, and of what people wrote only what is handed in.

use crate::authz::Seat;
use crate::clock::Timestamp;
use crate::ids::CaseNumber;
use crate::workflow::definition::Definition;
use crate::workflow::log::{Entry, Record};
use crate::workflow::reference::Reference;
use crate::workflow::step::{Act, By};

/// A case and what happened in it.
#[derive(Debug, Clone, PartialEq)]
pub struct CaseRows {
    /// Its number.
    pub number: CaseNumber,
    /// Its workflow.
    pub workflow: String,
    /// The version of that which it follows now, such as 2, or 2+falun@1 under a local agreement.
    pub version: String,
    /// What it ended with.
    pub outcome: Option<String>,
    /// Its entries, room by room.
    pub rows: Vec<Row>,
}

/// An entry.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// Its room.
    pub room: String,
    /// Its number there.
    pub n: u64,
    /// The version of the workflow under which it was made.
    pub version: String,
    /// What it records.
    pub kind: &'static str,
    /// The step, by its id; what stands for one in brackets.
    pub activity: String,
    /// What people call it.
    pub title: String,
    /// Whether the case moved, or a party confirmed or took that back.
    pub act: Option<Act>,
    /// The state before.
    pub from: Option<String>,
    /// The state after.
    pub to: Option<String>,
    /// The role in which it was done, or what did it where no person of the system did.
    pub by: String,
    /// The principal or body for which it was done.
    pub organisation: Option<String>,
    /// When it happened.
    pub happened: Timestamp,
    /// When it was recorded.
    pub recorded: Timestamp,
    /// What was written, by its place in the entry.
    pub texts: Vec<(String, String)>,
}

impl Row {
    /// The entry, with those of its texts that may be told.
    pub fn of(definition: &Definition, entry: &Entry, texts: Vec<(String, String)>) -> Row {
        let step = match &entry.records {
            Record::Step(step) => Some(step),
            Record::Particulars(_) | Record::Note(_) | Record::Document(_) | Record::Removal(_) => None,
        };
        let (kind, recorded) = (entry.kind(), entry.recorded());
        let name = step.map(|step| step.transition.as_str());
        let seat = entry.by().and_then(seat);
        Row {
            room: entry.room.to_string(),
            n: entry.n,
            version: Reference::from(definition).version_text(),
            kind,
            // An id has no brackets: a note is never taken for a step of that name.
            activity: name.map_or_else(|| format!("({kind})"), str::to_owned),
            title: name.and_then(|id| definition.step_title(id)).unwrap_or_default().to_owned(),
            act: step.map(|step| step.act),
            from: step.and_then(|step| step.from.clone()),
            to: step.map(|step| step.to.clone()),
            by: by(entry.by()),
            organisation: seat.and_then(organisation),
            happened: step.map_or(recorded, |step| step.happened),
            recorded,
            texts,
        }
    }
}

fn seat(by: &By) -> Option<&Seat> {
    match by {
        By::Person { seat, .. } => Some(seat),
        By::Deadline { .. } | By::Calendar { .. } | By::Case { .. } => None,
    }
}

fn organisation(seat: &Seat) -> Option<String> {
    let body = seat.body.as_ref().map(|body| body.as_str());
    body.or(seat.principal.as_ref().map(|principal| principal.as_str())).map(str::to_owned)
}

fn by(by: Option<&By>) -> String {
    match by {
        Some(By::Person { seat, .. }) => seat.role.name().to_owned(),
        Some(By::Deadline { .. }) => "deadline".to_owned(),
        Some(By::Calendar { .. }) => "calendar".to_owned(),
        Some(By::Case { .. }) => "case".to_owned(),
        None => "operator".to_owned(),
    }
}
