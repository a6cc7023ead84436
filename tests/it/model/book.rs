//! The model beside the application: a book with a page for each case, that knows its revision, its chains and how it
//! stood, and what each move may have done to them. After each move it compares, and reads on in the logs of those cases that changed.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::NaiveDate;
use samsyn::app::App;
use samsyn::calendar::{Calendar, EndRule, Period, local_date};
use samsyn::clock::Timestamp;
use samsyn::ids::{CaseNumber, Digest};
use samsyn::store::cases::{self, StoredCase};
use samsyn::store::organisation;
use samsyn::store::{StoreError, closing_days};
use samsyn::texts::administration::DAY_OFF;
use samsyn::workflow::case::{Case, Timer};
use samsyn::workflow::definition::{Definition, Effect};
use samsyn::workflow::log::{Entry, hash};
use samsyn::workflow::step::{Act, By, Step, TimerChange};

use crate::support::again::{Log, World, decide_again, difference};
use crate::support::sql;

/// What a move may have done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum May<'a> {
    /// Nothing to any case.
    Nothing,
    /// A step in this case, or its first, and what that raises in those that it grew out of.
    Step(&'a CaseNumber),
    /// An entry in this case that is no step.
    Entry(&'a CaseNumber),
    /// Steps that deadlines raise, wherever some had run out, and what those raise.
    RunOut,
    /// Steps that count anew.
    Recount,
    /// These cases go over to another version.
    Migrate(&'a BTreeSet<CaseNumber>),
}

/// How a case stood after the last move.
pub struct Page {
    pub stored: StoredCase,
    /// The length and head of each chain, as text.
    chains: String,
    lengths: BTreeMap<String, (u64, Digest)>,
    /// Every reminder that a run of a deadline ever planned.
    planned: BTreeSet<(String, u32, u32, u32)>,
}

#[derive(Default)]
pub struct Book {
    pub pages: BTreeMap<CaseNumber, Page>,
    /// How many steps were decided again, and of how many the log did not hold enough.
    pub again: usize,
    pub skipped: usize,
}

impl Book {
    /// Compares every case with its page, and turns the pages of those that changed as they may have.
    pub fn compare(&mut self, app: &App, may: May, what: &str) {
        let mut changed = chains(app);
        changed.retain(|number, chains| self.pages.get(number).is_none_or(|page| page.chains != *chains));
        // A case that grows out of others is judged by how those stood before it changed them.
        let acted = if let May::Step(number) = may { changed.remove_entry(number) } else { None };
        for (number, chains) in acted.into_iter().chain(changed) {
            assert_ne!(may, May::Nothing, "{what} changed {number}");
            let page = self.read_on(app, &number, chains, may);
            self.pages.insert(number, page);
        }
    }

    /// Reads what the log of a case holds beyond its page.
    fn read_on(&mut self, app: &App, number: &CaseNumber, chains: String, may: May) -> Page {
        let page = self.pages.get(number);
        let (stored, log, snapshot) = load(app, number);
        let lengths = lengths(&log.entries);
        let known = |room: &str| page.and_then(|page| page.lengths.get(room));
        for entry in &log.entries {
            let kept = known(&entry.room.to_string()).filter(|(length, _)| *length == entry.n);
            assert!(kept.is_none_or(|(_, head)| *head == hash(&entry.document())), "history changed: {number}");
        }
        let read = known("shared").map_or(0, |(length, _)| *length);
        let new: Vec<_> = log.steps().filter(|(entry, _)| entry.n > read).collect();
        allowed(number, &new, &lengths, (page, may));
        // Under which definition the case stood, and how.
        let mut stood = page.map(|page| (definition(app, &page.stored.definition), page.stored.case.clone()));
        let mut planned = page.map(|page| page.planned.clone()).unwrap_or_default();
        for (entry, step) in &new {
            let before = stood.as_ref().map(|(under, case)| (&**under, case));
            assert!(before.is_none_or(|(_, case)| case.outcome.is_none()), "{number} went on after its end");
            let definition = definition(app, &entry.definition);
            self.decide_again(app, &definition, before, (&log, entry));
            within_limits(app, &definition, before.map(|(_, case)| case), step);
            let case = match stood {
                None => Case::begin(entry.n, step).unwrap(),
                Some((_, case)) => case.evolve(&definition, entry.n, step),
            };
            stood = Some((definition, case));
            planned.extend(plans(step));
        }
        let (_, case) = stood.unwrap();
        assert_eq!(cases::snapshot(&case), snapshot, "{number} is not what its log says");
        let steps = u64::try_from(log.steps().count()).unwrap();
        assert_eq!(stored.case.revision, steps, "{number}: a step without a log row, or the reverse");
        assert_eq!(rows(app, number), running(&case), "{number}: the deadlines that run");
        assert!(case.outcome.is_none() || case.running().count() == 0, "{number} ended, and a deadline runs");
        Page { stored, chains, lengths, planned }
    }

    /// The engine decides again what the log says.
    fn decide_again(
        &mut self,
        app: &App,
        definition: &Definition,
        before: Option<(&Definition, &Case)>,
        (log, entry): (&Log, &Entry),
    ) {
        let step = samsyn::workflow::history::step_of(entry).unwrap();
        let day = local_date(step.recorded);
        let loaded: Result<_, StoreError> = app.store.read(|db| {
            let calendar = closing_days::all(db)?.into_iter();
            let swedish = Calendar::swedish();
            let calendar = calendar.fold(swedish, |calendar, closing| calendar.with_closing_day(closing.day, DAY_OFF));
            Ok((organisation::load(db, day)?, organisation::agreements_in_time(db)?, calendar))
        });
        let (organisation, agreements, calendar) = loaded.unwrap();
        let plans = app.workflows.plans();
        let world = World { organisation: &organisation, agreements: &agreements, calendar: &calendar, plans };
        let origin = |number: &CaseNumber| Some(self.pages.get(number)?.stored.case.clone());
        match decide_again(&world, definition, before, (log, entry), &origin) {
            None => self.skipped += 1,
            Some(Ok(decided)) => {
                let difference = difference(step, &decided);
                assert_eq!(difference, "", "decided again otherwise: {} entry {}", entry.case, entry.n);
                self.again += 1;
            }
            Some(Err(why)) => panic!("not decided again: {} entry {}: {why}", entry.case, entry.n),
        }
    }

    /// What is due by now of the cases as they stand is done, and nothing is done that was never planned.
    pub fn swept(&self, app: &App) {
        let key = "number || '|' || deadline || '|' || generation || '|' || step || '|' || round";
        let rows = sql::lines(
            &app.store,
            &format!("select distinct {key} as line from reminders join cases on cases.id = case_id"),
        );
        let done: BTreeSet<_> = rows.iter().map(|row| remembered(row)).collect();
        let now = app.now();
        for (number, page) in &self.pages {
            let definition = definition(app, &page.stored.definition);
            for (name, running) in page.stored.case.running() {
                let fires = definition.deadlines[name].then.is_some() && !running.ran_out;
                assert!(!fires || running.runs_out > now, "{number}: {name} has run out and raised nothing");
                for due in running.reminders.iter().filter(|reminder| reminder.at <= now) {
                    let key = (number.clone(), (name.clone(), running.generation, due.step, due.round));
                    assert!(done.contains(&key), "due at {now}, and not done: {key:?}");
                }
            }
        }
        for (number, reminder) in &done {
            assert!(self.pages[number].planned.contains(reminder), "{number}: never planned: {reminder:?}");
        }
    }
}

/// Whether the move may have brought these steps, and nothing besides.
fn allowed(
    number: &CaseNumber,
    new: &[(&Entry, &Step)],
    lengths: &BTreeMap<String, (u64, Digest)>,
    (page, may): (Option<&Page>, May),
) {
    let is_own = |(_, step): &(&Entry, &Step)| step.by.person().is_some() && step.act != Act::Migration;
    let fits = match may {
        May::Nothing => false,
        May::Step(case) if case == number => new.len() == 1 && new.iter().all(is_own),
        May::Step(case) => new.iter().all(|(_, step)| matches!(&step.by, By::Case { case: by, .. } if by == case)),
        May::Entry(case) => {
            let count =
                |lengths: &BTreeMap<String, (u64, Digest)>| lengths.values().map(|(length, _)| length).sum::<u64>();
            case == number && new.is_empty() && page.is_some_and(|page| count(lengths) == count(&page.lengths) + 1)
        }
        May::RunOut => new.iter().all(|(_, step)| matches!(step.by, By::Deadline { .. } | By::Case { .. })),
        May::Recount => new.iter().all(|(_, step)| step.act == Act::Recount),
        May::Migrate(cases) => cases.contains(number) && matches!(new, [(_, step)] if step.act == Act::Migration),
    };
    let steps: Vec<_> = new.iter().map(|(_, step)| &step.transition).collect();
    assert!(fits, "{may:?} is no reason for {steps:?} in {number}");
}

/// What an extension or a pause did lies within what the file allows, and a rest takes nothing of the time that was left.
fn within_limits(app: &App, definition: &Definition, before: Option<&Case>, step: &Step) {
    let effects = definition.transition(&step.transition).into_iter().flat_map(|transition| &transition.effects);
    let Some(before) = before.filter(|_| step.act == Act::Transition) else { return };
    let far = |from: NaiveDate, longest: Period| app.calendar.due(from, longest, EndRule::AsCounted).unwrap().due;
    for effect in effects {
        for name in effect.deadlines() {
            let Some(TimerChange::Armed(is)) = step.deadlines.get(name) else { continue };
            let was = before.deadlines[name].running.as_ref().unwrap();
            let deadline = &definition.deadlines[name];
            assert_eq!(is.generation, was.generation + 1, "a clock that is set begins a generation");
            match effect {
                Effect::Extend(_) => {
                    let extend = deadline.extend.as_ref().unwrap();
                    assert!(
                        is.due() > was.due() && is.due() <= far(was.due(), extend.longest),
                        "{name} was put off too far"
                    );
                    assert!(
                        is.derivation.times_extended() <= usize::try_from(extend.times).unwrap(),
                        "{name}: too often"
                    );
                }
                Effect::Pause(_) => {
                    let today = local_date(step.recorded);
                    let longest = far(today, deadline.pause.as_ref().unwrap().longest) - today;
                    assert!(is.derivation.days_paused() <= longest.num_days(), "{name} rests too long");
                    assert!(is.due() >= was.due(), "{name}: a rest took of the time that was left");
                }
                _ => {}
            }
        }
    }
}

fn plans(step: &Step) -> impl Iterator<Item = (String, u32, u32, u32)> {
    let armed = step.deadlines.iter().filter_map(|(name, change)| match change {
        TimerChange::Armed(running) => Some((name, running)),
        TimerChange::Stopped | TimerChange::RanOut => None,
    });
    armed.flat_map(|(name, running)| {
        let generation = running.generation;
        running.reminders.iter().map(move |reminder| (name.clone(), generation, reminder.step, reminder.round))
    })
}

fn remembered(row: &str) -> (CaseNumber, (String, u32, u32, u32)) {
    let part: Vec<_> = row.split('|').collect();
    let whole = |at: usize| part[at].parse::<u32>().unwrap();
    (CaseNumber::from(part[0]), (part[1].to_owned(), whole(2), whole(3), whole(4)))
}

/// Each case with the lengths and heads of its chains and its revision, as text.
fn chains(app: &App) -> BTreeMap<CaseNumber, String> {
    let columns = "number || '|' || room || ' ' || length || ' ' || head || ' ' || revision || ' ' || state";
    let query = format!("select {columns} as line from chains join cases on cases.id = case_id order by 1");
    let mut all: BTreeMap<CaseNumber, String> = BTreeMap::new();
    for line in sql::lines(&app.store, &query) {
        let (number, chain) = line.split_once('|').unwrap();
        all.entry(CaseNumber::from(number)).or_default().push_str(chain);
    }
    all
}

fn lengths(entries: &[Entry]) -> BTreeMap<String, (u64, Digest)> {
    entries.iter().map(|entry| (entry.room.to_string(), (entry.n, hash(&entry.document())))).collect()
}

fn load(app: &App, number: &CaseNumber) -> (StoredCase, Log, String) {
    let loaded: Result<_, StoreError> = app.store.read(|db| {
        let stored = cases::by_number(db, number)?.unwrap();
        let snapshot = cases::stored_snapshot(db, &stored.id)?;
        Ok((Log::stored(db, &stored.id)?, snapshot, stored))
    });
    let (log, snapshot, stored) = loaded.unwrap();
    (stored, log, snapshot)
}

pub fn definition(app: &App, digest: &Digest) -> Arc<Definition> {
    app.store.read(|db| app.workflows.of(db, digest)).unwrap().definition
}

/// The index by which a sweep finds what is due: deadline, generation, last day, end.
fn rows(app: &App, number: &CaseNumber) -> BTreeSet<String> {
    let columns = "name || ' ' || generation || ' ' || cast(due as text) || ' ' || cast(runs_out as text)";
    let of = format!("from deadlines join cases on cases.id = case_id where number = '{number}'");
    sql::lines(&app.store, &format!("select {columns} as line {of}")).into_iter().collect()
}

fn running(case: &Case) -> BTreeSet<String> {
    let wall = |at: Timestamp| at.utc().format("%Y-%m-%d %H:%M:%S").to_string();
    let line = |(name, timer): (&String, &Timer)| {
        let running = timer.running.as_ref()?;
        Some(format!("{name} {} {} {}", running.generation, running.due(), wall(running.runs_out)))
    };
    case.deadlines.iter().filter_map(line).collect()
}
