//! Cases, their parties, links and numbers.

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;

use super::log::Tip;
use super::schema::{cases, chains, links, parties, series, visibility};
use super::{Db, StoreError};
use crate::ids::{CaseId, CaseNumber, Digest, PrincipalId};
use crate::workflow::case::Case;
use crate::workflow::log::Room;

/// A case as it is stored.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredCase {
    /// Its internal id.
    pub id: CaseId,
    /// Its number.
    pub number: CaseNumber,
    /// Its definition.
    pub definition: Digest,
    /// The value of its category field.
    pub category: Option<String>,
    /// Whether it is urgent.
    pub urgent: bool,
    /// The case itself.
    pub case: Case,
}

type Row = (String, String, String, Option<String>, bool, String);

const COLUMNS: (cases::id, cases::number, cases::definition, cases::category, cases::urgent, cases::snapshot) =
    (cases::id, cases::number, cases::definition, cases::category, cases::urgent, cases::snapshot);

/// The case of a number with the end of its shared chain.
macro_rules! held {
    ($number:expr) => {
        cases::table
            .inner_join(chains::table.on(chains::case_id.eq(cases::id).and(chains::room.eq("shared"))))
            .filter(cases::number.eq(&$number.0))
            .select((COLUMNS, (chains::length, chains::head)))
    };
}

/// The bytes that a snapshot is stored as: the same for the same case, since its maps are sorted.
pub fn snapshot(case: &Case) -> String {
    serde_json::to_string(case).unwrap_or_default()
}

fn from_row((id, number, definition, category, urgent, snapshot): Row) -> Result<StoredCase, StoreError> {
    let case = serde_json::from_str(&snapshot)
        .map_err(|error| StoreError::Corrupt(format!("the snapshot of {number} cannot be read: {error}")))?;
    Ok(StoredCase {
        id: CaseId(id),
        number: CaseNumber(number),
        definition: Digest(definition),
        category,
        urgent,
        case,
    })
}

/// The case of that number.
pub fn by_number(db: &mut Db, number: &CaseNumber) -> Result<Option<StoredCase>, StoreError> {
    let row = cases::table.filter(cases::number.eq(&number.0)).select(COLUMNS).get_result::<Row>(db).optional()?;
    row.map(from_row).transpose()
}

/// The case of that number and the end of its shared chain, for whoever is about to change it: nobody else changes them
/// while this transaction lasts. On SQLite a writer is alone; on PostgreSQL sixteen at one case would otherwise read the
/// same end, and fifteen have to begin again.
///
/// Only where one of the readers may know of the case: nobody waits for, or holds up, what she must not know of.
pub fn lock_for(db: &mut Db, number: &CaseNumber, readers: &[String]) -> Result<Option<(StoredCase, Tip)>, StoreError> {
    let known = visibility::table
        .filter(visibility::case_id.eq(cases::id))
        .filter(visibility::room.eq(Room::Shared.to_string()))
        .filter(visibility::reader.eq_any(readers));
    match db {
        // A writer is alone there, whatever it reads.
        Db::Sqlite(_) => lock(db, number),
        Db::Postgres(postgres) => {
            let row = held!(number).filter(diesel::dsl::exists(known)).for_no_key_update().get_result(postgres);
            row.optional()?.map(with_tip).transpose()
        }
    }
}

/// The same for the system itself.
pub fn lock(db: &mut Db, number: &CaseNumber) -> Result<Option<(StoredCase, Tip)>, StoreError> {
    // Rows that only refer to the case, as a link does, are no change of it: they need not wait.
    let row: Option<(Row, (i64, String))> = match db {
        Db::Sqlite(sqlite) => held!(number).get_result(sqlite).optional()?,
        Db::Postgres(postgres) => held!(number).for_no_key_update().get_result(postgres).optional()?,
    };
    row.map(with_tip).transpose()
}

fn with_tip((case, (length, head)): (Row, (i64, String))) -> Result<(StoredCase, Tip), StoreError> {
    Ok((from_row(case)?, Tip::new(length, head)))
}

/// How a case is held that somebody else may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lock {
    /// Only where nobody does.
    IfFree,
    /// Once she is done.
    Wait,
}

