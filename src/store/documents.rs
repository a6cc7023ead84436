//! The bytes of documents, each beside the entry of the log that attached it. What they are, the entry says.

use diesel::prelude::*;

use super::schema::documents;
use super::{Db, StoreError};
use crate::ids::{CaseId, DocumentId, hex};
use crate::workflow::log::Room;

/// Where a document's entry is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentPlace {
    /// Its id.
    pub id: DocumentId,
    /// The room, as it is stored.
    pub room: String,
    /// The entry.
    pub n: i64,
    /// Whether its bytes were removed.
    pub empty: bool,
}

/// Bytes with the salt in hexadecimal that their digest was made with; none once they were removed.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct Content {
    /// The salt.
    pub salt: Option<String>,
    /// The bytes.
    pub bytes: Option<Vec<u8>>,
}

/// Stores the bytes of a document.
pub fn insert(
    db: &mut Db,
    case: &CaseId,
    room: &Room,
    n: u64,
    (id, salt, bytes): (&DocumentId, &[u8], &[u8]),
) -> Result<(), StoreError> {
    let values = (
        documents::id.eq(&id.0),
        documents::case_id.eq(&case.0),
        documents::room.eq(room.to_string()),
        documents::n.eq(i64::try_from(n).unwrap_or(i64::MAX)),
        documents::salt.eq(hex(salt)),
        documents::bytes.eq(bytes),
    );
    diesel::insert_into(documents::table).values(values).execute(db)?;
    Ok(())
}

/// Where the documents of a case are, every room.
pub fn places(db: &mut Db, case: &CaseId) -> Result<Vec<DocumentPlace>, StoreError> {
    let rows = documents::table
        .filter(documents::case_id.eq(&case.0))
        .order((documents::room, documents::n))
        .select((documents::id, documents::room, documents::n, documents::bytes.is_null()))
        .load::<(String, String, i64, bool)>(db)?;
    let place = |(id, room, n, empty)| DocumentPlace { id: DocumentId(id), room, n, empty };
    Ok(rows.into_iter().map(place).collect())
}

/// The salts of a case's documents by room and entry, every room; none of one whose bytes were removed.
pub fn salts(db: &mut Db, case: &CaseId) -> Result<Vec<(String, i64, Option<String>)>, StoreError> {
    let rows = documents::table.filter(documents::case_id.eq(&case.0)).order((documents::room, documents::n));
    Ok(rows.select((documents::room, documents::n, documents::salt)).load(db)?)
}

/// How many documents of a room have their bytes.
pub fn count(db: &mut Db, case: &CaseId, room: &Room) -> Result<i64, StoreError> {
    let rows = documents::table
        .filter(documents::case_id.eq(&case.0))
        .filter(documents::room.eq(room.to_string()))
        .filter(documents::bytes.is_not_null());
    Ok(rows.count().get_result(db)?)
}

/// The bytes of a document.
pub fn content(db: &mut Db, id: &DocumentId) -> Result<Option<Content>, StoreError> {
    let row = documents::table.find(&id.0).select((documents::salt, documents::bytes));
    Ok(row.get_result(db).optional()?)
}

/// Empties a document: its bytes and its salt go, its row and the entry that refers to it stay. True where there were any.
/// What is left of them where, `log::empty_text` says.
pub fn empty(db: &mut Db, id: &DocumentId) -> Result<bool, StoreError> {
    let row = documents::table.find(&id.0).filter(documents::bytes.is_not_null());
    let set = (documents::bytes.eq(None::<Vec<u8>>), documents::salt.eq(None::<String>));
    Ok(diesel::update(row).set(set).execute(db)? == 1)
}

/// Documents whose case does not exist: rows that somebody has moved.
pub fn strays(db: &mut Db) -> Result<Vec<String>, StoreError> {
    use super::schema::cases;
    let known = cases::table.select(cases::id);
    let strays = documents::table.filter(documents::case_id.ne_all(known)).select((documents::case_id, documents::n));
    let strays: Vec<(String, i64)> = strays.load(db)?;
    Ok(strays.into_iter().map(|(case, n)| format!("{case} entry {n}")).collect())
}
