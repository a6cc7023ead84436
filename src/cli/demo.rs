//! `samsyn demo`: the stories, on a database of their own; and, if wanted, a server with cases in every state.

use std::net::SocketAddr;

use anyhow::bail;
use clap::Args;

use super::{open, print, serve};
use crate::app::App;
use crate::authz::{Role, Scope, Seat};
use crate::calendar::local_date;
use crate::config::Config;
use crate::demo::{report, run};
use crate::ids::PersonId;
use crate::store::people;

/// Arguments of `samsyn demo`.
#[derive(Debug, Args)]
pub struct DemoArgs {
    /// Then leave cases open in every state, let them go over to the newest versions, make a token for each role, and serve on this
    /// machine alone.
    #[arg(long)]
    serve: bool,
    /// Where to listen; loopback only, for the tokens are printed.
    #[arg(long, value_name = "ADDRESS:PORT", requires = "serve")]
    listen: Option<SocketAddr>,
}

/// Plays the stories and prints them; the same every time.
pub fn run(config: &Config, args: DemoArgs) -> anyhow::Result<()> {
    let listen = args.listen.unwrap_or(config.listen);
    if args.serve && !listen.ip().is_loopback() {
        bail!("the demonstration prints its tokens, so it listens on loopback only, not on {listen}");
    }
    let store = open::store(config, serve::connections(serve::workers()))?;
    run::take(&store)?;
    let work = open::work(config, open::app_over(config, store)?)?;
    run::play_stories(&work.app, &work.transport, &work.from, |story| print(story))?;
    if !args.serve {
        return Ok(());
    }
    serve::tell_where_mails_go(config);
    let crossings = run::leave_cases_open(&work.app, &work.transport, &work.from, work.app.now())?;
    print(report::crossings(&crossings))?;
    print_tokens(&work.app, listen)?;
    serve::serve(&work, (listen, config.metrics), true)
}

/// A token for each role, on a line of its own: `token  handler@falun  <secret>`; then how to use the first.
fn print_tokens(app: &App, listen: SocketAddr) -> anyhow::Result<()> {
    let mut first = None;
    for (role, place) in PLACES {
        let token = app.create_token(&holder(app, *role, place)?, None)?;
        print(format!("token  {:<34}  {}", format!("{role}@{place}"), token.secret))?;
        first.get_or_insert((format!("{role}@{place}"), token.secret));
    }
    let Some((who, secret)) = first else { return Ok(()) };
    print(format!("\nWhat {who} may see:\n  curl -H 'Authorization: Bearer {secret}' http://{listen}/api/cases\n"))
}

/// The roles that get a token, each with its principal, unit or body.
const PLACES: &[(Role, &str)] = &[
    (Role::Handler, "falun"),
    (Role::Employee, "falun"),
    (Role::Investigator, "falun-socialpsykiatri"),
    (Role::Manager, "falun-socialpsykiatri"),
    (Role::Management, "falun"),
    (Role::Registrar, "falun"),
    (Role::Auditor, "falun"),
    (Role::DataProtection, "falun"),
    (Role::Archivist, "falun"),
    (Role::Handler, "mora"),
    (Role::Management, "mora"),
    (Role::Handler, "region-dalarna"),
    (Role::Employee, "region-dalarna"),
    (Role::Investigator, "psykiatri-falun"),
    (Role::Manager, "psykiatri-falun"),
    (Role::Management, "region-dalarna"),
    (Role::Registrar, "region-dalarna"),
    (Role::Secretary, "network"),
];

/// Somebody who holds the role there today.
fn holder(app: &App, role: Role, place: &str) -> anyhow::Result<PersonId> {
    let day = local_date(app.now());
    let holders = app.store.read(|db| people::holders(db, role, None, None, day))?;
    let there = |seat: &Seat| match role.scope() {
        Scope::Unit => seat.unit.as_ref().is_some_and(|unit| unit.as_str() == place),
        Scope::Body => seat.body.as_ref().is_some_and(|body| body.as_str() == place),
        Scope::Principal | Scope::Own | Scope::Nothing => {
            seat.principal.as_ref().is_some_and(|principal| principal.as_str() == place)
        }
    };
    match holders.into_iter().find(|(_, seat)| there(seat)) {
        Some((person, _)) => Ok(person),
        None => bail!("nobody is {role} at {place}"),
    }
}
