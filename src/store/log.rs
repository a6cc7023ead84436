//! The log: entries, the texts beside them, and the head of each chain.

use std::collections::BTreeMap;

use diesel::prelude::*;

use super::schema::{chains, entries, lists, texts};
use super::{Db, StoreError};
use crate::ids::{CaseId, CaseNumber, Digest, hex};
use crate::workflow::input::StoredText;
use crate::workflow::log::{Entry, FORMAT, Record, Room, genesis, hash};

/// An entry as it is stored, its columns unread: for whoever verifies them.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct StoredEntry {
    /// The case's id.
    pub case_id: String,
    /// The room.
    pub room: String,
    /// Its place in the room.
    pub n: i64,
    /// The kind.
    pub kind: String,
    /// The transition.
    pub transition: Option<String>,
    /// The person.
    pub person_id: Option<String>,
    /// When it was recorded, UTC.
    pub recorded_at: chrono::NaiveDateTime,
    /// The document.
    pub document: String,
    /// The digest of the document.
    pub hash: String,
}

impl StoredEntry {
    /// The entry that the document holds.
    ///
    /// # Errors
    /// Where the document is none of ours.
    pub fn entry(&self) -> Result<Entry, StoreError> {
        serde_json::from_str(&self.document).map_err(|error| {
            StoreError::Corrupt(format!("entry {} of {} cannot be read: {error}", self.n, self.case_id))
        })
    }
}

/// A text as it is stored; salt and text are empty once it was removed.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct TextRow {
    /// The case's id.
    pub case_id: String,
    /// The room.
    pub room: String,
    /// The entry.
    pub n: i64,
    /// Where in the entry.
    pub path: String,
    /// The salt in hexadecimal.
    pub salt: Option<String>,
    /// The text.
    pub text: Option<String>,
}

/// The head of a chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// The room.
    pub room: Room,
    /// How many entries.
    pub length: u64,
    /// The digest of the last.
    pub hash: Digest,
}

/// Where an entry goes.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    /// The case.
    pub case_id: &'a CaseId,
    /// Its number.
    pub number: &'a CaseNumber,
    /// The room.
    pub room: &'a Room,
    /// The definition that the case runs under.
    pub definition: &'a Digest,
}

/// The heads of a case's chains, by room.
pub fn heads(db: &mut Db, case: &CaseId) -> Result<Vec<Head>, StoreError> {
    let rows = chains::table
        .filter(chains::case_id.eq(&case.0))
        .order(chains::room)
        .select((chains::room, chains::length, chains::head))
        .load::<(String, i64, String)>(db)?;
    rows.into_iter().map(|(room, length, hash)| head(&room, length, hash)).collect()
}

fn head(room: &str, length: i64, hash: String) -> Result<Head, StoreError> {
    let room = room.parse().map_err(StoreError::Corrupt)?;
    let length = u64::try_from(length).map_err(|error| StoreError::Corrupt(error.to_string()))?;
    Ok(Head { room, length, hash: Digest(hash) })
}

/// The end of a room's chain, on which the next entry builds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tip {
    length: i64,
    head: Digest,
}

impl Tip {
    pub(super) fn new(length: i64, head: String) -> Tip {
        Tip { length, head: Digest(head) }
    }

    /// The end of a chain that has no entry.
    pub fn empty() -> Tip {
        Tip { length: 0, head: genesis() }
    }

    /// The number that the next entry will have.
    pub fn next_entry(&self) -> u64 {
        u64::try_from(self.length).unwrap_or(0) + 1
    }
}

/// The end of a room's chain, which nobody else moves while this transaction lasts. That of a case's shared room comes with
/// the case (`cases::lock`).
pub fn tip(db: &mut Db, case: &CaseId, room: &Room) -> Result<Tip, StoreError> {
    let chain = chains::table.find((&case.0, room.to_string())).select((chains::length, chains::head));
    let row: Option<(i64, String)> = match db {
        Db::Sqlite(sqlite) => chain.get_result(sqlite).optional()?,
        Db::Postgres(postgres) => chain.for_no_key_update().get_result(postgres).optional()?,
    };
    Ok(row.map_or_else(Tip::empty, |(length, head)| Tip::new(length, head)))
}

/// Appends an entry and its texts to a room's chain that ends with `tip`; answers with the entry's number.
///
/// # Errors
/// [`StoreError::Conflict`] where somebody else appended first.
pub fn append(db: &mut Db, place: Place, tip: Tip, records: Record, stored: &[StoredText]) -> Result<u64, StoreError> {
    let room = place.room.to_string();
    let n = tip.next_entry();
    let row_n = tip.length + 1;
    let entry = Entry {
        format: FORMAT,
        case: place.number.clone(),
        room: place.room.clone(),
        n,
        previous: tip.head,
        definition: place.definition.clone(),
        records,
    };
    let document = entry.document();
    let digest = hash(&document);
    move_head(db, place, &room, tip.length, &digest)?;
    let values = (
        entries::case_id.eq(&place.case_id.0),
        entries::room.eq(&room),
        entries::n.eq(row_n),
        entries::kind.eq(entry.kind()),
        entries::transition.eq(entry.transition()),
        entries::person_id.eq(entry.by().and_then(|by| by.person()).map(|person| person.as_str())),
        entries::recorded_at.eq(entry.recorded().naive_utc()),
        entries::document.eq(&document),
        entries::hash.eq(&digest.0),
    );
    diesel::insert_into(entries::table).values(values).execute(db)?;
    store_texts(db, place, &room, row_n, stored)?;
    Ok(n)
}

