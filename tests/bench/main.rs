//! What the engine costs beside the database that it cannot do without. Every figure is a ratio of two things measured in
//! this run, in turn, so that a slow machine slows both.
//!
//! `cargo bench --bench ladder` measures on SQLite (`-- step`, `-- growth` or `-- serve`: only that); with `TEST_DATABASE_URL` on
//! PostgreSQL (durable: fsync on; there `-- lists` and `-- reminders` too). The baseline of a step and of a sweep is a bare program
//! that writes the same rows, of the same size, in the same transaction shape, under the same durability settings.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

mod bare;
mod bare_sweep;
mod growth;
mod lists;
mod reminders;
mod scene;
mod serve;
mod step;

fn main() {
    let only = std::env::args().skip(1).find(|word| !word.starts_with('-'));
    let wanted = |name: &str| only.as_deref().is_none_or(|only| only == name);
    let scene = scene::Scene::open();
    println!("{}", scene.settings());
    if wanted("step") {
        step::measure(&scene);
    }
    if wanted("growth") {
        growth::measure();
    }
    if wanted("serve") {
        serve::measure();
    }
    if wanted("lists") && scene.is_postgres() {
        lists::measure();
    }
    if wanted("reminders") && scene.is_postgres() {
        reminders::measure();
    }
}
