//! `samsyn verify`: whether a case that was taken away as a file is what was written.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, anyhow, bail};
use clap::Args;

use super::{log, print, print_json};
use crate::workflow::bundle::{self, Verdict};

/// Arguments of `samsyn verify`.
#[derive(Debug, Args)]
pub struct VerifyArgs {
    /// The file.
    bundle: PathBuf,
    /// Files that are to be documents of the case.
    documents: Vec<PathBuf>,
    /// Heads that `log head` printed: also verify that nothing that they know was cut off or replaced.
    #[arg(long, value_name = "FILE")]
    heads: Option<PathBuf>,
    /// Print an object with entries, documents, removed and problems.
    #[arg(long)]
    json: bool,
}

pub fn run(args: VerifyArgs) -> anyhow::Result<()> {
    let name = args.bundle.display();
    let text = fs::read_to_string(&args.bundle).with_context(|| format!("{name} cannot be read"))?;
    let read = bundle::read(&text).map_err(|error| anyhow!("{name} is no bundle: {error}"))?;
    let heads = args.heads.as_deref().map(log::read_heads).transpose()?.unwrap_or_default();
    let files = args.documents.iter().map(|path| {
        let name = path.display().to_string();
        fs::read(path).with_context(|| format!("{name} cannot be read")).map(|bytes| (name, bytes))
    });
    let verdict = bundle::verify(&read, &heads, &files.collect::<Result<Vec<_>, _>>()?);
    match args.json {
        true => print_json(&verdict)?,
        false => print(told(&verdict))?,
    }
    match verdict.problems.len() {
        0 => Ok(()),
        count => bail!("{name} does not verify: {count} problems"),
    }
}

fn told(verdict: &Verdict) -> String {
    let problems = verdict.problems.iter().map(|problem| format!("problem: {problem}"));
    let removed = verdict.removed.iter().map(|removed| format!("removed: {removed}"));
    let documents = verdict.documents.iter().map(|document| format!("document: {document}"));
    let sum = format!("{} entries", verdict.entries);
    problems.chain(removed).chain(documents).chain(std::iter::once(sum)).collect::<Vec<_>>().join("\n")
}
