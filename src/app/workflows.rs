//! The definitions that cases run under: those that this program is built with, and older ones out of the database. Which
//! of them new cases get is `versions`' to say.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, RwLock};

use super::AppError;
use crate::ids::Digest;
use crate::store::{Db, definitions};
use crate::workflow::definition::Definition;
use crate::workflow::history::Definitions;
use crate::workflow::lock::Lock;
use crate::workflow::log::Entry;
use crate::workflow::plan::{self, LoadedPlan};
use crate::workflow::reference::Reference;
use crate::workflow::rules::Rules;
use crate::workflow::{Environment, Library, Loaded, Problem, load, load_library, shipped};

/// The calendars that a workflow file may name.
pub const CALENDARS: &[&str] = &["swedish"];

/// A definition with its digest and text. Cheap to clone.
#[derive(Clone)]
pub struct Known {
    /// What the file says.
    pub definition: Arc<Definition>,
    /// Its digest.
    pub digest: Digest,
    /// Its text, byte for byte.
    pub text: Arc<str>,
}

impl Known {
    /// How people name it.
    pub fn name(&self) -> Reference {
        Reference::from(self.definition.as_ref())
    }
}

/// The definitions at hand.
pub struct Workflows {
    rules: Rules,
    lock: Lock,
    templates: Vec<&'static str>,
    shipped: Vec<Known>,
    plans: Vec<LoadedPlan>,
    by_digest: RwLock<BTreeMap<Digest, Known>>,
}

impl Workflows {
    /// The workflows that this program is built with. `templates` are the mails that they may name.
    ///
    /// # Errors
    /// Every problem of every file.
    pub fn shipped(templates: &[&'static str]) -> Result<Workflows, Vec<Problem>> {
        Workflows::read(shipped::FILES, shipped::RULES, shipped::LOCK, templates)
    }

    /// Workflows out of files: name and text.
    ///
    /// # Errors
    /// Every problem of every file.
    pub fn read(
        files: &[(&str, &str)],
        rules: (&str, &str),
        lock: (&str, &str),
        templates: &[&'static str],
    ) -> Result<Workflows, Vec<Problem>> {
        let rules = Rules::read(rules.0, rules.1)?;
        let lock = Lock::read(lock.0, lock.1)?;
        let environment = Environment { rules: &rules, templates, calendars: CALENDARS, lock: &lock };
        let Library { definitions, plans } = load_library(files, &environment)?;
        let shipped: Vec<Known> = definitions.into_iter().map(known).collect();
        let by_digest = shipped.iter().map(|known| (known.digest.clone(), known.clone())).collect();
        Ok(Workflows { rules, lock, templates: templates.to_vec(), shipped, plans, by_digest: RwLock::new(by_digest) })
    }

    /// Every version of every workflow that this program is built with, each with what is agreed locally over it, by name.
    pub fn all(&self) -> impl DoubleEndedIterator<Item = &Known> {
        self.shipped.iter()
    }

    /// The same without what is agreed locally.
    pub fn bases(&self) -> impl DoubleEndedIterator<Item = &Known> {
        self.all().filter(|known| known.definition.local.is_none())
    }

    /// The definition of that name.
    pub fn named(&self, name: &Reference) -> Option<&Known> {
        self.all().find(|known| known.name() == *name)
    }

    /// What lies below a definition, where that is agreed over a version.
    pub fn base(&self, known: &Known) -> Option<&Definition> {
        let below = known.definition.local.as_ref().and(self.named(&Reference { local: None, ..known.name() }));
        below.map(|below| below.definition.as_ref())
    }

    /// One version of a workflow.
    pub fn version(&self, workflow: &str, version: u32) -> Option<&Known> {
        self.named(&(workflow, version).into())
    }

    /// The highest version of a workflow, draft or final.
    pub fn newest(&self, workflow: &str) -> Option<&Known> {
        self.bases().rfind(|known| known.definition.workflow == workflow)
    }

    /// Whether a version can never change any more, and cases may run under it.
    pub fn is_final(&self, known: &Known) -> bool {
        let locked = self.lock.get(&known.definition);
        locked.is_some_and(|locked| locked.is_final && locked.digest == known.digest)
    }

    /// The plans by which running cases can go over to another version.
    pub fn plans(&self) -> &[LoadedPlan] {
        &self.plans
    }

    /// A plan out of a file, for the versions that are at hand.
    ///
    /// # Errors
    /// Every problem of the file.
    pub fn read_plan(&self, file: &str, text: &str) -> Result<LoadedPlan, Vec<Problem>> {
        plan::load(file, text, &definitions_of(&self.shipped))
    }

    /// The definition that a case runs under.
    ///
    /// # Errors
    /// Where the database does not hold it: a case's version never goes away.
    pub fn of(&self, db: &mut Db, digest: &Digest) -> Result<Known, AppError> {
        let cached = self.by_digest.read().unwrap_or_else(std::sync::PoisonError::into_inner).get(digest).cloned();
        if let Some(known) = cached {
            return Ok(known);
        }
        let missing = || format!("a case runs under the definition {digest}, which the database does not hold");
        let stored = definitions::by_digest(db, digest)?.ok_or_else(|| AppError::Internal(missing()))?;
        let known = self.reread(&stored.workflow, stored.version, &stored.text)?;
        if known.digest != *digest {
            let changed = format!("the definition {digest} has another text in the database than cases refer to");
            return Err(AppError::Internal(changed));
        }
        let mut cache = self.by_digest.write().unwrap_or_else(std::sync::PoisonError::into_inner);
        cache.insert(digest.clone(), known.clone());
        Ok(known)
    }

    /// The definitions under which entries were made.
    ///
    /// # Errors
    /// Where the database does not hold one.
    pub fn definitions(&self, db: &mut Db, entries: &[Entry]) -> Result<Definitions, AppError> {
        let mut definitions = Definitions::default();
        for digest in entries.iter().map(|entry| &entry.definition).collect::<BTreeSet<_>>() {
            definitions.add(digest.clone(), self.of(db, digest)?.definition);
        }
        Ok(definitions)
    }

    /// Without the lock, which is about files: a case goes on under what it began with, whatever this program has under that name.
    fn reread(&self, workflow: &str, version: i32, text: &str) -> Result<Known, AppError> {
        let lock = Lock::default();
        let environment =
            Environment { rules: &self.rules, templates: &self.templates, calendars: CALENDARS, lock: &lock };
        let name = format!("{workflow}@{version} in the database");
        let first = |problems: Vec<Problem>| problems.first().map(ToString::to_string).unwrap_or_default();
        load(&name, text, &environment).map(known).map_err(|problems| AppError::Internal(first(problems)))
    }
}

fn definitions_of(known: &[Known]) -> Vec<&Definition> {
    known.iter().map(|known| known.definition.as_ref()).collect()
}

fn known(loaded: Loaded) -> Known {
    Known { definition: Arc::new(loaded.definition), digest: loaded.digest, text: Arc::from(loaded.text) }
}
