//! `samsyn serve`: the server and the jobs, in one process.

use std::io::Write;
use std::net::{SocketAddr, TcpListener};
use std::num::NonZeroUsize;

use anyhow::Context;
use clap::Args;

use super::{migrate, open};
use crate::app::App;
use crate::config::Config;
use crate::jobs::{self, Scheduler, Work};
use crate::web;

/// Arguments of `samsyn serve`.
#[derive(Debug, Args)]
pub struct ServeArgs {
    /// Where to listen, in the place of SAMSYN_LISTEN. Port 0 takes any that is free.
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<SocketAddr>,
    /// Only answer requests; leave reminders and mails to another process.
    #[arg(long)]
    no_jobs: bool,
}

/// Runs until it is told to end (SIGINT, SIGTERM).
pub fn run(config: &Config, args: ServeArgs) -> anyhow::Result<()> {
    let workers = workers();
    let store = open::store(config, connections(workers))?;
    let migrated = store.migrate()?;
    if !migrated.is_empty() {
        eprintln!("{}", migrate::told(&store, &migrated));
    }
    let work = open::work(config, open::app_over(config, store)?)?;
    work.app.publish_first()?;
    migrate::fill(&work.app)?;
    tell_where_mails_go(config);
    serve(&work, (args.listen.unwrap_or(config.listen), config.metrics), !args.no_jobs)
}

/// Listens there, and, if wanted, at another address for whoever watches; does the jobs if wanted; until it is told to end.
///
/// # Errors
/// Where it cannot listen there.
pub fn serve(work: &Work, (listen, metrics): (SocketAddr, Option<SocketAddr>), with_jobs: bool) -> anyhow::Result<()> {
    let cannot = || format!("cannot listen on {listen}");
    let listener = TcpListener::bind(listen).with_context(cannot)?;
    let address = listener.local_addr().with_context(cannot)?;
    if let Some(metrics) = metrics {
        watch(&work.app, metrics)?;
    }
    let jobs = with_jobs.then(|| Scheduler::start(jobs::TABLE, work)).transpose()?;
    let mut stdout = std::io::stdout();
    writeln!(stdout, "listening on http://{address}")?;
    stdout.flush()?;
    let served = web::serve(work.app.clone(), listener, workers()).context("the server stopped");
    if let Some(jobs) = jobs {
        jobs.stop();
    }
    served
}

/// Answers `/metrics` at an address of its own, until the process ends.
fn watch(app: &App, address: SocketAddr) -> anyhow::Result<()> {
    let cannot = || format!("cannot listen on {address} for metrics");
    let listener = TcpListener::bind(address).with_context(cannot)?;
    eprintln!("metrics on http://{}/metrics", listener.local_addr().with_context(cannot)?);
    let app = app.clone();
    std::thread::spawn(move || {
        if let Err(error) = web::serve_metrics(app, listener) {
            tracing::error!(%error, "the metrics are served no longer");
        }
    });
    Ok(())
}

/// Says it aloud: a folder that fills is no mail server.
pub fn tell_where_mails_go(config: &Config) {
    match &config.smtp {
        Some(server) => eprintln!("mails go to {server}"),
        None => {
            let folder = config.mail_dir.display();
            eprintln!("SAMSYN_SMTP_URL is not set: mails are not sent, but written to {folder}/*.eml");
        }
    }
}

/// How many requests are worked on at once: as many as the machine has processors.
pub fn workers() -> usize {
    std::thread::available_parallelism().map_or(1, NonZeroUsize::get)
}

/// Connections for requests, more than there are processors because each waits for the disk, and one for each job and
/// for its lease, so that none waits for another's.
pub fn connections(workers: usize) -> u32 {
    u32::try_from((2 * workers).max(8) + 2 * jobs::TABLE.len()).unwrap_or(u32::MAX)
}
