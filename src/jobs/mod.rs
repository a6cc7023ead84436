//! Jobs: what happens without anybody asking. A table of them, and a scheduler that runs inside `serve`.
//!
//! A job is a function without input that does whatever is due by now and may be run at any time, twice in a row or in
//! two processes at once, without doing anything twice: that is the use cases' doing, in `app/`. The schedule says how
//! soon, the lease in the database that of several processes one does it. No HTTP, no SQL.

mod scheduler;
mod table;

pub use scheduler::{JobError, Scheduler, Worker};
pub use table::TABLE;

use crate::app::App;
use crate::mail::maildir::Maildir;
use crate::mail::{Sender, Transport};

/// What jobs work with. Cheap to clone.
#[derive(Clone)]
pub struct Work {
    /// The use cases.
    pub app: App,
    /// The way out for mails.
    pub transport: Transport,
    /// Whom mails come from.
    pub from: Sender,
    /// Where reports of mails that came back are delivered to, if anywhere.
    pub bounces: Option<Maildir>,
}

/// What a run did: counts by name.
pub type Counts = Vec<(&'static str, u64)>;

/// A job.
#[derive(Debug)]
pub struct Job {
    /// Its name, in the log, on the command line and in the database.
    pub name: &'static str,
    /// When: a cron expression with seconds, in Swedish time.
    pub schedule: &'static str,
    /// What it does.
    pub what: &'static str,
    /// Does it.
    pub run: fn(&Work) -> anyhow::Result<Counts>,
}

/// The job of that name.
pub fn find(name: &str) -> Option<&'static Job> {
    TABLE.iter().find(|job| job.name == name)
}
