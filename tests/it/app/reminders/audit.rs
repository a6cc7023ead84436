//! The audit finds nothing where all went as planned, and each thing that somebody breaks.

use std::sync::{Arc, Mutex};

use chrono::{Duration, NaiveDate};
use samsyn::app::reminders::{Audit, Finding};
use samsyn::calendar::local_date;
use samsyn::ids::CaseNumber;
use samsyn::jobs::{Work, find};
use samsyn::mail::{Differences, Outgoing, Transport};
use serde_json::json;

use crate::support::binary::Binary;
use crate::support::cases::{RECEIVER, register, take};
use crate::support::database::TestApp;
use crate::support::sql;

const START: &str = "2026-03-02T08:00:00Z";

/// A month in which one deviation waits to be received, one is asked back and goes on by itself; each day swept and sent.
pub struct Month {
    pub test: TestApp,
    sent: Arc<Mutex<Vec<Outgoing>>>,
    pub waiting: CaseNumber,
}

impl Month {
    pub fn new() -> Month {
        let mut month = Month::begun();
        for _ in 0..31 {
            month.pass(Duration::days(1));
        }
        month
    }

    pub fn begun() -> Month {
        let test = TestApp::at(START);
        let waiting = register(&test.app).number;
        let received = take(&test.app, RECEIVER, &register(&test.app), "receive", json!({})).unwrap();
        take(&test.app, RECEIVER, &received, "ask_before_routing", json!({"question": "När?"})).unwrap();
        Month { test, sent: Arc::default(), waiting }
    }

    pub fn pass(&mut self, time: Duration) {
        self.test.clock.advance(time);
        assert_eq!(self.test.app.sweep_deadlines().unwrap().failed, 0);
        assert_eq!(self.test.app.write_digests().unwrap().failed, 0);
        self.test.app.deliver_mail(&self.transport(), &"samsyn@samsyn.example".parse().unwrap()).unwrap();
    }

    fn transport(&self) -> Transport {
        Transport::Memory(self.sent.clone())
    }

    pub fn audit(&self) -> Audit {
        let first = NaiveDate::from_ymd_opt(2026, 3, 2).unwrap();
        self.test.app.audit_reminders(first, local_date(self.test.app.now())).unwrap()
    }

    pub fn differences(&self) -> Differences {
        self.audit().differences()
    }

    pub fn run(&self, statement: &str) {
        assert!(sql::execute(&self.test.app.store, statement).unwrap() > 0, "{statement}");
    }
}

pub const NONE: Differences = Differences { missing: 0, surplus: 0, late: 0, unsent: 0, nobody: 0, not_raised: 0 };

#[test]
fn all_went_as_planned() {
    let month = Month::new();
    let audit = month.audit();
    assert_eq!(audit.differences(), NONE, "{audit:?}");
    assert!((audit.cases, audit.planned > 10) == (2, true), "{audit:?}");
    let later = NaiveDate::from_ymd_opt(2027, 1, 1).unwrap();
    assert_eq!(month.test.app.audit_reminders(later, later).unwrap().planned, 0);
}

#[test]
fn a_reminder_that_was_not_noted_is_missing() {
    let month = Month::new();
    month.run("delete from reminders where deadline = 'receipt' and step = 0");
    let audit = month.audit();
    assert_eq!(audit.differences(), Differences { missing: 1, ..NONE });
    let Finding { case, deadline, step, round, person, .. } = &audit.missing[0];
    assert_eq!((case, deadline.as_str(), *step, *round, person), (&month.waiting, "receipt", 0, 0, &None));
}

#[test]
fn a_sweep_that_forgets_a_deadline_shows_since_the_log_alone_is_asked() {
    let mut month = Month::begun();
    month.run("update deadlines set wake_at = null");
    for _ in 0..31 {
        month.pass(Duration::days(1));
    }
    let differences = month.differences();
    assert!(differences.missing > 10 && differences.not_raised == 1, "{differences:?}");
    assert_eq!(Differences { missing: 0, not_raised: 0, ..differences }, NONE);
}

#[test]
fn a_reminder_that_nobody_planned_is_surplus_and_so_is_one_after_the_end() {
    let month = Month::new();
    let columns = "deadline, generation, step, person_id, planned_at, recorded_at, outbox_id, case_id";
    let first = "from reminders where deadline = 'receipt' and step = 0 and round = 0";
    month.run(&format!("insert into reminders ({columns}, round) select {columns}, 7 {first}"));
    let twice = Differences { surplus: 2, ..NONE };
    assert_eq!(month.differences(), twice, "two people hold the role");
    month.run("update reminders set recorded_at = '2026-03-30 12:00:00' where deadline = 'more_before_routing'");
    assert!(month.differences().surplus > 2, "the deadline had ended by then: {:?}", month.differences());
}

