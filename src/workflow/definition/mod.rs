//! What a workflow file says, as types: the format itself. `workflows/README.md` is its reference for people, and the
//! JSON Schema for editors is generated from here.
//!
//! Only shape lives here. How a file is read is `source`, whether it makes sense is `check`, what it does is `engine`.

mod by;
mod common;
mod deadline;
mod field;
mod guard;
mod step;

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use by::*;
use common::is_default;
pub use common::{OneOrMany, Source};
pub use deadline::*;
pub use field::*;
pub use guard::*;
pub use step::*;

use super::case::field_of;
use super::reference::Reference;
use crate::authz::Role;

/// One version of one workflow.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Definition {
    /// The format of this file: 1.
    pub format: u32,
    /// The name: that of its folder.
    pub workflow: String,
    /// The version: that of its file.
    pub version: u32,
    /// What users call a case of this kind.
    pub title: String,
    /// What it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
    /// Rules of `workflows/rules.yaml` that it rests on.
    pub basis: Vec<String>,
    /// The local agreement that lies over it: written by [`crate::workflow::overlay`], never in a file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub local: Option<Local>,
    /// Whether a case is about an agreement that must be in force on the day it is opened.
    #[serde(default, skip_serializing_if = "is_default")]
    pub agreement: AgreementUse,
    /// The date that says when what a case is about happened: by the version of the agreement in force then it is judged. A
    /// case out of others is about the earliest of theirs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event: Option<String>,
    /// The sides of a case; the first opens it.
    pub parties: IndexMap<String, Party>,
    /// The roles that act in it.
    pub roles: Vec<Role>,
    /// The bodies that act in it, each through its secretary.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub bodies: IndexMap<String, Body>,
    /// What a case holds.
    pub fields: IndexMap<String, Field>,
    /// What is computed of choices wherever they are read, such as a risk: probability times severity.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub products: IndexMap<String, Product>,
    /// How a case begins.
    pub start: Vec<Start>,
    /// Where a case can stand.
    pub states: IndexMap<String, State>,
    /// Named sets of states; they may overlap.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub groups: IndexMap<String, Vec<String>>,
    /// The steps, in the order that forms show them.
    pub transitions: Vec<Transition>,
    /// The time limits.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub deadlines: IndexMap<String, Deadline>,
}

/// The principal of what the whole county has agreed besides: a reserved word, which no principal is called.
pub const COUNTY: &str = "county";

/// What one municipality and the region have agreed besides, or all in the county, as it lies over a version (A6).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Local {
    /// The principal whose local agreement it is; `county` where it is that of all.
    pub principal: String,
    /// The version of its file.
    pub version: u32,
    /// What users call the local agreement.
    pub title: String,
    /// The version of the county's own times that a municipality's lies over, where it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub county: Option<u32>,
}

impl Local {
    /// Whether it holds for every case of the county.
    pub fn is_county(&self) -> bool {
        self.principal == COUNTY
    }
}

/// Whether a case needs an agreement in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AgreementUse {
    /// The case notes the version in force, if there is one.
    #[default]
    Noted,
    /// No case without an agreement in force (C1).
    InForce,
}

/// A side of the case.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Party {
    /// What users call the side.
    pub title: String,
    /// One principal, or several.
    #[serde(default, skip_serializing_if = "is_default")]
    pub number: PartyNumber,
    /// The group of states in which the side first sees the case; without it, from the beginning.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sees_from: Option<String>,
    /// The side that this one must be the opposite of: a region faces municipalities, and the reverse (A1).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opposite: Option<String>,
}

/// How many principals a side has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PartyNumber {
    /// Exactly one.
    #[default]
    One,
    /// One or several.
    Several,
}

/// A body of the ladder.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Body {
    /// What users call it.
    pub title: String,
    /// The group of states that carries a matter to the body; from its first entry there the body may read what was
    /// sent to it, and the later entries of that level.
    pub reach: String,
    /// A yes/no of each party's own: while every party says yes, the body's secretary sees one line of a case that has not
    /// come to the body.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub listed_if: Option<String>,
}

