//! Cases out of which others grow.

use std::thread;

use samsyn::app::AppError;
use serde_json::json;

use crate::support::cases::{FALUN, RECEIVER, REGION, actor, raised, received, take};
use crate::support::database::TestApp;
use crate::support::sql;

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
    // Nobody was sent away to begin again: both hold the cases in one order.
    if sql::is_postgres(&app.store) {
        let counted = "select cast(deadlocks as text) as line from pg_stat_database where datname = current_database()";
        sql::lines(&app.store, "select cast(pg_stat_clear_snapshot() as text) as line");
        assert_eq!(sql::lines(&app.store, counted), ["0"]);
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
    let ended = timeline.iter().find(|entry| entry.transition.as_deref() == Some("dispute_withdrawn")).unwrap();
    let by = ended.by.clone().unwrap();
    assert_eq!((by.case, by.outcome.as_deref()), (Some(dispute.number), Some("Återkallad")));
}

/// A3: what nobody has investigated is not answered by a dispute that was taken back; an answer given before it stands.
#[test]
fn a_withdrawn_dispute_leaves_the_deviation_to_be_investigated_unless_it_was_answered_before() {
    let test = TestApp::at("2026-03-02T08:00:00Z");
    let (fresh, answered) = (received(&test.app), received(&test.app));
    let given = json!({
        "cause": "Rutinen fattas.", "changes_needed": ["routines"], "measures_taken": "En rutin är skriven.",
        "consequences": "Inga kända.",
    });
    let answered = take(&test.app, RECEIVER, &answered, "answer", given).unwrap();
    let falun = actor(&test.app, FALUN);
    let dispute = test.app.register(&falun, &raised("region-dalarna", &[&fresh, &answered]), None).unwrap();
    take(&test.app, FALUN, &dispute, "withdraw", json!({"grounds": "Vi är överens."})).unwrap();
    let state = |number| test.app.case(&actor(&test.app, RECEIVER), number).unwrap().state.id;
    assert_eq!(state(&fresh.number), "received");
    assert_eq!(state(&answered.number), "answered");
}
