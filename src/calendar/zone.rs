//! Between civil dates and instants: Europe/Stockholm, from the zone table compiled in. Nothing else in the program
//! converts between the two.
//!
//! Civil days are not 24 hours: 09:00 stays 09:00 over a change of clocks. The zone table ends with the year 2099;
//! after that normal time is taken to hold all year, since nobody knows the rule.

use chrono::{DateTime, MappedLocalTime, NaiveDate, NaiveDateTime, NaiveTime, Offset, TimeDelta, TimeZone, Utc};
use chrono_tz::Europe::Stockholm;

use super::Calendar;
use crate::clock::Timestamp;

/// The zone, for schedules that are written in Swedish time.
pub const ZONE: chrono_tz::Tz = Stockholm;
/// When the working morning begins, in Sweden.
pub(super) const MORNING: TimeDelta = TimeDelta::hours(8);

/// The date that the calendar on the wall shows in Sweden at the instant.
pub fn local_date(instant: Timestamp) -> NaiveDate {
    instant.utc().with_timezone(&Stockholm).date_naive()
}

/// The instant as the calendar and the clock on the wall show it in Sweden, to the minute: `2026-04-24 08:00`.
pub fn local_minute(instant: Timestamp) -> String {
    instant.utc().with_timezone(&Stockholm).format("%Y-%m-%d %H:%M").to_string()
}

/// The instant when the day begins in Sweden.
pub fn start_of_day(date: NaiveDate) -> Timestamp {
    at(date, NaiveTime::MIN)
}

/// The instant when the day is over in Sweden: the start of the next one. What is due on the date is in time before it.
pub fn end_of_day(date: NaiveDate) -> Timestamp {
    start_of_day(date.succ_opt().unwrap_or(date))
}

/// The instant when the clock on the wall in Sweden shows the time on the date.
///
/// A time that the clocks skip in spring is moved forward by as much as they skip (02:30 is 03:30); of a time that they
/// show twice in autumn it is the first.
pub fn at(date: NaiveDate, time: NaiveTime) -> Timestamp {
    let wall = date.and_time(time);
    Timestamp::new(match Stockholm.from_local_datetime(&wall) {
        MappedLocalTime::Single(instant) | MappedLocalTime::Ambiguous(instant, _) => instant.to_utc(),
        MappedLocalTime::None => by_the_clock_before(wall),
    })
}

/// 08:00 in Sweden on the first working day on the date or after it: when reminders fall due.
pub fn working_morning(calendar: &Calendar, date: NaiveDate) -> Timestamp {
    at(calendar.next_working_day(date), NaiveTime::MIN + MORNING)
}

/// The instant by the offset that held a day earlier: as if the clocks had not yet been moved.
fn by_the_clock_before(wall: NaiveDateTime) -> DateTime<Utc> {
    let day_before = wall.checked_sub_signed(TimeDelta::days(1)).unwrap_or(wall);
    let offset = Stockholm.offset_from_utc_datetime(&day_before).fix();
    wall.checked_sub_offset(offset).unwrap_or(wall).and_utc()
}
