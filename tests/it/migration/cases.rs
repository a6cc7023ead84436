//! What a migration guarantees of each case.

use chrono::Duration;
use samsyn::app::migrations::{Judged, MigrationOrder, MigrationRefused, Verdict};
use samsyn::app::{App, AppError};
use samsyn::calendar::local_date;
use samsyn::ids::{CaseNumber, PersonId};
use samsyn::store::case_migrations::{LedgerRow, note};
use samsyn::store::{Db, StoreError, cases};
use samsyn::workflow::bundle;
use samsyn::workflow::migration::Obstacle;
use serde_json::json;

use super::{
    COUNTY, ONE, PLAN, TWO, before, before_with, changed, comes, comes_with, dry, opened, opened_with, real, run, talks,
};
use crate::support::cases::{FALUN, RECEIVER, REGION, SENDER, actor, take};
use crate::support::database::TestApp;
use crate::support::sql;

const NOW: &str = "2026-03-02T08:00:00Z";

fn verdicts(judged: &[Judged]) -> Vec<(&str, Vec<&str>)> {
    let codes = |it: &[Obstacle]| it.iter().map(|reason| reason.code).collect();
    judged.iter().map(|one| (one.verdict, codes(&one.reasons))).collect()
}

/// Nothing is wrong with any log.
fn sound(app: &App) {
    assert_eq!(app.verify_log(&[], |_| {}).unwrap().problems, [""; 0]);
}

/// Everything in the database but the ledger of migrations and the plans.
fn everything(app: &App) -> Vec<String> {
    let rows = sql::dump(&app.store).into_iter();
    rows.filter(|row| !row.contains("migration") && !row.contains("foreseen")).collect()
}

fn days(test: &TestApp, days: i64) {
    for _ in 0..days {
        test.clock.advance(Duration::days(1));
        test.app.sweep_deadlines().unwrap();
    }
}

#[test]
fn without_a_plan_a_case_keeps_its_version_for_ever() {
    let mut test = before(NOW);
    let done = opened(&test.app);
    comes(&mut test, PLAN);
    let done = take(&test.app, RECEIVER, &done, "reply", json!({"answer": "Vi."})).unwrap();
    assert_eq!(test.app.case_outline(&done.number).unwrap().version, 1);
}

#[test]
fn a_case_goes_over_with_everything_that_it_holds() {
    let mut test = before(NOW);
    let done = opened(&test.app);
    let started = local_date(test.app.now());
    days(&test, 10);
    let plan = comes(&mut test, PLAN);
    let foreseen = dry(&test.app, &plan);
    let judged = real(&test.app, &plan);
    assert_eq!(judged, foreseen);
    assert_eq!(verdicts(&judged), [("ok", vec![])]);
    let (was, is) = (&judged[0].before, judged[0].after.as_ref().unwrap());
    assert_eq!((was.state.as_str(), is.state.as_str(), was.version, is.version), ("open", "asked", 1, 2));
    assert_eq!(
        (was.transitions.join(" "), is.transitions.join(" ")),
        ("reply rest wake".into(), "answer_it rest wake".into())
    );
    assert_eq!((is.deadlines[0].id.as_str(), is.deadlines[0].due), ("answer_in_time", was.deadlines[0].due));
    assert!(was.deadlines[0].due >= started + Duration::days(60));
    assert_eq!(is.deadlines[0].reminders.len(), 3, "the one between is new");

    let county = actor(&test.app, COUNTY);
    assert!(matches!(test.app.case(&county, &done.number), Err(AppError::NotFound)), "she sees it no more than before");
    for person in [SENDER, RECEIVER] {
        let case = test.app.case(&actor(&test.app, person), &done.number).unwrap();
        let values: Vec<_> = case.fields.iter().map(|field| (field.field.as_str(), field.value.clone())).collect();
        assert_eq!(values, [("matter", json!("Vem gör vad?")), ("urgency", json!("at_once"))]);
        let timeline = test.app.timeline(&actor(&test.app, person), &done.number).unwrap();
        let titles: Vec<_> = timeline.iter().map(|entry| entry.title.as_str()).collect();
        assert_eq!(titles, ["Ställ fråga", "Ärendet följer nu version 2 av ärendetypen"]);
        assert_eq!(timeline[0].data["question"], "Vem gör vad?", "history stays under the old names");
        assert_eq!(timeline[1].data["why"], "Avtalet har reviderats.");
        let form = test.app.form_of(&actor(&test.app, person), &done.number).unwrap();
        let urgency = form.fields.iter().find(|field| field.id == "urgency").unwrap();
        let known: Vec<_> = urgency.options.iter().map(|option| option.id.as_str()).collect();
        assert_eq!(known, ["at_once", "later", "now"], "what older entries hold can be read");
        assert!(form.fields.iter().any(|field| field.id == "question"));
    }
    let next = samsyn::app::cases::Done { revision: 2, ..done };
    let done = take(&test.app, RECEIVER, &next, "answer_it", json!({"answer": "Vi."})).unwrap();
    assert_eq!(done.state, "talks");
    sound(&test.app);
    assert_eq!(real(&test.app, &plan), [], "it is none of the old version's any more");
}

