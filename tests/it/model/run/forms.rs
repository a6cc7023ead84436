//! What people fill in, and what they choose among the steps that they are told they can take.

use chrono::{Duration, NaiveDate};
use samsyn::app::cases::{Registration, StepCommand, What};
use samsyn::app::view::TransitionView;
use samsyn::authz::Actor;
use samsyn::calendar::{EndRule, Period, local_date};
use samsyn::ids::{CaseNumber, IdSource, PersonId, PrincipalId};
use samsyn::workflow::definition::{Deadline, Definition, Effect};
use samsyn::workflow::engine::Happened;
use serde_json::{Map, Value, json};

use super::super::book::definition;
use super::Run;
use crate::support::cases::actor;
use crate::support::people::PRINCIPALS;
use crate::support::values::{Values, pick, roll};

/// The fields that somebody fills in: what she must, and some of what she is asked for.
fn form<'a>((require, ask): (&'a [String], &'a [String]), dice: &IdSource) -> Vec<&'a String> {
    let all = roll(dice, 4) == 0;
    require.iter().chain(ask.iter().filter(|_| all || roll(dice, 3) == 0)).collect()
}
impl Run {
    pub(super) fn registration(&self, definition: &Definition, actor: &Actor, dice: &IdSource) -> Registration {
        let start = pick(dice, &definition.start);
        let form = form((&start.require, &start.ask), dice);
        let others = definition.parties.keys().skip(1);
        let parties = others.map(|side| (side.clone(), vec![PrincipalId::from(*pick(dice, &PRINCIPALS))])).collect();
        let is_of = |number: &&CaseNumber| {
            let case = &self.book.pages[*number].stored.case;
            start.from_case.as_ref().is_some_and(|from| from.workflow == case.workflow)
        };
        let origins: Vec<_> = self.cases.iter().filter(is_of).cloned().collect();
        let origins =
            if origins.is_empty() || roll(dice, 3) == 0 { vec![] } else { vec![pick(dice, &origins).clone()] };
        Registration {
            workflow: definition.workflow.clone(),
            start: start.id.clone(),
            happened: match roll(dice, 4) {
                0 => {
                    Happened::On(local_date(self.app().now()) - Duration::days(1 + i64::from(dice.bytes::<1>()[0] % 9)))
                }
                _ => Happened::Now,
            },
            parties,
            origins,
            given: self.fill(definition, &form, (actor, &[]), dice),
            draft: None,
        }
    }

    /// Values for every field of a form.
    pub(super) fn fill(
        &self,
        definition: &Definition,
        form: &[&String],
        (actor, documents): (&Actor, &[String]),
        dice: &IdSource,
    ) -> Map<String, Value> {
        let units: Vec<_> = self.app().names_for(actor).unwrap().units.into_keys().collect();
        let units: Vec<_> = units.first().into_iter().map(|_| pick(dice, &units).clone()).collect();
        let case = if self.cases.is_empty() { "" } else { pick(dice, &self.cases).as_str() };
        let values = Values {
            dice,
            day: local_date(self.app().now()),
            principals: &PRINCIPALS.map(str::to_owned),
            units: &units,
            case,
            documents,
            text: &|_| "Så här är det.".to_owned(),
        };
        form.iter().map(|name| ((*name).clone(), values.of(&definition.fields[*name]))).collect()
    }

