//! Shelves: what lists are read from. A row says that a case stands on a shelf, with what lists are narrowed and sorted by.
//!
//! Every look takes one range of one index, so that it costs the same however many cases there are. Which shelves there
//! are, and what stands on them, is `app::shelves`' to say.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::schema::lists;
use super::{Db, StoreError};
use crate::clock::Timestamp;
use crate::ids::CaseId;

/// How a case stands with those of a shelf.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// Open, and the move is theirs.
    Ours,
    /// Open, and the move is others'.
    Others,
    /// Ended.
    Ended,
    /// It has left them, and was open then.
    LeftOpen,
    /// It has left them, and had ended.
    LeftEnded,
}

impl Standing {
    /// Every way.
    pub const ALL: [Standing; 5] =
        [Standing::Ours, Standing::Others, Standing::Ended, Standing::LeftOpen, Standing::LeftEnded];

    /// Whether the case was open when they saw it last.
    pub fn is_open(self) -> bool {
        matches!(self, Standing::Ours | Standing::Others | Standing::LeftOpen)
    }

    /// Whether the case has left them.
    pub fn is_former(self) -> bool {
        matches!(self, Standing::LeftOpen | Standing::LeftEnded)
    }

    fn code(self) -> i32 {
        match self {
            Standing::Ours => 0,
            Standing::Others => 1,
            Standing::Ended => 2,
            Standing::LeftOpen => 3,
            Standing::LeftEnded => 4,
        }
    }

    fn of_code(code: i32) -> Result<Standing, StoreError> {
        let known = Standing::ALL.into_iter().find(|standing| standing.code() == code);
        known.ok_or_else(|| StoreError::Corrupt(format!("a list holds the unknown standing {code}")))
    }
}

/// A case on a shelf.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The case.
    pub case: CaseId,
    /// The shelf.
    pub shelf: String,
    /// How it stands.
    pub standing: Standing,
    /// The last entry that they see; `i64::MAX` where they see all that comes, 0 where they are a body.
    pub seen_until: i64,
    /// Since when the person has waited, as far as they may know it.
    pub waiting_since: Timestamp,
    /// When it was opened.
    pub opened: Timestamp,
    /// The workflow.
    pub workflow: String,
    /// Where it stands.
    pub state: String,
    /// How far it has come.
    pub level: String,
    /// The category.
    pub category: Option<String>,
    /// Whether it is urgent.
    pub urgent: bool,
    /// When the first of its deadlines runs out, of those that they may know of.
    pub due: Option<Timestamp>,
}

/// What a range of a shelf has in common, and what it is sorted by: since when the person has waited, where nothing else
/// is said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum By {
    /// One standing.
    Standing(Standing),
    /// One level.
    Level(String),
    /// One category.
    Category(String),
    /// Opened at or after the first instant and before the second; sorted by that.
    Opened(Option<Timestamp>, Option<Timestamp>),
    /// One standing, and a deadline has run out at this instant; sorted by the day.
    Due(Standing, Timestamp),
}

/// What lists are sorted by, always with the case's id after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// Since when the person has waited.
    Waiting,
    /// When the case was opened.
    Opened,
    /// When the first deadline runs out.
    Due,
}

impl Order {
    /// The instant that a row is sorted by.
    pub fn key(self, row: &Row) -> Timestamp {
        match self {
            Order::Waiting => row.waiting_since,
            Order::Opened => row.opened,
            Order::Due => row.due.unwrap_or(row.opened),
        }
    }
}

impl By {
    /// What such a range is sorted by.
    pub fn order(&self) -> Order {
        match self {
            By::Standing(_) | By::Level(_) | By::Category(_) => Order::Waiting,
            By::Opened(..) => Order::Opened,
            By::Due(..) => Order::Due,
        }
    }
}

type Columns = (
    String,
    String,
    i32,
    i64,
    NaiveDateTime,
    NaiveDateTime,
    String,
    String,
    String,
    Option<String>,
    bool,
    Option<NaiveDateTime>,
);

fn from_columns(columns: Columns) -> Result<Row, StoreError> {
    let (case, shelf, standing, seen_until, waiting, opened, workflow, state, level, category, urgent, due) = columns;
    Ok(Row {
        case: CaseId(case),
        shelf,
        standing: Standing::of_code(standing)?,
        seen_until,
        waiting_since: Timestamp::from_naive_utc(waiting),
        opened: Timestamp::from_naive_utc(opened),
        workflow,
        state,
        level,
        category,
        urgent,
        due: due.map(Timestamp::from_naive_utc),
    })
}

type Range<'a> = lists::BoxedQuery<'a, <Db as diesel::Connection>::Backend>;

fn range<'a>(shelf: &'a str, by: &'a By) -> Range<'a> {
    let shelf = lists::table.filter(lists::shelf.eq(shelf)).into_boxed();
    match by {
        By::Standing(standing) => shelf.filter(lists::standing.eq(standing.code())),
        By::Level(level) => shelf.filter(lists::level.eq(level)),
        By::Category(category) => shelf.filter(lists::category.eq(category)),
        By::Due(standing, at) => {
            shelf.filter(lists::standing.eq(standing.code())).filter(lists::due.le(at.naive_utc()))
        }
        By::Opened(from, before) => {
            let shelf = match from {
                Some(from) => shelf.filter(lists::opened_at.ge(from.naive_utc())),
                None => shelf,
            };
            match before {
                Some(before) => shelf.filter(lists::opened_at.lt(before.naive_utc())),
                None => shelf,
            }
        }
    }
}

