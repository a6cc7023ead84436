//! `samsyn log export`: what happened in cases, for the tools of others.

use std::io::{ErrorKind, Write};

use anyhow::bail;
use clap::{Args, ValueEnum};

use crate::app::log::{ExportOf, WordsFor};
use crate::app::{App, AppError};
use crate::cli::unknown;
use crate::ids::{CaseNumber, PersonId};
use crate::workflow::export::row::CaseRows;
use crate::workflow::export::{csv, xes};

/// Arguments of `samsyn log export`.
#[derive(Debug, Args)]
pub struct ExportArgs {
    /// Only this case, such as FALUN-2026-0017.
    #[arg(long, value_name = "NUMBER", conflicts_with = "workflow")]
    case: Option<String>,
    /// Only cases of this workflow, such as local-dispute. Without either: all cases.
    #[arg(long, value_name = "NAME")]
    workflow: Option<String>,
    /// What to write.
    #[arg(long)]
    format: Format,
    /// With what people wrote, of the cases that the person of `--as` reads the whole of.
    #[arg(long, requires = "person")]
    text: bool,
    /// Whose reading it is; the read log of her principal names her.
    #[arg(long = "as", value_name = "PERSON", requires = "text")]
    person: Option<String>,
    /// Also what her own principal keeps for itself.
    #[arg(long, requires = "person")]
    own: bool,
}

/// A format that others read.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum Format {
    /// XES (IEEE 1849), for process mining: a trace for each case.
    Xes,
    /// CSV, for spreadsheets: a row for each entry.
    Csv,
}

pub fn run(app: &App, args: ExportArgs) -> anyhow::Result<()> {
    let actor = args
        .person
        .as_ref()
        .map(|person| app.actor(&PersonId(person.clone())).map_err(unknown(format!("there is no person {person}"))));
    let actor = actor.transpose()?;
    let words = actor.as_ref().map(|actor| WordsFor { actor, own: args.own });
    let of = match (args.case, args.workflow) {
        (Some(number), _) => ExportOf::Case(CaseNumber(number)),
        (None, Some(workflow)) => ExportOf::Workflow(workflow),
        (None, None) => ExportOf::All,
    };
    let mut written = Written { format: args.format, text: args.text, cases: 0, out: std::io::stdout().lock() };
    app.export_log(&of, words, |case| written.case(case)).or_else(|error| hidden(error, &of, args.person.as_ref()))?;
    if let (ExportOf::Workflow(name), 0) = (&of, written.cases)
        && app.workflows.newest(name).is_none()
    {
        bail!("there is no workflow {name}");
    }
    written.end()
}

/// Says which case it is that is not there.
fn hidden(error: anyhow::Error, of: &ExportOf, person: Option<&String>) -> anyhow::Result<()> {
    match (of, error.downcast_ref::<AppError>(), person) {
        (ExportOf::Case(number), Some(AppError::NotFound), None) => bail!("there is no case {number}"),
        (ExportOf::Case(number), Some(AppError::NotFound), Some(person)) => {
            bail!("there is no case {number} that {person} may read the whole of")
        }
        _ => Err(error),
    }
}

/// The file as it is written, case by case: there may be very many.
struct Written<W> {
    format: Format,
    text: bool,
    cases: u64,
    out: W,
}

impl<W: Write> Written<W> {
    fn case(&mut self, case: &CaseRows) -> anyhow::Result<()> {
        if self.cases == 0 {
            self.begin()?;
        }
        self.cases += 1;
        match self.format {
            Format::Xes => self.put(&xes::trace(case)),
            Format::Csv => self.put(&csv::rows(case, self.text)),
        }
    }

    /// Only once there is something to write, so that an error leaves no half file.
    fn begin(&mut self) -> anyhow::Result<()> {
        match self.format {
            Format::Xes => self.put(&xes::opening()),
            Format::Csv => self.put(&csv::header(self.text)),
        }
    }

    fn end(mut self) -> anyhow::Result<()> {
        if self.cases == 0 {
            self.begin()?;
        }
        match self.format {
            Format::Xes => self.put(xes::closing()),
            Format::Csv => Ok(()),
        }
    }

    /// A reader who has gone has read enough.
    fn put(&mut self, text: &str) -> anyhow::Result<()> {
        match self.out.write_all(text.as_bytes()) {
            Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
            written => Ok(written?),
        }
    }
}
