//! What stands in a case's way, code by code: each case is left as it was, and goes over once that is no more.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::Duration;
use samsyn::app::App;
use samsyn::app::cases::{Done, Registration};
use samsyn::ids::PrincipalId;
use samsyn::workflow::engine::Happened;
use samsyn::workflow::plan::LoadedPlan;
use serde_json::json;

use super::{ONE, PLAN, TWO, before, changed, comes, comes_with, opened, real, talks, workflows};
use crate::support::cases::{RECEIVER, SENDER, actor, object, take};
use crate::support::database::TestApp;

const NOW: &str = "2026-03-02T08:00:00Z";
const PAPER: &str = include_str!("paper.yaml");
const SEQUEL: &str = include_str!("sequel.yaml");

/// Verdict and code of each case that a plan finds; nothing is wrong with any log then.
fn told(app: &App, plan: &LoadedPlan) -> Vec<String> {
    let judged = real(app, plan);
    assert_eq!(app.verify_log(&[], |_| {}).unwrap().problems, [""; 0]);
    let one = |reasons: &[samsyn::workflow::migration::Obstacle]| {
        reasons.iter().map(|it| format!(" {}", it.code)).collect::<String>()
    };
    judged.iter().map(|judged| format!("{}{}", judged.verdict, one(&judged.reasons))).collect()
}

/// The text with changes: each is there once.
fn with(text: &str, changes: &[(&str, &str)]) -> String {
    changes.iter().fold(text.to_owned(), |text, (from, to)| {
        assert_eq!(text.matches(from).count(), 1, "{from}");
        text.replace(from, to)
    })
}

fn second(text: &str) -> String {
    with(text, &[("version: 1", "version: 2")])
}

fn days(test: &TestApp, days: i64) {
    for _ in 0..days {
        test.clock.advance(Duration::days(1));
        test.app.sweep_deadlines().unwrap();
    }
}

#[test]
fn a_reminder_that_waits_for_a_digest_goes_out_first() {
    let mut test = before(NOW);
    test.app.choose_reminders(&actor(&test.app, RECEIVER), true).unwrap();
    opened(&test.app);
    days(&test, 43);
    let plan = comes(&mut test, PLAN);
    assert_eq!(told(&test.app, &plan), ["refused digest"]);
    days(&test, 1);
    test.clock.advance(Duration::minutes(5));
    test.app.write_digests().unwrap();
    assert_eq!(told(&test.app, &plan), ["ok"]);
}

#[test]
fn what_would_have_run_out_already_is_decided_first() {
    let after = |passed: i64, plan: &str, two: &str| {
        let mut test = before(NOW);
        talks(&test.app);
        days(&test, passed);
        let plan = comes_with(&mut test, plan, (ONE, two));
        told(&test.app, &plan)
    };
    // Thirty days become forty.
    assert_eq!(after(39, PLAN, TWO), ["ok"]);
    assert_eq!(after(41, PLAN, TWO), ["undecided overdue"]);
    // What only reminded would raise an event at once.
    let over = "  - {id: talks_over, title: Slut, from: talks, target: silent, by: {raised_by: deadline}, source: ours}\ndeadlines:\n";
    let two = with(
        TWO,
        &[
            ("deadlines:\n", over),
            (
                "after: 40d\n    remind: [{at: -5wd, to: {role: management}}, {at: 1wd, to: {role: management}}, {at: 10wd, to: {role: management}}]",
                "after: 40d\n    then: talks_over\n    remind: [{at: -5wd, to: {role: management}}]",
            ),
        ],
    );
    let keep = changed(&[("talks_end, policy: remaining", "talks_end, policy: keep")]);
    assert_eq!(after(29, &keep, &two), ["ok"]);
    assert_eq!(after(31, &keep, &two), ["undecided overdue"]);
}

#[test]
fn a_case_that_no_deadline_would_watch_is_refused() {
    let mut test = before(NOW);
    opened(&test.app);
    let two = with(TWO, &[("while: asked\n", "while: asked\n    when: {set: answer}\n")]);
    let plan = changed(&[
        ("reply_in_time: {to: answer_in_time, policy: keep}", "reply_in_time: {policy: cancel}"),
        ("begin: [follow_up]", "begin: [follow_up, answer_in_time]"),
    ]);
    let plan = comes_with(&mut test, &plan, (ONE, &two));
    assert_eq!(told(&test.app, &plan), ["refused uncovered"]);
}

