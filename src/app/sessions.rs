//! Sessions (stub of this tree, replaced).

use super::{App, AppError};
use crate::authz::Actor;
use crate::clock::Timestamp;
use crate::ids::PersonId;

/// Who is signed in.
#[derive(Debug, Clone)]
pub struct Signed {
    /// The session.
    pub session: String,
    /// The person.
    pub actor: Actor,
    /// Her name.
    pub name: String,
    /// What a form of hers proves itself by.
    pub csrf: String,
}

/// A session.
#[derive(Debug, Clone)]
pub struct NewSession {
    /// The secret.
    pub secret: String,
}

/// Why not.
#[derive(Debug)]
pub enum SignInRefused {
    /// Wrong.
    Wrong,
    /// Too many.
    Throttled {
        /// Until when.
        until: Timestamp,
    },
    /// Not now.
    Unavailable(AppError),
}

impl App {
    /// Signs in.
    pub fn sign_in(&self, username: &str, _: &str, former: Option<&str>) -> Result<NewSession, SignInRefused> {
        self.sign_in_as(&PersonId::from(username), former).map_err(SignInRefused::Unavailable)
    }

    /// The session.
    pub fn session(&self, secret: &str) -> Result<Option<Signed>, AppError> {
        let Ok(actor) = self.actor(&PersonId::from(secret)) else { return Ok(None) };
        let name = self.me(&actor)?.name;
        Ok(Some(Signed { session: String::new(), actor, name, csrf: "x".to_owned() }))
    }

    /// The people of the demonstration.
    pub fn demo_people(&self) -> Result<Vec<(PersonId, String)>, AppError> {
        let all = self.store.read(crate::store::people::all)?;
        let mut people: Vec<_> = all.into_iter().map(|(person, _)| (person.id, person.name)).collect();
        people.dedup();
        Ok(people)
    }

    /// Out.
    pub fn sign_out(&self, _: &str) -> Result<(), AppError> {
        Ok(())
    }

    /// As a role.
    pub fn sign_in_as(&self, person: &PersonId, _: Option<&str>) -> Result<NewSession, AppError> {
        self.actor(person)?;
        Ok(NewSession { secret: person.0.clone() })
    }
}
