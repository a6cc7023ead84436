//! Deadlines at work: what a sweep does while people act, and after a stop.

use std::thread;

use samsyn::app::cases::Done;
use serde_json::json;

use crate::support::cases::{RECEIVER, mails_about, received, take};
use crate::support::database::TestApp;

#[test]
fn a_deadline_that_begins_anew_during_a_sweep_wakes_again() {
    let test = TestApp::at("2026-03-02T08:00:00Z");
    let app = &test.app;
    let in_group = |meeting: &str| -> Done {
        let raised = json!({"grounds": "En gråzon.", "group_on": meeting});
        take(app, RECEIVER, &received(app), "raise_to_group", raised).unwrap()
    };
    // Enough to do before the last, so that the sweep is still at it when the meeting is moved.
    let (others, last) = ((0..40).map(|_| in_group("2026-03-12")).collect::<Vec<_>>(), in_group("2026-03-13"));
    test.clock.set("2026-03-11T08:00:00Z".parse().unwrap());
    let mails = |done: &Done| mails_about(app, done, "Samverkansgruppens möte").len();
    thread::scope(|scope| {
        let sweep = scope.spawn(|| app.sweep_deadlines().unwrap());
        while mails(&others[0]) == 0 && !sweep.is_finished() {
            thread::yield_now();
        }
        take(app, RECEIVER, &last, "set_group_meeting", json!({"group_on": "2026-06-10"})).unwrap();
        sweep.join().unwrap();
    });
    let before = mails(&last);
    test.clock.set("2026-06-05T08:00:00Z".parse().unwrap());
    app.sweep_deadlines().unwrap();
    assert!(mails(&last) > before, "a reminder three working days before the meeting as it was moved");
}
