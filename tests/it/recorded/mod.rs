//! The replay gate: recorded cases, kept in `tests/recorded/` as `samsyn case bundle` writes them, each with its stand: where it
//! stood after each step, what ran there until when, and who could do what. The program as it is now verifies them, replays them
//! to the same stand, and decides every step again as it was decided. There are cases of every final version
//! (`WORKFLOW-VERSION/`), cases that have gone over by every plan to one (`WORKFLOW-FROM-TO/`), and of closing days
//! (`closing-days/`). `wanted` says what they are to show, `stand` is the replay, `making` the recording, `lock` keeps their digests.
//!
//! Compared are states, deadlines, confirmations, texts and own rooms, and what anybody could do who has done nothing in the case. Not
//! recorded is what was refused to those who had (four eyes), or for want of a field, nor what a step did elsewhere: in other cases, as
//! mails. Of the plans each deadline is shown, not each state. The stories, mutants and the model have those.
//!
//! A recording is never changed: what runs in a county was made by an older program, and has to go on. A final version or a plan
//! without recordings fails here; `UPDATE_RECORDED=1 cargo test recorded` makes those of each folder that is not there, out of
//! the stories and of scripts played at random, adds them to the lock, and leaves all others alone. It takes minutes.
//!
//! As long as no case of anybody's runs under a version, it may still be recorded anew: delete each folder whose cases have been
//! under it - its own, of the plans to and from it, of local agreements over it; of `deviation@2` these are `deviation-2`,
//! `deviation-1-2` and `deviation-2+falun-1` - with their lines of `digests.lock`, and run it. What cases of other folders grew out of
//! is recorded with it. Where it went otherwise this time, they fail here by name, and their folders are deleted and recorded anew too.

mod lock;
mod making;
mod stand;
mod wanted;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use samsyn::app::Workflows;
use samsyn::ids::CaseNumber;
use samsyn::workflow::bundle::{self, Bundle};

use crate::support::again::Log;
use crate::support::database::shipped;

/// What no recorded case shows, because nothing that is played comes to it.
const NOT_SHOWN: &[&str] = &[
    "deviation-2: dispute_withdrawn_after_answer",
    "deviation-2: publish_lesson",
    // It needs an assessment of the risk, which no case of version 1 has.
    "deviation-1-2: begin analysis",
];

/// What to do where something is missing.
const MAKE: &str = "UPDATE_RECORDED=1 cargo test recorded makes what is missing";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/recorded")
}

/// A recorded case: its folder and name, such as `5-regional-FALUN-2027-0001`, and the bundle in it.
struct Recorded {
    folder: String,
    name: String,
    bundle: Bundle,
}

impl Recorded {
    fn file(&self, extension: &str) -> PathBuf {
        root().join(&self.folder).join(format!("{}.{extension}", self.name))
    }

    /// The play that it comes from: the cases of one play know each other by number.
    fn play(&self) -> &str {
        self.name.trim_end_matches(self.bundle.case.as_str())
    }
}

/// Another case of the same play.
fn other<'a>(recorded: &Recorded, all: &'a [Recorded], number: &CaseNumber) -> Option<&'a Recorded> {
    all.iter().find(|other| other.bundle.case == *number && other.play() == recorded.play())
}

/// Every recording, by folder and name.
fn recordings() -> Vec<Recorded> {
    let read = |name: String| {
        let (folder, name) = name.strip_suffix(".json")?.split_once('/')?;
        let text = std::fs::read_to_string(root().join(folder).join(format!("{name}.json"))).unwrap();
        let bundle = bundle::read(&text).unwrap_or_else(|error| panic!("{folder}/{name}: {error}"));
        Some(Recorded { folder: folder.to_owned(), name: name.to_owned(), bundle })
    };
    lock::found().into_keys().filter_map(read).collect()
}

/// Cases whose version this program does not have.
fn strangers(workflows: &Workflows, recordings: &[Recorded]) -> Vec<String> {
    let known: BTreeSet<_> = workflows.all().map(|known| &known.digest).collect();
    let is_stranger = |recorded: &&Recorded| {
        Log::bundled(&recorded.bundle).steps().any(|(entry, _)| !known.contains(&entry.definition))
    };
    recordings.iter().filter(is_stranger).map(|recorded| format!("{}/{}", recorded.folder, recorded.name)).collect()
}

/// What is wanted, and shown by no case of its folder.
fn not_shown(workflows: &Workflows, recordings: &[Recorded]) -> Vec<String> {
    let missing = wanted::wanted(workflows).into_iter().flat_map(|wanted| {
        let here = recordings.iter().filter(|recorded| recorded.folder == wanted.folder);
        let shown: BTreeSet<_> = here.flat_map(|recorded| wanted::marks(workflows, recorded, recordings)).collect();
        let missing: Vec<_> =
            wanted.marks.difference(&shown).map(|mark| format!("{}: {mark}", wanted.folder)).collect();
        missing
    });
    missing.collect()
}

/// One test, for what is recorded is read afterwards.
#[test]
fn recorded_cases_of_every_final_version_and_plan_replay_to_where_they_stood() {
    let workflows = shipped();
    if std::env::var_os("UPDATE_RECORDED").is_some() {
        making::record(&workflows);
        lock::lock_new();
    }
    let faults = lock::faults(&lock::locked(), &lock::found());
    assert!(faults.is_empty(), "in tests/recorded:\n{}", faults.join("\n"));
    let without = wanted::wanted(&workflows).into_iter().map(|wanted| wanted.folder);
    let without: Vec<_> = without.filter(|folder| !root().join(folder).exists()).collect();
    assert!(without.is_empty(), "without recorded cases: {without:?}; {MAKE}");
    let recordings = recordings();
    let strangers = strangers(&workflows, &recordings);
    assert!(strangers.is_empty(), "recorded under versions that are no more, see {}: {strangers:#?}", file!());
    assert_eq!(not_shown(&workflows, &recordings), NOT_SHOWN, "not shown by any recorded case; see {}", file!());

    let mut differing = Vec::new();
    for recorded in &recordings {
        let examined = bundle::verify(&recorded.bundle, None, &[]);
        assert_eq!(examined.problems, [""; 0], "{}", recorded.name);
        let stood = std::fs::read_to_string(recorded.file("txt")).unwrap();
        let stand::Stand { text, otherwise } = stand::stand(&workflows, recorded, &recordings);
        differing.extend(otherwise);
        if let Some((stood, stands)) = stood.lines().zip(text.lines()).find(|(stood, stands)| stood != stands) {
            differing.push(format!("{} stood: {stood}\n  and would stand now: {stands}", recorded.name));
        } else if stood != text {
            differing.push(format!("{}: its stand would be longer or shorter now", recorded.name));
        }
    }
    assert!(differing.is_empty(), "{}", differing.join("\n"));
}
