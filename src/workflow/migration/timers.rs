//! What becomes of a case's deadlines when it goes over. The generation stays where name and ladder of reminders stay, so that the
//! ledger knows what was sent; else a new one begins. In either case only reminders are planned that are still to come: none
//! that went out, or whose time had passed when the deadline began, is planned again.

use std::collections::BTreeMap;

use super::{Around, Journey, Obstacle};
use crate::calendar::{Derivation, local_date};
use crate::clock::Timestamp;
use crate::workflow::case::Case;
use crate::workflow::clock::replanned;
use crate::workflow::definition::{Deadline, Definition, Reminder};
use crate::workflow::guard::Scene;
use crate::workflow::plan::{DeadlinePlan, Policy};
use crate::workflow::step::{PlannedReminder, Running, Step, TimerChange};
use crate::workflow::timer;

type Changes = BTreeMap<String, TimerChange>;

/// What the migration changes among the deadlines. `step` holds everything else that it does.
pub(super) fn changes(journey: &Journey, case: &Case, around: &Around, step: &Step) -> Result<Changes, Vec<Obstacle>> {
    let (mut changes, mut obstacles) = (Changes::new(), Vec::new());
    let mut carried = Changes::new();
    for (name, running) in case.running() {
        changes.insert(name.clone(), TimerChange::Stopped);
        let said = journey.plan.plan.deadlines.get(name);
        let becomes = said.and_then(|said| Some((said, said.to.as_ref()?)));
        let Some((DeadlinePlan { policy: Policy::Keep | Policy::Remaining, .. }, to)) = becomes else { continue };
        match Carried::of(journey, case, around, (name, to)).map(|carried| carried.run(running, said)) {
            None => {}
            Some(Ok(anew)) => drop(carried.insert(to.clone(), TimerChange::Armed(anew))),
            Some(Err(obstacle)) => obstacles.push(obstacle),
        }
    }
    changes.extend(carried);
    if obstacles.is_empty() {
        obstacles.extend(by_its_rules(journey, case, around, step, &mut changes));
    }
    // What is as it was is no change; but what is to raise an event has to wake for it.
    let fires = |of: &Definition, name: &String| of.deadlines.get(name).is_some_and(|it| it.then.is_some());
    changes.retain(|name, change| {
        let was = case.deadlines.get(name).and_then(|timer| timer.running.as_ref());
        let same = matches!(change, TimerChange::Armed(anew) if Some(&*anew) == was);
        !(same && fires(journey.old, name) == fires(journey.new, name))
    });
    if obstacles.is_empty() { Ok(changes) } else { Err(obstacles) }
}

/// What the new version would do by its own rules with the deadlines as they are then: what it begins must be in the plan.
fn by_its_rules(journey: &Journey, case: &Case, around: &Around, step: &Step, changes: &mut Changes) -> Vec<Obstacle> {
    let (plan, new) = (&journey.plan.plan, journey.new);
    let so_far = Step { deadlines: changes.clone(), ..step.clone() };
    let then = case.clone().evolve(new, 0, &so_far);
    let day = local_date(around.now);
    let scene =
        Scene { definition: new, case: Some(&then), given: None, principal: None, day, calendar: around.calendar };
    let mut obstacles = Vec::new();
    for (name, change) in timer::changes(new, &then, &scene, &so_far) {
        let restarts = case.running().any(|(old, _)| {
            let said = plan.deadlines.get(old);
            said.is_some_and(|said| said.policy == Policy::Restart && said.to.as_ref() == Some(&name))
        });
        let cancelled = |(old, _): (&String, &Running)| {
            *old == name && plan.deadlines.get(old).is_some_and(|said| said.policy == Policy::Cancel)
        };
        let runs = then.deadlines.get(&name).is_some_and(|timer| timer.running.is_some());
        match &change {
            TimerChange::Armed(_) if runs => {
                let detail = format!("version {} counts `{name}` from another day than the one that is kept", plan.to);
                obstacles.push(Obstacle::refuse("deadline", detail));
            }
            TimerChange::Armed(_) if !restarts && case.running().any(cancelled) => {
                let detail = format!("`{name}` is cancelled, and version {} would begin it anew", plan.to);
                obstacles.push(Obstacle::refuse("deadline", detail));
            }
            TimerChange::Armed(anew) if restarts || plan.begin.contains(&name) => {
                if anew.runs_out <= around.now && new.deadlines[&name].then.is_some() {
                    obstacles.push(Obstacle::decide("overdue", format!("`{name}` would have run out already")));
                }
                changes.insert(name, change);
            }
            TimerChange::Armed(_) => {
                let detail = format!("`{name}` would begin, and the plan does not say so: nothing ran that becomes it");
                obstacles.push(Obstacle::decide("deadline", detail));
            }
            TimerChange::Stopped | TimerChange::RanOut => drop(changes.insert(name, TimerChange::Stopped)),
        }
    }
    obstacles
}

