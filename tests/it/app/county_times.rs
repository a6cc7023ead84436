//! The county's own times over a version: cases begun after they were published go by them at every level, those begun before do
//! not; and a municipality's local agreement, which counts while it lies over what all others get.

use std::sync::Arc;

use samsyn::app::cases::Done;
use samsyn::app::migrations::{Judged, MigrationOrder};
use samsyn::app::versions::{PublishOrder, Standing, VersionRefused};
use samsyn::app::{App, AppError, Workflows, organisation};
use samsyn::mail::TEMPLATES;
use samsyn::workflow::plan::{LoadedPlan, is_plan, leads};
use samsyn::workflow::reference::Reference;
use samsyn::workflow::shipped;
use serde_json::json;

use crate::support::cases::{FALUN, REGION, SENDER, actor, dispute, publish, take};
use crate::support::database::{ORGANISATION, TestApp};

const TIMES: &str = "local-dispute@2+county@1";
const ADMIN: &str = "systemadministrator-lanet";
const SECRETARY: &str = "natverkssekreterare";

fn publish_named(app: &App, name: &str, order: impl FnOnce(&mut PublishOrder)) -> Result<(), VersionRefused> {
    publish(app, "", 0, |publish| {
        publish.version = name.parse().unwrap();
        order(publish);
    })
}

/// New disputes get version 2, since yesterday, and one was begun then; and from today on the county's own times.
fn set() -> (TestApp, Done) {
    let test = TestApp::at("2026-03-02T08:00:00Z");
    publish_named(&test.app, "local-dispute@2", |_| {}).unwrap();
    let before = dispute(&test.app, json!({}));
    test.clock.set("2026-03-03T08:00:00Z".parse().unwrap());
    publish_named(&test.app, TIMES, |_| {}).unwrap();
    (test, before)
}

/// A dispute under the county's own times, from level to level until the council has it.
pub fn climbed() -> TestApp {
    let (test, _) = set();
    let done = dispute(&test.app, json!({}));
    climb(&test.app, &done);
    test
}

/// Takes a dispute from local management to the council, and tells the last day of each level.
fn climb(app: &App, done: &Done) -> [String; 3] {
    let day = json!("2026-03-03");
    let steps = |done: &Done, steps: &[(&str, &str, serde_json::Value)]| {
        let taken = |done: Done, (who, step, given): &(&str, &str, _)| {
            take(app, who, &done, step, serde_json::Value::clone(given))
                .unwrap_or_else(|refused| panic!("{step}: {refused:?}"))
        };
        steps.iter().fold(done.clone(), taken)
    };
    let local = last_day(app, done, "agreement");
    let done = steps(
        done,
        &[
            (SENDER, "write_statement", json!({"statement": "Vi är oense om kostnaden."})),
            (FALUN, "approve_statement", json!({})),
            (FALUN, "escalate", json!({"tried": ["staff"], "grounds": "Ingen lösning."})),
        ],
    );
    let network = last_day(app, &done, "network_level");
    let sat = json!({"met_on": day, "rapporteur": "Ordföranden", "present": "Alla", "stood_aside": "ingen"});
    let with = |further: serde_json::Value| {
        let mut given = sat.clone();
        given.as_object_mut().unwrap().extend(further.as_object().unwrap().clone());
        given
    };
    let put = json!({"solution": "Lika delar", "paragraph": "§ 1", "dissent": "ingen"});
    let done = steps(
        &done,
        &[
            (SECRETARY, "propose_solution", with(json!({"solution_draft": "Lika delar"}))),
            (SECRETARY, "put_to_parties", with(put)),
            (FALUN, "not_cleared_up", json!({"grounds": "Vi godtar det inte."})),
        ],
    );
    [local, network, last_day(app, &done, "council_level")]
}

fn last_day(app: &App, done: &Done, deadline: &str) -> String {
    let case = app.case(&actor(app, FALUN), &done.number).unwrap();
    case.deadlines.iter().find(|running| running.id == deadline).unwrap().due.to_string()
}

fn goes_by(app: &App, done: &Done) -> Option<(String, u32)> {
    let case = app.case(&actor(app, REGION), &done.number).unwrap();
    case.local.map(|local| (local.principal, local.version))
}

