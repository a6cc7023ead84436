//! `samsyn workflow`: workflow files, checked, listed and exported.

mod check;
mod export;

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::bail;
use clap::Subcommand;
use serde::Serialize;

use super::{open, print, print_json, reminders, settings};
use crate::app::workflows::Known;
use crate::app::{self, Workflows};
use crate::calendar::Calendar;
use crate::clock::{Clock, SystemClock};
use crate::ids::Digest;
use crate::workflow::definition::Definition;
use crate::workflow::lock::key;

/// Commands of `samsyn workflow`.
#[derive(Debug, Subcommand)]
pub enum WorkflowCommand {
    /// Check workflow files and tell all problems at once, each with file, line and column.
    Check {
        /// Files, each checked by itself, or folders, whose files are checked together with the `rules.yaml` and the
        /// `digests.lock` there. Without: the files that this program is built with.
        paths: Vec<PathBuf>,
        /// Print an array of objects with rule, severity, file, line, column, message and witness.
        #[arg(long)]
        json: bool,
    },
    /// List the workflows that new cases follow, and those of older cases that are open still.
    List {
        /// Print an array of objects with workflow, version, digest, states, transitions and open_cases.
        #[arg(long)]
        json: bool,
    },
    /// List every mail that a fresh case would cause from today on if nobody acted, to roles.
    Simulate {
        /// The workflow, such as local-dispute or local-dispute@1.
        name: String,
        /// Print an object with a forecast for each start: mails, state, until, stuck and cut.
        #[arg(long)]
        json: bool,
    },
    /// Print a workflow in a format that others read: XState, BPMN, Mermaid or SVG.
    Export(export::ExportArgs),
}

/// A workflow in the list.
#[derive(Debug, Serialize)]
struct Listed<'a> {
    workflow: &'a str,
    version: u32,
    digest: &'a Digest,
    states: usize,
    transitions: usize,
    /// Absent where there is no database.
    open_cases: Option<i64>,
}

pub fn run(command: WorkflowCommand) -> anyhow::Result<()> {
    match command {
        WorkflowCommand::Check { paths, json } => check::run(&paths, json),
        WorkflowCommand::List { json } => list(json),
        WorkflowCommand::Simulate { name, json } => simulate(&name, json),
        WorkflowCommand::Export(args) => export::run(&args),
    }
}

fn list(json: bool) -> anyhow::Result<()> {
    let in_use = in_use()?;
    let listed: Vec<_> = in_use
        .iter()
        .map(|(known, open_cases)| Listed {
            workflow: &known.definition.workflow,
            version: known.definition.version,
            digest: &known.digest,
            states: known.definition.states.len(),
            transitions: known.definition.transitions.len(),
            open_cases: *open_cases,
        })
        .collect();
    match json {
        true => print_json(&listed),
        false => print(listed.iter().map(line).collect::<Vec<_>>().join("\n")),
    }
}

/// The definitions, each with the number of open cases where there is a database.
fn in_use() -> anyhow::Result<Vec<(Known, Option<i64>)>> {
    let config = settings()?;
    let is_there = config.database_url.is_some() || open::is_there(&open::database_url(&config)?);
    if is_there {
        let counted = open::app(&config)?.definitions_in_use()?.into_iter();
        return Ok(counted.map(|(known, count)| (known, Some(count))).collect());
    }
    Ok(open::workflows()?.all().map(|known| (known.clone(), None)).collect())
}

fn line(listed: &Listed) -> String {
    let Listed { workflow, version, digest, states, transitions, open_cases } = listed;
    let cases = open_cases.map(|count| format!(", {count} open cases")).unwrap_or_default();
    let name = key(workflow, *version);
    format!("{name:<20} {digest}  {states} states, {transitions} transitions{cases}")
}

fn simulate(name: &str, json: bool) -> anyhow::Result<()> {
    let workflows = open::workflows()?;
    let (days, hours, now) = (Calendar::swedish(), settings()?.office_hours, SystemClock.now());
    let foreseen = app::reminders::simulate(find(&workflows, name)?, &days, hours, now)?;
    if json {
        return print_json(&foreseen.into_iter().collect::<BTreeMap<_, _>>());
    }
    foreseen.iter().try_for_each(|(start, preview)| print(format!("{start}\n{}", reminders::told(preview))))
}

fn find<'a>(workflows: &'a Workflows, name: &str) -> anyhow::Result<&'a Known> {
    let (workflow, version) = name.split_once('@').map_or((name, None), |(name, version)| (name, Some(version)));
    let fits = |definition: &Definition| version.is_none_or(|version| version == definition.version.to_string());
    match workflows.current(workflow) {
        Some(known) if fits(&known.definition) => Ok(known),
        _ => {
            let known: Vec<_> =
                workflows.all().map(|known| key(&known.definition.workflow, known.definition.version)).collect();
            bail!("there is no workflow {name}; there are {}", known.join(", "))
        }
    }
}
