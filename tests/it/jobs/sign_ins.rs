//! What sign-ins leave behind is forgotten in time.

use chrono::Duration;
use samsyn::ids::PersonId;
use samsyn::jobs::{Counts, find};

use super::scheduler::work;
use crate::support::database::TestApp;
use crate::support::sql;

const PASSWORD: &str = "korp trappa nysilver";

fn run(test: &TestApp) -> Vec<u64> {
    let counts: Counts = (find("sign_ins").unwrap().run)(&work(&test.app)).unwrap();
    counts.into_iter().map(|(_, count)| count).collect()
}

#[test]
fn sessions_that_are_over_old_failures_and_an_old_record_are_forgotten() {
    let test = TestApp::at("2026-03-02T08:00:00Z");
    test.app.create_account(&PersonId::from("mas-falun"), "mas.falun", PASSWORD).unwrap();
    let sign_in = || test.app.sign_in("mas.falun", PASSWORD, None).unwrap();
    let (ended, left, kept) = (sign_in(), sign_in(), sign_in());
    assert!(test.app.sign_in("nobody", PASSWORD, None).is_err());
    test.app.sign_out(&ended.secret).unwrap();
    assert_eq!(run(&test), [0, 1, 0, 0, 0]);
    test.clock.advance(Duration::minutes(59));
    assert!(test.app.session(&kept.secret).unwrap().is_some());
    test.clock.advance(Duration::minutes(1));
    assert!(test.app.session(&left.secret).unwrap().is_none());
    assert_eq!(run(&test), [0, 1, 0, 0, 0]);
    assert!(test.app.session(&kept.secret).unwrap().is_some());
    test.clock.advance(Duration::days(1));
    assert_eq!(run(&test), [0, 1, 1, 0, 0]);
    assert_eq!(run(&test), [0, 0, 0, 0, 0], "twice changes nothing");
    sign_in();
    test.clock.advance(Duration::days(365));
    assert_eq!(run(&test), [0, 1, 0, 5, 0]);
    let left = sql::lines(&test.app.store, "select outcome as line from sign_ins");
    assert_eq!(left, ["ok"], "of a day later");
}
