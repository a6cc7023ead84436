//! Ten thousand cases, and runs that die midway: on both databases the ledger shows each case once, and what a dry run foresaw is
//! what came.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use chrono::Duration;
use samsyn::app::migrations::{Judged, MigrationOrder};
use samsyn::ids::IdSource;
use samsyn::store::Store;
use serde_json::json;

use super::{COUNTY, PLAN, before, comes, dry, opened, opened_with, real, talks};
use crate::support::cases::{FALUN, actor, take};
use crate::support::database::TestApp;
use crate::support::sql;
use crate::support::values::roll;

/// Cases of every kind, the clock a little further with some.
fn many(test: &TestApp, count: usize) {
    let dice = IdSource::seeded(7);
    for _ in 0..count {
        match roll(&dice, 8) {
            0 => drop(talks(&test.app)),
            1 => {
                let done = talks(&test.app);
                let done = take(&test.app, FALUN, &done, "propose", json!({"offer": "Hälften var."})).unwrap();
                take(&test.app, FALUN, &done, "agree", json!({})).unwrap();
            }
            2 => drop(opened_with(&test.app, json!({"question": "Vem?", "urgency": "later", "remark": "Ring."}))),
            _ => drop(opened(&test.app)),
        }
        if roll(&dice, 16) == 0 {
            test.clock.advance(Duration::minutes(5));
        }
    }
    test.app.sweep_deadlines().unwrap();
}

/// What the process that is to be killed is told: the database and the moment.
const DATABASE: &str = "MIGRATION_TEST_DATABASE";
const MOMENT: &str = "MIGRATION_TEST_NOW";

/// Begins a run in a process of its own, and kills it once it has told of so many cases.
fn killed_after(test: &TestApp, most: usize) {
    let this = ["--exact", "migration::many::a_run_to_be_killed", "--ignored", "--nocapture"];
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(this)
        .env(DATABASE, test.database.url_text())
        .env(MOMENT, test.app.now().to_string())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let told = lines.map(Result::unwrap).filter(|line| line.starts_with("migrated ")).take(most).count();
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(told, most, "it ended before it was killed");
}

#[test]
#[ignore = "needs somebody who kills it"]
fn a_run_to_be_killed() {
    let Ok(url) = std::env::var(DATABASE) else { return };
    let mut test = before(&std::env::var(MOMENT).unwrap());
    test.app.store = Store::open(&url.parse().unwrap(), 2).unwrap();
    let plan = comes(&mut test, PLAN);
    let county = actor(&test.app, COUNTY);
    let each = |judged: Judged| println!("\nmigrated {}", judged.case);
    test.app.migrate_cases(&county, &plan, &MigrationOrder::default(), each).unwrap();
}

/// The cases as they lie in the database, whoever brought them there: version and state, and each deadline that runs.
fn stands(test: &TestApp) -> BTreeSet<String> {
    let states = "number || ' @' || cast(version as text) || ' ' || state as line from cases";
    let due =
        "number || ' ' || name || ' ' || cast(due as text) as line from deadlines join cases on cases.id = case_id";
    let read = |what: &str| sql::lines(&test.app.store, &format!("select {what}"));
    [read(states), read(due)].into_iter().flatten().collect()
}

/// The same as a dry run foresaw it; of a case that stays, as it stood.
fn foretold(foreseen: &[Judged]) -> BTreeSet<String> {
    let of = |judged: &Judged| {
        let stand = judged.after.as_ref().filter(|_| judged.verdict == "ok").unwrap_or(&judged.before);
        let due = stand.deadlines.iter().map(|it| format!("{} {} {}", judged.case, it.id, it.due));
        let state = format!("{} @{} {}", judged.case, stand.version, stand.state);
        due.chain([state]).collect::<Vec<_>>()
    };
    foreseen.iter().flat_map(of).collect()
}

fn dry_and_real_agree(count: usize, deaths: usize) {
    let mut test = before("2026-03-02T08:00:00Z");
    many(&test, count);
    let plan = comes(&mut test, PLAN);
    let foreseen = dry(&test.app, &plan);
    assert_eq!(foreseen.len(), count);
    for death in 1..=deaths {
        killed_after(&test, death * count / (3 * deaths) + 1);
    }
    let migrated = "select cast(count(*) as text) as line from case_migrations where verdict = 'migrated'";
    let before: usize = sql::lines(&test.app.store, migrated)[0].parse().unwrap();
    let left = real(&test.app, &plan);
    let is_left = |judged: &&Judged| left.iter().any(|other| other.case == judged.case);
    assert!(foreseen.iter().filter(is_left).eq(&left), "what was foreseen did not come");
    assert_eq!(before + left.len(), count, "one was left out, or done twice");
    let query =
        "select verdict || ' ' || cast(count(*) as text) as line from case_migrations group by verdict order by 1";
    let refused = foreseen.iter().filter(|judged| judged.verdict != "ok").count();
    let expected = [format!("migrated {}", count - refused), format!("undecided {refused}")];
    assert_eq!(sql::lines(&test.app.store, query), expected);
    assert!(refused > 0);
    assert_eq!(stands(&test), foretold(&foreseen), "what stands is not what was foreseen");
    let entries = "select cast(count(*) as text) as line from entries where document like '%\"act\":\"migration\"%'";
    assert_eq!(sql::lines(&test.app.store, entries), [(count - refused).to_string()]);
    assert_eq!(test.app.verify_log(&[], |_| {}).unwrap().problems, [""; 0]);
}

#[test]
fn a_run_that_died_goes_on_with_the_rest() {
    dry_and_real_agree(60, 2);
}

#[test]
#[ignore = "takes long"]
fn ten_thousand_cases() {
    dry_and_real_agree(10_000, 3);
}
