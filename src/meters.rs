//! What this process counts of its own doing, for whoever watches it: numbers that only grow, and nothing else. They are
//! shown by `web::metrics`; what the database knows (what is due, what waits) is asked of it there and then.

use std::sync::atomic::{AtomicU64, Ordering};

/// A number that only grows.
#[derive(Debug, Default)]
pub struct Counter(AtomicU64);

impl Counter {
    const fn new() -> Counter {
        Counter(AtomicU64::new(0))
    }

    /// Counts so many more.
    pub fn add(&self, more: u64) {
        self.0.fetch_add(more, Ordering::Relaxed);
    }

    /// How many so far.
    pub fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// How long things took, as a Prometheus histogram counts it: how many took at most so many seconds.
#[derive(Debug)]
pub struct Histogram {
    buckets: [Counter; BOUNDS.len()],
    count: Counter,
    sum: Counter,
}

/// The bounds of a histogram, in seconds: a sweep, a few, a quarter, an hour, a working day, a day, a weekend.
pub const BOUNDS: [u64; 7] = [60, 300, 900, 3_600, 28_800, 86_400, 259_200];

impl Histogram {
    const fn new() -> Histogram {
        Histogram { buckets: [const { Counter::new() }; BOUNDS.len()], count: Counter::new(), sum: Counter::new() }
    }

    /// Counts one that took so many seconds.
    pub fn observe(&self, seconds: u64) {
        let within = BOUNDS.iter().zip(&self.buckets).filter(|(bound, _)| seconds <= **bound);
        within.for_each(|(_, bucket)| bucket.add(1));
        self.count.add(1);
        self.sum.add(seconds);
    }

    /// Each bound with how many were within it.
    pub fn buckets(&self) -> impl Iterator<Item = (u64, u64)> {
        BOUNDS.iter().zip(&self.buckets).map(|(bound, bucket)| (*bound, bucket.get()))
    }

    /// How many in all, and their seconds together.
    pub fn totals(&self) -> (u64, u64) {
        (self.count.get(), self.sum.get())
    }
}

/// Reminder steps that were written, or that nobody could get.
pub static REMINDERS: Counter = Counter::new();
/// How long after their time they were.
pub static LATENESS: Histogram = Histogram::new();
/// Deadlines that ran out and raised their event.
pub static RAN_OUT: Counter = Counter::new();
/// Deadlines that failed; each is tried again.
pub static DEADLINES_FAILED: Counter = Counter::new();
/// Mails that the server took.
pub static MAILS_SENT: Counter = Counter::new();
/// Tries that are to be repeated.
pub static MAILS_RETRIED: Counter = Counter::new();
/// Mails that were given up.
pub static MAILS_FAILED: Counter = Counter::new();
/// Requests by the first digit of their status.
pub static REQUESTS: [Counter; 6] = [const { Counter::new() }; 6];