#[test]
fn the_bundle_of_a_case_that_went_over_holds_both_versions_and_verifies() {
    let mut test = before(NOW);
    let done = opened(&test.app);
    let plan = comes(&mut test, PLAN);
    real(&test.app, &plan);
    let mut file = test.app.case_bundle(&actor(&test.app, SENDER), &done.number, true).unwrap();
    assert_eq!(file.definitions.len(), 2);
    let examined = bundle::verify(&bundle::read(&file.text()).unwrap(), None, &[]);
    assert_eq!(examined.problems, [""; 0]);
    let whole = file.definitions.clone();
    for at in 0..2 {
        file.definitions = whole.clone();
        file.definitions.remove(at);
        assert!(!bundle::verify(&file, None, &[]).problems.is_empty(), "definition {at} is missing");
        file.definitions = whole.clone();
        file.definitions[at].text = file.definitions[at].text.replace("title: Klart", "title: Slut");
        assert!(!bundle::verify(&file, None, &[]).problems.is_empty(), "the words of definition {at} are others");
    }
}

#[test]
fn it_says_who_did_it_and_why_and_writes_no_mail() {
    let mut test = before(NOW);
    opened(&test.app);
    let plan = comes(&mut test, PLAN);
    let mails = || sql::lines(&test.app.store, "select id as line from outbox order by 1");
    let before = mails();
    real(&test.app, &plan);
    assert_eq!(mails(), before);
    let entry = sql::lines(&test.app.store, "select document as line from entries where document like '%migration%'");
    assert_eq!(entry.len(), 1);
    for said in [COUNTY, "Avtalet har reviderats.", &plan.digest.0, "\"from\":1", "\"to\":2"] {
        assert!(entry[0].contains(said), "{said}: {entry:?}");
    }
    let query = "select verdict || ' ' || cast(revision as text) || ' ' || person_id as line from case_migrations";
    assert_eq!(sql::lines(&test.app.store, query), [format!("migrated 1 {COUNTY}")]);
}

#[test]
fn time_goes_on_as_the_plan_says() {
    let policy = |changes: &[(&str, &str)]| {
        let mut test = before(NOW);
        talks(&test.app);
        days(&test, 10);
        let plan = comes(&mut test, &changed(changes));
        let judged = real(&test.app, &plan);
        sound(&test.app);
        let stand = judged[0].after.clone().unwrap_or_else(|| panic!("{:?}", judged[0].reasons));
        let of = |id: &str| stand.deadlines.iter().find(|it| it.id == id).map(|it| (it.due.to_string(), it.generation));
        (of("talks_end"), of("follow_up"))
    };
    let day = |due: &str, generation| Some((due.to_owned(), generation));
    let said = "talks_end, policy: remaining";
    let begun = day("2026-04-01", 1);
    assert_eq!(policy(&[]), (day("2026-04-11", 1), begun.clone()), "forty days from the second of March");
    assert_eq!(policy(&[(said, "talks_end, policy: keep")]), (day("2026-04-01", 1), begun.clone()));
    assert_eq!(policy(&[(said, "talks_end, policy: restart")]), (day("2026-04-21", 2), begun));
    let other = [
        ("{to: talks_end, policy: remaining}", "{to: follow_up, policy: keep}"),
        ("begin: [follow_up]", "begin: [talks_end]"),
    ];
    assert_eq!(policy(&other), (day("2026-04-21", 2), day("2026-04-01", 2)));
}

