//! The replay gate: recorded cases of every final version, kept in `tests/recorded/WORKFLOW-VERSION/` as `samsyn case bundle`
//! writes them, each with its stand: where it stood after each step, what ran there until when, and who could do what. The
//! program as it is now verifies them, replays them to the same stand, and decides every step again as it was decided.
//!
//! A recording is never changed: what runs in a county was made by an older program, and has to go on. A final version
//! without recordings fails here; `UPDATE_RECORDED=1 cargo test recorded` makes some, out of the stories and of scripts played
//! at random, and leaves those that are there alone. `stand` is the replay, `making` the recording.

mod making;
mod stand;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use samsyn::app::Workflows;
use samsyn::app::workflows::Known;
use samsyn::workflow::bundle::{self, Bundle};
use samsyn::workflow::step::Act;

use crate::support::again::Log;
use crate::support::database::shipped;

/// Steps of final versions that no recorded case takes, because nothing that is played comes to them.
const NOT_TAKEN: &[&str] = &["deviation@2: publish_lesson", "deviation@2: dispute_withdrawn_after_answer"];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/recorded")
}

/// The folder of a version's recordings.
fn folder_of(known: &Known) -> PathBuf {
    let definition = &known.definition;
    let local = definition.local.iter().map(|local| format!("+{}-{}", local.principal, local.version));
    folder().join(format!("{}-{}{}", definition.workflow, definition.version, local.collect::<String>()))
}

fn finals(workflows: &Workflows) -> impl Iterator<Item = &Known> {
    workflows.all().filter(|known| workflows.is_final(known))
}

/// A recorded case: its name, such as `5-regional-FALUN-2027-0001`, its file and the bundle in it.
struct Recorded {
    name: String,
    file: PathBuf,
    bundle: Bundle,
}

/// Every recording, by name.
fn recordings() -> Vec<Recorded> {
    let folders = std::fs::read_dir(folder()).into_iter().flatten().map(|entry| entry.unwrap().path());
    let files = folders.flat_map(|folder| std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()));
    let bundles = files.filter(|file| file.extension().is_some_and(|extension| extension == "json"));
    let read = |file: PathBuf| {
        let bundle = bundle::read(&std::fs::read_to_string(&file).unwrap()).unwrap();
        Recorded { name: file.file_stem().unwrap().to_str().unwrap().to_owned(), file, bundle }
    };
    let mut all: Vec<_> = bundles.map(read).collect();
    all.sort_by(|one, other| one.file.cmp(&other.file));
    all
}

/// The play that a case comes from: the cases of one play know each other by number.
fn play_of<'a>(name: &'a str, bundle: &Bundle) -> &'a str {
    name.trim_end_matches(bundle.case.as_str())
}

/// The steps that are taken under each definition.
fn taken<'a>(bundles: impl Iterator<Item = &'a Bundle>) -> BTreeMap<String, BTreeSet<String>> {
    let mut taken: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for bundle in bundles {
        for (entry, step) in Log::bundled(bundle).steps().filter(|(_, step)| step.act == Act::Transition) {
            taken.entry(entry.definition.0.clone()).or_default().insert(step.transition.clone());
        }
    }
    taken
}

/// The starts and transitions of a version; of a local agreement those that its base does not have.
fn steps_of<'a>(workflows: &'a Workflows, known: &'a Known) -> impl Iterator<Item = &'a String> {
    let of_base = known.definition.local.as_ref().and_then(|_| {
        let place = (known.definition.workflow.as_str(), known.definition.version);
        workflows.all().find(|other| {
            let base = &other.definition;
            base.local.is_none() && (base.workflow.as_str(), base.version) == place
        })
    });
    all_steps_of(known).filter(move |id| of_base.is_none_or(|base| all_steps_of(base).all(|other| other != *id)))
}

fn all_steps_of(known: &Known) -> impl Iterator<Item = &String> {
    let definition = &known.definition;
    definition.start.iter().map(|start| &start.id).chain(definition.transitions.iter().map(|transition| &transition.id))
}

/// One test, for what is recorded is read afterwards.
#[test]
fn recorded_cases_of_every_final_version_replay_to_where_they_stood() {
    let workflows = shipped();
    if std::env::var_os("UPDATE_RECORDED").is_some() {
        making::record(&workflows);
    }
    let recordings = recordings();
    let told = "record some: UPDATE_RECORDED=1 cargo test recorded";
    let without: Vec<_> = finals(&workflows).map(folder_of).filter(|folder| !folder.exists()).collect();
    assert!(without.is_empty(), "without recorded cases: {without:?}; {told}");
    let taken = taken(recordings.iter().map(|recorded| &recorded.bundle));
    let missing = finals(&workflows).flat_map(|known| {
        let name = known.definition.name();
        let of_it = taken.get(&known.digest.0).cloned().unwrap_or_default();
        steps_of(&workflows, known).filter(move |id| !of_it.contains(*id)).map(move |id| format!("{name}: {id}"))
    });
    assert_eq!(missing.collect::<Vec<_>>(), NOT_TAKEN, "steps that no recorded case takes");

    let mut differing = Vec::new();
    for recorded in &recordings {
        let examined = bundle::verify(&recorded.bundle, None, &[]);
        assert_eq!(examined.problems, [""; 0], "{}", recorded.name);
        let stood = std::fs::read_to_string(recorded.file.with_extension("txt")).unwrap();
        let stands = stand::stand(&workflows, recorded, &recordings);
        let lines = stood.lines().zip(stands.lines()).find(|(stood, stands)| stood != stands);
        if stood != stands {
            differing.push(format!("{}: {:#?}", recorded.name, lines));
        }
    }
    assert!(differing.is_empty(), "stood, and would stand now:\n{}", differing.join("\n"));
}
