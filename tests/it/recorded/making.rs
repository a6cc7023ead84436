//! Records cases for the folders that are not there yet: out of the stories and scenarios first, then by dice; of all these so few that
//! together they show each mark that any of them shows.

use std::collections::BTreeSet;
use std::sync::Arc;

use samsyn::app::administration::ClosingDayOrder;
use samsyn::app::cases::{Done, Registration, What};
use samsyn::app::notes::NoteCommand;
use samsyn::app::organisation::PersonItem;
use samsyn::app::{App, AppError, Workflows, organisation};
use samsyn::authz::Role;
use samsyn::clock::Timestamp;
use samsyn::demo::player::{Stage, Standing, play};
use samsyn::demo::scenario::{Deed, Scenario, Scene};
use samsyn::demo::stage::AppStage;
use samsyn::ids::{CaseNumber, PersonId};
use samsyn::mail::Transport;
use samsyn::store::{StoreError, cases};
use samsyn::workflow::bundle::Bundle;
use serde_json::json;

use super::stand::stand;
use super::wanted::{About, Wanted, folder_of_case, marks, origins_of, wanted};
use super::{Recorded, recordings, root};
use crate::app::{county_times, local_agreements};
use crate::demo::scenarios::{all, name};
use crate::demo::second::second;
use crate::migration;
use crate::model;
use crate::support::cases::{RECEIVER, SENDER, actor, publish, register, take};
use crate::support::database::{ORGANISATION, TestApp};

/// How many times dice are thrown for cases of the second versions, of which there are few stories.
const WANDERS: u64 = 48;
/// Before every how-manieth scene of a scenario its cases go over, each time on a database of its own.
const EVERY: usize = 3;
/// How many scenes follow after that.
const FURTHER: usize = 20;

/// Records what is missing.
pub fn record(workflows: &Workflows) {
    let wanted: Vec<_> = wanted(workflows).into_iter().filter(|it| !root().join(&it.folder).exists()).collect();
    if wanted.is_empty() {
        return;
    }
    let is_wanted = |about| wanted.iter().any(|it| it.about == about);
    let played = everything_played(workflows, is_wanted);
    let shown: Vec<_> = played.iter().map(|recorded| marks(workflows, recorded, &played)).collect();
    let mut chosen: BTreeSet<usize> = BTreeSet::new();
    for Wanted { folder, marks: mut missing, .. } in wanted {
        loop {
            let gain = |at: &usize| shown[*at].intersection(&missing).count();
            // The first of those with the most: stories before what dice threw.
            let here = (0..played.len()).rev().filter(|at| played[*at].folder == folder);
            let Some(at) = here.max_by_key(gain).filter(|best| gain(best) > 0) else { break };
            missing.retain(|mark| !shown[at].contains(mark));
            choose(&played, at, &mut chosen);
        }
    }
    choose_lost_origins(&played, &mut chosen);
    for recorded in chosen.into_iter().map(|at| &played[at]).filter(|recorded| !recorded.file("json").exists()) {
        std::fs::create_dir_all(root().join(&recorded.folder)).unwrap();
        std::fs::write(recorded.file("json"), format!("{}\n", recorded.bundle.text())).unwrap();
        std::fs::write(recorded.file("txt"), stand(workflows, recorded, &played).text).unwrap();
    }
}

/// A case with those that it grew out of: without them its beginning cannot be decided again.
fn choose(played: &[Recorded], at: usize, chosen: &mut BTreeSet<usize>) {
    if !chosen.insert(at) {
        return;
    }
    let recorded = &played[at];
    for number in origins_of(&recorded.bundle) {
        let is_it = |one: &Recorded| one.bundle.case == number && one.play() == recorded.play();
        choose(played, played.iter().position(is_it).unwrap(), chosen);
    }
}

/// What recorded cases of other folders grew out of, and what went with a folder that is recorded anew.
fn choose_lost_origins(played: &[Recorded], chosen: &mut BTreeSet<usize>) {
    let there = recordings();
    for recorded in &there {
        for number in origins_of(&recorded.bundle) {
            let is_it = |one: &Recorded| one.bundle.case == number && one.play() == recorded.play();
            let lost = played.iter().position(is_it).filter(|_| !there.iter().any(is_it));
            lost.into_iter().for_each(|at| choose(played, at, chosen));
        }
    }
}

