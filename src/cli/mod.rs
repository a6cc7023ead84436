//! The command line: arguments in, text or JSON out. What a command works out lives in the modules it calls.
//!
//! A file for each command. Results go to standard output, progress and remarks to standard error. What is wrong is one
//! line there and the status 1; a wrong command line is 2. With `--json`, standard output holds JSON and nothing else.

pub mod calendar;
mod case;
mod demo;
mod import;
mod log;
mod migrate;
mod migrate_cases;
mod open;
mod outbox;
mod progress;
mod reminders;
mod run_job;
pub mod serve;
mod token;
mod user;
mod verify;
mod workflow;

use std::io::{ErrorKind, Write};

use clap::{Parser, Subcommand};
use serde::Serialize;

use crate::app::AppError;
use crate::config::Config;
use crate::telemetry;

/// Deviations and disputes between health care and social care, on record, with deadlines.
///
/// Settings are read from the environment: DATABASE_URL (sqlite:samsyn.db), SAMSYN_LISTEN (127.0.0.1:8080),
/// SAMSYN_PUBLIC_URL, SAMSYN_PROXY, SAMSYN_SMTP_URL, SAMSYN_MAIL_FROM, SAMSYN_MAIL_DIR (samsyn-mail),
/// SAMSYN_OFFICE_HOURS (07:00-17:00), SAMSYN_BOUNCE_MAILDIR, SAMSYN_OPERATOR_EMAIL, SAMSYN_METRICS_ADDRESS, SAMSYN_LOG (info), SAMSYN_LOG_FORMAT (text); for sign-in by OpenID
/// Connect SAMSYN_OIDC_ISSUER, SAMSYN_OIDC_CLIENT_ID and
/// SAMSYN_OIDC_CLIENT_SECRET, with SAMSYN_OIDC_NAME and SAMSYN_OIDC_SCOPES.
#[derive(Debug, Parser)]
#[command(version)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the server: the API, and the jobs that remind and send mail. Brings the database up to date first.
    Serve(serve::ServeArgs),
    /// Play five stories on a database of their own and print them; with --serve, then answer requests.
    Demo(demo::DemoArgs),
    /// Bring the database up to date with this program.
    Migrate(migrate::MigrateArgs),
    /// Let running cases go over to another version of their workflow, as a plan says.
    MigrateCases(migrate_cases::MigrateCasesArgs),
    /// Load an organisation from a file: once more changes nothing.
    Import(import::ImportArgs),
    /// Workflow files and their versions: check, list, compare, publish, retire, simulate, export.
    #[command(subcommand)]
    Workflow(workflow::WorkflowCommand),
    /// Swedish holidays, working days and periods.
    Calendar(calendar::CalendarArgs),
    /// Run one of the jobs once, now.
    RunJob(run_job::RunJobArgs),
    /// The log of all cases: verify it, note its heads, export it, remove a text on record.
    #[command(subcommand)]
    Log(log::LogCommand),
    /// A case: where it stands, its deadlines and mails; what it holds only as somebody who may read it.
    #[command(subcommand)]
    Case(case::CaseCommand),
    /// Verify a case that was taken away as a file; needs no database.
    Verify(verify::VerifyArgs),
    /// The mails that wait, went, were given up or came back; and trying those again.
    #[command(subcommand)]
    Outbox(outbox::OutboxCommand),
    /// Reminders: those that lie ahead of a case, and whether those of some days went out.
    #[command(subcommand)]
    Reminders(reminders::RemindersCommand),
    /// Tokens, with which people use the API.
    #[command(subcommand)]
    Token(token::TokenCommand),
    /// People who sign in, with a password or through the sign-in service, and roles that people hold.
    #[command(subcommand)]
    User(user::UserCommand),
}

/// Does what the command line says.
///
/// # Errors
/// What went wrong, for a person to read on one line.
pub fn run(arguments: Arguments) -> anyhow::Result<()> {
    match arguments.command {
        Command::Calendar(args) => calendar::run(args),
        Command::Workflow(command) => workflow::run(command),
        Command::Verify(args) => verify::run(args),
        Command::Serve(args) => serve::run(&settings()?, args),
        Command::Demo(args) => demo::run(&settings()?, args),
        Command::Migrate(args) => migrate::run(&settings()?, args),
        Command::MigrateCases(args) => migrate_cases::run(&settings()?, args),
        Command::Import(args) => import::run(&settings()?, args),
        Command::RunJob(args) => run_job::run(&settings()?, args),
        Command::Log(command) => log::run(&settings()?, command),
        Command::Case(command) => case::run(&settings()?, command),
        Command::Outbox(command) => outbox::run(&settings()?, command),
        Command::Reminders(command) => reminders::run(&settings()?, command),
        Command::Token(command) => token::run(&settings()?, command),
        Command::User(command) => user::run(&settings()?, command),
    }
}

/// The settings, with the program's own log set up as they say.
fn settings() -> anyhow::Result<Config> {
    let config = Config::from_env()?;
    telemetry::init(&config.log, config.log_json)?;
    Ok(config)
}

/// Prints a line, or several, on standard output. A reader who has gone has read enough.
/// Says what it is that is not there.
fn unknown(what: String) -> impl FnOnce(AppError) -> anyhow::Error {
    move |error| match error {
        AppError::NotFound => anyhow::anyhow!(what),
        error => error.into(),
    }
}

fn print(text: impl std::fmt::Display) -> anyhow::Result<()> {
    match writeln!(std::io::stdout(), "{text}") {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        written => Ok(written?),
    }
}

/// Prints a value as one line of JSON.
fn print_json(value: &impl Serialize) -> anyhow::Result<()> {
    print(serde_json::to_string(value)?)
}
