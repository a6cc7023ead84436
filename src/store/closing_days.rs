//! Days when the offices are closed. What they do to deadlines is `app::closing_days`' to know.

use chrono::NaiveDate;
use diesel::prelude::*;

use super::schema::closing_days;
use super::{Db, StoreError};
use crate::clock::Timestamp;

/// A closing day.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct ClosingDay {
    /// The civil date in Sweden.
    pub day: NaiveDate,
    /// Why, as people read it.
    pub name: String,
}

/// Those that hold, by date.
pub fn all(db: &mut Db) -> Result<Vec<ClosingDay>, StoreError> {
    let holding = closing_days::table.filter(closing_days::taken_back.eq(false)).order(closing_days::day);
    Ok(holding.select((closing_days::day, closing_days::name)).load(db)?)
}

/// Notes a closing day, in the place of an earlier one of that date; the running deadlines are to be counted anew.
pub fn put(db: &mut Db, closing: &ClosingDay, taken_back: bool, now: Timestamp) -> Result<(), StoreError> {
    let set = (
        closing_days::name.eq(&closing.name),
        closing_days::taken_back.eq(taken_back),
        closing_days::changed_at.eq(now.naive_utc()),
        closing_days::recounted_at.eq(None::<chrono::NaiveDateTime>),
    );
    if diesel::update(closing_days::table.find(closing.day)).set(set).execute(db)? == 0 {
        let values = (closing_days::day.eq(closing.day), set.0, set.1, set.2, set.3);
        diesel::insert_into(closing_days::table).values(values).execute(db)?;
    }
    Ok(())
}

/// The earliest of those by which the running deadlines are still to be counted anew, and when the last of them changed.
pub fn pending(db: &mut Db) -> Result<Option<(NaiveDate, Timestamp)>, StoreError> {
    let pending = || closing_days::table.filter(closing_days::recounted_at.is_null());
    let earliest: Option<NaiveDate> = pending().select(diesel::dsl::min(closing_days::day)).get_result(db)?;
    let latest: Option<chrono::NaiveDateTime> =
        pending().select(diesel::dsl::max(closing_days::changed_at)).get_result(db)?;
    Ok(earliest.zip(latest.map(Timestamp::from_naive_utc)))
}

/// Notes that the running deadlines have been counted anew by those that had changed by then.
pub fn recounted(db: &mut Db, changed: Timestamp, now: Timestamp) -> Result<(), StoreError> {
    let done = closing_days::table
        .filter(closing_days::recounted_at.is_null())
        .filter(closing_days::changed_at.le(changed.naive_utc()));
    diesel::update(done).set(closing_days::recounted_at.eq(now.naive_utc())).execute(db)?;
    Ok(())
}
