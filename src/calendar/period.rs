//! Lengths of time as the workflow file writes them (`60d`, `-1m`), and how far they reach. Moving an end off a holiday
//! is not here: see [`EndRule`](super::EndRule).

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use chrono::{Months, NaiveDate, TimeDelta};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{Calendar, CalendarError};

/// What a period is counted in. All are civil: days of the wall calendar, not multiples of 24 hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PeriodUnit {
    /// `d`: every day counts.
    Days,
    /// `wd`: only working days count.
    WorkingDays,
    /// `w`: ends on the same weekday.
    Weeks,
    /// `m`: ends on the same day of the month, or on its last day.
    Months,
    /// `y`: as twelve months.
    Years,
}

impl PeriodUnit {
    const ALL: [PeriodUnit; 5] =
        [PeriodUnit::WorkingDays, PeriodUnit::Days, PeriodUnit::Weeks, PeriodUnit::Months, PeriodUnit::Years];

    fn suffix(self) -> &'static str {
        match self {
            PeriodUnit::Days => "d",
            PeriodUnit::WorkingDays => "wd",
            PeriodUnit::Weeks => "w",
            PeriodUnit::Months => "m",
            PeriodUnit::Years => "y",
        }
    }

    /// About a hundred years.
    fn most(self) -> i32 {
        match self {
            PeriodUnit::Days => 36_525,
            PeriodUnit::WorkingDays => 25_000,
            PeriodUnit::Weeks => 5_218,
            PeriodUnit::Months => 1_200,
            PeriodUnit::Years => 100,
        }
    }

    /// In Swedish, singular and plural.
    fn names(self) -> (&'static str, &'static str) {
        match self {
            PeriodUnit::Days => ("dag", "dagar"),
            PeriodUnit::WorkingDays => ("arbetsdag", "arbetsdagar"),
            PeriodUnit::Weeks => ("vecka", "veckor"),
            PeriodUnit::Months => ("månad", "månader"),
            PeriodUnit::Years => ("år", "år"),
        }
    }
}

/// A whole number of days, working days, weeks, months or years, at most about a hundred years; negative counts
/// backward.
///
/// As text, in JSON too: `60d`, `10wd`, `2w`, `2m`, `1y`, `-1m`, `0d`; one spelling each, so that equal periods are
/// equal bytes in a hashed definition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Period {
    count: i32,
    unit: PeriodUnit,
}

impl Period {
    /// The period.
    ///
    /// # Errors
    /// [`CalendarError::TooLong`] beyond about a hundred years.
    pub fn new(count: i32, unit: PeriodUnit) -> Result<Self, CalendarError> {
        if count.unsigned_abs() > unit.most().unsigned_abs() {
            return Err(too_long(count.into(), unit));
        }
        Ok(Period { count, unit })
    }

    /// How many; negative counts backward.
    pub fn count(self) -> i32 {
        self.count
    }

    /// Of what.
    pub fn unit(self) -> PeriodUnit {
        self.unit
    }

    /// Whether two periods end on the same day whenever they begin on the same: `2w` and `14d`, `1y` and `12m`.
    pub fn is_as_long_as(self, other: Period) -> bool {
        self.in_least() == other.in_least()
    }

    /// Whether this one is certainly the shorter: weeks are days and years are months, and nothing else is compared.
    pub fn is_shorter_than(self, other: Period) -> bool {
        let ((count, unit), (most, of)) = (self.in_least(), other.in_least());
        unit == of && count < most
    }

    /// The same period in the least unit that is certainly as long. A count is at most that of about a hundred years.
    fn in_least(self) -> (i32, PeriodUnit) {
        match self.unit {
            PeriodUnit::Weeks => (self.count * 7, PeriodUnit::Days),
            PeriodUnit::Years => (self.count * 12, PeriodUnit::Months),
            unit => (self.count, unit),
        }
    }

    /// The period in Swedish: `60 dagar`, `1 månad`; counted backward `1 månad före`.
    pub fn in_words(self) -> String {
        let (one, many) = self.unit.names();
        let name = if self.count.abs() == 1 { one } else { many };
        let before = if self.count < 0 { " före" } else { "" };
        format!("{} {name}{before}", self.count.abs())
    }

    /// The day on which the period ends, counted from the start and not moved, after lag (1930:173) 1 §: weeks on the
    /// same weekday, months and years on the same day of the month or, where it has none, on its last day.
    ///
    /// Because months differ, counting back and forth does not always return: 31 March less a month is 28 February,
    /// whose next month is 28 March. `None` where the count leaves the calendar.
    pub(super) fn end(self, start: NaiveDate, calendar: &Calendar) -> Option<NaiveDate> {
        let count = i64::from(self.count);
        match self.unit {
            PeriodUnit::Days => start.checked_add_signed(TimeDelta::days(count)),
            PeriodUnit::WorkingDays => calendar.add_working_days(start, self.count),
            PeriodUnit::Weeks => start.checked_add_signed(TimeDelta::weeks(count)),
            PeriodUnit::Months => add_months(start, self.count),
            PeriodUnit::Years => add_months(start, 12 * self.count),
        }
    }
}

fn add_months(start: NaiveDate, count: i32) -> Option<NaiveDate> {
    let months = Months::new(count.unsigned_abs());
    if count < 0 { start.checked_sub_months(months) } else { start.checked_add_months(months) }
}

fn too_long(count: i64, unit: PeriodUnit) -> CalendarError {
    CalendarError::TooLong { count, suffix: unit.suffix(), most: unit.most() }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.count, self.unit.suffix())
    }
}

impl FromStr for Period {
    type Err = CalendarError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let not_a_period = || CalendarError::NotAPeriod(text.to_owned());
        // Working days stand first in `ALL`: their `wd` also ends in `d`.
        let (digits, unit) = PeriodUnit::ALL
            .into_iter()
            .find_map(|unit| Some((text.strip_suffix(unit.suffix())?, unit)))
            .ok_or_else(not_a_period)?;
        let count: i64 = digits.parse().map_err(|_| not_a_period())?;
        // Refuses `+1d`, `01d` and `-0d`.
        if count.to_string() != digits {
            return Err(not_a_period());
        }
        Period::new(i32::try_from(count).map_err(|_| too_long(count, unit))?, unit)
    }
}

impl Serialize for Period {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Period {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Cow::<str>::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

impl JsonSchema for Period {
    fn schema_name() -> Cow<'static, str> {
        "Period".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "description": "A whole number and d (days), wd (working days), w (weeks), m (months) or y (years); \
                            negative counts backward; at most about a hundred years.",
            "pattern": "^(0|-?[1-9][0-9]{0,4})(d|wd|w|m|y)$"
        })
    }
}
