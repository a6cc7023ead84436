//! Closing days: days off besides the law's that whoever administers the county adds or takes back, and what they do to
//! deadlines that run: seen before, then counted anew case by case, each in the case's record.
//!
//! New deadlines count with a day from the moment at which it is noted. Those that run are counted anew by a job, in
//! transactions of their own, so that no case waits for another; run again, it does nothing where nothing moves. Nothing
//! is ever moved to a day that has been.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate, TimeDelta};

use super::{county, judged, typed};
use crate::app::changes::{self, Change, Kind};
use crate::app::record::Recorder;
use crate::app::world::organisation_of;
use crate::app::{App, AppError};
use crate::authz::Actor;
use crate::calendar::{Calendar, DayOff, local_date};
use crate::clock::Timestamp;
use crate::ids::CaseId;
use crate::store::cases::StoredCase;
use crate::store::closing_days::{self, ClosingDay};
use crate::store::{Db, StoreError, cases, deadlines};
use crate::texts::administration as texts;
use crate::workflow::clock;
use crate::workflow::engine::Decided;
use crate::workflow::input::Input;
use crate::workflow::rejection::{Code, Reason};
use crate::workflow::step::{Running, Step, TimerChange};

/// Why a closing day is no working day, as it stands within a sentence.
const REASON: &str = texts::DAY_OFF;
/// How far ahead a closing day may lie.
const AHEAD: Days = Days::new(731);
/// How many cases are fetched at a time.
const BATCH: i64 = 200;
/// For so long after a change of the closing days deadlines are counted anew by every run of the job. On PostgreSQL a step
/// that read them before may be stored after a run has passed its case by; none takes so long.
const UNDER_WAY: TimeDelta = TimeDelta::minutes(2);
/// The most cases that a preview looks at.
const LOOKED: usize = 2_000;

/// A closing day as it was typed.
#[derive(Debug, Clone, Default)]
pub struct ClosingDayOrder {
    /// The day.
    pub day: Option<NaiveDate>,
    /// Why the offices are closed.
    pub name: String,
}

/// What a closing day would do. Neither numbers of cases nor titles of deadlines: a title tells what a case holds, and
/// who administers sees no case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preview {
    /// How many deadlines it would move, by their last day now and then.
    pub moved: BTreeMap<(NaiveDate, NaiveDate), usize>,
    /// Whether there are more cases than were looked at.
    pub more: bool,
}

/// The working days as they are known now. Why the offices are closed is said alike for all days: what somebody typed
/// would stand in the record of every case, from where nothing can be removed.
pub(in crate::app) fn calendar(app: &App, db: &mut Db) -> Result<Calendar, StoreError> {
    let days = closing_days::all(db)?.into_iter();
    Ok(days.fold((*app.calendar).clone(), |calendar, closing| calendar.with_closing_day(closing.day, REASON)))
}

impl App {
    /// The closing days to come, by date, for whoever administers the county.
    ///
    /// # Errors
    /// [`AppError::NotFound`] for everybody else.
    pub fn closing_days(&self, actor: &Actor) -> Result<Vec<ClosingDay>, AppError> {
        county(actor)?;
        let today = local_date(self.now());
        let mut days = self.store.read(closing_days::all)?;
        days.retain(|closing| closing.day > today);
        Ok(days)
    }

    /// Which running deadlines a closing day would move.
    ///
    /// # Errors
    /// Every reason why it cannot be one; [`AppError::NotFound`] for whoever does not administer the county.
    pub fn preview_closing_day(&self, actor: &Actor, order: &ClosingDayOrder) -> Result<Preview, AppError> {
        county(actor)?;
        let now = self.now();
        self.store.read(|db| {
            let held = calendar(self, db)?;
            let closing = judge(order, &held, now)?;
            let then = held.clone().with_closing_day(closing.day, REASON);
            let (mut moved, mut after, mut looked) = (BTreeMap::new(), None, 0);
            loop {
                let batch = deadlines::cases_due_from(db, closing.day, after.as_ref(), BATCH)?;
                let Some(last) = batch.last().cloned() else { return Ok(Preview { moved, more: false }) };
                for id in batch {
                    let stored = cases::by_id(db, &id)?.ok_or(AppError::NotFound)?;
                    let known = self.workflows.of(db, &stored.definition)?;
                    let recount =
                        |calendar| clock::recount(&known.definition, &stored.case, calendar, closing.day, now);
                    // What an earlier day is still to move is not this one's doing.
                    for days in moves(&stored, recount(&held).as_ref(), recount(&then).as_ref()) {
                        *moved.entry(days).or_default() += 1;
                    }
                    looked += 1;
                }
                if looked >= LOOKED {
                    return Ok(Preview { moved, more: true });
                }
                after = Some(last);
            }
        })
    }

    /// Notes a closing day. The job counts the running deadlines anew. One that is there already, under the same name, is
    /// left as it is: whoever clicks twice has added it.
    ///
    /// # Errors
    /// Every reason why it cannot be one; [`AppError::NotFound`] for whoever does not administer the county.
    pub fn add_closing_day(&self, actor: &Actor, order: &ClosingDayOrder) -> Result<(), AppError> {
        county(actor)?;
        let now = self.now();
        self.store.write(|db| {
            let is_this = |held: &ClosingDay| Some(held.day) == order.day && held.name == order.name.trim();
            if closing_days::all(db)?.iter().any(is_this) {
                return Ok(());
            }
            let closing = judge(order, &calendar(self, db)?, now)?;
            closing_days::put(db, &closing, false, now)?;
            let change = Change::new(Kind::ClosingDayAdded, None, &closing.name).with("day", closing.day);
            Ok(changes::record(self, db, actor, now, change)?)
        })
    }

