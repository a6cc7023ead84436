//! The demonstration at work: takes a database for itself, plays the stories, leaves cases open.

use std::sync::Arc;

use chrono::{Duration, NaiveDate};

use super::player::{self, PlayError};
use super::scenario::{self, Scenario};
use super::stage::AppStage;
use super::{OPEN_CASES, ORGANISATION, STORIES, report};
use crate::app::migrations::{MigrationOrder, MigrationRefused};
use crate::app::organisation::{self, MembershipItem};
use crate::app::roles::RoleRefused;
use crate::app::versions::{PublishOrder, VersionRefused};
use crate::app::{App, AppError};
use crate::authz::{LONGEST_TERM, Role};
use crate::calendar::local_date;
use crate::clock::{ManualClock, Timestamp};
use crate::ids::{IdSource, PersonId, PrincipalId};
use crate::mail::{Sender, Transport};
use crate::store::{self, Store, StoreError};
use crate::workflow::Problem;
use crate::workflow::plan::LoadedPlan;

/// What identifiers and salts of the stories come from, so that they repeat.
const SEED: u64 = 2026;

/// Why a demonstration did not go on.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// The database holds something else.
    #[error(
        "the database {0} holds something else than the demonstration: run it in another folder, or name another \
         database with DATABASE_URL"
    )]
    Foreign(String),
    /// A file of the demonstration is wrong.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    File(Vec<Problem>),
    /// A story did not go as it is written.
    #[error(transparent)]
    Play(#[from] PlayError),
    /// A role could not be given.
    #[error(transparent)]
    Role(#[from] RoleRefused),
    /// A version could not be published.
    #[error(transparent)]
    Version(#[from] VersionRefused),
    /// The running cases could not go over to it.
    #[error(transparent)]
    Migration(#[from] MigrationRefused),
    /// The application refused.
    #[error(transparent)]
    App(#[from] AppError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Takes a database for the demonstration: an empty one, or one of an earlier demonstration, which is begun afresh.
///
/// # Errors
/// [`DemoError::Foreign`] where it holds anything else; it is left as it is.
pub fn take(store: &Store) -> Result<(), DemoError> {
    let foreign = || DemoError::Foreign(store.url().to_string());
    match store.contents()? {
        store::Contents::Nothing => drop(store.migrate()?),
        store::Contents::Foreign => return Err(foreign()),
        store::Contents::Ours => {
            let marked = store.read(|db| store::fact(db, store::DEMONSTRATION))?.is_some();
            if !marked && !store.read(store::organisation::names)?.is_empty() {
                return Err(foreign());
            }
            store.begin_afresh()?;
        }
    }
    store.write(|db| store::note_fact(db, store::DEMONSTRATION, "1"))?;
    Ok(())
}

/// Plays the stories, one after the other, and hands each transcript to `tell`. The same every time.
///
/// # Errors
/// Where a story does not go as it is written, or `tell` fails.
pub fn play_stories<E: From<DemoError>>(
    app: &App,
    transport: &Transport,
    sender: &Sender,
    mut tell: impl FnMut(&str) -> Result<(), E>,
) -> Result<(), E> {
    let app = App { ids: Arc::new(IdSource::seeded(SEED)), ..app.clone() };
    import(&app)?;
    for (file, text) in STORIES {
        let story = scenario::read(file, text, None).map_err(DemoError::File)?;
        let (app, played) = play(&app, transport, sender, &story)?;
        tell(&report::transcript(&app, &story, &played).map_err(DemoError::from)?)?;
    }
    Ok(())
}

/// Leaves cases open in every state, counted back from `now`, and lets the county go over to the newest versions. Answers with what came
/// of the running cases.
///
/// # Errors
/// Where they cannot be played.
pub fn leave_cases_open(
    app: &App,
    transport: &Transport,
    sender: &Sender,
    now: Timestamp,
) -> Result<Vec<report::Crossing>, DemoError> {
    let (file, text) = OPEN_CASES;
    let scenario = scenario::read(file, text, Some(local_date(now))).map_err(DemoError::File)?;
    play(app, transport, sender, &scenario)?;
    let crossings = go_over(app)?;
    appoint(app, local_date(now))?;
    Ok(crossings)
}

/// Gives the roles that are for a time to those who wait for them, for as long as can be.
fn appoint(app: &App, today: NaiveDate) -> Result<(), DemoError> {
    for (person, role) in [("revisor-falun", Role::Auditor), ("dataskyddsombud-falun", Role::DataProtection)] {
        let item = MembershipItem {
            role,
            title: None,
            principal: Some(PrincipalId::from("falun")),
            authority: None,
            unit: None,
            body: None,
            from: Some(today),
            until: Some(today + Duration::days(LONGEST_TERM - 1)),
            delegation: None,
        };
        app.add_role(&PersonId::from(person), &item)?;
    }
    Ok(())
}

/// What the stories and the open cases begin under: so long there was nothing else.
const FIRST: u32 = 1;
/// What the county goes over to when they are told.
const SECOND: [(&str, u32); 2] = [("deviation", 2), ("local-dispute", 2)];

/// Lets new cases get the second versions from now on, and the running ones go over to them, by whoever administers the county.
fn go_over(app: &App) -> Result<Vec<report::Crossing>, DemoError> {
    let county = app.actor(&PersonId::from("systemadministrator-lanet"))?;
    // What is due is done before a case goes over, or it does not.
    app.sweep_deadlines()?;
    let mut crossings = Vec::new();
    for (workflow, version) in SECOND {
        let order = PublishOrder { version: (workflow, version).into(), agreement: None, from: None, until: None };
        app.publish(&county, &order)?;
        let is_its = |plan: &&LoadedPlan| plan.plan.to.of(&plan.plan.workflow) == Some((workflow, version).into());
        for plan in app.workflows.plans().iter().filter(is_its) {
            let title = app.workflows.version(workflow, version).map(|known| known.definition.title.clone());
            let mut crossing = report::Crossing::new(title.unwrap_or_default(), version);
            app.migrate_cases(&county, plan, &MigrationOrder::default(), |judged| crossing.add(&judged))?;
            crossings.push(crossing);
        }
    }
    Ok(crossings)
}

fn import(app: &App) -> Result<(), DemoError> {
    SECOND.iter().try_for_each(|(workflow, _)| app.begin_with(workflow, FIRST))?;
    let (name, text) = ORGANISATION;
    let file = organisation::read(name, text).map_err(DemoError::File)?;
    Ok(app.import(&file)?)
}

/// Plays a scenario under a clock of its own.
fn play(
    app: &App,
    transport: &Transport,
    sender: &Sender,
    scenario: &Scenario,
) -> Result<(App, player::Played), DemoError> {
    let begin = scenario.scenes.first().map(|scene| scene.at).unwrap_or_default();
    let clock = Arc::new(ManualClock::new(begin));
    let app = App { clock: clock.clone(), ..app.clone() };
    let mut stage = AppStage { app: app.clone(), clock, transport: transport.clone(), sender: sender.clone() };
    let played = player::play(scenario, &mut stage)?;
    Ok((app, played))
}
