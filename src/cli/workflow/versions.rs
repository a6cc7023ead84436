//! `samsyn workflow list|publish|retire`: which versions there are, and which of them new cases get.

use chrono::NaiveDate;
use clap::Args;
use serde::Serialize;

use crate::app::AppError;
use crate::app::versions::{Gap, PublishOrder, Span, Standing, Version, VersionRefused};
use crate::cli::{open, print, print_json, settings, unknown};
use crate::ids::{AgreementId, Digest, PersonId};
use crate::workflow::definition::Local;
use crate::workflow::reference::Reference;

/// Arguments of `samsyn workflow publish`.
#[derive(Debug, Args)]
pub struct PublishArgs {
    /// The version, such as deviation@2; deviation@2+falun@1 for the cases of a municipality with a local agreement; or
    /// local-dispute@2+county@1, the county's own times, for every case of the version that gets no municipality's.
    version: String,
    /// The first day on which new cases get it (YYYY-MM-DD); today where it is left out.
    #[arg(long, value_name = "DAY")]
    from: Option<NaiveDate>,
    /// The last day (YYYY-MM-DD).
    #[arg(long, value_name = "DAY")]
    until: Option<NaiveDate>,
    /// Only while this agreement is in force.
    #[arg(long, value_name = "ID")]
    agreement: Option<String>,
    /// Who decided it: a person who administers the county. The record of changes names her.
    #[arg(long = "as", value_name = "PERSON")]
    person: String,
}

/// Arguments of `samsyn workflow retire`.
#[derive(Debug, Args)]
pub struct RetireArgs {
    /// The version, such as deviation@1.
    version: String,
    /// The last day on which new cases get it (YYYY-MM-DD); yesterday where it is left out.
    #[arg(long, value_name = "DAY")]
    last_day: Option<NaiveDate>,
    /// Who decided it: a person who administers the county. The record of changes names her.
    #[arg(long = "as", value_name = "PERSON")]
    person: String,
}

/// A version in the list.
#[derive(Debug, Serialize)]
struct Listed<'a> {
    workflow: &'a str,
    version: u32,
    /// Whose local agreement lies over the version, where one does.
    #[serde(skip_serializing_if = "Option::is_none")]
    local: Option<&'a Local>,
    #[serde(skip)]
    name: Reference,
    digest: &'a Digest,
    standing: Standing,
    spans: &'a [Span],
    states: usize,
    transitions: usize,
    /// Absent where there is no database.
    open_cases: Option<i64>,
}

pub fn list(json: bool) -> anyhow::Result<()> {
    show(versions()?, json)
}

fn show((versions, gaps, counted): (Vec<Version>, Vec<Gap>, bool), json: bool) -> anyhow::Result<()> {
    let listed: Vec<_> = versions.iter().map(|version| listed(version, counted)).collect();
    let width = listed.iter().map(|one| one.name.to_string().len()).max().unwrap_or_default();
    match json {
        true => print_json(&listed),
        false => {
            print(listed.iter().map(|one| line(one, width)).chain(gaps.iter().map(gap)).collect::<Vec<_>>().join("\n"))
        }
    }
}

/// Where a workflow stands still, which nobody may have meant.
fn gap(gap: &Gap) -> String {
    let until = gap.until.map(|until| format!(" until {until}")).unwrap_or_default();
    format!("no new case of {} can begin from {}{until}: publish a version for these days", gap.workflow, gap.from)
}

/// The versions, where there is none for new cases, and whether there is a database that tells what runs on them.
fn versions() -> anyhow::Result<(Vec<Version>, Vec<Gap>, bool)> {
    let config = settings()?;
    let is_there = config.database_url.is_some() || open::is_there(&open::database_url(&config)?);
    if is_there {
        let app = open::app(&config)?;
        return Ok((app.versions()?, app.gaps()?, true));
    }
    let workflows = open::workflows()?;
    let version = |known: &_| {
        let standing = if workflows.is_final(known) { Standing::Final } else { Standing::Draft };
        Version { known: known.clone(), standing, spans: Vec::new(), open_cases: 0 }
    };
    let versions = workflows.all().map(version).collect();
    Ok((versions, Vec::new(), false))
}

fn listed(version: &Version, counted: bool) -> Listed<'_> {
    let definition = &version.known.definition;
    Listed {
        workflow: &definition.workflow,
        version: definition.version,
        local: definition.local.as_ref(),
        name: version.known.name(),
        digest: &version.known.digest,
        standing: version.standing,
        spans: &version.spans,
        states: definition.states.len(),
        transitions: definition.transitions.len(),
        open_cases: counted.then_some(version.open_cases),
    }
}

fn line(listed: &Listed, width: usize) -> String {
    let Listed { name, digest, standing, states, transitions, .. } = listed;
    let cases = listed.open_cases.map(|count| format!(", {count} open cases")).unwrap_or_default();
    let spans: String = listed.spans.iter().map(|span| format!(", {}", told(span))).collect();
    let name = name.to_string();
    format!("{name:<width$} {digest}  {states} states, {transitions} transitions{cases}; {}{spans}", word(*standing))
}

fn word(standing: Standing) -> &'static str {
    match standing {
        Standing::Draft => "draft",
        Standing::Final => "final, not published",
        Standing::Coming => "to come",
        Standing::InForce => "in force",
        Standing::Retired => "retired",
    }
}

fn told(span: &Span) -> String {
    let from = span.from.map_or_else(|| "from the beginning".to_owned(), |from| format!("from {from}"));
    let until = span.until.map(|until| format!(" until {until}")).unwrap_or_default();
    let under = span.agreement.as_ref().map(|agreement| format!(" under {agreement}")).unwrap_or_default();
    format!("{from}{until}{under}")
}

pub fn publish(args: PublishArgs) -> anyhow::Result<()> {
    let app = open::app(&settings()?)?;
    let order = PublishOrder {
        version: named(&args.version)?,
        agreement: args.agreement.map(AgreementId),
        from: args.from,
        until: args.until,
    };
    let person = PersonId(args.person);
    app.publish(&app.actor(&person).map_err(unknown(format!("there is no person {person}")))?, &order)
        .map_err(refused(&person))?;
    show((app.versions()?, app.gaps()?, true), false)
}

pub fn retire(args: RetireArgs) -> anyhow::Result<()> {
    let app = open::app(&settings()?)?;
    let version = named(&args.version)?;
    let person = PersonId(args.person);
    let actor = app.actor(&person).map_err(unknown(format!("there is no person {person}")))?;
    app.retire(&actor, version, args.last_day).map_err(refused(&person))?;
    show((app.versions()?, app.gaps()?, true), false)
}

/// A version, as `deviation@2`.
fn named(name: &str) -> anyhow::Result<Reference> {
    name.parse().map_err(|()| anyhow::anyhow!("{name} names no version: write one such as deviation@2"))
}

fn refused(person: &PersonId) -> impl FnOnce(VersionRefused) -> anyhow::Error {
    let person = person.clone();
    move |error| match error {
        VersionRefused::App(AppError::NotFound) => anyhow::anyhow!("{person} does not administer the county"),
        error => error.into(),
    }
}
