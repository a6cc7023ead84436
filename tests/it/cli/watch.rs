//! What whoever runs the program sees of it: metrics, health, and which log lines belong together.

use std::fs::{self, File};
use std::process::Command;

use samsyn::meters;
use samsyn::web::metrics_text;
use serde_json::Value;

use crate::support::binary::{Binary, Served};
use crate::support::cases::register;
use crate::support::database::{Database, TestApp};
use crate::support::smtp::SmtpListener;
use crate::support::sql;

/// The value of a metric, with its labels as they stand.
fn value(text: &str, metric: &str) -> Option<f64> {
    let line = text.lines().find_map(|line| line.strip_prefix(metric)?.strip_prefix(' '));
    line.map(|number| number.parse().unwrap_or_else(|_| panic!("{metric}: {number}")))
}

#[test]
fn the_metrics_say_what_is_due_what_waits_and_who_holds_what() {
    let test = TestApp::at("2026-03-02T08:00:00Z");
    register(&test.app);
    let text = || metrics_text(&test.app.watched().unwrap());
    let now = text();
    assert_eq!(value(&now, "samsyn_reminders_due"), Some(0.0), "{now}");
    assert_eq!(value(&now, "samsyn_outbox_mails{status=\"waiting\"}"), Some(2.0), "{now}");
    assert!(!now.contains("samsyn_audit_differences"), "there was no audit yet: {now}");
    test.clock.advance(chrono::Duration::days(7));
    let later = text();
    assert_eq!(value(&later, "samsyn_reminders_due"), Some(1.0), "{later}");
    assert_eq!(value(&later, "samsyn_outbox_oldest_seconds"), Some(7.0 * 86_400.0), "{later}");
    let before = meters::LATENESS.totals();
    test.app.sweep_deadlines().unwrap();
    let lease = "insert into leases (name, holder, until) values ('mail', 'one', '2026-03-10 00:00:00')";
    sql::execute(&test.app.store, lease).unwrap();
    test.app.keep_audit(&samsyn::mail::Differences { missing: 3, ..Default::default() }).unwrap();
    let done = text();
    assert_eq!(value(&done, "samsyn_reminders_due"), Some(0.0), "{done}");
    assert!(meters::LATENESS.totals() > before);
    assert!(value(&done, "samsyn_job_lease_until_seconds{job=\"mail\",holder=\"one\"}").is_some(), "{done}");
    assert_eq!(value(&done, "samsyn_audit_differences{kind=\"missing\"}"), Some(3.0), "{done}");
}

#[test]
fn every_line_of_the_metrics_is_one_that_prometheus_reads() {
    let test = TestApp::at("2026-03-02T08:00:00Z");
    let text = metrics_text(&test.app.watched().unwrap());
    let mut known = "";
    for line in text.lines() {
        if let Some(head) = line.strip_prefix("# TYPE ") {
            known = head.split(' ').next().unwrap();
        } else if !line.starts_with("# HELP ") {
            let (name, number) = line.rsplit_once(' ').unwrap();
            assert!(name.starts_with(known) && number.parse::<f64>().is_ok(), "{line}");
        }
    }
    let buckets: Vec<f64> = text
        .lines()
        .filter_map(|line| line.strip_prefix("samsyn_reminder_lateness_seconds_bucket"))
        .map(|line| line.rsplit_once(' ').unwrap().1.parse().unwrap())
        .collect();
    assert!(buckets.len() == meters::BOUNDS.len() + 1 && buckets.is_sorted(), "{buckets:?}");
}

/// A server that answers metrics too, and where.
fn watched(database: &Database) -> (Served, String) {
    let binary = Binary::on(database).set("SAMSYN_METRICS_ADDRESS", "127.0.0.1:0");
    let log = database.folder().join("log");
    let served = binary.serve_logging(&["--no-jobs"], File::create(&log).unwrap());
    let said = fs::read_to_string(&log).unwrap();
    let url = said.lines().find_map(|line| line.strip_prefix("metrics on ")).unwrap();
    (served, url.to_owned())
}