/// Every case of everything that is played for what is wanted.
fn everything_played(workflows: &Workflows, is_wanted: impl Fn(About) -> bool) -> Vec<Recorded> {
    let mut played = Vec::new();
    let mut gather = |test: TestApp, play: &str| gather(workflows, &test.app, play, &mut played);
    if is_wanted(About::Version) {
        for scenario in second() {
            gather(on_stage(&scenario, 2), &format!("second-{}", name(&scenario)));
        }
        for scenario in all() {
            gather(on_stage(&scenario, 1), &name(&scenario));
            gather(on_stage(&scenario, 2), &format!("anew-{}", name(&scenario)));
        }
        gather(local_agreements::consulted(), "local");
        gather(county_times::climbed(), "county");
        (1..=WANDERS).for_each(|seed| gather(model::wander(seed), &format!("wander-{seed}")));
    }
    if is_wanted(About::Plan) {
        for scenario in all() {
            let begins = scenario.scenes.iter().position(|scene| begins_what_goes_over(workflows, scene));
            let after = |scene: &usize| begins.is_some_and(|begins| begins < *scene);
            let scenes = (1..scenario.scenes.len()).step_by(EVERY).filter(after);
            scenes.for_each(|scene| gather(gone_over(&scenario, scene), &format!("over-{scene}-{}", name(&scenario))));
        }
    }
    if is_wanted(About::ClosingDays) {
        gather(counted_anew(), "closing");
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
    // What is told of first versions goes as far as it does with the second.
    let _ = play(scenario, &mut stage(&test));
    test
}

fn stage(test: &TestApp) -> AppStage {
    let (transport, sender) = (Transport::Memory(Arc::default()), "samsyn@localhost".parse().unwrap());
    AppStage { app: test.app.clone(), clock: test.clock.clone(), transport, sender }
}

/// Whether somebody begins a case of which there is a plan.
fn begins_what_goes_over(workflows: &Workflows, scene: &Scene) -> bool {
    let Deed::Register(registered) = &scene.deed else { return false };
    workflows.plans().iter().any(|loaded| loaded.plan.workflow == registered.register)
}

/// A scenario of first versions, in which every case that can goes over before a scene, and whatever then still can be done is.
fn gone_over(scenario: &Scenario, scene: usize) -> TestApp {
    let test = TestApp::at(&scenario.scenes[0].at.to_string());
    let _ = play(scenario, &mut GoesOver { stage: stage(&test), scene, begun: 0 });
    test
}

/// A stage on which the cases go over once time has come to a scene, and that closes soon after.
struct GoesOver {
    stage: AppStage,
    scene: usize,
    begun: usize,
}

impl Stage for GoesOver {
    fn wait(&mut self, to: Timestamp) -> Result<(), AppError> {
        self.stage.wait(to)?;
        let app = &self.stage.app;
        if self.begun == self.scene {
            app.workflows.plans().iter().for_each(|plan| drop(migration::real(app, plan)));
        }
        self.begun += 1;
        if self.begun > self.scene + FURTHER { Err(AppError::NotFound) } else { Ok(()) }
    }

    fn register(&mut self, who: &PersonId, what: &Registration) -> Result<CaseNumber, AppError> {
        self.stage.register(who, what)
    }

    fn act(&mut self, who: &PersonId, case: &CaseNumber, what: &What) -> Result<(), AppError> {
        self.stage.act(who, case, what)
    }

    fn note(&mut self, who: &PersonId, what: &NoteCommand) -> Result<(), AppError> {
        self.stage.note(who, what)
    }

    fn look(&mut self, who: &PersonId, case: &CaseNumber) -> Result<(), AppError> {
        self.stage.look(who, case)
    }

    fn standing(&mut self, case: &CaseNumber) -> Result<Standing, AppError> {
        self.stage.standing(case)
    }
}

/// A deviation that a closing day moves, that goes on with it, and that goes on when the day is taken back.
fn counted_anew() -> TestApp {
    let test = TestApp::at("2026-03-02T08:00:00Z");
    let app = &test.app;
    let done = register(app);
    let day = "2026-05-04".parse().ok();
    let order = ClosingDayOrder { day, name: "klämdag".to_owned() };
    let county = actor(app, "systemadministrator-lanet");
    let counted = |done: Done| {
        assert_eq!(app.recount_deadlines().unwrap(), 1);
        Done { revision: done.revision + 1, ..done }
    };
    app.add_closing_day(&county, &order).unwrap();
    let done = take(app, RECEIVER, &counted(done), "receive", json!({})).unwrap();
    app.take_back_closing_day(&county, day.unwrap()).unwrap();
    take(app, SENDER, &counted(done), "add_facts", json!({"more_facts": "Det hände igen."})).unwrap();
    test
}

fn gather(workflows: &Workflows, app: &App, play: &str, into: &mut Vec<Recorded>) {
    let numbers: Result<_, StoreError> = app.store.read(|db| cases::numbers(db, None, 1000));
    for number in numbers.unwrap() {
        let Some(bundle) = bundle(app, &number) else { continue };
        let Some(folder) = folder_of_case(workflows, &bundle) else { continue };
        into.push(Recorded { folder, name: format!("{play}-{number}"), bundle });
    }
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
