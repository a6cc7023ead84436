//! Clock control: steps that put a deadline off, let it rest, or end its rest before its time, and what stands in their way;
//! and the step that counts deadlines anew where a day has become a day off.
//!
//! Each of the former is an ordinary one, with its rights, its form and its reason; here is what its effect does to the
//! deadline. A deadline that is moved begins a new generation: it reminds anew, of the new day. A rest has its last day
//! from the beginning, so that the due day is known at once and nothing has to wake the deadline.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::case::Case;
use super::definition::{Deadline, Definition, Effect, StepKind, Transition};
use super::guard::Scene;
use super::rejection::{Code, Reason, Rejection};
use super::step::{Act, By, PlannedReminder, Running, Step, TimerChange};
use super::timer;
use crate::calendar::{Calendar, Derivation, EndRule, Period, in_words, local_date, start_of_day};
use crate::clock::Timestamp;

/// What stands for the transition in the step that counts deadlines anew: no transition can be called so.
pub const RECOUNT: &str = "system";

/// Why the clocks that a transition sets cannot be set on a day; empty where they can, or where it sets none.
pub fn obstacles(scene: &Scene, case: &Case, transition: &Transition) -> Vec<Reason> {
    let effects = transition.effects.iter();
    effects.filter_map(|effect| target(scene, case, effect).and_then(Result::err)).collect()
}

/// Sets the clock that an effect is about; `step` holds what was given.
///
/// # Errors
/// Where the deadline cannot be moved, or not to that day.
pub fn set(scene: &Scene, case: &Case, effect: &Effect, step: &mut Step) -> Result<(), Rejection> {
    let Some(target) = target(scene, case, effect) else { return Ok(()) };
    let target = target?;
    let given = |field: &str| {
        let text = step.data.get(field).and_then(|value| value.as_str());
        let date = text.and_then(|text| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok());
        date.ok_or_else(|| Rejection::from(Reason::field(Code::Required, field, "Ange en dag.")))
    };
    let derivation = match effect {
        Effect::Extend(effect) => target.extended(scene, &effect.to, given(&effect.to)?)?,
        Effect::Pause(effect) => target.paused(scene, &effect.until, given(&effect.until)?)?,
        Effect::Resume(_) => target.resumed(scene)?,
        Effect::Assign(_) | Effect::ReplaceParty(_) | Effect::Link(_) => return Ok(()),
    };
    let generation = target.running.generation + 1;
    let running = run(target.deadline, derivation, generation, scene.calendar, step.recorded);
    step.deadlines.entry(target.name.to_owned()).or_insert(TimerChange::Armed(running));
    Ok(())
}

/// A deadline's run with the reminders that its rest leaves.
fn run(deadline: &Deadline, derivation: Derivation, generation: u32, calendar: &Calendar, now: Timestamp) -> Running {
    let rests_until = derivation.rests_until(local_date(now));
    let mut running = timer::run(deadline, derivation, generation, calendar, now);
    if let Some(end) = rests_until.and_then(|until| until.succ_opt()).map(start_of_day) {
        running.reminders.retain(|reminder| reminder.at >= end);
    }
    running
}

/// The step that counts a case's deadlines anew by the days off that the calendar knows now, because of `day`; none where
/// nothing moves. The generation stays: what was reminded of is not reminded of again. A deadline that would then have run
/// out already is left as it is.
pub fn recount(
    definition: &Definition,
    case: &Case,
    calendar: &Calendar,
    day: NaiveDate,
    now: Timestamp,
) -> Option<Step> {
    let recounted = case.running().filter(|(_, running)| !running.ran_out).filter_map(|(name, running)| {
        let deadline = definition.deadlines.get(name)?;
        let derivation = calendar.recounted(&running.derivation, deadline.end).ok()?;
        let mut anew = run(deadline, derivation, running.generation, calendar, now);
        // What was due by now and may not have gone out yet keeps its instant.
        let (past, to_come): (Vec<_>, Vec<_>) =
            running.reminders.iter().cloned().partition(|reminder| reminder.at <= now);
        let is_past = |reminder: &PlannedReminder| {
            past.iter().any(|other| (other.step, other.round) == (reminder.step, reminder.round))
        };
        anew.reminders.retain(|reminder| !is_past(reminder));
        let moves = anew.due() != running.due() || anew.reminders != to_come;
        if !moves || anew.due() < local_date(now) {
            return None;
        }
        anew.reminders.splice(0..0, past);
        Some((name.clone(), TimerChange::Armed(anew)))
    });
    let deadlines: BTreeMap<_, _> = recounted.collect();
    (!deadlines.is_empty()).then(|| Step { deadlines, ..counted(case, day, now) })
}

/// A step of the calendar's.
fn counted(case: &Case, day: NaiveDate, now: Timestamp) -> Step {
    Step {
        act: Act::Recount,
        transition: RECOUNT.to_owned(),
        kind: StepKind::Event,
        from: Some(case.state.clone()),
        to: case.state.clone(),
        by: By::Calendar { day },
        happened: now.max(case.latest),
        recorded: now,
        data: BTreeMap::new(),
        cleared: Vec::new(),
        of: None,
        rests_on: None,
        opened: None,
        parties: Vec::new(),
        assigned: None,
        links: Vec::new(),
        sent_to: Vec::new(),
        deadlines: BTreeMap::new(),
        outcome: None,
    }
}