#[test]
fn a_dispute_begun_under_the_countys_times_has_them_at_every_level_and_one_begun_before_has_not() {
    let (test, before) = set();
    let app = &test.app;
    let after = dispute(app, json!({}));
    assert_eq!((goes_by(app, &before), goes_by(app, &after)), (None, Some(("county".to_owned(), 1))));
    assert_eq!(climb(app, &after), ["2026-04-17", "2026-06-03", "2026-09-03"]);
    assert_eq!(climb(app, &before), ["2026-05-04", "2026-07-03", "2026-07-03"]);
    let case = app.case(&actor(app, FALUN), &after.number).unwrap();
    let level = case.deadlines.iter().find(|running| running.id == "council_level").unwrap();
    assert!(level.sentence.contains("6 månader"), "{}", level.sentence);
    assert!(level.why.as_ref().unwrap().starts_with("Välfärdsrådet möts fyra gånger om året"), "{:?}", level.why);
    assert_eq!(app.verify_log(&[], |_| ()).unwrap().problems, [""; 0]);
}

#[test]
fn they_are_listed_and_retired_like_any_version_and_hold_while_their_base_does() {
    let (test, _) = set();
    let app = &test.app;
    let standing = |name: &str| {
        let all = app.versions().unwrap();
        all.into_iter().find(|version| version.known.name().to_string() == name).unwrap().standing
    };
    assert_eq!([standing(TIMES), standing("local-dispute@2")], [Standing::InForce; 2]);
    let form = app.workflow_view(&actor(app, FALUN), "local-dispute", &[]).unwrap();
    assert_eq!(form.local.unwrap().title, "Länets egna tider för tvister (påhittat exempel)");
    test.clock.set("2026-03-04T08:00:00Z".parse().unwrap());
    app.retire(&actor(app, ADMIN), TIMES.parse::<Reference>().unwrap(), None).unwrap();
    assert_eq!([standing(TIMES), standing("local-dispute@2")], [Standing::Retired, Standing::InForce]);
    assert_eq!(goes_by(app, &dispute(app, json!({}))), None);
}

/// What is built in, with these files, every version final.
fn with_files(files: &[(&str, String)]) -> Workflows {
    let more = files.iter().map(|(name, text)| (*name, text.as_str()));
    let files: Vec<_> = shipped::FILES.iter().copied().chain(more).collect();
    let read = |lock: &str| Workflows::read(&files, shipped::RULES, (shipped::LOCK.0, lock), TEMPLATES);
    let drafts = read("{}").unwrap_or_else(|problems| panic!("{problems:?}"));
    let line = |known: &samsyn::app::workflows::Known| {
        format!("{}: {{digest: \"{}\", final: true}}\n", known.name(), known.digest)
    };
    read(&drafts.all().map(line).collect::<String>()).unwrap()
}

/// A file of the county's, or of Falun's, about how long a time of the deviation is.
fn times(principal: &str, version: u32, limits: &str) -> String {
    format!(
        "format: 1\nworkflow: deviation\nbase: 2\nprincipal: {principal}\nversion: {version}\ntitle: Tider\n\
         basis: [A6]\nlimits: {{{limits}}}\n"
    )
}

