//! The binary.

use std::process::ExitCode;

use clap::Parser;
use samsyn::cli::calendar::{self, CalendarArgs};

/// Deviations and disputes between health care and social care, on record, with deadlines.
#[derive(Debug, Parser)]
#[command(version)]
enum Command {
    /// Swedish holidays, working days and periods.
    Calendar(CalendarArgs),
}

fn main() -> ExitCode {
    let done = match Command::parse() {
        Command::Calendar(args) => calendar::run(args),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
