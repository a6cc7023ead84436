//! The log under examination: verify every chain, print its heads, remove a text or a document on record.

mod documents;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::workflows::Known;
use super::{App, AppError};
use crate::ids::{CaseNumber, Digest, hex};
use crate::store::cases::{self, StoredCase, snapshot};
use crate::store::definitions::{self, StoredDefinition};
use crate::store::log::{self, Place, StoredEntry, TextRow};
use crate::store::{self, Db};
use crate::workflow::case::replay;
use crate::workflow::digest::{definition_digest, sha256};
use crate::workflow::input::text_digest;
use crate::workflow::log::{CONTENT, Entry, Record, Removal, RemovalReason, Room, genesis, hash};
use crate::workflow::source;

/// How many cases are verified in one transaction.
const BATCH: i64 = 50;

/// What a verification found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Verified {
    /// How many cases.
    pub cases: u64,
    /// How many entries.
    pub entries: u64,
    /// The removals: texts that are gone on record.
    pub removed: Vec<String>,
    /// What is wrong, each naming its place. Empty where all is well.
    pub problems: Vec<String>,
}

/// The head of one chain, as `log head` prints it and a later `log verify` compares it.
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

/// A text to be removed.
#[derive(Debug, Clone)]
pub struct RemovalOrder {
    /// The case.
    pub number: CaseNumber,
    /// The room.
    pub room: Room,
    /// The entry.
    pub entry: u64,
    /// Where in the entry.
    pub path: String,
    /// Why.
    pub reason: RemovalReason,
    /// Who orders it.
    pub operator: String,
}

impl App {
    /// Verifies every chain, every text, every definition, and that each case is what its log says; and, against heads
    /// that were noted earlier, that nothing has been cut off since. `progress` gets the number of cases so far.
    ///
    /// # Errors
    /// Where the database does not answer. What is wrong with the log is in the answer.
    pub fn verify_log(&self, heads: &[ChainHead], mut progress: impl FnMut(u64)) -> Result<Verified, AppError> {
        let mut verified = Verified::default();
        self.store.read(|db| {
            verified.problems.extend(definitions::all(db)?.iter().filter_map(definition_problem));
            let strays = log::strays(db)?.into_iter().chain(store::documents::strays(db)?);
            verified.problems.extend(strays.map(|stray| format!("{stray}: no such case")));
            Ok::<_, AppError>(())
        })?;
        let mut after: Option<CaseNumber> = None;
        loop {
            let numbers = self.store.read(|db| {
                let numbers = cases::numbers(db, after.as_ref(), BATCH)?;
                for number in &numbers {
                    self.verify_case(db, number, heads, &mut verified)?;
                }
                Ok::<_, AppError>(numbers)
            })?;
            progress(verified.cases);
            match numbers.last() {
                Some(last) => after = Some(last.clone()),
                None => break,
            }
        }
        let known: BTreeSet<_> = self.store.read(all_numbers)?;
        let missing = heads.iter().filter(|head| !known.contains(&head.case));
        verified.problems.extend(missing.map(|head| format!("{}: the case is gone", head.case)));
        Ok(verified)
    }

    fn verify_case(
        &self,
        db: &mut Db,
        number: &CaseNumber,
        heads: &[ChainHead],
        verified: &mut Verified,
    ) -> Result<(), AppError> {
        verified.cases += 1;
        let stored = match cases::by_number(db, number) {
            Ok(stored) => stored.ok_or(AppError::NotFound)?,
            Err(error) => {
                verified.problems.push(format!("{number}: {error}"));
                return Ok(());
            }
        };
        let rows = log::all_entries(db, &stored.id)?;
        let texts = log::all_texts(db, &stored.id)?;
        verified.entries += u64::try_from(rows.len()).unwrap_or(0);
        let mut examination = Examination { number, problems: &mut verified.problems, entries: Vec::new() };
        examination.chains(&rows);
        examination.heads(&log::heads(db, &stored.id)?, heads);
        examination.texts(&texts, &mut verified.removed);
        examination.documents(db, &stored.id, &mut verified.removed)?;
        match self.workflows.of(db, &stored.definition) {
            Ok(known) => examination.state(&known, &stored, &cases::stored_snapshot(db, &stored.id)?),
            Err(error) => examination.problem(&error.to_string()),
        }
        Ok(())
    }

