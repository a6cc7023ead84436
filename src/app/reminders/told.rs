//! Whether somebody was told what the ledger says that she was to be told: by a mail, by that of a later step of the same
//! sweep, or by her digest; or rightly not, since nothing was left to tell her, or somebody else was told in her place.

use super::audit::Window;
use super::runs::Run;
use crate::app::deadlines::digest_moment;
use crate::app::outbox::{DISABLED, WITHHELD};
use crate::clock::Timestamp;
use crate::store::ledger::LedgerRow;
use crate::store::outbox;
use crate::store::reminders::{DROPPED, NOBODY, WAITING};

/// What became of a row of the ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Telling {
    /// Told, or still in time to be, or rightly not told.
    Right,
    /// Told too late.
    Late,
    /// Not told, and nothing more is done about it in time.
    Unsent,
}

/// What became of a row of a run, among all rows of its case.
pub(super) fn telling(row: &LedgerRow, rows: &[LedgerRow], run: &Run, window: &Window) -> Telling {
    let [planned, recorded] = [row.planned_at, row.recorded_at].map(Timestamp::from_naive_utc);
    let others = || rows.iter().filter(|other| other.occasion() == row.occasion() && other.person_id != row.person_id);
    // What passed from somebody to somebody else while it waited for a digest did so in its morning.
    let has_waited = row.digest.is_some() || others().any(|other| other.digest.is_some() && has_passed_on(other));
    let due = if has_waited { digest_moment(&window.hours, window.calendar, recorded) } else { planned };
    let latest = window.latest(due);
    let unsent = match (row.digest.as_deref(), row.status.as_deref()) {
        (Some(WAITING), _) => window.now > latest,
        // Nothing was left to remind of, or somebody else has it now, or nobody.
        (Some(DROPPED), _) => run.ended.is_none_or(|ended| ended > latest) && others().next().is_none(),
        (_, Some(outbox::SENT)) => false,
        // Kept from her, who lost the role: it was for the others.
        (_, Some(outbox::FAILED)) => !is_withheld(row) || others().all(is_withheld),
        (_, Some(_)) => window.now > latest,
        (None, None) => row.person_id != NOBODY && !rows.iter().any(|later| covers(later, row)),
        (Some(_), None) => true,
    };
    let sent = row.sent_at.map(Timestamp::from_naive_utc);
    let is_late =
        window.is_late(recorded, window.latest(planned)) || sent.is_some_and(|sent| window.is_late(sent, latest));
    match (unsent, is_late) {
        (true, _) => Telling::Unsent,
        (false, true) => Telling::Late,
        (false, false) => Telling::Right,
    }
}

/// Whether a row's reminder was for others when it was to leave than when it was noted: dropped from a digest, or kept from her.
pub(super) fn has_passed_on(row: &LedgerRow) -> bool {
    row.digest.as_deref() == Some(DROPPED) || is_withheld(row)
}

/// Whether its mail was kept from her: she had lost the role, or may not sign in.
fn is_withheld(row: &LedgerRow) -> bool {
    row.status.as_deref() == Some(outbox::FAILED)
        && row.error.as_deref().is_some_and(|error| [WITHHELD, DISABLED].contains(&error))
}

/// Whether the mail of a row stands for another one too: of what one sweep finds due of a deadline, a person gets the last.
fn covers(later: &LedgerRow, row: &LedgerRow) -> bool {
    let same = |row: &LedgerRow| (row.deadline.clone(), row.generation, row.person_id.clone(), row.recorded_at);
    let place = |row: &LedgerRow| (row.planned_at, row.step, row.round);
    later.status.is_some() && same(later) == same(row) && place(later) > place(row)
}