#[test]
fn no_reminder_is_sent_twice_and_none_is_lost() {
    let reminded = |test: &TestApp| {
        let line = "deadline || ' ' || substr(cast(planned_at as text), 1, 10)";
        sql::lines(&test.app.store, &format!("select distinct {line} as line from reminders order by 1"))
    };
    let mut test = before(NOW);
    opened(&test.app);
    // Due on the fourth of May: reminded twenty days before, on the fourteenth of April.
    days(&test, 44);
    assert_eq!(reminded(&test), ["reply_in_time 2026-04-14"]);
    let plan = comes(&mut test, PLAN);
    assert_eq!(verdicts(&real(&test.app, &plan)), [("ok", vec![])]);
    days(&test, 18);
    let both = ["answer_in_time 2026-04-24", "reply_in_time 2026-04-14"];
    assert_eq!(reminded(&test)[1..].len() + 1, reminded(&test).len());
    assert!(both.iter().all(|line| reminded(&test).contains(&(*line).to_owned())), "{:?}", reminded(&test));
    assert!(!reminded(&test).iter().any(|line| line.starts_with("answer_in_time 2026-04-14")));
    let audit = test.app.audit_reminders("2026-03-01".parse().unwrap(), local_date(test.app.now())).unwrap();
    assert_eq!((audit.missing, audit.surplus, audit.late), (vec![], vec![], vec![]));
    days(&test, 5);
    let ended = "select state as line from cases";
    assert_eq!(sql::lines(&test.app.store, ended), ["silent"]);
    sound(&test.app);
}

/// Each obstacle, and that the case is left as it was, byte for byte.
fn left_alone(test: &mut TestApp, plan: &str, expected: &[(&str, Vec<&str>)]) {
    let plan = comes(test, plan);
    real(&test.app, &plan); // keeps the definition
    let was = everything(&test.app);
    let judged = real(&test.app, &plan);
    assert_eq!(verdicts(&judged), expected);
    assert_eq!(everything(&test.app), was);
    assert!(judged.iter().all(|one| one.after.is_none()));
    sound(&test.app);
}

#[test]
fn a_confirmation_that_waits_is_decided_first() {
    let mut test = before(NOW);
    let done = talks(&test.app);
    let done = take(&test.app, FALUN, &done, "propose", json!({"offer": "Hälften var."})).unwrap();
    take(&test.app, FALUN, &done, "agree", json!({})).unwrap();
    left_alone(&mut test, PLAN, &[("undecided", vec!["confirmation"])]);
}

#[test]
fn what_somebody_wrote_is_not_dropped_over_her_head() {
    let mut test = before(NOW);
    opened_with(&test.app, json!({"question": "Vem?", "urgency": "later", "remark": "Ring först."}));
    left_alone(&mut test, PLAN, &[("undecided", vec!["text"])]);
}

#[test]
fn what_is_due_is_done_first() {
    let mut test = before(NOW);
    opened(&test.app);
    test.clock.advance(Duration::days(50));
    left_alone(&mut test, PLAN, &[("refused", vec!["due"])]);
    test.app.sweep_deadlines().unwrap();
    let plan = test.app.workflows.plans()[0].clone();
    assert_eq!(verdicts(&real(&test.app, &plan)), [("ok", vec![])]);
}

