//! Ten thousand cases, and runs that die midway: on both databases the ledger shows each case once, and what a dry run foresaw is
//! what came.

use std::panic::{AssertUnwindSafe, catch_unwind};

use chrono::Duration;
use samsyn::app::migrations::{Judged, MigrationOrder};
use samsyn::ids::IdSource;
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

/// Begins a run that dies after so many cases.
fn dies_after(test: &TestApp, plan: &samsyn::workflow::plan::LoadedPlan, most: usize) -> Vec<Judged> {
    let mut told = Vec::new();
    let county = actor(&test.app, COUNTY);
    let died = catch_unwind(AssertUnwindSafe(|| {
        test.app.migrate_cases(&county, plan, &MigrationOrder::default(), |judged| {
            told.push(judged);
            assert!(told.len() < most, "it dies");
        })
    }));
    assert!(died.is_err());
    told
}

fn dry_and_real_agree(count: usize, deaths: usize) {
    let mut test = before("2026-03-02T08:00:00Z");
    many(&test, count);
    let plan = comes(&mut test, PLAN);
    let foreseen = dry(&test.app, &plan);
    assert_eq!(foreseen.len(), count);
    let mut told = Vec::new();
    for death in 1..=deaths {
        let done = dies_after(&test, &plan, death * count / (2 * deaths) + 1);
        told.extend(done.into_iter().filter(|judged| judged.verdict == "ok"));
    }
    told.extend(real(&test.app, &plan));
    told.sort_by(|a, b| a.case.cmp(&b.case));
    assert!(told == foreseen, "what was foreseen did not come");
    let query =
        "select verdict || ' ' || cast(count(*) as text) as line from case_migrations group by verdict order by 1";
    let refused = foreseen.iter().filter(|judged| judged.verdict != "ok").count();
    let expected = [format!("migrated {}", count - refused), format!("undecided {refused}")];
    assert_eq!(sql::lines(&test.app.store, query), expected);
    assert!(refused > 0);
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