/// A deadline that runs, and that an effect is to move.
struct Target<'a> {
    name: &'a str,
    deadline: &'a Deadline,
    running: &'a Running,
}

/// The deadline that an effect is about: the first of those that it names that runs. None for other effects.
fn target<'a>(scene: &Scene<'a>, case: &'a Case, effect: &'a Effect) -> Option<Result<Target<'a>, Reason>> {
    effect.deadlines().next()?;
    let runs = effect.deadlines().find_map(|name| {
        let running = case.deadlines.get(name)?.running.as_ref().filter(|running| !running.ran_out)?;
        Some(Target { name, deadline: scene.definition.deadlines.get(name)?, running })
    });
    let none = || Reason::new(Code::Guard, "Ingen sådan tidsfrist löper just nu.");
    let target = match runs.ok_or_else(none) {
        Ok(target) => target,
        Err(reason) => return Some(Err(reason)),
    };
    Some(match target.obstacle(scene, effect) {
        Some(detail) => Err(Reason::new(Code::Guard, detail)),
        None => Ok(target),
    })
}

impl Target<'_> {
    fn obstacle(&self, scene: &Scene, effect: &Effect) -> Option<String> {
        let derivation = &self.running.derivation;
        let title = &self.deadline.title;
        let rests = derivation.rests_until(scene.day);
        match (effect, rests) {
            (Effect::Extend(_) | Effect::Pause(_), Some(until)) => {
                Some(format!("Tidsfristen ”{title}” är pausad till och med {}.", in_words(until)))
            }
            (Effect::Resume(_), None) => Some(format!("Tidsfristen ”{title}” är inte pausad.")),
            (Effect::Extend(_), None) => {
                let most = self.deadline.extend.as_ref().map_or(0, |extend| extend.times);
                let used = u32::try_from(derivation.times_extended()).unwrap_or(u32::MAX);
                (used >= most).then(|| format!("Tidsfristen ”{title}” har redan förlängts {used} av {most} gånger."))
            }
            (Effect::Pause(_), None) if derivation.due < scene.day => {
                Some(format!("Tidsfristen ”{title}” har redan gått ut."))
            }
            (Effect::Pause(_), None) => self
                .longest_rest(scene)
                .is_none_or(|last| last <= scene.day)
                .then(|| format!("Tidsfristen ”{title}” har redan varit pausad så länge som den får.")),
            _ => None,
        }
    }

    /// The last day until which it may rest from the scene's day on: what its pauses have not used up yet.
    fn longest_rest(&self, scene: &Scene) -> Option<NaiveDate> {
        let longest = self.deadline.pause.as_ref()?.longest;
        let all = last_day(scene.calendar, scene.day, longest)?;
        all.checked_sub_signed(chrono::TimeDelta::days(self.running.derivation.days_paused()))
    }

    fn extended(&self, scene: &Scene, field: &str, due: NaiveDate) -> Result<Derivation, Rejection> {
        let was = self.running.due();
        let longest = self.deadline.extend.as_ref().map(|extend| extend.longest);
        let last = longest.and_then(|longest| last_day(scene.calendar, was, longest)).unwrap_or(was);
        if due <= was {
            return refuse(field, format!("Välj en dag efter {}.", in_words(was)));
        }
        if due < scene.day {
            return refuse(field, "Välj en dag som inte har varit.".to_owned());
        }
        if due > last {
            return refuse(field, format!("Tiden kan förlängas längst till och med {}.", in_words(last)));
        }
        Ok(scene.calendar.extended(&self.running.derivation, due))
    }

    fn paused(&self, scene: &Scene, field: &str, until: NaiveDate) -> Result<Derivation, Rejection> {
        if until <= scene.day {
            return refuse(field, format!("Välj en dag efter {}.", in_words(scene.day)));
        }
        match self.longest_rest(scene).filter(|last| until > *last) {
            Some(last) => refuse(field, format!("Tiden kan pausas längst till och med {}.", in_words(last))),
            None => {
                let paused = scene.calendar.paused(&self.running.derivation, scene.day, until, self.deadline.end);
                paused.or_else(|_| refuse(field, "Dagen ligger för långt fram.".to_owned()))
            }
        }
    }

    fn resumed(&self, scene: &Scene) -> Result<Derivation, Rejection> {
        let resumed = scene.calendar.resumed(&self.running.derivation, scene.day, self.deadline.end);
        resumed.map_err(|_| Reason::new(Code::Guard, "Tidsfristen kan inte räknas om.").into())
    }
}

fn refuse(field: &str, detail: String) -> Result<Derivation, Rejection> {
    Err(Reason::field(Code::Happened, field, &detail).into())
}

/// The day that a maximum reaches to.
fn last_day(calendar: &Calendar, from: NaiveDate, longest: Period) -> Option<NaiveDate> {
    calendar.due(from, longest, EndRule::AsCounted).ok().map(|derivation| derivation.due)
}
