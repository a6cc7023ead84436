//! `samsyn workflow`: workflow files, checked, listed, published and exported.

mod check;
mod diff;
mod export;
mod versions;

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::Context;
use clap::Subcommand;

use super::{open, print, print_json, reminders, settings};
use crate::app::workflows::Known;
use crate::app::{self, Workflows};
use crate::calendar::Calendar;
use crate::clock::{Clock, SystemClock};
use crate::workflow::reference::Reference;

/// Commands of `samsyn workflow`.
#[derive(Debug, Subcommand)]
pub enum WorkflowCommand {
    /// Check workflow files and tell all problems at once, each with file, line and column.
    Check {
        /// Files or folders. The files of a folder are checked together, with the `rules.yaml` and the `digests.lock` there; the
        /// folder of one workflow, such as `workflows/deviation`, with those of the folder around it, and of what is wrong
        /// outside only that is told which kept its files from being checked. A file is checked by itself; a plan or an overlay
        /// against the versions that this program is built with. Without: the files that this program is built with.
        paths: Vec<PathBuf>,
        /// Print an array of objects with rule, severity, file, line, column, message and witness.
        #[arg(long)]
        json: bool,
    },
    /// List every version of every workflow: draft, final, in force or retired, and how many open cases run on it.
    List {
        /// Print an array of objects with workflow, version, digest, standing, spans, states, transitions and open_cases.
        #[arg(long)]
        json: bool,
    },
    /// Let new cases get a final version from a day on, in the place of the one that they get now.
    Publish(versions::PublishArgs),
    /// Let no new case get a version any more; those that run go on under it.
    Retire(versions::RetireArgs),
    /// List every mail that a fresh case would cause from today on if nobody acted, to roles.
    Simulate {
        /// The workflow, such as local-dispute or local-dispute@1.
        name: String,
        /// Print an object with a forecast for each start: mails, state, until, stuck and cut.
        #[arg(long)]
        json: bool,
    },
    /// Tell what a version changes, in Swedish sentences, and what that means for running cases.
    Diff(diff::DiffArgs),
    /// Print a workflow in a format that others read: XState, BPMN, Mermaid or SVG.
    Export(export::ExportArgs),
}

pub fn run(command: WorkflowCommand) -> anyhow::Result<()> {
    match command {
        WorkflowCommand::Check { paths, json } => check::run(&paths, json),
        WorkflowCommand::List { json } => versions::list(json),
        WorkflowCommand::Publish(args) => versions::publish(args),
        WorkflowCommand::Retire(args) => versions::retire(args),
        WorkflowCommand::Simulate { name, json } => simulate(&name, json),
        WorkflowCommand::Diff(args) => diff::run(&args),
        WorkflowCommand::Export(args) => export::run(&args),
    }
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
    let found = match name.parse::<Reference>() {
        Ok(name) => workflows.named(&name),
        Err(()) => workflows.newest(name),
    };
    found.with_context(|| {
        let known: Vec<_> = workflows.all().map(|known| known.name().to_string()).collect();
        format!("there is no workflow {name}; there are {}", known.join(", "))
    })
}
