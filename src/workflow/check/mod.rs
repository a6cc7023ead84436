//! Whether a definition makes sense: every class of faults that can be found before a case runs, all of them at once.
//!
//! The modules follow the ids of the classes; `names` answers for references between parts of the file, `conditions` for
//! guards, `reminders`, `clocks` and `recipients` for theirs; `graph`, `facts` and `uses` only know, and judge nothing. A check that rests on something that another
//! check found broken stays silent: an unknown target is one problem, not one and ten unreachable states.

mod clocks;
mod conditions;
mod data;
mod days;
mod documents;
mod facts;
pub(super) mod graph;
mod names;
mod products;
mod recipients;
pub(super) mod reminders;
mod rights;
mod structure;
mod texts;
mod time;
mod uses;
mod versions;

use super::classes;
pub use super::classes::CLASSES;
use super::definition::Definition;
use super::load::Environment;
use super::problem::{Class, Problem};
use super::source::{Node, Segment, at};
use graph::Graph;

/// A definition under examination.
pub(super) struct Subject<'a> {
    file: &'a str,
    root: &'a Node,
    definition: &'a Definition,
    env: &'a Environment<'a>,
    graph: Graph<'a>,
}

impl<'a> Subject<'a> {
    /// A definition with the tree that it was read from.
    pub fn new(file: &'a str, root: &'a Node, definition: &'a Definition, env: &'a Environment<'a>) -> Self {
        Subject { file, root, definition, env, graph: Graph::new(definition) }
    }

    fn problem(&self, class: &'static Class, path: &[Segment], message: impl Into<String>) -> Problem {
        Problem::new(class, self.file, self.root.find(path), message)
    }
}

/// Everything that is wrong with one definition, apart from the others.
pub(super) fn alone(subject: &Subject<'_>) -> Vec<Problem> {
    let checks = [
        structure::check,
        names::check,
        rights::check,
        data::check,
        days::check,
        documents::check,
        products::check,
        conditions::check,
        time::check,
        reminders::check,
        clocks::check,
        texts::check,
        recipients::check,
        versions::check,
    ];
    checks.into_iter().flat_map(|check| check(subject)).collect()
}

/// Classes that judge by what is not there. Of a file of which a part could not be read they know nothing.
const BY_ABSENCE: [&Class; 28] = [
    &classes::NO_START,
    &classes::START_BY,
    &classes::EMPTY_SET,
    &classes::UNREACHABLE_STATE,
    &classes::NO_FINAL_STATE,
    &classes::NO_WAY_TO_END,
    &classes::UNUSED_GROUP,
    &classes::UNUSED_ROLE,
    &classes::UNUSED_FIELD,
    &classes::UNDECLARED_ROLE,
    &classes::NO_TURN,
    &classes::IDLE_TURN,
    &classes::NOBODY,
    &classes::RAISED_BY,
    &classes::SYSTEM_ONLY,
    &classes::NOT_SAME_AS,
    &classes::BODY_CANNOT_READ,
    &classes::MAYBE_UNSET,
    &classes::DOCUMENTS,
    &classes::DECLINES,
    &classes::NO_DEADLINE,
    &classes::COVER_WITH_GAPS,
    &classes::THEN_IMPOSSIBLE,
    &classes::REMINDER_AFTER_THEN,
    &classes::RECIPIENT,
    &classes::ABOUT,
    &classes::FROM_CASE,
    &classes::FILE_NAME,
];

/// Whether a problem is one even though parts of the file could not be read: it rests on nothing that these may have held,
/// and names none of them.
pub(super) fn holds_of_part(problem: &Problem, lost: &[String]) -> bool {
    let names = |name: &String| problem.message.contains(&format!("`{name}`"));
    !BY_ABSENCE.contains(&problem.class) && !lost.iter().any(names)
}

/// Everything that is wrong between definitions; `complete` where every file of the set could be read.
pub(super) fn across(subjects: &[Subject<'_>], env: &Environment<'_>, complete: bool) -> Vec<Problem> {
    versions::across(subjects, env, complete)
}
