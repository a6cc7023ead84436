//! Cases, their parties, links and numbers.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::log::Tip;
use super::schema::{cases, chains, deadlines, links, parties, series, turns, visibility};
use super::{Db, StoreError};
use crate::clock::Timestamp;
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

/// The case of that id.
pub fn by_id(db: &mut Db, id: &CaseId) -> Result<Option<StoredCase>, StoreError> {
    let row = cases::table.find(&id.0).select(COLUMNS).get_result::<Row>(db).optional()?;
    row.map(from_row).transpose()
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

/// What a list may be narrowed to.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// One workflow.
    pub workflow: Option<String>,
    /// One state.
    pub state: Option<String>,
    /// One category.
    pub category: Option<String>,
    /// A principal that is or was a party.
    pub principal: Option<PrincipalId>,
    /// Only open ones, or only ended ones.
    pub ended: Option<bool>,
    /// Only urgent ones, or only others.
    pub urgent: Option<bool>,
    /// Opened at or after.
    pub opened_from: Option<Timestamp>,
    /// Opened before.
    pub opened_before: Option<Timestamp>,
    /// A deadline ran out before this instant.
    pub overdue_at: Option<Timestamp>,
    /// Only those in which it is the move of one of these holders, or only others.
    pub turn: Option<(bool, Vec<String>)>,
}

/// A place in a list: the case after which the next page begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// When it was opened.
    pub opened: Timestamp,
    /// Its id.
    pub id: CaseId,
}

/// Which cases of those that the readers know of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seen {
    /// Those that one of them sees as they are now.
    Now,
    /// Those that have left all of them.
    Formerly,
}

/// Cases that the readers know of, longest waiting first, after `after`. The filter compares with what the cases are now.
pub fn list(
    db: &mut Db,
    readers: &[String],
    seen: Seen,
    filter: &Filter,
    after: Option<&Place>,
    limit: i64,
) -> Result<Vec<StoredCase>, StoreError> {
    let mut query = narrowed(readers, seen, filter);
    if let Some(place) = after {
        let opened: NaiveDateTime = place.opened.naive_utc();
        let later = cases::opened_at.gt(opened).or(cases::opened_at.eq(opened).and(cases::id.gt(&place.id.0)));
        query = query.filter(later);
    }
    let rows = query.select(COLUMNS).order((cases::opened_at, cases::id)).limit(limit).load::<Row>(db)?;
    rows.into_iter().map(from_row).collect()
}

/// How many cases there are that the readers see as they are now, counted no further than `most`.
pub fn count(db: &mut Db, readers: &[String], filter: &Filter, most: i64) -> Result<usize, StoreError> {
    let found: Vec<String> = narrowed(readers, Seen::Now, filter).select(cases::id).limit(most).load(db)?;
    Ok(found.len())
}

/// How many open cases of these workflows no body sees, counted no further than `most`.
pub fn not_sent(db: &mut Db, workflows: &[String], most: i64) -> Result<usize, StoreError> {
    let sent = visibility::table.filter(visibility::case_id.eq(cases::id)).filter(visibility::reader.like("body:%"));
    let found: Vec<String> = cases::table
        .filter(cases::workflow.eq_any(workflows))
        .filter(cases::outcome.is_null())
        .filter(diesel::dsl::not(diesel::dsl::exists(sent)))
        .select(cases::id)
        .limit(most)
        .load(db)?;
    Ok(found.len())
}

type Narrowed<'a> = cases::BoxedQuery<'a, <Db as diesel::Connection>::Backend>;

/// The cases that the readers know of, narrowed by the filter.
fn narrowed<'a>(readers: &'a [String], seen: Seen, filter: &'a Filter) -> Narrowed<'a> {
    let known = visibility::table
        .filter(visibility::case_id.eq(cases::id))
        .filter(visibility::room.eq(Room::Shared.to_string()))
        .filter(visibility::reader.eq_any(readers));
    let open = known.clone().filter(visibility::until_entry.is_null());
    let query = cases::table.into_boxed();
    let mut query = match seen {
        Seen::Now => query.filter(diesel::dsl::exists(open)),
        Seen::Formerly => query.filter(diesel::dsl::exists(known)).filter(diesel::dsl::not(diesel::dsl::exists(open))),
    };
    if let Some(workflow) = &filter.workflow {
        query = query.filter(cases::workflow.eq(workflow));
    }
    if let Some(state) = &filter.state {
        query = query.filter(cases::state.eq(state));
    }
    if let Some(category) = &filter.category {
        query = query.filter(cases::category.eq(category));
    }
    if let Some(urgent) = filter.urgent {
        query = query.filter(cases::urgent.eq(urgent));
    }
    query = match filter.ended {
        Some(true) => query.filter(cases::outcome.is_not_null()),
        Some(false) => query.filter(cases::outcome.is_null()),
        None => query,
    };
    if let Some(principal) = &filter.principal {
        let with =
            parties::table.filter(parties::case_id.eq(cases::id)).filter(parties::principal_id.eq(principal.as_str()));
        query = query.filter(diesel::dsl::exists(with));
    }
    if let Some(from) = filter.opened_from {
        query = query.filter(cases::opened_at.ge(from.naive_utc()));
    }
    if let Some(before) = filter.opened_before {
        query = query.filter(cases::opened_at.lt(before.naive_utc()));
    }
    if let Some(now) = filter.overdue_at {
        let late =
            deadlines::table.filter(deadlines::case_id.eq(cases::id)).filter(deadlines::runs_out.le(now.naive_utc()));
        query = query.filter(diesel::dsl::exists(late));
    }
    if let Some((theirs, holders)) = &filter.turn {
        let held = turns::table.filter(turns::case_id.eq(cases::id)).filter(turns::holder.eq_any(holders));
        query = match theirs {
            true => query.filter(diesel::dsl::exists(held)),
            false => query.filter(diesel::dsl::not(diesel::dsl::exists(held))),
        };
    }
    query
}