/// A place where a case can stand.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct State {
    /// What users read.
    pub title: String,
    /// What it means.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
    /// Whose move it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub turn: Option<By>,
    /// Who gets a mail when the case comes here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notify: Option<Notify>,
    /// Whether everything is decided here, and it is only followed up that it is carried out: boards show it apart.
    #[serde(default, skip_serializing_if = "is_default")]
    pub followed_up: bool,
    /// The outcome, where the case ends here.
    #[serde(default, rename = "final", skip_serializing_if = "Option::is_none")]
    pub outcome: Option<String>,
    /// Rules it rests on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub basis: Vec<String>,
    /// Whose idea it is, where no rule is named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<Source>,
}

/// A mail that goes out when a case comes to a state, or with a step.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Notify {
    /// To whom.
    pub to: OneOrMany<Recipient>,
    /// The template in `email_templates/`.
    pub mail: String,
    /// The deadline that it is about: the mail says its title and its last day, if it runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<String>,
}

impl Definition {
    /// How people name it: `deviation@2`.
    pub fn name(&self) -> String {
        Reference::from(self).to_string()
    }

    /// The transition of that name.
    pub fn transition(&self, id: &str) -> Option<&Transition> {
        self.transitions.iter().find(|transition| transition.id == id)
    }

    /// The title of the transition or start of that name.
    pub fn step_title(&self, id: &str) -> Option<&str> {
        let start = || self.start.iter().find(|start| start.id == id).map(|start| start.title.as_str());
        self.transition(id).map(|transition| transition.title.as_str()).or_else(start)
    }

    /// The title of the field, or the part of one, in which a text of this path stands.
    pub fn field_title(&self, path: &str) -> Option<&str> {
        let mut names = path.split('.').filter(|name| name.parse::<usize>().is_err());
        let mut field = self.fields.get(field_of(names.next()?))?;
        for name in names {
            field = field.parts.get(name)?;
        }
        Some(&field.title)
    }

    /// The states that a list of states and groups names, in the file's order, each once.
    pub fn states_of(&self, names: &OneOrMany<String>) -> Vec<&str> {
        let wanted: Vec<&str> = names.iter().flat_map(|name| self.expand(name)).collect();
        self.states.keys().map(String::as_str).filter(|state| wanted.contains(state)).collect()
    }

    /// Whether a list of states and groups holds the state.
    pub fn holds(&self, names: &OneOrMany<String>, state: &str) -> bool {
        names.iter().any(|name| name == state || self.group_holds(name, state))
    }

    /// Whether the group of that name holds the state.
    pub fn group_holds(&self, group: &str, state: &str) -> bool {
        self.groups.get(group).is_some_and(|states| states.iter().any(|other| other == state))
    }

    /// Whether a side has come to see the case, of which these starts and transitions have been taken.
    pub fn side_knows<'t>(&self, side: &str, mut taken: impl Iterator<Item = &'t String>) -> bool {
        let Some(group) = self.parties.get(side).and_then(|party| party.sees_from.as_ref()) else { return true };
        let target = |id: &String| {
            let start = self.start.iter().find(|start| start.id == *id).map(|start| &start.target);
            start.or_else(|| self.transition(id).map(|transition| &transition.target))
        };
        taken.any(|id| target(id).is_some_and(|state| self.group_holds(group, state)))
    }

    /// The bodies that may read a case that stands in `state`.
    pub fn bodies_reached(&self, state: &str) -> impl Iterator<Item = &String> {
        self.bodies.iter().filter(move |(_, body)| self.group_holds(&body.reach, state)).map(|(id, _)| id)
    }

    fn expand<'a>(&'a self, name: &'a str) -> Vec<&'a str> {
        match self.groups.get(name) {
            Some(states) => states.iter().map(String::as_str).collect(),
            None => vec![name],
        }
    }
}
