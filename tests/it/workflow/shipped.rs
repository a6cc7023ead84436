//! The workflow files of this repository: they pass every check, and the lock shows every change of them.

use std::path::{Path, PathBuf};

use samsyn::workflow::lock::Lock;
use samsyn::workflow::plan::LoadedPlan;
use samsyn::workflow::rules::Rules;
use samsyn::workflow::{Environment, Loaded, Problem, load_library};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("workflows")
}

fn files() -> Vec<(String, String)> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()) {
        for file in std::fs::read_dir(&entry).unwrap().map(|file| file.unwrap().path()) {
            let name = file.strip_prefix(folder().parent().unwrap()).unwrap().to_str().unwrap().to_owned();
            files.push((name, std::fs::read_to_string(file).unwrap()));
        }
    }
    files.sort();
    files
}

/// The versions among the files; the others are plans between them.
fn loaded(lock: &Lock) -> Result<Vec<Loaded>, Vec<Problem>> {
    let rules =
        Rules::read("workflows/rules.yaml", &std::fs::read_to_string(folder().join("rules.yaml")).unwrap()).unwrap();
    let env = Environment { rules: &rules, templates: samsyn::mail::TEMPLATES, calendars: &["swedish"], lock };
    let files = files();
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    load_library(&files, &env).map(|library| library.definitions)
}

#[test]
fn the_shipped_files_pass_every_check_and_the_lock_is_current() {
    let path = folder().join("digests.lock");
    let kept = std::fs::read_to_string(&path).unwrap_or_else(|_| "{}\n".to_owned());
    let lock = Lock::read("workflows/digests.lock", &kept).unwrap();
    let told = |problems: &[Problem]| problems.iter().map(|problem| format!("{problem}\n")).collect::<String>();
    let loaded = loaded(&lock).unwrap_or_else(|problems| panic!("{}", told(&problems)));
    let current = lock.render(&loaded);
    if std::env::var_os("UPDATE_LOCK").is_some() {
        std::fs::write(&path, &current).unwrap();
    } else {
        assert!(kept == current, "if the change is meant: UPDATE_LOCK=1 cargo test the_lock_is_current\n{current}");
        let warnings: Vec<Problem> = loaded.into_iter().flat_map(|loaded| loaded.warnings).collect();
        assert!(warnings.is_empty(), "{}", told(&warnings));
    }
}

#[test]
fn every_file_of_the_folder_is_built_in_and_every_version_can_be_gone_over_to() {
    let built: Vec<_> = samsyn::workflow::shipped::FILES.iter().map(|(name, _)| (*name).to_owned()).collect();
    let there: Vec<_> = files().into_iter().map(|(name, _)| name).collect();
    assert!(there.iter().all(|name| built.contains(name)) && there.len() == built.len(), "{there:?}\n{built:?}");
    let workflows =
        samsyn::app::Workflows::shipped(samsyn::mail::TEMPLATES).unwrap_or_else(|found| panic!("{found:?}"));
    for known in workflows.all().filter(|known| known.definition.version > 1) {
        let to = (known.definition.workflow.as_str(), known.definition.version).into();
        let leads = |plan: &LoadedPlan| plan.plan.to.of(&plan.plan.workflow).as_ref() == Some(&to);
        assert!(workflows.plans().iter().any(leads), "no plan to {to}");
    }
}
