//! Migration plans: how running cases go over from one version of a workflow to another, as a file
//! `workflows/NAME/FROM-TO.yaml` beside the versions. `workflows/README.md` is the reference for people.
//!
//! A plan is total and names what it means: each state, each deadline, whatever has no namesake. Nothing follows from a new
//! version by itself; without a plan a case keeps the version that it began with for ever. Here are the format, its reading
//! and, in `check`, whether it fits both versions; what it does to a case is [`crate::workflow::migration`]. There is no key by
//! which a migration could write a mail or take an effect: whoever wants that takes a step.
//!
//! A plan may lead to what is agreed locally over a version, too: cases of the version go over to the county's own times, and cases that
//! go by an overlay to the next version of it, or to a later version of the workflow. None leads from one municipality's to
//! another's, nor all cases of a version to one municipality's.

mod check;
pub mod classes;
mod deadlines;
mod fields;

use std::fmt;

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::definition::{COUNTY, Definition};
use super::digest::{canonical, sha256};
use super::problem::{Problem, in_order};
use super::reference::Reference;
use super::{schema, shape, source};
use crate::ids::Digest;

/// What stands for a new name where the case is to hold the old thing no longer.
pub const DROP: &str = "drop";

/// A plan for the cases of one version of one workflow.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// The format of this file: 1.
    pub format: u32,
    /// The workflow: the name of its folder.
    pub workflow: String,
    /// The version that the cases leave.
    pub from: PlanVersion,
    /// The version that they go on under.
    pub to: PlanVersion,
    /// Why, in Swedish: it stands in the record of each case.
    pub why: String,
    /// Where a case stands afterwards that stands here: old state and new.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub states: IndexMap<String, String>,
    /// States that are what they were, under the same name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unchanged: Vec<String>,
    /// What becomes of each deadline of the old version.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub deadlines: IndexMap<String, DeadlinePlan>,
    /// Deadlines of the new version that begin with the migration, where they run and no other becomes them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub begin: Vec<String>,
    /// Fields that are called otherwise, or are dropped. The others keep their names.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub fields: IndexMap<String, FieldPlan>,
    /// Starts and transitions that are called otherwise, or that nothing asks about any more. The others keep their names.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub transitions: IndexMap<String, String>,
}

/// A version that a plan leads from or to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum PlanVersion {
    /// A version of the workflow.
    Version(u32),
    /// What is agreed locally over one, as `2+county@1`.
    Over(String),
}

impl PlanVersion {
    /// The definition that it is of this workflow; none where it names none.
    pub fn of(&self, workflow: &str) -> Option<Reference> {
        format!("{workflow}@{self}").parse().ok()
    }

    /// As it stands in the name of a file: `2+county-1`.
    fn in_file(&self) -> String {
        self.to_string().replace('@', "-")
    }
}

impl fmt::Display for PlanVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PlanVersion::Version(version) => write!(f, "{version}"),
            PlanVersion::Over(version) => f.write_str(version),
        }
    }
}

/// Whether a plan can lead from one definition to another of its workflow: on, and never to what another municipality has agreed.
pub fn leads(from: &Reference, to: &Reference) -> bool {
    match (&from.local, &to.local) {
        (_, None) => to.version > from.version,
        (None, Some((whose, _))) => whose == COUNTY && to.version >= from.version,
        (Some((whose, one)), Some((of, other))) => {
            whose == of && (to.version, other) > (from.version, one) && to.version >= from.version
        }
    }
}

/// What becomes of a deadline that runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DeadlinePlan {
    /// The deadline of the new version that it becomes; none where it is cancelled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// What becomes of its time.
    pub policy: Policy,
}

/// What becomes of a deadline's time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Policy {
    /// The last day stays.
    Keep,
    /// It counts the new length from the day from which it counted the old: of the new time is left what has not passed.
    Remaining,
    /// It begins anew, on the day of the migration.
    Restart,
    /// It ends.
    Cancel,
}

/// What becomes of a field.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum FieldPlan {
    /// Its new name, or `drop`.
    Name(String),
    /// Its new name, and the new options for those that are no more.
    Recoded(RecodedField),
}

/// A choice of which options are called otherwise.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RecodedField {
    /// Its new name.
    pub to: String,
    /// Old option and new.
    pub values: IndexMap<String, String>,
}

/// What becomes of something that has a name.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Fate<'a> {
    /// It has this name, and these options in place of others.
    Becomes(&'a str, Option<&'a IndexMap<String, String>>),
    /// It is held no longer.
    Dropped,
}

