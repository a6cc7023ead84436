//! Days on which a workflow stands still for new cases, because nothing that is published holds: told wherever versions are
//! published and retired, for seldom does anybody mean it.

use std::collections::BTreeSet;

use chrono::{Days, NaiveDate};
use serde::Serialize;

use super::published::Published;
use crate::app::{App, AppError};
use crate::calendar::local_date;
use crate::store::publications;

/// Days on which no new case of a workflow can begin: nothing that is published for them holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Gap {
    /// The workflow.
    pub workflow: String,
    /// The first day, Europe/Stockholm.
    pub from: NaiveDate,
    /// The last day, Europe/Stockholm; none where nothing is published for later.
    pub until: Option<NaiveDate>,
}

impl App {
    /// From when on no new case of a workflow can begin, and until when, of those that were published once: today or later.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub fn gaps(&self) -> Result<Vec<Gap>, AppError> {
        self.store.read(|db| {
            let today = local_date(self.now());
            let all = publications::all(db)?;
            let ends = all.iter().filter_map(|publication| Some(publication.until? + Days::new(1)));
            let turns = all.iter().filter_map(|publication| publication.from).chain(ends).filter(|day| *day > today);
            let turns: BTreeSet<_> = turns.chain([today]).collect();
            let workflows: BTreeSet<_> = all.into_iter().map(|publication| publication.workflow).collect();
            let mut gaps: Vec<Gap> = Vec::new();
            for day in turns {
                let in_force = Published::on(db, day)?;
                let in_force = in_force.latest(|publication| publication.local.is_none());
                for workflow in &workflows {
                    let open = gaps.iter_mut().find(|gap| gap.workflow == *workflow && gap.until.is_none());
                    match (in_force.contains_key(workflow.as_str()), open) {
                        (true, Some(open)) => open.until = Some(day - Days::new(1)),
                        (false, None) => gaps.push(Gap { workflow: workflow.clone(), from: day, until: None }),
                        (true, None) | (false, Some(_)) => {}
                    }
                }
            }
            Ok(gaps)
        })
    }
}
