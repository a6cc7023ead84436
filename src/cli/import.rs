//! `samsyn import FILE`: loads an organisation.

use std::fs;
use std::path::PathBuf;

use anyhow::Context;
use clap::Args;

use super::{open, print};
use crate::app::organisation::{self, OrganisationFile};
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
    let file = organisation::read(&name, &text).map_err(|problems| {
        problems.iter().for_each(|problem| eprintln!("{problem}"));
        anyhow::anyhow!("{name}: {} problems; nothing was imported", problems.len())
    })?;
    open::app(config)?.import(&file)?;
    print(told(&file))
}

fn told(file: &OrganisationFile) -> String {
    let units: usize = file.principals.iter().map(|principal| principal.units.len()).sum();
    let (principals, bodies) = (file.principals.len(), file.bodies.len());
    let (agreements, people) = (file.agreements.len(), file.people.len());
    format!("{principals} principals, {units} units, {bodies} bodies, {agreements} agreements, {people} people")
}
