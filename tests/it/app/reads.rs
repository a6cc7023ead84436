//! The read log: nothing is read unlogged, and each sees her own people's reads.

use chrono::Duration;
use samsyn::app::reads::{ReadOf, ReadPage, ReadsOf};
use samsyn::app::{App, AppError};
use samsyn::ids::CaseNumber;
use serde_json::json;

use crate::support::cases::{FALUN, RECEIVER, REGION, SENDER, actor, dispute, register, take};
use crate::support::database::{TestApp, add_people};
use crate::support::sql;

/// Who read what for whom, the latest first.
fn told(page: ReadPage) -> Vec<String> {
    let line = |read: samsyn::app::reads::ReadView| {
        let held = read.held.iter().map(|(role, of)| format!("{role} {}", of.join(" + ")));
        format!("{} {} {} {:?}", read.name, held.collect::<Vec<_>>().join("; "), read.number, read.what)
    };
    page.reads.into_iter().map(line).collect()
}

fn of_case(app: &App, person: &str, number: &CaseNumber) -> Result<Vec<String>, AppError> {
    app.reads_of_case(&actor(app, person), number, None).map(told)
}

fn rows(app: &App) -> usize {
    sql::lines(&app.store, "select id as line from reads").len()
}

/// An auditor and a data protection officer of Falun, and somebody who acts there and in Mora.
fn with_watchers(app: &App) {
    let for_a_year = "principal: falun, from: 2026-01-01, until: 2026-12-31";
    add_people(
        app,
        &format!(
            "- {{id: rev, name: Revisor, memberships: [{{role: auditor, {for_a_year}}}]}}\n  \
             - {{id: dso, name: Dataskyddsombud, memberships: [{{role: data_protection, {for_a_year}}}]}}\n  \
             - {{id: two, name: Två, memberships: [{{role: handler, principal: falun}}, {{role: registrar, principal: mora}}]}}"
        ),
    );
}

#[test]
fn a_read_is_noted_once_in_a_quarter_of_an_hour() {
    let test = TestApp::at("2026-03-02T08:00:00Z");
    let app = &test.app;
    let done = register(app);
    let handler = actor(app, SENDER);
    let read = || {
        app.case(&handler, &done.number).unwrap();
        app.timeline(&handler, &done.number).unwrap();
        app.next(&handler, &done.number).unwrap();
        app.step_form(&handler, &done.number, "add_facts").unwrap();
        rows(app)
    };
    app.revision(&handler, &done.number).unwrap();
    app.list_cases(&handler, &Default::default(), None, 10).unwrap();
    assert_eq!(rows(app), 0, "neither a list nor a revision is what somebody wrote");
    assert_eq!([read(), read()], [1, 1]);
    test.clock.advance(Duration::minutes(14));
    assert_eq!(read(), 1);
    test.clock.advance(Duration::minutes(1));
    assert_eq!(read(), 2);
    test.clock.advance(-Duration::hours(1));
    assert_eq!(read(), 3, "a clock that was wrong for a while hides nothing");
    app.case_log(&handler, &done.number).unwrap();
    app.note_read(&handler, &done.number, &ReadOf::Document("d".to_owned())).unwrap();
    assert_eq!(rows(app), 5);
    let stranger = actor(app, "mas-borlange");
    assert!(matches!(app.case(&stranger, &done.number), Err(AppError::NotFound)));
    assert!(matches!(app.note_read(&stranger, &done.number, &ReadOf::Case), Err(AppError::NotFound)));
    assert_eq!(rows(app), 5, "whoever is shown nothing has read nothing");
}

#[test]
fn what_cannot_be_noted_is_not_shown() {
    let test = TestApp::at("2026-03-02T08:00:00Z");
    let app = &test.app;
    let done = register(app);
    let refuse = match sql::is_postgres(&app.store) {
        true => "create trigger full_up before insert on reads for each statement execute function refuse_change()",
        false => "create trigger full_up before insert on reads begin select raise(abort, 'full'); end",
    };
    sql::tamper(&app.store, refuse);
    let handler = actor(app, SENDER);
    let failed = [
        app.case(&handler, &done.number).err(),
        app.timeline(&handler, &done.number).err(),
        app.next(&handler, &done.number).err(),
        app.step_form(&handler, &done.number, "add_facts").err(),
        app.case_log(&handler, &done.number).err(),
    ];
    assert!(failed.iter().all(|error| matches!(error, Some(AppError::Store(_)))), "{failed:?}");
}

