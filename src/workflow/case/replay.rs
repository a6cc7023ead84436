//! A case rebuilt from its steps, each read by the definition under which it was made.

use super::Case;
use crate::workflow::definition::Definition;
use crate::workflow::step::Step;

/// A log that does not begin with a start, or goes on after one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the log is broken at entry {entry}: {what}")]
pub struct BrokenLog {
    /// The entry.
    pub entry: u64,
    /// What is wrong.
    pub what: String,
}

/// A step, the number of its entry in the shared room, and the definition under which it was made.
#[derive(Debug, Clone, Copy)]
pub struct Made<'a> {
    /// The entry.
    pub entry: u64,
    /// The definition.
    pub definition: &'a Definition,
    /// The step.
    pub step: &'a Step,
}

/// Rebuilds a case from its steps.
///
/// # Errors
/// Where the steps do not make a log: no start first, or a step that leaves a state in which the case does not stand.
pub fn replay<'a>(steps: impl IntoIterator<Item = Made<'a>>) -> Result<Option<Case>, BrokenLog> {
    let mut case: Option<Case> = None;
    for Made { entry, definition, step } in steps {
        case = Some(match case.take() {
            None => Case::begin(entry, step)?,
            Some(case) if step.from.as_deref() == Some(case.state.as_str()) => case.evolve(definition, entry, step),
            Some(case) => {
                let what = format!("it leaves {:?}, but the case stands in {}", step.from, case.state);
                return Err(BrokenLog { entry, what });
            }
        });
    }
    Ok(case)
}