#[test]
fn what_a_municipality_has_agreed_counts_while_it_lies_over_what_all_others_get() {
    let (mut test, _) = set();
    let county = times("county", 1, "answer: {after: 30d, why: Vi.}");
    let falun = times("falun", 2, "answer: {after: 29d, why: Vi.}").replacen("version: 2", "version: 2\ncounty: 1", 1);
    let files = [("workflows/deviation/2+county-1.yaml", county), ("workflows/deviation/2+falun-2.yaml", falun)];
    test.app.workflows = Arc::new(with_files(&files));
    let app = &test.app;
    // Whose times a case gets that the region sends to these today, and how long the answer may take.
    let gets = |others: &[&str]| {
        let others: Vec<_> = others.iter().map(|id| samsyn::ids::PrincipalId::from(*id)).collect();
        let view = app.workflow_view(&actor(app, "avvikelsehandlaggare-region"), "deviation", &others).unwrap();
        view.local.map(|local| format!("{}@{}", local.principal, local.version))
    };
    let gets = |others: &[&str]| gets(others).unwrap_or_default();
    let day = |day: &str| test.clock.set(format!("{day}T08:00:00Z").parse().unwrap());
    let spans = |name: &str| {
        let all = app.versions().unwrap();
        let version = all.into_iter().find(|version| version.known.name().to_string() == name).unwrap();
        let day = |day: Option<chrono::NaiveDate>| day.map_or("-".to_owned(), |day| day.to_string());
        let spans = version.spans.iter().map(|span| format!("{} {}", day(span.from), day(span.until)));
        (version.standing, spans.collect::<Vec<_>>().join(", "))
    };
    publish_named(app, "deviation@2", |_| {}).unwrap();
    publish_named(app, "deviation@2+falun@1", |_| {}).unwrap();
    let refused = publish_named(app, "deviation@2+falun@2", |_| {}).unwrap_err().to_string();
    insta::assert_snapshot!(refused, @"new cases do not get deviation@2+county@1 on 2026-03-03, and deviation@2+falun@2 lies over it: publish that first, or write an overlay of what they get");
    assert_eq!([gets(&["falun"]), gets(&["mora"])], ["falun@1", ""]);

    // Falun's 45 days were agreed beside the 60 of the version: once the county has 30, they hold no more.
    publish_named(app, "deviation@2+county@1", |order| order.from = Some("2026-04-01".parse().unwrap())).unwrap();
    assert_eq!(spans("deviation@2+falun@1"), (Standing::InForce, "2026-03-03 2026-03-31".to_owned()));
    let late = publish_named(app, "deviation@2+falun@1", |order| order.from = Some("2026-05-01".parse().unwrap()));
    assert!(matches!(late, Err(VersionRefused::NotOver(..))), "{late:?}");
    day("2026-04-01");
    assert_eq!([gets(&["falun"]), gets(&["mora"])], ["county@1", "county@1"]);
    publish_named(app, "deviation@2+falun@2", |order| order.from = Some("2026-04-02".parse().unwrap())).unwrap();
    assert_eq!(spans("deviation@2+falun@2"), (Standing::Coming, "2026-04-02 -".to_owned()));
    day("2026-04-02");
    assert_eq!(
        [gets(&[]), gets(&["mora"]), gets(&["falun"]), gets(&["falun", "mora"])],
        ["county@1", "county@1", "falun@2", "county@1"]
    );
    // And Falun's 29 go with the county's 30.
    app.retire(&actor(app, ADMIN), "deviation@2+county@1".parse::<Reference>().unwrap(), None).unwrap();
    assert_eq!([gets(&["falun"]), gets(&["mora"])], ["", ""]);
    assert_eq!(spans("deviation@2+falun@2"), (Standing::Retired, String::new()));
    let stranger = app.publish(
        &actor(app, FALUN),
        &PublishOrder { version: TIMES.parse().unwrap(), agreement: None, from: None, until: None },
    );
    assert!(matches!(stranger, Err(VersionRefused::App(AppError::NotFound))));
}

#[test]
fn no_principal_is_called_county() {
    let file = ORGANISATION.replacen("- id: vansbro\n", "- id: county\n", 1);
    let problems = organisation::read("organisation.yaml", &file).unwrap_err();
    insta::assert_snapshot!(problems[0], @"organisation.yaml:38:9: error[organisation/unfit]: `county` is taken: it stands for all in the county; give it another id");
}

/// A plan by which disputes go over to the county's times: what is left of those that become others, and every other as it is.
fn plan(app: &App, from: &str, to: &str) -> LoadedPlan {
    plan_by(app, from, to, "remaining")
}

/// A plan with that policy for the times that become others.
fn plan_by(app: &App, from: &str, to: &str, policy: &str) -> LoadedPlan {
    let (file, text) = plan_file(&app.workflows, from, to);
    let text = text.replace("policy: remaining", &format!("policy: {policy}"));
    app.workflows.read_plan(&file, &text).unwrap_or_else(|problems| panic!("{problems:?}"))
}

fn plan_file(workflows: &Workflows, from: &str, to: &str) -> (String, String) {
    let definition = &workflows.version("local-dispute", 2).unwrap().definition;
    let open = definition.states.iter().filter(|(_, state)| state.outcome.is_none()).map(|(id, _)| id.as_str());
    let open: Vec<_> = open.collect();
    let policy =
        |id: &str| if ["agreement", "network_level", "council_level"].contains(&id) { "remaining" } else { "keep" };
    let deadlines = definition.deadlines.keys().map(|id| format!("  {id}: {{to: {id}, policy: {}}}\n", policy(id)));
    let text = format!(
        "format: 1\nworkflow: local-dispute\nfrom: {from}\nto: {to}\nwhy: Länet har satt egna tider.\nunchanged: [{}]\n\
         deadlines:\n{}",
        open.join(", "),
        deadlines.collect::<String>()
    );
    (format!("local-dispute/{from}-{to}.yaml").replace('@', "-"), text)
}