#[test]
fn each_sees_her_own_peoples_reads_alone() {
    let test = TestApp::at("2026-03-02T08:00:00Z");
    let app = &test.app;
    with_watchers(app);
    let mut done = dispute(app, json!({}));
    add_people(app, "- {id: bitradande, name: Biträdande, memberships: [{role: management, principal: falun}]}");
    for (who, transition, given) in [
        (FALUN, "write_statement", json!({"statement": "Vi är oense om kostnaden."})),
        ("bitradande", "approve_statement", json!({})),
        ("bitradande", "escalate", json!({"tried": ["staff"], "grounds": "Ingen lösning."})),
    ] {
        done = take(app, who, &done, transition, given).unwrap();
    }
    let number = &done.number;
    let secretary = "natverkssekreterare";
    for person in [FALUN, REGION, secretary, "rev", "registrator-region"] {
        app.case(&actor(app, person), number).unwrap();
    }
    app.case_read_as(&actor(app, "mas-falun"), number, &ReadOf::Operator).unwrap();
    let falun = [
        format!("MAS Falun handler Falu kommun {number} Operator"),
        format!("Revisor auditor Falu kommun {number} Case"),
        format!("Socialchef Falun management Falu kommun {number} Case"),
    ];
    let sorted = |person: &str| {
        let mut told = of_case(app, person, number).unwrap();
        told.sort();
        told
    };
    for person in [FALUN, "mas-falun", "registrator-falun", "rev", "dso"] {
        assert_eq!(sorted(person), falun, "{person}");
    }
    let region = [
        format!("Divisionschef psykiatri och habilitering management Region Dalarna {number} Case"),
        format!("Registrator Region Dalarna registrar Region Dalarna {number} Case"),
    ];
    assert_eq!(sorted(REGION), region);
    // For two bodies, and yet one read.
    let bodies = "Länschefsnätverket + Styrgruppen för Länschefsnätverket";
    assert_eq!(sorted(secretary), [format!("Nätverkssekreterare secretary {bodies} {number} Case")]);
    assert_eq!(sql::lines(&app.store, "select id as line from reads where place like 'body:%'").len(), 2);
    for nobody in ["arkivansvarig-falun", "mas-mora", "chef-psykiatri-falun", "two"] {
        let seen = of_case(app, nobody, number);
        match nobody {
            "two" => assert_eq!(seen.unwrap().len(), 3, "as a handler of Falun"),
            _ => assert!(matches!(seen, Err(AppError::NotFound)), "{nobody}: {seen:?}"),
        }
    }
}

#[test]
fn a_principals_reads_are_looked_through_by_person_and_period() {
    let test = TestApp::at("2026-03-02T08:00:00Z");
    let app = &test.app;
    with_watchers(app);
    let done = register(app);
    for _ in 0..60 {
        app.case(&actor(app, SENDER), &done.number).unwrap();
        test.clock.advance(Duration::hours(6));
    }
    app.case(&actor(app, RECEIVER), &done.number).unwrap();
    app.case(&actor(app, "two"), &done.number).unwrap();
    let dso = actor(app, "dso");
    let first = app.reads_by_staff(&dso, &ReadsOf::default(), None).unwrap();
    assert_eq!((first.reads.len(), first.reads[0].name.as_str()), (50, "Två"));
    let second = app.reads_by_staff(&dso, &ReadsOf::default(), first.next.as_deref()).unwrap();
    assert_eq!((second.reads.len(), second.next), (11, None));
    let mut all: Vec<_> = first.reads.iter().chain(&second.reads).map(|read| read.at).collect();
    assert!(all.is_sorted_by(|a, b| a >= b));
    all.dedup();
    assert_eq!(all.len(), 61, "none twice, none left out");
    assert!(first.reads.iter().chain(&second.reads).all(|read| read.held.iter().all(|(_, of)| *of == ["Falu kommun"])));
    let count = |of: ReadsOf| app.reads_by_staff(&dso, &of, None).unwrap().reads.len();
    let day = |day: &str| Some(day.parse().unwrap());
    assert_eq!(count(ReadsOf { person: Some("two".into()), ..ReadsOf::default() }), 1);
    assert_eq!(count(ReadsOf { person: Some(RECEIVER.into()), ..ReadsOf::default() }), 0);
    // The clock of the database is UTC, the day Swedish: of the third of March 00, 06, 12 and 18 o'clock.
    assert_eq!(count(ReadsOf { from: day("2026-03-03"), until: day("2026-03-03"), person: None }), 4);
    assert_eq!(count(ReadsOf { from: day("2026-03-17"), ..ReadsOf::default() }), 2);
    assert_eq!(count(ReadsOf { until: day("2026-03-01"), ..ReadsOf::default() }), 0);
    let staff = app.staff(&actor(app, "rev")).unwrap();
    assert!(staff.iter().any(|(_, name)| name == "MAS Falun") && staff.iter().all(|(id, _)| id.0 != RECEIVER));
    for nobody in [SENDER, FALUN, "arkivansvarig-falun", "natverkssekreterare"] {
        let nobody = actor(app, nobody);
        assert!(matches!(app.reads_by_staff(&nobody, &ReadsOf::default(), None), Err(AppError::NotFound)));
        assert!(matches!(app.staff(&nobody), Err(AppError::NotFound)));
    }
}

#[test]
fn a_read_for_several_bodies_is_one_on_every_page_of_the_log() {
    let test = TestApp::at("2026-03-02T08:00:00Z");
    let app = &test.app;
    let mut done = dispute(app, json!({}));
    add_people(app, "- {id: bitradande, name: Biträdande, memberships: [{role: management, principal: falun}]}");
    for (who, transition, given) in [
        (FALUN, "write_statement", json!({"statement": "Vi är oense om kostnaden."})),
        ("bitradande", "approve_statement", json!({})),
        ("bitradande", "escalate", json!({"tried": ["staff"], "grounds": "Ingen lösning."})),
    ] {
        done = take(app, who, &done, transition, given).unwrap();
    }
    let secretary = actor(app, "natverkssekreterare");
    for _ in 0..53 {
        app.case(&secretary, &done.number).unwrap();
        test.clock.advance(Duration::hours(1));
    }
    let first = app.reads_of_case(&secretary, &done.number, None).unwrap();
    let second = app.reads_of_case(&secretary, &done.number, first.next.as_deref()).unwrap();
    assert_eq!((first.reads.len(), second.reads.len(), second.next), (50, 3, None));
    let mut all: Vec<_> = first.reads.iter().chain(&second.reads).collect();
    assert!(all.iter().all(|read| read.held.len() == 1 && read.held[0].1.len() == 2), "{all:?}");
    all.dedup_by_key(|read| read.at);
    assert_eq!(all.len(), 53, "none twice, none left out");
}
