//! The workflows as who administers the county sees them: each version, its diagram, and how many cases stand where. The
//! counts hold nothing of any case.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::county;
use crate::app::versions::{Span, Standing, Version};
use crate::app::{App, AppError};
use crate::authz::Actor;
use crate::ids::Digest;
use crate::store::definitions;
use crate::workflow::diagram;
use crate::workflow::diff::{Diff, diff};

/// A version of a workflow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkflowOverview {
    /// The digest by which cases name it.
    pub digest: Digest,
    /// Its title.
    pub title: String,
    /// Its name in files.
    pub name: String,
    /// Its version, such as 2, or 2+falun@1 for what is agreed locally over it.
    pub version: String,
    /// The rules that it rests on.
    pub basis: Vec<String>,
    /// Where it stands.
    pub standing: Standing,
    /// When new cases got it, get it or will.
    pub spans: Vec<Span>,
    /// Whether there is an older version that it follows.
    pub follows: bool,
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
            let mut all = self.all_versions(db)?;
            let place = |version: &Version| {
                let definition = &version.known.definition;
                (definition.workflow.clone(), Reverse(definition.version))
            };
            all.sort_by_cached_key(place);
            let follows = |version: &Version| all.iter().any(|other| is_older(other, version));
            Ok(all.iter().map(|version| overview(version, follows(version), &counts)).collect())
        })
    }

    /// What a version changes from the one before it.
    ///
    /// # Errors
    /// [`AppError::NotFound`] where there is no such version or none before it, and for everybody who does not administer the
    /// county.
    pub fn workflow_changes(&self, actor: &Actor, digest: &str) -> Result<Diff, AppError> {
        county(actor)?;
        let all = self.versions()?;
        let newer = all.iter().find(|version| version.known.digest.0 == digest).ok_or(AppError::NotFound)?;
        let older = all.iter().rfind(|version| is_older(version, newer)).ok_or(AppError::NotFound)?;
        Ok(diff(&older.known.definition, &newer.known.definition))
    }

    /// The diagram of a version, as SVG.
    ///
    /// # Errors
    /// [`AppError::NotFound`] where there is no such version, and for everybody who does not administer the county.
    pub fn workflow_diagram(&self, actor: &Actor, digest: &str) -> Result<String, AppError> {
        county(actor)?;
        let found = self.versions()?.into_iter().find(|version| version.known.digest.0 == digest);
        Ok(diagram::svg(&found.ok_or(AppError::NotFound)?.known.definition))
    }
}

fn is_older(version: &Version, than: &Version) -> bool {
    let (older, newer) = (&version.known.definition, &than.known.definition);
    // What is agreed locally follows what it lies over.
    let before = if newer.local.is_some() { older.version <= newer.version } else { older.version < newer.version };
    older.workflow == newer.workflow && older.local.is_none() && before
}

fn overview(version: &Version, follows: bool, counts: &BTreeMap<(String, String), i64>) -> WorkflowOverview {
    let Version { known, standing, spans, .. } = version;
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
        version: known.name().version_text(),
        basis: definition.basis.clone(),
        standing: *standing,
        spans: spans.clone(),
        follows,
        states: states.collect(),
    }
}
