//! The program's own log: to standard error, as text or as a line of JSON for each event.
//!
//! It is for whoever runs the program, who has no right to read the cases. Never logged, at any level: anything that
//! anybody wrote (a text, a draft, a query, the body of a request or of a mail), a mail address, a name, a token, a
//! password, a URL that may hold one. Logged are: identifiers of rows, case numbers, names of routes, jobs, workflows and
//! states, counts, durations, codes. An error is logged once, by whoever decides what it means.

use std::io::IsTerminal;

use tracing_subscriber::filter::{Directive, EnvFilter, LevelFilter};
use tracing_subscriber::util::SubscriberInitExt;

/// Where a library logs, at its lowest level, every byte that it sends and gets: passwords, codes, names. No filter lets
/// that through.
const BYTES: [&str; 2] = ["ureq_proto=info", "ureq_proto::util=info"];

/// Why there is no log.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TelemetryError {
    /// The filter cannot be understood.
    #[error("`{0}` says not what to log: write a level (error, warn, info, debug, trace, off) or target=level")]
    Filter(String),
    /// It was set up before.
    #[error("the log was set up already")]
    Twice,
}

/// Sets the log up for the whole process. The filter holds levels parted by commas, each for everything or for one
/// target: `info,samsyn=debug`.
pub fn init(filter: &str, json: bool) -> Result<(), TelemetryError> {
    let builder = tracing_subscriber::fmt()
        .with_env_filter(read_filter(filter)?)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal());
    let outcome = match json {
        true => builder.json().flatten_event(true).finish().try_init(),
        false => builder.finish().try_init(),
    };
    outcome.map_err(|_| TelemetryError::Twice)
}

/// A lone word that is no level would be taken for a target, so that `inof` silenced everything else: it is an error.
fn read_filter(text: &str) -> Result<EnvFilter, TelemetryError> {
    let wrong = |part: &str| TelemetryError::Filter(part.to_owned());
    for part in text.split(',') {
        let is_level = !part.is_empty() && part.parse::<LevelFilter>().is_ok();
        if !is_level && !part.contains('=') {
            return Err(wrong(part));
        }
    }
    let filter = EnvFilter::builder().parse(text).map_err(|_| wrong(text))?;
    BYTES.into_iter().try_fold(filter, |filter, never| {
        let never: Directive = never.parse().map_err(|_| wrong(never))?;
        Ok(filter.add_directive(never))
    })
}