fn status(url: &str) -> u16 {
    match ureq::get(url).call() {
        Ok(answer) => answer.status().as_u16(),
        Err(ureq::Error::StatusCode(status)) => status,
        Err(error) => panic!("{url}: {error}"),
    }
}

#[test]
fn metrics_have_an_address_of_their_own_and_health_holds_nothing() {
    let database = Database::new();
    let (served, metrics) = watched(&database);
    let text = ureq::get(&metrics).call().unwrap().body_mut().read_to_string().unwrap();
    assert_eq!(value(&text, "samsyn_reminders_due"), Some(0.0), "{text}");
    assert!(value(&text, "samsyn_http_requests_total{class=\"2xx\"}").is_some(), "{text}");
    assert_eq!(status(&format!("{}/metrics", served.url)), 404, "not where the pages are");
    assert_eq!(status(&metrics.replace("/metrics", "/api/openapi.json")), 404, "nothing else is here");
    for path in ["healthz", "readyz"] {
        let mut answer = ureq::get(format!("{}/{path}", served.url)).call().unwrap();
        assert_eq!((answer.status().as_u16(), answer.body_mut().read_to_string().unwrap().as_str()), (200, ""));
    }
}

#[test]
fn a_database_that_is_older_than_the_program_is_not_ready() {
    let test = TestApp::at("2026-03-02T08:00:00Z");
    assert!(test.app.is_ready());
    let last = "(select max(version) from __diesel_schema_migrations)";
    sql::execute(&test.app.store, &format!("delete from __diesel_schema_migrations where version = {last}")).unwrap();
    assert!(!test.app.is_ready());
}

/// The lines that the program logged as JSON.
fn logged(file: &std::path::Path) -> Vec<Value> {
    let text = fs::read_to_string(file).unwrap();
    text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
}

#[test]
fn requests_and_runs_of_jobs_have_an_id_in_every_line_about_them() {
    let test = TestApp::at("2026-01-05T08:00:00Z");
    register(&test.app);
    let smtp = SmtpListener::start();
    let url = format!("smtp://127.0.0.1:{}?tls=none", smtp.port());
    let binary = Binary::on(&test.database).set("SAMSYN_SMTP_URL", &url).set("SAMSYN_LOG_FORMAT", "json");
    let log = test.database.folder().join("log");
    let mut served = binary.serve_logging(&[], File::create(&log).unwrap());
    let asked = |id: &str| {
        let answer = ureq::get(format!("{}/api/openapi.json", served.url)).header("X-Request-Id", id).call().unwrap();
        answer.headers()["x-request-id"].to_str().unwrap().to_owned()
    };
    assert_eq!(asked("proxy-4711.a"), "proxy-4711.a");
    for refused in ["kort", "två ord och mer", "12345678 or more", &"x".repeat(65), "19640823-3234"] {
        assert_ne!(asked(refused), refused);
    }
    smtp.wait_for(1);
    assert!(Command::new("kill").args(["-TERM", &served.child.id().to_string()]).status().unwrap().success());
    served.child.wait().unwrap();
    let lines = logged(&log);
    let answered = |line: &&Value| line["span"]["name"] == "request" && line["span"]["id"] == "proxy-4711.a";
    assert!(lines.iter().any(|line| answered(&line) && line["status"] == 200), "{lines:#?}");
    let of_job = |line: &&Value| line["message"] == "done" && line["span"]["job"] == "mail";
    let done = lines.iter().find(of_job).unwrap_or_else(|| panic!("{lines:#?}"));
    assert!(done["span"]["id"].as_str().is_some_and(|id| id.len() >= 16), "{done}");
    assert!(!fs::read_to_string(&log).unwrap().contains('@'), "an address is in the log");
}
