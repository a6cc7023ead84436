//! Whether what should have been reminded of was: the log says what each deadline planned and when it ended, the ledger and
//! the outbox say what was done. The log alone is asked, never the index that the sweep goes by: so a fault of the sweep
//! shows.
//!
//! Judged are steps of deadlines, not the people who get them: who held a role is dated, but may be entered after the day,
//! and what the registers say now is no proof of what they said then. That somebody did is: a step without any row is missing.

use std::collections::BTreeMap;

use chrono::{Duration, NaiveDate};
use serde::Serialize;

use super::super::administration::calendar;
use super::super::{App, AppError};
use super::runs::{self, Run};
use crate::calendar::{Calendar, OfficeHours, end_of_day, start_of_day};
use crate::clock::Timestamp;
use crate::ids::{CaseNumber, PersonId};
use crate::mail::Differences;
use crate::store::ledger::{self, LedgerRow};
use crate::store::{self, Db, cases, log, outbox};
use crate::workflow::log::Room;

/// How many cases are looked at in one transaction.
const BATCH: i64 = 50;
/// So long the sweep may take for a reminder before it counts as missing; and whoever acts just when it is due may be first.
const GRACE: Duration = Duration::minutes(15);
/// So long after its time a reminder is late, if office hours have not put it off.
const LATE: Duration = Duration::days(1);
/// The fact by which the last nightly audit's counts are kept.
const LAST: &str = "reminders_audit";

/// What an audit found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Audit {
    /// The first day, Europe/Stockholm.
    pub from: NaiveDate,
    /// The last day.
    pub to: NaiveDate,
    /// How many cases were looked at.
    pub cases: u64,
    /// How many reminders were planned for these days and due.
    pub planned: u64,
    /// Planned and due, but not in the ledger.
    pub missing: Vec<Finding>,
    /// In the ledger, but not planned, or before its time, or after the deadline had ended.
    pub surplus: Vec<Finding>,
    /// Done more than a day after its time, where office hours do not explain it.
    pub late: Vec<Finding>,
    /// In the ledger, but its mail was given up, or waits longer than that.
    pub unsent: Vec<Finding>,
    /// Nobody held the role that day.
    pub nobody: Vec<Finding>,
    /// Deadlines that have run out and should have raised their event, but have not; at the instant at which they did.
    pub not_raised: Vec<Finding>,
}

/// A reminder of which something is wrong.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Finding {
    /// The case.
    pub case: CaseNumber,
    /// The deadline.
    pub deadline: String,
    /// Its generation.
    pub generation: u32,
    /// The step, from 0.
    pub step: u32,
    /// The repeat, from 0.
    pub round: u32,
    /// When it was due, UTC.
    pub planned: Timestamp,
    /// To whom; none where nobody is known.
    pub person: Option<PersonId>,
}

impl Audit {
    /// The findings by kind, in the order of [`Differences::by_kind`].
    pub fn by_kind(&self) -> [(&'static str, &[Finding]); 6] {
        [
            ("missing", &self.missing),
            ("surplus", &self.surplus),
            ("late", &self.late),
            ("unsent", &self.unsent),
            ("nobody", &self.nobody),
            ("not_raised", &self.not_raised),
        ]
    }

    /// The counts.
    pub fn differences(&self) -> Differences {
        let count = |findings: &Vec<Finding>| u64::try_from(findings.len()).unwrap_or(u64::MAX);
        Differences {
            missing: count(&self.missing),
            surplus: count(&self.surplus),
            late: count(&self.late),
            unsent: count(&self.unsent),
            nobody: count(&self.nobody),
            not_raised: count(&self.not_raised),
        }
    }
}

/// The days that an audit is of, and the moment at which it looks back.
struct Window<'a> {
    from: Timestamp,
    until: Timestamp,
    now: Timestamp,
    calendar: &'a Calendar,
    hours: OfficeHours,
}

impl Window<'_> {
    fn holds(&self, planned: Timestamp) -> bool {
        (self.from..self.until).contains(&planned)
    }

    /// Until when a reminder is in time.
    fn latest(&self, planned: Timestamp) -> Timestamp {
        self.hours.moment(self.calendar, planned + LATE)
    }
}

impl App {
    /// Compares what the log planned for these days with the ledger and the outbox.
    ///
    /// # Errors
    /// Where the database does not answer, or a log cannot be read. What differs is in the answer.
    pub fn audit_reminders(&self, from: NaiveDate, to: NaiveDate) -> Result<Audit, AppError> {
        let calendar = self.store.read(|db| calendar(self, db))?;
        let (now, hours) = (self.now(), self.hours);
        let window = Window { from: start_of_day(from), until: end_of_day(to), now, calendar: &calendar, hours };
        let nothing = Vec::new;
        let mut audit = Audit {
            from,
            to,
            cases: 0,
            planned: 0,
            missing: nothing(),
            surplus: nothing(),
            late: nothing(),
            unsent: nothing(),
            nobody: nothing(),
            not_raised: nothing(),
        };
        let mut after: Option<CaseNumber> = None;
        loop {
            let numbers = self.store.read(|db| {
                let numbers = ledger::cases_since(db, window.from, after.as_ref(), BATCH)?;
                for number in &numbers {
                    self.audit_case(db, number, &window, &mut audit)?;
                }
                Ok::<_, AppError>(numbers)
            })?;
            match numbers.last() {
                Some(last) => after = Some(last.clone()),
                None => return Ok(audit),
            }
        }
    }

