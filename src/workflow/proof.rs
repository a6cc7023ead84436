//! Whether a log is what was written: each chain whole, each text the one that its entry seals, what is gone gone on record.
//!
//! What is examined is handed in as it is kept, whether in a database (`app::log`) or in a file (`bundle`).

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::history::step_of;
use super::input::{content_digest, text_digest};
use super::log::{CONTENT, Entry, Record, Room, genesis, hash};
use super::step::Step;
use crate::ids::{CaseNumber, Digest, hex};

/// The head of one chain, noted to be compared later.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChainHead {
    /// The case.
    pub case: CaseNumber,
    /// The room.
    pub room: Room,
    /// How many entries.
    pub length: u64,
    /// The digest of the last.
    pub head: Digest,
}

/// An entry as it is kept.
#[derive(Debug, Clone, Copy)]
pub struct KeptEntry<'a> {
    /// The room.
    pub room: &'a str,
    /// Its place in the room.
    pub n: i64,
    /// The document.
    pub document: &'a str,
    /// What is said to be the document's digest.
    pub hash: &'a str,
}

/// What an entry seals, as it is kept apart from it; without salt and content once it was removed.
#[derive(Debug, Clone, Copy)]
pub struct Kept<'a, T: ?Sized> {
    /// The entry's room.
    pub room: &'a str,
    /// The entry's place in the room.
    pub n: i64,
    /// The salt in hexadecimal.
    pub salt: Option<&'a str>,
    /// The text, or the bytes of a document.
    pub content: Option<&'a T>,
}

/// A removal: the entry that held the content, where in it, and the digest that stays there.
type Removed = (Room, u64, String, Digest);

/// The examination of one case's log.
#[derive(Debug)]
pub struct Proof {
    case: CaseNumber,
    /// The entries that could be read.
    pub entries: Vec<Entry>,
    /// What is wrong, each naming its place.
    pub problems: Vec<String>,
    /// What is gone on record.
    pub removed: Vec<String>,
    removals: BTreeSet<Removed>,
}

