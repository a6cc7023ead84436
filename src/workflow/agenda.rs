//! What comes next of a deadline that runs, and when: for the sweep that does it, and for whoever foresees it.

use std::collections::BTreeSet;

use super::definition::Deadline;
use super::step::{PlannedReminder, Running};
use crate::clock::Timestamp;

/// What comes next of a deadline.
#[derive(Debug, Clone, Copy)]
pub enum Next<'a> {
    /// A reminder.
    Reminder(&'a PlannedReminder),
    /// It has run out, and raises its event.
    End(Timestamp),
}

impl Next<'_> {
    /// When.
    pub fn at(&self) -> Timestamp {
        match self {
            Next::Reminder(reminder) => reminder.at,
            Next::End(at) => *at,
        }
    }
}

/// What is not done yet of a deadline, in the order of time; nothing of it comes after its end. `done` holds step and
/// repeat of the reminders that are in the ledger.
pub fn agenda<'a>(
    deadline: &Deadline,
    running: &'a Running,
    done: &BTreeSet<(u32, u32)>,
) -> impl Iterator<Item = Next<'a>> {
    let end = (deadline.then.is_some() && !running.ran_out).then_some(running.runs_out);
    let left = running.reminders.iter().filter(|reminder| !done.contains(&(reminder.step, reminder.round)));
    let in_time = left.filter(move |reminder| end.is_none_or(|end| reminder.at < end));
    in_time.map(Next::Reminder).chain(end.map(Next::End))
}