    fn audit_case(&self, db: &mut Db, number: &CaseNumber, window: &Window, audit: &mut Audit) -> Result<(), AppError> {
        let stored = cases::by_number(db, number)?.ok_or(AppError::NotFound)?;
        let definition = self.workflows.of(db, &stored.definition)?.definition;
        let entries = log::entries(db, &stored.id, &Room::Shared, 1)?;
        let entries = entries.iter().map(|row| row.entry()).collect::<Result<Vec<_>, _>>()?;
        let runs = runs::of_log(&entries);
        let rows = ledger::of_case(db, &stored.id)?;
        audit.cases += 1;
        for run in &runs {
            let fires = definition.deadlines.get(&run.deadline).is_some_and(|deadline| deadline.then.is_some());
            audit.run(number, run, fires, &rows, window);
        }
        for row in &rows {
            audit.row(number, row, &runs, window);
        }
        Ok(())
    }

    /// Keeps the counts of the nightly audit, for whoever watches the program.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub fn keep_audit(&self, differences: &Differences) -> Result<(), AppError> {
        let counts = serde_json::to_string(differences).map_err(|error| AppError::Internal(error.to_string()))?;
        Ok(self.store.write(|db| store::set_fact(db, LAST, &counts))?)
    }

    /// The counts of the last nightly audit; none where there was none.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub fn last_audit(&self) -> Result<Option<Differences>, AppError> {
        let counts = self.store.read(|db| store::fact(db, LAST))?;
        Ok(counts.and_then(|counts| serde_json::from_str(&counts).ok()))
    }
}

impl Audit {
    /// What a deadline planned and the ledger does not hold.
    fn run(&mut self, number: &CaseNumber, run: &Run, fires: bool, rows: &[LedgerRow], window: &Window) {
        let finding = |step, round, planned| Finding {
            case: number.clone(),
            deadline: run.deadline.clone(),
            generation: run.generation,
            step,
            round,
            planned,
            person: None,
        };
        let noted: BTreeMap<_, _> =
            rows.iter().filter(|row| run.is_of(row)).map(|row| ((whole(row.step), whole(row.round)), row)).collect();
        let due = run.reminders.iter().filter(|planned| {
            // After its end a deadline reminds of nothing before it has raised its event.
            let held_back = fires && !run.raised && planned.at >= run.runs_out;
            let ended = run.ended_from.is_some_and(|ended| ended < planned.at + GRACE);
            window.holds(planned.at) && planned.at + GRACE <= window.now && !held_back && !ended
        });
        for planned in due {
            self.planned += 1;
            if !noted.contains_key(&(planned.step, planned.round)) {
                self.missing.push(finding(planned.step, planned.round, planned.at));
            }
        }
        let overdue = fires && !run.raised && run.ended_from.is_none() && run.runs_out + GRACE <= window.now;
        if overdue && window.holds(run.runs_out) {
            self.not_raised.push(finding(0, 0, run.runs_out));
        }
    }

    /// What is in the ledger: whether it was planned, and in time.
    fn row(&mut self, number: &CaseNumber, row: &LedgerRow, runs: &[Run], window: &Window) {
        let [planned, recorded] = [row.planned_at, row.recorded_at].map(Timestamp::from_naive_utc);
        if !window.holds(planned) {
            return;
        }
        let finding = Finding {
            case: number.clone(),
            deadline: row.deadline.clone(),
            generation: whole(row.generation),
            step: whole(row.step),
            round: whole(row.round),
            planned,
            person: Some(row.person_id.as_str()).filter(|person| !person.is_empty()).map(PersonId::from),
        };
        let is_it = |(step, round, at)| (step, round, at) == (finding.step, finding.round, planned);
        // Of several, where the days were counted anew: they are of one generation.
        let in_its_time = runs.iter().filter(|run| run.is_of(row)).any(|run| {
            let mut reminders = run.reminders.iter();
            let in_time = recorded >= planned && run.ended.is_none_or(|ended| recorded <= ended);
            in_time && reminders.any(|reminder| is_it((reminder.step, reminder.round, reminder.at)))
        });
        if !in_its_time {
            self.surplus.push(finding);
            return;
        }
        let latest = window.latest(planned);
        let sent = row.sent_at.map(Timestamp::from_naive_utc);
        let waits = row.status.as_deref().is_some_and(|status| status != outbox::SENT);
        if waits && (row.status.as_deref() == Some(outbox::FAILED) || window.now > latest) {
            self.unsent.push(finding.clone());
        }
        if sent.unwrap_or(recorded).max(recorded) > latest + GRACE {
            self.late.push(finding.clone());
        }
        if finding.person.is_none() {
            self.nobody.push(finding);
        }
    }
}

fn whole(value: i32) -> u32 {
    u32::try_from(value).unwrap_or(0)
}
