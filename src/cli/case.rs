//! `samsyn case`: a case as its operator may see it, or as a person sees it who may read it; on the screen or as a file.

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::{open, print, print_json, unknown};
use crate::app::App;
use crate::app::operator::CaseOutline;
use crate::app::reads::ReadOf;
use crate::app::view::{CaseView, EntryView};
use crate::config::Config;
use crate::ids::{CaseNumber, PersonId};
use crate::workflow::reference::Reference;

/// Commands of `samsyn case`.
#[derive(Debug, Subcommand)]
pub enum CaseCommand {
    /// Show one case.
    Show(ShowArgs),
    /// Print a case as a file that can be verified elsewhere, by `samsyn verify`.
    Bundle(BundleArgs),
}

/// Arguments of `samsyn case bundle`.
#[derive(Debug, Args)]
pub struct BundleArgs {
    /// The case's number, such as FALUN-2026-0017.
    number: String,
    /// For this person, who must read the whole case; her principal's read log names her.
    #[arg(long = "as", value_name = "PERSON")]
    person: String,
    /// Also what her own principal keeps for itself.
    #[arg(long)]
    own: bool,
}

/// Arguments of `samsyn case show`.
#[derive(Debug, Args)]
pub struct ShowArgs {
    /// The case's number, such as FALUN-2026-0017.
    number: String,
    /// Show what this person sees of it: the case, its timeline and what she may do.
    #[arg(long = "as", value_name = "PERSON")]
    person: Option<String>,
    /// Print an object: the case, or with --as an object with case, timeline and transitions.
    #[arg(long)]
    json: bool,
}

pub fn run(config: &Config, command: CaseCommand) -> anyhow::Result<()> {
    let app = open::app(config)?;
    match command {
        CaseCommand::Show(ShowArgs { number, person, json }) => match person {
            None => show_outline(&app, &CaseNumber(number), json),
            Some(person) => show_as(&app, &CaseNumber(number), &PersonId(person), json),
        },
        CaseCommand::Bundle(args) => bundle(&app, args),
    }
}

fn bundle(app: &App, BundleArgs { number, person, own }: BundleArgs) -> anyhow::Result<()> {
    let (number, person) = (CaseNumber(number), PersonId(person));
    let actor = app.actor(&person).map_err(unknown(format!("there is no person {person}")))?;
    let hidden = unknown(format!("there is no case {number} that {person} may read the whole of"));
    print(app.case_bundle(&actor, &number, own).map_err(hidden)?.text())
}

fn show_outline(app: &App, number: &CaseNumber, json: bool) -> anyhow::Result<()> {
    let outline = app.case_outline(number).map_err(unknown(format!("there is no case {number}")))?;
    if json { print_json(&outline) } else { print(outline_text(&outline)) }
}

fn outline_text(case: &CaseOutline) -> String {
    let local = case.local.as_ref().map(|local| (local.principal.clone(), local.version));
    let name = Reference { workflow: case.workflow.clone(), version: case.version, local };
    let mut lines = vec![
        format!("{}  {} ({name})", case.number, case.title),
        format!("state     {} ({}), since {}", case.state_title, case.state, case.since),
        format!("opened    {}, revision {}", case.opened, case.revision),
    ];
    lines.extend(case.outcome.iter().map(|outcome| format!("outcome   {outcome}")));
    lines.extend(case.parties.iter().map(|party| {
        let former = if party.former { ", former" } else { "" };
        format!("party     {} ({}{former})", party.principal, party.side)
    }));
    let deadline = |title: &str, sentence: &str| format!("deadline  {title}: {sentence}");
    lines.extend(case.deadlines.iter().map(|running| deadline(&running.title, &running.sentence)));
    lines.extend(case.mails.iter().map(|mail| {
        let error = mail.error.as_ref().map(|error| format!(": {error}")).unwrap_or_default();
        format!("mail      {} {} to {}, {}{error}", mail.written, mail.template, mail.person, mail.status)
    }));
    lines.join("\n")
}

fn show_as(app: &App, number: &CaseNumber, person: &PersonId, json: bool) -> anyhow::Result<()> {
    let actor = app.actor(person).map_err(unknown(format!("there is no person {person}")))?;
    let hidden = || unknown(format!("there is no case {number} that {person} may read"));
    // Her principal's read log says that she did not read it herself.
    let case = app.case_read_as(&actor, number, &ReadOf::Operator).map_err(hidden())?;
    let timeline = app.timeline_read_as(&actor, number, &ReadOf::Operator).map_err(hidden())?;
    if json {
        let transitions = app.transitions(&actor, number).map_err(hidden())?;
        return print_json(&json!({ "case": case, "timeline": timeline, "transitions": transitions }));
    }
    print(view_text(&case))?;
    timeline.iter().try_for_each(|entry| print(entry_text(entry)))
}

fn view_text(case: &CaseView) -> String {
    let mut lines = vec![format!("{}  {}: {}", case.number, case.title, case.state.title)];
    lines.extend(case.turn.iter().map(|turn| format!("turn      {turn}")));
    lines.extend(case.outcome.iter().map(|outcome| format!("outcome   {outcome}")));
    lines.extend(case.parties.iter().map(|party| format!("party     {} ({})", party.name, party.title)));
    lines.extend(case.deadlines.iter().map(|running| format!("deadline  {}: {}", running.title, running.sentence)));
    lines.extend(case.links.iter().map(|link| format!("link      {} {}", link.relation, link.number)));
    lines.extend(case.fields.iter().map(|field| format!("field     {}: {}", field.title, plain(&field.value))));
    lines.join("\n")
}

fn entry_text(entry: &EntryView) -> String {
    let who = entry.by.as_ref().map(|by| {
        let parts = [by.name.as_deref(), by.organisation.as_deref()];
        parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
    });
    let mut lines = vec![format!("{} {} {}: {}", entry.recorded, entry.room, entry.n, entry.title)];
    lines.extend(who.filter(|who| !who.is_empty()).map(|who| format!("  {who}")));
    lines.extend(entry.data.iter().map(|(field, value)| format!("  {field}: {}", plain(value))));
    lines.join("\n")
}

/// A value as text: a text without quotes, anything else as JSON.
fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
