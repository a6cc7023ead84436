//! Whether what should have been reminded of was: the log says what each deadline planned and when it ended, the ledger and
//! the outbox say what was done. The log alone is asked, never the index that the sweep goes by: so a fault of the sweep
//! shows.
//!
//! Judged is each step to each person: a step without any row is missing, and so is one without a row for somebody who held
//! the role on the day (`audience`); each row is told by a mail, in a digest, or rightly not at all (`told`). What waits for
//! a digest whose morning has not come is no fault. Who held a role is dated, but may be entered after the day: of whom the
//! registers may say something else now than they did then, only is judged that what the ledger holds for her was told. Of
//! somebody who lost a role that others keep while a digest waited it is not proved that she lost it before the morning.

use std::collections::BTreeSet;

use chrono::{Duration, NaiveDate};
use serde::Serialize;

use super::super::administration::calendar;
use super::super::{App, AppError};
use super::audience::Audience;
use super::runs::{self, Run};
use super::told::{Telling, has_passed_on, telling};
use super::{CLOCKS_DIFFER, GRACE};
use crate::calendar::{Calendar, OfficeHours, end_of_day, local_date, start_of_day};
use crate::clock::Timestamp;
use crate::ids::{CaseNumber, PersonId};
use crate::mail::Differences;
use crate::store::ledger::{self, LedgerRow};
use crate::store::reminders::NOBODY;
use crate::store::{self, Db, cases, log};
use crate::workflow::log::Room;
use crate::workflow::step::PlannedReminder;

/// How many cases are looked at in one transaction.
const BATCH: i64 = 50;
/// So long after its time, or the digest's that it waits for, a reminder is late, if office hours have not put it off.
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
    /// Planned and due, but not in the ledger: not at all, or not for this person.
    pub missing: Vec<Finding>,
    /// In the ledger, but not planned, or before its time, or after the deadline had ended, or for somebody who was none of
    /// those it is for.
    pub surplus: Vec<Finding>,
    /// Done more than a day after its time, where office hours do not explain it.
    pub late: Vec<Finding>,
    /// In the ledger, but without a mail or a digest that tells it, or that was given up, or waits longer than that.
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
pub(super) struct Window<'a> {
    from: Timestamp,
    until: Timestamp,
    pub now: Timestamp,
    pub calendar: &'a Calendar,
    pub hours: OfficeHours,
}

