//! Overlays: what one municipality and the region have agreed locally about a process (A6), as a file
//! `workflows/NAME/BASE+PRINCIPAL-VERSION.yaml` beside its base; and the times that a county sets for all its cases
//! (`BASE+county-VERSION.yaml`). `workflows/README.md` is the reference for people.
//!
//! An overlay adds, and takes nothing away: fields, options, steps that stay where the case stands, reminders, and shorter
//! limits where the agreement fixes none. It has no key for parties, bodies, rights, states or for what a step of the base
//! does, so it cannot touch them; what its keys could touch and the agreement fixes is refused with the rule.
//!
//! It adds no states. The county's steps, limits and disputes name the states that they hold in; in another they would not
//! hold, so that a state of one municipality's own would take rights away. Own steps of local management stay, one after the other
//! by conditions (`happened`, `set`), and remind by deadlines of their own. A limit only becomes shorter: deviations are
//! reported alike (likvärdigt, A6), and nobody waits longer for having been cared for in one municipality.
//!
//! The county's own times are an overlay too, of the reserved principal `county`, so that they are merged, locked, published,
//! listed, retired and diffed by what is there. They hold nothing but `limits`: other lengths, shorter or longer, of times whose number
//! no rule fixes, at bodies' levels and where something follows from the end too, since all who have signed decide them
//! together. They hold for every case that does not get its municipality's overlay. A municipality's may lie over them (`county`), and
//! then shortens what they say. It counts only while what it lies over is what everybody else gets (`app::versions`): where the
//! county sets other times, or none any more, nobody waits by times that were agreed beside those before.
//!
//! Base and overlay together are one document, which passes the whole checker and has a text and a digest of its own. So
//! nothing else need know of overlays: the engine, pages, exports, verifiers and the diff meet a definition like any other.

mod check;
pub mod classes;
mod head;
mod merge;
mod silenced;

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::check::{Subject, alone};
use super::classes::{FINAL_MISSING, LOCK_STALE};
use super::definition::{COUNTY, Choice, ChoiceGroup, Deadline, Definition, Field, Transition};
use super::digest::definition_digest;
use super::load::{Environment, Loaded};
use super::problem::{Position, Problem, in_order};
use super::reference::in_folder;
use super::source::{Node, Source};
use super::{schema, shape, source};
use crate::calendar::Period;

/// What one municipality's local agreement says of one version of one workflow, or the county of its times.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Overlay {
    /// The format of this file: 1.
    pub format: u32,
    /// The workflow: the name of its folder.
    pub workflow: String,
    /// The version that it lies over.
    pub base: u32,
    /// The municipality, by its id in the organisation; or `county`, for the times that hold for all.
    pub principal: String,
    /// The version of this file: that of its name.
    pub version: u32,
    /// The version of the county's own times over the base that it lies over; without it, over the base alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub county: Option<u32>,
    /// What users call the local agreement.
    pub title: String,
    /// Rules of `workflows/rules.yaml` that let a local agreement say so.
    pub basis: Vec<String>,
    /// Further fields.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub fields: IndexMap<String, Field>,
    /// Further options of choices of the base.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub options: IndexMap<String, MoreOptions>,
    /// Starts and transitions of the base whose forms ask for own fields.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub forms: IndexMap<String, MoreFields>,
    /// Further steps, which stay.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub transitions: Vec<Transition>,
    /// Shorter lengths of deadlines of the base; those of the county may be longer too.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub limits: IndexMap<String, Limit>,
    /// Further deadlines, which only remind.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub deadlines: IndexMap<String, Deadline>,
}

/// Further options of a choice.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MoreOptions {
    /// Further headings.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub groups: IndexMap<String, ChoiceGroup>,
    /// The options, under headings of the base or its own.
    pub options: IndexMap<String, Choice>,
}

/// Own fields that a form asks for besides.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MoreFields {
    /// Own fields that must be given, after those of the base.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub require: Vec<String>,
    /// Own fields that are asked for, after those of the base.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ask: Vec<String>,
}

/// Another length of a deadline.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Limit {
    /// How long.
    pub after: Period,
    /// Where the length comes from.
    pub why: String,
}

impl Overlay {
    fn is_county(&self) -> bool {
        self.principal == COUNTY
    }

    /// The key that says what it lies over.
    fn lies_over(&self) -> &'static str {
        if self.county.is_some() { "county" } else { "base" }
    }
}

/// Whether a file is an overlay by its name, such as `2+falun-1.yaml`; the plans have been told apart before.
pub fn is_overlay(file: &str) -> bool {
    let name = file.rsplit(['/', '\\']).next().unwrap_or_default();
    name.ends_with(".yaml") && name.contains('+')
}