    /// The head of every chain.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub fn chain_heads(&self) -> Result<Vec<ChainHead>, AppError> {
        self.store.read(|db| {
            let mut heads = Vec::new();
            for number in all_numbers(db)? {
                let stored = cases::by_number(db, &number)?.ok_or(AppError::NotFound)?;
                heads.extend(log::heads(db, &stored.id)?.into_iter().map(|head| ChainHead {
                    case: number.clone(),
                    room: head.room,
                    length: head.length,
                    head: head.hash,
                }));
            }
            Ok(heads)
        })
    }

    /// Empties a text and records that it was removed; answers with the entry that says so. With the content of a document,
    /// which is at the path `content`, its name and its description go too, each by an entry of its own.
    ///
    /// # Errors
    /// [`AppError::NotFound`] where there is no such text or document, or it is gone already.
    pub fn remove_text(&self, order: &RemovalOrder) -> Result<u64, AppError> {
        let now = self.now();
        self.store.write(|db| {
            let stored = cases::by_number(db, &order.number)?.ok_or(AppError::NotFound)?;
            let rows = log::entries(db, &stored.id, &order.room, order.entry)?;
            let entry = rows.first().ok_or(AppError::NotFound)?.entry()?;
            let place = Place {
                case_id: &stored.id,
                number: &stored.number,
                room: &order.room,
                definition: &stored.definition,
            };
            let mut said = None;
            for (path, digest) in documents::to_remove(&entry, order) {
                let emptied = match entry.attached().filter(|_| path == CONTENT) {
                    Some(attached) => store::documents::empty(db, &attached.id)?,
                    None => log::empty_text(db, &stored.id, &order.room, order.entry, &path)?,
                };
                if emptied {
                    let (operator, reason) = (order.operator.clone(), order.reason);
                    let removal = Removal { operator, recorded: now, entry: order.entry, path, digest, reason };
                    let tip = log::tip(db, &stored.id, &order.room)?;
                    let n = log::append(db, place, tip, Record::Removal(removal), &[])?;
                    said.get_or_insert(n);
                }
            }
            said.ok_or(AppError::NotFound)
        })
    }
}

fn all_numbers(db: &mut Db) -> Result<BTreeSet<CaseNumber>, AppError> {
    Ok(cases::numbers(db, None, i64::MAX)?.into_iter().collect())
}

fn definition_problem(stored: &StoredDefinition) -> Option<String> {
    let name = format!("definition {} ({}@{})", stored.digest, stored.workflow, stored.version);
    let read = source::read(&name, &stored.text);
    let document = read.root.as_ref().map(source::Node::to_json).unwrap_or_default();
    let says = |key: &str| document.get(key).cloned().unwrap_or_default();
    if definition_digest(&document).0 != stored.digest || sha256(stored.text.as_bytes()).0 != stored.text_hash {
        return Some(format!("{name}: the text has been changed"));
    }
    let fits = says("workflow") == stored.workflow.as_str() && says("version") == stored.version;
    (!fits).then(|| format!("{name}: the columns do not say what the text says"))
}

/// The examination of one case.
struct Examination<'a> {
    number: &'a CaseNumber,
    problems: &'a mut Vec<String>,
    entries: Vec<Entry>,
}

impl Examination<'_> {
    fn problem(&mut self, what: &str) {
        self.problems.push(format!("{}: {what}", self.number));
    }

    fn entry_problem(&mut self, room: &str, n: i64, what: &str) {
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

fn removal_key(entry: &Entry) -> Option<(Room, u64, String, Digest)> {
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

fn unhex(text: &str) -> Option<Vec<u8>> {
    let pairs = (0..text.len()).step_by(2);
    pairs.map(|at| u8::from_str_radix(text.get(at..at + 2)?, 16).ok()).collect()
}