impl Proof {
    /// Examines the chains: entries in the order of their rooms and places. `fits` says whether what is kept beside an entry
    /// says what the entry says.
    pub fn of_chains<'a>(
        case: &CaseNumber,
        rows: impl Iterator<Item = KeptEntry<'a>>,
        fits: impl Fn(usize, &Entry) -> bool,
    ) -> Proof {
        let mut proof = Proof {
            case: case.clone(),
            entries: Vec::new(),
            problems: Vec::new(),
            removed: Vec::new(),
            removals: BTreeSet::new(),
        };
        let mut ends: BTreeMap<&str, (i64, Digest)> = BTreeMap::new();
        for (at, row) in rows.enumerate() {
            let (last, head) = ends.get(row.room).cloned().unwrap_or_else(|| (0, genesis()));
            let next = last.saturating_add(1);
            if row.n != next || row.n == i64::MAX {
                proof.entry_problem(row.room, next, "the entry is missing");
            }
            let digest = hash(row.document);
            if digest.0 != row.hash {
                proof.entry_problem(row.room, row.n, "the document does not have the digest that the column says");
            }
            match serde_json::from_str(row.document) {
                Ok(entry) => proof.entry(row, entry, &head, |entry| fits(at, entry)),
                Err(_) => proof.entry_problem(row.room, row.n, "the document cannot be read"),
            }
            ends.insert(row.room, (row.n, digest));
        }
        proof.removals = proof.entries.iter().filter_map(removal).collect();
        proof
    }

    fn entry(&mut self, row: KeptEntry<'_>, entry: Entry, head: &Digest, fits: impl FnOnce(&Entry) -> bool) {
        if entry.document() != row.document {
            self.entry_problem(row.room, row.n, "the document is not in canonical form");
        }
        if entry.previous != *head {
            self.entry_problem(row.room, row.n, "it does not follow the entry before it");
        }
        let is_there =
            entry.case == self.case && entry.room.to_string() == row.room && i64::try_from(entry.n) == Ok(row.n);
        if !is_there || !fits(&entry) {
            self.entry_problem(row.room, row.n, "the columns do not say what the document says");
        }
        self.entries.push(entry);
    }

    /// Examines whether the heads of this case that were noted earlier are still there, so that nothing was cut off or
    /// replaced since.
    pub fn noted(&mut self, heads: &[ChainHead]) {
        let digests = self.entries.iter().map(|entry| ((entry.room.clone(), entry.n), hash(&entry.document())));
        let digests: BTreeMap<(Room, u64), Digest> = digests.collect();
        let case = self.case.clone();
        for head in heads.iter().filter(|head| head.case == case) {
            if digests.get(&(head.room.clone(), head.length)) != Some(&head.head) {
                let what = format!("{} entry {}: it is not what was noted earlier", head.room, head.length);
                self.problem(&what);
            }
        }
    }

    /// Examines the texts: each that an entry refers to, and no other.
    pub fn texts<'a>(&mut self, rows: impl Iterator<Item = (&'a str, Kept<'a, str>)>) {
        let mut expected: BTreeMap<(String, i64, String), Digest> = BTreeMap::new();
        for entry in &self.entries {
            let texts = entry.texts().into_iter();
            expected.extend(texts.map(|(path, digest)| ((entry.room.to_string(), place(entry), path), digest)));
        }
        for (path, row) in rows {
            let what = format!("text {path}");
            match expected.remove(&(row.room.to_owned(), row.n, path.to_owned())) {
                None => self.entry_problem(row.room, row.n, &format!("{what}: no entry refers to it")),
                Some(digest) => {
                    let seal = |salt: &[u8], text: &str| text_digest(salt, text);
                    self.content(row, &what, (path, &digest), seal);
                }
            }
        }
        for (room, n, path) in expected.keys() {
            self.entry_problem(room, *n, &format!("text {path}: it is missing"));
        }
    }

    /// Examines the bytes of the document that has this digest.
    pub fn document(&mut self, row: Kept<'_, [u8]>, digest: &Digest) {
        self.content(row, "document", (CONTENT, digest), content_digest);
    }

    fn content<T: ?Sized>(
        &mut self,
        row: Kept<'_, T>,
        what: &str,
        (path, digest): (&str, &Digest),
        seal: impl FnOnce(&[u8], &T) -> Digest,
    ) {
        match (row.salt, row.content) {
            (None, None) => self.gone(row.room, row.n, what, (path, digest)),
            (Some(salt), Some(content)) if unhex(salt).is_some_and(|salt| seal(&salt, content) == *digest) => {}
            _ => self.entry_problem(row.room, row.n, &format!("{what}: it has been changed")),
        }
    }

    /// What is gone may be, where an entry says so.
    pub fn gone(&mut self, room: &str, n: i64, what: &str, (path, digest): (&str, &Digest)) {
        let removal = room.parse().ok().zip(u64::try_from(n).ok());
        let removal = removal.map(|(room, n)| (room, n, path.to_owned(), digest.clone()));
        match removal.is_some_and(|removal| self.removals.contains(&removal)) {
            true => self.removed.push(format!("{} {room} entry {n} {what}", self.case)),
            false => self.entry_problem(room, n, &format!("{what}: it is gone, and no entry says so")),
        }
    }

    /// The definitions under which the case began and to which it went over, by digest, each with the digest of its text,
    /// where the log says.
    pub fn sealed(&self) -> Vec<(&Digest, Option<&Digest>)> {
        self.entries.iter().filter_map(|entry| Some((&entry.definition, sealed(step_of(entry)?)?))).collect()
    }

    /// Tells of something wrong with the case as a whole.
    pub fn problem(&mut self, what: &str) {
        self.problems.push(format!("{}: {what}", self.case));
    }

    /// Tells of something wrong with an entry.
    pub fn entry_problem(&mut self, room: &str, n: i64, what: &str) {
        self.problems.push(format!("{} {room} entry {n}: {what}", self.case));
    }
}

/// An entry's place in its room, as databases count.
pub fn place(entry: &Entry) -> i64 {
    i64::try_from(entry.n).unwrap_or(i64::MAX)
}

fn removal(entry: &Entry) -> Option<Removed> {
    match &entry.records {
        Record::Removal(removal) => {
            Some((entry.room.clone(), removal.entry, removal.path.clone(), removal.digest.clone()))
        }
        Record::Step(_) | Record::Particulars(_) | Record::Note(_) | Record::Document(_) => None,
    }
}

/// The digest of a definition's text that the first step under it names.
fn sealed(step: &Step) -> Option<Option<&Digest>> {
    let opened = step.opened.as_ref().map(|opened| opened.text.as_ref());
    opened.or_else(|| step.migrated.as_ref().map(|migrated| Some(&migrated.text)))
}

/// The bytes, where these are their hexadecimal digits as we write them.
pub(super) fn unhex(text: &str) -> Option<Vec<u8>> {
    let pairs = (0..text.len()).step_by(2);
    let bytes: Vec<u8> = pairs.map(|at| u8::from_str_radix(text.get(at..at + 2)?, 16).ok()).collect::<Option<_>>()?;
    (hex(&bytes) == text).then_some(bytes)
}
