//! `samsyn migrate`: brings the database to this program's schema, and makes it where there is none.

use std::time::Duration;

use clap::Args;

use super::{open, print, print_json};
use crate::app::App;
use crate::app::shelves::Filling;
use crate::config::Config;
use crate::store::Store;

/// Arguments of `samsyn migrate`.
#[derive(Debug, Args)]
pub struct MigrateArgs {
    /// Print the names of the migrations that were run as an array.
    #[arg(long)]
    json: bool,
}

pub fn run(config: &Config, args: MigrateArgs) -> anyhow::Result<()> {
    let store = open::store(config, 1)?;
    let run = store.migrate()?;
    let app = open::app_over(config, store.clone())?;
    app.publish_first()?;
    fill(&app)?;
    match (args.json, run.is_empty()) {
        (true, _) => print_json(&run),
        (false, true) => print(format!("{} is up to date", store.url())),
        (false, false) => print(told(&store, &run)),
    }
}

/// How often it is looked whether another process is done.
const PATIENCE: Duration = Duration::from_secs(1);

/// Fills new indexes, or waits until another process has: before that, lists lack cases. Where it fails, the next `migrate` or
/// `serve` goes on.
///
/// # Errors
/// Where the database does not answer.
pub fn fill(app: &App) -> anyhow::Result<()> {
    let mut told = false;
    while app.fill_shelves()? == Filling::Elsewhere {
        if !told {
            eprintln!("another process fills the indexes; waiting for it");
            told = true;
        }
        std::thread::sleep(PATIENCE);
    }
    Ok(())
}

/// What was run, in a line for each.
pub fn told(store: &Store, run: &[String]) -> String {
    let lines: Vec<_> = run.iter().map(|name| format!("{}: migration {name}", store.url())).collect();
    lines.join("\n")
}
