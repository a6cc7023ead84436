//! The examination of one case: whether its chains hold, its texts are those that were written, and its state is what the
//! log says. Of all its rooms, or only of those that somebody reads: of another's nothing is said then.

use std::collections::{BTreeMap, BTreeSet};

use super::{ChainHead, Verified};
use crate::app::workflows::Known;
use crate::app::{App, AppError};
use crate::ids::{CaseNumber, Digest, hex};
use crate::store::Db;
use crate::store::cases::{self, StoredCase, snapshot};
use crate::store::definitions;
use crate::store::log::{self, StoredEntry, TextRow};
use crate::workflow::case::replay;
use crate::workflow::input::text_digest;
use crate::workflow::log::{Entry, Record, Room, genesis, hash};

/// Examines the rooms of a case that are to be looked at; answers with their entries as they are stored.
pub(super) fn examine(
    app: &App,
    db: &mut Db,
    stored: &StoredCase,
    is_looked_at: &dyn Fn(&str) -> bool,
    noted: &[ChainHead],
    verified: &mut Verified,
) -> Result<Vec<StoredEntry>, AppError> {
    let mut rows = log::all_entries(db, &stored.id)?;
    let mut texts = log::all_texts(db, &stored.id)?;
    let mut heads = log::heads(db, &stored.id)?;
    rows.retain(|row| is_looked_at(&row.room));
    texts.retain(|text| is_looked_at(&text.room));
    heads.retain(|head| is_looked_at(&head.room.to_string()));
    let mut examination = Examination { number: &stored.number, problems: &mut verified.problems, entries: Vec::new() };
    examination.chains(&rows);
    examination.heads(&heads, noted);
    examination.texts(&texts, &mut verified.removed);
    examination.documents(db, &stored.id, is_looked_at, &mut verified.removed)?;
    examination.words(db, &stored.definition)?;
    match app.workflows.of(db, &stored.definition) {
        Ok(known) => examination.state(&known, stored, &cases::stored_snapshot(db, &stored.id)?),
        Err(error) => examination.problem(&error.to_string()),
    }
    Ok(rows)
}

/// The examination of one case.
pub(super) struct Examination<'a> {
    /// The case.
    pub(super) number: &'a CaseNumber,
    problems: &'a mut Vec<String>,
    pub(super) entries: Vec<Entry>,
}