    /// What a form of a step is filled in with. The days to which clocks are set are mostly near.
    pub(super) fn given(&self, number: &CaseNumber, transition: &str, actor: &Actor, dice: u16) -> Map<String, Value> {
        let page = &self.book.pages[number].stored;
        let definition = definition(self.app(), &page.definition);
        let dice = IdSource::seeded(dice.into());
        let transition = definition.transition(transition).unwrap();
        let form = form((&transition.require, &transition.ask), &dice);
        let homes = actor.seats.iter().filter_map(|seat| seat.principal.clone()).collect();
        let documents = self.pickable(number, &homes);
        let mut given = self.fill(&definition, &form, (actor, &documents), &dice);
        let today = local_date(self.app().now());
        // As often the last day that the file allows or the first that it does not as any.
        let near = |from: NaiveDate, longest: Option<Period>| {
            let far = longest.and_then(|longest| self.app().calendar.due(from, longest, EndRule::AsCounted).ok());
            match far.filter(|_| roll(&dice, 2) == 0) {
                Some(far) => far.due + Duration::days(i64::from(roll(&dice, 2) == 0)),
                None => from + Duration::days(1 + i64::try_from(roll(&dice, 40)).unwrap()),
            }
        };
        let running = |name: &String| Some((name.clone(), page.case.deadlines.get(name)?.running.clone()?));
        for effect in &transition.effects {
            let Some((name, running)) = effect.deadlines().find_map(running) else { continue };
            let Deadline { extend, pause, .. } = &definition.deadlines[&name];
            match effect {
                Effect::Extend(effect) => {
                    let day = near(running.due(), extend.as_ref().map(|extend| extend.longest));
                    given.insert(effect.to.clone(), json!(day))
                }
                Effect::Pause(effect) => {
                    let day = near(today, pause.as_ref().map(|pause| pause.longest));
                    given.insert(effect.until.clone(), json!(day))
                }
                _ => None,
            };
        }
        given
    }

    /// Somebody who is told that she can take a step, and one that she can: rather one that leads on or sets a clock than
    /// another, seldom one that ends the case.
    pub fn possible(&self, number: &CaseNumber, who: u8, which: u8) -> Option<(PersonId, TransitionView)> {
        let definition = definition(self.app(), &self.book.pages[number].stored.definition);
        let target = |step: &TransitionView| &definition.transition(&step.id).unwrap().target;
        let ends = |step: &TransitionView| definition.states.get(target(step)).is_some_and(|to| to.outcome.is_some());
        let mut otherwise = None;
        for person in self.people_near(number, who) {
            let seen = self.app().transitions(&actor(self.app(), person.as_str()), number).unwrap_or_default();
            let mut can: Vec<_> =
                seen.into_iter().filter(|step| step.enabled && (which.is_multiple_of(8) || !ends(step))).collect();
            // Those that set a clock say how far one may go.
            let is_wanted = |step: &TransitionView| match which % 4 {
                0 => true,
                1 => !step.hints.is_empty(),
                _ => step.moves,
            };
            if can.iter().any(is_wanted) {
                can.retain(is_wanted);
            }
            if can.is_empty() {
                continue;
            }
            let step = can.swap_remove(usize::from(which / 4) % can.len());
            if is_wanted(&step) {
                return Some((person, step));
            }
            otherwise = otherwise.or(Some((person, step)));
        }
        otherwise
    }

    /// A day on which a step may be said to have happened: since the case came to its state, seldom the day before.
    fn day_back(&self, number: &CaseNumber, dice: &IdSource) -> NaiveDate {
        let since = local_date(self.book.pages[number].stored.case.since);
        let days = usize::try_from((local_date(self.app().now()) - since).num_days()).unwrap();
        let ago = |days: usize| since + Duration::days(i64::try_from(days).unwrap());
        if roll(dice, 10) == 0 { since - Duration::days(1) } else { ago(roll(dice, days + 1)) }
    }

    /// A command of a step that happens as it is recorded.
    pub fn command(&self, number: &CaseNumber, who: &Actor, transition: &str, dice: u16) -> StepCommand {
        let given = self.given(number, transition, who, dice);
        let what = What::Take { transition: transition.to_owned(), happened: Happened::Now, given };
        StepCommand { number: number.clone(), revision: self.book.pages[number].stored.case.revision, what }
    }

    /// One of a step that may have happened some day since the case came to its state.
    pub(super) fn dated(&self, number: &CaseNumber, who: &Actor, transition: &str, dice: u16) -> StepCommand {
        let mut given = self.given(number, transition, who, dice);
        let definition = definition(self.app(), &self.book.pages[number].stored.definition);
        let (mut happened, dice) = (Happened::Now, IdSource::seeded(u64::from(dice) << 16));
        let dated = given.keys().find(|name| definition.fields[*name].dates_step).cloned();
        match dated {
            Some(field) => drop(given.insert(field, json!(self.day_back(number, &dice)))),
            None if roll(&dice, 6) == 0 => happened = Happened::On(self.day_back(number, &dice)),
            None => {}
        }
        let what = What::Take { transition: transition.to_owned(), happened, given };
        StepCommand { number: number.clone(), revision: self.book.pages[number].stored.case.revision, what }
    }
}
