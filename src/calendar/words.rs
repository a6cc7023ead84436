//! Dates in Swedish words. Whole sentences are put together where their meaning is known.

use chrono::{Datelike, NaiveDate};

const WEEKDAYS: [&str; 7] = ["måndag", "tisdag", "onsdag", "torsdag", "fredag", "lördag", "söndag"];

const MONTHS: [&str; 12] = [
    "januari",
    "februari",
    "mars",
    "april",
    "maj",
    "juni",
    "juli",
    "augusti",
    "september",
    "oktober",
    "november",
    "december",
];

/// The date in Swedish: `måndag 2 november 2026`.
pub fn in_words(date: NaiveDate) -> String {
    format!("{} {} {}", weekday(date), day_and_month(date), date.year())
}

/// `måndag`.
pub(super) fn weekday(date: NaiveDate) -> &'static str {
    WEEKDAYS[date.weekday().num_days_from_monday() as usize]
}

/// `2 november`.
pub(super) fn day_and_month(date: NaiveDate) -> String {
    format!("{} {}", date.day(), MONTHS[date.month0() as usize])
}

/// `a`, `a och b`, `a, b och c`, with the conjunction given.
pub(super) fn list(items: &[String], conjunction: &str) -> String {
    match items {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} {conjunction} {last}", first.join(", ")),
    }
}
