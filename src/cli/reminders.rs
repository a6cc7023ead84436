//! `samsyn reminders`: what a case will remind of if nobody acts; whether what should have been reminded of was.

use anyhow::bail;
use chrono::NaiveDate;
use clap::{Args, Subcommand};

use super::{open, print, print_json};
use crate::app::reminders::{Audit, Cause, Finding, Foreseen, InDigest, Preview};
use crate::app::{App, AppError};
use crate::calendar::local_date;
use crate::config::Config;
use crate::ids::CaseNumber;
use crate::mail::Differences;

/// Commands of `samsyn reminders`.
#[derive(Debug, Subcommand)]
pub enum RemindersCommand {
    /// List every mail that a case will cause if nobody acts, up to the end of the ladder.
    Preview(PreviewArgs),
    /// Compare what the log planned for some days with what was sent; the status is 1 where something is missing.
    Audit(AuditArgs),
}

/// Arguments of `samsyn reminders preview`.
#[derive(Debug, Args)]
pub struct PreviewArgs {
    /// The case's number, such as FALUN-2026-0017.
    number: String,
    /// Print an object with mails, state, until, stuck and cut.
    #[arg(long)]
    json: bool,
}

/// Arguments of `samsyn reminders audit`.
#[derive(Debug, Args)]
pub struct AuditArgs {
    /// The first day on which reminders were due, such as 2026-11-02.
    #[arg(long, value_name = "DAY")]
    from: NaiveDate,
    /// The last such day.
    #[arg(long, value_name = "DAY")]
    to: NaiveDate,
    /// Print an object with cases, planned and, each an array, missing, surplus, late, unsent, nobody and not_raised.
    #[arg(long)]
    json: bool,
}

pub fn run(config: &Config, command: RemindersCommand) -> anyhow::Result<()> {
    let app = open::app(config)?;
    match command {
        RemindersCommand::Preview(args) => preview(&app, args),
        RemindersCommand::Audit(args) => audit(&app, &args),
    }
}

fn preview(app: &App, args: PreviewArgs) -> anyhow::Result<()> {
    let number = CaseNumber(args.number);
    let preview = app.preview_reminders(&number).map_err(|error| match error {
        AppError::NotFound => anyhow::anyhow!("there is no case {number}"),
        error => error.into(),
    })?;
    if args.json { print_json(&preview) } else { print(told(&preview)) }
}

fn audit(app: &App, args: &AuditArgs) -> anyhow::Result<()> {
    if args.to < args.from {
        bail!("the last day, {}, lies before the first, {}", args.to, args.from);
    }
    let audit = app.audit_reminders(args.from, args.to)?;
    match args.json {
        true => print_json(&audit)?,
        false => print(found(&audit))?,
    }
    match audit.differences() {
        Differences { missing: 0, not_raised: 0, .. } => Ok(()),
        Differences { missing, not_raised, .. } => {
            bail!("{missing} reminders are missing, and {not_raised} deadlines have raised nothing")
        }
    }
}

/// What an audit found in lines: a finding on each, and the counts.
fn found(audit: &Audit) -> String {
    let kinds = audit.by_kind();
    let findings = kinds.into_iter().flat_map(|(kind, findings)| findings.iter().map(move |one| finding(kind, one)));
    let counts = kinds.map(|(kind, findings)| format!("{} {kind}", findings.len())).join(", ");
    let sum =
        format!("{} to {}: {} cases, {} reminders due; {counts}", audit.from, audit.to, audit.cases, audit.planned);
    findings.chain(std::iter::once(sum)).collect::<Vec<_>>().join("\n")
}

fn finding(kind: &str, finding: &Finding) -> String {
    let Finding { case, deadline, generation, step, round, planned, person } = finding;
    let person = person.iter().map(|person| format!(" to {person}")).collect::<String>();
    format!("{kind}: {case} {deadline} run {generation} step {} round {}, due {planned}{person}", step + 1, round + 1)
}

/// The forecast in lines: a mail on each, and how it ends.
pub fn told(preview: &Preview) -> String {
    let mut lines: Vec<_> = preview.mails.iter().map(line).collect();
    lines.extend(preview.stuck.iter().map(|deadline| format!("fault: the event of {deadline} is not possible")));
    lines.push(match preview.cut {
        true => format!("cut: there is more after {}", preview.until),
        false => format!("{} mails, then nothing more; the case stands in {}", preview.mails.len(), preview.state),
    });
    lines.join("\n")
}

fn line(mail: &Foreseen) -> String {
    let Foreseen { day, cause, to, person, level, template, state, digest, .. } = mail;
    let why = match cause {
        Cause::Reminder { deadline, due, step, round, .. } => {
            format!("{deadline} step {} round {} (due {due})", step + 1, round + 1)
        }
        Cause::Step { transition } => format!("after {transition}"),
    };
    let person = person.as_ref().map_or("nobody", |person| person.as_str());
    let level = level.iter().map(|level| format!(", at {level}")).collect::<String>();
    let digest = match digest {
        Some(InDigest::Waits(told)) => format!(", in the digest of {}", local_date(*told)),
        Some(InDigest::WouldWait(told)) => format!(", or in a digest on {}", local_date(*told)),
        None => String::new(),
    };
    format!("{day}  {person} ({to})  {template}  {why}, in ”{state}”{level}{digest}")
}
