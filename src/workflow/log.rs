//! The log's entries: one canonical JSON document each, chained by digest within a case and room.
//!
//! Each room has a chain of its own, so that verifying the shared one tells nothing of the others. An entry names the
//! digest of the one before it; its own digest is that of its document's bytes. Where entries are kept is `store/`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::digest::{canonical, sha256};
use super::input::referenced_text;
use super::step::{By, Step};
use crate::clock::Timestamp;
use crate::ids::{CaseNumber, Digest, DocumentId, PrincipalId};

/// The format of the entries that this program writes.
pub const FORMAT: u32 = 1;

/// A room of a case.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Room {
    /// What both sides read.
    Shared,
    /// What one principal keeps for itself.
    Own(PrincipalId),
}

impl std::fmt::Display for Room {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Room::Shared => f.write_str("shared"),
            Room::Own(principal) => write!(f, "own:{principal}"),
        }
    }
}

impl std::str::FromStr for Room {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.strip_prefix("own:") {
            Some(principal) => Ok(Room::Own(PrincipalId::from(principal))),
            None if text == "shared" => Ok(Room::Shared),
            None => Err(format!("`{text}` is no room")),
        }
    }
}

impl Serialize for Room {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Room {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// One entry.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// The format: 1.
    pub format: u32,
    /// The case.
    pub case: CaseNumber,
    /// The room.
    pub room: Room,
    /// Its place in the room, from 1.
    pub n: u64,
    /// The digest of the entry before it; that of nothing for the first.
    pub previous: Digest,
    /// The definition under which it was made.
    pub definition: Digest,
    /// What it records.
    pub records: Record,
}

/// What an entry records.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Record {
    /// A step of the workflow.
    Step(Box<Step>),
    /// What a step gave for its principal's own room.
    Particulars(Particulars),
    /// A note.
    Note(Note),
    /// A document.
    Document(Attached),
    /// The removal of a text or of a document.
    Removal(Removal),
}

/// What a step gave for its principal's own room, apart from the step itself, which the other side reads.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Particulars {
    /// Who gave it.
    pub by: By,
    /// When.
    pub recorded: Timestamp,
    /// The step's entry in the shared room.
    pub step: u64,
    /// What was given, by field.
    pub data: BTreeMap<String, Value>,
}

/// A note, or the correction of an entry: the entry itself is never changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Note {
    /// Who wrote it.
    pub by: By,
    /// When.
    pub recorded: Timestamp,
    /// The entry of the same room that it corrects.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub corrects: Option<u64>,
    /// The text's digest, in its place.
    pub text: Value,
}

/// A document: what it is and what seals it. Its name and description are texts, its bytes lie apart like them.
///
/// The digest is salted like that of a text: of a document that was removed nobody can find out any more whether it was one
/// that she has a guess at.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attached {
    /// Who attached it.
    pub by: By,
    /// When.
    pub recorded: Timestamp,
    /// Its id.
    pub id: DocumentId,
    /// The digest of its name, in its place.
    pub name: Value,
    /// The digest of what was said of it, in its place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<Value>,
    /// What it is, by its content.
    pub media_type: String,
    /// How many bytes.
    pub size: u64,
    /// SHA-256 of salt and bytes.
    pub content: Digest,
}

/// The path by which the bytes of a document are named, where its name is `name`.
pub const CONTENT: &str = "content";

/// The removal of a text: its words and its salt are gone, the entry that held them stays. Of a document's bytes likewise.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Removal {
    /// Who removed it: an operator, named on the command line.
    pub operator: String,
    /// When.
    pub recorded: Timestamp,
    /// The entry of the same room that held it.
    pub entry: u64,
    /// Where in the entry.
    pub path: String,
    /// The digest that stays in its place.
    pub digest: Digest,
    /// Why, from a fixed list.
    pub reason: RemovalReason,
}

/// Why a text was removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RemovalReason {
    /// Somebody's identity had slipped in.
    Identity,
    /// Disposal by decision (gallring).
    Disposal,
    /// Secrecy.
    Secrecy,
}

impl Entry {
    /// The document: what is stored, and hashed.
    pub fn document(&self) -> String {
        canonical(&serde_json::to_value(self).unwrap_or_default())
    }

    /// The kind, as a column indexes it.
    pub fn kind(&self) -> &'static str {
        match &self.records {
            Record::Step(_) => "step",
            Record::Particulars(_) => "particulars",
            Record::Note(note) if note.corrects.is_some() => "correction",
            Record::Note(_) => "note",
            Record::Document(_) => "document",
            Record::Removal(_) => "removal",
        }
    }

    /// The transition, for a step.
    pub fn transition(&self) -> Option<&str> {
        match &self.records {
            Record::Step(step) => Some(&step.transition),
            Record::Particulars(_) | Record::Note(_) | Record::Document(_) | Record::Removal(_) => None,
        }
    }

    /// The document that it attached.
    pub fn attached(&self) -> Option<&Attached> {
        match &self.records {
            Record::Document(attached) => Some(attached),
            Record::Step(_) | Record::Particulars(_) | Record::Note(_) | Record::Removal(_) => None,
        }
    }

    /// Who or what acted; an operator's removal has no actor of the system.
    pub fn by(&self) -> Option<&By> {
        match &self.records {
            Record::Step(step) => Some(&step.by),
            Record::Particulars(particulars) => Some(&particulars.by),
            Record::Note(note) => Some(&note.by),
            Record::Document(attached) => Some(&attached.by),
            Record::Removal(_) => None,
        }
    }

    /// When it was recorded.
    pub fn recorded(&self) -> Timestamp {
        match &self.records {
            Record::Step(step) => step.recorded,
            Record::Particulars(particulars) => particulars.recorded,
            Record::Note(note) => note.recorded,
            Record::Document(attached) => attached.recorded,
            Record::Removal(removal) => removal.recorded,
        }
    }

    /// The texts that it refers to: digest by path.
    pub fn texts(&self) -> BTreeMap<String, Digest> {
        let mut texts = BTreeMap::new();
        match &self.records {
            Record::Step(step) => step.data.iter().for_each(|(key, value)| collect(key, value, &mut texts)),
            Record::Particulars(particulars) => {
                particulars.data.iter().for_each(|(key, value)| collect(key, value, &mut texts));
            }
            Record::Note(note) => collect("text", &note.text, &mut texts),
            Record::Document(attached) => {
                collect("name", &attached.name, &mut texts);
                attached.description.iter().for_each(|text| collect("description", text, &mut texts));
            }
            Record::Removal(_) => {}
        }
        texts
    }
}

/// The digest of an entry's document: what the next entry names.
pub fn hash(document: &str) -> Digest {
    sha256(document.as_bytes())
}

/// What stands before the first entry of a chain.
pub fn genesis() -> Digest {
    sha256(b"")
}

fn collect(path: &str, value: &Value, texts: &mut BTreeMap<String, Digest>) {
    if let Some(digest) = referenced_text(value) {
        texts.insert(path.to_owned(), Digest::from(digest));
        return;
    }
    match value {
        Value::Object(map) => map.iter().for_each(|(name, part)| collect(&format!("{path}.{name}"), part, texts)),
        Value::Array(items) => {
            (0..).zip(items).for_each(|(at, item): (usize, _)| collect(&format!("{path}.{at}"), item, texts));
        }
        _ => {}
    }
}
