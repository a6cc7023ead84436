//! Runs each job when its schedule says, in one process of several.
//!
//! A job is due where a time of its schedule has passed since its last run began, by the database's record of it: so
//! nothing is missed while the machine sleeps or the program is down, and nothing is done twice where two processes
//! wake at the same moment. Each job has a thread of its own, so that a slow mail server delays no deadline.

use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use cron::Schedule;

use super::{Counts, Job, Work};
use crate::calendar::ZONE;
use crate::clock::Timestamp;
use crate::store::{StoreError, leases};

/// How long a lease holds without being renewed: after that a process counts as dead, and another takes over.
const LEASE: chrono::Duration = chrono::Duration::seconds(15);
/// How often a running job's lease is renewed.
const RENEWAL: Duration = Duration::from_secs(4);
/// The longest wait before the clock is looked at again: it may have jumped, or the lease of a dead process run out.
const LONGEST_WAIT: Duration = Duration::from_secs(10);
/// How far apart the clocks of processes on one database may be.
const CLOCKS_DIFFER: chrono::Duration = chrono::Duration::hours(1);
/// How long running jobs are waited for at the end. What they leave half-done is taken up once their lease is out.
const PATIENCE: Duration = Duration::from_secs(10);

/// A job that cannot be scheduled.
#[derive(Debug, thiserror::Error)]
#[error("the job {name} has a schedule that cannot be read: {cause}")]
pub struct JobError {
    name: &'static str,
    cause: cron::error::Error,
}

/// One job in one process.
pub struct Worker {
    job: &'static Job,
    schedule: Schedule,
    work: Work,
    holder: String,
}

impl Worker {
    /// A worker that takes leases under the name `holder`: another one for each process.
    ///
    /// # Errors
    /// Where the job's schedule cannot be read.
    pub fn new(job: &'static Job, work: Work, holder: &str) -> Result<Worker, JobError> {
        let schedule = job.schedule.parse().map_err(|cause| JobError { name: job.name, cause })?;
        Ok(Worker { job, schedule, work, holder: holder.to_owned() })
    }

    /// Does the job where it is due and nobody else is at it. True where it was done.
    ///
    /// # Errors
    /// Where the database does not answer. A job that fails is in the program's log, and is tried at its next time.
    pub fn look(&self) -> Result<bool, StoreError> {
        let now = self.work.app.now();
        if !self.take(now)? {
            return Ok(false);
        }
        let span = tracing::info_span!("job", job = self.job.name, id = self.work.app.ids.next(now));
        let _inside = span.enter();
        match self.run_renewing() {
            Ok(counts) if counts.iter().all(|(_, count)| *count == 0) => tracing::debug!("done"),
            Ok(counts) => tracing::info!(?counts, "done"),
            Err(error) => tracing::error!(error = format!("{error:#}"), "the job failed"),
        }
        self.work.app.store.write(|db| leases::finish(db, self.job.name, &self.holder, now))?;
        Ok(true)
    }

    /// The first time of the schedule after an instant.
    pub fn next_time(&self, after: Timestamp) -> Option<Timestamp> {
        // In the hour that the clocks show twice, the library also names the earlier of the two.
        let after_here = after.utc().with_timezone(&ZONE);
        let later = self.schedule.after(&after_here).map(|time| Timestamp::new(time.to_utc()));
        later.into_iter().find(|time| *time > after)
    }

    fn take(&self, now: Timestamp) -> Result<bool, StoreError> {
        let (store, name) = (&self.work.app.store, self.job.name);
        let last = store.read(|db| leases::last_run(db, name))?;
        // A clock that was set back must not stop the job until it has caught up; one that is a little behind another
        // process's is no such clock.
        let set_back = |last: Timestamp| last > now + CLOCKS_DIFFER;
        let due = last.is_none_or(|last| set_back(last) || self.next_time(last).is_some_and(|time| time <= now));
        if !due {
            return Ok(false);
        }
        match store.write(|db| leases::take(db, name, &self.holder, last, now, now + LEASE)) {
            Err(StoreError::Conflict) => Ok(false),
            taken => taken,
        }
    }

    /// Runs the job in a thread of its own, and renews the lease for as long as that takes.
    fn run_renewing(&self) -> anyhow::Result<Counts> {
        thread::scope(|scope| {
            let (ended, end) = channel::<()>();
            let span = tracing::Span::current();
            let running = scope.spawn(move || {
                let _at_end = ended;
                span.in_scope(|| (self.job.run)(&self.work))
            });
            while end.recv_timeout(RENEWAL) == Err(RecvTimeoutError::Timeout) {
                self.renew();
            }
            running.join().unwrap_or_else(|_| Err(anyhow::anyhow!("the job panicked")))
        })
    }

    fn renew(&self) {
        let until = self.work.app.now() + LEASE;
        match self.work.app.store.write(|db| leases::renew(db, self.job.name, &self.holder, until)) {
            Ok(true) => {}
            Ok(false) => tracing::warn!(job = self.job.name, "another process has taken the job over"),
            Err(error) => tracing::warn!(job = self.job.name, %error, "the lease could not be renewed"),
        }
    }

    /// Looks again and again, until it is told to stop.
    fn go_on(&self, stop: &Receiver<()>) {
        loop {
            if let Err(error) = self.look() {
                tracing::error!(job = self.job.name, %error, "the job could not be looked at");
            }
            if stop.recv_timeout(self.wait()) != Err(RecvTimeoutError::Timeout) {
                return;
            }
        }
    }

    fn wait(&self) -> Duration {
        let now = self.work.app.now();
        let wait = self.next_time(now).and_then(|next| (next.utc() - now.utc()).to_std().ok());
        wait.unwrap_or(LONGEST_WAIT).min(LONGEST_WAIT)
    }
}

/// The jobs of this process, each in its thread.
pub struct Scheduler {
    threads: Vec<(Sender<()>, JoinHandle<()>)>,
}

impl Scheduler {
    /// Starts the jobs.
    ///
    /// # Errors
    /// Where a schedule cannot be read.
    pub fn start(jobs: &'static [Job], work: &Work) -> Result<Scheduler, JobError> {
        let holder = work.app.ids.next(work.app.now());
        let workers: Vec<_> =
            jobs.iter().map(|job| Worker::new(job, work.clone(), &holder)).collect::<Result<_, _>>()?;
        let start = |worker: Worker| {
            let (stop, stopped) = channel();
            (stop, thread::spawn(move || worker.go_on(&stopped)))
        };
        Ok(Scheduler { threads: workers.into_iter().map(start).collect() })
    }

    /// Tells the jobs to stop, and waits a while for those that are running.
    pub fn stop(self) {
        let (stops, threads): (Vec<_>, Vec<_>) = self.threads.into_iter().unzip();
        drop(stops);
        let (ended, end) = channel();
        thread::spawn(move || {
            threads.into_iter().for_each(|thread| drop(thread.join()));
            ended.send(())
        });
        if end.recv_timeout(PATIENCE).is_err() {
            tracing::warn!("a job is still running, and is left");
        }
    }
}
