//! `samsyn workflow export`: a definition in a format that others read.

use clap::{Args, ValueEnum};

use super::find;
use crate::cli::{open, print};
use crate::workflow::{diagram, export};

/// Arguments of `samsyn workflow export`.
#[derive(Debug, Args)]
pub struct ExportArgs {
    /// The workflow, such as local-dispute or local-dispute@1.
    name: String,
    /// What to write.
    #[arg(long)]
    format: Format,
}

/// A format that others read.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum Format {
    /// JSON that XState 5 runs and Stately draws.
    Xstate,
    /// BPMN 2.0, with a diagram.
    Bpmn,
    /// A Mermaid state diagram, for documents.
    Mermaid,
    /// An image, for pages.
    Svg,
}

pub fn run(args: &ExportArgs) -> anyhow::Result<()> {
    let workflows = open::workflows()?;
    let definition = &find(&workflows, &args.name)?.definition;
    let text = match args.format {
        Format::Xstate => export::xstate(definition),
        Format::Bpmn => export::bpmn(definition),
        Format::Mermaid => diagram::mermaid(definition),
        Format::Svg => diagram::svg(definition),
    };
    print(text.trim_end())
}
