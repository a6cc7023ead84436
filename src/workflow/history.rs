//! The definitions under which the entries of one case were made: one, until the case goes over to another version. Each
//! entry is read by its own. Where definitions are kept is the caller's business.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::case::{BrokenLog, Made};
use super::definition::Definition;
use super::log::{Entry, Record, Room};
use super::step::{Act, Step};
use crate::ids::Digest;

/// Definitions by digest.
#[derive(Debug, Clone, Default)]
pub struct Definitions(BTreeMap<Digest, Arc<Definition>>);

impl Definitions {
    /// Knows one more.
    pub fn add(&mut self, digest: Digest, definition: Arc<Definition>) {
        self.0.insert(digest, definition);
    }

    /// The definition of that digest.
    pub fn get(&self, digest: &Digest) -> Option<&Definition> {
        self.0.get(digest).map(Arc::as_ref)
    }

    /// The definition under which an entry was made.
    ///
    /// # Errors
    /// Where it is not known.
    pub fn of(&self, entry: &Entry) -> Result<&Definition, BrokenLog> {
        let unknown = || BrokenLog { entry: entry.n, what: "its definition is missing".to_owned() };
        self.get(&entry.definition).ok_or_else(unknown)
    }

    /// The steps among entries, those of the shared room, each with its definition: what a case is replayed from.
    ///
    /// # Errors
    /// Where a definition is not known.
    pub fn steps<'a>(&'a self, entries: impl IntoIterator<Item = &'a Entry>) -> Result<Vec<Made<'a>>, BrokenLog> {
        let shared = entries.into_iter().filter_map(|entry| Some((entry, step_of(entry)?)));
        shared.map(|(entry, step)| Ok(Made { entry: entry.n, definition: self.of(entry)?, step })).collect()
    }
}

/// The step that an entry of the shared room records.
pub fn step_of(entry: &Entry) -> Option<&Step> {
    match &entry.records {
        Record::Step(step) if entry.room == Room::Shared => Some(step),
        _ => None,
    }
}

/// The entries that were made under another definition than the case's at that time: it changes with a migration, and with
/// nothing else. Of a principal's own room, those under one that the case never had. Then the definition that the case has now.
pub fn strays(entries: &[Entry]) -> (Vec<&Entry>, Option<&Digest>) {
    let mut present: Option<&Digest> = None;
    let mut had = Vec::new();
    let mut strays = Vec::new();
    for entry in entries.iter().filter(|entry| entry.room == Room::Shared) {
        let migrates = step_of(entry).is_some_and(|step| step.act == Act::Migration);
        if present.is_none() || migrates {
            present = Some(&entry.definition);
            had.push(&entry.definition);
        } else if present != Some(&entry.definition) {
            strays.push(entry);
        }
    }
    strays.extend(entries.iter().filter(|entry| entry.room != Room::Shared && !had.contains(&&entry.definition)));
    (strays, present)
}
