//! One durable step beside a bare program that writes the same rows; and `decide` alone beside the durable step.

use std::io::Write;
use std::time::{Duration, Instant};

use samsyn::app::App;
use samsyn::app::cases::{CommandKey, StepCommand};
use samsyn::authz::{Actor, PrincipalKind};
use samsyn::ids::{Digest, IdSource, PrincipalId};
use samsyn::store::{Store, cases};
use samsyn::workflow::context::{Acting, Context, Organisation};
use samsyn::workflow::engine::{self, Command, Happened};
use serde_json::json;

use crate::bare::Bare;
use crate::scene::{Dispute, Scene, take};

const ROUNDS: usize = 7;
const STEPS: u32 = 150;
const TEXT: &str = "Vi står fast vid att kostnaden följer ansvaret enligt punkt 4.2, och föreslår att beloppet delas.";

pub fn measure(scene: &Scene) {
    let threads = if scene.is_postgres() { 8 } else { 1 };
    let mut disputes: Vec<_> = (0..threads).map(|_| scene.dispute()).collect();
    let actor = scene.manager();
    let mut bares: Vec<_> =
        disputes.iter().map(|dispute| Bare::open(&scene.url, &scene.app.store, &dispute.number, TEXT)).collect();
    let mut ratios = Vec::new();
    let mut step_time = Duration::MAX;
    for _ in 0..ROUNDS {
        let ours = side_by_side(&mut disputes, |dispute| steps(&scene.app, &actor, dispute));
        let bare = side_by_side(&mut bares, |bare| (0..STEPS).for_each(|_| bare.step()));
        step_time = step_time.min(ours / STEPS);
        ratios.push(bare.as_secs_f64() / ours.as_secs_f64());
    }
    let decide = decide_alone(scene, &actor, &disputes[0]);
    println!(
        "  one step takes {step_time:?}; to write 4 KiB to this disk and wait until they are there, {:?}",
        fsync()
    );
    println!("one durable step: {} of the bare program's rate ({threads} at a time)", middle(&mut ratios));
    println!("decide alone: {:.4} of a durable step", decide.as_secs_f64() / step_time.as_secs_f64());
}

/// What the disk alone asks of a durable step, so that a reader of the ratio knows how much of it is ours.
fn fsync() -> Duration {
    let mut file = tempfile::tempfile().unwrap();
    let begun = Instant::now();
    for _ in 0..STEPS {
        file.write_all(&[7; 4096]).unwrap();
        file.sync_data().unwrap();
    }
    begun.elapsed() / STEPS
}

/// Runs each item on a thread of its own; the time until the last is done.
fn side_by_side<T: Send>(items: &mut [T], work: impl Fn(&mut T) + Sync) -> Duration {
    let begun = Instant::now();
    std::thread::scope(|scope| {
        for item in items {
            scope.spawn(|| work(item));
        }
    });
    begun.elapsed()
}

pub fn steps(app: &App, actor: &Actor, dispute: &mut Dispute) {
    for _ in 0..STEPS {
        let what = take("revise_position", json!({ "position": TEXT }));
        let command = StepCommand { number: dispute.number.clone(), revision: dispute.revision, what };
        let key = CommandKey { key: IdSource::random().secret(), request: Digest(String::new()) };
        dispute.revision = app.take_step(actor, &command, Some(&key)).unwrap().revision;
    }
}

fn decide_alone(scene: &Scene, actor: &Actor, dispute: &Dispute) -> Duration {
    let stored = case_of(&scene.app.store, dispute);
    let known = scene.app.workflows.version("local-dispute", 1).unwrap();
    let kinds = [("region-dalarna", PrincipalKind::Region), ("falun", PrincipalKind::Municipality)];
    let organisation = Organisation {
        principals: kinds.map(|(id, kind)| (PrincipalId::from(id), kind)).into(),
        units: Default::default(),
    };
    let context = Context {
        now: scene.app.now(),
        acting: Acting::Person(actor),
        organisation: &organisation,
        calendar: &scene.app.calendar,
        agreements: &Default::default(),
        cases: &Default::default(),
        documents: &Default::default(),
        seed: [7; 32],
    };
    let given = json!({ "position": TEXT }).as_object().unwrap().clone();
    let command = Command { transition: "revise_position", happened: Happened::Now, given: &given };
    let begun = Instant::now();
    let times = 2_000;
    for _ in 0..times {
        std::hint::black_box(engine::decide(&known.definition, &context, &stored.case, &command).unwrap());
    }
    begun.elapsed() / times
}

fn case_of(store: &Store, dispute: &Dispute) -> cases::StoredCase {
    store.read(|db| Ok::<_, samsyn::store::StoreError>(cases::by_number(db, &dispute.number)?.unwrap())).unwrap()
}

/// The median, with the least and the most.
pub fn middle(ratios: &mut [f64]) -> String {
    ratios.sort_by(f64::total_cmp);
    format!("{:.2} ({:.2} to {:.2})", ratios[ratios.len() / 2], ratios[0], ratios[ratios.len() - 1])
}
