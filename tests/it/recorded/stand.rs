//! Where a recorded case stood after each of its steps, as text: the state, the deadlines that the step set going, moved or
//! stopped, who could do what. It is made of the case as this program replays it, not of what its log says; and this program
//! must decide each step again as the log says, wherever the log holds enough. The world of a step knows the closing days by which
//! the case was counted anew until then; a recorded play adds none without counting at once.

use std::collections::BTreeSet;
use std::fmt::Write;

use samsyn::app::Workflows;
use samsyn::authz::{Actor, Role, Scope, Seat};
use samsyn::calendar::Calendar;
use samsyn::clock::Timestamp;
use samsyn::ids::{BodyId, CaseNumber, DocumentId, PersonId};
use samsyn::texts::administration::DAY_OFF;
use samsyn::workflow::case::Case;
use samsyn::workflow::context::{Acting, Context};
use samsyn::workflow::definition::Definition;
use samsyn::workflow::engine::enabled;
use samsyn::workflow::log::Entry;
use samsyn::workflow::step::{By, Running, Step};

use super::{Recorded, other};
use crate::demo::rehearsal::Cast;
use crate::support::again::{Log, World, decide_again, difference};

/// The stand of a recorded case, and what this program decides otherwise than its log says.
pub struct Stand {
    pub text: String,
    pub otherwise: Vec<String>,
}

/// A case with the definition under which it stands.
type Standing<'a> = (&'a Definition, Case);

/// The stand of a recorded case.
pub fn stand(workflows: &Workflows, recorded: &Recorded, all: &[Recorded]) -> Stand {
    let cast = Cast::new();
    let log = Log::bundled(&recorded.bundle);
    let (mut text, mut otherwise, mut closed) = (String::new(), Vec::new(), BTreeSet::new());
    let mut stood: Option<Standing> = None;
    for (entry, step) in log.steps() {
        if let Some(day) = step.by.closing_day() {
            // It came to be one; one that was one already was taken back.
            let _ = closed.remove(&day) || closed.insert(day);
        }
        let calendar = closed.iter().fold(Calendar::swedish(), |all, day| all.with_closing_day(*day, DAY_OFF));
        let (organisation, agreements) = (&cast.organisation, &cast.agreements);
        let world = World { organisation, agreements, calendar: &calendar, plans: workflows.plans() };
        let definition = definition(workflows, entry);
        let origin = |number: &CaseNumber| origin(workflows, (recorded, all), number);
        let before = stood.as_ref().map(|(under, case)| (*under, case));
        let again = decide_again(&world, definition, before, (&log, entry), &origin);
        let is_trusted = if again.is_none() { " (not decided again)" } else { "" };
        let why = again.map(|again| again.map_or_else(|why| why, |decided| difference(step, &decided)));
        if let Some(why) = why.filter(|why| !why.is_empty()) {
            otherwise.push(format!("{} entry {}, {}: {why}", recorded.name, entry.n, told_step(step)));
        }
        let was = stood.as_ref().map(|(_, case)| case.clone());
        let (_, after) = next(definition, stood, entry, step);
        writeln!(text, "{} {}: {}{is_trusted}", entry.n, told_step(step), after.state).unwrap();
        write_clocks(&mut text, was.as_ref(), &after);
        write_people(&mut text, definition, &world, &after, step.recorded);
        stood = Some((definition, after));
    }
    let (_, case) = stood.unwrap();
    writeln!(text, "revision {}, ended with {:?}", case.revision, case.outcome).unwrap();
    case.running().for_each(|(name, running)| writeln!(text, "{name} runs: {}", told(running)).unwrap());
    Stand { text, otherwise }
}

/// What a step is called.
fn told_step(step: &Step) -> String {
    match (&step.migrated, step.by.closing_day()) {
        (Some(migrated), _) => format!("goes over from version {} to {}", migrated.from, migrated.to),
        (None, Some(day)) => format!("is counted anew by {day}"),
        (None, None) => step.transition.clone(),
    }
}

fn definition<'a>(workflows: &'a Workflows, entry: &Entry) -> &'a Definition {
    let known = workflows.all().find(|known| known.digest == entry.definition);
    known.map_or_else(|| panic!("{}: its version is no more", entry.case), |known| &known.definition)
}

