//! Slows down whoever guesses passwords: after a few wrong ones each further try has to wait, longer each time.
//!
//! It counts by username, whether anybody has it or not, so that the waiting tells nothing. It does not lock an account:
//! whoever knows the password gets in after a quarter of an hour at most.

use chrono::Duration;

use crate::clock::Timestamp;
use crate::ids::Digest;
use crate::store::throttles::{self, Failures};
use crate::store::{Db, StoreError};

/// How many failures cost nothing.
const FREE: u32 = 5;
/// How long the first try after these has to wait; each further one twice as long.
const FIRST_WAIT: Duration = Duration::minutes(1);
/// The longest that a try has to wait.
const LONGEST_WAIT: Duration = Duration::minutes(15);
/// How long a failure counts, from when its wait is over.
const WINDOW: Duration = Duration::minutes(15);

/// Lets a try in, or says until when it is refused.
///
/// It counts as failed from here on, until [`throttles::clear`] says that it was right: of many tries at the same moment,
/// no more get in than one after the other would.
pub fn admit(db: &mut Db, key: &Digest, now: Timestamp) -> Result<Option<Timestamp>, StoreError> {
    let Some(failures) = throttles::hold(db, key)? else {
        throttles::begin(db, key, Failures { count: 1, last: now })?;
        return Ok(None);
    };
    let wait = wait_after(failures.count);
    // A failure that lies ahead, by a clock that was set back since, is as far off as one that long ago.
    let away = (now.utc() - failures.last.utc()).abs();
    if away < wait {
        return Ok(Some(failures.last + wait));
    }
    let before = if away < wait + WINDOW { failures.count } else { 0 };
    throttles::keep(db, key, Failures { count: before.saturating_add(1), last: now })?;
    Ok(None)
}

/// How long the next try waits after this many failures.
fn wait_after(failures: u32) -> Duration {
    let Some(beyond) = failures.checked_sub(FREE) else { return Duration::zero() };
    let doubled =
        1_i32.checked_shl(beyond).filter(|factor| *factor > 0).and_then(|factor| FIRST_WAIT.checked_mul(factor));
    doubled.unwrap_or(LONGEST_WAIT).min(LONGEST_WAIT)
}
