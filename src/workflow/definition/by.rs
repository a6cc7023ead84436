//! Who acts: a side, each principal, a body, or no person.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{OneOrMany, is_default};
use crate::authz::{PrincipalKind, Role};

/// The side of a case that stands for all sides, in `by` and `turn`.
pub const ANY_PARTY: &str = "any";

/// Who may take a step, or whose move it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum By {
    /// Somebody of one side.
    Party(ByParty),
    /// Each principal, in any order; the last makes the step.
    Each(ByEach),
    /// A body, through its secretary.
    Body(ByBody),
    /// No person: time, or another case.
    Machine(ByMachine),
}

/// Somebody of one side.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ByParty {
    /// The side, or `any`.
    pub party: String,
    /// The role, or one of several.
    pub role: OneOrMany<Role>,
    /// Only people of the units that the case is routed to.
    #[serde(default, skip_serializing_if = "is_default")]
    pub assigned: bool,
    /// Only where the principal is of this kind (A2).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<PrincipalKind>,
}

/// Each principal of the case, or of one side.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ByEach {
    /// The role that speaks for the principal.
    pub each_party: Role,
    /// Only the principals of this side.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub side: Option<String>,
}

/// A body, through its secretary.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ByBody {
    /// The body.
    pub body: String,
}

/// What is not a person.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ByMachine {
    /// `deadline`, or `case`: what raises the event.
    pub raised_by: Raiser,
}

/// What raises an event that no person raises.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Raiser {
    /// A deadline that has run out.
    Deadline,
    /// Another case that this one is linked to.
    Case,
}

impl By {
    /// Whether each principal takes part, one after the other.
    pub fn is_joint(&self) -> bool {
        matches!(self, By::Each(_))
    }

    /// What raises the event, where no person does.
    pub fn raised_by(&self) -> Option<Raiser> {
        match self {
            By::Machine(machine) => Some(machine.raised_by),
            _ => None,
        }
    }
}
