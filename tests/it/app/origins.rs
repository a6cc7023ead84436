//! Cases out of which others grow.

use std::thread;

use samsyn::app::AppError;

use crate::support::cases::{FALUN, REGION, actor, raised, received};
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
