//! The format of a scenario: who does what, when, in which case, and what is then to be seen. Data, read with positions,
//! so that everything that is wrong with a file is told at once.
//!
//! Nothing is played here: see `player`.
//!
//! A step is a mapping; its first key says what kind (see [`Deed`]). `at` is a time in Sweden, `2026-03-02 09:10`; or, in
//! a file that counts back from today, `-40d 09:10`. A step without `at` comes right after the one above it, and the steps
//! are played in the order of their times, whatever their order in the file. In `data`, `$D1` is the number of the case
//! that was registered `as: D1`, and `$-40d` the date so long ago.

mod read;

use std::collections::BTreeMap;

use chrono::NaiveDate;
use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

pub use read::read;

use crate::clock::Timestamp;
use crate::ids::{PersonId, PrincipalId};
use crate::workflow::definition::OneOrMany;
use crate::workflow::engine::Happened;

/// A scenario, ready to be played.
#[derive(Debug, Clone)]
pub struct Scenario {
    /// The file, as it was named to the reader.
    pub file: String,
    /// What it is called.
    pub title: String,
    /// What it is about.
    pub lead: String,
    /// The steps, in the order of their times.
    pub scenes: Vec<Scene>,
}

/// A step, and when it is taken.
#[derive(Debug, Clone)]
pub struct Scene {
    /// Its line in the file.
    pub line: usize,
    /// When.
    pub at: Timestamp,
    /// What.
    pub deed: Deed,
    /// The fields given, dates counted; `$D1` still to be replaced.
    pub data: BTreeMap<String, Value>,
    /// When it is said to have happened.
    pub happened: Happened,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct File {
    title: String,
    lead: String,
    steps: Vec<Deed>,
}

/// What is done in a step.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Deed {
    /// Somebody registers a case.
    Register(Register),
    /// Somebody takes a step.
    Take(Take),
    /// Somebody takes a confirmation back.
    Withdraw(Withdraw),
    /// Somebody writes a note.
    Note(Note),
    /// Somebody looks at a case.
    Look(Look),
    /// Time passes.
    Until(Until),
    /// The teller says something.
    Tell(Tell),
    /// What is to be seen now.
    Expect(Expect),
}

/// Somebody registers a case.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Register {
    /// The workflow.
    pub register: String,
    /// When.
    #[serde(default)]
    pub at: Option<String>,
    /// Who.
    pub by: PersonId,
    /// The start event.
    pub start: String,
    /// The principals of each side; the actor's own need not be named.
    #[serde(default)]
    pub parties: BTreeMap<String, OneOrMany<PrincipalId>>,
    /// The cases that it grows out of.
    #[serde(default)]
    pub origins: Vec<String>,
    /// When it happened, where not just now.
    #[serde(default)]
    pub happened: Option<String>,
    /// The fields given; of several mappings, later ones go before earlier ones.
    #[serde(default)]
    pub data: Option<OneOrMany<Fields>>,
    /// What the scenario calls the case.
    #[serde(rename = "as")]
    pub name: String,
    /// The code with which it must be refused.
    #[serde(default)]
    pub refused: Option<String>,
}

/// Somebody takes a step.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Take {
    /// The transition.
    pub take: String,
    /// When.
    #[serde(default)]
    pub at: Option<String>,
    /// Who.
    pub by: PersonId,
    /// The case.
    #[serde(rename = "in")]
    pub case: String,
    /// When it happened, where not just now.
    #[serde(default)]
    pub happened: Option<String>,
    /// The fields given.
    #[serde(default)]
    pub data: Option<OneOrMany<Fields>>,
    /// The code with which it must be refused.
    #[serde(default)]
    pub refused: Option<String>,
}

/// Somebody takes a confirmation back.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Withdraw {
    /// The transition.
    pub withdraw: String,
    /// When.
    #[serde(default)]
    pub at: Option<String>,
    /// Who.
    pub by: PersonId,
    /// The case.
    #[serde(rename = "in")]
    pub case: String,
    /// The code with which it must be refused.
    #[serde(default)]
    pub refused: Option<String>,
}

/// Somebody writes a note.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Note {
    /// The text.
    pub note: String,
    /// When.
    #[serde(default)]
    pub at: Option<String>,
    /// Who.
    pub by: PersonId,
    /// The case.
    #[serde(rename = "in")]
    pub case: String,
    /// The room.
    pub room: NoteIn,
    /// The code with which it must be refused.
    #[serde(default)]
    pub refused: Option<String>,
}

/// The room of a note.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum NoteIn {
    /// What both sides read.
    Shared,
    /// What her own principal keeps for itself.
    Own,
}

/// Somebody looks at a case.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Look {
    /// The case.
    pub look: String,
    /// When.
    #[serde(default)]
    pub at: Option<String>,
    /// Who.
    pub by: PersonId,
    /// The code with which it must be refused.
    #[serde(default)]
    pub refused: Option<String>,
}

/// Time passes.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Until {
    /// Until when.
    pub until: String,
}

