//! Who is reminded, and what becomes of the mails: what must be so after each run of a job and at the end. It goes by the cases as they stood before and after,
//! by the ledger and by what the mail server took: not by the log, which the audit goes by.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};
use samsyn::app::App;
use samsyn::calendar::{Calendar, ZONE, local_date};
use samsyn::clock::Timestamp;
use samsyn::ids::{CaseNumber, UnitId};
use samsyn::store::cases::{self, StoredCase};
use samsyn::store::closing_days;
use samsyn::workflow::definition::Definition;
use samsyn::workflow::step::{PlannedReminder, Running};

use super::people::People;
use super::sql;

/// The cases as they stand.
pub type Cases = BTreeMap<CaseNumber, StoredCase>;

/// A mail that the server took: its row, to whom, and whether we were told so.
pub type Arrived = (String, String, bool);

/// A run of a deadline.
type Run = (CaseNumber, String, u32);
/// A step of it, with the repeat.
type Step = (Run, (u32, u32));

/// A row of the ledger.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Row {
    run: Run,
    planned: Timestamp,
    step: (u32, u32),
    person: String,
    recorded: Timestamp,
    mail: String,
    /// Where it is told in a digest: whether it waits, is told or was dropped.
    digest: String,
}

#[derive(Default)]
pub struct Judge {
    /// Who has been reminded of what.
    known: BTreeMap<Step, BTreeSet<String>>,
    /// How many rows the ledger holds.
    rows: usize,
    /// How many mails the server has taken, and how often each row's.
    pub taken: usize,
    arrivals: BTreeMap<String, usize>,
    /// How often a row's mail may arrive again: the server never said that it had it, or who was told died.
    again: BTreeMap<String, usize>,
    /// How many reminders were judged to be for the right people.
    pub right: usize,
    /// How many passed to somebody else before they were told.
    pub passes: usize,
    /// The units that each case was ever routed to.
    routed: BTreeMap<CaseNumber, BTreeSet<UnitId>>,
    /// The mails that were kept from somebody who had lost the role.
    pub withheld: BTreeSet<String>,
}

pub fn stand(app: &App, numbers: &[CaseNumber]) -> Cases {
    let all: Result<_, samsyn::store::StoreError> = app.store.read(|db| {
        let stored = numbers.iter().map(|number| Ok((number.clone(), cases::by_number(db, number)?.unwrap())));
        stored.collect()
    });
    all.unwrap()
}

fn definition(app: &App, stored: &StoredCase) -> std::sync::Arc<Definition> {
    app.store.read(|db| app.workflows.of(db, &stored.definition)).unwrap().definition
}

fn running<'a>(all: &'a Cases, (number, name, generation): &Run) -> Option<&'a Running> {
    let running = all.get(number)?.case.deadlines.get(name)?.running.as_ref()?;
    (running.generation == *generation).then_some(running)
}