#[test]
fn a_plan_to_the_countys_times_is_built_in_beside_an_overlay_whose_name_looks_like_a_plan() {
    let shipped = Workflows::shipped(TEMPLATES).unwrap();
    let (file, there) = plan_file(&shipped, "2", "2+county@1");
    let principal = times("m-2", 3, "answer: {after: 29d, why: Vi.}");
    let workflows = with_files(&[(file.as_str(), there), ("workflows/deviation/2+m-2-3.yaml", principal)]);
    let names: Vec<_> = workflows.plans().iter().map(|plan| plan.plan.name()).collect();
    assert!(names.contains(&"local-dispute 2-2+county-1".to_owned()), "{names:?}");
    assert!(workflows.named(&"deviation@2+m-2@3".parse().unwrap()).is_some());
}

#[test]
fn a_dispute_that_goes_to_another_version_and_the_countys_times_at_once_is_told_of_both() {
    let test = TestApp::at("2026-03-02T08:00:00Z");
    let app = &test.app;
    let begun = dispute(app, json!({}));
    let (_, text) = shipped::FILES.iter().find(|(file, _)| file.ends_with("local-dispute/1-2.yaml")).unwrap();
    let text = text.replacen("to: 2\n", "to: 2+county@1\n", 1);
    let there = app.workflows.read_plan("local-dispute/1-2+county-1.yaml", &text);
    let there = there.unwrap_or_else(|problems| panic!("{problems:?}"));
    app.migrate_cases(&actor(app, ADMIN), &there, &MigrationOrder::default(), drop).unwrap();
    let told = serde_json::to_string(&app.timeline(&actor(app, FALUN), &begun.number).unwrap()).unwrap();
    let title = "Länets egna tider för tvister (påhittat exempel)";
    let sentence = format!("Ärendet följer nu version 2 av ärendetypen och ”{title}”, version 1");
    assert!(told.contains(&sentence), "{told}");
}

#[test]
fn running_disputes_go_over_to_the_countys_times_and_from_one_of_its_files_to_the_next() {
    let (mut test, before) = set();
    let (_, first) = shipped::FILES.iter().find(|(file, _)| file.contains("+county")).unwrap();
    let second = first.replacen("version: 1", "version: 2", 1).replacen("45d", "50d", 1);
    test.app.workflows = Arc::new(with_files(&[("workflows/local-dispute/2+county-2.yaml", second)]));
    let app = &test.app;
    let run = |plan: &LoadedPlan, dry_run| {
        let mut all = Vec::new();
        let order = MigrationOrder { dry_run, ..MigrationOrder::default() };
        app.migrate_cases(&actor(app, ADMIN), plan, &order, |judged| all.push(judged)).unwrap();
        all.into_iter()
            .map(|judged: Judged| (judged.case, judged.verdict, judged.reasons, judged.after))
            .collect::<Vec<_>>()
    };
    let ok = |judged: &[(_, &str, _, _)], what: &Done| {
        assert!(matches!(judged, [(number, "ok", ..)] if *number == what.number), "{judged:?}");
    };
    let there = plan(app, "2", "2+county@1");
    let foreseen = run(&there, true);
    ok(&foreseen, &before);
    assert_eq!((goes_by(app, &before), run(&there, false)), (None, foreseen));
    assert_eq!(
        (goes_by(app, &before), last_day(app, &before, "agreement")),
        (Some(("county".to_owned(), 1)), "2026-04-16".to_owned())
    );
    assert_eq!(run(&there, false), [], "it has gone over");
    let timeline = app.timeline(&actor(app, FALUN), &before.number).unwrap();
    let told = serde_json::to_string(&timeline).unwrap();
    assert!(
        told.contains("Ärendet följer nu också ”Länets egna tider för tvister (påhittat exempel)”, version 1"),
        "{told}"
    );
    // A dispute begun without them stays where it is when those under them go on.
    app.retire(&actor(app, ADMIN), TIMES.parse::<Reference>().unwrap(), None).unwrap();
    let other = dispute(app, json!({}));
    ok(&run(&plan(app, "2+county@1", "2+county@2"), false), &before);
    assert_eq!((goes_by(app, &before).unwrap().1, last_day(app, &before, "agreement")), (2, "2026-04-21".to_owned()));
    assert_eq!(goes_by(app, &other), None);
    ok(&run(&there, true), &other);
    let done = take(
        app,
        FALUN,
        &app.case(&actor(app, FALUN), &before.number)
            .map(|case| Done { revision: case.revision, ..before.clone() })
            .unwrap(),
        "propose_interim",
        json!({"interim": {"provides": "falun", "pays": "falun", "from_on": "2026-03-03", "without_admission": true}}),
    );
    assert!(done.is_ok(), "{done:?}");
    assert_eq!(app.verify_log(&[], |_| ()).unwrap().problems, [""; 0]);
}

