//! Deadlines: which begin, stop or begin anew with a step, and when their reminders leave.
//!
//! A deadline runs while the case is in its set, its condition holds and its anchor is there. A move inside the set
//! neither stops nor restarts it; a change of the dates that it counts from begins it anew. A step that gives anew what it
//! waits upon - a second need of the person's, a second proposal to answer - does not, while the first is unanswered:
//! whoever asks again would otherwise put off the day, and with it the reminders that reach a manager. Those who are to
//! answer learn of the second by the step's own mail. Once the first is answered the deadline has ended, and the second
//! begins it anew. Every date is computed here, once, and recorded in the step.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::case::Case;
use super::definition::{Deadline, Definition, Reminder};
use super::guard::Scene;
use super::step::{PlannedReminder, Running, Step, TimerChange};
use crate::calendar::{Calendar, Derivation, EndRule, end_of_day, working_morning};
use crate::clock::Timestamp;

/// What a deadline counts from.
enum Anchor {
    /// The day of the step that made it run.
    Step,
    /// The latest of some date fields.
    From(NaiveDate),
    /// The date itself is the deadline.
    At(NaiveDate),
}

/// What a step changes among the deadlines of `after`, the case as the step leaves it but with its old deadlines.
///
/// The scene's day is when the step happened in Stockholm; reminders due before it was recorded are left out.
pub fn changes(definition: &Definition, after: &Case, scene: &Scene, step: &Step) -> BTreeMap<String, TimerChange> {
    // A deadline is the case's, not that of the principal who takes the step.
    let scene = Scene { case: Some(after), principal: None, ..*scene };
    let changes = definition.deadlines.iter().filter_map(|(name, deadline)| {
        let wanted = anchor(definition, after, deadline, &scene);
        Some((name.clone(), change(after, name, deadline, wanted, &scene, step)?))
    });
    changes.collect()
}

fn change(
    after: &Case,
    name: &str,
    deadline: &Deadline,
    wanted: Option<Anchor>,
    scene: &Scene,
    step: &Step,
) -> Option<TimerChange> {
    let timer = after.deadlines.get(name);
    let running = timer.and_then(|timer| timer.running.as_ref());
    let Some(anchor) = wanted else { return running.map(|_| TimerChange::Stopped) };
    let same = running.is_some_and(|running| match anchor {
        Anchor::Step => true,
        Anchor::From(start) => running.derivation.start == start,
        Anchor::At(date) => running.derivation.due == date,
    });
    if same {
        return None;
    }
    let derivation = derive(deadline, anchor, scene)?;
    let generation = timer.map_or(0, |timer| timer.generation) + 1;
    Some(TimerChange::Armed(run(deadline, derivation, generation, scene.calendar, step.recorded)))
}

/// A deadline's run, from how its due day came about.
pub fn run(
    deadline: &Deadline,
    derivation: Derivation,
    generation: u32,
    calendar: &Calendar,
    now: Timestamp,
) -> Running {
    let due = derivation.due;
    let mut reminders: Vec<_> =
        (0..).zip(&deadline.remind).flat_map(|(step, reminder)| plan(step, reminder, due, calendar)).collect();
    reminders.retain(|reminder| reminder.at > now);
    reminders.sort_by_key(|reminder| (reminder.at, reminder.step, reminder.round));
    Running { generation, derivation, runs_out: end_of_day(due), reminders, ran_out: false }
}

fn anchor(definition: &Definition, after: &Case, deadline: &Deadline, scene: &Scene) -> Option<Anchor> {
    let inside = definition.holds(&deadline.during, &after.state);
    if !inside || deadline.when.as_ref().is_some_and(|when| !scene.holds(when)) {
        return None;
    }
    match &deadline.at {
        Some(field) => scene.date(field).map(Anchor::At),
        None if deadline.from.is_empty() => Some(Anchor::Step),
        None => scene.latest(&deadline.from).map(Anchor::From),
    }
}

fn derive(deadline: &Deadline, anchor: Anchor, scene: &Scene) -> Option<Derivation> {
    let start = match anchor {
        Anchor::At(date) => return Some(Derivation::fixed(date)),
        Anchor::From(date) => date,
        Anchor::Step => scene.day,
    };
    scene.calendar.due(start, deadline.after?, deadline.end).ok()
}

/// The instants of one reminder step and its repeats: in the morning of the first working day on or after each.
fn plan(step: u32, reminder: &Reminder, due: NaiveDate, calendar: &Calendar) -> Vec<PlannedReminder> {
    let first = calendar.due(due, reminder.at, EndRule::AsCounted).map(|derivation| derivation.due);
    let mut days: Vec<NaiveDate> = first.into_iter().collect();
    if let Some(repeat) = &reminder.repeat {
        for _ in 0..repeat.times {
            let next = days.last().and_then(|last| calendar.due(*last, repeat.every, EndRule::AsCounted).ok());
            days.extend(next.map(|derivation| derivation.due));
        }
    }
    let numbered = (0..).zip(days);
    numbered.map(|(round, day)| PlannedReminder { step, round, at: working_morning(calendar, day) }).collect()
}