#[test]
fn a_case_in_which_nobody_could_act_is_decided_first() {
    let mut test = before(NOW);
    opened(&test.app);
    let done = talks(&test.app);
    let never = |id: &str| format!("- {{id: {id}, when: {{set: answer}},");
    let steps: Vec<_> = ["answer_it", "rest", "wake"].map(|id| (format!("- {{id: {id},"), never(id))).into();
    let steps: Vec<_> = steps.iter().map(|(from, to)| (from.as_str(), to.as_str())).collect();
    let plan = comes_with(&mut test, PLAN, (ONE, &with(TWO, &steps)));
    assert_eq!(told(&test.app, &plan), ["undecided nobody", "ok"], "{done:?}");
}

/// A paper that Falun prepares, under the only version that there is.
fn paper(one: &str) -> (TestApp, Done) {
    let mut test = TestApp::at(NOW);
    test.app.workflows = Arc::new(workflows(&[("paper/1.yaml", one)]));
    test.app.publish_first().unwrap();
    let done =
        test.app.register(&actor(&test.app, SENDER), &registration("paper", "begin", "word", &[]), None).unwrap();
    (test, done)
}

fn registration(workflow: &str, start: &str, field: &str, origins: &[&Done]) -> Registration {
    Registration {
        workflow: workflow.to_owned(),
        start: start.to_owned(),
        happened: Happened::Now,
        parties: BTreeMap::from([("answerer".to_owned(), vec![PrincipalId::from("region-dalarna")])]),
        origins: origins.iter().map(|origin| origin.number.clone()).collect(),
        given: object(json!({field: "Så."})),
        draft: None,
    }
}

/// Version 2 of the paper comes, in which nothing is called otherwise.
fn paper_comes(test: &mut TestApp, one: &str, two: &str) -> LoadedPlan {
    let plan = "format: 1\nworkflow: paper\nfrom: 1\nto: 2\nwhy: Ny version.\nunchanged: [preparing, sent, decided]\ndeadlines:\n  \
                prepare: {to: prepare, policy: keep}\n  reply: {to: reply, policy: keep}\n";
    let files = [("paper/1.yaml", one), ("paper/2.yaml", two), ("paper/1-2.yaml", plan)];
    test.app.workflows = Arc::new(workflows(&files));
    test.app.workflows.plans()[0].clone()
}

#[test]
fn a_migration_shows_a_case_to_no_further_side_and_takes_it_from_none() {
    let hidden = with(
        PAPER,
        &[
            ("opposite: asker}", "opposite: asker, sees_from: told}"),
            ("at_bodies: [decided]", "at_bodies: [decided]\n  told: [sent, decided, over]"),
        ],
    );
    let (mut test, done) = paper(&hidden);
    let plan = paper_comes(&mut test, &hidden, &second(PAPER));
    assert_eq!(told(&test.app, &plan), ["refused shows"]);
    take(&test.app, SENDER, &done, "send", json!({})).unwrap();
    assert_eq!(told(&test.app, &plan), ["ok"], "it has been sent to her");

    let (mut test, done) = paper(PAPER);
    let plan = paper_comes(&mut test, PAPER, &second(&hidden));
    assert_eq!(told(&test.app, &plan), ["refused hides"]);
    take(&test.app, SENDER, &done, "send", json!({})).unwrap();
    assert_eq!(told(&test.app, &plan), ["ok"]);
}

#[test]
fn a_migration_shows_no_body_a_line_of_a_case() {
    let (mut test, done) = paper(PAPER);
    let sent = take(&test.app, SENDER, &done, "send", json!({})).unwrap();
    let listed = take(&test.app, SENDER, &sent, "list", json!({"listed": true})).unwrap();
    let listed = take(&test.app, RECEIVER, &listed, "list", json!({"listed": true})).unwrap();
    let two = second(&with(PAPER, &[("reach: at_bodies}", "reach: at_bodies, listed_if: listed}")]));
    let plan = paper_comes(&mut test, PAPER, &two);
    assert_eq!(told(&test.app, &plan), ["refused shows"]);
    take(&test.app, RECEIVER, &listed, "list", json!({"listed": false})).unwrap();
    assert_eq!(told(&test.app, &plan), ["ok"]);
}

