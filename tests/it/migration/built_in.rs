//! The plans that this program is built with: what becomes of running deviations and disputes when the second versions come.

use samsyn::app::App;
use samsyn::app::cases::Done;
use samsyn::app::view::Filter;
use samsyn::workflow::plan::LoadedPlan;
use serde_json::{Value, json};

use super::{dry, real};
use crate::support::binary::Binary;
use crate::support::cases::{FALUN, RECEIVER, REGION, SENDER, actor, deviation, dispute, raised, take};
use crate::support::database::TestApp;
use crate::support::sql;

const NOW: &str = "2026-03-02T08:00:00Z";

fn plan(app: &App, workflow: &str) -> LoadedPlan {
    app.workflows.plans().iter().find(|plan| plan.plan.workflow == workflow).unwrap().clone()
}

/// A deviation about SIP, of which two faults were ticked.
fn about_sip(app: &App) -> Done {
    let mut registration = deviation("Ingen kom.");
    registration.given.insert("category".to_owned(), json!("sip"));
    registration.given.insert("sip_fault".to_owned(), json!(["did_not_come", "no_goals"]));
    app.register(&actor(app, SENDER), &registration, None).unwrap()
}

fn held(app: &App, done: &Done) -> Vec<(String, Value)> {
    let case = app.case(&actor(app, SENDER), &done.number).unwrap();
    case.fields.into_iter().map(|field| (field.field, field.value)).collect()
}

#[test]
fn a_deviation_goes_over_and_what_was_ticked_stays_in_its_history() {
    let test = TestApp::at(NOW);
    let (app, done) = (&test.app, about_sip(&test.app));
    let received = take(app, RECEIVER, &done, "receive", json!({})).unwrap();
    let plan = plan(app, "deviation");
    let foreseen = dry(app, &plan);
    let judged = real(app, &plan);
    assert_eq!(judged, foreseen);
    let (was, is) = (&judged[0].before, judged[0].after.as_ref().unwrap());
    assert_eq!((was.state.as_str(), is.state.as_str()), ("received", "received"));
    let due = |id: &str| is.deadlines.iter().find(|it| it.id == id).map(|it| it.due.to_string());
    assert_eq!(due("risk").as_deref(), Some("2026-03-16"), "ten working days from the day of the migration");
    assert_eq!(due("analysis"), None, "nothing is assessed yet");
    let mut kept = is.deadlines.clone();
    kept.retain(|it| it.id != "risk");
    assert_eq!(kept, was.deadlines, "the others are as they were");

    let values = held(app, &done);
    assert!(values.contains(&("category".to_owned(), json!("sip_other"))), "{values:?}");
    assert!(values.iter().all(|(field, _)| field != "sip_fault"), "{values:?}");
    let timeline = app.timeline(&actor(app, SENDER), &done.number).unwrap();
    assert_eq!(timeline[0].data["sip_fault"], json!(["did_not_come", "no_goals"]));
    let filter = Filter { category: Some("sip".to_owned()), ..Filter::default() };
    assert_eq!(app.list_cases(&actor(app, SENDER), &filter, None, 9).unwrap().cases.len(), 1, "the group finds it");

    let gone = Done { revision: received.revision + 1, ..received };
    let risk = json!({"probability": "daily", "severity": "minor"});
    let products = || app.case(&actor(app, SENDER), &gone.number).unwrap().products;
    assert_eq!(products(), [], "nothing is assessed yet");
    take(app, RECEIVER, &gone, "assess_risk", risk).unwrap();
    let risk: Vec<_> = products().iter().map(|it| (it.title.clone(), it.value, it.most)).collect();
    assert_eq!(risk, [("Riskvärde".to_owned(), 4, 16)]);
    assert_eq!(app.verify_log(&[], |_| {}).unwrap().problems, [""; 0]);
}

