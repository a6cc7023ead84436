//! The whole application against a model of it: scripts of commands by anybody in any order, of time that passes, of roles that
//! end, absences, closing days, documents, drafts, removals, duplicates, stale revisions, versions with what is agreed locally over
//! them, and migrations, with the promises that must hold whatever happens.
//!
//! `script` is what happens, as numbers, so that a failure shrinks to the shortest script that still fails; `run` plays it and
//! judges each answer, and drives cases on purpose to where chance seldom brings them; `book` is the model, and judges what each
//! move left behind. What is asked after each move:
//!
//! - one command is one step, one revision and one log row, in the case that it is about and those that it grew out of; no log
//!   grows, no revision and no state changes elsewhere; a step comes from whom the move lets it come from; history is never changed;
//! - what is refused leaves the whole database as it was, byte for byte, and so does a stale revision, a command that
//!   arrives again, a second removal, a second sweep, and a dry run the cases;
//! - what somebody is told that she can do she can, and what not is refused, for the reasons that she is told;
//! - the engine decides each step again, out of the log alone, as it was decided; the stored case is the fold of its log, and
//!   the index of deadlines what runs in it; what has ended takes no step, and nothing runs in it;
//! - whatever is due is done by a sweep, nothing is reminded of that was never planned, and the audit finds as much;
//! - each reminder is for those who have the role by the test's own book of roles, absences and who is disabled
//!   (`support::people`; only whose move a case is comes from the engine, `workflow::turn`), nobody is missing and nobody too many;
//!   each has its mail or waits for her digest; a mail leaves in office hours, once, to nobody who may not know of the case that day
//!   (`support::judge`, which judges `jobs::year` too); at the end all have left;
//! - to whoever may know of a case no more, because a role has ended, it is as if it were not;
//! - a document is its side's where it lies in that side's room, no body's that no step has brought it to, and nobody's once it was
//!   removed; a draft is its writer's, and gone when it is sent;
//! - what happened before it was recorded counts from its own day, which is none before the case came to its state;
//! - a case with Falun goes by what Falun has agreed locally, from when that is in force, and no other does;
//! - extensions and pauses keep to the file's limits; what a dry run of a migration foresaw comes;
//! - at the end each case is in every table what its log says, whether or not anything came of it lately.
//!
//! `times` has the properties that compare several runs, `postgres` that of both databases. Elsewhere: killed at any statement
//! (`crate::crash`), N instances and a failing mail server (`jobs::year`, `jobs::two_instances`), two commands at once
//! (`store::threads`), enabled and decide for every actor at once (`workflow::random`), what a rest leaves of the time
//! (`crate::calendar`), digests and key order (`workflow::digest`). What nobody plays here: forms held for whoever must sign in again
//! (`web`), mails that come back (`app::bounces`), an agreement that ends (`app::versions`).
//!
//! `SAMSYN_SCRIPTS=500 cargo test model::` plays more, `SAMSYN_SEED` others; `.ci/run` plays sixty. A generator that no longer
//! comes where it must (`NEEDED`, and of many scripts `RARE`) fails.

mod book;
mod postgres;
mod run;
mod script;
mod times;

use std::cell::RefCell;
use std::collections::BTreeMap;

use proptest::test_runner::{Config, RngAlgorithm, TestError, TestRng, TestRunner};

use samsyn::ids::IdSource;

use self::run::Run;
use self::script::{Move, scripts};
use crate::support::database::{Database, TestApp};
use crate::support::values::roll;

/// How many scripts are played, unless `SAMSYN_SCRIPTS` says otherwise.
const SCRIPTS: u32 = 10;
/// How many moves `wander` makes.
const WANDERS: usize = 160;
/// What the scripts are no good without.
const NEEDED: &[&str] = &[
    "again",
    "attached",
    "attached for ourselves",
    "away",
    "closed",
    "dated back",
    "digest chosen",
    "draft sent",
    "extended",
    "invalid",
    "knows nothing",
    "local-dispute: council",
    "local-dispute: network_reply",
    "local-dispute: settled",
    "local-dispute: steering",
    "local-dispute: unresolved",
    "migration ok",
    "noted",
    "paused",
    "put_to_parties",
    "ran out",
    "recommend",
    "refused",
    "regional-dispute: council",
    "regional-dispute: network",
    "reminded",
    "removed",
    "resumed",
    "role ended",
    "sent",
    "stale",
    "unknown",
    "withdrawn",
];
/// And what many scripts are no good without: less than one in five comes there.
const RARE: &[&str] = &[
    "digests",
    "disabled",
    "document carried on",
    "document removed",
    "local-dispute: in_court",
    "kept back",
    "migration undecided",
    "open locally",
    "opened again",
    "redirect",
    "regional-dispute: settled",
    "role given",
];
/// How many are many.
const MANY: u32 = 50;

fn number(variable: &str) -> Option<u32> {
    std::env::var(variable).ok().map(|text| text.parse().unwrap())
}

/// Plays scripts, the same ones each time; of one that fails the shortest that still does is told.
fn each_script(count: u32, play: impl Fn(&[Move])) {
    let mut seed = [0; 32];
    seed[..4].copy_from_slice(&number("SAMSYN_SEED").unwrap_or(1).to_le_bytes());
    let config = Config {
        cases: count,
        failure_persistence: None,
        max_shrink_iters: number("SAMSYN_SHRINK").unwrap_or(150),
        ..Config::default()
    };
    let mut runner = TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &seed));
    let outcome = runner.run(&scripts(), |script| {
        play(&script);
        Ok(())
    });
    if let Err(TestError::Fail(why, script)) = outcome {
        panic!("{why}\n{script:#?}");
    }
}

/// Plays a few cases of the second versions far, by the dice of a seed. Nothing happens in them that the log of a case alone does
/// not tell: no day is closed, no text removed.
pub fn wander(seed: u64) -> TestApp {
    let dice = IdSource::seeded(seed);
    let (byte, word) = (|| dice.bytes::<1>()[0], || u16::from_le_bytes(dice.bytes()));
    let mut run = Run::begin(Database::new());
    (0..2).for_each(|which| run.make(&Move::Publish { which }));
    for turn in 0..WANDERS {
        let one = match (turn % 40, roll(&dice, 6)) {
            (0 | 1, _) => Move::Open { kind: [0, 2][roll(&dice, 2)], who: byte(), dice: word() },
            (_, 0) => Move::Wait { hours: word() % 120, down: false },
            _ => Move::Take { case: byte(), who: byte(), which: byte(), dice: word() },
        };
        run.make(&one);
    }
    run.test
}

#[test]
fn whatever_happens_every_promise_is_kept() {
    let did: RefCell<BTreeMap<String, usize>> = RefCell::default();
    let scripts = number("SAMSYN_SCRIPTS").unwrap_or(SCRIPTS);
    each_script(scripts, |script| {
        let mut run = Run::begin(Database::new());
        run.play(script);
        let mut did = did.borrow_mut();
        run.did.iter().for_each(|(what, times)| *did.entry(what.clone()).or_default() += times);
        *did.entry("decided again".to_owned()).or_default() += run.book.again;
        *did.entry("dated back".to_owned()).or_default() += run.book.dated_back;
        *did.entry("not decided again".to_owned()).or_default() += run.book.skipped;
    });
    let did = did.into_inner();
    println!("{did:#?}");
    let needed = NEEDED.iter().chain(RARE.iter().filter(|_| scripts >= MANY));
    let never: Vec<_> = needed.filter(|what| did.get(**what).is_none_or(|times| *times == 0)).collect();
    assert_eq!(never, [&""; 0], "never happened");
}
