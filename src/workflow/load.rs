//! Workflow files -> definitions that may be trusted. Texts and everything that a file refers to are handed in; where they
//! come from (compiled in, a folder) is the caller's business.

use super::check::{self, Subject};
use super::definition::Definition;
use super::digest::definition_digest;
use super::lock::Lock;
use super::overlay;
use super::plan::{self, LoadedPlan};
use super::problem::{Problem, in_order};
use super::reference::Reference;
use super::rules::Rules;
use super::{schema, shape, source};
use crate::ids::Digest;

/// What workflow files refer to.
#[derive(Debug, Clone, Copy)]
pub struct Environment<'a> {
    /// The rules of the agreement.
    pub rules: &'a Rules,
    /// The names of the mail templates.
    pub templates: &'a [&'a str],
    /// The names of the calendars.
    pub calendars: &'a [&'a str],
    /// The digests of final files.
    pub lock: &'a Lock,
}

/// A definition that passed every check, with what a case refers to it by.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// What the file says.
    pub definition: Definition,
    /// The digest of its document tree.
    pub digest: Digest,
    /// Its text, byte for byte.
    pub text: String,
    /// What somebody should look at.
    pub warnings: Vec<Problem>,
}

/// Reads and checks one file by itself. `file` names it in problems.
///
/// # Errors
/// Every problem of the file, warnings too, where at least one is an error.
pub fn load(file: &str, text: &str, env: &Environment<'_>) -> Result<Loaded, Vec<Problem>> {
    Read::new(file, text, env).finish()
}

/// Reads and checks files together: besides each by itself also their names, versions, references to one another and the
/// lock. The files may come in any order; the result has theirs.
///
/// # Errors
/// Every problem of every file, warnings too, where at least one is an error.
pub fn load_set(files: &[(&str, &str)], env: &Environment<'_>) -> Result<Vec<Loaded>, Vec<Problem>> {
    let mut reads: Vec<Read> = files.iter().map(|(file, text)| Read::new(file, text, env)).collect();
    let subjects: Vec<Subject> = reads.iter().filter_map(|read| read.subject(env)).collect();
    let across = check::across(&subjects, env, subjects.len() == files.len());
    drop(subjects);
    // A final version whose file is gone is a problem of the lock.
    let mut of_no_file = Vec::new();
    for problem in across {
        match reads.iter_mut().find(|read| read.file == problem.file) {
            Some(read) => read.problems.push(problem),
            None => of_no_file.push(problem),
        }
    }
    let finished: Vec<_> = reads.into_iter().map(Read::finish).collect();
    if of_no_file.is_empty() && finished.iter().all(Result::is_ok) {
        return Ok(finished.into_iter().flatten().collect());
    }
    let problems = finished.into_iter().flat_map(|read| read.map_or_else(|faults| faults, |loaded| loaded.warnings));
    Err(in_order(problems.chain(of_no_file).collect()))
}

/// All that a folder of workflow files makes.
#[derive(Debug, Clone)]
pub struct Library {
    /// The definitions, by name: of the files themselves, and of the overlays over them.
    pub definitions: Vec<Loaded>,
    /// The plans between them.
    pub plans: Vec<LoadedPlan>,
}

/// Reads and checks workflow files together, then the overlays among them against those, and the plans against both.
///
/// # Errors
/// Every problem of every workflow file; where there is none, of every overlay and of every plan, but for plans that name an
/// overlay while one is broken.
pub fn load_library(files: &[(&str, &str)], env: &Environment<'_>) -> Result<Library, Vec<Problem>> {
    let (mut plans, files): (Vec<_>, Vec<_>) =
        files.iter().copied().partition(|(file, text)| plan::is_plan(file, text));
    let (overlays, files): (Vec<_>, Vec<_>) = files.into_iter().partition(|(file, _)| overlay::is_overlay(file));
    let mut definitions = load_set(&files, env)?;
    let (overlays, broken) = match overlay::load_set(&overlays, &definitions, env) {
        Ok(overlays) => (overlays, None),
        Err(problems) => (Vec::new(), Some(problems)),
    };
    plans.retain(|(file, _)| broken.is_none() || !plan::names_overlay(file));
    definitions.extend(overlays);
    definitions.sort_by_cached_key(|loaded| Reference::from(&loaded.definition));
    let known: Vec<_> = definitions.iter().map(|loaded| &loaded.definition).collect();
    match (plan::load_set(&plans, &known), broken) {
        (Ok(plans), None) => Ok(Library { definitions, plans }),
        (plans, broken) => Err([plans.err(), broken].into_iter().flatten().flatten().collect()),
    }
}

/// A file between reading and the last check.
struct Read {
    file: String,
    text: String,
    document: Option<shape::Typed<Definition>>,
    problems: Vec<Problem>,
}

impl Read {
    fn new(file: &str, text: &str, env: &Environment<'_>) -> Self {
        let shape::Lenient { read: document, mut problems, lost } =
            shape::lenient(file, source::read(file, text), &schema::workflow_schema());
        if let Some((root, definition)) = &document {
            let found = check::alone(&Subject::new(file, root, definition, env));
            problems
                .extend(found.into_iter().filter(|problem| lost.is_empty() || check::holds_of_part(problem, &lost)));
        }
        Read { file: file.to_owned(), text: text.to_owned(), document: document.filter(|_| lost.is_empty()), problems }
    }

    /// What others can be held against: a file that could be read whole.
    fn subject<'a>(&'a self, env: &'a Environment<'a>) -> Option<Subject<'a>> {
        self.document.as_ref().map(|(root, definition)| Subject::new(&self.file, root, definition, env))
    }

    fn finish(self) -> Result<Loaded, Vec<Problem>> {
        let problems = in_order(self.problems);
        match self.document {
            Some((root, definition)) if !problems.iter().any(Problem::is_error) => {
                let digest = definition_digest(&root.to_json());
                Ok(Loaded { definition, digest, text: self.text, warnings: problems })
            }
            _ => Err(problems),
        }
    }
}
