//! What is to be recorded: for each folder of `tests/recorded` the marks that its cases are to show together - of a version its steps, of
//! a plan the deadlines that it carries over and begins, of closing days a count anew - and which of them a case shows.

use std::collections::BTreeSet;

use samsyn::app::Workflows;
use samsyn::app::workflows::Known;
use samsyn::ids::CaseNumber;
use samsyn::workflow::bundle::Bundle;
use samsyn::workflow::definition::Definition;
use samsyn::workflow::plan::{LoadedPlan, Plan, Policy};
use samsyn::workflow::step::{Act, Step, TimerChange};

use super::stand::before;
use super::{Recorded, other};
use crate::support::again::Log;

/// Where the cases are kept that were counted anew because of a closing day, and that stayed under their version.
const CLOSING_DAYS: &str = "closing-days";
/// That a case was counted anew.
const COUNTED_ANEW: &str = "counted anew";
/// That a case went over, and one out of which it grew did.
const WITH_ORIGIN: &str = "goes over as its origin does";

/// What the cases of a folder have to do with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum About {
    Version,
    Plan,
    ClosingDays,
}

/// A folder, and what its cases are to show.
pub struct Wanted {
    pub about: About,
    pub folder: String,
    pub marks: BTreeSet<String>,
}

/// Everything that is to be recorded: of each final version, of each plan between two, of closing days.
pub fn wanted(workflows: &Workflows) -> Vec<Wanted> {
    let finals = workflows.all().filter(|known| workflows.is_final(known));
    let versions = finals.map(|known| {
        let mut marks: BTreeSet<_> = steps_of(workflows, known).cloned().collect();
        if marks.is_empty() {
            // What adds no step shows in the times of a case that begins.
            marks.extend(known.definition.start.first().map(|start| start.id.clone()));
        }
        Wanted { about: About::Version, folder: folder_of(&known.definition), marks }
    });
    let plans = plans(workflows).map(|loaded| {
        let plan = &loaded.plan;
        let moved = plan.deadlines.iter().map(|(name, said)| moved(said.policy, name));
        let begun = plan.begin.iter().map(|name| begun(name));
        let with_origin = grows_out_of_what_goes_over(workflows, plan).then(|| WITH_ORIGIN.to_owned());
        let marks = moved.chain(begun).chain(with_origin).collect();
        Wanted { about: About::Plan, folder: folder_of_plan(plan), marks }
    });
    let marks = [COUNTED_ANEW.to_owned()].into();
    let counted = Wanted { about: About::ClosingDays, folder: CLOSING_DAYS.to_owned(), marks };
    versions.chain(plans).chain([counted]).collect()
}

/// The plans to final versions.
fn plans(workflows: &Workflows) -> impl Iterator<Item = &LoadedPlan> {
    let is_final = |plan: &Plan| {
        plan.to.of(&plan.workflow).and_then(|to| workflows.named(&to)).is_some_and(|to| workflows.is_final(to))
    };
    workflows.plans().iter().filter(move |loaded| is_final(&loaded.plan))
}

/// The folder of a version's recordings.
fn folder_of(definition: &Definition) -> String {
    let local = definition.local.iter().map(|local| format!("+{}-{}", local.principal, local.version));
    format!("{}-{}{}", definition.workflow, definition.version, local.collect::<String>())
}

fn folder_of_plan(plan: &Plan) -> String {
    format!("{}-{}-{}", plan.workflow, plan.from, plan.to)
}

fn moved(policy: Policy, deadline: &str) -> String {
    format!("{policy:?} {deadline}").to_lowercase()
}

fn begun(deadline: &str) -> String {
    format!("begin {deadline}")
}

/// Whether cases of the plan's old version can grow out of cases of which there is a plan too.
fn grows_out_of_what_goes_over(workflows: &Workflows, plan: &Plan) -> bool {
    let from = plan.from.of(&plan.workflow);
    let starts = from.and_then(|from| workflows.named(&from)).into_iter().flat_map(|known| &known.definition.start);
    let from = starts.filter_map(|start| start.from_case.as_ref()).map(|from| &from.workflow);
    from.into_iter().any(|from| plans(workflows).any(|other| other.plan.workflow == *from))
}

