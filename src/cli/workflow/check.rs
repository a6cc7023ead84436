//! `samsyn workflow check`: reads files and folders, and tells what the checker says of them.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

use crate::app::workflows::CALENDARS;
use crate::cli::{print, print_json};
use crate::mail::TEMPLATES;
use crate::workflow::lock::{LOCK_FILE, Lock};
use crate::workflow::rules::Rules;
use crate::workflow::{Environment, Loaded, Problem, load, load_library, overlay, plan, shipped};

const RULES: &str = "rules.yaml";

/// A file: how problems name it, and its text.
type Text = (String, String);

pub fn run(paths: &[PathBuf], json: bool) -> anyhow::Result<()> {
    let mut files = 0;
    let mut problems = Vec::new();
    if paths.is_empty() {
        files += shipped::FILES.len();
        problems.extend(checked(shipped_files()));
    }
    for path in paths {
        let found = if path.is_dir() { folder(path)? } else { file(path)? };
        files += found.0;
        problems.extend(found.1);
    }
    let errors = problems.iter().filter(|problem| problem.is_error()).count();
    let warnings = problems.len() - errors;
    if json {
        print_json(&problems)?;
    } else {
        problems.iter().try_for_each(print)?;
    }
    if errors > 0 {
        bail!("{files} files: {errors} errors, {warnings} warnings");
    }
    eprintln!("{files} files: no errors, {warnings} warnings");
    Ok(())
}

fn checked(loaded: Result<Vec<Loaded>, Vec<Problem>>) -> Vec<Problem> {
    loaded.map_or_else(|problems| problems, |loaded| loaded.into_iter().flat_map(|one| one.warnings).collect())
}

fn environment<'a>(rules: &'a Rules, lock: &'a Lock) -> Environment<'a> {
    Environment { rules, templates: TEMPLATES, calendars: CALENDARS, lock }
}

fn shipped_files() -> Result<Vec<Loaded>, Vec<Problem>> {
    let (rules, lock) = (shipped_rules()?, shipped_lock()?);
    load_together(shipped::FILES, &environment(&rules, &lock))
}

fn load_together(files: &[(&str, &str)], environment: &Environment<'_>) -> Result<Vec<Loaded>, Vec<Problem>> {
    load_library(files, environment).map(|library| library.definitions)
}

fn shipped_rules() -> Result<Rules, Vec<Problem>> {
    Rules::read(shipped::RULES.0, shipped::RULES.1)
}

fn shipped_lock() -> Result<Lock, Vec<Problem>> {
    Lock::read(shipped::LOCK.0, shipped::LOCK.1)
}

/// A file by itself, under the rules and the lock that this program is built with; a plan against its versions, an overlay
/// against its base.
fn file(path: &Path) -> anyhow::Result<(usize, Vec<Problem>)> {
    let (name, text) = read(path)?;
    let judge = || {
        let (rules, lock) = (shipped_rules()?, shipped_lock()?);
        let environment = environment(&rules, &lock);
        if plan::is_plan(&name, &text) {
            let shipped = shipped_files()?;
            let known: Vec<_> = shipped.iter().map(|loaded| &loaded.definition).collect();
            return plan::load_set(&[(&name, &text)], &known).map(|_| Vec::new());
        }
        if overlay::is_overlay(&name) {
            return overlay::load_named(&name, &text, &shipped_files()?, &environment).map(|loaded| vec![loaded]);
        }
        load(&name, &text, &environment).map(|loaded| vec![loaded])
    };
    Ok((1, checked(judge())))
}

/// The files of a folder together, under its own rules and lock where it has them. One workflow's folder is part of the folder
/// around it: its files are held against all of that, and what is wrong with them is told.
fn folder(path: &Path) -> anyhow::Result<(usize, Vec<Problem>)> {
    let own = yaml_files(path)?;
    if own.is_empty() {
        bail!("{}: there are no .yaml files in it", path.display());
    }
    let around = around(path);
    let whole = around.as_deref().unwrap_or(path);
    let texts = yaml_files(whole)?.iter().map(|file| read(file)).collect::<anyhow::Result<Vec<Text>>>()?;
    let rules = read_if_there(&whole.join(RULES))?;
    let lock = read_if_there(&whole.join(LOCK_FILE))?;
    let judge = || {
        let rules = rules.as_ref().map_or_else(shipped_rules, |(name, text)| Rules::read(name, text))?;
        let lock = lock.as_ref().map_or_else(|| Ok(Lock::default()), |(name, text)| Lock::read(name, text))?;
        let files: Vec<_> = texts.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
        load_together(&files, &environment(&rules, &lock))
    };
    let mut problems = checked(judge());
    if around.is_some() {
        let folder = path.canonicalize()?;
        let is_own = |file: &str| Path::new(file).canonicalize().is_ok_and(|file| file.starts_with(&folder));
        let turn = |file: &str| texts.iter().find(|(name, _)| name == file).map_or(Turn::Shared, Turn::of);
        let last = texts.iter().filter(|(name, _)| is_own(name)).map(Turn::of).max();
        problems.retain(|it| is_own(&it.file) || it.is_error() && Some(turn(&it.file)) < last);
    }
    Ok((own.len(), problems))
}

/// When a file is looked at. Those of a turn are, once nothing is wrong with those of the turns before.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Turn {
    /// The rules and the lock, which are every file's.
    Shared,
    Version,
    /// Overlays, and plans between versions alone.
    OverVersions,
    /// Plans that an overlay is part of.
    OverOverlays,
}

impl Turn {
    fn of((file, text): &Text) -> Turn {
        match (plan::is_plan(file, text), overlay::is_overlay(file)) {
            (true, true) => Turn::OverOverlays,
            (true, false) | (false, true) => Turn::OverVersions,
            (false, false) => Turn::Version,
        }
    }
}

/// The folder that has the rules or the lock, where one workflow's folder has neither.
fn around(path: &Path) -> Option<PathBuf> {
    let has_own = |folder: &Path| folder.join(RULES).exists() || folder.join(LOCK_FILE).exists();
    let named = path
        .file_name()
        .and(path.parent())
        .map(|parent| if parent.as_os_str().is_empty() { Path::new(".") } else { parent });
    let parent = named.map_or_else(|| path.join(".."), Path::to_path_buf);
    (!has_own(path) && has_own(&parent)).then_some(parent)
}

fn read(path: &Path) -> anyhow::Result<Text> {
    let name = path.display().to_string();
    let text = fs::read_to_string(path).with_context(|| format!("{name} cannot be read"))?;
    Ok((name, text))
}

fn read_if_there(path: &Path) -> anyhow::Result<Option<Text>> {
    path.exists().then(|| read(path)).transpose()
}

/// The workflow files under a folder, by name.
fn yaml_files(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let cannot = || format!("{} cannot be read", folder.display());
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).with_context(cannot)? {
        let path = entry.with_context(cannot)?.path();
        if path.is_dir() {
            paths.extend(yaml_files(&path)?);
        } else if path.extension().is_some_and(|extension| extension == "yaml") && !path.ends_with(RULES) {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}
