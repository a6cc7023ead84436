//! Cases out of which others grow.

use std::thread;

use samsyn::app::AppError;
use serde_json::json;

use crate::support::cases::{FALUN, RECEIVER, REGION, actor, raised, received, take};
use crate::support::database::TestApp;

#[test]
fn of_two_disputes_out_of_the_same_cases_one_is_opened_and_the_other_told_why_not() {
    let test = TestApp::at("2026-03-02T08:00:00Z");
    let app = &test.app;
    for _ in 0..10 {
        let (one, other) = (received(app), received(app));
        let (ours, theirs) = (raised("region-dalarna", &[&one, &other]), raised("falun", &[&other, &one]));
        let outcomes = thread::scope(|scope| {
            let ours = scope.spawn(|| app.register(&actor(app, FALUN), &ours, None));
            let theirs = scope.spawn(|| app.register(&actor(app, REGION), &theirs, None));
            [ours.join().unwrap(), theirs.join().unwrap()]
        });
        let told = |outcome: &&Result<_, AppError>| matches!(outcome, Err(AppError::Rejected(_)));
        assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1, "{outcomes:?}");
        assert_eq!(outcomes.iter().filter(told).count(), 1, "{outcomes:?}");
    }
}

#[test]
fn a_deviation_is_told_what_its_dispute_ended_with() {
    let test = TestApp::at("2026-03-02T08:00:00Z");
    let deviation = received(&test.app);
    let falun = actor(&test.app, FALUN);
    let dispute = test.app.register(&falun, &raised("region-dalarna", &[&deviation]), None).unwrap();
    take(&test.app, FALUN, &dispute, "withdraw", json!({"grounds": "Vi är överens."})).unwrap();
    let timeline = test.app.timeline(&actor(&test.app, RECEIVER), &deviation.number).unwrap();
    let ended = timeline.iter().find(|entry| entry.transition.as_deref() == Some("dispute_ended")).unwrap();
    let by = ended.by.clone().unwrap();
    assert_eq!((by.case, by.outcome.as_deref()), (Some(dispute.number), Some("Återkallad")));
}