/// The starts and transitions of a version; of a local agreement those that its base does not have.
fn steps_of<'a>(workflows: &'a Workflows, known: &'a Known) -> impl Iterator<Item = &'a String> {
    let definition = &known.definition;
    let base = definition.local.as_ref().and_then(|_| workflows.version(&definition.workflow, definition.version));
    all_steps_of(known).filter(move |id| base.is_none_or(|base| all_steps_of(base).all(|other| other != *id)))
}

fn all_steps_of(known: &Known) -> impl Iterator<Item = &String> {
    let definition = &known.definition;
    definition.start.iter().map(|start| &start.id).chain(definition.transitions.iter().map(|transition| &transition.id))
}

/// Where a case is kept: with the plan by which it went over last, else with the closing days by which it was counted anew, else
/// with its version. None where that is of these tests alone.
pub fn folder_of_case(workflows: &Workflows, bundle: &Bundle) -> Option<String> {
    let log = Log::bundled(bundle);
    let last = log.steps().last()?.0;
    let known = workflows.all().find(|known| known.digest == last.definition)?;
    let migrated = log.steps().filter_map(|(_, step)| step.migrated.as_ref()).last();
    let counted = log.steps().any(|(_, step)| step.act == Act::Recount);
    Some(match migrated {
        Some(migrated) => format!("{}-{}-{}", known.definition.workflow, migrated.from, migrated.to),
        None if counted => CLOSING_DAYS.to_owned(),
        None => folder_of(&known.definition),
    })
}

/// What a case shows in its folder.
pub fn marks(workflows: &Workflows, recorded: &Recorded, all: &[Recorded]) -> BTreeSet<String> {
    let log = Log::bundled(&recorded.bundle);
    if let Some(step) = went_over(&log) {
        return marks_of_plan(workflows, (recorded, all), &log, step);
    }
    if recorded.folder == CLOSING_DAYS {
        return [COUNTED_ANEW.to_owned()].into();
    }
    log.steps().filter(|(_, step)| step.act == Act::Transition).map(|(_, step)| step.transition.clone()).collect()
}

/// The step by which a case went over last.
fn went_over(log: &Log) -> Option<&Step> {
    log.steps().map(|(_, step)| step).filter(|step| step.act == Act::Migration).last()
}

fn marks_of_plan(
    workflows: &Workflows,
    (recorded, all): (&Recorded, &[Recorded]),
    log: &Log,
    step: &Step,
) -> BTreeSet<String> {
    let is_it = |plan: &&LoadedPlan| step.migrated.as_ref().is_some_and(|migrated| migrated.plan == plan.digest);
    let (Some(loaded), Some((_, case))) = (workflows.plans().iter().find(is_it), before(workflows, log, step)) else {
        return BTreeSet::new();
    };
    let plan = &loaded.plan;
    let carried = case.running().filter_map(|(name, _)| Some(moved(plan.deadlines.get(name)?.policy, name)));
    let begins = |name: &&String| matches!(step.deadlines.get(*name), Some(TimerChange::Armed(_)));
    let begun = plan.begin.iter().filter(begins).map(|name| begun(name));
    let mut marks: BTreeSet<_> = carried.chain(begun).collect();
    let goes_over = |number: &CaseNumber| {
        other(recorded, all, number).is_some_and(|origin| went_over(&Log::bundled(&origin.bundle)).is_some())
    };
    if origins_of(&recorded.bundle).iter().any(goes_over) {
        marks.insert(WITH_ORIGIN.to_owned());
    }
    marks
}

/// The cases that a case grew out of.
pub fn origins_of(bundle: &Bundle) -> Vec<CaseNumber> {
    let log = Log::bundled(bundle);
    log.steps().filter_map(|(_, step)| step.opened.as_ref()).flat_map(|opened| opened.origins.clone()).collect()
}
