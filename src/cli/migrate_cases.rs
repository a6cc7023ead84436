//! `samsyn migrate-cases`: running cases go over to another version of their workflow, as a plan says; or what would come of it.

use std::fs;
use std::path::Path;

use anyhow::{Context, anyhow, bail};
use clap::Args;

use super::{open, print, print_json, unknown};
use crate::app::migrations::{DeadlineStand, Judged, MigrationOrder, MigrationRefused, Stand};
use crate::app::{App, AppError};
use crate::calendar::local_minute;
use crate::config::Config;
use crate::ids::{CaseNumber, PersonId};
use crate::workflow::plan::LoadedPlan;
use crate::workflow::reference::Reference;

/// Arguments of `samsyn migrate-cases`.
#[derive(Debug, Args)]
pub struct MigrateCasesArgs {
    /// The plan: its name, such as deviation/1-2, or a file.
    plan: String,
    /// Who has it done: somebody who administers the county. Her name stands in the record of each case.
    #[arg(long = "as", value_name = "PERSON")]
    person: String,
    /// Only say what would come of each case; the ledger notes what was foreseen.
    #[arg(long)]
    dry_run: bool,
    /// Only these cases.
    #[arg(long = "case", value_name = "NUMBER", num_args = 1..)]
    cases: Vec<String>,
    /// Stop once so many cases have gone over, or would; those that do not are told and not counted.
    #[arg(long)]
    limit: Option<usize>,
    /// Print an object a line for each case, with case, verdict, reasons, revision, changed, before and after.
    #[arg(long)]
    json: bool,
}

/// How many cases went over, or would, and how many did not.
#[derive(Default)]
struct Counts {
    ok: usize,
    refused: usize,
    undecided: usize,
}

pub fn run(config: &Config, args: MigrateCasesArgs) -> anyhow::Result<()> {
    let app = open::app(config)?;
    let plan = find(&app, &args.plan)?;
    let person = PersonId(args.person);
    let actor = app.actor(&person).map_err(unknown(format!("there is no person {person}")))?;
    let cases = args.cases.into_iter().map(CaseNumber).collect();
    let order = MigrationOrder { dry_run: args.dry_run, cases, limit: args.limit };
    let (mut counts, mut printed) = (Counts::default(), Ok(()));
    let each = |judged: Judged| {
        counts.add(&judged);
        let told = if args.json { print_json(&judged) } else { print(told(&judged)) };
        if printed.is_ok() {
            printed = told;
        }
    };
    app.migrate_cases(&actor, &plan, &order, each).map_err(|error| match error {
        MigrationRefused::App(AppError::NotFound) => anyhow!("{person} does not administer the county"),
        error => error.into(),
    })?;
    printed?;
    counts.end(args.dry_run)
}

/// A plan that this program is built with, or one out of a file.
fn find(app: &App, name: &str) -> anyhow::Result<LoadedPlan> {
    let called = |plan: &&LoadedPlan| plan.plan.name().replace(' ', "/") == name;
    if let Some(plan) = app.workflows.plans().iter().find(called) {
        return Ok(plan.clone());
    }
    if !Path::new(name).exists() {
        let known: Vec<_> = app.workflows.plans().iter().map(|plan| plan.plan.name().replace(' ', "/")).collect();
        bail!("there is no plan {name} and no file of that name; there are [{}]", known.join(", "));
    }
    let text = fs::read_to_string(name).with_context(|| format!("{name} cannot be read"))?;
    app.workflows.read_plan(name, &text).map_err(|problems| {
        let lines: Vec<_> = problems.iter().map(ToString::to_string).collect();
        anyhow!(lines.join("\n"))
    })
}

impl Counts {
    fn add(&mut self, judged: &Judged) {
        match judged.verdict {
            "ok" => self.ok += 1,
            "undecided" => self.undecided += 1,
            _ => self.refused += 1,
        }
    }

    fn end(&self, dry_run: bool) -> anyhow::Result<()> {
        let Counts { ok, refused, undecided } = self;
        let would = if dry_run { "would go over" } else { "went over" };
        eprintln!("{ok} cases {would}, {undecided} need a decision, {refused} are refused");
        if !dry_run && refused + undecided > 0 {
            bail!("{} cases did not go over", refused + undecided);
        }
        Ok(())
    }
}

fn told(judged: &Judged) -> String {
    let verdict = if judged.verdict == "undecided" { "needs a decision" } else { judged.verdict };
    let changed = if judged.changed { ", changed since the dry run" } else { "" };
    let mut lines = vec![format!("{}  {verdict} (revision {}{changed})", judged.case, judged.revision)];
    lines.extend(judged.reasons.iter().map(|reason| format!("  {}: {}", reason.code, reason.detail)));
    lines.push(format!("  before  {}", line(&judged.before)));
    lines.extend(judged.after.iter().map(|after| format!("  after   {}", line(after))));
    lines.join("\n")
}

fn line(stand: &Stand) -> String {
    let deadline = |running: &DeadlineStand| {
        let ran_out = if running.ran_out { ", ran out" } else { "" };
        let next = running.reminders.first().map(|at| format!(", next reminder {}", local_minute(*at)));
        let next = next.unwrap_or_default();
        format!("{} until {} (run {}{ran_out}{next})", running.id, running.due, running.generation)
    };
    let deadlines: Vec<_> = stand.deadlines.iter().map(deadline).collect();
    let local = stand.local.as_ref().map(|local| (local.principal.clone(), local.version));
    let version = Reference { workflow: String::new(), version: stand.version, local };
    format!("{version} {}; steps: {}; {}", stand.state, stand.transitions.join(" "), deadlines.join("; "))
}