/// The case of an id, for whoever is about to do what is due of it: nobody changes it while this transaction lasts. None
/// where somebody else holds it, and she is not to be waited for.
pub fn hold(db: &mut Db, id: &CaseId, lock: Lock) -> Result<Option<StoredCase>, StoreError> {
    let case = cases::table.find(&id.0).select(COLUMNS);
    let row: Option<Row> = match (db, lock) {
        // A writer is alone there.
        (Db::Sqlite(sqlite), _) => case.get_result(sqlite).optional()?,
        (Db::Postgres(postgres), Lock::Wait) => case.for_no_key_update().get_result(postgres).optional()?,
        (Db::Postgres(postgres), Lock::IfFree) => {
            case.for_no_key_update().skip_locked().get_result(postgres).optional()?
        }
    };
    row.map(from_row).transpose()
}

/// The case of that id.
pub fn by_id(db: &mut Db, id: &CaseId) -> Result<Option<StoredCase>, StoreError> {
    let row = cases::table.find(&id.0).select(COLUMNS).get_result::<Row>(db).optional()?;
    row.map(from_row).transpose()
}

/// The cases of these ids, in no order.
pub fn by_ids(db: &mut Db, ids: &[&CaseId]) -> Result<Vec<StoredCase>, StoreError> {
    let wanted = cases::table.filter(cases::id.eq_any(ids.iter().map(|id| id.0.as_str())));
    wanted.select(COLUMNS).load::<Row>(db)?.into_iter().map(from_row).collect()
}

/// The ids of the cases of these numbers.
pub fn ids_of(db: &mut Db, numbers: &BTreeSet<CaseNumber>) -> Result<BTreeMap<CaseNumber, CaseId>, StoreError> {
    let wanted = cases::table.filter(cases::number.eq_any(numbers.iter().map(|number| number.0.as_str())));
    let rows: Vec<(String, String)> = wanted.select((cases::number, cases::id)).load(db)?;
    Ok(rows.into_iter().map(|(number, id)| (CaseNumber(number), CaseId(id))).collect())
}

/// The snapshot's bytes, for whoever compares them with the log.
pub fn stored_snapshot(db: &mut Db, id: &CaseId) -> Result<String, StoreError> {
    Ok(cases::table.find(&id.0).select(cases::snapshot).get_result(db)?)
}

/// The numbers of all cases, in the order in which they were opened, after `after`.
pub fn numbers(db: &mut Db, after: Option<&CaseNumber>, limit: i64) -> Result<Vec<CaseNumber>, StoreError> {
    let after = after.map(|number| number.0.clone()).unwrap_or_default();
    let numbers = cases::table.filter(cases::number.gt(after)).order(cases::number).limit(limit);
    Ok(numbers.select(cases::number).load::<String>(db)?.into_iter().map(CaseNumber).collect())
}

/// The next number of a series in a year: allotted in the transaction that uses it, so that none is lost or given twice.
pub fn next_number(db: &mut Db, name: &str, year: i32) -> Result<CaseNumber, StoreError> {
    let row = series::table.find((name, year));
    let counted = diesel::update(row).set(series::last.eq(series::last + 1)).execute(db)?;
    if counted == 0 {
        let first = (series::name.eq(name), series::year.eq(year), series::last.eq(1));
        diesel::insert_into(series::table).values(first).execute(db)?;
    }
    let last: i32 = row.select(series::last).get_result(db)?;
    Ok(CaseNumber(format!("{name}-{year}-{last:04}")))
}

/// Stores a new case.
pub fn insert(db: &mut Db, stored: &StoredCase) -> Result<(), StoreError> {
    let case = &stored.case;
    let version = i32::try_from(case.version).unwrap_or(i32::MAX);
    let values = (
        cases::id.eq(&stored.id.0),
        cases::number.eq(&stored.number.0),
        cases::workflow.eq(&case.workflow),
        cases::version.eq(version),
        cases::definition.eq(&stored.definition.0),
        cases::state.eq(&case.state),
        cases::outcome.eq(&case.outcome),
        cases::revision.eq(revision(case)),
        cases::category.eq(&stored.category),
        cases::urgent.eq(stored.urgent),
        cases::opened_at.eq(case.opened.naive_utc()),
        cases::since.eq(case.since.naive_utc()),
        cases::snapshot.eq(snapshot(case)),
    );
    diesel::insert_into(cases::table).values(values).execute(db)?;
    store_parties(db, stored)
}