#[test]
fn a_length_that_a_plan_kept_is_not_told_as_the_countys() {
    let told = |policy: &str| {
        let (test, before) = set();
        let app = &test.app;
        let plan = plan_by(app, "2", "2+county@1", policy);
        app.migrate_cases(&actor(app, ADMIN), &plan, &MigrationOrder::default(), |_| ()).unwrap();
        let case = app.case(&actor(app, FALUN), &before.number).unwrap();
        let level = case.deadlines.into_iter().find(|running| running.id == "agreement").unwrap();
        assert_eq!(goes_by(app, &before), Some(("county".to_owned(), 1)));
        let length = level.sentence.split(" från").next().unwrap().to_owned();
        (length, level.why.is_some())
    };
    assert_eq!(told("remaining"), ("45 dagar".to_owned(), true));
    assert_eq!(told("keep"), ("60 dagar".to_owned(), false));
}

#[test]
fn no_plan_leads_to_what_another_municipality_has_agreed_or_back() {
    let reference = |name: &str| format!("deviation@{name}").parse().unwrap();
    let led = |from: &str, to: &str| leads(&reference(from), &reference(to));
    for (from, to) in [
        ("1", "2"),
        ("2", "2+county@1"),
        ("1", "2+county@1"),
        ("2+falun@1", "2+falun@2"),
        ("2+falun@2", "3+falun@1"),
        ("2+falun@1", "3"),
    ] {
        assert!(led(from, to), "{from} to {to}");
    }
    for (from, to) in [
        ("2", "2"),
        ("2", "1"),
        ("2", "2+falun@1"),
        ("2+falun@1", "2+mora@1"),
        ("2+falun@1", "2+county@1"),
        ("2+county@1", "2"),
        ("2+falun@2", "2+falun@1"),
        ("3", "2+county@1"),
    ] {
        assert!(!led(from, to), "{from} to {to}");
    }
    let workflows = Workflows::shipped(TEMPLATES).unwrap();
    let told = |(from, to): (&str, &str)| {
        let text = format!("format: 1\nworkflow: deviation\nfrom: {from}\nto: {to}\nwhy: Nytt.\n");
        workflows.read_plan("deviation/x.yaml", &text).unwrap_err()[0].message.clone()
    };
    let pairs = [
        ("3", "2+county@1"),
        ("2+county@1", "2+county@1"),
        ("2+falun@2", "2+falun@1"),
        ("2", "2+falun@1"),
        ("2+falun@1", "2+county@1"),
    ];
    insta::assert_snapshot!(pairs.map(told).join("\n"), @r"
    2+county@1 is not above 3: cases go on, not back
    2+county@1 is not above 2+county@1: it is the same
    2+falun@1 is not above 2+falun@2: cases go on, not back
    2+falun@1 is not above 2: what one municipality has agreed is for no cases but its own
    2+county@1 is not above 2+falun@1: no case goes over from one's local agreement to another's
    ");
    let names = ["1-2.yaml", "2-2+county-1.yaml", "2+falun-1-2+falun-2.yaml", "2+falun-1-3.yaml"];
    assert!(names.into_iter().all(|name| is_plan(name, "")));
    let others = ["2.yaml", "2+falun-1.yaml", "2+malung-salen-1.yaml", "2+county-1.yaml", "-.yaml", "2-.yaml"];
    assert!(!others.into_iter().any(|name| is_plan(name, "")));
}
