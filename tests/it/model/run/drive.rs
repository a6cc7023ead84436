//! Drives a case on purpose, by whoever can: up the ladder, to a solution, to another receiver, to a clock that is set. What a
//! step is good for is read out of the workflow file: the states stand in it in the order of the ladder.

use chrono::Duration;
use samsyn::app::view::TransitionView;
use samsyn::ids::{CaseNumber, IdSource, PersonId};
use samsyn::workflow::case::{Case, field_of};
use samsyn::workflow::definition::{Definition, Effect, Guard, Transition};

use super::super::book::definition;
use super::Run;
use crate::support::cases::actor;
use crate::support::values::pick;

/// What a case is driven towards.
#[derive(Debug, Clone, Copy)]
enum Goal {
    /// A state further down in the file, where nothing is settled.
    Up,
    /// What all sides confirm.
    Solution,
    /// Another receiver.
    Receiver,
    /// A deadline that is put off, rests or runs again.
    Clock,
}

impl Goal {
    /// Mostly up.
    fn of(number: u8) -> Goal {
        match number % 8 {
            0..=2 => Goal::Up,
            3 | 4 => Goal::Solution,
            5 => Goal::Receiver,
            _ => Goal::Clock,
        }
    }

    /// Whether a step out of a state is what is wanted.
    fn is(self, definition: &Definition, state: &str, step: &Transition) -> bool {
        let target = definition.states.get(&step.target).filter(|_| !step.stays());
        let rank = |name: &str| definition.states.get_index_of(name);
        match self {
            Goal::Up => {
                let open = target.is_some_and(|to| to.outcome.is_none() && !to.followed_up);
                open && rank(&step.target) > rank(state)
            }
            Goal::Solution => {
                let solved = |outcome: &String| outcome == "settled";
                step.joint().is_some()
                    && target.is_some_and(|to| to.followed_up || to.outcome.as_ref().is_some_and(solved))
            }
            Goal::Receiver => step.effects.iter().any(|effect| matches!(effect, Effect::ReplaceParty(_))),
            Goal::Clock => step.effects.iter().any(|effect| effect.deadlines().next().is_some()),
        }
    }

    /// Whether it could be reached in a case at all: up leads to bodies, and only the region has several to turn to.
    fn fits(self, definition: &Definition, case: &Case) -> bool {
        let has_one = || definition.transitions.iter().any(|step| self.is(definition, "", step));
        match self {
            Goal::Up | Goal::Solution => !definition.bodies.is_empty(),
            Goal::Receiver => case.parties[0].principal.as_str() == "region-dalarna" && has_one(),
            Goal::Clock => has_one(),
        }
    }

    /// How useful a step is to it: 0 is what is wanted, 1 leads to where it may be possible, more prepares it; none is no use.
    fn use_of(self, definition: &Definition, case: &Case, step: &Transition) -> Option<usize> {
        let leaving = |state: &str| {
            let steps = definition.transitions.iter().filter(move |step| definition.holds(&step.from, state));
            steps.collect::<Vec<_>>()
        };
        let wanted = |state: &str| -> Vec<_> {
            leaving(state).into_iter().filter(|step| self.is(definition, state, step)).collect()
        };
        if self.is(definition, &case.state, step) {
            return Some(0);
        }
        if !step.stays() {
            return (!matches!(self, Goal::Up) && !wanted(&step.target).is_empty()).then_some(1);
        }
        let mut rests = wanted(&case.state);
        let mut fields: Vec<_> = rests.iter().flat_map(|step| &step.when).flat_map(needed).collect();
        fields.retain(|name| !case.fields.keys().any(|key| field_of(key) == *name));
        while let Some(id) = rests.iter().filter_map(|step| step.rests_on.as_ref()).find(|id| !has(&rests, id)) {
            rests.push(definition.transition(id).unwrap());
        }
        let last = definition.transitions.iter().rev().position(|other| other.id == step.id).unwrap();
        (has(&rests, &step.id) || step.form().any(|field| fields.contains(&field.as_str()))).then_some(2 + last)
    }
}

fn has(steps: &[&Transition], id: &str) -> bool {
    steps.iter().any(|step| step.id == id)
}

/// The fields without which a condition cannot hold.
fn needed(guard: &Guard) -> Vec<&str> {
    match guard {
        Guard::Set(set) => vec![&set.set],
        Guard::Notice(notice) => notice.after.iter().map(String::as_str).collect(),
        Guard::All(all) => all.all.iter().flat_map(needed).collect(),
        Guard::Is(_) | Guard::Happened(_) | Guard::Not(_) | Guard::Any(_) => Vec::new(),
    }
}

impl Run {
    /// So many steps towards a goal, in a case that could come there; where none is possible, time passes.
    pub(super) fn drive(&mut self, (case, who): (u8, u8), goal: u8, (steps, dice): (u8, u16)) {
        let goal = Goal::of(goal);
        let fits = |number: &&CaseNumber| {
            let stored = &self.book.pages[*number].stored;
            stored.case.outcome.is_none() && goal.fits(&definition(self.app(), &stored.definition), &stored.case)
        };
        let fitting: Vec<_> = self.cases.iter().filter(fits).cloned().collect();
        let Some(at) = usize::from(case).checked_rem(fitting.len()) else { return };
        let number = &fitting[at];
        if dice.is_multiple_of(3) {
            // So that there is something to hand in.
            self.attach(number, who, dice.is_multiple_of(2));
        }
        for turn in 0..steps {
            if self.book.pages[number].stored.case.outcome.is_some() {
                return;
            }
            let dice = dice.wrapping_add(turn.into());
            if dice.is_multiple_of(5) {
                self.take_back(number, who);
            }
            match self.towards(number, who, goal, &IdSource::seeded(dice.into())) {
                Some((who, step)) => self.take(number, &who, &step, dice),
                None => {
                    self.test.clock.advance(Duration::days(12));
                    self.jobs();
                }
            }
        }
    }

    /// Of the steps that anybody can take, one of the most useful.
    fn towards(&self, number: &CaseNumber, who: u8, goal: Goal, dice: &IdSource) -> Option<(PersonId, String)> {
        let case = &self.book.pages[number].stored.case;
        let definition = definition(self.app(), &self.book.pages[number].stored.definition);
        let mut useful: Vec<((usize, bool), PersonId, String)> = Vec::new();
        for person in self.people_near(number, who) {
            let seen = self.app().transitions(&actor(self.app(), person.as_str()), number).unwrap_or_default();
            for step in seen.iter().filter(|step| step.enabled) {
                let rank = goal.use_of(&definition, case, definition.transition(&step.id).unwrap());
                // Rather by somebody who is not needed where another has to look at it.
                let by_another = |other: &&TransitionView| {
                    definition.transition(&other.id).unwrap().not_same_as.as_ref() == Some(&step.id)
                };
                let needed = seen.iter().filter(by_another).any(|other| other.ever);
                useful.extend(rank.map(|rank| ((rank, needed), person.clone(), step.id.clone())));
            }
        }
        let best = useful.iter().map(|(rank, ..)| *rank).min()?;
        useful.retain(|(rank, ..)| *rank == best);
        let (_, person, step) = pick(dice, &useful).clone();
        Some((person, step))
    }
}
