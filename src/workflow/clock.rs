//! Clock control: steps that put a deadline off, let it rest, or end its rest before its time, and what stands in their way;
//! and the step that counts deadlines anew where a day has become a day off.
//!
//! Each of the former is an ordinary one, with its rights, its form and its reason; here is what its effect does to the
//! deadline. A deadline that is moved begins a new generation: it reminds anew, of the new day. A rest has its last day
//! from the beginning, so that the due day is known at once and nothing has to wake the deadline. Nobody is reminded while
//! it rests. A reminder that was still to come when it began to rest, and that the days off before the new due day bring into
//! the rest, goes out on the first working morning after it; one that went out before the rest is not sent again for that.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::case::Case;
use super::definition::{Deadline, Definition, Effect, StepKind, Transition};
use super::guard::Scene;
use super::rejection::{Code, Reason, Rejection};
use super::step::{Act, By, PlannedReminder, Running, Step, TimerChange};
use super::timer;
use crate::calendar::{Calendar, Derivation, EndRule, Period, in_words, local_date, start_of_day, working_morning};
use crate::clock::Timestamp;

/// What stands for the transition in the step that counts deadlines anew: no transition can be called so.
pub const RECOUNT: &str = "system";

/// Why the clocks that a transition sets cannot be set; empty where they can, or where it sets none. The scene's day is the
/// one on which that is recorded: who could say that it happened earlier could go round every limit.
pub fn obstacles(scene: &Scene, case: &Case, transition: &Transition) -> Vec<Reason> {
    let effects = transition.effects.iter();
    effects.filter_map(|effect| target(scene, case, effect).and_then(Result::err)).collect()
}

/// What a form that sets a clock is to say of a field: the present day, and how far one may go. Empty where no clock can be
/// set now. The scene's day is that on which it would be recorded.
pub fn hints(scene: &Scene, case: &Case, transition: &Transition) -> BTreeMap<String, String> {
    let hint = |effect| {
        let target = target(scene, case, effect)?.ok()?;
        let now = format!("”{}” ska vara klart senast {}.", target.deadline.title, in_words(target.running.due()));
        match effect {
            Effect::Extend(extend) => {
                let last = in_words(target.last_extension(scene));
                Some((extend.to.clone(), format!("{now} Tiden kan förlängas längst till och med {last}.")))
            }
            Effect::Pause(pause) => {
                let last = in_words(target.longest_rest(scene)?);
                Some((pause.until.clone(), format!("{now} Tiden kan pausas längst till och med {last}.")))
            }
            Effect::Resume(_) | Effect::Assign(_) | Effect::ReplaceParty(_) | Effect::Link(_) => None,
        }
    };
    transition.effects.iter().filter_map(hint).collect()
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
    let was = target.running;
    let mut running = timer::run(target.deadline, derivation, was.generation + 1, scene.calendar, Timestamp::default());
    running.reminders = replanned(&was.reminders, &running, (scene.calendar, step.recorded));
    step.deadlines.entry(target.name.to_owned()).or_insert(TimerChange::Armed(running));
    Ok(())
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
        let mut anew = timer::run(deadline, derivation, running.generation, calendar, Timestamp::default());
        // What was due by now and may not have gone out yet keeps its instant.
        let past = || running.reminders.iter().filter(|held| held.at <= now);
        let planned = replanned(&running.reminders, &anew, (calendar, now));
        let to_come = planned.into_iter().filter(|reminder| !past().any(|held| is_same(held, reminder)));
        anew.reminders = past().cloned().chain(to_come).collect();
        let moves = anew.due() != running.due() || anew.reminders != running.reminders;
        (moves && anew.due() >= local_date(now)).then(|| (name.clone(), TimerChange::Armed(anew)))
    });
    let deadlines: BTreeMap<_, _> = recounted.collect();
    let (state, by) = (case.state.as_str(), By::Calendar { day });
    let bare = || Step::bare(Act::Recount, (RECOUNT, StepKind::Event), Some(state), state, by, now, now);
    (!deadlines.is_empty()).then(|| Step { deadlines, ..bare() })
}

/// The reminders to come of a run whose due day was moved, from those that it has by its new day and those that were held
/// before. What was to come and now lies behind is due at once, or, where it lies before the end of a rest, after that; what
/// was not to come any more, or lay before the deadline began, is not brought up by a day that lies behind.
pub(super) fn replanned(
    held: &[PlannedReminder],
    anew: &Running,
    (calendar, now): (&Calendar, Timestamp),
) -> Vec<PlannedReminder> {
    let rested = anew.derivation.rests_until(local_date(now)).and_then(|until| until.succ_opt());
    let begins = rested.map_or(now, start_of_day);
    let first = rested.map_or(now, |day| working_morning(calendar, day));
    let planned = anew.reminders.iter().filter_map(|reminder| {
        if reminder.at > now && reminder.at >= begins {
            return Some(reminder.clone());
        }
        let was_to_come = held.iter().any(|other| is_same(other, reminder) && other.at > now);
        was_to_come.then(|| PlannedReminder { at: first, ..reminder.clone() })
    });
    let mut planned: Vec<_> = planned.collect();
    planned.sort_by_key(|reminder| (reminder.at, reminder.step, reminder.round));
    planned
}

fn is_same(a: &PlannedReminder, b: &PlannedReminder) -> bool {
    (a.step, a.round) == (b.step, b.round)
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
                if used >= most {
                    return Some(format!("Tidsfristen ”{title}” har redan förlängts så många gånger som den får."));
                }
                let last = self.last_extension(scene);
                (last < scene.day).then(|| format!("Tidsfristen ”{title}” gick ut för länge sedan för att förlängas."))
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

    /// The last day that it can be put off to.
    fn last_extension(&self, scene: &Scene) -> NaiveDate {
        let was = self.running.due();
        let longest = self.deadline.extend.as_ref().map(|extend| extend.longest);
        longest.and_then(|longest| last_day(scene.calendar, was, longest)).unwrap_or(was)
    }

    fn extended(&self, scene: &Scene, field: &str, due: NaiveDate) -> Result<Derivation, Rejection> {
        let was = self.running.due();
        let last = self.last_extension(scene);
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
