//! Reminders foreseen and reminders looked back on: what a case will cause if nobody acts (`preview`), and whether what
//! should have gone out did (`audit`). What goes out is `deadlines`' doing; sweep and preview go by the same
//! `workflow::agenda`, `recipients` and `consequences`, so that there is one answer to what is due, and to whom.

mod audience;
mod audit;
mod forecast;
mod preview;
mod roles;
mod runs;
mod told;

use chrono::Duration;

pub use audit::{Audit, Finding};
pub use forecast::{Cause, Foreseen, InDigest};
pub use preview::{Preview, simulate};

/// So long the sweep may take for a reminder; and whoever acts just when it is due may be first.
const GRACE: Duration = Duration::minutes(15);
/// Two entries this far apart may have been made in either order: the clocks of two processes differ, and a clock that is set
/// back lets what happens then seem to be before what was done.
const CLOCKS_DIFFER: Duration = Duration::hours(1);
