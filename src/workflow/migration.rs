//! A running case goes over to another version of its workflow, as a plan says: one step that holds everything that follows, so that
//! replay asks for neither plan nor calendar; or why it does not.
//!
//! Nothing is done by halves and nothing is guessed. Where something is due of the case this very moment, it is done first; where
//! two of a pair have not met yet - a confirmation waits, a case that grew out of this one counts on a step - people decide.
//! What the new version would begin, stop or begin anew at the very next step, the migration must have said: `timer`, which
//! decides that for every step, is asked here too, so that the two cannot differ.

mod timers;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::Serialize;
use serde_json::Value;

use super::case::{Case, field_of};
use super::definition::{By as Mover, Definition, FieldKind, StepKind, Transition};
use super::guard::Scene;
use super::listing;
use super::plan::{Fate, LoadedPlan, Plan};
use super::reference::Reference;
use super::step::{Act, By, Migrated, Step};
use super::turn;
use crate::calendar::{Calendar, local_date};
use crate::clock::Timestamp;
use crate::ids::{CaseNumber, Digest};

/// What stands for the transition in the step of a migration: no transition can be called so.
pub const MIGRATION: &str = "system";

/// A plan with both versions.
#[derive(Debug, Clone, Copy)]
pub struct Journey<'a> {
    /// The plan.
    pub plan: &'a LoadedPlan,
    /// The version that cases leave.
    pub old: &'a Definition,
    /// The version that they go on under.
    pub new: &'a Definition,
    /// The digest of its text.
    pub text: &'a Digest,
}

/// What is to be known besides the case itself.
#[derive(Debug, Clone)]
pub struct Around<'a> {
    /// The moment.
    pub now: Timestamp,
    /// The working days.
    pub calendar: &'a Calendar,
    /// Who has it done.
    pub by: By,
    /// Whether something is due of one of its deadlines and not done yet.
    pub due: bool,
    /// Whether somebody's digest is to tell of a reminder of it.
    pub in_digest: bool,
    /// What open cases that grew out of this one will raise in it: the first of each list that is possible.
    pub expected: Vec<(CaseNumber, Vec<String>)>,
    /// The open cases that it grew out of, in which its end raises something, with their definitions.
    pub origins: Vec<(CaseNumber, Arc<Definition>)>,
}

/// Why a case does not go over.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Obstacle {
    /// Whether people can decide it in the case itself: take a step, and the case goes over with the next run.
    pub decision: bool,
    /// Which, for programs.
    pub code: &'static str,
    /// What, for an operator: names of the workflow file, nothing that anybody wrote.
    pub detail: String,
}

impl Obstacle {
    /// The case runs under another text of its version than the one that is at hand.
    pub fn other_text() -> Obstacle {
        Obstacle::refuse(
            "definition",
            "it runs under another text of its version than the one that the plan was held against",
        )
    }

    /// The case goes by what is agreed locally over its version, which the plan does not know.
    pub fn local(name: &Reference) -> Obstacle {
        Obstacle::refuse("local", format!("it runs under {name}: this plan does not lead from there"))
    }

    fn refuse(code: &'static str, detail: impl Into<String>) -> Obstacle {
        Obstacle { decision: false, code, detail: detail.into() }
    }

    fn decide(code: &'static str, detail: impl Into<String>) -> Obstacle {
        Obstacle { decision: true, code, detail: detail.into() }
    }
}

/// The step by which a case goes over.
///
/// # Errors
/// Every reason why it does not; nothing has changed then.
pub fn migrate(journey: &Journey, case: &Case, around: &Around) -> Result<Step, Vec<Obstacle>> {
    let mut obstacles = before(journey, case, around);
    let Some(to) = journey.plan.plan.state(&case.state).filter(|_| case.outcome.is_none()) else {
        obstacles.push(Obstacle::refuse("ended", "it has ended, or stands in no state of its version"));
        return Err(obstacles);
    };
    let (from, now) = (Some(case.state.as_str()), around.now);
    let mut step = Step::bare(Act::Migration, (MIGRATION, StepKind::Event), from, to, around.by.clone(), now, now);
    step.data = recoded(&journey.plan.plan, case);
    step.migrated = Some(Box::new(migrated(journey, case, &step.data)));
    match timers::changes(journey, case, around, &step) {
        Ok(changes) => step.deadlines = changes,
        Err(found) => obstacles.extend(found),
    }
    if obstacles.is_empty() {
        obstacles.extend(after(journey, case, around, &step));
    }
    obstacles.sort();
    if obstacles.is_empty() { Ok(step) } else { Err(obstacles) }
}

