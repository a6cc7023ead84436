//! Which days are worked: the Swedish rules, and closing days that the county adds. Periods are not here.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate, Weekday};

use super::{holiday::holidays, in_range};

/// Swedish holidays and weekends, plus days when the offices are closed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Calendar {
    closing_days: BTreeMap<NaiveDate, String>,
}

/// Why a day is not a working day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DayOff<'a> {
    /// A Saturday that is no holiday.
    Saturday,
    /// A Sunday that is no holiday.
    Sunday,
    /// A public holiday or one of the three eves, by its Swedish name.
    Holiday(&'static str),
    /// A weekday when the offices are closed, by the name it was given.
    Closing(&'a str),
}

impl DayOff<'_> {
    /// The reason in Swedish, as it stands within a sentence.
    pub fn reason(&self) -> &str {
        match self {
            DayOff::Saturday => "lördag",
            DayOff::Sunday => "söndag",
            DayOff::Holiday(name) | DayOff::Closing(name) => name,
        }
    }
}

impl Calendar {
    /// The Swedish rules alone.
    pub fn swedish() -> Self {
        Calendar::default()
    }

    /// The same calendar with one more day off; `name` tells people why, in Swedish. A day named twice keeps the last
    /// name.
    #[must_use]
    pub fn with_closing_day(mut self, date: NaiveDate, name: impl Into<String>) -> Self {
        self.closing_days.insert(date, name.into());
        self
    }

    /// Why the day is off, or `None` for a working day. A holiday's name goes before the weekday, the weekday before a
    /// closing day.
    pub fn day_off(&self, date: NaiveDate) -> Option<DayOff<'_>> {
        if let Some(holiday) = holidays(date.year()).into_iter().find(|holiday| holiday.date == date) {
            return Some(DayOff::Holiday(holiday.name));
        }
        match date.weekday() {
            Weekday::Sat => Some(DayOff::Saturday),
            Weekday::Sun => Some(DayOff::Sunday),
            _ => self.closing_days.get(&date).map(|name| DayOff::Closing(name)),
        }
    }

    /// Whether the day is neither a weekend, a holiday, an eve nor a closing day.
    pub fn is_working_day(&self, date: NaiveDate) -> bool {
        self.day_off(date).is_none()
    }

    /// The first working day on the date or after it.
    pub fn next_working_day(&self, on_or_after: NaiveDate) -> NaiveDate {
        self.first_working_day(on_or_after, Direction::Forward)
    }

    /// The last working day on the date or before it.
    pub fn preceding_working_day(&self, on_or_before: NaiveDate) -> NaiveDate {
        self.first_working_day(on_or_before, Direction::Backward)
    }

    /// The `count`th working day after the start, or before it when negative. The start is day 0, worked or not, and is
    /// the answer to 0. `None` where the count leaves [`YEARS`](super::YEARS).
    pub fn add_working_days(&self, start: NaiveDate, count: i32) -> Option<NaiveDate> {
        let Some(further) = count.unsigned_abs().checked_sub(1) else { return Some(start) };
        walk(start, Direction::of(count))
            .skip(1)
            .take_while(|date| in_range(*date))
            .filter(|date| self.is_working_day(*date))
            .nth(usize::try_from(further).ok()?)
    }

    /// Only at the very end of chrono's years is there no working day left; the date then stands.
    fn first_working_day(&self, from: NaiveDate, direction: Direction) -> NaiveDate {
        walk(from, direction).find(|date| self.is_working_day(*date)).unwrap_or(from)
    }
}

/// Which way to count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Direction {
    Forward,
    Backward,
}

impl Direction {
    /// Backward for a negative count.
    pub(super) fn of(count: i32) -> Self {
        if count < 0 { Direction::Backward } else { Direction::Forward }
    }
}

/// Day after day, from the given one on.
fn walk(from: NaiveDate, direction: Direction) -> impl Iterator<Item = NaiveDate> {
    std::iter::successors(Some(from), move |date| match direction {
        Direction::Forward => date.succ_opt(),
        Direction::Backward => date.pred_opt(),
    })
}

/// The days from one date up to another, or down to it; the other not among them.
pub(super) fn stretch(from: NaiveDate, to: NaiveDate) -> impl Iterator<Item = NaiveDate> {
    let direction = if to < from { Direction::Backward } else { Direction::Forward };
    walk(from, direction).take_while(move |date| *date != to)
}
