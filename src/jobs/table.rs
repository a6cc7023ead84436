//! The jobs. To add one, add a row.

use anyhow::bail;

use super::{Counts, Job, Work, audit};
use crate::meters;

/// How many problems of the log are told in the program's own log; `samsyn log verify` tells all.
const TOLD: usize = 20;

/// All jobs. Mails leave fifteen seconds after the sweep that wrote them.
pub const TABLE: &[Job] = &[
    Job {
        name: "deadlines",
        schedule: "0 * * * * *",
        what: "Writes the reminders that are due, and raises the events of deadlines that have run out.",
        run: deadlines,
    },
    Job { name: "digests", schedule: "5 * * * * *", what: "Writes the digests whose morning has come.", run: digests },
    Job {
        name: "recount",
        schedule: "30 * * * * *",
        what: "Counts running deadlines anew where a closing day came or was taken back.",
        run: recount,
    },
    Job { name: "mail", schedule: "15 * * * * *", what: "Sends the mails that may leave.", run: mail },
    Job {
        name: "bounces",
        schedule: "45 * * * * *",
        what: "Reads the reports of mails that came back, where SAMSYN_BOUNCE_MAILDIR says.",
        run: bounces,
    },
    Job {
        name: "log_verify",
        schedule: "0 30 3 * * *",
        what: "Verifies every chain of the log, every text and every definition.",
        run: log_verify,
    },
    Job {
        name: "reminders_audit",
        schedule: "0 15 4 * * *",
        what: "Compares what the log planned for the last days with what was sent, and tells the operator of a difference.",
        run: audit::run,
    },
    Job {
        name: "sign_ins",
        schedule: "0 45 3 * * *",
        what: "Forgets sessions that are over, with the forms kept of them, wrong passwords of yesterday, and the record of sign-ins after a year.",
        run: sign_ins,
    },
];

fn deadlines(work: &Work) -> anyhow::Result<Counts> {
    let swept = work.app.sweep_deadlines()?;
    meters::REMINDERS.add(swept.reminded.into());
    meters::RAN_OUT.add(swept.ran_out.into());
    meters::DEADLINES_FAILED.add(swept.failed.into());
    if swept.failed > 0 {
        bail!("{} deadlines failed; {} reminded, {} ran out", swept.failed, swept.reminded, swept.ran_out);
    }
    Ok(vec![("reminded", swept.reminded.into()), ("ran_out", swept.ran_out.into())])
}

fn digests(work: &Work) -> anyhow::Result<Counts> {
    let digested = work.app.write_digests()?;
    if digested.failed > 0 {
        bail!("{} digests failed; {} written", digested.failed, digested.written);
    }
    Ok(vec![("written", digested.written.into()), ("dropped", digested.dropped.into())])
}

fn recount(work: &Work) -> anyhow::Result<Counts> {
    Ok(vec![("cases", work.app.recount_deadlines()?)])
}

/// A mail that is refused or tried again later is no failure of the job: the outbox keeps it, with the reason.
fn mail(work: &Work) -> anyhow::Result<Counts> {
    let delivered = work.app.deliver_mail(&work.transport, &work.from)?;
    meters::MAILS_SENT.add(delivered.sent.into());
    meters::MAILS_RETRIED.add(delivered.retried.into());
    meters::MAILS_FAILED.add(delivered.failed.into());
    Ok(vec![
        ("sent", delivered.sent.into()),
        ("retried", delivered.retried.into()),
        ("failed", delivered.failed.into()),
    ])
}

fn bounces(work: &Work) -> anyhow::Result<Counts> {
    let Some(folder) = &work.bounces else { return Ok(Counts::new()) };
    let returned = work.app.read_returns(folder, &work.from)?;
    Ok(vec![("bounced", returned.bounced.into()), ("other", returned.other.into())])
}

fn log_verify(work: &Work) -> anyhow::Result<Counts> {
    let verified = work.app.verify_log(&[], |_| {})?;
    for problem in verified.problems.iter().take(TOLD) {
        tracing::error!(problem, "the log does not verify");
    }
    if !verified.problems.is_empty() {
        bail!("the log has {} problems: run `samsyn log verify`", verified.problems.len());
    }
    let removed = u64::try_from(verified.removed.len()).unwrap_or(u64::MAX);
    Ok(vec![("cases", verified.cases), ("entries", verified.entries), ("removed", removed)])
}

fn sign_ins(work: &Work) -> anyhow::Result<Counts> {
    let forgotten = work.app.forget_sign_ins()?;
    let forms = work.app.forget_held_forms()?;
    Ok(vec![
        ("forms", forms),
        ("sessions", forgotten.sessions),
        ("throttles", forgotten.throttles),
        ("sign_ins", forgotten.sign_ins),
        ("attempts", forgotten.attempts),
    ])
}