/// What stands in the way before anything is tried.
fn before(journey: &Journey, case: &Case, around: &Around) -> Vec<Obstacle> {
    let mut found = Vec::new();
    if around.due {
        found.push(Obstacle::refuse(
            "due",
            "something is due of it now: run `samsyn run-job deadlines`, then this again",
        ));
    }
    if around.in_digest {
        found.push(Obstacle::refuse(
            "digest",
            "a reminder of it waits for somebody's digest: run this again after that",
        ));
    }
    for id in case.confirmations.keys() {
        let detail = format!("`{id}` is confirmed by some and not by all: let it be done, or taken back");
        found.push(Obstacle::decide("confirmation", detail));
    }
    let plan = &journey.plan.plan;
    for key in case.fields.keys().filter(|key| plan.field(field_of(key)) == Fate::Dropped) {
        if journey.old.fields.get(field_of(key)).is_some_and(|field| holds_words(field.kind)) {
            let detail = format!("it holds what somebody wrote in `{}`, which the plan drops", field_of(key));
            found.push(Obstacle::decide("text", detail));
        }
    }
    for (number, ids) in &around.expected {
        let knew = ids.iter().any(|id| journey.old.transition(id).is_some());
        if knew && !ids.iter().any(|id| journey.new.transition(id).is_some()) {
            let detail =
                format!("{number} will raise `{}` in it, which the new version does not have", ids.join("` or `"));
            found.push(Obstacle::decide("child", detail));
        }
    }
    found.extend(unheard(journey, case, around));
    found
}

/// What the end of the case would raise no more in a case that it grew out of: that one has none of the steps that the new
/// version names.
fn unheard(journey: &Journey, case: &Case, around: &Around) -> Vec<Obstacle> {
    let raised = |definition: &Definition, starts: &BTreeSet<&str>| -> Vec<Vec<String>> {
        let began = definition.start.iter().find(|start| starts.contains(start.id.as_str()));
        let at_end = began.and_then(|start| start.from_case.as_ref()).and_then(|from| from.at_end.clone());
        let all = at_end.iter().flat_map(|at_end| at_end.all());
        all.map(|(_, ids)| ids.into_iter().cloned().collect()).filter(|ids: &Vec<_>| !ids.is_empty()).collect()
    };
    let plan = &journey.plan.plan;
    let taken: BTreeSet<_> = case.taken.keys().map(String::as_str).collect();
    let becoming: BTreeSet<_> = taken.iter().filter_map(|id| plan.transition(id).name()).collect();
    let (old, new) = (raised(journey.old, &taken), raised(journey.new, &becoming));
    let mut found = Vec::new();
    for (number, origin) in &around.origins {
        let hears = |ids: &Vec<String>| ids.iter().any(|id| origin.transition(id).is_some());
        if let Some(ids) = new.iter().find(|ids| !hears(ids)).filter(|_| old.iter().all(hears)) {
            let ids = ids.join("` or `");
            found.push(Obstacle::decide(
                "origin",
                format!("its end would raise `{ids}` in {number}, which has no such step"),
            ));
        }
    }
    found
}

fn holds_words(kind: FieldKind) -> bool {
    use FieldKind::{Documents, List, Proposal, Record, Statement, Text};
    matches!(kind, Text | Proposal | Statement | Documents | Record | List)
}

