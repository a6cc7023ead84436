//! What moves a due date after it was counted: it is put off, or the count rests for a time. Who may do so, how far and
//! why is not known here.

use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::words::in_words;
use super::working_day::stretch;
use super::{Calendar, CalendarError, Derivation, EndRule, PeriodUnit, in_range};

/// What moved a due date. All dates are civil dates in Sweden.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Move {
    /// It was put off.
    Extended {
        /// The due date before.
        was: NaiveDate,
        /// The due date after.
        due: NaiveDate,
    },
    /// The count rested: what was left of it on the first day begins again after the last.
    Paused {
        /// The day on which the rest began, counted as a whole.
        from: NaiveDate,
        /// The last day of the rest.
        until: NaiveDate,
        /// The due date before.
        was: NaiveDate,
        /// Where the count ends now.
        ends: NaiveDate,
        /// The due date after.
        due: NaiveDate,
    },
}

impl Move {
    fn was(&self) -> NaiveDate {
        match self {
            Move::Extended { was, .. } | Move::Paused { was, .. } => *was,
        }
    }

    fn in_words(&self) -> String {
        match self {
            Move::Extended { due, .. } => format!("Förlängd till {}.", in_words(*due)),
            Move::Paused { from, until, .. } if until == from => {
                format!("Pausad {} och igång samma dag.", in_words(*from))
            }
            Move::Paused { from, until, due, .. } => {
                format!("Pausad från {} till och med {}: därför {}.", in_words(*from), in_words(*until), in_words(*due))
            }
        }
    }
}

impl Calendar {
    /// The derivation with its due date put off to a day.
    pub fn extended(&self, derivation: &Derivation, due: NaiveDate) -> Derivation {
        let mut moved = derivation.clone();
        moved.moves.push(Move::Extended { was: derivation.due, due });
        moved.due = due;
        moved
    }

    /// The derivation of a count that rests from one day, which has counted, to the end of another.
    ///
    /// # Errors
    /// [`CalendarError::OutOfRange`] where the due date would leave [`YEARS`](super::YEARS).
    pub fn paused(
        &self,
        derivation: &Derivation,
        from: NaiveDate,
        until: NaiveDate,
        rule: EndRule,
    ) -> Result<Derivation, CalendarError> {
        let mut moved = derivation.clone();
        let ends = self.after_rest(derivation, from, until)?;
        moved.due = if rule == EndRule::NextWorkingDay { self.next_working_day(ends) } else { ends };
        moved.moves.push(Move::Paused { from, until, was: derivation.due, ends, due: moved.due });
        Ok(moved)
    }

    /// The derivation whose last rest ends on a day before its time. A rest that ends on its first day moves nothing, and
    /// is told like the others.
    ///
    /// # Errors
    /// As [`Calendar::paused`]; a derivation that does not rest is unchanged.
    pub fn resumed(&self, derivation: &Derivation, on: NaiveDate, rule: EndRule) -> Result<Derivation, CalendarError> {
        let mut before = derivation.clone();
        let Some(Move::Paused { from, was, .. }) = derivation.moves.last().cloned() else { return Ok(before) };
        before.moves.pop();
        before.due = was;
        self.paused(&before, from, on.max(from), rule)
    }

    /// The same derivation by the days off that are known now: counted anew from its start, and moved anew. A day that
    /// somebody set or granted is not moved.
    ///
    /// # Errors
    /// As [`Calendar::due`].
    pub fn recounted(&self, derivation: &Derivation, rule: EndRule) -> Result<Derivation, CalendarError> {
        let Some(period) = derivation.period else { return Ok(derivation.clone()) };
        let counted = self.due(derivation.start, period, rule)?;
        derivation.moves.iter().try_fold(counted, |so_far, moved| match moved {
            Move::Extended { due, .. } => Ok(self.extended(&so_far, (*due).max(so_far.due))),
            Move::Paused { from, until, .. } => self.paused(&so_far, *from, *until, rule),
        })
    }

    /// Where the time that was left of the count on one day ends, counted from another.
    fn after_rest(
        &self,
        derivation: &Derivation,
        from: NaiveDate,
        until: NaiveDate,
    ) -> Result<NaiveDate, CalendarError> {
        let out_of_range = || CalendarError::OutOfRange { start: derivation.start };
        let ends = derivation.count_ends().max(from);
        let in_working_days = derivation.period.is_some_and(|period| period.unit() == PeriodUnit::WorkingDays);
        let ends = if in_working_days {
            // The days after `from`, up to the last itself.
            let left = stretch(ends, from).filter(|date| self.is_working_day(*date)).count();
            self.add_working_days(until, i32::try_from(left).map_err(|_| out_of_range())?)
        } else {
            until.checked_add_signed(ends - from)
        };
        ends.filter(|ends| in_range(*ends)).ok_or_else(out_of_range)
    }
}

impl Derivation {
    /// The due date as it was counted, before anything moved it.
    pub(super) fn counted_due(&self) -> NaiveDate {
        self.moves.first().map_or(self.due, Move::was)
    }

    /// Where the count ends now, before the end is moved off a day off.
    fn count_ends(&self) -> NaiveDate {
        match self.moves.last() {
            Some(Move::Extended { due, .. }) => *due,
            Some(Move::Paused { ends, .. }) => *ends,
            None => self.ends,
        }
    }

    /// How often it was put off.
    pub fn times_extended(&self) -> usize {
        self.moves.iter().filter(|moved| matches!(moved, Move::Extended { .. })).count()
    }

    /// For how many days it has rested, or will have, in all. Each rest is one day at least: else it could be had, with its
    /// mails to the other side, again and again without end.
    pub fn days_paused(&self) -> i64 {
        let days = self.moves.iter().map(|moved| match moved {
            Move::Extended { .. } => 0,
            Move::Paused { from, until, .. } => (*until - *from).num_days().max(1),
        });
        days.sum()
    }

    /// The last day of the rest, where it goes on after the day.
    pub fn rests_until(&self, day: NaiveDate) -> Option<NaiveDate> {
        match self.moves.last() {
            Some(Move::Paused { until, .. }) if *until > day => Some(*until),
            _ => None,
        }
    }

    /// What moved it, in Swedish sentences.
    pub(super) fn moves_in_words(&self) -> String {
        self.moves.iter().map(|moved| format!(" {}", moved.in_words())).collect()
    }
}