/// What a sequel raises in the case that it grows out of.
fn growing(text: &str, state: &str, ids: &[&str]) -> String {
    let step = |id: &&str| {
        format!(
            "  - {{id: {id}, title: Följden {id}, from: {state}, target: stay, by: {{raised_by: case}}, source: ours}}\n"
        )
    };
    with(text, &[("deadlines:\n", &(ids.iter().map(step).collect::<String>() + "deadlines:\n"))])
}

/// A case, and one that grew out of it.
fn grown(one: &str) -> (TestApp, Done, Done) {
    let mut test = TestApp::at(NOW);
    test.app.workflows = Arc::new(workflows(&[("matter/1.yaml", one), ("sequel/1.yaml", SEQUEL)]));
    test.app.publish_first().unwrap();
    let matter = opened(&test.app);
    let sequel = registration("sequel", "follow", "word", &[&matter]);
    let sequel = test.app.register(&actor(&test.app, SENDER), &sequel, None).unwrap();
    (test, matter, sequel)
}

#[test]
fn what_grew_out_of_a_case_finds_the_step_that_it_counts_on() {
    let one = growing(ONE, "open", &["grow", "sequel_over"]);
    let (mut test, _, sequel) = grown(&one);
    let two = growing(TWO, "asked", &["grow"]);
    // What grows out of a case grows out of one of the newest version: the second is not that one.
    let three = with(&one, &[("version: 1", "version: 3")]);
    let plan = changed(&[("reply: answer_it", "reply: answer_it\n  sequel_over: drop")]);
    let files = [
        ("matter/1.yaml", one.as_str()),
        ("matter/2.yaml", &two),
        ("matter/3.yaml", &three),
        ("matter/1-2.yaml", &plan),
        ("sequel/1.yaml", SEQUEL),
    ];
    test.app.workflows = Arc::new(workflows(&files));
    let plan = test.app.workflows.plans()[0].clone();
    assert_eq!(told(&test.app, &plan), ["undecided child"]);
    take(&test.app, RECEIVER, &sequel, "end", json!({})).unwrap();
    assert_eq!(told(&test.app, &plan), ["ok"], "it has ended, and raises nothing more");
}

#[test]
fn the_case_that_one_grew_out_of_has_the_step_that_its_end_would_raise() {
    let one = growing(ONE, "open", &["grow", "sequel_over"]);
    let (mut test, matter, _) = grown(&one);
    let two = second(&growing(ONE, "open", &["grow", "sequel_over", "sequel_done"]));
    let sequel = second(&with(SEQUEL, &[("at_end: sequel_over", "at_end: sequel_done")]));
    let plan = "format: 1\nworkflow: sequel\nfrom: 1\nto: 2\nwhy: Ny version.\nunchanged: [open]\n\
                deadlines: {end_in_time: {to: end_in_time, policy: keep}}\n";
    let matters = "format: 1\nworkflow: matter\nfrom: 1\nto: 2\nwhy: Ny version.\nunchanged: [open, talks]\n\
                   deadlines: {reply_in_time: {to: reply_in_time, policy: keep}, talks_end: {to: talks_end, policy: keep}}\n";
    let files = [
        ("matter/1.yaml", one.as_str()),
        ("matter/2.yaml", &two),
        ("matter/1-2.yaml", matters),
        ("sequel/1.yaml", SEQUEL),
        ("sequel/2.yaml", &sequel),
        ("sequel/1-2.yaml", plan),
    ];
    test.app.workflows = Arc::new(workflows(&files));
    let plans = test.app.workflows.plans();
    assert_eq!(told(&test.app, &plans[1]), ["undecided origin"], "{matter:?}");
    assert_eq!(told(&test.app, &plans[0]), ["ok"]);
    assert_eq!(told(&test.app, &plans[1]), ["ok"], "the case that it grew out of has gone over first");
}
