//! How the program does, for whoever runs it: whether it is ready, and how its machinery stands. Numbers and names of jobs;
//! nothing of any case.

use super::{App, AppError};
use crate::clock::Timestamp;
use crate::mail::Differences;
use crate::store::watch::{self, Lease, Queue};

/// How the machinery stands, by the database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Watched {
    /// The moment.
    pub now: Timestamp,
    /// Deadlines of which something is due and not done.
    pub due: i64,
    /// The outbox.
    pub queue: Queue,
    /// The jobs' leases.
    pub leases: Vec<Lease>,
    /// What the last nightly audit found; none where there was none.
    pub audit: Option<Differences>,
}

impl App {
    /// Whether requests can be answered: the database does, and is as new as the program.
    pub fn is_ready(&self) -> bool {
        self.store.pending_migrations().is_ok_and(|pending| pending == 0)
    }

    /// How the machinery stands.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub fn watched(&self) -> Result<Watched, AppError> {
        let (now, audit) = (self.now(), self.last_audit()?);
        self.store.read(|db| {
            let (due, queue, leases) = (watch::due(db, now)?, watch::queue(db, now)?, watch::leases(db)?);
            Ok(Watched { now, due, queue, leases, audit })
        })
    }
}