/// What would be wrong with the case as the step leaves it.
fn after(journey: &Journey, case: &Case, around: &Around, step: &Step) -> Vec<Obstacle> {
    let (old, new) = (journey.old, journey.new);
    let then = case.clone().evolve(new, 0, step);
    let day = local_date(around.now);
    let mut found = Vec::new();
    if case.running().next().is_some() && then.running().next().is_none() {
        let detail = format!("no deadline would run in `{}`: nobody would notice that nothing happens", then.state);
        found.push(Obstacle::refuse("uncovered", detail));
    }
    let can = |definition, case: &Case| !enabled(definition, case, around.calendar, day).is_empty();
    if can(old, case) && !can(new, &then) {
        found.push(Obstacle::decide("nobody", format!("no step would be possible in `{}`", then.state)));
    }
    let knew: BTreeSet<_> = turn::principals(old, case, None).into_iter().collect();
    let knows: BTreeSet<_> = turn::principals(new, &then, None).into_iter().collect();
    if !knows.is_subset(&knew) {
        found.push(Obstacle::refuse("shows", "a side would come to see it that does not yet"));
    }
    if !knew.is_subset(&knows) {
        found.push(Obstacle::refuse("hides", "a side that sees it would be told of it no more"));
    }
    let listed = listing::bodies(old, case);
    if listing::bodies(new, &then).iter().any(|body| !listed.contains(body)) {
        found.push(Obstacle::refuse("shows", "a body would come to see a line of it that does not yet"));
    }
    found
}

/// The transitions that persons may be able to take, whoever they are: those that leave the state, and whose condition holds.
pub fn enabled<'a>(
    definition: &'a Definition,
    case: &Case,
    calendar: &Calendar,
    day: chrono::NaiveDate,
) -> Vec<&'a str> {
    let scene = Scene { definition, case: Some(case), given: None, principal: None, day, calendar };
    let by_person = |step: &Transition| step.by.iter().any(|by| !matches!(by, Mover::Machine(_)));
    let possible = definition.transitions.iter().filter(|step| {
        definition.holds(&step.from, &case.state) && step.when.as_ref().is_none_or(|when| scene.holds(when))
    });
    possible.filter(|step| by_person(step)).map(|step| step.id.as_str()).collect()
}

/// Everything that is called otherwise afterwards.
fn migrated(journey: &Journey, case: &Case, data: &BTreeMap<String, Value>) -> Migrated {
    let plan = &journey.plan.plan;
    let keys = || case.fields.keys().map(|key| (key, renamed(plan, key)));
    // What has another option is given anew, by the migration itself.
    let is_given = |becomes: &Option<String>| becomes.as_ref().is_none_or(|becomes| data.contains_key(becomes));
    let moved = keys().filter(|(_, becomes)| !is_given(becomes));
    let moved = moved
        .filter_map(|(key, becomes)| becomes.filter(|becomes| becomes != key).map(|becomes| (key.clone(), becomes)));
    let taken = case.taken.keys().filter_map(|id| Some((id, plan.transition(id).name()?)));
    Migrated {
        from: journey.old.version,
        to: journey.new.version,
        text: journey.text.clone(),
        plan: journey.plan.digest.clone(),
        why: plan.why.trim().to_owned(),
        fields: moved.collect(),
        dropped: keys().filter(|(_, becomes)| is_given(becomes)).map(|(key, _)| key.clone()).collect(),
        transitions: taken
            .filter(|(id, becomes)| id != becomes)
            .map(|(id, becomes)| (id.clone(), becomes.to_owned()))
            .collect(),
    }
}

/// The key under which a value is held afterwards; none where it is dropped.
fn renamed(plan: &Plan, key: &str) -> Option<String> {
    let field = field_of(key);
    plan.field(field).name().map(|name| format!("{name}{}", &key[field.len()..]))
}

/// The choices whose options are called otherwise, by their new keys.
fn recoded(plan: &Plan, case: &Case) -> BTreeMap<String, Value> {
    let choices = case.fields.iter().filter_map(|(key, held)| {
        let Fate::Becomes(_, Some(values)) = plan.field(field_of(key)) else { return None };
        let one = |value: &Value| {
            value
                .as_str()
                .and_then(|option| values.get(option))
                .map_or_else(|| value.clone(), |new| new.as_str().into())
        };
        let becomes = match &held.value {
            Value::Array(items) => {
                let mut all: Vec<Value> = Vec::new();
                items.iter().map(one).for_each(|item| {
                    if !all.contains(&item) {
                        all.push(item)
                    }
                });
                Value::Array(all)
            }
            value => one(value),
        };
        (becomes != held.value).then(|| Some((renamed(plan, key)?, becomes)))?
    });
    choices.collect()
}
