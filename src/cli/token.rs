//! `samsyn token`: makes and revokes the tokens with which people use the API.

use clap::Subcommand;
use serde_json::json;

use super::{open, print, print_json, unknown};
use crate::config::Config;
use crate::ids::PersonId;

/// Commands of `samsyn token`.
#[derive(Debug, Subcommand)]
pub enum TokenCommand {
    /// Make a token for a person. It is shown once: only its digest is kept.
    Create {
        /// The person's id in the organisation file.
        person: String,
        /// For how many days it is valid; without, until it is revoked.
        #[arg(long, value_parser = clap::value_parser!(u32).range(1..=36_500))]
        days: Option<u32>,
        /// Print an object with id and token.
        #[arg(long)]
        json: bool,
    },
    /// Make a token worthless.
    Revoke {
        /// The token's id, as `create` printed it.
        id: String,
    },
}

pub fn run(config: &Config, command: TokenCommand) -> anyhow::Result<()> {
    let app = open::app(config)?;
    match command {
        TokenCommand::Create { person, days, json } => {
            let unknown = unknown(format!("there is no person {person}"));
            let token = app.create_token(&PersonId(person), days).map_err(unknown)?;
            match json {
                true => print_json(&json!({ "id": token.id, "token": token.secret })),
                false => print(format!("id     {}\ntoken  {}", token.id, token.secret)),
            }
        }
        TokenCommand::Revoke { id } => app.revoke_token(&id).map_err(unknown(format!("there is no valid token {id}"))),
    }
}
