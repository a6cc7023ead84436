//! Plans that do not hold are refused when they are read, all that is wrong at once, each at its line.

use std::collections::BTreeSet;

use samsyn::workflow::definition::Definition;
use samsyn::workflow::lock::Lock;
use samsyn::workflow::plan::classes::CLASSES;
use samsyn::workflow::plan::{self, is_plan};
use samsyn::workflow::rules::Rules;
use samsyn::workflow::{Environment, load};

use super::{ONE, PLAN, RULES, TWO, changed};

fn definition(file: &str, text: &str) -> Definition {
    let (rules, lock) = (Rules::read("rules.yaml", RULES).unwrap(), Lock::default());
    let templates = &["reminder", "your_turn"];
    let env = Environment { rules: &rules, templates, calendars: &["swedish"], lock: &lock };
    load(file, text, &env).unwrap().definition
}

/// What is wrong with a plan between version 1 and a version 2 with these changes: class and line.
fn found_with(plan: &str, two: &[(&str, &str)]) -> Vec<(&'static str, usize)> {
    let two = two.iter().fold(TWO.to_owned(), |text, (from, to)| {
        assert!(text.contains(from), "{from}");
        text.replace(from, to)
    });
    let (one, two) = (definition("1.yaml", ONE), definition("2.yaml", &two));
    let problems = plan::load("matter/1-2.yaml", plan, &[&one, &two]).map(drop).err().unwrap_or_default();
    problems.iter().map(|problem| (problem.rule(), problem.position.line)).collect()
}

fn found(changes: &[(&str, &str)]) -> Vec<(&'static str, usize)> {
    found_with(&changed(changes), &[])
}

#[test]
fn the_plan_holds() {
    assert_eq!(found(&[]), []);
}

/// Changes of the plan, and the class and line of what is wrong then.
type Case = (&'static [(&'static str, &'static str)], &'static str, usize);

#[test]
fn each_class_of_faults_is_found_where_it_is() {
    const KEEP: &str = "{to: answer_in_time, policy: keep}";
    let cases: &[Case] = &[
        (&[("format: 1", "format: 2")], "plan/format", 1),
        (&[("workflow: matter", "workflow: mater")], "plan/version", 2),
        (&[("from: 1", "from: 2")], "plan/version", 4),
        (&[("from: 1", "from: 0")], "plan/version", 3),
        (&[("to: 2", "to: 3")], "plan/version", 4),
        (&[("Avtalet har reviderats.", "'  '")], "plan/why", 5),
        (&[("Avtalet har reviderats.", "Frågan om 19121212-1212.")], "plan/why", 5),
        (&[("open: asked", "open: aksed")], "plan/unknown-name", 7),
        (&[("open: asked", "open: asked\n  opne: asked")], "plan/unknown-name", 8),
        (&[("unchanged: [talks]\n", "")], "plan/state-missing", 6),
        (&[("unchanged: [talks]", "unchanged: [talks, open]")], "plan/unknown-name", 8),
        (&[("open: asked", "open: asked\n  talks: talks")], "plan/state-twice", 8),
        (&[("open: asked", "open: asked\n  closed: closed")], "plan/ended", 8),
        (&[("open: asked", "open: silent")], "plan/to-end", 7),
        (&[("  talks_end: {to: talks_end, policy: remaining}\n", "")], "plan/deadline-missing", 9),
        (&[(KEEP, "{policy: keep}")], "plan/deadline-policy", 10),
        (&[(KEEP, "{to: answer_in_time, policy: cancel}")], "plan/deadline-policy", 10),
        (&[("{to: talks_end, policy: remaining}", "{policy: cancel}")], "plan/deadline-policy", 11),
        (&[(KEEP, "{policy: cancel}")], "plan/deadline-begins", 12),
        (&[("begin: [follow_up]\n", "")], "plan/deadline-begins", 1),
        (&[("begin: [follow_up]", "begin: [follow_up, folow_up]")], "plan/unknown-name", 12),
        (&[("  remark: drop\n", "")], "plan/field", 13),
        (&[("values: {now: at_once}", "values: {later: later}")], "plan/field", 15),
        (&[("values: {now: at_once}", "values: {now: att_once}")], "plan/unknown-name", 15),
        (&[("remark: drop", "remark: urgency")], "plan/field", 16),
        (&[("remark: drop", "remark: answer")], "plan/two-into-one", 13),
        (&[("transitions:\n  reply: answer_it\n", "")], "plan/transition", 1),
        (&[("reply: answer_it", "reply: answer_it\n  ask: drop")], "plan/transition", 19),
        (&[("reply: answer_it", "reply: answer_it\n  rest: answer_it")], "plan/two-into-one", 19),
    ];
    let (mut seen, mut missed) = (BTreeSet::new(), Vec::new());
    for (changes, class, line) in cases {
        let found = found(changes);
        if !found.contains(&(*class, *line)) {
            missed.push(format!("{changes:?}: {found:?}"));
        }
        seen.insert(*class);
    }
    assert!(missed.is_empty(), "{}", missed.join("\n"));
    let elsewhere = [
        ("plan/file-name", "its name"),
        ("plan/no-way-to-end", "the version itself is refused"),
        ("plan/shows-more", "a version with another side"),
        ("plan/party", "a version with another side"),
    ];
    seen.extend(elsewhere.map(|(class, _)| class));
    let all: BTreeSet<_> = CLASSES.iter().map(|class| class.id).collect();
    assert_eq!(seen, all);
}

