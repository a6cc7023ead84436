//! Running cases that go over from one version of a workflow to another: small made-up versions, `1.yaml` and `2.yaml`, and a
//! plan between them.

mod built_in;
mod cases;
mod many;
mod obstacles;
mod plans;

use std::collections::BTreeMap;
use std::sync::Arc;

use samsyn::app::cases::{Done, Registration};
use samsyn::app::migrations::{Judged, MigrationOrder};
use samsyn::app::{App, Workflows};
use samsyn::ids::PrincipalId;
use samsyn::mail::TEMPLATES;
use samsyn::workflow::engine::Happened;
use samsyn::workflow::lock::Lock;
use samsyn::workflow::overlay::is_overlay;
use samsyn::workflow::plan::{LoadedPlan, is_plan};
use samsyn::workflow::rules::Rules;
use samsyn::workflow::{Environment, load_set, shipped};
use serde_json::json;

use crate::support::cases::{RECEIVER, SENDER, actor, object, take};
use crate::support::database::TestApp;

pub const ONE: &str = include_str!("1.yaml");
pub const TWO: &str = include_str!("2.yaml");
pub const PLAN: &str = include_str!("1-2.yaml");
const RULES: &str = "- {id: R1, force: ska, lines: '1', sentence: En regel.}\n";

/// Who may migrate.
const COUNTY: &str = "systemadministrator-lanet";

/// The workflows of a moment: these files, each with its name.
pub fn workflows(files: &[(&str, &str)]) -> Workflows {
    let (lock, rules) = (lock(files), rules());
    let read = Workflows::read(files, ("rules.yaml", &rules), ("digests.lock", &lock), TEMPLATES);
    read.unwrap_or_else(|problems| panic!("{}", problems.iter().map(|it| format!("{it}\n")).collect::<String>()))
}

/// The rules of these tests beside the shipped ones: the demonstration's workflows are in the database too.
fn rules() -> String {
    format!("{}{RULES}", shipped::RULES.1)
}

/// A lock in which every version is final. What is agreed locally over a shipped one stands in the shipped lock.
fn lock(files: &[(&str, &str)]) -> String {
    let (rules, lock) = (Rules::read("rules.yaml", &rules()).unwrap(), Lock::default());
    let env = Environment { rules: &rules, templates: TEMPLATES, calendars: &["swedish"], lock: &lock };
    let (local, files): (Vec<(&str, &str)>, Vec<_>) = files.iter().copied().partition(|(file, _)| is_overlay(file));
    let versions: Vec<_> = files.into_iter().filter(|(file, text)| !is_plan(file, text)).collect();
    let loaded = load_set(&versions, &env).unwrap_or_else(|problems| panic!("{problems:?}"));
    let agreed = shipped::LOCK.1.lines().filter(|line| !local.is_empty() && line.contains('+'));
    let agreed: String = agreed.map(|line| format!("{line}\n")).collect();
    lock.render(&loaded).replace("final: false", "final: true") + &agreed
}

/// The application before version 2 came.
fn before(now: &str) -> TestApp {
    before_with(now, ONE)
}

/// The same with another version 1.
fn before_with(now: &str, one: &str) -> TestApp {
    let mut test = TestApp::at(now);
    begins(&mut test, one);
    test
}

/// There is this version 1 and nothing else.
pub fn begins(test: &mut TestApp, one: &str) {
    test.app.workflows = Arc::new(workflows(&[("matter/1.yaml", one)]));
    test.app.publish_first().unwrap();
}

/// Version 2 comes, with this plan.
fn comes(test: &mut TestApp, plan: &str) -> LoadedPlan {
    comes_with(test, plan, (ONE, TWO))
}

/// The same with other versions.
pub fn comes_with(test: &mut TestApp, plan: &str, (one, two): (&str, &str)) -> LoadedPlan {
    let files = [("matter/1.yaml", one), ("matter/2.yaml", two), ("matter/1-2.yaml", plan)];
    test.app.workflows = Arc::new(workflows(&files));
    test.app.workflows.plans()[0].clone()
}

/// A case under the version of the moment.
fn opened(app: &App) -> Done {
    opened_with(app, json!({"question": "Vem gör vad?", "urgency": "now"}))
}

fn opened_with(app: &App, given: serde_json::Value) -> Done {
    let registration = Registration {
        workflow: "matter".to_owned(),
        start: "ask".to_owned(),
        happened: Happened::Now,
        parties: BTreeMap::from([("answerer".to_owned(), vec![PrincipalId::from("region-dalarna")])]),
        origins: Vec::new(),
        given: object(given),
        draft: None,
    };
    app.register(&actor(app, SENDER), &registration, None).unwrap()
}

/// A case in which both talk.
fn talks(app: &App) -> Done {
    take(app, RECEIVER, &opened(app), "reply", json!({"answer": "Vi."})).unwrap()
}

pub fn run(app: &App, plan: &LoadedPlan, order: &MigrationOrder) -> Vec<Judged> {
    let mut all = Vec::new();
    app.migrate_cases(&actor(app, COUNTY), plan, order, |judged| all.push(judged)).unwrap();
    all
}

pub fn dry(app: &App, plan: &LoadedPlan) -> Vec<Judged> {
    run(app, plan, &MigrationOrder { dry_run: true, ..MigrationOrder::default() })
}

pub fn real(app: &App, plan: &LoadedPlan) -> Vec<Judged> {
    run(app, plan, &MigrationOrder::default())
}

/// The plan with changes: each text is there once, and becomes the other.
fn changed(changes: &[(&str, &str)]) -> String {
    changes.iter().fold(PLAN.to_owned(), |text, (from, to)| {
        assert_eq!(text.matches(from).count(), 1, "{from}");
        text.replace(from, to)
    })
}
