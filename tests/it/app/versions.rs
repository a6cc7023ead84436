//! Which version of a workflow a new case gets, from when to when, and by which agreement it is judged.

use std::sync::Arc;

use chrono::NaiveDate;
use samsyn::app::versions::Standing;
use samsyn::app::{AppError, Workflows, organisation};
use samsyn::ids::{AgreementId, CaseNumber};
use samsyn::mail::TEMPLATES;
use samsyn::workflow::digest::definition_digest;
use samsyn::workflow::{shipped, source};
use serde_json::json;

use crate::support::cases::{FALUN, RECEIVER, SENDER, actor, deviation, publish, raised, register, take};
use crate::support::database::{ORGANISATION, TestApp};

/// An application that ships a final version 8 and a draft 9 of the deviation besides. Nothing is published but what the
/// database was made with.
fn with_more_versions() -> TestApp {
    let mut test = TestApp::at("2026-03-02T08:00:00Z");
    let (_, first) = shipped::FILES.iter().find(|(name, _)| *name == "workflows/deviation/1.yaml").unwrap();
    let mut files: Vec<(String, String)> =
        shipped::FILES.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
    let mut lock = shipped::LOCK.1.to_owned();
    for (version, is_final) in [(8, true), (9, false)] {
        let text = first.replacen("\nversion: 1\n", &format!("\nversion: {version}\n"), 1);
        let name = format!("workflows/deviation/{version}.yaml");
        let digest = definition_digest(&source::read(&name, &text).root.unwrap().to_json());
        lock += &format!("deviation@{version}: {{digest: \"{digest}\", final: {is_final}}}\n");
        files.push((name, text));
    }
    let files: Vec<_> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let workflows = Workflows::read(&files, shipped::RULES, (shipped::LOCK.0, &lock), TEMPLATES).unwrap();
    test.app.workflows = Arc::new(workflows);
    test
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn version_of(test: &TestApp, number: &CaseNumber) -> u32 {
    test.app.case(&actor(&test.app, SENDER), number).unwrap().version
}

/// The version that a case sent now gets; none where no case can be.
fn given_now(test: &TestApp) -> Option<u32> {
    match test.app.register(&actor(&test.app, SENDER), &deviation("Ingen kom."), None) {
        Ok(done) => Some(version_of(test, &done.number)),
        Err(AppError::Rejected(_)) => None,
        Err(error) => panic!("{error}"),
    }
}

fn standings(test: &TestApp) -> Vec<(u32, Standing)> {
    let versions = test.app.versions().unwrap().into_iter();
    let of_all = versions.filter(|version| version.known.definition.local.is_none());
    let of_deviation = of_all.filter(|version| version.known.definition.workflow == "deviation");
    of_deviation.map(|version| (version.known.definition.version, version.standing)).collect()
}

#[test]
fn a_new_file_changes_nothing_until_it_is_published_and_a_running_case_keeps_its_version() {
    let test = with_more_versions();
    test.app.publish_first().unwrap();
    assert_eq!(given_now(&test), Some(1));
    let before = register(&test.app);
    publish(&test.app, "deviation", 8, |order| order.from = Some(day("2026-04-01"))).unwrap();
    assert_eq!(
        standings(&test),
        [(1, Standing::InForce), (2, Standing::Final), (8, Standing::Coming), (9, Standing::Draft)]
    );
    // The last minute of the day before, and the first of the day: Swedish days.
    test.clock.set("2026-03-31T21:59:00Z".parse().unwrap());
    assert_eq!(given_now(&test), Some(1));
    test.clock.set("2026-03-31T22:00:00Z".parse().unwrap());
    assert_eq!(given_now(&test), Some(8));
    assert_eq!(
        standings(&test),
        [(1, Standing::Retired), (2, Standing::Final), (8, Standing::InForce), (9, Standing::Draft)]
    );
    assert_eq!(version_of(&test, &before.number), 1);
    let offered = test.app.starts(&actor(&test.app, SENDER)).unwrap();
    assert_eq!(offered.iter().filter(|choice| choice.workflow == "deviation").count(), 1, "one, of one version");
}

#[test]
fn what_is_retired_begins_no_case_and_no_older_version_comes_back() {
    let test = with_more_versions();
    publish(&test.app, "deviation", 8, |_| {}).unwrap();
    let running = register(&test.app);
    let county = actor(&test.app, "systemadministrator-lanet");
    test.app.retire(&county, ("deviation", 8), Some(day("2026-03-02"))).unwrap();
    assert_eq!(given_now(&test), Some(8), "it is in force on its last day");
    test.clock.set("2026-03-03T08:00:00Z".parse().unwrap());
    assert_eq!(given_now(&test), None);
    assert!(test.app.starts(&actor(&test.app, SENDER)).unwrap().iter().all(|choice| choice.workflow != "deviation"));
    assert_eq!(version_of(&test, &running.number), 8, "it goes on");
    // Nor does making the database up to date bring one back.
    test.app.publish_first().unwrap();
    assert_eq!(given_now(&test), None);
    publish(&test.app, "deviation", 1, |_| {}).unwrap();
    assert_eq!(given_now(&test), Some(1));
}

#[test]
fn what_has_not_begun_is_taken_back_and_what_is_in_force_goes_on() {
    let test = with_more_versions();
    publish(&test.app, "deviation", 8, |order| order.from = Some(day("2026-04-01"))).unwrap();
    let county = actor(&test.app, "systemadministrator-lanet");
    test.app.retire(&county, ("deviation", 8), None).unwrap();
    test.clock.set("2026-04-02T08:00:00Z".parse().unwrap());
    assert_eq!(given_now(&test), Some(1));
    // A trial under the agreement, with an end: afterwards what holds for whichever does.
    publish(&test.app, "deviation", 8, |order| {
        order.agreement = Some(AgreementId::from("psykisk-funktionsnedsattning"));
        order.until = Some(day("2026-04-30"));
    })
    .unwrap();
    assert_eq!(given_now(&test), Some(8));
    test.clock.set("2026-05-01T08:00:00Z".parse().unwrap());
    assert_eq!(given_now(&test), Some(1));
}

#[test]
fn a_version_for_an_agreement_goes_before_one_for_whichever_and_ends_with_it() {
    let test = with_more_versions();
    let agreement = AgreementId::from("psykisk-funktionsnedsattning");
    publish(&test.app, "deviation", 8, |order| order.agreement = Some(agreement)).unwrap();
    publish(&test.app, "deviation", 1, |_| {}).unwrap();
    assert_eq!(given_now(&test), Some(8));
    let ends = ORGANISATION.replacen("from: 2025-07-01\n", "from: 2025-07-01\n        until: 2026-05-31\n", 1);
    test.app.import(&organisation::read("organisation.yaml", &ends).unwrap()).unwrap();
    test.clock.set("2026-06-01T08:00:00Z".parse().unwrap());
    assert_eq!(given_now(&test), Some(1));
}

#[test]
fn what_cannot_be_published_or_retired_says_why_and_changes_nothing() {
    let test = with_more_versions();
    let app = &test.app;
    let refused = |version, order: fn(&mut samsyn::app::versions::PublishOrder)| {
        publish(app, "deviation", version, order).unwrap_err().to_string()
    };
    insta::assert_snapshot!(refused(3, |_| {}), @"there is no workflow deviation@3: `samsyn workflow list` tells which there are");
    insta::assert_snapshot!(refused(9, |_| {}), @"deviation@9 is a draft: set `final: true` on its line in workflows/digests.lock once its file is done, and build anew");
    insta::assert_snapshot!(refused(8, |order| order.from = Some(day("2026-03-01"))), @"2026-03-01 has been: what new cases got then cannot be changed; give a day from 2026-03-02 on");
    insta::assert_snapshot!(refused(8, |order| order.until = Some(day("2026-03-01"))), @"the last day 2026-03-01 lies before the first day 2026-03-02");
    insta::assert_snapshot!(refused(8, |order| order.agreement = Some(AgreementId::from("annat"))), @"there is no agreement annat: import it first, or leave --agreement out");
    let county = actor(app, "systemadministrator-lanet");
    let retired = |version, last| app.retire(&county, ("deviation", version), last).unwrap_err().to_string();
    insta::assert_snapshot!(retired(8, None), @"new cases do not get deviation@8: there is nothing to retire");
    insta::assert_snapshot!(retired(1, Some(day("2026-02-27"))), @"2026-02-27 has been: what new cases got then cannot be changed; give a day from 2026-03-01 on");
    for person in [SENDER, FALUN, "systemadministrator-falun"] {
        let actor = actor(app, person);
        let error = app.retire(&actor, ("deviation", 1), None).unwrap_err();
        assert_eq!(error.to_string(), "not found", "{person}");
    }
    assert_eq!(given_now(&test), Some(1));
    assert!(app.changes(&county, None).unwrap().0.is_empty());
    // What another came after has nothing left to end.
    publish(app, "deviation", 8, |_| {}).unwrap();
    insta::assert_snapshot!(retired(1, None), @"new cases do not get deviation@1: there is nothing to retire");
    assert_eq!(app.changes(&county, None).unwrap().0.len(), 1);
}

#[test]
fn a_case_is_judged_by_the_agreement_of_the_event_and_a_dispute_by_that_of_its_earliest_deviation() {
    let test = TestApp::at("2026-03-02T08:00:00Z");
    let app = &test.app;
    let sender = actor(app, SENDER);
    let of_day = |on: &str| {
        let mut registration = deviation("Ingen kom.");
        for key in ["event_on", "discovered_on"] {
            registration.given.insert(key.to_owned(), on.into());
        }
        let done = app.register(&sender, &registration, None).unwrap();
        take(app, RECEIVER, &done, "receive", json!({})).unwrap().number
    };
    let version = |number: &CaseNumber| {
        let case = app.case(&sender, number).unwrap();
        (case.agreement.unwrap().version, case.judged_by.map(|judged_by| judged_by.version))
    };
    let (old, new, before_any) = (of_day("2025-06-30"), of_day("2025-07-01"), of_day("2021-06-30"));
    assert_eq!(version(&old), ("2025-exempel".to_owned(), Some("2021".to_owned())));
    assert_eq!(version(&new), ("2025-exempel".to_owned(), Some("2025-exempel".to_owned())));
    assert_eq!(version(&before_any), ("2025-exempel".to_owned(), None));
    // A dispute out of all three is about the earliest, whatever day the need is said to have arisen on.
    let manager = actor(app, FALUN);
    let mut disputed = raised("region-dalarna", &[]);
    disputed.origins = vec![new, old];
    disputed.given.insert("waiting_since".to_owned(), "2026-01-02".into());
    let dispute = app.register(&manager, &disputed, None).unwrap();
    let case = app.case(&manager, &dispute.number).unwrap();
    assert_eq!(case.judged_by.unwrap().version, "2021");
    disputed.origins = Vec::new();
    let alone = app.register(&manager, &disputed, None).unwrap();
    assert_eq!(app.case(&manager, &alone.number).unwrap().judged_by.unwrap().version, "2025-exempel");
}

#[test]
fn what_new_cases_got_for_a_part_of_a_day_was_published_and_what_another_came_before_was_not() {
    let test = with_more_versions();
    let standing = |version: u32| standings(&test).into_iter().find(|(known, _)| *known == version).unwrap().1;
    publish(&test.app, "deviation", 8, |_| {}).unwrap();
    assert_eq!(standing(8), Standing::InForce);
    publish(&test.app, "deviation", 2, |_| {}).unwrap();
    assert_eq!((standing(8), standing(2)), (Standing::Retired, Standing::InForce));

    let test = with_more_versions();
    let standing = |version: u32| standings(&test).into_iter().find(|(known, _)| *known == version).unwrap().1;
    for version in [8, 2] {
        publish(&test.app, "deviation", version, |order| order.from = Some(day("2026-04-01"))).unwrap();
    }
    test.clock.set("2026-04-01T08:00:00Z".parse().unwrap());
    assert_eq!((standing(8), standing(2)), (Standing::Final, Standing::InForce));
}

/// Another program, whose file of the same name says something else: what a case began with lies in the database.
#[test]
fn a_case_goes_on_under_what_it_began_with_whatever_its_file_has_become() {
    let mut test = TestApp::at("2026-03-02T08:00:00Z");
    let done = register(&test.app);
    let version = |known: &samsyn::app::workflows::Known| known.digest.clone();
    let began = version(test.app.workflows.version("deviation", 1).unwrap());
    let is_first = |name: &str| name == "workflows/deviation/1.yaml";
    let text =
        |name, text: &str| if is_first(name) { text.replacen("after: 60d", "after: 90d", 1) } else { text.to_owned() };
    let files: Vec<_> = shipped::FILES.iter().map(|(name, file)| (*name, text(name, file))).collect();
    let changed = &files.iter().find(|(name, _)| is_first(name)).unwrap().1;
    let digest = definition_digest(&source::read("1.yaml", changed).root.unwrap().to_json());
    let lock = shipped::LOCK.1.replacen(&began.0, &digest.0, 1);
    let files: Vec<_> = files.iter().map(|(name, text)| (*name, text.as_str())).collect();
    let workflows = Workflows::read(&files, shipped::RULES, (shipped::LOCK.0, &lock), TEMPLATES).unwrap();
    test.app.workflows = Arc::new(workflows);
    assert_ne!(version(test.app.workflows.version("deviation", 1).unwrap()), began);
    let app = &test.app;
    take(app, RECEIVER, &done, "receive", json!({})).unwrap();
    let case = app.case(&actor(app, SENDER), &done.number).unwrap();
    let answer = case.deadlines.iter().find(|deadline| deadline.id == "answer").unwrap();
    assert!(answer.sentence.contains("60 dagar"), "{}", answer.sentence);
    assert_eq!(app.sweep_deadlines().unwrap().failed, 0);
    let versions = app.versions().unwrap();
    let of_it: Vec<_> = versions.iter().filter(|one| one.known.digest == began).map(|one| one.open_cases).collect();
    assert_eq!(of_it, [1]);
}
