//! The workflows as who administers the county sees them: each version, its diagram, and how many cases stand where. The
//! counts hold nothing of any case.

use std::collections::BTreeMap;

use super::county;
use crate::app::workflows::Known;
use crate::app::{App, AppError};
use crate::authz::Actor;
use crate::ids::Digest;
use crate::store::{Db, definitions};
use crate::workflow::diagram;

/// A version of a workflow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkflowOverview {
    /// The digest by which cases name it.
    pub digest: Digest,
    /// Its title.
    pub title: String,
    /// Its name in files.
    pub name: String,
    /// Its version.
    pub version: u32,
    /// The rules that it rests on.
    pub basis: Vec<String>,
    /// Whether new cases get it.
    pub current: bool,
    /// Its states in the order of the file, each with its number of cases.
    pub states: Vec<StateCount>,
}

/// A state and how many cases stand in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StateCount {
    /// Its title.
    pub title: String,
    /// Whether a case in it has ended.
    pub ended: bool,
    /// How many.
    pub count: i64,
}

impl App {
    /// Every version that new cases get, or that cases run or ran under.
    ///
    /// # Errors
    /// [`AppError::NotFound`] for everybody who does not administer the county.
    pub fn workflow_overviews(&self, actor: &Actor) -> Result<Vec<WorkflowOverview>, AppError> {
        county(actor)?;
        self.store.read(|db| {
            let counts = definitions::cases_by_state(db)?;
            let known = self.every_version(db)?;
            Ok(known.iter().map(|known| self.overview(known, &counts)).collect())
        })
    }

    /// The diagram of a version, as SVG.
    ///
    /// # Errors
    /// [`AppError::NotFound`] where there is no such version, and for everybody who does not administer the county.
    pub fn workflow_diagram(&self, actor: &Actor, digest: &str) -> Result<String, AppError> {
        county(actor)?;
        let all = self.store.read(|db| self.every_version(db))?;
        let known = all.into_iter().find(|known| known.digest.0 == digest).ok_or(AppError::NotFound)?;
        Ok(diagram::svg(&known.definition))
    }

    fn every_version(&self, db: &mut Db) -> Result<Vec<Known>, AppError> {
        let mut all: Vec<Known> = self.workflows.all().cloned().collect();
        for stored in definitions::all(db)? {
            let digest = Digest(stored.digest);
            if all.iter().all(|known| known.digest != digest) {
                all.push(self.workflows.of(db, &digest)?);
            }
        }
        all.sort_by(|one, other| {
            let key = |known: &Known| (known.definition.workflow.clone(), std::cmp::Reverse(known.definition.version));
            key(one).cmp(&key(other))
        });
        Ok(all)
    }

    fn overview(&self, known: &Known, counts: &BTreeMap<(String, String), i64>) -> WorkflowOverview {
        let definition = &known.definition;
        let states = definition.states.iter().map(|(id, state)| StateCount {
            title: state.title.clone(),
            ended: state.outcome.is_some(),
            count: counts.get(&(known.digest.0.clone(), id.clone())).copied().unwrap_or(0),
        });
        WorkflowOverview {
            digest: known.digest.clone(),
            title: definition.title.clone(),
            name: definition.workflow.clone(),
            version: definition.version,
            basis: definition.basis.clone(),
            current: self.workflows.current(&definition.workflow).is_some_and(|new| new.digest == known.digest),
            states: states.collect(),
        }
    }
}
