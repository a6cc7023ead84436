//! A step, and a sweep of a thousand due deadlines, among ten thousand open cases and among a million: they should cost the
//! same. And the sweep beside a bare program that writes its rows.

use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use samsyn::app::App;
use samsyn::clock::Timestamp;
use samsyn::store::DatabaseUrl;

use crate::bare_sweep::BareSweep;
use crate::scene::{Dispute, Scene};
use crate::step::{middle, steps};

const SMALL: usize = 10_000;
const LARGE: usize = 1_000_000;
/// How many deadlines a sweep finds due.
const DUE: usize = 1_000;
/// How often each is measured: so many reminders a dispute has before the deadline ends.
const ROUNDS: usize = 3;

pub fn measure() {
    let mut scenes = [SMALL, LARGE].map(Filled::with);
    let [small, large] = &mut scenes;
    let mut ratios = Vec::new();
    // Once that is not counted: what nobody has asked for lies on the disk.
    for round in 0..=2 * ROUNDS {
        let [small, large] = [small.steps(), large.steps()];
        ratios.extend((round > 0).then_some(large.as_secs_f64() / small.as_secs_f64()));
    }
    println!("a step: among {LARGE} open cases {} of its time among {SMALL}", middle(&mut ratios));
    let (mut growth, mut rate) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let (took, bare) = small.sweep();
        rate.push(bare.as_secs_f64() / took.as_secs_f64());
        growth.push(large.sweep().0.as_secs_f64() / took.as_secs_f64());
    }
    println!("a sweep of {DUE} due: among {LARGE} open cases {} of its time among {SMALL}", middle(&mut growth));
    println!("a sweep of {DUE} due: {} of the bare program's rate", middle(&mut rate));
}

/// Disputes among so many other open cases of which nothing is due.
struct Filled {
    scene: Scene,
    disputes: Vec<Dispute>,
}

impl Filled {
    fn with(open: usize) -> Filled {
        let begun = Instant::now();
        let scene = Scene::open();
        let disputes: Vec<_> = (0..DUE).map(|_| scene.dispute()).collect();
        fill(&scene, open - disputes.len());
        println!("  filled with {open} in {:?}", begun.elapsed());
        Filled { scene, disputes }
    }

    fn steps(&mut self) -> Duration {
        let begun = Instant::now();
        steps(&self.scene.app, &self.scene.manager(), &mut self.disputes[0]);
        begun.elapsed()
    }

    /// What a sweep takes by which each dispute's next reminder is due, and the bare program for the same rows.
    fn sweep(&self) -> (Duration, Duration) {
        let app = self.scene.app_at(due(&self.scene.app));
        let before = crate::bare_sweep::written(&self.scene.url);
        let begun = Instant::now();
        let swept = app.sweep_deadlines().unwrap();
        let took = begun.elapsed();
        assert!(usize::try_from(swept.reminded).unwrap() >= DUE && swept.ran_out == 0, "{swept:?}");
        let mut bare = BareSweep::open(&self.scene, &before, DUE);
        let begun = Instant::now();
        bare.sweep();
        (took, begun.elapsed())
    }
}

/// The instant by which each dispute has something due that had nothing due before.
fn due(app: &App) -> Timestamp {
    let far = "2200-01-01T00:00:00Z".parse().unwrap();
    let most = i64::try_from(DUE).unwrap();
    app.store.read(|db| samsyn::store::deadlines::waking(db, far, most)).unwrap().last().unwrap().wake_at
}

/// What a case has in other tables, without the words of its log and texts, which no step of another case reads.
const ROWS: [(&str, &str); 5] = [
    ("parties", "side, principal_id, authority_id, unit_id, from_entry, until_entry"),
    ("visibility", "room, reader, from_entry, until_entry"),
    ("chains", "room, length, head"),
    ("lists", "shelf, standing, seen_until, waiting_since, opened_at, workflow, state, level, category, urgent, due"),
    ("texts", "room, n, path"),
];

/// Copies one open case, with its deadline put off, until there are so many.
fn fill(scene: &Scene, cases: usize) {
    let copies = format!("with recursive copy (k) as (select 1 union all select k + 1 from copy where k < {cases})");
    let columns =
        "workflow, version, definition, state, outcome, revision, category, urgent, opened_at, since, snapshot";
    let of_case = ROWS.map(|(table, columns)| {
        format!(
            "insert into {table} (case_id, {columns}) {copies}
               select 'copy' || k, {columns} from copy, (select * from {table} where case_id = (select id from one)) as its;"
        )
    });
    let rows = format!(
        "create temp table one as select * from cases limit 1;
         insert into cases (id, number, {columns}) {copies} select 'copy' || k, 'COPY-' || k, {columns} from copy, one;
         insert into deadlines (case_id, name, generation, due, runs_out, wake_at) {copies}
           select 'copy' || k, 'agreement', 1, '2100-01-01', '2100-01-02 00:00:00', '2099-12-01 00:00:00' from copy;
         insert into entries (case_id, room, n, kind, recorded_at, document, hash) {copies}
           select 'copy' || k, room, n, kind, recorded_at, '', hash
           from copy, (select * from entries where case_id = (select id from one)) as its;
         {}",
        of_case.concat()
    );
    match &scene.url {
        DatabaseUrl::Sqlite(path) => {
            let mut db = SqliteConnection::establish(path.to_str().unwrap()).unwrap();
            let end = "pragma synchronous = full; pragma wal_checkpoint(truncate);";
            db.batch_execute(&format!("pragma synchronous = off; {rows} {end}")).unwrap();
            // What the filling left unwritten would be written by the first checkpoint of the sweep.
            std::fs::File::open(path).unwrap().sync_all().unwrap();
        }
        DatabaseUrl::Postgres(url) => {
            let mut db = PgConnection::establish(url).unwrap();
            db.batch_execute(&format!("set synchronous_commit = off; {rows}")).unwrap();
            for table in ["cases", "deadlines", "parties", "visibility", "chains", "lists", "texts", "entries"] {
                db.batch_execute(&format!("vacuum analyze {table}")).unwrap();
            }
            db.batch_execute("checkpoint").unwrap();
        }
    }
}