fn next<'a>(definition: &'a Definition, before: Option<Standing>, entry: &Entry, step: &Step) -> Standing<'a> {
    let after = match before {
        None => Case::begin(entry.n, step).unwrap(),
        Some((_, case)) => case.evolve(definition, entry.n, step),
    };
    (definition, after)
}

/// A case as it stood after these steps.
fn fold<'a>(workflows: &'a Workflows, steps: impl Iterator<Item = (&'a Entry, &'a Step)>) -> Option<Standing<'a>> {
    steps.fold(None, |stood, (entry, step)| Some(next(definition(workflows, entry), stood, entry, step)))
}

/// A case as it stood before this step of its log.
pub fn before<'a>(workflows: &'a Workflows, log: &'a Log, step: &Step) -> Option<Standing<'a>> {
    fold(workflows, log.steps().take_while(|(_, other)| *other != step))
}

/// Another case of the same play as it stood when this one grew out of it.
fn origin(workflows: &Workflows, (recorded, all): (&Recorded, &[Recorded]), number: &CaseNumber) -> Option<Case> {
    let other = other(recorded, all, number)?;
    let (log, own) = (Log::bundled(&other.bundle), Log::bundled(&recorded.bundle));
    let begun = own.steps().next()?.1.recorded;
    let raised = |step: &Step| matches!(&step.by, By::Case { case, .. } if *case == recorded.bundle.case);
    let before = log.steps().take_while(|(_, step)| step.recorded <= begun && !raised(step));
    fold(workflows, before).map(|(_, case)| case)
}

/// What changed among the deadlines.
fn write_clocks(text: &mut String, before: Option<&Case>, after: &Case) {
    let running = |case: &'_ Case, name: &str| case.deadlines.get(name).and_then(|timer| timer.running.clone());
    for name in after.deadlines.keys() {
        let was = before.and_then(|before| running(before, name));
        match (was, running(after, name)) {
            (was, is) if was == is => {}
            (_, Some(is)) => writeln!(text, "  {name}: {}", told(&is)).unwrap(),
            (_, None) => writeln!(text, "  {name} stops").unwrap(),
        }
    }
}

fn told(running: &Running) -> String {
    let reminders = running.reminders.iter().map(|it| format!(" {}.{} {}", it.step, it.round, it.at));
    let (generation, due, end) = (running.generation, running.due(), running.runs_out);
    let ran_out = if running.ran_out { ", ran out" } else { "" };
    format!("{generation}, due {due}, until {end}{ran_out}; reminds{}", reminders.collect::<String>())
}

/// What anybody who is in a role, and has done nothing in the case, could do.
fn write_people(text: &mut String, definition: &Definition, world: &World, case: &Case, now: Timestamp) {
    for (who, seat) in seats(definition, case) {
        let actor = Actor::new(PersonId::from("anybody"), vec![seat]);
        let context = Context {
            now,
            acting: Acting::Person(&actor),
            organisation: world.organisation,
            calendar: world.calendar,
            agreements: world.agreements,
            cases: &BTreeSet::new(),
            documents: &BTreeSet::<DocumentId>::new(),
            seed: [7; 32],
        };
        let possible = enabled(definition, &context, case).into_iter().filter(|possible| possible.reasons.is_empty());
        let ids: Vec<_> = possible.map(|possible| possible.transition.id.clone()).collect();
        if !ids.is_empty() {
            writeln!(text, "  {who}: {}", ids.join(" ")).unwrap();
        }
    }
}

/// A seat of each role at each place that has to do with the case, with a name.
fn seats(definition: &Definition, case: &Case) -> Vec<(String, Seat)> {
    let mut seats = Vec::new();
    let lead = case.assigned.as_ref().map(|assigned| assigned.lead.clone());
    for party in case.principals(None) {
        for role in definition.roles.iter().filter(|role| **role != Role::Secretary) {
            let unit = lead.clone().filter(|_| role.scope() == Scope::Unit);
            let seat =
                Seat { role: *role, principal: Some(party.principal.clone()), authority: None, unit, body: None };
            seats.push((format!("{role} of {}", party.principal), seat));
        }
    }
    for body in definition.bodies.keys() {
        let body_id = Some(BodyId::from(body.as_str()));
        let seat = Seat { role: Role::Secretary, principal: None, authority: None, unit: None, body: body_id };
        seats.push((format!("secretary of {body}"), seat));
    }
    seats
}