    /// Takes a closing day back that has not been.
    ///
    /// # Errors
    /// [`AppError::NotFound`] where there is none, and for whoever does not administer the county.
    pub fn take_back_closing_day(&self, actor: &Actor, day: NaiveDate) -> Result<(), AppError> {
        county(actor)?;
        let now = self.now();
        self.store.write(|db| {
            let coming = closing_days::all(db)?.into_iter().filter(|closing| closing.day > local_date(now));
            let closing = coming.into_iter().find(|closing| closing.day == day).ok_or(AppError::NotFound)?;
            closing_days::put(db, &closing, true, now)?;
            let change = Change::new(Kind::ClosingDayTakenBack, None, &closing.name).with("day", closing.day);
            Ok(changes::record(self, db, actor, now, change)?)
        })
    }

    /// Counts the running deadlines anew where a closing day came or was taken back. Answers how many cases that moved.
    ///
    /// # Errors
    /// Where the database does not answer. What was counted stays so, and the rest is done by the next call.
    pub fn recount_deadlines(&self) -> Result<u64, AppError> {
        let begun = self.now();
        let pending = self.store.read(closing_days::pending)?;
        let Some(day) = pending.iter().map(|pending| pending.0).min() else { return Ok(0) };
        let (mut recounted, mut failed, mut after) = (0, false, None);
        loop {
            let batch = self.store.read(|db| deadlines::cases_due_from(db, day, after.as_ref(), BATCH))?;
            let Some(last) = batch.last().cloned() else { break };
            for id in batch {
                match self.recount(&id, day) {
                    Ok(moved) => recounted += u64::from(moved),
                    Err(AppError::Store(StoreError::Unavailable(why))) => {
                        return Err(StoreError::Unavailable(why).into());
                    }
                    // One case stops no other; the next call tries it again.
                    Err(error) => {
                        tracing::error!(case = %id, %error, "the deadlines of a case could not be counted anew");
                        failed = true;
                    }
                }
            }
            after = Some(last);
        }
        let now = self.now();
        if !failed {
            let settled: Vec<_> = pending.into_iter().filter(|(_, changed)| *changed + UNDER_WAY <= begun).collect();
            self.store.write(|db| closing_days::recounted(db, &settled, now))?;
        }
        Ok(recounted)
    }

    /// Counts the deadlines of a case anew; true where one moved.
    fn recount(&self, id: &CaseId, day: NaiveDate) -> Result<bool, AppError> {
        let now = self.now();
        self.store.write(|db| {
            let number = cases::by_id(db, id)?.ok_or(AppError::NotFound)?.number;
            let (stored, tip) = cases::lock(db, &number)?.ok_or(AppError::NotFound)?;
            let known = self.workflows.of(db, &stored.definition)?;
            let calendar = calendar(self, db)?;
            let Some(step) = clock::recount(&known.definition, &stored.case, &calendar, day, now) else {
                return Ok(false);
            };
            let organisation = organisation_of(db, &known.definition, now)?;
            let decided = Decided { step, texts: Vec::new(), own: Input::default() };
            let mut recorder = Recorder { app: self, db, now, organisation: &organisation, calendar: &calendar };
            recorder.go_on(&known, (&stored, tip), &decided)?;
            Ok(true)
        })
    }
}

/// The closing day that was typed: a working day to come, with a name.
fn judge(order: &ClosingDayOrder, calendar: &Calendar, now: Timestamp) -> Result<ClosingDay, AppError> {
    let mut reasons = Vec::new();
    let name = typed::name("name", &order.name, &mut reasons);
    let mut refuse = |detail: &str| reasons.push(Reason::field(Code::WrongType, "day", detail));
    match order.day.map(|day| (day, calendar.day_off(day))) {
        None => refuse(texts::CLOSING_DAY),
        Some((day, _)) if day <= local_date(now) => refuse(texts::CLOSING_DAY_TO_COME),
        Some((day, _)) if day > local_date(now) + AHEAD => refuse(texts::CLOSING_DAY_FAR),
        Some((_, Some(DayOff::Closing(_)))) => refuse(texts::CLOSING_DAY_KNOWN),
        Some((_, Some(_))) => refuse(texts::CLOSING_DAY_OFF),
        Some((_, None)) => {}
    }
    judged(reasons)?;
    Ok(ClosingDay { day: order.day.unwrap_or_default(), name })
}

/// The last days, before and after, of the deadlines that the second recount moves otherwise than the first.
fn moves<'a>(
    stored: &'a StoredCase,
    held: Option<&'a Step>,
    then: Option<&'a Step>,
) -> impl Iterator<Item = (NaiveDate, NaiveDate)> + 'a {
    let due = |step: Option<&Step>, name: &str, running: &Running| match step.and_then(|step| step.deadlines.get(name))
    {
        Some(TimerChange::Armed(anew)) => anew.due(),
        _ => running.due(),
    };
    let days = stored.case.running().map(move |(name, running)| (due(held, name, running), due(then, name, running)));
    days.filter(|(was, due)| was != due)
}
