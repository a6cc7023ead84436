//! Puts the cases of a database that an older version has filled on their shelves: a batch a transaction, by one process at a
//! time, under a lease as the jobs have one. What is done stays done where the process dies: the next one goes on.

use chrono::Duration;

use crate::app::{App, AppError};
use crate::clock::Timestamp;
use crate::ids::CaseNumber;
use crate::store::{StoreError, cases, leases, lists};

/// The lease. That it was given back after a run says that there is no more to do.
const NAME: &str = "fill-shelves";
/// How long it holds: far longer than a batch takes, and short enough to wait for where a process died.
const LEASE: Duration = Duration::minutes(1);
/// How many cases are looked at in one transaction.
const BATCH: i64 = 200;
/// How often a batch is tried again where somebody took a step in one of its cases meanwhile.
const TRIES: usize = 8;

/// What came of filling.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Filling {
    /// Every case is on its shelves; so many were put there now.
    Done(usize),
    /// Another process is at it: look again in a while.
    Elsewhere,
}

/// What came of a batch.
enum Batch {
    /// Looked at up to this case; so many were put on their shelves.
    UpTo(CaseNumber, usize),
    /// There is none after.
    End,
    /// The lease is another's now.
    Lost,
}

impl App {
    /// Puts every case on its shelves that is on none, where that was not done yet.
    ///
    /// # Errors
    /// Where the database does not answer. What was put there until then stays.
    pub fn fill_shelves(&self) -> Result<Filling, AppError> {
        let began = self.now();
        let (last, due) = self.store.read(|db| {
            let last = leases::last_run(db, NAME)?;
            let none = lists::is_empty(db)? && !cases::numbers(db, None, 1)?.is_empty();
            Ok::<_, StoreError>((last, last.is_none() || none))
        })?;
        if !due {
            return Ok(Filling::Done(0));
        }
        let holder = self.ids.next(began);
        if !self.take_filling(&holder, last, began)? {
            return Ok(Filling::Elsewhere);
        }
        let (mut after, mut filled) = (None, 0);
        loop {
            match self.fill_batch(&holder, after.as_ref())? {
                Batch::UpTo(number, some) => (after, filled) = (Some(number), filled + some),
                Batch::Lost => return Ok(Filling::Elsewhere),
                Batch::End => break,
            }
        }
        self.store.write(|db| leases::finish(db, NAME, &holder, began))?;
        Ok(Filling::Done(filled))
    }

    fn take_filling(&self, holder: &str, last: Option<Timestamp>, now: Timestamp) -> Result<bool, StoreError> {
        match self.store.write(|db| leases::take(db, NAME, holder, last, now, now + LEASE)) {
            Err(StoreError::Conflict) => Ok(false),
            taken => taken,
        }
    }

    /// Fills the next batch. A step that somebody takes in one of the cases at the same moment puts that case on the same
    /// shelf of its first party: one of the two is refused, and tries again.
    fn fill_batch(&self, holder: &str, after: Option<&CaseNumber>) -> Result<Batch, AppError> {
        let mut tries = 1..=TRIES;
        loop {
            let until = self.now() + LEASE;
            let batch = self.store.write(|db| {
                if !leases::renew(db, NAME, holder, until)? {
                    return Ok(Batch::Lost);
                }
                let numbers = cases::numbers(db, after, BATCH)?;
                let Some(last) = numbers.last().cloned() else { return Ok(Batch::End) };
                let mut filled = 0;
                for number in &numbers {
                    let stored = cases::by_number(db, number)?.ok_or(AppError::NotFound)?;
                    if !lists::of_case(db, &stored.id)?.is_empty() {
                        continue;
                    }
                    let known = self.workflows.of(db, &stored.definition)?;
                    let wanted = self.shelves(db, &known, &stored, &[])?;
                    lists::set(db, &[], &wanted)?;
                    filled += 1;
                }
                Ok(Batch::UpTo(last, filled))
            });
            match batch {
                Err(AppError::Store(StoreError::Conflict)) if tries.next().is_some() => {}
                batch => return batch,
            }
        }
    }
}
