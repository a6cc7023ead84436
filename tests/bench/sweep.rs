//! A sweep of a thousand due deadlines, among a hundred thousand open cases and among a million: it should cost the same.

use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use samsyn::clock::Timestamp;
use samsyn::store::DatabaseUrl;

use crate::scene::Scene;

const DUE: usize = 1_000;

pub fn measure() {
    let small = sweep_among(100_000);
    let large = sweep_among(1_000_000);
    println!(
        "a sweep of {DUE} due: among 1,000,000 open cases {:.2} of its time among 100,000",
        large.as_secs_f64() / small.as_secs_f64()
    );
}

fn sweep_among(open: usize) -> Duration {
    let scene = Scene::sqlite();
    let disputes: Vec<_> = (0..DUE).map(|_| scene.dispute()).collect();
    fill(&scene, open - disputes.len());
    // The first reminder of every dispute is due by then, and nothing of the filling.
    let app = scene.app_at(due(&scene));
    let begun = Instant::now();
    let swept = app.sweep_deadlines().unwrap();
    let took = begun.elapsed();
    assert!(usize::try_from(swept.reminded).unwrap() >= DUE, "{swept:?}");
    println!("  among {open}: {took:?} for {} reminders", swept.reminded);
    took
}

/// The instant at which the earliest thing of each dispute is due.
fn due(scene: &Scene) -> Timestamp {
    let waking = scene.app.store.read(|db| samsyn::store::deadlines::waking(db, far(), 1)).unwrap();
    waking[0].wake_at
}

fn far() -> Timestamp {
    "2200-01-01T00:00:00Z".parse().unwrap()
}

/// Copies one open case, with its deadline put off, until there are so many.
fn fill(scene: &Scene, cases: usize) {
    let DatabaseUrl::Sqlite(path) = &scene.url else { panic!("the sweep is measured on SQLite") };
    let mut db = SqliteConnection::establish(path.to_str().unwrap()).unwrap();
    let copies = format!("with recursive copy (k) as (select 1 union all select k + 1 from copy where k < {cases})");
    db.batch_execute(&format!(
        "pragma synchronous = off;
         create temp table one as select * from cases limit 1;
         insert into cases {copies}
           select 'copy' || k, 'COPY-' || k, workflow, version, definition, state, outcome, revision, category, urgent,
                  opened_at, since, snapshot from copy, one;
         insert into deadlines {copies}
           select 'copy' || k, 'agreement', 1, '2100-01-01', '2100-01-02 00:00:00', '2099-12-01 00:00:00' from copy;
         pragma synchronous = full;
         pragma wal_checkpoint(truncate);"
    ))
    .unwrap();
    // What the filling left unwritten would be written by the first checkpoint of the sweep.
    std::fs::File::open(path).unwrap().sync_all().unwrap();
}