#[test]
fn what_shows_a_case_to_more_is_no_migrations_business() {
    let side = (
        "answerer: {title: Svarar, opposite: asker}",
        "answerer: {title: Svarar, opposite: asker}\n  third: {title: Tredje, opposite: asker}",
    );
    assert_eq!(found_with(PLAN, &[side]), []);
    let renamed = [("answerer:", "replier:"), ("party: answerer", "party: replier")];
    let found = found_with(PLAN, &renamed);
    assert_eq!(found, [("plan/party", 4)], "{found:?}");
    let body = [
        (
            "roles: [handler, management]",
            "roles: [handler, management, secretary]\nbodies:\n  board: {title: Nämnden, reach: at_board}",
        ),
        (
            "transitions:\n",
            "groups: {at_board: [talks]}\ntransitions:\n  - {id: note, title: Notera, from: talks, target: stay, by: {body: board}, basis: [R1]}\n",
        ),
    ];
    assert_eq!(found_with(PLAN, &body), [("plan/shows-more", 8)]);
}

#[test]
fn a_deadline_that_counts_from_something_else_is_not_kept() {
    let from = [
        (
            "  answer_in_time:\n    title: Svar\n    while: asked\n    after: 90d",
            "  answer_in_time:\n    title: Svar\n    while: asked\n    after: 90d\n    from: [asked_on]",
        ),
        ("  until: {type: date", "  asked_on: {type: date, title: Frågad, must_be: past}\n  until: {type: date"),
        ("require: [matter, urgency]}", "require: [matter, urgency, asked_on]}"),
    ];
    assert_eq!(found_with(PLAN, &from), [("plan/deadline-policy", 10)]);
    let restart = changed(&[("{to: answer_in_time, policy: keep}", "{to: answer_in_time, policy: restart}")]);
    assert_eq!(found_with(&restart, &from), []);
}

#[test]
fn everything_is_told_at_once() {
    let found =
        found(&[("unchanged: [talks]\n", ""), ("open: asked", "open: nowhere"), ("remark: drop", "remrak: drop")]);
    let classes: BTreeSet<_> = found.iter().map(|(class, _)| *class).collect();
    let expected =
        ["plan/state-missing", "plan/unknown-name", "plan/field", "plan/deadline-policy", "plan/deadline-begins"];
    assert!(expected.iter().take(3).all(|class| classes.contains(class)), "{found:?}");
}

#[test]
fn a_plan_is_known_by_its_name() {
    assert!(["deviation/1-2.yaml", "1-2.yaml", "/x/10-12.yaml"].iter().all(|name| is_plan(name, PLAN)));
    assert!(!["deviation/1.yaml", "a-b.yaml", "1-.yaml", "1-2.yml", "1-2"].iter().any(|name| is_plan(name, PLAN)));
    let (one, two) = (definition("1.yaml", ONE), definition("2.yaml", TWO));
    let named = |name: &str| plan::load_set(&[(name, PLAN)], &[&one, &two]).is_ok();
    assert!(named("1-2.yaml") && named("./1-2.yaml") && !named("./1-3.yaml"));
    assert!(
        named("workflows/matter/1-2.yaml") && !named("workflows/matter/1-3.yaml") && !named("workflows/other/1-2.yaml")
    );
}
