//! Due dates that can say how they came about. Which deadline has which period is not known here.

use chrono::{Datelike, NaiveDate};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::moves::Move;
use super::words::{day_and_month, in_words, list, weekday};
use super::working_day::{Direction, stretch};
use super::{Calendar, CalendarError, Period, PeriodUnit, in_range};

/// How many days a sentence names at most.
const NAMED: usize = 10;

/// What happens to a period that ends on a day off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum EndRule {
    /// It ends there all the same.
    AsCounted,
    /// It runs out on the next working day, as lag (1930:173) 2 § has it; counted backward, as a notice before a
    /// meeting is, on the preceding working day, so that nobody's notice is cut short.
    NextWorkingDay,
}

/// A day that was passed over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SkippedDay {
    /// The civil date in Sweden.
    pub date: NaiveDate,
    /// Why, in Swedish: the holiday's or closing day's name, `lördag` or `söndag`.
    pub reason: String,
}

/// A due date and how it came about. All dates are civil dates in Sweden.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Derivation {
    /// The day counted from, itself not counted; for a fixed date that date.
    pub start: NaiveDate,
    /// What was counted; none for a date that somebody set.
    pub period: Option<Period>,
    /// Where the count ends.
    pub ends: NaiveDate,
    /// The last day for what is due, to the end of that day.
    pub due: NaiveDate,
    /// The days off passed over, in the order they were passed: between where the count ends and the due date or, in a
    /// count of working days, the weekdays off within it. Its weekends are not listed.
    pub skipped: Vec<SkippedDay>,
    /// What moved the due date since, in the order in which it came; the last says where it is.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub moves: Vec<Move>,
}

impl Calendar {
    /// The due date of a period that starts on `start` (day 0), with its derivation.
    ///
    /// A notice "a month before" a meeting is the meeting's day less a month. That may be some days earlier than the
    /// last day from which a month reaches the meeting, and so safe for whoever is notified.
    ///
    /// # Errors
    /// [`CalendarError::OutOfRange`] when the start or the due date lies outside [`YEARS`](super::YEARS).
    pub fn due(&self, start: NaiveDate, period: Period, rule: EndRule) -> Result<Derivation, CalendarError> {
        let out_of_range = || CalendarError::OutOfRange { start };
        let direction = Direction::of(period.count());
        let ends = period.end(start, self).ok_or_else(out_of_range)?;
        let due = match (rule, direction) {
            (EndRule::AsCounted, _) => ends,
            (EndRule::NextWorkingDay, Direction::Forward) => self.next_working_day(ends),
            (EndRule::NextWorkingDay, Direction::Backward) => self.preceding_working_day(ends),
        };
        if !(in_range(start) && in_range(due)) {
            return Err(out_of_range());
        }
        let skipped = match period.unit() {
            PeriodUnit::WorkingDays if period.count() != 0 => self.not_counted(start, ends),
            _ => self.days_off(stretch(ends, due)),
        };
        Ok(Derivation { start, period: Some(period), ends, due, skipped, moves: Vec::new() })
    }

    /// The weekdays off strictly between start and end of a count of working days.
    fn not_counted(&self, start: NaiveDate, ends: NaiveDate) -> Vec<SkippedDay> {
        self.days_off(stretch(start, ends).skip(1).filter(|date| date.weekday().num_days_from_monday() < 5))
    }

    fn days_off(&self, dates: impl Iterator<Item = NaiveDate>) -> Vec<SkippedDay> {
        dates.filter_map(|date| Some(SkippedDay { date, reason: self.day_off(date)?.reason().to_owned() })).collect()
    }
}

impl Derivation {
    /// A date that somebody set, such as a body's next meeting. It is not moved.
    pub fn fixed(date: NaiveDate) -> Self {
        Derivation { start: date, period: None, ends: date, due: date, skipped: Vec::new(), moves: Vec::new() }
    }

    /// One Swedish sentence that says how the date came about, and one for each time that it was moved.
    pub fn sentence(&self) -> String {
        let Some(period) = self.period else {
            return format!("Datumet är bestämt till {}.", in_words(self.due));
        };
        let counted = self.counted(period);
        let rest = if self.counted_due() == self.ends { self.left_out() } else { self.moved() };
        format!("{counted}{rest}.{}", self.moves_in_words())
    }

    /// `60 dagar från måndag 2 november 2026 slutar fredag 1 januari 2027`.
    fn counted(&self, period: Period) -> String {
        let (start, ends, length) = (in_words(self.start), in_words(self.ends), period.in_words());
        match period.count() {
            0 => format!("Samma dag, {ends}"),
            ..0 => format!("{length} {start} är {ends}"),
            _ => format!("{length} från {start} slutar {ends}"),
        }
    }

    /// The weekdays that a count of working days left out.
    fn left_out(&self) -> String {
        if self.skipped.is_empty() {
            String::new()
        } else {
            format!(", då {} inte räknas", named(&self.skipped, "och"))
        }
    }

    /// Why the due date is not where the count ends. Saturdays and Sundays need no explanation.
    fn moved(&self) -> String {
        let telling: Vec<_> = self.skipped.iter().filter(|day| day.reason != weekday(day.date)).cloned().collect();
        let (at_end, further): (Vec<_>, Vec<_>) = telling.into_iter().partition(|day| day.date == self.ends);
        let name = at_end.first().map(|day| format!(" ({})", day.reason)).unwrap_or_default();
        let nor =
            if further.is_empty() { String::new() } else { format!(", inte heller {}", named(&further, "eller")) };
        let due = self.counted_due();
        let which = if due < self.ends { "arbetsdagen innan, " } else { "" };
        format!("{name}, som inte är en arbetsdag{nor}, därför {which}{}", in_words(due))
    }
}

/// `24 december (julafton) och 25 december (juldagen)`, with the conjunction given.
fn named(days: &[SkippedDay], conjunction: &str) -> String {
    let items: Vec<_> =
        days.iter().take(NAMED).map(|day| format!("{} ({})", day_and_month(day.date), day.reason)).collect();
    if days.len() > NAMED { format!("{} med flera", items.join(", ")) } else { list(&items, conjunction) }
}
