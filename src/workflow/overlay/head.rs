//! The head of an overlay: its format, its file's name, its version, and what it lies over.

use super::Overlay;
use super::classes::{FILE_NAME, FORMAT, GROUND, VERSION};
use crate::workflow::definition::{COUNTY, Definition, Local};
use crate::workflow::load::Loaded;
use crate::workflow::problem::{Position, Problem, did_you_mean};
use crate::workflow::reference::Reference;
use crate::workflow::source::{Node, Segment, at};

/// The one format that this program reads.
const READS: u32 = 1;
/// Whether the file is called as what it makes; `made` is base and overlay together.
pub fn file_name(file: &str, made: &Definition) -> Option<Problem> {
    let Local { principal, version, .. } = made.local.as_ref()?;
    let expected = format!("{}/{}+{principal}-{version}.yaml", made.workflow, made.version);
    let fits = file == expected || file.ends_with(&format!("/{expected}"));
    let message = format!("this is {}: the file belongs at `{expected}`", made.name());
    (!fits).then(|| Problem::new(&FILE_NAME, file, Position::START, message))
}

/// What is wrong with the file by itself.
pub fn alone(file: &str, root: &Node, overlay: &Overlay) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut report = |class, path: &[Segment], message: &str| {
        problems.push(Problem::new(class, file, root.find(path), message));
    };
    if overlay.format != READS {
        report(&FORMAT, at!["format"], "this program reads format 1: write `format: 1`, or use a newer program");
    }
    if overlay.version == 0 {
        report(&VERSION, at!["version"], "versions count from 1");
    }
    if overlay.basis.is_empty() {
        report(&GROUND, at!["basis"], "name the rule that lets a local agreement say so, such as A6");
    }
    if overlay.title.trim().is_empty() {
        report(&GROUND, at!["title"], "say what the local agreement is called");
    }
    let Overlay { fields, options, forms, transitions, limits, deadlines, .. } = overlay;
    let nothing = fields.is_empty() && options.is_empty() && forms.is_empty() && transitions.is_empty();
    if nothing && limits.is_empty() && deadlines.is_empty() {
        report(&GROUND, &[], "it says nothing that its base does not say");
    }
    problems
}

/// What it lies over, or which key is wrong, and how.
pub fn base<'k>(overlay: &Overlay, known: &'k [Loaded]) -> Result<&'k Loaded, (&'static str, String)> {
    let base = version(overlay, known)?;
    let Some(county) = overlay.county.filter(|_| !overlay.is_county()) else { return Ok(base) };
    let own =
        Reference { workflow: overlay.workflow.clone(), version: overlay.base, local: Some((COUNTY.into(), county)) };
    let message = || format!("there is no {own}: no such version of the county's own times");
    let found = known.iter().find(|known| Reference::from(&known.definition) == own);
    found.ok_or_else(|| ("county", message()))
}

fn version<'k>(overlay: &Overlay, known: &'k [Loaded]) -> Result<&'k Loaded, (&'static str, String)> {
    let (workflow, number) = (&overlay.workflow, overlay.base);
    let is_base = |known: &&'k Loaded| known.definition.workflow == *workflow && known.definition.local.is_none();
    let of_workflow = || known.iter().filter(is_base);
    if of_workflow().next().is_none() {
        let hint = did_you_mean(workflow, known.iter().map(|known| known.definition.workflow.as_str()));
        return Err(("workflow", format!("there is no workflow `{workflow}`{hint}")));
    }
    let there: Vec<_> = of_workflow().map(|known| known.definition.version.to_string()).collect();
    let message = || format!("`{workflow}` has no version {number}; there are {}", there.join(", "));
    of_workflow().find(|known| known.definition.version == number).ok_or_else(|| ("base", message()))
}
