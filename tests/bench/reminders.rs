//! A hundred thousand reminders due at once on PostgreSQL: how many a second are planned, and how many mails claimed, sent
//! to nowhere and marked, by one instance and by three. `BENCH_DUE` sets another number.
//!
//! The instances work side by side without the lease by which `serve` lets one of them do a job at a time: this is what
//! sharing the very same work would bring.

use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use diesel::prelude::*;
use diesel::sql_query;
use samsyn::app::App;
use samsyn::app::outbox::Delivered;
use samsyn::clock::Timestamp;
use samsyn::mail::Transport;
use samsyn::store::{DatabaseUrl, Store};

use crate::scene::Scene;

/// People who get the first reminder of a case that waits to be received.
const RECIPIENTS: usize = 2;

pub fn measure() {
    let due = std::env::var("BENCH_DUE").map_or(100_000, |due| due.parse().unwrap());
    let one = work(due, 1);
    let three = work(due, 3);
    let gain =
        |one: f64, three: f64| format!("{one:.0} a second with 1 instance, {three:.0} with 3: {:.2}", three / one);
    println!("{due} reminders due: planned {}", gain(one.planned, three.planned));
    println!("their mails: claimed and marked {}", gain(one.claimed, three.claimed));
}

/// Rows a second.
struct Rates {
    planned: f64,
    claimed: f64,
}

fn work(due: usize, instances: usize) -> Rates {
    let scene = Scene::open();
    scene.deviation("mas-falun", "region-dalarna");
    fill(&scene.url, due / RECIPIENTS);
    let now = wakes(&scene);
    let instances: Vec<_> = (0..instances).map(|_| instance(&scene, now)).collect();
    let planning = together(&instances, |app| assert_eq!(app.sweep_deadlines().unwrap().failed, 0));
    let rows = count(&scene.url, "reminders");
    let mails = count(&scene.url, "outbox where status = 'pending'");
    let claiming = together(&instances, |app| assert_eq!(send(app).failed, 0));
    assert_eq!(count(&scene.url, "outbox where status <> 'sent'"), 0);
    let rate = |rows: i64, took: Duration| f64::from(i32::try_from(rows).unwrap()) / took.as_secs_f64();
    println!("  {} instances: {rows} rows planned in {planning:?}, {mails} mails in {claiming:?}", instances.len());
    Rates { planned: rate(rows, planning), claimed: rate(mails, claiming) }
}

/// An instance has a pool of its own.
fn instance(scene: &Scene, now: Timestamp) -> App {
    App { store: Store::open(&scene.url, 4).unwrap(), ..scene.app_at(now) }
}

fn together(instances: &[App], work: impl Fn(&App) + Sync) -> Duration {
    let begun = Instant::now();
    thread::scope(|scope| instances.iter().for_each(|app| drop(scope.spawn(|| work(app)))));
    begun.elapsed()
}

fn send(app: &App) -> Delivered {
    let nowhere = Transport::Memory(Arc::new(Mutex::new(Vec::new())));
    app.deliver_mail(&nowhere, &"samsyn@samsyn.example".parse().unwrap()).unwrap()
}

/// The instant at which the first reminder is due, in office hours.
fn wakes(scene: &Scene) -> Timestamp {
    let far = "2200-01-01T00:00:00Z".parse().unwrap();
    scene.app.store.read(|db| samsyn::store::deadlines::waking(db, far, 1)).unwrap()[0].wake_at
}

fn connection(url: &DatabaseUrl) -> PgConnection {
    let DatabaseUrl::Postgres(url) = url else { panic!("reminders are measured on PostgreSQL") };
    PgConnection::establish(url).unwrap()
}

/// Copies the one case, with its deadlines, until there are so many.
fn fill(url: &DatabaseUrl, cases: usize) {
    let mut db = connection(url);
    let copies = format!("generate_series(1, {}) as copy", cases - 1);
    let columns =
        "workflow, version, definition, state, outcome, revision, category, urgent, opened_at, since, snapshot";
    let copied = format!(
        "insert into cases (id, number, {columns}) select 'copy' || copy, 'COPY-' || copy, {columns} from cases, {copies}"
    );
    sql_query(copied).execute(&mut db).unwrap();
    let copied = format!(
        "insert into deadlines (case_id, name, generation, due, runs_out, wake_at)
         select 'copy' || copy, name, generation, due, runs_out, wake_at from deadlines, {copies}"
    );
    sql_query(copied).execute(&mut db).unwrap();
    let copied = format!(
        "insert into visibility (case_id, room, reader, from_entry, until_entry)
         select 'copy' || copy, room, reader, from_entry, until_entry from visibility, {copies}"
    );
    sql_query(copied).execute(&mut db).unwrap();
    sql_query("analyze").execute(&mut db).unwrap();
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    count: i64,
}

fn count(url: &DatabaseUrl, of: &str) -> i64 {
    sql_query(format!("select count(*) as count from {of}")).get_result::<Count>(&mut connection(url)).unwrap().count
}
