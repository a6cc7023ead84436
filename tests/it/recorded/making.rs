//! Records cases of final versions of which there are none yet: out of the stories and scenarios first, then by dice; of all these so few that
//! together they take each step that any of them takes.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use samsyn::app::organisation::PersonItem;
use samsyn::app::{App, Workflows, organisation};
use samsyn::authz::Role;
use samsyn::demo::player::play;
use samsyn::demo::scenario::Scenario;
use samsyn::demo::stage::AppStage;
use samsyn::ids::CaseNumber;
use samsyn::mail::Transport;
use samsyn::store::{StoreError, cases};
use samsyn::workflow::bundle::Bundle;
use samsyn::workflow::history::step_of;

use super::{Recorded, finals, folder_of, play_of, stand, steps_of, taken};
use crate::app::{county_times, local_agreements};
use crate::demo::scenarios::{all, name};
use crate::demo::second::second;
use crate::model;
use crate::support::again::Log;
use crate::support::cases::{actor, publish};
use crate::support::database::{ORGANISATION, TestApp};

/// How many times dice are thrown for cases of the second versions, of which there are few stories.
const WANDERS: u64 = 48;

/// Records what is missing.
pub fn record(workflows: &Workflows) {
    let wanted: Vec<_> = finals(workflows).filter(|known| !folder_of(known).exists()).collect();
    if wanted.is_empty() {
        return;
    }
    let played = everything_played(workflows);
    let takes: Vec<_> = played.iter().map(|recorded| taken(std::iter::once(&recorded.bundle))).collect();
    let mut chosen: BTreeSet<usize> = BTreeSet::new();
    for known in wanted {
        let mut missing: BTreeSet<_> = steps_of(workflows, known).cloned().collect();
        let of_it = |at: usize| takes[at].get(&known.digest.0).into_iter().flatten();
        if missing.is_empty() {
            // What adds no step shows in the times of a case: of that which takes most.
            let most = (0..played.len()).rev().max_by_key(|at| of_it(*at).count());
            most.into_iter().for_each(|at| choose(&played, at, &mut chosen));
        }
        loop {
            let gain = |at: &usize| of_it(*at).filter(|id| missing.contains(*id)).count();
            // The first of those with the most: stories before what dice threw.
            let best = (0..played.len()).rev().max_by_key(gain).filter(|best| gain(best) > 0);
            let Some(at) = best else { break };
            of_it(at).for_each(|id| {
                missing.remove(id);
            });
            choose(&played, at, &mut chosen);
        }
    }
    for recorded in chosen.into_iter().map(|at| &played[at]) {
        if !recorded.file.exists() {
            std::fs::create_dir_all(recorded.file.parent().unwrap()).unwrap();
            std::fs::write(&recorded.file, format!("{}\n", recorded.bundle.text())).unwrap();
            std::fs::write(recorded.file.with_extension("txt"), stand::stand(workflows, recorded, &played)).unwrap();
        }
    }
}

/// A case with those that it grew out of: without them its beginning cannot be decided again.
fn choose(played: &[Recorded], at: usize, chosen: &mut BTreeSet<usize>) {
    if !chosen.insert(at) {
        return;
    }
    let recorded = &played[at];
    let play = play_of(&recorded.name, &recorded.bundle);
    let log = Log::bundled(&recorded.bundle);
    let origins = log.steps().filter_map(|(_, step)| step.opened.as_ref()).flat_map(|opened| &opened.origins);
    for number in origins {
        let is_it = |other: &Recorded| other.bundle.case == *number && play_of(&other.name, &other.bundle) == play;
        choose(played, played.iter().position(is_it).unwrap(), chosen);
    }
}

/// Every case of everything that is played.
fn everything_played(workflows: &Workflows) -> Vec<Recorded> {
    let mut played = Vec::new();
    for scenario in second() {
        gather(workflows, &on_stage(&scenario, 2).app, &format!("second-{}", name(&scenario)), &mut played);
    }
    for scenario in all() {
        gather(workflows, &on_stage(&scenario, 1).app, &name(&scenario), &mut played);
        gather(workflows, &on_stage(&scenario, 2).app, &format!("anew-{}", name(&scenario)), &mut played);
    }
    gather(workflows, &local_agreements::consulted().app, "local", &mut played);
    gather(workflows, &county_times::climbed().app, "county", &mut played);
    for seed in 1..=WANDERS {
        gather(workflows, &model::wander(seed).app, &format!("wander-{seed}"), &mut played);
    }
    played
}

/// A scenario, played on a database of its own, where new cases get these versions.
fn on_stage(scenario: &Scenario, version: u32) -> TestApp {
    let test = TestApp::at(&scenario.scenes[0].at.to_string());
    if version > 1 {
        ["deviation", "local-dispute"]
            .iter()
            .for_each(|workflow| publish(&test.app, workflow, version, |_| {}).unwrap());
    }
    let (transport, sender) = (Transport::Memory(Arc::default()), "samsyn@localhost".parse().unwrap());
    let mut stage = AppStage { app: test.app.clone(), clock: test.clock.clone(), transport, sender };
    // What is told of first versions goes as far as it does with the second.
    let _ = play(scenario, &mut stage);
    test
}

fn gather(workflows: &Workflows, app: &App, play: &str, into: &mut Vec<Recorded>) {
    let numbers: Result<_, StoreError> = app.store.read(|db| cases::numbers(db, None, 1000));
    for number in numbers.unwrap() {
        let Some(bundle) = bundle(app, &number) else { continue };
        let Some(file) = file(workflows, &bundle, &format!("{play}-{number}")) else { continue };
        into.push(Recorded { name: format!("{play}-{number}"), file, bundle });
    }
}

/// Where a case is kept: with the version under which it stands. None where that is of these tests alone.
fn file(workflows: &Workflows, bundle: &Bundle, name: &str) -> Option<PathBuf> {
    let log = Log::bundled(bundle);
    let last = log.entries.iter().rfind(|entry| step_of(entry).is_some())?;
    let known = workflows.all().find(|known| known.digest == last.definition)?;
    Some(folder_of(known).join(format!("{name}.json")))
}

/// The bundle of a case as it is made for whoever reads most of it.
fn bundle(app: &App, number: &CaseNumber) -> Option<Bundle> {
    let file = organisation::read("organisation.yaml", ORGANISATION).unwrap();
    let reads = |person: &&PersonItem| {
        person.memberships.iter().any(|held| matches!(held.role, Role::Handler | Role::Management | Role::Registrar))
    };
    let bundles = file.people.iter().filter(reads);
    let bundles = bundles.filter_map(|person| app.case_bundle(&actor(app, person.id.as_str()), number, true).ok());
    bundles.max_by_key(|bundle| bundle.entries.len())
}
