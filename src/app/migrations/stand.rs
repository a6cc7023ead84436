//! How a case stands, as an operator compares it before and after: names of the workflow file and days, nothing that it holds.

use chrono::NaiveDate;
use serde::Serialize;

use crate::calendar::local_date;
use crate::clock::Timestamp;
use crate::workflow::case::Case;
use crate::workflow::definition::{Definition, Local};
use crate::workflow::migration::{Around, enabled};

/// How a case stands under a version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Stand {
    /// The version.
    pub version: u32,
    /// What is agreed locally over it, where it goes by that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub local: Option<Local>,
    /// The state.
    pub state: String,
    /// The transitions that people may be able to take.
    pub transitions: Vec<String>,
    /// The deadlines that run.
    pub deadlines: Vec<DeadlineStand>,
}

/// A deadline that runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DeadlineStand {
    /// The deadline.
    pub id: String,
    /// Its generation.
    pub generation: u32,
    /// The last day, Europe/Stockholm.
    pub due: NaiveDate,
    /// Whether it has run out and raised its event.
    pub ran_out: bool,
    /// The reminders to come, UTC.
    pub reminders: Vec<Timestamp>,
}

pub(super) fn stand(definition: &Definition, case: &Case, around: &Around) -> Stand {
    let transitions = enabled(definition, case, around.calendar, local_date(around.now));
    let deadlines = case.running().map(|(id, running)| DeadlineStand {
        id: id.clone(),
        generation: running.generation,
        due: running.due(),
        ran_out: running.ran_out,
        reminders: running.reminders.iter().map(|reminder| reminder.at).filter(|at| *at > around.now).collect(),
    });
    Stand {
        version: case.version,
        local: definition.local.clone(),
        state: case.state.clone(),
        transitions: transitions.into_iter().map(str::to_owned).collect(),
        deadlines: deadlines.collect(),
    }
}
