//! `samsyn run-job NAME`: one job, once, now, whatever its schedule says and whoever else is at it.

use clap::Args;
use clap::builder::PossibleValuesParser;

use super::{open, print, print_json};
use crate::config::Config;
use crate::jobs;

/// Arguments of `samsyn run-job`.
#[derive(Debug, Args)]
pub struct RunJobArgs {
    /// The job.
    #[arg(value_parser = PossibleValuesParser::new(jobs::TABLE.iter().map(|job| job.name)))]
    name: String,
    /// Print an object with the counts.
    #[arg(long)]
    json: bool,
}

pub fn run(config: &Config, args: RunJobArgs) -> anyhow::Result<()> {
    let job = jobs::find(&args.name).ok_or_else(|| anyhow::anyhow!("there is no job {}", args.name))?;
    let work = open::work(config, open::app(config)?)?;
    let counts = (job.run)(&work)?;
    if args.json {
        let object = counts.into_iter().map(|(name, count)| (name.to_owned(), count.into()));
        return print_json(&serde_json::Value::Object(object.collect()));
    }
    let counts: Vec<_> = counts.iter().map(|(name, count)| format!("{count} {}", name.replace('_', " "))).collect();
    print(format!("{}: {}", job.name, counts.join(", ")))
}