/// The teller says something.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Tell {
    /// What.
    pub tell: String,
    /// When.
    #[serde(default)]
    pub at: Option<String>,
}

/// What is to be seen now.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Expect {
    /// The case.
    pub expect: String,
    /// Where it stands.
    #[serde(default)]
    pub state: Option<String>,
    /// Deadlines that run, with their last days.
    #[serde(default)]
    pub due: BTreeMap<String, NaiveDate>,
    /// How many mails have been written about it.
    #[serde(default)]
    pub mails: Option<u32>,
    /// Its outcome.
    #[serde(default)]
    pub outcome: Option<String>,
}

/// Fields with their values.
pub type Fields = IndexMap<String, Datum>;

/// A value of a field.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Datum {
    /// Yes or no.
    YesNo(bool),
    /// A whole number.
    Number(i64),
    /// A text, a choice, a date; `$D1`, `$-40d`.
    Text(String),
    /// A list.
    List(Vec<Datum>),
    /// A record.
    Record(Fields),
}

impl Deed {
    fn at(&self) -> Option<&str> {
        match self {
            Deed::Register(Register { at, .. })
            | Deed::Take(Take { at, .. })
            | Deed::Withdraw(Withdraw { at, .. })
            | Deed::Note(Note { at, .. })
            | Deed::Look(Look { at, .. })
            | Deed::Tell(Tell { at, .. }) => at.as_deref(),
            Deed::Until(until) => Some(&until.until),
            Deed::Expect(_) => None,
        }
    }

    fn happened(&self) -> Option<&str> {
        match self {
            Deed::Register(Register { happened, .. }) | Deed::Take(Take { happened, .. }) => happened.as_deref(),
            _ => None,
        }
    }

    fn data(&self) -> Option<&OneOrMany<Fields>> {
        match self {
            Deed::Register(Register { data, .. }) | Deed::Take(Take { data, .. }) => data.as_ref(),
            _ => None,
        }
    }

    /// The names of the cases that must be there.
    fn cases(&self) -> impl Iterator<Item = &str> {
        let (one, several): (Option<&String>, &[String]) = match self {
            Deed::Register(register) => (None, &register.origins),
            Deed::Take(Take { case, .. }) | Deed::Withdraw(Withdraw { case, .. }) | Deed::Note(Note { case, .. }) => {
                (Some(case), &[])
            }
            Deed::Look(look) => (Some(&look.look), &[]),
            Deed::Expect(expect) => (Some(&expect.expect), &[]),
            Deed::Until(_) | Deed::Tell(_) => (None, &[]),
        };
        one.into_iter().chain(several).map(String::as_str)
    }

    /// Who does it; nobody where time passes.
    pub fn who(&self) -> Option<&PersonId> {
        match self {
            Deed::Register(Register { by, .. })
            | Deed::Take(Take { by, .. })
            | Deed::Withdraw(Withdraw { by, .. })
            | Deed::Note(Note { by, .. })
            | Deed::Look(Look { by, .. }) => Some(by),
            Deed::Until(_) | Deed::Tell(_) | Deed::Expect(_) => None,
        }
    }

    /// The case in which it is done.
    pub fn case(&self) -> Option<&str> {
        if matches!(self, Deed::Register(_)) { None } else { self.cases().next() }
    }

    /// The start or transition.
    pub fn step(&self) -> Option<&str> {
        match self {
            Deed::Register(register) => Some(&register.start),
            Deed::Take(take) => Some(&take.take),
            Deed::Withdraw(withdraw) => Some(&withdraw.withdraw),
            Deed::Note(_) | Deed::Look(_) | Deed::Until(_) | Deed::Tell(_) | Deed::Expect(_) => None,
        }
    }

    /// The code with which it must be refused.
    pub fn refused(&self) -> Option<&str> {
        match self {
            Deed::Register(Register { refused, .. })
            | Deed::Take(Take { refused, .. })
            | Deed::Withdraw(Withdraw { refused, .. })
            | Deed::Note(Note { refused, .. })
            | Deed::Look(Look { refused, .. }) => refused.as_deref(),
            Deed::Until(_) | Deed::Tell(_) | Deed::Expect(_) => None,
        }
    }
}

/// What is done, for an error.
impl std::fmt::Display for Deed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Deed::Register(Register { register, start, by, name, .. }) => {
                write!(f, "{by} registers {name} ({register}: {start})")
            }
            Deed::Take(Take { take, by, case, .. }) => write!(f, "{by} takes {take} in {case}"),
            Deed::Withdraw(Withdraw { withdraw, by, case, .. }) => {
                write!(f, "{by} withdraws the confirmation of {withdraw} in {case}")
            }
            Deed::Note(Note { by, case, .. }) => write!(f, "{by} writes a note in {case}"),
            Deed::Look(Look { look, by, .. }) => write!(f, "{by} looks at {look}"),
            Deed::Until(Until { until }) => write!(f, "time passes until {until}"),
            Deed::Tell(_) => f.write_str("the teller speaks"),
            Deed::Expect(Expect { expect, .. }) => write!(f, "what is expected of {expect}"),
        }
    }
}
