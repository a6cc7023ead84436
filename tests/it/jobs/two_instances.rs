//! Two `serve` processes on one PostgreSQL share the work; one of them is killed while it is at it. Nothing is lost, and
//! nothing is sent twice but what was on its way at the kill.
//!
//! The processes go by the real clock. So the reminders are made due by writing their deadlines a hundred days ago, mails may
//! leave at any hour, and all are let go at once by setting from when. What the killed process had claimed
//! is its own for some minutes: the test's clock, moved ahead, waits for that.

use std::collections::{BTreeMap, BTreeSet};
use std::thread;
use std::time::{Duration, Instant};

use samsyn::app::App;
use samsyn::calendar::OfficeHours;
use samsyn::clock::{Clock, SystemClock};
use samsyn::mail::Transport;

use crate::support::binary::Binary;
use crate::support::cases::register;
use crate::support::database::TestApp;
use crate::support::smtp::{Mail, SmtpListener};
use crate::support::sql;

/// How many cases wait. Each has some thirty reminders due, which leave as a mail to each of a dozen people.
const CASES: usize = 700;
/// So many reminders are due of them at least.
const DUE: usize = 20_000;
/// Who does the mails, or did them last.
const HOLDER: &str = "select holder as line from leases where name = 'mail'";
/// How long any part of the work is waited for before the test is taken for failed.
const PATIENCE: Duration = Duration::from_secs(240);

/// A deviation that waits to be received since long ago, so many times.
fn waiting(cases: usize) -> TestApp {
    let start = SystemClock.now() + chrono::Duration::days(-100);
    let test = TestApp::at(&start.to_string());
    let one = register(&test.app).number;
    let copies = format!("generate_series(1, {}) as copy", cases - 1);
    let case = format!("from cases, {copies} where number = '{one}'");
    tamper(
        &test,
        &format!(
            "insert into cases (id, number, workflow, version, definition, state, outcome, revision, category, urgent,
               opened_at, since, snapshot)
             select 'copy' || copy, 'COPY-' || copy, workflow, version, definition, state, outcome, revision, category,
               urgent, opened_at, since, snapshot {case}"
        ),
    );
    tamper(
        &test,
        &format!(
            "insert into deadlines (case_id, name, generation, due, runs_out, wake_at)
             select 'copy' || copy, name, deadlines.generation, due, runs_out, wake_at
             from deadlines join cases on cases.id = case_id, {copies} where number = '{one}'"
        ),
    );
    // Without a sight nobody would be written to: a mail is kept from whoever may not know of its case.
    tamper(
        &test,
        &format!(
            "insert into visibility (case_id, room, reader, from_entry, until_entry)
             select 'copy' || copy, room, reader, from_entry, until_entry
             from visibility join cases on cases.id = case_id, {copies} where number = '{one}'"
        ),
    );
    test
}

fn tamper(test: &TestApp, statement: &str) {
    sql::tamper(&test.app.store, statement);
}

fn count(test: &TestApp, of: &str) -> usize {
    sql::lines(&test.app.store, &format!("select cast(count(*) as text) as line from {of}"))[0].parse().unwrap()
}

/// Waits until something is so.
fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !holds() {
        assert!(begun.elapsed() < PATIENCE, "waited in vain: {what}");
        thread::sleep(Duration::from_millis(50));
    }
    println!("{what}: after {:.1} s", begun.elapsed().as_secs_f64());
}

/// How often each row's mail arrived.
fn arrivals(mails: &[Mail]) -> BTreeMap<String, usize> {
    let mut arrivals = BTreeMap::new();
    for mail in mails {
        let line = mail.data.lines().find_map(|line| line.strip_prefix("Message-ID: <")).unwrap();
        *arrivals.entry(line.split('@').next().unwrap().to_owned()).or_default() += 1;
    }
    arrivals
}

#[test]
#[ignore = "needs PostgreSQL"]
fn on_postgres_one_of_two_instances_is_killed_and_each_mail_arrives() {
    let mut test = waiting(CASES);
    test.app.hours = OfficeHours::Always;
    assert!(test.database.is_postgres(), "run it with .ci/postgres");
    let smtp = SmtpListener::start();
    let url = format!("smtp://127.0.0.1:{}?tls=none", smtp.port());
    let binary = Binary::on(&test.database)
        .set("SAMSYN_SMTP_URL", &url)
        .set("SAMSYN_LOG", "warn")
        .set("SAMSYN_OFFICE_HOURS", "always");
    let mut served = vec![binary.serve(&[])];
    until("the first looks for mails", || count(&test, "leases where name = 'mail'") == 1);
    let of_first = sql::lines(&test.app.store, HOLDER);
    served.push(binary.serve(&[]));
    until("all reminders are planned", || count(&test, "deadlines where wake_at < (now() at time zone 'utc')") == 0);
    let (ledger, written) = (count(&test, "reminders"), count(&test, "outbox"));
    until("a quarter has arrived", || smtp.count() > written / 4);
    let sender = if sql::lines(&test.app.store, HOLDER) == of_first { 0 } else { 1 };
    served[sender].kill();
    // Nobody else claims anything before its lease is out.
    let claimed = "select id as line from outbox where status = 'pending' and leased_until is not null";
    let under_way: BTreeSet<_> = sql::lines(&test.app.store, claimed).into_iter().collect();
    let sent = smtp.count();
    assert!(sent < written, "it was not killed midway: {sent} of {written} had arrived");
    // The other is done with all that it may do: it is killed too, when the test ends.
    until("all but what the killed one had claimed is sent", || {
        count(&test, "outbox where status = 'pending'") <= under_way.len()
    });
    drop(served);
    test.clock.set(SystemClock.now() + chrono::Duration::days(1));
    let transport = Transport::smtp(&url.parse().unwrap(), Duration::from_secs(30));
    let at_any_time = App { hours: "always".parse().unwrap(), ..test.app.clone() };
    at_any_time.deliver_mail(&transport, &"samsyn@samsyn.example".parse().unwrap()).unwrap();

    let arrivals = arrivals(&smtp.mails());
    let rows: BTreeSet<_> = sql::lines(&test.app.store, "select id as line from outbox").into_iter().collect();
    assert_eq!(arrivals.keys().cloned().collect::<BTreeSet<_>>(), rows, "each row, under its own Message-ID");
    let again: Vec<_> = arrivals.iter().filter(|(_, times)| **times > 1).collect();
    println!("{ledger} reminders, {written} mails, {} of them arrived again", again.len());
    assert!(again.iter().all(|(id, _)| under_way.contains(*id)), "{again:?} of {under_way:?}");
    assert_eq!(count(&test, "outbox where status <> 'sent'"), 0);
    let keys = "(select distinct case_id, deadline, generation, step, round, person_id from reminders) as keys";
    assert!(count(&test, keys) == ledger && ledger >= DUE, "{ledger}");
}