fn move_head(db: &mut Db, place: Place, room: &str, length: i64, digest: &Digest) -> Result<(), StoreError> {
    if length == 0 {
        let values = (
            chains::case_id.eq(&place.case_id.0),
            chains::room.eq(room),
            chains::length.eq(1),
            chains::head.eq(&digest.0),
        );
        diesel::insert_into(chains::table).values(values).execute(db)?;
        return Ok(());
    }
    let row = chains::table.find((&place.case_id.0, room)).filter(chains::length.eq(length));
    let set = (chains::length.eq(length + 1), chains::head.eq(&digest.0));
    match diesel::update(row).set(set).execute(db)? {
        1 => Ok(()),
        _ => Err(StoreError::Conflict),
    }
}

fn store_texts(db: &mut Db, place: Place, room: &str, n: i64, stored: &[StoredText]) -> Result<(), StoreError> {
    for text in stored {
        let values = (
            texts::case_id.eq(&place.case_id.0),
            texts::room.eq(room),
            texts::n.eq(n),
            texts::path.eq(&text.path),
            texts::salt.eq(hex(&text.salt)),
            texts::text.eq(&text.text),
        );
        diesel::insert_into(texts::table).values(values).execute(db)?;
    }
    Ok(())
}

/// The entries of one room, from `from` on, in order.
pub fn entries(db: &mut Db, case: &CaseId, room: &Room, from: u64) -> Result<Vec<StoredEntry>, StoreError> {
    let from = i64::try_from(from).unwrap_or(i64::MAX);
    let found = entries::table
        .filter(entries::case_id.eq(&case.0))
        .filter(entries::room.eq(room.to_string()))
        .filter(entries::n.ge(from))
        .order(entries::n);
    Ok(found.load(db)?)
}

/// All entries of a case as they are stored, every room.
pub fn all_entries(db: &mut Db, case: &CaseId) -> Result<Vec<StoredEntry>, StoreError> {
    Ok(entries::table.filter(entries::case_id.eq(&case.0)).order((entries::room, entries::n)).load(db)?)
}

/// All texts of a case as they are stored, every room.
pub fn all_texts(db: &mut Db, case: &CaseId) -> Result<Vec<TextRow>, StoreError> {
    Ok(texts::table.filter(texts::case_id.eq(&case.0)).order((texts::room, texts::n, texts::path)).load(db)?)
}

/// Entries and texts whose case does not exist: rows that somebody has moved.
pub fn strays(db: &mut Db) -> Result<Vec<String>, StoreError> {
    use super::schema::cases;
    let known = || cases::table.select(cases::id);
    let mut strays: Vec<(String, i64)> =
        entries::table.filter(entries::case_id.ne_all(known())).select((entries::case_id, entries::n)).load(db)?;
    strays.extend(
        texts::table
            .filter(texts::case_id.ne_all(known()))
            .select((texts::case_id, texts::n))
            .load::<(String, i64)>(db)?,
    );
    Ok(strays.into_iter().map(|(case, n)| format!("{case} entry {n}")).collect())
}

/// The texts of one room that have not been removed: by entry and path.
pub fn texts(db: &mut Db, case: &CaseId, room: &Room) -> Result<BTreeMap<(u64, String), String>, StoreError> {
    let rows = texts::table
        .filter(texts::case_id.eq(&case.0))
        .filter(texts::room.eq(room.to_string()))
        .select((texts::n, texts::path, texts::text))
        .load::<(i64, String, Option<String>)>(db)?;
    let kept = rows.into_iter().filter_map(|(n, path, text)| Some(((u64::try_from(n).ok()?, path), text?)));
    Ok(kept.collect())
}

/// A text that has not been removed.
pub fn text(db: &mut Db, case: &CaseId, room: &Room, n: u64, path: &str) -> Result<Option<String>, StoreError> {
    let n = i64::try_from(n).unwrap_or(i64::MAX);
    let row = texts::table.find((&case.0, room.to_string(), n, path)).select(texts::text);
    Ok(row.get_result::<Option<String>>(db).optional()?.flatten())
}

/// Where a registry number stands, as one of these spellings, in a case that is on one of the shelves: the case, the entry
/// and the path. What a case shows of it is not known here.
pub fn registry_numbers(
    db: &mut Db,
    spellings: &[String],
    shelves: &[String],
    limit: i64,
) -> Result<Vec<(CaseId, u64, String)>, StoreError> {
    let on_shelf = lists::table.filter(lists::case_id.eq(texts::case_id)).filter(lists::shelf.eq_any(shelves));
    // As the index says it: only so do the databases see that the index holds what is asked for.
    let is_number = diesel::dsl::sql::<diesel::sql_types::Bool>("path like 'registry_number@%'");
    let rows = texts::table
        .filter(texts::text.eq_any(spellings))
        .filter(is_number)
        .filter(texts::room.eq(Room::Shared.to_string()))
        .filter(diesel::dsl::exists(on_shelf))
        .order((texts::case_id.desc(), texts::n))
        .limit(limit)
        .select((texts::case_id, texts::n, texts::path))
        .load::<(String, i64, String)>(db)?;
    Ok(rows.into_iter().map(|(case, n, path)| (CaseId(case), u64::try_from(n).unwrap_or(0), path)).collect())
}

/// Empties a text: its words and its salt go, its row and the entry that refers to it stay. True where there was one.
///
/// Nothing is left of them in SQLite's file either, after the next checkpoint. PostgreSQL overwrites them when it vacuums.
/// Backups are the operator's.
pub fn empty_text(db: &mut Db, case: &CaseId, room: &Room, n: u64, path: &str) -> Result<bool, StoreError> {
    let n = i64::try_from(n).unwrap_or(i64::MAX);
    let row = texts::table.find((&case.0, room.to_string(), n, path)).filter(texts::text.is_not_null());
    let none: Option<String> = None;
    Ok(diesel::update(row).set((texts::text.eq(&none), texts::salt.eq(&none))).execute(db)? == 1)
}