fn time(text: &str) -> Timestamp {
    Timestamp::from_naive_utc(NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S%.f").unwrap())
}

fn ledger(app: &App) -> Vec<Row> {
    let key = "number || '|' || deadline || '|' || generation || '|' || step || '|' || round || '|' || person_id";
    let times = "cast(planned_at as text) || '|' || cast(recorded_at as text) || '|' || coalesce(outbox_id, '') || '|' || coalesce(digest, '')";
    let query = format!("select {key} || '|' || {times} as line from reminders join cases on cases.id = case_id");
    let row = |line: &String| {
        let part: Vec<_> = line.split('|').collect();
        let whole = |at: usize| part[at].parse::<u32>().unwrap();
        Row {
            run: (CaseNumber::from(part[0]), part[1].to_owned(), whole(2)),
            planned: time(part[6]),
            step: (whole(3), whole(4)),
            person: part[5].to_owned(),
            recorded: time(part[7]),
            mail: part[8].to_owned(),
            digest: part[9].to_owned(),
        }
    };
    let mut rows: Vec<_> = sql::lines(&app.store, &query).iter().map(row).collect();
    rows.sort();
    rows
}

impl Judge {
    /// The rows of the ledger that were not there before.
    fn new_rows(&mut self, app: &App) -> Vec<Row> {
        let count = sql::lines(&app.store, "select cast(count(*) as text) as line from reminders");
        if count[0].parse() == Ok(self.rows) {
            return Vec::new();
        }
        let all = ledger(app);
        self.rows = all.len();
        let new = all.into_iter().filter(|row| {
            let people = self.known.entry((row.run.clone(), row.step)).or_default();
            people.insert(row.person.clone())
        });
        new.collect()
    }

    /// Nobody is reminded by what people do, or by the jobs that do not remind.
    pub fn nobody_reminded(&mut self, app: &App, by: &str) {
        let new = self.new_rows(app);
        assert!(new.is_empty(), "{by} reminded: {new:?}");
    }

    /// Remembers the units that a case is routed to.
    pub fn routed(&mut self, number: &CaseNumber, stored: &StoredCase) {
        let units = stored.case.assigned.iter().flat_map(|routed| [&routed.lead].into_iter().chain(&routed.also));
        self.routed.entry(number.clone()).or_default().extend(units.cloned());
    }

    /// What a sweep did, whether or not it came to its end.
    pub fn swept(&mut self, app: &App, before: &Cases, after: &Cases, people: &People, whole: bool) {
        let now = app.now();
        before.iter().chain(after).for_each(|(number, stored)| self.routed(number, stored));
        let new = self.new_rows(app);
        for row in &new {
            assert!(row.recorded == now && row.planned <= now, "at {now}: {row:?}");
            let stood = [before, after].map(|cases| running(cases, &row.run));
            let planned = |running: &&Running| {
                running
                    .reminders
                    .iter()
                    .any(|reminder| (reminder_key(reminder), reminder.at) == (row.step, row.planned))
            };
            // Of a run that began and ended within this one sweep nothing is known here.
            let moved = after[&row.run.0].case.revision > before[&row.run.0].case.revision + 1;
            assert!(
                stood.iter().flatten().any(planned) || stood == [None, None] && moved,
                "nothing to remind of: {row:?}"
            );
        }
        self.coalesced(before, after, &new);
        self.for_the_right(app, (before, after), &new, people);
        if whole {
            self.complete(app, after);
        }
    }

    /// What writing digests or sending mails noted: what was for somebody who has lost the role may have passed to whoever has
    /// it now.
    pub fn passed_on(&mut self, app: &App, cases: &Cases, people: &People) {
        for row in self.new_rows(app) {
            let stored = &cases[&row.run.0];
            let definition = definition(app, stored);
            assert!(running(cases, &row.run).is_some(), "passed on after its end: {row:?}");
            let to = &definition.deadlines[&row.run.1].remind[usize::try_from(row.step.0).unwrap()].to;
            let meant = people.meant(&definition, &stored.case, to, local_date(app.now()));
            let right = meant.contains(&row.person) || row.person.is_empty() && meant.is_empty();
            assert!(right, "passed on to the wrong one: {row:?}");
            self.passes += 1;
        }
    }

    /// Of what one sweep has for a person about a deadline, the last has a mail and no other, or all wait for her digest.
    fn coalesced(&self, before: &Cases, after: &Cases, new: &[Row]) {
        let mut of: BTreeMap<(&Run, &str), Vec<&Row>> = BTreeMap::new();
        for row in new {
            match row.person.is_empty() {
                true => assert_eq!(row.mail, "", "a mail to nobody"),
                false => of.entry((&row.run, &row.person)).or_default().push(row),
            }
        }
        for rows in of.into_values() {
            let (last, earlier) = rows.split_last().unwrap();
            assert!(last.mail.is_empty() == (last.digest == "waiting"), "no mail, or one too many: {last:?}");
            let moved = after[&last.run.0].case.revision != before[&last.run.0].case.revision;
            assert!(moved || earlier.iter().all(|row| row.mail.is_empty()), "several mails at once: {rows:?}");
        }
    }

    /// Each step reminds those whom it is meant for, and nobody else.
    fn for_the_right(&mut self, app: &App, (before, after): (&Cases, &Cases), new: &[Row], people: &People) {
        let mut told: BTreeMap<(&Run, (u32, u32)), BTreeSet<&str>> = BTreeMap::new();
        for row in new {
            told.entry((&row.run, row.step)).or_default().insert(&row.person);
        }
        for ((run, step), told) in told {
            let stored = [&before[&run.0], &after[&run.0]];
            if stored[0].case.revision + 1 < stored[1].case.revision {
                continue; // how it stood in between is not known here
            }
            let definition = definition(app, stored[0]);
            let to = &definition.deadlines[&run.1].remind[usize::try_from(step.0).unwrap()].to;
            let meant = stored.map(|stored| {
                let meant = people.meant(&definition, &stored.case, to, leaves_on(app));
                if meant.is_empty() { BTreeSet::from([String::new()]) } else { meant }
            });
            let is = |meant: &BTreeSet<String>| meant.iter().map(String::as_str).eq(told.iter().copied());
            assert!(meant.iter().any(is), "{run:?} step {step:?} reminds {told:?}, meant are {meant:?}");
            self.right += 1;
        }
    }

    /// After a sweep that came to its end nothing that is due is undone.
    fn complete(&self, app: &App, after: &Cases) {
        let now = app.now();
        for (number, stored) in after {
            let definition = definition(app, stored);
            for (name, running) in stored.case.running() {
                let run = (number.clone(), name.clone(), running.generation);
                let fires = definition.deadlines[name].then.is_some() && !running.ran_out;
                assert!(!fires || running.runs_out > now, "{run:?} has run out and raised nothing");
                let due = running.reminders.iter().filter(|reminder| reminder.at <= now);
                let mut undone = due.filter(|due| !self.known.contains_key(&(run.clone(), reminder_key(due))));
                assert_eq!(undone.next(), None, "due and not done at {now}: {run:?}");
            }
        }
    }

    /// What a delivery brought to the mail server, each mail with its row, its address and whether we were told that it was
    /// taken; and whether the instance died at it.
    pub fn delivered(&mut self, app: &App, cases: &Cases, people: &People, (arrived, died): (&[Arrived], bool)) {
        self.taken += arrived.len();
        assert!(arrived.is_empty() || in_office(app), "mails at {}", app.now());
        for (at, (id, to, told)) in arrived.iter().enumerate() {
            let (status, person, told_of) = mail(app, id);
            let (status, person) = (status.as_str(), person.as_str());
            assert_eq!(to, people.address(person), "{id}");
            let secret = told_of.iter().find(|number| !self.may_know(app, cases, people, person, number));
            assert_eq!(secret, None, "{person} is told of a case that she may not know of: {id}");
            *self.arrivals.entry(id.clone()).or_default() += 1;
            let died = died && at + 1 == arrived.len();
            assert!(!*told || died || status == "sent", "{id} was taken, and is {status}");
            if !*told || (died && status != "sent") {
                *self.again.entry(id.clone()).or_default() += 1;
            }
        }
        self.kept_back(app, cases, people);
    }

    /// What was kept from people who had lost the role is nothing that they might know of.
    fn kept_back(&mut self, app: &App, cases: &Cases, people: &People) {
        let why = "error = 'the person may no longer know of the case'";
        let rows = sql::lines(&app.store, &format!("select id as line from outbox where status = 'failed' and {why}"));
        for id in rows {
            if self.withheld.insert(id.clone()) {
                let (_, person, told_of) = mail(app, &id);
                let known = told_of.iter().find(|number| self.may_know(app, cases, people, &person, number));
                assert_eq!(known, None, "kept from {person}, who may know of it: {id}");
            }
        }
    }

    /// Whether somebody may know of a case today.
    pub fn may_know(&self, app: &App, cases: &Cases, people: &People, person: &str, number: &CaseNumber) -> bool {
        let none = BTreeSet::new();
        let units = self.routed.get(number).unwrap_or(&none);
        people.know(person, (&cases[number].case, units), local_date(app.now()))
    }

    /// At the end of the year, after the queue has been emptied: how many mails were sent, failed, came again.
    pub fn at_the_end(&self, app: &App) -> [usize; 3] {
        let query = "select id || '|' || status || '|' || coalesce(error, '') as line from outbox";
        let mut counts = [0; 3];
        let mut rows = BTreeSet::new();
        for line in sql::lines(&app.store, query) {
            let part: Vec<_> = line.split('|').collect();
            let of = |counts: &BTreeMap<String, usize>| counts.get(part[0]).copied().unwrap_or(0);
            let (arrivals, again) = (of(&self.arrivals), of(&self.again));
            match part[1] {
                "sent" => {
                    assert!(arrivals >= 1 && arrivals <= 1 + again, "{line}: {arrivals} times, {again} explained")
                }
                "failed" => assert!(!part[2].is_empty() && arrivals <= again, "{line}: {arrivals} times"),
                _ => panic!("still there: {line}"),
            }
            counts[usize::from(part[1] == "failed")] += 1;
            counts[2] += arrivals.saturating_sub(1);
            rows.insert(part[0].to_owned());
        }
        assert!(self.arrivals.keys().all(|id| rows.contains(id)), "a mail that is nobody's");
        let ledger = ledger(app);
        let count: usize = self.known.values().map(BTreeSet::len).sum();
        assert_eq!(ledger.len(), count, "every row was judged once");
        let (alone, told): (Vec<_>, Vec<_>) = ledger.iter().partition(|row| row.digest.is_empty());
        let mails: Vec<_> = alone.iter().map(|row| row.mail.clone()).filter(|mail| !mail.is_empty()).collect();
        let of = |kind: &str, column: &str| {
            sql::lines(&app.store, &format!("select {column} as line from outbox where dedupe like '{kind}:%'"))
        };
        let sets = [mails.clone(), of("reminder", "id")].map(|ids| ids.into_iter().collect::<BTreeSet<_>>());
        assert!(sets[0] == sets[1] && mails.len() == sets[0].len(), "a mail for each reminder that has one");
        let digests: BTreeSet<_> = of("digest", "id || ' ' || person_id").into_iter().collect();
        for row in told {
            let is_in_hers = digests.contains(&format!("{} {}", row.mail, row.person));
            assert!(row.digest == "dropped" && row.mail.is_empty() || row.digest == "told" && is_in_hers, "{row:?}");
        }
        counts
    }
}

/// What has become of a mail, to whom it is, and the cases that it tells of.
fn mail(app: &App, id: &str) -> (String, String, Vec<CaseNumber>) {
    let columns = "status || '|' || person_id || '|' || content";
    let rows = sql::lines(&app.store, &format!("select {columns} as line from outbox where id = '{id}'"));
    let mut parts = rows[0].splitn(3, '|');
    let mut next = || parts.next().unwrap().to_owned();
    let (status, person, content) = (next(), next(), next());
    let content: serde_json::Value = serde_json::from_str(&content).unwrap();
    let matters = ["new", "earlier"].into_iter().flat_map(|part| content[part].as_array().cloned().unwrap_or_default());
    let all = matters.chain([content.clone()]);
    let numbers = all.filter_map(|one| one["number"].as_str().map(CaseNumber::from)).collect();
    (status, person, numbers)
}

fn reminder_key(reminder: &PlannedReminder) -> (u32, u32) {
    (reminder.step, reminder.round)
}

/// Whether it is between seven and five on a working day.
fn in_office(app: &App) -> bool {
    let wall = app.now().utc().with_timezone(&ZONE).time();
    leaves_on(app) == local_date(app.now()) && wall >= hour(7)
}

/// The day on which a mail leaves that is written now: this one until five where it is a working day, else the next that is.
fn leaves_on(app: &App) -> NaiveDate {
    let closed = app.store.read(closing_days::all).unwrap();
    let works =
        |day: NaiveDate| Calendar::swedish().is_working_day(day) && closed.iter().all(|closing| closing.day != day);
    let today = local_date(app.now());
    let over = app.now().utc().with_timezone(&ZONE).time() >= hour(17);
    today.iter_days().skip(usize::from(over)).find(|day| works(*day)).unwrap()
}

fn hour(hour: u32) -> NaiveTime {
    NaiveTime::from_hms_opt(hour, 0, 0).unwrap()
}