/// Stores a case after a step: only where its revision is still `expected`.
///
/// # Errors
/// [`StoreError::Conflict`] where somebody else was first.
pub fn update(db: &mut Db, stored: &StoredCase, expected: u64) -> Result<(), StoreError> {
    let case = &stored.case;
    let expected = i64::try_from(expected).unwrap_or(i64::MAX);
    let row = cases::table.filter(cases::id.eq(&stored.id.0)).filter(cases::revision.eq(expected));
    let changed = diesel::update(row)
        .set((
            cases::state.eq(&case.state),
            cases::outcome.eq(&case.outcome),
            cases::revision.eq(revision(case)),
            cases::category.eq(&stored.category),
            cases::urgent.eq(stored.urgent),
            cases::since.eq(case.since.naive_utc()),
            cases::snapshot.eq(snapshot(case)),
        ))
        .execute(db)?;
    if changed == 1 { Ok(()) } else { Err(StoreError::Conflict) }
}

fn revision(case: &Case) -> i64 {
    i64::try_from(case.revision).unwrap_or(i64::MAX)
}

fn number(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

/// Brings the rows of parties to what the case says.
pub fn store_parties(db: &mut Db, stored: &StoredCase) -> Result<(), StoreError> {
    for party in &stored.case.parties {
        let key = (&stored.id.0, &party.principal.0, number(party.from_entry));
        let until = party.until_entry.map(number);
        let changed = diesel::update(parties::table.find(key)).set(parties::until_entry.eq(until)).execute(db)?;
        if changed == 0 {
            let values = (
                parties::case_id.eq(&stored.id.0),
                parties::side.eq(&party.side),
                parties::principal_id.eq(&party.principal.0),
                parties::authority_id.eq(party.authority.as_ref().map(|id| &id.0)),
                parties::unit_id.eq(party.unit.as_ref().map(|id| &id.0)),
                parties::from_entry.eq(number(party.from_entry)),
                parties::until_entry.eq(until),
            );
            diesel::insert_into(parties::table).values(values).execute(db)?;
        }
    }
    Ok(())
}

/// The relation of a case to those that it grew out of.
pub const GREW_OUT_OF: &str = "grew_out_of";

/// Links a case to another, once.
pub fn link(db: &mut Db, case: &CaseId, relation: &str, other: &CaseId) -> Result<(), StoreError> {
    let known: Option<String> =
        links::table.find((&case.0, relation, &other.0)).select(links::relation).get_result(db).optional()?;
    if known.is_none() {
        let values = (links::case_id.eq(&case.0), links::relation.eq(relation), links::other_id.eq(&other.0));
        diesel::insert_into(links::table).values(values).execute(db)?;
    }
    Ok(())
}

/// The links of a case: relation and number, those that it names and those that name it (`true`).
pub fn linked(db: &mut Db, case: &CaseId) -> Result<Vec<(String, CaseNumber, bool)>, StoreError> {
    let to = links::table
        .inner_join(cases::table.on(cases::id.eq(links::other_id)))
        .filter(links::case_id.eq(&case.0))
        .order((links::relation, cases::number))
        .select((links::relation, cases::number))
        .load::<(String, String)>(db)?;
    let from = links::table
        .inner_join(cases::table.on(cases::id.eq(links::case_id)))
        .filter(links::other_id.eq(&case.0))
        .order((links::relation, cases::number))
        .select((links::relation, cases::number))
        .load::<(String, String)>(db)?;
    let forward = to.into_iter().map(|(relation, number)| (relation, CaseNumber(number), false));
    let back = from.into_iter().map(|(relation, number)| (relation, CaseNumber(number), true));
    Ok(forward.chain(back).collect())
}

/// Those of these cases that the principal is or was a party of, each with the entries with which it came.
pub fn with_party(db: &mut Db, principal: &PrincipalId, ids: &[&CaseId]) -> Result<Vec<(CaseId, i64)>, StoreError> {
    let rows = parties::table
        .filter(parties::principal_id.eq(&principal.0))
        .filter(parties::case_id.eq_any(ids.iter().map(|id| id.0.as_str())))
        .select((parties::case_id, parties::from_entry))
        .load::<(String, i64)>(db)?;
    Ok(rows.into_iter().map(|(case, from)| (CaseId(case), from)).collect())
}