#[test]
fn a_dispute_at_a_body_gets_the_time_of_its_level_from_the_day_on_which_it_goes_over() {
    let test = TestApp::at(NOW);
    let (app, local) = (&test.app, dispute(&test.app, json!({})));
    let given = json!({"tried": ["staff"], "grounds": "Vi kommer inte längre."});
    let statement = json!({"statement": "Vi är oense."});
    let done = take(app, "sas-falun", &local, "write_statement", statement).unwrap();
    let done = take(app, FALUN, &done, "approve_statement", json!({})).unwrap();
    let at_network = take(app, FALUN, &done, "escalate", given).unwrap();
    let agreed = app.register(&actor(app, FALUN), &raised("region-dalarna", &[]), None).unwrap();
    let agreed = take(app, REGION, &agreed, "state_position", json!({"position": "Ni."})).unwrap();
    let agreed = take(app, FALUN, &agreed, "propose_settlement", json!({"settlement": "Hälften var."})).unwrap();
    take(app, FALUN, &agreed, "confirm_settlement", json!({})).unwrap();
    test.clock.advance(chrono::Duration::days(1));
    app.sweep_deadlines().unwrap();
    let judged = real(app, &plan(app, "local-dispute"));
    let of = |done: &Done| judged.iter().find(|one| one.case == done.number).unwrap();
    let after = of(&at_network).after.clone().unwrap_or_else(|| panic!("{:?}", of(&at_network).reasons));
    let level = after.deadlines.iter().find(|it| it.id == "network_level").unwrap();
    assert_eq!(level.due.to_string(), "2026-07-03", "four months from the third of March");
    assert!(after.transitions.contains(&"extend_network_time".to_owned()));
    let reasons: Vec<_> = of(&agreed).reasons.iter().map(|reason| reason.code).collect();
    assert_eq!(reasons, ["confirmation"], "one has confirmed, and is not asked again");
    assert_eq!(app.verify_log(&[], |_| {}).unwrap().problems, [""; 0]);
}

#[test]
fn a_built_in_plan_is_named_on_the_command_line() {
    let test = TestApp::at(NOW);
    about_sip(&test.app);
    let binary = Binary::on(&test.database);
    let run = |args: &[&str]| {
        let named = ["migrate-cases", "deviation/1-2", "--as", super::COUNTY];
        binary.run(&[&named, args].concat())
    };
    // By the machine's clock everything is due by now.
    assert!(binary.run(&["run-job", "deadlines"]).code == Some(0));
    let dry = run(&["--dry-run"]);
    assert_eq!(dry.code, Some(0), "{}", dry.err);
    assert!(dry.err.contains("1 cases would go over, 0 need a decision, 0 are refused"), "{}", dry.err);
    assert!(dry.out.contains("before  @1 sent") && dry.out.contains("after   @2 sent"), "{}", dry.out);
    let version = || sql::lines(&test.app.store, "select cast(version as text) as line from cases");
    assert_eq!(version(), ["1"]);
    assert_eq!(run(&[]).code, Some(0));
    assert_eq!(version(), ["2"]);
    let checked = binary.run(&["workflow", "check"]);
    assert_eq!(checked.code, Some(0));
    assert!(checked.err.contains("10 files: no errors"), "{}", checked.err);
}

#[test]
fn a_reminder_to_come_is_told_in_swedish_time_to_the_minute() {
    // Far ahead: by the machine's clock nothing is due.
    let test = TestApp::at("2090-03-02T08:00:00Z");
    about_sip(&test.app);
    let dry = Binary::on(&test.database).run(&["migrate-cases", "deviation/1-2", "--as", super::COUNTY, "--dry-run"]);
    let told = dry.out.split("next reminder ").skip(1).map(|rest| rest.split([';', ')']).next().unwrap());
    let told: Vec<_> = told.collect();
    assert!(!told.is_empty() && told.iter().all(|at| at.len() == 16 && at.ends_with(" 08:00")), "{told:?} {}", dry.err);
}
