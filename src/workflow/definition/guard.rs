//! Conditions on what a case holds. Data, never code.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::calendar::Period;

/// A condition on what the case holds. Data, never code.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Guard {
    /// The field has a value.
    Set(GuardSet),
    /// The field has this value.
    Is(GuardIs),
    /// The transition has been taken at least so many times.
    Happened(GuardHappened),
    /// So much time has passed since the latest of these dates.
    Notice(GuardNotice),
    /// The opposite.
    Not(GuardNot),
    /// All of them.
    All(GuardAll),
    /// At least one of them.
    Any(GuardAny),
}

/// The field has a value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GuardSet {
    /// The field.
    pub set: String,
}

/// The field has this value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GuardIs {
    /// The field: a choice or a yes/no.
    pub field: String,
    /// The value.
    pub is: Literal,
}

/// A value that a guard compares with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Literal {
    /// Of a yes/no.
    YesNo(bool),
    /// Of a choice.
    Choice(String),
}

/// The transition has been taken at least so many times.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GuardHappened {
    /// The transition.
    pub happened: String,
    /// How often.
    pub at_least: u32,
}

/// So much time has passed since the latest of these dates (C2).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GuardNotice {
    /// How long.
    pub notice: Period,
    /// The date fields.
    pub after: Vec<String>,
}

/// The opposite.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GuardNot {
    /// Of this.
    pub not: Box<Guard>,
}

/// All of them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GuardAll {
    /// These.
    pub all: Vec<Guard>,
}

/// At least one of them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GuardAny {
    /// Of these.
    pub any: Vec<Guard>,
}