/// Reads one overlay and lays it over the version that it names, or over the county's own times. `file` names it in problems.
///
/// # Errors
/// Every problem of the file, and of what it would make of its base.
pub fn load(file: &str, text: &str, known: &[Loaded], env: &Environment<'_>) -> Result<Loaded, Vec<Problem>> {
    let (root, overlay) = shape::typed::<Overlay>(file, source::read(file, text), &schema::overlay_schema())?;
    let base = check::check(file, &root, &overlay, known, env).map_err(in_order)?;
    let below = source::read(file, &base.text).root;
    let merged = below.map(|below| merge::merge(below, &base.definition, &root, &overlay));
    let (merged, definition) =
        shape::typed::<Definition>(file, Source { root: merged, problems: Vec::new() }, &schema::workflow_schema())?;
    let made = of_its_own(base, alone(&Subject::new(file, &merged, &definition, env)));
    let silenced = silenced::check((file, &root, &overlay), &base.definition, &definition);
    let problems = in_order(made.into_iter().chain(silenced).collect());
    if problems.iter().any(Problem::is_error) {
        return Err(problems);
    }
    let text = written(file, &merged)?;
    Ok(Loaded { definition, digest: definition_digest(&merged.to_json()), text, warnings: problems })
}

/// Reads one overlay, besides under the name that it must have.
///
/// # Errors
/// Every problem of the file, and of what it would make of its base.
pub fn load_named(file: &str, text: &str, known: &[Loaded], env: &Environment<'_>) -> Result<Loaded, Vec<Problem>> {
    let loaded = load(file, text, known, env)?;
    let misplaced = head::file_name(&in_folder(file, &loaded.definition.workflow), &loaded.definition);
    misplaced.map_or(Ok(loaded), |problem| Err(vec![Problem { file: file.to_owned(), ..problem }]))
}

/// What is not said of the base alone.
fn of_its_own(base: &Loaded, problems: Vec<Problem>) -> Vec<Problem> {
    let said = |problem: &Problem| {
        base.warnings.iter().any(|known| (known.class, &known.message) == (problem.class, &problem.message))
    };
    problems.into_iter().filter(|problem| !said(problem)).collect()
}

/// The document as a text of its own: JSON, which is YAML too.
fn written(file: &str, merged: &Node) -> Result<String, Vec<Problem>> {
    let text = format!("{:#}\n", merged.to_json());
    // Cases are read by it for as long as they are kept.
    let reread = source::read(file, &text);
    match reread.problems.is_empty() {
        true => Ok(text),
        false => Err(reread.problems),
    }
}

/// Reads the overlays of a set of files, each besides under the name that it must have, and holds them against the lock; the
/// county's own times first, which others may lie over.
///
/// # Errors
/// Every problem of every file, warnings too, where at least one is an error.
pub fn load_set(files: &[(&str, &str)], known: &[Loaded], env: &Environment<'_>) -> Result<Vec<Loaded>, Vec<Problem>> {
    let (mut all, mut problems) = (known.to_vec(), Vec::new());
    let mut files = files.to_vec();
    files.sort_by_key(|(file, _)| !file.contains(&format!("+{COUNTY}-")));
    for (file, text) in &files {
        match load(file, text, &all, env) {
            Ok(mut loaded) => {
                problems.extend(head::file_name(file, &loaded.definition));
                loaded.warnings.extend(stale(file, &loaded, env));
                all.push(loaded);
            }
            Err(found) => problems.extend(found),
        }
    }
    let overlays = all.split_off(known.len());
    if overlays.len() == files.len() {
        problems.extend(missing(&overlays, env));
    }
    match problems.iter().any(Problem::is_error) {
        true => Err(in_order(problems)),
        false => Ok(overlays),
    }
}

fn stale(file: &str, loaded: &Loaded, env: &Environment<'_>) -> Option<Problem> {
    let locked = env.lock.get(&loaded.definition);
    let current = locked.is_some_and(|locked| locked.is_final || locked.digest == loaded.digest);
    let (name, digest) = (loaded.definition.name(), &loaded.digest);
    let message = format!("{} does not hold the digest of {name}: it is {digest}", env.lock.file());
    (!current).then(|| Problem::new(&LOCK_STALE, file, Position::START, message))
}

fn missing(overlays: &[Loaded], env: &Environment<'_>) -> Vec<Problem> {
    let there = |name: &str| overlays.iter().any(|loaded| loaded.definition.name() == name);
    let lost = env.lock.finals().filter(|name| name.contains('+') && !there(name));
    lost.map(|name| {
        let message = format!("{name} is final, and its file is gone: restore it, cases refer to it");
        Problem::new(&FINAL_MISSING, env.lock.file(), Position::START, message)
    })
    .collect()
}
