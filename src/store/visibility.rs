//! Who may read which room of a case, from which entry until which: rows that every read, list and count joins.

use std::collections::BTreeMap;

use diesel::prelude::*;

use super::schema::{cases, visibility};
use super::{Db, StoreError};
use crate::authz::Reader;
use crate::ids::{CaseId, UnitId};
use crate::workflow::log::Room;

/// One row: a reader sees the entries `from..=until` of a room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sight {
    /// The room.
    pub room: Room,
    /// The reader's key.
    pub reader: String,
    /// The first entry.
    pub from: u64,
    /// The last entry, where the sight has ended.
    pub until: Option<u64>,
}

impl Sight {
    /// Whether it holds the entry.
    pub fn holds(&self, n: u64) -> bool {
        self.from <= n && self.until.is_none_or(|until| n <= until)
    }
}

/// Lets a reader see a room from an entry on; nothing where she sees it already. A sight of hers that began there and has
/// ended goes on.
pub fn grant(db: &mut Db, case: &CaseId, room: &Room, reader: &Reader, from: u64) -> Result<(), StoreError> {
    let open = visibility::table
        .filter(visibility::case_id.eq(&case.0))
        .filter(visibility::room.eq(room.to_string()))
        .filter(visibility::reader.eq(reader.key()))
        .filter(visibility::until_entry.is_null());
    let known: Option<i64> = open.select(visibility::from_entry).get_result(db).optional()?;
    if known.is_some() {
        return Ok(());
    }
    let from = i64::try_from(from).unwrap_or(i64::MAX);
    let ended = visibility::table.find((&case.0, room.to_string(), reader.key(), from));
    let goes_on = visibility::until_entry.eq(None::<i64>);
    if diesel::update(ended).set(goes_on).execute(db)? == 0 {
        let values = (
            visibility::case_id.eq(&case.0),
            visibility::room.eq(room.to_string()),
            visibility::reader.eq(reader.key()),
            visibility::from_entry.eq(from),
        );
        diesel::insert_into(visibility::table).values(values).execute(db)?;
    }
    Ok(())
}

/// Ends a reader's sight of a room: the last entry that she sees is `until`.
pub fn end(db: &mut Db, case: &CaseId, room: &Room, reader: &Reader, until: u64) -> Result<(), StoreError> {
    let open = visibility::table
        .filter(visibility::case_id.eq(&case.0))
        .filter(visibility::room.eq(room.to_string()))
        .filter(visibility::reader.eq(reader.key()))
        .filter(visibility::until_entry.is_null());
    let until = i64::try_from(until).unwrap_or(i64::MAX);
    diesel::update(open).set(visibility::until_entry.eq(until)).execute(db)?;
    Ok(())
}

/// What the readers see of a case; empty where they may not know of it.
pub fn of(db: &mut Db, case: &CaseId, readers: &[String]) -> Result<Vec<Sight>, StoreError> {
    // A case has few rows: picking the readers' here lets the statement be prepared once, which a list of readers would not.
    let mut sights = all(db, case)?;
    sights.retain(|sight| readers.contains(&sight.reader));
    Ok(sights)
}

/// What the readers see of each of these cases; of which they may not know is not there.
pub fn of_each(db: &mut Db, cases: &[&CaseId], readers: &[String]) -> Result<BTreeMap<CaseId, Vec<Sight>>, StoreError> {
    let rows = visibility::table
        .filter(visibility::case_id.eq_any(cases.iter().map(|case| case.0.as_str())))
        .filter(visibility::reader.eq_any(readers))
        .order((visibility::case_id, visibility::room, visibility::reader, visibility::from_entry))
        .select((visibility::case_id, COLUMNS))
        .load::<(String, Row)>(db)?;
    let mut sights: BTreeMap<CaseId, Vec<Sight>> = BTreeMap::new();
    for (case, row) in rows {
        sights.entry(CaseId(case)).or_default().push(sight(row)?);
    }
    Ok(sights)
}

/// What anybody sees of a case.
pub fn all(db: &mut Db, case: &CaseId) -> Result<Vec<Sight>, StoreError> {
    let rows = visibility::table
        .filter(visibility::case_id.eq(&case.0))
        .order((visibility::room, visibility::reader, visibility::from_entry))
        .select(COLUMNS)
        .load::<Row>(db)?;
    rows.into_iter().map(sight).collect()
}

type Columns = (visibility::room, visibility::reader, visibility::from_entry, visibility::until_entry);
const COLUMNS: Columns = (visibility::room, visibility::reader, visibility::from_entry, visibility::until_entry);
type Row = (String, String, i64, Option<i64>);

fn sight((room, reader, from, until): Row) -> Result<Sight, StoreError> {
    let number = |value: i64| u64::try_from(value).unwrap_or(0);
    let room = room.parse().map_err(StoreError::Corrupt)?;
    Ok(Sight { room, reader, from: number(from), until: until.map(number) })
}

/// How many open cases are routed to a unit.
pub fn open_cases_of_unit(db: &mut Db, unit: &UnitId) -> Result<i64, StoreError> {
    let routed = visibility::table
        .filter(visibility::reader.eq(Reader::Unit(unit.clone()).key()))
        .filter(visibility::room.eq(Room::Shared.to_string()))
        .filter(visibility::until_entry.is_null())
        .select(visibility::case_id);
    let open = cases::table.filter(cases::outcome.is_null()).filter(cases::id.eq_any(routed));
    Ok(open.count().get_result(db)?)
}