impl<'a> Fate<'a> {
    /// The name that it has then.
    pub fn name(self) -> Option<&'a str> {
        match self {
            Fate::Becomes(name, _) => Some(name),
            Fate::Dropped => None,
        }
    }

    fn named(name: &'a str) -> Fate<'a> {
        if name == DROP { Fate::Dropped } else { Fate::Becomes(name, None) }
    }
}

impl Plan {
    /// Where a case stands afterwards that stands in this state.
    pub fn state<'a>(&'a self, old: &'a str) -> Option<&'a str> {
        let unchanged = || self.unchanged.iter().find(|state| *state == old);
        self.states.get(old).or_else(unchanged).map(String::as_str)
    }

    /// What becomes of a field.
    pub fn field<'a>(&'a self, old: &'a str) -> Fate<'a> {
        match self.fields.get(old) {
            None => Fate::Becomes(old, None),
            Some(FieldPlan::Name(name)) => Fate::named(name),
            Some(FieldPlan::Recoded(recoded)) => Fate::Becomes(&recoded.to, Some(&recoded.values)),
        }
    }

    /// What a start or a transition that was taken is called.
    pub fn transition<'a>(&'a self, old: &'a str) -> Fate<'a> {
        self.transitions.get(old).map_or(Fate::Becomes(old, None), |name| Fate::named(name))
    }

    /// How people name it, such as `deviation 1-2`.
    pub fn name(&self) -> String {
        format!("{} {}-{}", self.workflow, self.from.in_file(), self.to.in_file())
    }
}

/// A plan that fits both versions.
#[derive(Debug, Clone, PartialEq)]
pub struct LoadedPlan {
    /// What the file says.
    pub plan: Plan,
    /// The digest of the file's contents as canonical JSON.
    pub digest: Digest,
    /// Its text, byte for byte.
    pub text: String,
}

/// Whether a file is a plan: by its name, such as `1-2.yaml` or `2-2+county-1.yaml`. Some names fit an overlay too: `2+m-2-3.yaml`
/// leads from `2+m@2` to 3, or is the third of a principal `m-2`; which of the two, the key `principal` tells.
pub fn is_plan(file: &str, text: &str) -> bool {
    let says_whose = || source::read(file, text).root.is_some_and(|root| root.get("principal").is_some());
    is_named_so(file) && !(names_overlay(file) && says_whose())
}

/// Whether a plan leads to or from what is agreed over a version, by its name.
pub(super) fn names_overlay(file: &str) -> bool {
    file.rsplit(['/', '\\']).next().is_some_and(|name| name.contains('+'))
}

fn is_named_so(file: &str) -> bool {
    let stem = file.rsplit(['/', '\\']).next().and_then(|name| name.strip_suffix(".yaml"));
    let number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let over = |text: &str| {
        let parts = text.split_once('+').and_then(|(base, local)| Some((base, local.rsplit_once('-')?)));
        parts.is_some_and(|(base, (whose, version))| number(base) && !whose.is_empty() && number(version))
    };
    let names = |text: &str| number(text) || over(text);
    let between = |stem: &str| stem.match_indices('-').any(|(at, _)| names(&stem[..at]) && names(&stem[at + 1..]));
    stem.is_some_and(between)
}

/// Reads one plan and holds it against the versions that it names. `file` names it in problems.
///
/// # Errors
/// Every problem of the file.
pub fn load(file: &str, text: &str, known: &[&Definition]) -> Result<LoadedPlan, Vec<Problem>> {
    let (root, plan) = shape::typed::<Plan>(file, source::read(file, text), &schema::plan_schema())?;
    let problems = check::check(file, &root, &plan, known);
    match problems.is_empty() {
        true => Ok(LoadedPlan { digest: sha256(canonical(&root.to_json()).as_bytes()), plan, text: text.to_owned() }),
        false => Err(in_order(problems)),
    }
}

/// Reads the plans of a set of files, each besides under the name that it must have.
///
/// # Errors
/// Every problem of every file.
pub fn load_set(files: &[(&str, &str)], known: &[&Definition]) -> Result<Vec<LoadedPlan>, Vec<Problem>> {
    let (mut plans, mut problems) = (Vec::new(), Vec::new());
    for (file, text) in files {
        match load(file, text, known) {
            Ok(loaded) => {
                problems.extend(check::file_name(file, &loaded.plan));
                plans.push(loaded);
            }
            Err(found) => problems.extend(found),
        }
    }
    if problems.is_empty() { Ok(plans) } else { Err(in_order(problems)) }
}
