//! `samsyn outbox`: which mails wait, went, were given up or came back; and trying those again.

use clap::builder::PossibleValuesParser;
use clap::{Args, Subcommand};

use super::{open, print, print_json};
use crate::app::outbox::MailStatus;
use crate::app::outbox_list::QueuedMail;
use crate::app::{App, AppError};
use crate::config::Config;

/// Commands of `samsyn outbox`.
#[derive(Debug, Subcommand)]
pub enum OutboxCommand {
    /// List the mails, the oldest first; no address in full.
    List(ListArgs),
    /// Try mails again that were given up or came back, from now on: the next run of the job sends them.
    Retry(RetryArgs),
}

/// Arguments of `samsyn outbox list`.
#[derive(Debug, Args)]
pub struct ListArgs {
    /// Only those of this status.
    #[arg(long, value_parser = PossibleValuesParser::new(MailStatus::ALL.iter().map(|status| status.name())))]
    status: Option<String>,
    /// Print an array of objects.
    #[arg(long)]
    json: bool,
}

/// Which mails are tried again.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub struct RetryArgs {
    /// The mail's id.
    id: Option<String>,
    /// All that were given up; those that came back want a better address first, and are tried one by one.
    #[arg(long)]
    all_failed: bool,
}

pub fn run(config: &Config, command: OutboxCommand) -> anyhow::Result<()> {
    let app = open::app(config)?;
    match command {
        OutboxCommand::List(args) => list(&app, &args),
        OutboxCommand::Retry(RetryArgs { id: Some(id), .. }) => retry(&app, &id),
        OutboxCommand::Retry(RetryArgs { id: None, .. }) => {
            print(format!("to be tried again: {}", app.retry_failed_mails()?))
        }
    }
}

fn list(app: &App, args: &ListArgs) -> anyhow::Result<()> {
    let status = args.status.as_deref().and_then(MailStatus::from_name);
    if !args.json {
        return app.each_queued_mail(status, |mail| print(line(&mail)));
    }
    let mut mails = Vec::new();
    app.each_queued_mail::<AppError>(status, |mail| {
        mails.push(mail);
        Ok(())
    })?;
    print_json(&mails)
}

fn retry(app: &App, id: &str) -> anyhow::Result<()> {
    app.retry_mail(None, id).map_err(|error| match error {
        AppError::NotFound => anyhow::anyhow!("there is no mail {id} that was given up or came back"),
        error => error.into(),
    })
}

fn line(mail: &QueuedMail) -> String {
    let number = mail.number.as_ref().map_or("-", |number| number.as_str());
    let address = mail.address.as_deref().unwrap_or("no address");
    let when = match (mail.sent, mail.next) {
        (Some(sent), _) => format!(", sent {sent}"),
        (None, Some(next)) => format!(", next try {next}"),
        (None, None) => String::new(),
    };
    let error = mail.error.as_ref().map(|error| format!(": {error}")).unwrap_or_default();
    let QueuedMail { id, person, template, written, attempts, .. } = mail;
    let status = mail.status.name();
    format!(
        "{id}  {status:<7}  {number}  {template} to {person} ({address}), written {written}, tries {attempts}{when}{error}"
    )
}
