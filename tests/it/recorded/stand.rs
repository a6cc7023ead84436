//! Where a recorded case stood after each of its steps, as text: the state, the deadlines that the step set going, moved or
//! stopped, who could do what. It is made of the case as this program replays it, not of what its log says; and this program
//! must decide each step again as the log says, wherever the log holds enough.

use std::collections::BTreeSet;
use std::fmt::Write;

use samsyn::app::Workflows;
use samsyn::app::workflows::Known;
use samsyn::authz::{Actor, Role, Scope, Seat};
use samsyn::calendar::Calendar;
use samsyn::clock::Timestamp;
use samsyn::ids::{BodyId, CaseNumber, DocumentId, PersonId};
use samsyn::workflow::case::Case;
use samsyn::workflow::context::{Acting, Context};
use samsyn::workflow::definition::Definition;
use samsyn::workflow::engine::enabled;
use samsyn::workflow::log::Entry;
use samsyn::workflow::step::{By, Running, Step};

use super::{Recorded, play_of};
use crate::demo::rehearsal::Cast;
use crate::support::again::{Log, World, decide_again};

/// The stand of a recorded case.
pub fn stand(workflows: &Workflows, recorded: &Recorded, all: &[Recorded]) -> String {
    let (cast, calendar) = (Cast::new(), Calendar::swedish());
    let world = World { organisation: &cast.organisation, agreements: &cast.agreements, calendar: &calendar };
    let log = Log::bundled(&recorded.bundle);
    let mut text = String::new();
    let mut case: Option<Case> = None;
    for (entry, step) in log.steps() {
        let definition = &definition(workflows, entry).definition;
        let origin = |number: &CaseNumber| origin(workflows, (recorded, all), number);
        let again = decide_again(&world, definition, case.as_ref(), (&log, entry), &origin);
        if let Some(decided) = &again {
            let decided =
                decided.as_ref().unwrap_or_else(|refused| panic!("{} entry {}: {refused:?}", recorded.name, entry.n));
            assert_eq!(decided, step, "{} entry {}: this program decides otherwise", recorded.name, entry.n);
        }
        let after = next(definition, case.as_ref(), entry, step);
        let is_trusted = if again.is_none() { " (not decided again)" } else { "" };
        writeln!(text, "{} {}: {}{is_trusted}", entry.n, step.transition, after.state).unwrap();
        write_clocks(&mut text, case.as_ref(), &after);
        write_people(&mut text, definition, &world, &after, step.recorded);
        case = Some(after);
    }
    let case = case.unwrap();
    writeln!(text, "revision {}, ended with {:?}", case.revision, case.outcome).unwrap();
    case.running().for_each(|(name, running)| writeln!(text, "{name} runs: {}", told(running)).unwrap());
    text
}

fn definition<'a>(workflows: &'a Workflows, entry: &Entry) -> &'a Known {
    let known = workflows.all().find(|known| known.digest == entry.definition);
    known.unwrap_or_else(|| panic!("{}: its version is no more", entry.case))
}

fn next(definition: &Definition, before: Option<&Case>, entry: &Entry, step: &Step) -> Case {
    match before {
        None => Case::begin(entry.n, step).unwrap(),
        Some(case) => case.clone().evolve(definition, entry.n, step),
    }
}

/// Another case of the same play as it stood when this one grew out of it.
fn origin(workflows: &Workflows, (recorded, all): (&Recorded, &[Recorded]), number: &CaseNumber) -> Option<Case> {
    let play = play_of(&recorded.name, &recorded.bundle);
    let is_it = |other: &&Recorded| other.bundle.case == *number && play_of(&other.name, &other.bundle) == play;
    let other = all.iter().find(is_it)?;
    let (log, own) = (Log::bundled(&other.bundle), Log::bundled(&recorded.bundle));
    let begun = own.steps().next()?.1.recorded;
    let raised = |step: &Step| matches!(&step.by, By::Case { case, .. } if *case == recorded.bundle.case);
    let before = log.steps().take_while(|(_, step)| step.recorded <= begun && !raised(step));
    before.fold(None, |case: Option<Case>, (entry, step)| {
        Some(next(&definition(workflows, entry).definition, case.as_ref(), entry, step))
    })
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
