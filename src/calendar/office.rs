//! Office hours: when mails may leave. Whoever runs the program chooses them; no deadline and no reminder is counted by them.

use std::str::FromStr;

use chrono::{NaiveDate, NaiveTime, TimeDelta};

use super::Calendar;
use super::zone::{MORNING, at, local_date};
use crate::clock::Timestamp;

/// The shortest office hours: long enough for every mail of a day to be tried.
const SHORTEST: TimeDelta = TimeDelta::hours(1);
/// What is to leave by the end of the day is ready so long before it: once a minute it is looked for.
const LAST: TimeDelta = TimeDelta::minutes(2);
/// How it is written that mails may leave at any time.
const ALWAYS: &str = "always";

/// When mails may leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OfficeHours {
    /// At any time, where somebody is always at work.
    Always,
    /// On working days, by the clock on the wall in Sweden.
    Daily {
        /// From when.
        opens: NaiveTime,
        /// Until when.
        closes: NaiveTime,
    },
}

/// Not the hours of a working day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "not office hours: write from when until when on the same day, an hour at least, such as 07:00-17:00, or `always`"
)]
pub struct NotOfficeHours;

impl Default for OfficeHours {
    /// 07:00 to 17:00.
    fn default() -> Self {
        OfficeHours::Daily {
            opens: NaiveTime::MIN + TimeDelta::hours(7),
            closes: NaiveTime::MIN + TimeDelta::hours(17),
        }
    }
}

impl std::fmt::Display for OfficeHours {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            OfficeHours::Always => f.write_str(ALWAYS),
            OfficeHours::Daily { opens, closes } => write!(f, "{}-{}", opens.format("%H:%M"), closes.format("%H:%M")),
        }
    }
}

impl FromStr for OfficeHours {
    type Err = NotOfficeHours;

    fn from_str(text: &str) -> Result<Self, NotOfficeHours> {
        if text.trim() == ALWAYS {
            return Ok(OfficeHours::Always);
        }
        let (opens, closes) = text.split_once('-').ok_or(NotOfficeHours)?;
        let (opens, closes) = (time(opens)?, time(closes)?);
        let long_enough = closes.signed_duration_since(opens) >= SHORTEST;
        long_enough.then_some(OfficeHours::Daily { opens, closes }).ok_or(NotOfficeHours)
    }
}

fn time(text: &str) -> Result<NaiveTime, NotOfficeHours> {
    NaiveTime::parse_from_str(text.trim(), "%H:%M").map_err(|_| NotOfficeHours)
}

impl OfficeHours {
    /// The instant itself in office hours of a working day; otherwise the next working morning.
    pub fn moment(&self, calendar: &Calendar, instant: Timestamp) -> Timestamp {
        let OfficeHours::Daily { opens, closes } = *self else { return instant };
        let today = local_date(instant);
        let (opens, closes) = (at(today, opens), at(today, closes));
        match calendar.is_working_day(today) {
            true if opens <= instant && instant < closes => instant,
            true if instant < opens => self.morning(calendar, today),
            _ => self.morning(calendar, today.succ_opt().unwrap_or(today)),
        }
    }

    /// So long after the morning of the first working day on the date or after it, or while something can leave yet where the
    /// office closes before.
    pub fn after_morning(&self, calendar: &Calendar, date: NaiveDate, after: TimeDelta) -> Timestamp {
        let day = calendar.next_working_day(date);
        let moment = self.morning(calendar, day) + after;
        match *self {
            OfficeHours::Daily { closes, .. } => moment.min(at(day, closes - LAST)),
            OfficeHours::Always => moment,
        }
    }

    /// The morning of the first working day on the date or after it: 08:00, or when the office opens where 08:00 is outside, or
    /// so short before its end that nothing of the morning could leave.
    pub fn morning(&self, calendar: &Calendar, date: NaiveDate) -> Timestamp {
        let usual = NaiveTime::MIN + MORNING;
        let begins = match *self {
            OfficeHours::Daily { opens, closes } if !(opens..closes - LAST).contains(&usual) => opens,
            OfficeHours::Daily { .. } | OfficeHours::Always => usual,
        };
        at(calendar.next_working_day(date), begins)
    }
}
