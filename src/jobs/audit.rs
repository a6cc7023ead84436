//! The nightly audit of reminders: what it finds is an error in the program's log, a gauge on `/metrics`, and a mail to the
//! operator. None of them holds anything of a case but its number and the deadline's name, and the mail not even that.

use anyhow::{Context, bail};
use chrono::Duration;

use super::{Counts, Work};
use crate::app::reminders::{Audit, Finding};
use crate::calendar::local_date;
use crate::mail::{AuditContent, Differences, Outgoing, render_audit};

/// How many days it looks back: over the longest holidays.
const DAYS: i64 = 10;
/// How many findings are told in the program's own log; `samsyn reminders audit` tells all.
const TOLD: usize = 20;

/// Audits the days before today.
pub(super) fn run(work: &Work) -> anyhow::Result<Counts> {
    let today = local_date(work.app.now());
    let audit = work.app.audit_reminders(today - Duration::days(DAYS), today - Duration::days(1))?;
    let differences = audit.differences();
    work.app.keep_audit(&differences)?;
    if !differences.any() {
        return Ok(vec![("cases", audit.cases), ("planned", audit.planned), ("nobody", differences.nobody)]);
    }
    tell_log(&audit);
    write_to_operator(work, &audit, differences)?;
    let counts = differences.by_kind().map(|(kind, count)| format!("{count} {kind}")).join(", ");
    bail!("reminders differ from what was planned: {counts}: run `samsyn reminders audit`")
}

fn tell_log(audit: &Audit) {
    let kinds = audit.by_kind().into_iter().filter(|(kind, _)| *kind != "nobody");
    let all = kinds.flat_map(|(kind, findings)| findings.iter().map(move |finding| (kind, finding)));
    for (kind, Finding { case, deadline, generation, step, round, planned, .. }) in all.take(TOLD) {
        tracing::error!(kind, %case, deadline, generation, step, round, %planned, "a reminder differs from the plan");
    }
}

/// Straight to the mail server, not through the outbox: the operator is nobody in the organisation, and what is reported may
/// be that the outbox stands still.
fn write_to_operator(work: &Work, audit: &Audit, differences: Differences) -> anyhow::Result<()> {
    let Some(operator) = &work.operator else { return Ok(()) };
    let content = AuditContent { from: audit.from, to: audit.to, differences };
    let outgoing = Outgoing {
        thread: None,
        calendared: None,
        id: format!("audit-{}", audit.to),
        to_address: operator.address(),
        from: work.from.clone(),
        at: work.app.now(),
        rendered: render_audit(&content)?,
    };
    work.transport.send(&outgoing).context("the operator could not be written to")
}