impl Examination<'_> {
    fn problem(&mut self, what: &str) {
        self.problems.push(format!("{}: {what}", self.number));
    }

    pub(super) fn entry_problem(&mut self, room: &str, n: i64, what: &str) {
        self.problems.push(format!("{} {room} entry {n}: {what}", self.number));
    }

    fn chains(&mut self, rows: &[StoredEntry]) {
        let mut previous: BTreeMap<&str, (i64, Digest)> = BTreeMap::new();
        for row in rows {
            let (last, head) = previous.get(row.room.as_str()).cloned().unwrap_or_else(|| (0, genesis()));
            if row.n != last + 1 {
                self.entry_problem(&row.room, last + 1, "the entry is missing");
            }
            let digest = hash(&row.document);
            if digest.0 != row.hash {
                self.entry_problem(&row.room, row.n, "the document does not have the digest that the column says");
            }
            match row.entry() {
                Ok(entry) => self.entry(row, entry, &head),
                Err(_) => self.entry_problem(&row.room, row.n, "the document cannot be read"),
            }
            previous.insert(&row.room, (row.n, digest));
        }
    }

    fn entry(&mut self, row: &StoredEntry, entry: Entry, head: &Digest) {
        if entry.document() != row.document {
            self.entry_problem(&row.room, row.n, "the document is not in canonical form");
        }
        if entry.previous != *head {
            self.entry_problem(&row.room, row.n, "it does not follow the entry before it");
        }
        let person = entry.by().and_then(|by| by.person()).map(|person| person.as_str());
        let columns = entry.case == *self.number
            && entry.room.to_string() == row.room
            && i64::try_from(entry.n) == Ok(row.n)
            && entry.kind() == row.kind
            && entry.transition() == row.transition.as_deref()
            && person == row.person_id.as_deref()
            && entry.recorded().naive_utc() == row.recorded_at;
        if !columns {
            self.entry_problem(&row.room, row.n, "the columns do not say what the document says");
        }
        self.entries.push(entry);
    }

    /// Whether the chains end where the database and the heads noted earlier say.
    fn heads(&mut self, present: &[log::Head], noted: &[ChainHead]) {
        let mut ends: BTreeMap<Room, (u64, Digest)> = BTreeMap::new();
        let mut digests: BTreeMap<(Room, u64), Digest> = BTreeMap::new();
        for entry in &self.entries {
            let digest = hash(&entry.document());
            ends.insert(entry.room.clone(), (entry.n, digest.clone()));
            digests.insert((entry.room.clone(), entry.n), digest);
        }
        for head in present {
            if ends.remove(&head.room) != Some((head.length, head.hash.clone())) {
                let what = format!("the chain does not end with entry {} as the database says", head.length);
                self.problem(&format!("{}: {what}", head.room));
            }
        }
        for room in ends.keys() {
            self.problem(&format!("{room}: the chain has no head"));
        }
        for head in noted.iter().filter(|head| head.case == *self.number) {
            if digests.get(&(head.room.clone(), head.length)) != Some(&head.head) {
                self.problem(&format!("{} entry {}: it is not what was noted earlier", head.room, head.length));
            }
        }
    }

    fn texts(&mut self, rows: &[TextRow], removed: &mut Vec<String>) {
        let removals: BTreeSet<(Room, u64, String, Digest)> = self.entries.iter().filter_map(removal_key).collect();
        let mut expected: BTreeMap<(String, i64, String), Digest> = BTreeMap::new();
        for entry in &self.entries {
            let n = i64::try_from(entry.n).unwrap_or(i64::MAX);
            let texts = entry.texts().into_iter();
            expected.extend(texts.map(|(path, digest)| ((entry.room.to_string(), n, path), digest)));
        }
        for row in rows {
            let place = format!("text {}", row.path);
            let Some(digest) = expected.remove(&(row.room.clone(), row.n, row.path.clone())) else {
                self.entry_problem(&row.room, row.n, &format!("{place}: no entry refers to it"));
                continue;
            };
            match text_state(row, &digest) {
                TextState::Intact => {}
                TextState::Changed => self.entry_problem(&row.room, row.n, &format!("{place}: it has been changed")),
                TextState::Empty => {
                    let room = row.room.parse().unwrap_or(Room::Shared);
                    let n = u64::try_from(row.n).unwrap_or(0);
                    match removals.contains(&(room, n, row.path.clone(), digest)) {
                        true => removed.push(format!("{} {} entry {} {place}", self.number, row.room, row.n)),
                        false => {
                            self.entry_problem(&row.room, row.n, &format!("{place}: it is gone, and no entry says so"))
                        }
                    }
                }
            }
        }
        for (room, n, path) in expected.keys() {
            self.entry_problem(room, *n, &format!("text {path}: it is missing"));
        }
    }

    /// What the definition says to people is what it said when the case began: its own digest leaves words out.
    fn words(&mut self, db: &mut Db, definition: &Digest) -> Result<(), AppError> {
        let opened = self.entries.iter().find_map(|entry| match &entry.records {
            Record::Step(step) => step.opened.as_ref(),
            _ => None,
        });
        let Some(text) = opened.and_then(|opened| opened.text.clone()) else { return Ok(()) };
        let kept = definitions::by_digest(db, definition)?;
        if kept.is_some_and(|kept| kept.text_hash != text.0) {
            self.problem(&format!("the text of the definition {definition} is not the one under which the case began"));
        }
        Ok(())
    }

    fn state(&mut self, known: &Known, stored: &StoredCase, bytes: &str) {
        let steps = self.entries.iter().filter_map(|entry| match &entry.records {
            Record::Step(step) if entry.room == Room::Shared => Some((entry.n, step.as_ref())),
            _ => None,
        });
        match replay(&known.definition, steps) {
            Ok(Some(case)) if snapshot(&case) == *bytes => {}
            Ok(_) => self.problem("the stored state is not what the log says"),
            Err(broken) => self.problem(&broken.to_string()),
        }
        let foreign: Vec<_> =
            self.entries.iter().filter(|entry| entry.definition != stored.definition).map(|entry| entry.n).collect();
        for n in foreign {
            self.problem(&format!("entry {n}: it was made under another definition than the case's"));
        }
    }
}

pub(super) fn removal_key(entry: &Entry) -> Option<(Room, u64, String, Digest)> {
    match &entry.records {
        Record::Removal(removal) => {
            Some((entry.room.clone(), removal.entry, removal.path.clone(), removal.digest.clone()))
        }
        Record::Step(_) | Record::Particulars(_) | Record::Note(_) | Record::Document(_) => None,
    }
}

enum TextState {
    Intact,
    Changed,
    Empty,
}

fn text_state(row: &TextRow, digest: &Digest) -> TextState {
    match (&row.salt, &row.text) {
        (None, None) => TextState::Empty,
        (Some(salt), Some(text)) => match unhex(salt) {
            Some(bytes) if hex(&bytes) == *salt && text_digest(&bytes, text) == *digest => TextState::Intact,
            _ => TextState::Changed,
        },
        _ => TextState::Changed,
    }
}

pub(super) fn unhex(text: &str) -> Option<Vec<u8>> {
    let pairs = (0..text.len()).step_by(2);
    pairs.map(|at| u8::from_str_radix(text.get(at..at + 2)?, 16).ok()).collect()
}
