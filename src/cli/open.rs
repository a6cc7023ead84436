//! Opens what a command works with: the database, and the application over it.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, bail};

use crate::app::{App, Workflows};
use crate::calendar::Calendar;
use crate::clock::SystemClock;
use crate::config::Config;
use crate::ids::IdSource;
use crate::jobs::Work;
use crate::mail::maildir::Maildir;
use crate::mail::{TEMPLATES, Transport};
use crate::oidc::{Provider, SignInService};
use crate::store::{DatabaseUrl, Store};
use crate::web;
use crate::workflow::Problem;

/// The database where none is set.
const DEFAULT_DATABASE: &str = "sqlite:samsyn.db";
/// How many connections a command needs that does one thing after the other.
const FEW: u32 = 2;
/// How long each answer of a mail server is waited for.
const MAIL_PATIENCE: Duration = Duration::from_secs(30);

/// The address of the database.
pub fn database_url(config: &Config) -> anyhow::Result<DatabaseUrl> {
    Ok(config.database_url.as_deref().unwrap_or(DEFAULT_DATABASE).parse()?)
}

/// The database, new or old, for commands that bring it up to date.
pub fn store(config: &Config, connections: u32) -> anyhow::Result<Store> {
    Ok(Store::open(&database_url(config)?, connections)?)
}

/// The application over a database that is up to date.
pub fn app(config: &Config) -> anyhow::Result<App> {
    let url = database_url(config)?;
    // Not made by the way: whoever mistypes a name should not find an empty database under it.
    if !is_there(&url) {
        bail!("there is no database at {url}: make one with `samsyn migrate`, or set DATABASE_URL");
    }
    let store = Store::open(&url, FEW)?;
    match store.pending_migrations()? {
        0 => app_over(config, store),
        _ => bail!("the database {url} is older than this program: run `samsyn migrate`"),
    }
}

/// Whether there is a database to open: a file; of a server nothing is known.
pub fn is_there(url: &DatabaseUrl) -> bool {
    match url {
        DatabaseUrl::Sqlite(path) => path.exists(),
        DatabaseUrl::Postgres(_) => true,
    }
}

/// The application over this database.
pub fn app_over(config: &Config, store: Store) -> anyhow::Result<App> {
    Ok(App {
        store,
        clock: Arc::new(SystemClock),
        ids: Arc::new(IdSource::random()),
        workflows: Arc::new(workflows()?),
        calendar: Arc::new(Calendar::swedish()),
        hours: config.office_hours,
        public_url: Arc::from(config.public_url.as_str()),
        proxy: config.proxy,
        oidc: sign_in_service(config)?,
    })
}

/// The service that people can sign in at. It is asked nothing yet.
fn sign_in_service(config: &Config) -> anyhow::Result<Option<Arc<dyn SignInService>>> {
    let Some(settings) = config.oidc.clone() else { return Ok(None) };
    let back = format!("{}{}", config.public_url, web::SIGN_IN_CALLBACK);
    Ok(Some(Arc::new(Provider::new(settings, back.parse().context("SAMSYN_PUBLIC_URL")?))))
}

/// The workflows that this program is built with.
pub fn workflows() -> anyhow::Result<Workflows> {
    let told = |problems: Vec<Problem>| problems.first().map(ToString::to_string).unwrap_or_default();
    Workflows::shipped(TEMPLATES)
        .map_err(|problems| anyhow::anyhow!(told(problems)))
        .context("this program was built with a workflow file that does not hold")
}

/// What jobs need.
pub fn work(config: &Config, app: App) -> anyhow::Result<Work> {
    let transport = match &config.smtp {
        Some(server) => Transport::smtp(server, MAIL_PATIENCE),
        None => Transport::files(&config.mail_dir)?,
    };
    let bounces = config.bounce_maildir.clone().map(Maildir::new);
    let (from, operator) = (config.mail_from.clone(), config.operator.clone());
    Ok(Work { app, transport, from, bounces, operator })
}
