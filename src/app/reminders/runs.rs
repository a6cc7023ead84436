//! The runs of a case's deadlines as its log tells them: what each planned, and when it ended.

use std::collections::BTreeMap;

use crate::clock::Timestamp;
use crate::ids::Digest;
use crate::store::ledger::LedgerRow;
use crate::workflow::log::{Entry, Record};
use crate::workflow::step::{By, PlannedReminder, Step, TimerChange};

/// One run of a deadline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Run {
    pub deadline: String,
    pub generation: u32,
    /// The definition under which it began.
    pub definition: Digest,
    /// What it planned.
    pub reminders: Vec<PlannedReminder>,
    /// The instant from which it has run out.
    pub runs_out: Timestamp,
    /// Whether it has raised its event.
    pub raised: bool,
    /// When the step that ended it was recorded.
    pub ended: Option<Timestamp>,
    /// From when nothing more was due of it: where the system ended it because another deadline had run out, from that
    /// deadline's end, however much later it was recorded. What was due in between never was.
    pub ended_from: Option<Timestamp>,
}

impl Run {
    /// Whether a row of the ledger is of this run.
    pub fn is_of(&self, row: &LedgerRow) -> bool {
        row.deadline == self.deadline && u32::try_from(row.generation) == Ok(self.generation)
    }

    /// Whether a row of the ledger is of this run, and of a reminder that it planned.
    pub fn planned(&self, reminder: &PlannedReminder, row: &LedgerRow) -> bool {
        let [step, round] = [row.step, row.round].map(u32::try_from);
        let same = (step, round) == (Ok(reminder.step), Ok(reminder.round));
        same && self.is_of(row) && Timestamp::from_naive_utc(row.planned_at) == reminder.at
    }
}

/// The runs that a case's shared log tells of, in the order in which they began.
pub(super) fn of_log(entries: &[Entry]) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    // Where the present run of each deadline stands in the list.
    let mut present: BTreeMap<String, usize> = BTreeMap::new();
    for entry in entries {
        let Record::Step(step) = &entry.records else { continue };
        let from = happened(step, &runs, &present);
        for (name, change) in &step.deadlines {
            let current = present.get(name).copied();
            if let Some(run) = current.and_then(|at| runs.get_mut(at)) {
                match change {
                    TimerChange::RanOut => run.raised = true,
                    TimerChange::Armed(_) | TimerChange::Stopped => {
                        (run.ended, run.ended_from) = (Some(step.recorded), Some(from));
                    }
                }
            }
            match change {
                TimerChange::Armed(running) => {
                    present.insert(name.clone(), runs.len());
                    runs.push(Run {
                        deadline: name.clone(),
                        generation: running.generation,
                        definition: entry.definition.clone(),
                        reminders: running.reminders.clone(),
                        runs_out: running.runs_out,
                        raised: false,
                        ended: None,
                        ended_from: None,
                    });
                }
                TimerChange::Stopped => drop(present.remove(name)),
                TimerChange::RanOut => {}
            }
        }
    }
    runs
}

/// From when a step took what was due away: at the end of the deadline that raised it, or when it was recorded.
fn happened(step: &Step, runs: &[Run], present: &BTreeMap<String, usize>) -> Timestamp {
    let By::Deadline { deadline } = &step.by else { return step.recorded };
    let run = present.get(deadline).and_then(|at| runs.get(*at));
    run.map_or(step.recorded, |run| run.runs_out.min(step.recorded))
}
