//! Stub until the calendar lands.
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
/// p
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Period {
    /// c
    pub count: i32,
}
/// e
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum EndRule {
    /// a
    AsCounted,
    /// n
    NextWorkingDay,
}
