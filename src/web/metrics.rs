//! `/metrics`, as Prometheus reads it: what this process counted, and how the database says that the machinery stands.
//!
//! It has a listener of its own, and none unless one is set: what it tells is no secret of any case, but no business of
//! those who reach the pages either. An address on loopback or in the network of those who watch keeps it from them without
//! a token, which would have to be made, stored and changed, and is forgotten in a configuration file of the watching side.
//!
//! The text is written by hand: a few numbers, whose names stand here and nowhere else. No label holds anything but names of
//! jobs and processes.

use std::fmt::Write;
use std::net::TcpListener;

use actix_web::http::header;
use actix_web::{HttpResponse, HttpServer, rt, web};

use crate::app::watch::Watched;
use crate::app::{App, AppError};
use crate::clock::Timestamp;
use crate::meters;

/// Answers `/metrics` there for as long as the process lives.
///
/// # Errors
/// Where the listener cannot be used.
pub fn serve_metrics(app: App, listener: TcpListener) -> std::io::Result<()> {
    rt::System::new().block_on(async move {
        let server = HttpServer::new(move || {
            let app = app.clone();
            actix_web::App::new().route("/metrics", web::get().to(move || answer(app.clone())))
        });
        // Whoever ends the process tells the pages' server, which ends requests in progress; here are none to spare.
        server.workers(1).disable_signals().listen(listener)?.run().await
    })
}

async fn answer(app: App) -> HttpResponse {
    match web::block(move || app.watched().map(|watched| text(&watched))).await {
        Ok(Ok(text)) => {
            let version = "text/plain; version=0.0.4; charset=utf-8";
            HttpResponse::Ok().insert_header((header::CONTENT_TYPE, version)).body(text)
        }
        Ok(Err(error)) => refused(&error),
        Err(_) => HttpResponse::InternalServerError().finish(),
    }
}

fn refused(error: &AppError) -> HttpResponse {
    tracing::error!(%error, "the metrics could not be read");
    HttpResponse::ServiceUnavailable().finish()
}

/// The metrics as text.
pub fn text(watched: &Watched) -> String {
    let mut page = Page::default();
    page.counter("samsyn_reminders_total", "Reminder steps written, by this process.", &meters::REMINDERS);
    page.lateness();
    page.counter("samsyn_deadlines_ran_out_total", "Deadlines that raised their event.", &meters::RAN_OUT);
    page.counter("samsyn_deadlines_failed_total", "Tries at a deadline that failed.", &meters::DEADLINES_FAILED);
    page.counter("samsyn_mails_sent_total", "Mails that the server took.", &meters::MAILS_SENT);
    page.counter("samsyn_mails_retried_total", "Tries to be repeated.", &meters::MAILS_RETRIED);
    page.counter("samsyn_mails_failed_total", "Mails given up.", &meters::MAILS_FAILED);
    page.head("samsyn_http_requests_total", "counter", "Requests by the class of their status.");
    for (class, requests) in (0..).zip(&meters::REQUESTS).skip(1) {
        page.line("samsyn_http_requests_total", &format!("class=\"{class}xx\""), requests.get());
    }
    page.gauge("samsyn_reminders_due", "Deadlines of which something is due and not done.", watched.due);
    page.queue(watched);
    page.leases(watched);
    if let Some(audit) = watched.audit {
        page.head("samsyn_audit_differences", "gauge", "What the last nightly audit of reminders found.");
        for (kind, count) in audit.by_kind() {
            page.line("samsyn_audit_differences", &format!("kind=\"{kind}\""), count);
        }
    }
    page.0
}

#[derive(Default)]
struct Page(String);

impl Page {
    fn head(&mut self, name: &str, kind: &str, help: &str) {
        // Writing to a string does not fail.
        let _ = writeln!(self.0, "# HELP {name} {help}\n# TYPE {name} {kind}");
    }

    fn line(&mut self, name: &str, labels: &str, value: impl std::fmt::Display) {
        let labels = if labels.is_empty() { String::new() } else { format!("{{{labels}}}") };
        let _ = writeln!(self.0, "{name}{labels} {value}");
    }

    fn counter(&mut self, name: &str, help: &str, counter: &meters::Counter) {
        self.head(name, "counter", help);
        self.line(name, "", counter.get());
    }

    fn gauge(&mut self, name: &str, help: &str, value: i64) {
        self.head(name, "gauge", help);
        self.line(name, "", value);
    }

    fn lateness(&mut self) {
        let name = "samsyn_reminder_lateness_seconds";
        self.head(name, "histogram", "How long after its time a reminder step was written, by this process.");
        for (bound, count) in meters::LATENESS.buckets() {
            self.line(&format!("{name}_bucket"), &format!("le=\"{bound}\""), count);
        }
        let (count, sum) = meters::LATENESS.totals();
        self.line(&format!("{name}_bucket"), "le=\"+Inf\"", count);
        self.line(&format!("{name}_sum"), "", sum);
        self.line(&format!("{name}_count"), "", count);
    }

    fn queue(&mut self, watched: &Watched) {
        let queue = watched.queue;
        self.head("samsyn_outbox_mails", "gauge", "Mails in the outbox that are not sent.");
        for (status, count) in [("waiting", queue.waiting), ("retrying", queue.retrying), ("failed", queue.failed)] {
            self.line("samsyn_outbox_mails", &format!("status=\"{status}\""), count);
        }
        let age = queue.oldest.map_or(0, |oldest| (watched.now.utc() - oldest.utc()).num_seconds());
        self.gauge("samsyn_outbox_oldest_seconds", "How long the oldest mail that may leave has been allowed to.", age);
    }

    fn leases(&mut self, watched: &Watched) {
        self.head("samsyn_job_lease_until_seconds", "gauge", "Until when a process holds a job's lease, in Unix time.");
        for lease in watched.leases.iter().filter(|lease| lease.until > watched.now) {
            let labels = format!("job=\"{}\",holder=\"{}\"", lease.name, lease.holder);
            self.line("samsyn_job_lease_until_seconds", &labels, seconds(lease.until));
        }
        self.head("samsyn_job_last_run_seconds", "gauge", "When a job's last whole run began, in Unix time.");
        for lease in &watched.leases {
            if let Some(last) = lease.last_run {
                self.line("samsyn_job_last_run_seconds", &format!("job=\"{}\"", lease.name), seconds(last));
            }
        }
    }
}

fn seconds(at: Timestamp) -> i64 {
    at.utc().timestamp()
}