#[test]
fn a_rest_goes_on_where_the_new_version_knows_it_and_is_ended_first_where_not() {
    let resting = || {
        let test = before(NOW);
        let done = opened(&test.app);
        take(&test.app, RECEIVER, &done, "rest", json!({"until": "2026-03-20", "why_not": "Semester."})).unwrap();
        test
    };
    let mut test = resting();
    let plan = comes(&mut test, PLAN);
    let judged = real(&test.app, &plan);
    assert_eq!(verdicts(&judged), [("ok", vec![])]);
    assert_eq!(judged[0].before.deadlines[0].due, judged[0].after.as_ref().unwrap().deadlines[0].due);

    let restless =
        |line: &&str| !["- {id: rest,", "- {id: wake,", "pause: {"].iter().any(|is| line.trim().starts_with(is));
    let two: Vec<_> = TWO.lines().filter(restless).collect();
    let two = two.join("\n").replace("  until: {type: date, title: Till, must_be: coming}\n", "");
    let two = two.replace("require: [answer]", "require: [answer, why_not]");
    let plan = changed(&[
        ("remark: drop", "remark: drop\n  until: drop"),
        ("reply: answer_it", "reply: answer_it\n  rest: drop\n  wake: drop"),
    ]);
    let mut test = resting();
    let plan = comes_with(&mut test, &plan, (ONE, &two));
    assert_eq!(verdicts(&real(&test.app, &plan)), [("undecided", vec!["resting"])]);
}

#[test]
fn a_deadline_that_would_begin_and_is_not_named_is_decided_first() {
    let one = ONE.replace("    after: 30d", "    when: {set: offer}\n    after: 30d");
    let mut test = before_with(NOW, &one);
    let done = talks(&test.app);
    let plan = comes_with(&mut test, PLAN, (&one, TWO));
    assert_eq!(verdicts(&real(&test.app, &plan)), [("undecided", vec!["deadline"])]);
    take(&test.app, FALUN, &done, "propose", json!({"offer": "Hälften var."})).unwrap();
    assert_eq!(verdicts(&real(&test.app, &plan)), [("ok", vec![])]);
    sound(&test.app);
}

#[test]
fn a_case_that_ended_is_left_alone() {
    let mut test = before(NOW);
    let done = talks(&test.app);
    let done = take(&test.app, FALUN, &done, "propose", json!({"offer": "Hälften var."})).unwrap();
    let done = take(&test.app, FALUN, &done, "agree", json!({})).unwrap();
    take(&test.app, REGION, &done, "agree", json!({})).unwrap();
    left_alone(&mut test, PLAN, &[]);
    let plan = test.app.workflows.plans()[0].clone();
    let order = MigrationOrder { cases: vec![done.number], ..MigrationOrder::default() };
    let refused = test.app.migrate_cases(&actor(&test.app, COUNTY), &plan, &order, |_| {});
    assert!(matches!(refused, Err(MigrationRefused::NotAbout(..))));
}

#[test]
fn a_case_that_changed_since_the_dry_run_is_judged_anew_and_told() {
    let mut test = before(NOW);
    let (one, _) = (opened(&test.app), opened(&test.app));
    let plan = comes(&mut test, PLAN);
    let foreseen = dry(&test.app, &plan);
    take(&test.app, RECEIVER, &one, "reply", json!({"answer": "Vi."})).unwrap();
    let judged = real(&test.app, &plan);
    let told: Vec<_> = judged.iter().map(|one| (one.revision, one.changed)).collect();
    assert_eq!(told, [(2, true), (1, false)]);
    assert_eq!(judged[0].after.as_ref().unwrap().state, "talks");
    assert_eq!(judged[1], foreseen[1]);
}

#[test]
fn only_whoever_administers_the_county_may() {
    let mut test = before(NOW);
    opened(&test.app);
    let plan = comes(&mut test, PLAN);
    for person in [SENDER, FALUN, "systemadministrator-falun", "arkivansvarig-falun"] {
        for dry_run in [true, false] {
            let order = MigrationOrder { dry_run, ..MigrationOrder::default() };
            let refused = test.app.migrate_cases(&actor(&test.app, person), &plan, &order, |_| {});
            assert!(matches!(refused, Err(MigrationRefused::App(AppError::NotFound))), "{person}");
        }
    }
    assert_eq!(sql::lines(&test.app.store, "select verdict as line from case_migrations"), [""; 0]);
}

