//! `samsyn user`: who can sign in, with a password or through the sign-in service, and which roles people hold.

use std::io::{BufRead, IsTerminal};

use anyhow::{Context, bail};
use chrono::NaiveDate;
use clap::builder::PossibleValuesParser;
use clap::{Args, Subcommand};

use super::{open, print, print_json};
use crate::app::App;
use crate::app::accounts::AccountView;
use crate::app::organisation::MembershipItem;
use crate::app::passwords;
use crate::authz::Role;
use crate::config::Config;
use crate::ids::{BodyId, HsaId, PersonId, PrincipalId, UnitId};

/// Commands of `samsyn user`.
#[derive(Debug, Subcommand)]
pub enum UserCommand {
    /// Let a person sign in with a username and a password.
    Create {
        /// The person's id in the organisation file.
        person: String,
        /// The username; capitals do not count.
        #[arg(long)]
        username: String,
        #[command(flatten)]
        password: PasswordArgs,
    },
    /// Give a person another password. Her sessions end.
    Password {
        /// The person's id.
        person: String,
        #[command(flatten)]
        password: PasswordArgs,
    },
    /// Give a person a role at a principal, a unit or a body; once more, give it another last day. An administrator's without
    /// a place is the whole county's.
    Role(RoleArgs),
    /// Let a person sign in no more, by whichever way. Her sessions end, her tokens are worth nothing, no mail goes to her.
    Disable {
        /// The person's id.
        person: String,
    },
    /// Let a person sign in again.
    Enable {
        /// The person's id.
        person: String,
    },
    /// Tell by which HSA id the sign-in service knows a person; without one, by none. Her sessions end.
    HsaId {
        /// The person's id.
        person: String,
        /// Her HSA id, such as SE2321000180-1A2B.
        hsa_id: Option<HsaId>,
    },
    /// Who can sign in, with a password or through the sign-in service, and who may no more.
    List {
        /// Print an array of objects.
        #[arg(long)]
        json: bool,
    },
}

/// Where a password comes from: one line of standard input, never an argument, which others on the machine can see.
#[derive(Debug, Args)]
pub struct PasswordArgs {
    /// Make a strong password and print it, instead of reading one line from standard input.
    #[arg(long)]
    generate: bool,
}

/// A role for somebody.
#[derive(Debug, Args)]
pub struct RoleArgs {
    /// The person's id.
    person: String,
    /// The role.
    #[arg(value_parser = PossibleValuesParser::new(Role::ALL.iter().map(|role| role.name())))]
    role: String,
    #[command(flatten)]
    place: PlaceArgs,
    /// The first day, such as 2026-11-02; without, since ever.
    #[arg(long, value_name = "DATE")]
    from: Option<NaiveDate>,
    /// The last day; without, until further notice.
    #[arg(long, value_name = "DATE")]
    until: Option<NaiveDate>,
    /// What she may decide in it by delegation, in one line; without, what was said before.
    #[arg(long, value_name = "LINE")]
    delegation: Option<String>,
}

/// Where a role is held.
#[derive(Debug, Args)]
#[group(required = false, multiple = false)]
pub struct PlaceArgs {
    /// At a principal.
    #[arg(long, value_name = "ID")]
    principal: Option<String>,
    /// In a unit, for managers and investigators.
    #[arg(long, value_name = "ID")]
    unit: Option<String>,
    /// For a body, for secretaries.
    #[arg(long, value_name = "ID")]
    body: Option<String>,
}

pub fn run(config: &Config, command: UserCommand) -> anyhow::Result<()> {
    let app = open::app(config)?;
    match command {
        UserCommand::Create { person, username, password } => {
            with_password(&app, &password, |given| Ok(app.create_account(&PersonId(person), &username, given)?))
        }
        UserCommand::Password { person, password } => {
            with_password(&app, &password, |given| Ok(app.set_password(&PersonId(person), given)?))
        }
        UserCommand::Role(args) => add_role(&app, args),
        UserCommand::Disable { person } => Ok(app.disable_person(&PersonId(person))?),
        UserCommand::Enable { person } => Ok(app.enable_person(&PersonId(person))?),
        UserCommand::HsaId { person, hsa_id } => Ok(app.set_hsa_id(&PersonId(person), hsa_id.as_ref())?),
        UserCommand::List { json: true } => print_json(&app.accounts()?),
        UserCommand::List { json: false } => app.accounts()?.iter().try_for_each(|account| print(line(account))),
    }
}

/// Hands on a password, and prints it where it was made here and has been taken.
fn with_password(app: &App, args: &PasswordArgs, take: impl FnOnce(&str) -> anyhow::Result<()>) -> anyhow::Result<()> {
    if !args.generate {
        return take(&read_password()?);
    }
    let made = passwords::generate(&app.ids);
    take(&made)?;
    print(format!("password  {made}"))
}

fn read_password() -> anyhow::Result<String> {
    let input = std::io::stdin();
    if input.is_terminal() {
        eprintln!("The password, on one line; it will show:");
    }
    let mut line = String::new();
    let read = input.lock().read_line(&mut line).context("the password cannot be read from standard input")?;
    if read == 0 {
        bail!("there is no password: write it on one line of standard input, or let one be made with --generate");
    }
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}

fn add_role(app: &App, args: RoleArgs) -> anyhow::Result<()> {
    let role = Role::from_name(&args.role).ok_or_else(|| anyhow::anyhow!("there is no role {}", args.role))?;
    let item = MembershipItem {
        role,
        title: None,
        principal: args.place.principal.map(PrincipalId),
        authority: None,
        unit: args.place.unit.map(UnitId),
        body: args.place.body.map(BodyId),
        from: args.from,
        until: args.until,
        delegation: args.delegation,
    };
    Ok(app.add_role(&PersonId(args.person), &item)?)
}

fn line(account: &AccountView) -> String {
    let username = account.username.as_deref().unwrap_or("-");
    let state = account.disabled.map(|since| format!("disabled since {since}")).unwrap_or_else(|| "active".to_owned());
    let hsa_id = account.hsa_id.as_ref().map(|id| format!("  {id}")).unwrap_or_default();
    format!("{username:<28}  {:<28}  {state}{hsa_id}", account.person.as_str())
}
