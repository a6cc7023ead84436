//! `samsyn migrate`: brings the database to this program's schema, and makes it where there is none.

use clap::Args;

use super::{open, print, print_json};
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
    // Its own transaction: where it fails, the next `migrate` or `serve` finds the shelves empty and does it.
    open::app_over(config, store.clone())?.fill_shelves()?;
    match (args.json, run.is_empty()) {
        (true, _) => print_json(&run),
        (false, true) => print(format!("{} is up to date", store.url())),
        (false, false) => print(told(&store, &run)),
    }
}

/// What was run, in a line for each.
pub fn told(store: &Store, run: &[String]) -> String {
    let lines: Vec<_> = run.iter().map(|name| format!("{}: migration {name}", store.url())).collect();
    lines.join("\n")
}
