//! `time/*`, the reminders: each can go out, and the last of them leads somewhere.

use super::{Problem, Subject, at};
use crate::calendar::{Period, PeriodUnit};
use crate::workflow::classes::{LADDER_ENDS, REMINDER_AFTER_THEN, REMINDER_BEFORE_ANCHOR, REMINDER_UNIT};
use crate::workflow::definition::{Deadline, Recipient, Reminder};

pub fn check(subject: &Subject<'_>) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (id, deadline) in &subject.definition.deadlines {
        for (n, step) in deadline.remind.iter().enumerate() {
            problems.extend(reminder(subject, id, n, deadline, step));
        }
        problems.extend(ladder_ends(subject, id, deadline));
    }
    problems
}

fn reminder(subject: &Subject<'_>, id: &str, n: usize, deadline: &Deadline, step: &Reminder) -> Option<Problem> {
    let report = |class, message: String| Some(subject.problem(class, at!["deadlines", id, "remind", n], message));
    if !matches!(step.at.unit(), PeriodUnit::Days | PeriodUnit::WorkingDays) {
        return report(
            &REMINDER_UNIT,
            format!("`{}`: a reminder's `at` counts in days (d) or working days (wd)", step.at),
        );
    }
    if deadline.after.is_some_and(|after| after.count() > 0 && reaches_back(step.at, after)) {
        let message =
            "it would have to go out before the deadline began: bring `at` nearer to the end, or lengthen `after`";
        return report(&REMINDER_BEFORE_ANCHOR, message.to_owned());
    }
    if moves_on(subject, deadline) && (step.at.count() > 0 || last(step) > 0) {
        let then = deadline.then.as_deref().unwrap_or_default();
        return report(
            &REMINDER_AFTER_THEN,
            format!("`{then}` has then moved the case on: remind on the due day or before"),
        );
    }
    None
}

/// Whether a reminder so long before the end goes out before the beginning, or on its day: certainly, not perhaps.
pub(in crate::workflow) fn reaches_back(before: Period, length: Period) -> bool {
    if before.unit() == length.unit() {
        return -before.count() >= length.count();
    }
    -calendar_days(before).0 >= calendar_days(length).1
}

/// Whether the deadline's end carries the case out of the states that it runs in, whatever the case holds.
fn moves_on(subject: &Subject<'_>, deadline: &Deadline) -> bool {
    let definition = subject.definition;
    let raised = deadline.then.as_deref().and_then(|then| definition.transition(then));
    raised.is_some_and(|step| step.when.is_none() && !step.stays() && !definition.holds(&deadline.during, &step.target))
}

/// The day of the last repetition, counted from the due day, at the earliest.
fn last(step: &Reminder) -> i64 {
    let repeats = step.repeat.as_ref().map_or(0, |repeat| i64::from(repeat.times) * calendar_days(repeat.every).0);
    calendar_days(step.at).0 + repeats
}

/// How many days of the calendar a period takes at least and at most, further from nothing. Holidays add a week or so.
fn calendar_days(period: Period) -> (i64, i64) {
    let count = i64::from(period.count());
    let (least, most) = match period.unit() {
        PeriodUnit::Days => (count, count),
        PeriodUnit::WorkingDays => (count * 7 / 5, count * 7 / 5 + 7 * count.signum()),
        PeriodUnit::Weeks => (count * 7, count * 7),
        PeriodUnit::Months => (count * 28, count * 31),
        PeriodUnit::Years => (count * 365, count * 366),
    };
    (least, most)
}

/// Where nothing is raised in the end, somebody besides those whose turn it is should hear that time has run out.
fn ladder_ends(subject: &Subject<'_>, id: &str, deadline: &Deadline) -> Option<Problem> {
    let n = deadline.remind.len().checked_sub(1)?;
    let told = deadline.remind.iter().any(|step| last(step) >= 0 && !matches!(step.to, Recipient::Whose(_)));
    let message =
        "after the last reminder nothing happens: tell somebody besides those whose turn it is, or raise a `then`";
    (deadline.then.is_none() && !told)
        .then(|| subject.problem(&LADDER_ENDS, at!["deadlines", id, "remind", n], message))
}
