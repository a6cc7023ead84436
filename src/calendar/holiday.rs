//! The Swedish holidays of a year, by rule. Weekends and closing days are not here: see [`Calendar`](super::Calendar).

use HolidayKind::{Eve, PublicHoliday};
use chrono::{Datelike, NaiveDate, TimeDelta, Weekday};
use schemars::JsonSchema;
use serde::Serialize;

/// What the law makes of the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum HolidayKind {
    /// A public holiday (allmän helgdag) of lag (1989:253).
    PublicHoliday,
    /// Midsummer's, Christmas or New Year's Eve: put on a par with holidays by lag (1930:173) 2 §.
    Eve,
}

/// A holiday of a certain year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Holiday {
    /// The civil date in Sweden.
    pub date: NaiveDate,
    /// The name in Swedish, as it stands within a sentence.
    pub name: &'static str,
    /// What the law makes of the day.
    pub kind: HolidayKind,
}

/// The same date each year: month, day.
const FIXED: [(u32, u32, &str, HolidayKind); 8] = [
    (1, 1, "nyårsdagen", PublicHoliday),
    (1, 6, "trettondedag jul", PublicHoliday),
    (5, 1, "första maj", PublicHoliday),
    (6, 6, "nationaldagen", PublicHoliday),
    (12, 24, "julafton", Eve),
    (12, 25, "juldagen", PublicHoliday),
    (12, 26, "annandag jul", PublicHoliday),
    (12, 31, "nyårsafton", Eve),
];

/// Days after Easter Sunday.
const BY_EASTER: [(i64, &str); 5] =
    [(-2, "långfredagen"), (0, "påskdagen"), (1, "annandag påsk"), (39, "Kristi himmelsfärdsdag"), (49, "pingstdagen")];

/// The first such weekday on or after the month and day.
const BY_WEEKDAY: [(u32, u32, Weekday, &str, HolidayKind); 3] = [
    (6, 19, Weekday::Fri, "midsommarafton", Eve),
    (6, 20, Weekday::Sat, "midsommardagen", PublicHoliday),
    (10, 31, Weekday::Sat, "alla helgons dag", PublicHoliday),
];

/// The year's thirteen public holidays and three eves, in order of date; two may share a day (2008-05-01 had two).
///
/// The rules are those of lag (1989:253) since 2005, when 6 June replaced Whit Monday; they are not right for the years
/// before. Other Sundays than Easter and Whitsun are left to the weekday. Outside chrono's years the list is empty.
pub fn holidays(year: i32) -> Vec<Holiday> {
    let fixed = FIXED.iter().map(|&(month, day, name, kind)| (NaiveDate::from_ymd_opt(year, month, day), name, kind));
    let easter = easter_sunday(year);
    let by_easter = BY_EASTER.iter().map(|&(days, name)| {
        (easter.and_then(|sunday| sunday.checked_add_signed(TimeDelta::days(days))), name, PublicHoliday)
    });
    let by_weekday = BY_WEEKDAY
        .iter()
        .map(|&(month, day, weekday, name, kind)| (weekday_on_or_after(year, month, day, weekday), name, kind));
    let mut all: Vec<_> = fixed
        .chain(by_easter)
        .chain(by_weekday)
        .filter_map(|(date, name, kind)| date.map(|date| Holiday { date, name, kind }))
        .collect();
    all.sort_by_key(|holiday| holiday.date);
    all
}

/// Easter Sunday in the Gregorian calendar, by the rule of Meeus, Jones and Butcher.
fn easter_sunday(year: i32) -> Option<NaiveDate> {
    let golden = year % 19;
    let (century, within) = (year / 100, year % 100);
    let solar = (century - (century + 8) / 25 + 1) / 3;
    let moon = (19 * golden + century - century / 4 - solar + 15) % 30;
    let weekday = (32 + 2 * (century % 4) + 2 * (within / 4) - moon - within % 4) % 7;
    let late = (golden + 11 * moon + 22 * weekday) / 451;
    let day_of_march = moon + weekday - 7 * late + 22;
    NaiveDate::from_ymd_opt(year, 3, 1)?.checked_add_signed(TimeDelta::days(i64::from(day_of_march - 1)))
}

fn weekday_on_or_after(year: i32, month: u32, day: u32, weekday: Weekday) -> Option<NaiveDate> {
    let first = NaiveDate::from_ymd_opt(year, month, day)?;
    let ahead = weekday.days_since(first.weekday());
    first.checked_add_signed(TimeDelta::days(i64::from(ahead)))
}
