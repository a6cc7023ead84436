//! `samsyn verify`: whether a case that was taken away as a file is what was written.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, anyhow, bail};
use clap::Args;

use super::{log, print, print_json};
use crate::workflow::bundle::{self, Examined};

/// Arguments of `samsyn verify`.
#[derive(Debug, Args)]
pub struct VerifyArgs {
    /// The file.
    bundle: PathBuf,
    /// Files that are to be documents of the case.
    documents: Vec<PathBuf>,
    /// Heads that `log head` printed: also verify that it is that log, and that nothing that they know was cut off or replaced.
    #[arg(long, value_name = "FILE")]
    heads: Option<PathBuf>,
    /// Print an object with entries, heads, documents, removed and problems.
    #[arg(long)]
    json: bool,
}

pub fn run(args: VerifyArgs) -> anyhow::Result<()> {
    let name = args.bundle.display();
    let text = fs::read_to_string(&args.bundle).with_context(|| format!("{name} cannot be read"))?;
    let read = bundle::read(&text).map_err(|error| anyhow!("{name} is no bundle: {error}"))?;
    let heads = args.heads.as_deref().map(log::read_heads).transpose()?;
    let files = args.documents.iter().map(|path| {
        let name = path.display().to_string();
        fs::read(path).with_context(|| format!("{name} cannot be read")).map(|bytes| (name, bytes))
    });
    let examined = bundle::verify(&read, heads.as_deref(), &files.collect::<Result<Vec<_>, _>>()?);
    match args.json {
        true => print_json(&examined)?,
        false => print(told(&examined))?,
    }
    match examined.problems.len() {
        0 if examined.heads == 0 => {
            eprintln!("of one piece; that no last entry was cut off only --heads can prove");
            Ok(())
        }
        0 => Ok(()),
        count => bail!("{name} does not verify: {count} problems"),
    }
}

fn told(examined: &Examined) -> String {
    let problems = examined.problems.iter().map(|problem| format!("problem: {problem}"));
    let removed = examined.removed.iter().map(|removed| format!("removed: {removed}"));
    let documents = examined.documents.iter().map(|document| format!("document: {document}"));
    let heads = Some(format!("heads: {} compared", examined.heads)).filter(|_| examined.heads > 0);
    let sum = format!("{} entries", examined.entries);
    let lines = problems.chain(removed).chain(documents).chain(heads).chain(std::iter::once(sum));
    lines.map(|line| visible(&line)).collect::<Vec<_>>().join("\n")
}

/// A line without anything that would make a terminal do something: the file is a stranger's.
fn visible(line: &str) -> String {
    line.chars().map(|c| if c.is_control() { char::REPLACEMENT_CHARACTER } else { c }).collect()
}