impl Window<'_> {
    fn holds(&self, planned: Timestamp) -> bool {
        (self.from..self.until).contains(&planned)
    }

    /// Until when what is due at an instant is in time.
    pub fn latest(&self, due: Timestamp) -> Timestamp {
        self.hours.moment(self.calendar, due + LATE)
    }

    /// Whether something happened later than it was to happen at the latest.
    pub fn is_late(&self, happened: Timestamp, latest: Timestamp) -> bool {
        happened > latest + GRACE
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
        let entries = log::entries(db, &stored.id, &Room::Shared, 1)?;
        let entries = entries.iter().map(|row| row.entry()).collect::<Result<Vec<_>, _>>()?;
        let definitions = self.workflows.definitions(db, &entries)?;
        let runs = runs::of_log(&entries);
        let rows = ledger::of_case(db, &stored.id)?;
        audit.cases += 1;
        for run in &runs {
            let definition = definitions.get(&run.definition);
            let deadline = definition.and_then(|definition| definition.deadlines.get(&run.deadline));
            let fires = deadline.is_some_and(|deadline| deadline.then.is_some());
            audit.run(number, run, fires, &rows, window);
        }
        for row in &rows {
            audit.row(number, row, (&rows, &runs), window);
        }
        audit.people(db, number, (&rows, &runs), (&Audience::of(&definitions, &entries)?, window))
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
        let noted: BTreeSet<_> =
            rows.iter().filter(|row| run.is_of(row)).map(|row| (whole(row.step), whole(row.round))).collect();
        let due = run.reminders.iter().filter(|planned| {
            // After its end a deadline reminds of nothing before it has raised its event.
            let held_back = fires && !run.raised && planned.at >= run.runs_out;
            let ended = run.ended_from.is_some_and(|ended| ended < planned.at + GRACE);
            window.holds(planned.at) && planned.at + GRACE <= window.now && !held_back && !ended
        });
        for planned in due {
            self.planned += 1;
            if !noted.contains(&(planned.step, planned.round)) {
                self.missing.push(Finding::of(number, run, planned, None));
            }
        }
        let overdue = fires && !run.raised && run.ended_from.is_none() && run.runs_out + GRACE <= window.now;
        if overdue && window.holds(run.runs_out) {
            let end = PlannedReminder { at: run.runs_out, step: 0, round: 0 };
            self.not_raised.push(Finding::of(number, run, &end, None));
        }
    }

    /// Whether those were reminded of the runs' steps for whom they are.
    fn people(
        &mut self,
        db: &mut Db,
        number: &CaseNumber,
        (rows, runs): (&[LedgerRow], &[Run]),
        (audience, window): (&Audience, &Window),
    ) -> Result<(), AppError> {
        // Of several runs where the days were counted anew: they are of one generation, and may have planned the same.
        let [mut missing, mut surplus] = [BTreeSet::new(), BTreeSet::new()];
        for (run, planned) in runs.iter().flat_map(|run| run.reminders.iter().map(move |planned| (run, planned))) {
            let of_step = || rows.iter().filter(|row| window.holds(planned.at) && run.planned(planned, row));
            let Some(noted) = of_step().map(|row| row.recorded_at).min() else { continue };
            let reminded = of_step().map(|row| PersonId::from(row.person_id.as_str())).collect();
            let noted = Timestamp::from_naive_utc(noted);
            let noted = (noted, local_date(window.hours.moment(window.calendar, noted)), &reminded);
            let differing = audience.compare(db, run, planned, noted)?;
            let finding = |person: PersonId| Finding::of(number, run, planned, Some(person));
            missing.extend(differing.missing.into_iter().map(finding));
            // Whoever has it in the place of somebody else has it as of the day on which it was to leave.
            if !of_step().any(has_passed_on) {
                surplus.extend(differing.surplus.into_iter().map(finding));
            }
        }
        self.missing.extend(missing);
        self.surplus.extend(surplus);
        Ok(())
    }

    /// What is in the ledger: whether it was planned, in time, and told.
    fn row(&mut self, number: &CaseNumber, row: &LedgerRow, (rows, runs): (&[LedgerRow], &[Run]), window: &Window) {
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
            person: Some(row.person_id.as_str()).filter(|person| *person != NOBODY).map(PersonId::from),
        };
        let in_its_time = |run: &&Run| {
            let in_time = recorded >= planned && run.ended.is_none_or(|ended| recorded <= ended + CLOCKS_DIFFER);
            in_time && run.reminders.iter().any(|planned| run.planned(planned, row))
        };
        let Some(run) = runs.iter().find(in_its_time) else {
            self.surplus.push(finding);
            return;
        };
        match telling(row, rows, run, window) {
            Telling::Right => {}
            Telling::Late => self.late.push(finding.clone()),
            Telling::Unsent => self.unsent.push(finding.clone()),
        }
        if finding.person.is_none() {
            self.nobody.push(finding);
        }
    }
}

impl Finding {
    fn of(number: &CaseNumber, run: &Run, planned: &PlannedReminder, person: Option<PersonId>) -> Finding {
        Finding {
            case: number.clone(),
            deadline: run.deadline.clone(),
            generation: run.generation,
            step: planned.step,
            round: planned.round,
            planned: planned.at,
            person,
        }
    }
}

fn whole(value: i32) -> u32 {
    u32::try_from(value).unwrap_or(0)
}
