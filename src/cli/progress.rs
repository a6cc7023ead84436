//! Progress of long work, on standard error: on a terminal a line that counts on, elsewhere a line now and then.

use std::io::{IsTerminal, Write};

/// How much is done between two lines where nobody watches.
const STRIDE: u64 = 10_000;

/// A count of what is done.
pub struct Progress {
    what: &'static str,
    watched: bool,
    told: u64,
}

impl Progress {
    /// Counts what is named in the plural.
    pub fn of(what: &'static str) -> Self {
        Progress { what, watched: std::io::stderr().is_terminal(), told: 0 }
    }

    /// Tells how many are done by now.
    pub fn at(&mut self, count: u64) {
        let mut stderr = std::io::stderr();
        // Progress that cannot be told is no reason to stop the work.
        if self.watched {
            let _ = write!(stderr, "\r{count} {}", self.what).and_then(|()| stderr.flush());
            self.told = count;
        } else if count >= self.told + STRIDE {
            let _ = writeln!(stderr, "{count} {}", self.what);
            self.told = count;
        }
    }

    /// Ends the line.
    pub fn end(self) {
        if self.watched && self.told > 0 {
            eprintln!();
        }
    }
}
