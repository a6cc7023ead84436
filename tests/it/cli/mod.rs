//! The command line, run as people run it.

mod case;
mod database;
mod import;
mod log;
mod migrate_cases;
mod outbox;
mod run_job;
mod serve;
mod token;
mod user;
mod verify;
mod watch;
mod workflow;
