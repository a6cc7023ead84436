//! `samsyn workflow diff`: what a version changes, for whoever is to approve it.

use clap::{Args, ValueEnum};

use super::find;
use crate::cli::{open, print, print_json};
use crate::web;
use crate::workflow::diff;

/// Arguments of `samsyn workflow diff`.
#[derive(Debug, Args)]
pub struct DiffArgs {
    /// The older version, such as deviation@1.
    old: String,
    /// The newer, such as deviation@2.
    new: String,
    /// A document, a page, or an object with from, to, impact and changes.
    #[arg(long, default_value = "markdown")]
    format: Format,
}

/// How it is written.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum Format {
    /// Markdown.
    Markdown,
    /// A page by itself.
    Html,
    /// JSON.
    Json,
}

pub fn run(args: &DiffArgs) -> anyhow::Result<()> {
    let workflows = open::workflows()?;
    let (old, new) = (&find(&workflows, &args.old)?.definition, &find(&workflows, &args.new)?.definition);
    if old.workflow != new.workflow {
        anyhow::bail!("{} and {} are two workflows: name two versions of one", args.old, args.new);
    }
    let diff = diff::diff(old, new);
    match args.format {
        Format::Markdown => print(diff::markdown(&diff).trim_end()),
        Format::Html => print(web::workflow_diff(&diff)),
        Format::Json => print_json(&diff),
    }
}