/// A place in a range, and which way from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    /// What the row there is sorted by.
    pub key: (Timestamp, CaseId),
    /// Whether the rows before it are meant, the nearest first.
    pub back: bool,
}

/// What follows in a range after a place in it, or comes before. That the key is no less is said apart: an index is entered
/// there, and by "greater, or equal and then" it is not.
macro_rules! following {
    ($query:expr, $key:expr, $from:expr) => {
        match $from {
            Some(Cursor { key: (at, id), back: false }) => {
                let at: NaiveDateTime = at.naive_utc();
                $query
                    .filter($key.ge(at))
                    .filter($key.gt(at).or(lists::case_id.gt(&id.0)))
                    .order(($key.asc(), lists::case_id.asc()))
            }
            Some(Cursor { key: (at, id), back: true }) => {
                let at: NaiveDateTime = at.naive_utc();
                $query
                    .filter($key.le(at))
                    .filter($key.lt(at).or(lists::case_id.lt(&id.0)))
                    .order(($key.desc(), lists::case_id.desc()))
            }
            None => $query.order(($key.asc(), lists::case_id.asc())),
        }
    };
}

/// The next rows of a range from a place in it on, in order; without one, the first.
pub fn page(db: &mut Db, shelf: &str, by: &By, from: Option<&Cursor>, limit: i64) -> Result<Vec<Row>, StoreError> {
    let query = range(shelf, by);
    let query = match by.order() {
        Order::Waiting => following!(query, lists::waiting_since, from),
        Order::Opened => following!(query, lists::opened_at, from),
        Order::Due => following!(query, lists::due.assume_not_null(), from),
    };
    query.limit(limit).load::<Columns>(db)?.into_iter().map(from_columns).collect()
}

/// How many rows a range has of cases that are on none of the shelves `but_not`, counted no further than `most`.
pub fn count(db: &mut Db, shelf: &str, by: &By, but_not: &[String], most: u16) -> Result<usize, StoreError> {
    let rows = || {
        let also = diesel::alias!(lists as also);
        let on_those =
            also.filter(also.field(lists::case_id).eq(lists::case_id)).filter(also.field(lists::shelf).eq_any(but_not));
        match but_not.is_empty() {
            true => range(shelf, by),
            false => range(shelf, by).filter(diesel::dsl::not(diesel::dsl::exists(on_those))),
        }
    };
    let last = rows().select(lists::case_id).offset(i64::from(most) - 1).limit(1);
    if last.load::<String>(db)?.is_empty() {
        let count: i64 = rows().count().get_result(db)?;
        return Ok(usize::try_from(count).unwrap_or(0));
    }
    Ok(usize::from(most))
}

/// Where these cases stand on these shelves.
pub fn among(db: &mut Db, shelves: &[String], cases: &[&CaseId]) -> Result<Vec<Row>, StoreError> {
    let cases = cases.iter().map(|case| case.0.as_str());
    let rows = lists::table.filter(lists::case_id.eq_any(cases)).filter(lists::shelf.eq_any(shelves));
    rows.load::<Columns>(db)?.into_iter().map(from_columns).collect()
}

/// The shelves that a case stands on.
pub fn of_case(db: &mut Db, case: &CaseId) -> Result<Vec<Row>, StoreError> {
    let rows = lists::table.filter(lists::case_id.eq(&case.0)).order(lists::shelf);
    rows.load::<Columns>(db)?.into_iter().map(from_columns).collect()
}

/// Brings the shelves that a case stands on from `held` to `wanted`; only what is different is written.
pub fn set(db: &mut Db, held: &[Row], wanted: &[Row]) -> Result<(), StoreError> {
    let is_on = |rows: &[Row], row: &Row| rows.iter().any(|other| other.shelf == row.shelf);
    for gone in held.iter().filter(|row| !is_on(wanted, row)) {
        diesel::delete(lists::table.find((&gone.case.0, &gone.shelf))).execute(db)?;
    }
    for row in wanted.iter().filter(|row| !held.contains(row)) {
        let values = (
            lists::standing.eq(row.standing.code()),
            lists::seen_until.eq(row.seen_until),
            lists::waiting_since.eq(row.waiting_since.naive_utc()),
            lists::opened_at.eq(row.opened.naive_utc()),
            lists::workflow.eq(&row.workflow),
            lists::state.eq(&row.state),
            lists::level.eq(&row.level),
            lists::category.eq(&row.category),
            lists::urgent.eq(row.urgent),
            lists::due.eq(row.due.map(Timestamp::naive_utc)),
        );
        if is_on(held, row) {
            diesel::update(lists::table.find((&row.case.0, &row.shelf))).set(values).execute(db)?;
        } else {
            let key = (lists::case_id.eq(&row.case.0), lists::shelf.eq(&row.shelf));
            diesel::insert_into(lists::table).values((key.0, key.1, values)).execute(db)?;
        }
    }
    Ok(())
}

/// Whether there is nothing on any shelf.
pub fn is_empty(db: &mut Db) -> Result<bool, StoreError> {
    let any: Option<String> = lists::table.select(lists::case_id).limit(1).get_result(db).optional()?;
    Ok(any.is_none())
}