/// A deadline whose time goes on.
struct Carried<'a> {
    around: &'a Around<'a>,
    name: (&'a str, &'a str),
    old: &'a Deadline,
    new: &'a Deadline,
    /// How often a deadline of the new name has begun in this case.
    begun: u32,
}

impl<'a> Carried<'a> {
    fn of(
        journey: &Journey<'a>,
        case: &'a Case,
        around: &'a Around,
        (old, new): (&'a str, &'a str),
    ) -> Option<Carried<'a>> {
        let begun = case.deadlines.get(new).map_or(0, |timer| timer.generation);
        let (was, becomes) = (journey.old.deadlines.get(old)?, journey.new.deadlines.get(new)?);
        Some(Carried { around, name: (old, new), old: was, new: becomes, begun })
    }

    fn run(&self, was: &Running, said: Option<&DeadlinePlan>) -> Result<Running, Obstacle> {
        let now = self.around.now;
        let (from, to) = self.name;
        if was.derivation.rests_until(local_date(now)).is_some() && self.new.pause.is_none() {
            let detail = format!("`{from}` rests, and `{to}` cannot: let its rest be ended");
            return Err(Obstacle::decide("resting", detail));
        }
        let remaining = said.is_some_and(|said| said.policy == Policy::Remaining);
        let derivation = if remaining { self.remaining(&was.derivation)? } else { was.derivation.clone() };
        let mut anew =
            timer::run(self.new, derivation, self.generation(was), self.around.calendar, Timestamp::default());
        anew.ran_out = was.ran_out;
        let at_once = self.new.then.is_some() && !anew.ran_out && anew.runs_out <= now;
        if at_once || was.ran_out && anew.runs_out > now {
            return Err(Obstacle::decide("overdue", format!("`{from}` has run out, or `{to}` would have")));
        }
        anew.reminders = self.reminders(was, &anew);
        Ok(anew)
    }

    /// The new length from the old start, with what moved the old.
    fn remaining(&self, was: &Derivation) -> Result<Derivation, Obstacle> {
        let counted = Derivation { period: self.new.after, ..was.clone() };
        let derivation = self.around.calendar.recounted(&counted, self.new.end);
        let derivation = derivation.map_err(|error| Obstacle::refuse("deadline", error.to_string()))?;
        match derivation.due == was.due || derivation.due >= local_date(self.around.now) {
            true => Ok(derivation),
            false => Err(Obstacle::decide("overdue", format!("of `{}` no time would remain", self.name.1))),
        }
    }

    /// Whether a step of the new ladder is the old one at the same place.
    fn same(&self, step: usize) -> bool {
        matches!((self.old.remind.get(step), self.new.remind.get(step)), (Some(old), Some(new)) if alike(old, new))
    }

    fn generation(&self, was: &Running) -> u32 {
        let common = self.old.remind.len().min(self.new.remind.len());
        // A ladder that grew shorter must not leave places in the ledger that a later version gives to others.
        let grew = self.old.remind.len() <= self.new.remind.len();
        let stays = grew && self.name.0 == self.name.1 && (0..common).all(|step| self.same(step));
        if stays { was.generation } else { was.generation.max(self.begun) + 1 }
    }

    /// The step of the old ladder that a step of the new one is: the one at its place if they are alike, else any that is.
    fn earlier(&self, step: u32) -> Option<u32> {
        let at = usize::try_from(step).ok()?;
        let new = self.new.remind.get(at)?;
        let found = if self.same(at) { Some(at) } else { self.old.remind.iter().position(|old| alike(old, new)) };
        found.and_then(|place| u32::try_from(place).ok())
    }

    /// The reminders to come: of steps that the old ladder had, those that were to come; of others, those that are.
    fn reminders(&self, was: &Running, anew: &Running) -> Vec<PlannedReminder> {
        let now = self.around.now;
        let to_come = |step: u32, round: u32| {
            was.reminders.iter().find(|held| (held.step, held.round) == (step, round) && held.at > now)
        };
        let held = anew.reminders.iter().filter_map(|reminder| {
            let old = to_come(self.earlier(reminder.step)?, reminder.round)?;
            Some(PlannedReminder { at: old.at, ..reminder.clone() })
        });
        let mut planned = replanned(&held.collect::<Vec<_>>(), anew, (self.around.calendar, now));
        planned.retain(|reminder| self.earlier(reminder.step).is_none_or(|old| to_come(old, reminder.round).is_some()));
        planned
    }
}

/// Whether two steps remind at the same time: what differs besides is to whom, and in which words.
fn alike(old: &Reminder, new: &Reminder) -> bool {
    (old.at, &old.repeat) == (new.at, &new.repeat)
}
