//! Swedish days: holidays, working days, periods, due dates and the hours of Europe/Stockholm.
//!
//! Pure: no clock, no files, no settings; the same arguments give the same answer. A due date is a civil date, valid to
//! the end of that day in Sweden; an instant is a [`Timestamp`](crate::clock::Timestamp) in UTC. What a deadline is
//! for, who is reminded and when is not known here.
//!
//! Counting follows lag (1930:173) om beräkning av lagstadgad tid, and the holidays lag (1989:253) om allmänna
//! helgdagar as they read since 2005. Neither binds an agreement: whoever sets a deadline chooses its [`EndRule`].

mod due;
mod holiday;
mod moves;
mod office;
mod period;
mod words;
mod working_day;
mod zone;

use chrono::{Datelike, NaiveDate};

pub use due::{Derivation, EndRule, SkippedDay};
pub use holiday::{Holiday, HolidayKind, holidays};
pub use moves::Move;
pub use office::{NotOfficeHours, OfficeHours};
pub use period::{Period, PeriodUnit};
pub use words::in_words;
pub use working_day::{Calendar, DayOff};
pub use zone::{ZONE, at, end_of_day, local_date, local_minute, start_of_day, working_morning};

/// The years that can be counted in: from 2005 the holidays are those of today (6 June came, Whit Monday went), and
/// after 9999 a date is no longer written with four digits.
pub const YEARS: std::ops::RangeInclusive<i32> = 2005..=9999;

/// Why a period or a due date cannot be had.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CalendarError {
    /// The text is no period.
    #[error(
        "`{0}` is not a period: write a whole number and d (days), wd (working days), w (weeks), m (months) or y \
         (years), such as 60d, 10wd, 2w, 2m, 1y, or -1m to count backward"
    )]
    NotAPeriod(String),
    /// The period is longer than a century.
    #[error("the period {count}{suffix} is too long: at most {most}{suffix}, about a hundred years")]
    TooLong {
        /// The count that was asked for.
        count: i64,
        /// The unit's letters.
        suffix: &'static str,
        /// The largest count of that unit.
        most: i32,
    },
    /// The start or the end lies outside [`YEARS`].
    #[error(
        "counting from {start} leaves the years {} to {}: the holidays are those of the law since 2005, and years have \
         four digits", YEARS.start(), YEARS.end()
    )]
    OutOfRange {
        /// The day that was counted from.
        start: NaiveDate,
    },
}

/// Whether the date lies within [`YEARS`].
fn in_range(date: NaiveDate) -> bool {
    YEARS.contains(&date.year())
}
