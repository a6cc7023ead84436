//! `samsyn import FILE`: loads an organisation.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, bail};
use clap::Args;

use super::{open, print};
use crate::app::organisation::{self, ImportError, OrganisationFile};
use crate::config::Config;

/// Arguments of `samsyn import`.
#[derive(Debug, Args)]
pub struct ImportArgs {
    /// The organisation file (YAML).
    file: PathBuf,
}

pub fn run(config: &Config, args: ImportArgs) -> anyhow::Result<()> {
    let name = args.file.display().to_string();
    let text = fs::read_to_string(&args.file).with_context(|| format!("{name} cannot be read"))?;
    let file = match organisation::read(&name, &text) {
        Ok(file) => file,
        Err(ImportError::Problems(problems)) => {
            problems.iter().for_each(|problem| eprintln!("{problem}"));
            bail!("{name}: {} problems; nothing was imported", problems.len());
        }
        Err(ImportError::Unfit(unfit)) => {
            unfit.iter().for_each(|what| eprintln!("{name}: {what}"));
            bail!("{name}: {} problems; nothing was imported", unfit.len());
        }
        Err(error) => return Err(error.into()),
    };
    open::app(config)?.import(&file)?;
    print(told(&file))
}

fn told(file: &OrganisationFile) -> String {
    let units: usize = file.principals.iter().map(|principal| principal.units.len()).sum();
    let (principals, bodies) = (file.principals.len(), file.bodies.len());
    let (agreements, people) = (file.agreements.len(), file.people.len());
    format!("{principals} principals, {units} units, {bodies} bodies, {agreements} agreements, {people} people")
}