#[test]
fn a_case_under_another_text_of_its_version_is_refused() {
    let mut test = before(NOW);
    opened(&test.app);
    sql::drop_guards(&test.app.store);
    let other = "update cases set definition = 'other'";
    let stored = |test: &TestApp| {
        let all: Result<_, StoreError> = test.app.store.read(|db| cases::numbers(db, None, 10));
        all.unwrap()
    };
    if sql::execute(&test.app.store, other).is_ok() {
        let plan = comes(&mut test, PLAN);
        assert_eq!(verdicts(&real(&test.app, &plan)), [("refused", vec!["definition"])]);
    }
    assert_eq!(stored(&test).len(), 1);
}

#[test]
fn as_many_as_are_asked_for_and_those_that_are_named() {
    let mut test = before(NOW);
    let all: Vec<_> = (0..5).map(|_| opened(&test.app).number).collect();
    let plan = comes(&mut test, PLAN);
    let order = MigrationOrder { limit: Some(2), ..MigrationOrder::default() };
    let numbers = |judged: Vec<Judged>| judged.into_iter().map(|one| one.case).collect::<Vec<_>>();
    assert_eq!(numbers(run(&test.app, &plan, &order)), all[..2]);
    let order = MigrationOrder { cases: vec![all[3].clone()], ..MigrationOrder::default() };
    assert_eq!(numbers(run(&test.app, &plan, &order)), all[3..4]);
    assert_eq!(numbers(real(&test.app, &plan)), [all[2].clone(), all[4].clone()]);
}

#[test]
fn slices_get_past_what_does_not_go_over() {
    let mut test = before(NOW);
    let remark = || json!({"question": "Vem?", "urgency": "later", "remark": "Ring först."});
    let stuck: Vec<_> = (0..3).map(|_| opened_with(&test.app, remark()).number).collect();
    let all: Vec<_> = (0..3).map(|_| opened(&test.app).number).collect();
    let plan = comes(&mut test, PLAN);
    let slice = |dry_run| {
        let order = MigrationOrder { dry_run, limit: Some(2), ..MigrationOrder::default() };
        run(&test.app, &plan, &order).into_iter().map(|one| one.case).collect::<Vec<_>>()
    };
    let numbers = |some: &[CaseNumber]| [stuck.clone(), some.to_vec()].concat();
    assert_eq!(slice(true), numbers(&all[..2]), "a dry run tells what the slice would be");
    assert_eq!(slice(false), numbers(&all[..2]));
    assert_eq!(slice(false), numbers(&all[2..]));
    assert_eq!(slice(false), numbers(&[]));
    let named = MigrationOrder {
        cases: vec![stuck[1].clone(), stuck[0].clone(), stuck[1].clone()],
        limit: Some(1),
        ..MigrationOrder::default()
    };
    let judged: Vec<_> = run(&test.app, &plan, &named).into_iter().map(|one| one.case).collect();
    assert_eq!(judged, stuck[..2], "each that is named once");
}

#[test]
fn what_a_dry_run_notes_too_late_hides_no_migration() {
    let mut test = before(NOW);
    let done = opened(&test.app);
    let plan = comes(&mut test, PLAN);
    assert_eq!(dry(&test.app, &plan).len() + real(&test.app, &plan).len(), 2);
    let ledger = || {
        let row = "verdict || ' ' || cast(foreseen_revision as text) || ' ' || cast(judged_at as text)";
        sql::lines(&test.app.store, &format!("select {row} as line from case_migrations"))
    };
    let before = ledger();
    assert!(before[0].starts_with("migrated 1 "), "{before:?}");
    test.clock.advance(Duration::seconds(1));
    let late = |db: &mut Db| {
        let stored = cases::by_number(db, &done.number)?.unwrap();
        let person = PersonId::from(COUNTY);
        let row = LedgerRow {
            plan: &plan.digest,
            case: &stored.id,
            verdict: Verdict::Foreseen,
            reasons: "[]",
            revision: 2,
            person: &person,
            at: test.app.now(),
        };
        note(db, &row, true)
    };
    test.app.store.write::<_, StoreError>(late).unwrap();
    assert_eq!(ledger(), before);
}