#[test]
fn a_reminder_noted_days_after_its_time_is_late_and_one_after_a_weekend_is_not() {
    let mut month = Month::begun();
    month.pass(Duration::days(3));
    assert_eq!(month.differences(), NONE);
    month.run("update reminders set planned_at = planned_at, recorded_at = '2026-03-09 06:59:00'");
    assert_eq!(month.differences(), Differences { late: 2, ..NONE }, "due on a Thursday, noted on Monday");
    month.run("update reminders set recorded_at = '2026-03-06 06:59:00'");
    assert_eq!(month.differences(), NONE, "due on a Thursday, noted on Friday");
}

#[test]
fn after_a_stop_what_is_made_up_for_is_late_and_nothing_is_missing() {
    let mut month = Month::begun();
    month.pass(Duration::days(31));
    let differences = month.differences();
    assert!(differences.late > 3, "{differences:?}");
    assert_eq!(Differences { late: 0, ..differences }, NONE);
}

#[test]
fn mails_that_were_given_up_or_wait_too_long_are_unsent() {
    let month = Month::new();
    let one = "where id = (select min(outbox_id) from reminders)";
    month.run(&format!("update outbox set status = 'failed', sent_at = null {one}"));
    assert_eq!(month.differences(), Differences { unsent: 1, ..NONE });
    month.run(&format!("update outbox set status = 'pending' {one}"));
    assert_eq!(month.differences(), Differences { unsent: 1, ..NONE });
}

#[test]
fn a_role_that_nobody_holds_is_named() {
    let mut month = Month::begun();
    month.run("update memberships set valid_until = '2026-03-03' where role = 'management'");
    for _ in 0..14 {
        month.pass(Duration::days(1));
    }
    let audit = month.audit();
    assert_eq!(Differences { nobody: 0, ..audit.differences() }, NONE);
    assert!(audit.nobody.iter().any(|finding| finding.deadline == "receipt" && finding.person.is_none()), "{audit:?}");
}

#[test]
fn whoever_acts_before_a_reminder_is_due_makes_it_none() {
    let mut month = Month::begun();
    month.pass(Duration::days(1));
    let done = register(&month.test.app);
    month.pass(Duration::hours(1));
    take(&month.test.app, RECEIVER, &done, "receive", json!({})).unwrap();
    (0..5).for_each(|_| month.pass(Duration::days(1)));
    assert_eq!(month.differences(), NONE);
}

#[test]
fn the_command_fails_where_something_is_missing() {
    let month = Month::new();
    let binary = Binary::on(&month.test.database);
    let days = ["reminders", "audit", "--from", "2026-03-02", "--to", "2026-04-02"];
    let told = binary.printed(&days);
    assert!(told.contains("2 cases") && told.contains("0 missing"), "{told}");
    month.run("delete from reminders where deadline = 'receipt' and step = 0");
    let ran = binary.run(&days);
    assert_eq!(ran.code, Some(1));
    assert!(ran.out.starts_with(&format!("missing: {} receipt run 1 step 1 round 1, due 2026-03-05", month.waiting)));
    let json = binary.run(&[&days[..], &["--json"]].concat());
    let found: serde_json::Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!((json.code, &found["missing"][0]["deadline"]), (Some(1), &json!("receipt")));
    let backwards = binary.refused(&["reminders", "audit", "--from", "2026-03-02", "--to", "2026-03-01"]);
    assert!(backwards.contains("lies before"), "{backwards}");
}

#[test]
fn the_nightly_job_tells_the_operator_counts_and_nothing_else() {
    let mut month = Month::begun();
    for _ in 0..14 {
        month.pass(Duration::days(1));
    }
    let operator = Some("Drift <drift@samsyn.example>".parse().unwrap());
    let from = "samsyn@samsyn.example".parse().unwrap();
    let work = Work { app: month.test.app.clone(), transport: month.transport(), from, bounces: None, operator };
    let job = find("reminders_audit").unwrap();
    month.sent.lock().unwrap().clear();
    assert!((job.run)(&work).is_ok() && month.sent.lock().unwrap().is_empty());
    assert_eq!(month.test.app.last_audit().unwrap(), Some(NONE));
    month.run("delete from reminders where deadline = 'receipt' and step = 1");
    let failed = (job.run)(&work).unwrap_err().to_string();
    assert!(failed.contains("1 missing"), "{failed}");
    assert_eq!(month.test.app.last_audit().unwrap(), Some(Differences { missing: 1, ..NONE }));
    let sent = month.sent.lock().unwrap();
    let mail = &sent[0];
    assert_eq!((sent.len(), mail.to_address.as_str()), (1, "drift@samsyn.example"));
    let rendered = &mail.rendered;
    assert!(rendered.text.contains("Missing: 1") && rendered.html.contains("<dt>Missing</dt><dd>1</dd>"));
    let whole = format!("{}{}{}", rendered.subject, rendered.text, rendered.html);
    assert!(!whole.contains("FALUN-") && !whole.contains("receipt") && !whole.contains('@'), "{whole}");
}
