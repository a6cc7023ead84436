//! `samsyn log`: the log of all cases under examination, and in the formats of others.

mod export;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::{Args, Subcommand};

use super::progress::Progress;
use super::{open, print, print_json};
use crate::app::log::Verified;
use crate::app::removals::RemovalOrder;
use crate::app::{App, AppError};
use crate::config::Config;
use crate::ids::CaseNumber;
use crate::personal_number;
use crate::workflow::log::{RemovalReason, Room};
use crate::workflow::proof::ChainHead;

/// Commands of `samsyn log`.
#[derive(Debug, Subcommand)]
pub enum LogCommand {
    /// Verify every chain, every text and every definition, and that each case is what its log says.
    Verify {
        /// Heads that `log head` printed earlier: also verify that nothing was cut off or replaced since.
        #[arg(long, value_name = "FILE")]
        heads: Option<PathBuf>,
        /// Print an object with cases, entries, removed and problems.
        #[arg(long)]
        json: bool,
    },
    /// Print the head of every chain as JSON, to be kept elsewhere for a later `log verify --heads`.
    Head,
    /// Print what happened in cases as XES or CSV: steps, days, states and roles, but no person, and no word that anybody
    /// wrote without --text.
    Export(export::ExportArgs),
    /// Remove a text for good. Entry and chain stay, and a new entry says who removed what and why.
    Remove(RemoveArgs),
}

/// Arguments of `samsyn log remove`.
#[derive(Debug, Args)]
pub struct RemoveArgs {
    /// The case's number, such as FALUN-2026-0017.
    number: String,
    /// The room: `shared`, or `own:` and the principal's id.
    #[arg(long)]
    room: Room,
    /// The entry's number in that room.
    #[arg(long)]
    entry: u64,
    /// Where in the entry: the field, such as `what_happened`, or a part of it, such as `where.contact`; `text` of a
    /// note; `content` of a document, with which its name and its description go.
    #[arg(long)]
    path: String,
    /// Why: `identity` (somebody's identity had slipped in), `disposal` (by decision) or `secrecy`.
    #[arg(long, value_parser = reason)]
    reason: RemovalReason,
    /// Who removes it; stays in the log.
    #[arg(long, value_parser = operator)]
    operator: String,
}

pub fn run(config: &Config, command: LogCommand) -> anyhow::Result<()> {
    let app = open::app(config)?;
    match command {
        LogCommand::Verify { heads, json } => verify(&app, heads.as_deref(), json),
        LogCommand::Head => head(&app),
        LogCommand::Export(args) => export::run(&app, args),
        LogCommand::Remove(args) => remove(&app, args),
    }
}

fn verify(app: &App, heads: Option<&Path>, json: bool) -> anyhow::Result<()> {
    let heads = heads.map(read_heads).transpose()?.unwrap_or_default();
    let mut progress = Progress::of("cases verified");
    let verified = app.verify_log(&heads, |count| progress.at(count))?;
    progress.end();
    match json {
        true => print_json(&verified)?,
        false => print(told(&verified))?,
    }
    match verified.problems.len() {
        0 => Ok(()),
        count => bail!("the log does not verify: {count} problems"),
    }
}

fn told(verified: &Verified) -> String {
    let problems = verified.problems.iter().map(|problem| format!("problem: {problem}"));
    let removed = verified.removed.iter().map(|removed| format!("removed: {removed}"));
    let sum = format!("{} cases, {} entries", verified.cases, verified.entries);
    problems.chain(removed).chain(std::iter::once(sum)).collect::<Vec<_>>().join("\n")
}

pub(super) fn read_heads(file: &Path) -> anyhow::Result<Vec<ChainHead>> {
    let name = file.display();
    let text = fs::read_to_string(file).with_context(|| format!("{name} cannot be read"))?;
    serde_json::from_str(&text).with_context(|| format!("{name} is not what `samsyn log head` prints"))
}

/// A line for each, so that two of these files can be compared line by line.
fn head(app: &App) -> anyhow::Result<()> {
    let heads = app.chain_heads()?;
    let lines: Vec<_> = heads.iter().map(serde_json::to_string).collect::<Result<_, _>>()?;
    print(format!("[\n{}\n]", lines.join(",\n")))
}

fn remove(app: &App, args: RemoveArgs) -> anyhow::Result<()> {
    let RemoveArgs { number, room, entry, path, reason, operator } = args;
    let place = format!("{number} {room} entry {entry} text {path}");
    let order = RemovalOrder { number: CaseNumber(number), room, entry, path, reason };
    let recorded = app.remove_as_operator(&order, &operator).map_err(|error| match error {
        AppError::NotFound => anyhow::anyhow!("{place}: there is no such text, or it has been removed before"),
        error => error.into(),
    })?;
    print(format!("{place}: removed, as entry {recorded} says"))
}

fn reason(text: &str) -> Result<RemovalReason, String> {
    let names = RemovalReason::ALL.map(RemovalReason::name).join(", ");
    RemovalReason::from_name(text).ok_or_else(|| format!("`{text}` is none of {names}"))
}

/// Whoever removes an identity should not leave another one in its place.
fn operator(text: &str) -> Result<String, String> {
    match text.trim() {
        "" => Err("say who removes it".to_owned()),
        name if personal_number::contains(name) => Err("a name, not a personal identity number".to_owned()),
        name => Ok(name.to_owned()),
    }
}
