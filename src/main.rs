//! The binary: reads the command line, and tells on one line what went wrong.

use std::process::ExitCode;

use clap::Parser;
use samsyn::cli::{self, Arguments};

fn main() -> ExitCode {
    match cli::run(Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
