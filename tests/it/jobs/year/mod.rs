//! A year by dice: people act, or do not; roles end, people go away, days are closed; instances die at their work, the mail
//! server fails in every way, and the clock jumps. Whatever comes, each step of each deadline reminds those whom it is meant
//! for, once, in office hours. Every run is the same for the same seed, which a failure names.

mod acts;
mod instances;

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use chrono::{Duration, NaiveDate};
use samsyn::app::administration::ClosingDayOrder;
use samsyn::calendar::local_date;
use samsyn::clock::Timestamp;
use samsyn::ids::{CaseNumber, IdSource};

use crate::support::cases::actor;
use crate::support::database::TestApp;
use crate::support::judge::{Judge, stand};
use crate::support::people::{self, COUNTY, People};
use crate::support::sql;
use crate::support::values::roll;

use instances::Instances;

const BEGIN: &str = "2026-01-07T08:00:00Z";
/// How many cases are open at a time.
const CASES: usize = 8;
/// How many times a year the program is down for a month.
const DOWN: usize = 2;

struct Year {
    dice: IdSource,
    test: TestApp,
    people: People,
    instances: Instances,
    judge: Judge,
    cases: Vec<CaseNumber>,
    /// How often each step was taken in each case.
    tried: BTreeMap<(CaseNumber, String), usize>,
    did: BTreeMap<String, usize>,
    /// How time passed last.
    moved: &'static str,
}

/// Tells the seed of a year that failed.
struct Seed(u64);

impl Drop for Seed {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("the year of seed {0} failed: SAMSYN_SEED={0} lives it again", self.0);
        }
    }
}

impl Year {
    fn begin(seed: u64) -> Year {
        let test = TestApp::seeded(BEGIN, seed);
        let instances = Instances::of(&test, seed);
        let dice = IdSource::seeded(seed);
        let (people, judge) = (People::new(), Judge::default());
        let (tried, did) = (BTreeMap::new(), BTreeMap::new());
        Year { dice, test, people, instances, judge, cases: Vec::new(), tried, did, moved: "" }
    }

    fn roll(&self, sides: usize) -> usize {
        roll(&self.dice, sides)
    }

    fn now(&self) -> Timestamp {
        self.test.app.now()
    }

    fn note(&mut self, what: &str) {
        *self.did.entry(what.to_owned()).or_default() += 1;
    }

    fn times(&self, what: &str) -> usize {
        self.did.get(what).copied().unwrap_or(0)
    }

    /// Mostly some hours; sometimes back by one, and seldom on by a month in which nothing ran.
    fn pass_time(&mut self) {
        let within = |sides| i64::try_from(self.roll(sides)).unwrap();
        let seconds = Duration::seconds(within(3600));
        let by = match self.roll(250) {
            0 | 1 if self.times("month down") < DOWN => ("month down", Duration::days(25 + within(10))),
            // Not twice in a row: that would be a clock that is set back by two.
            2..=10 if self.moved != "hour back" => ("hour back", Duration::minutes(-60)),
            _ => ("time", Duration::hours(within(36)) + seconds),
        };
        self.note(by.0);
        self.moved = by.0;
        self.test.clock.advance(by.1);
    }

    fn organisation(&mut self) {
        if self.roll(12) == 0
            && let Some(what) = self.people.change(&self.test.app, &self.dice)
        {
            self.note(what);
        }
        if self.roll(60) == 0 {
            let day = local_date(self.now()) + Duration::days(1 + i64::try_from(self.roll(50)).unwrap());
            let (app, county) = (&self.test.app, actor(&self.test.app, COUNTY));
            let order = ClosingDayOrder { day: Some(day), name: "klämdag".to_owned() };
            let known = app.closing_days(&county).unwrap();
            let what = match known.first().filter(|_| self.roll(3) == 0) {
                Some(known) => app.take_back_closing_day(&county, known.day).map(|()| "day opened"),
                None => app.add_closing_day(&county, &order).map(|()| "day closed"),
            };
            what.into_iter().for_each(|what| self.note(what));
        }
    }

    /// What each minute brings where the program runs: the jobs in their order.
    fn jobs(&mut self) {
        if self.roll(8) == 0 {
            let all: Vec<_> =
                people::PRINCIPALS.iter().flat_map(|place| self.people.around(&[(*place).into()])).collect();
            let addresses: Vec<_> = all.iter().map(|person| self.people.address(person.as_str())).collect();
            self.instances.change_weather(&self.dice, &addresses);
        }
        if self.instances.job("recount", &self.dice) {
            self.judge.nobody_reminded(&self.test.app, "counting anew");
        }
        // Where one died at it another takes over, before anybody comes to act.
        for _ in 0..3 {
            if self.sweep() {
                break;
            }
            self.test.clock.advance(Duration::minutes(1));
        }
        self.digests();
        if self.roll(30) == 0 {
            self.instances.claim_and_die();
        }
        self.send();
        if self.roll(150) == 0 {
            let again = self.test.app.retry_failed_mails().unwrap();
            (0..again).for_each(|_| self.note("tried again by hand"));
        }
    }

    fn send(&mut self) {
        self.instances.job("mail", &self.dice);
        if self.instances.died {
            self.note("died");
        }
        let stand = stand(&self.test.app, &self.cases);
        let arrived = self.instances.arrived_after(self.judge.taken);
        self.judge.delivered(&self.test.app, &stand, &self.people, (&arrived, self.instances.died));
        self.judge.passed_on(&self.test.app, &stand, &self.people);
    }

    /// True where all that was due was done.
    fn sweep(&mut self) -> bool {
        let app = self.test.app.clone();
        let before = stand(&app, &self.cases);
        let whole = self.instances.job("deadlines", &self.dice);
        let after = stand(&app, &self.cases);
        self.judge.swept(&app, &before, &after, &self.people, whole);
        let moved = before.iter().filter(|(number, stood)| stood.case.revision != after[number].case.revision).count();
        (0..moved).for_each(|_| self.note("ran out"));
        if whole && self.roll(40) == 0 {
            let today = local_date(self.now());
            self.audit(today - Duration::days(40), today);
        }
        whole
    }

    fn digests(&mut self) {
        self.instances.job("digests", &self.dice);
        let stand = stand(&self.test.app, &self.cases);
        self.judge.passed_on(&self.test.app, &stand, &self.people);
    }

    /// By the audit too each step that the log planned for these days reminded those whom it is for and nobody else, and each
    /// event was raised.
    fn audit(&mut self, from: NaiveDate, to: NaiveDate) {
        let audit = self.test.app.audit_reminders(from, to).unwrap();
        for (what, findings) in
            audit.by_kind().into_iter().filter(|(what, _)| ["missing", "surplus", "not_raised"].contains(what))
        {
            assert!(findings.is_empty(), "{what}: {findings:?}");
        }
        self.note("audited");
    }

    /// The mail server is well, and everybody waits until everything has left.
    fn end(&mut self) -> [usize; 3] {
        self.instances.clear_up();
        self.instances.healthy = true;
        self.sweep();
        let swept = local_date(self.now());
        for _ in 0..700 {
            self.test.clock.advance(Duration::minutes(47));
            self.digests();
            self.send();
            let queue = self.test.app.watched().unwrap().queue;
            let waits =
                sql::lines(&self.test.app.store, "select deadline as line from reminders where digest = 'waiting'");
            if queue.waiting + queue.retrying == 0 && waits.is_empty() {
                break;
            }
        }
        self.audit(local_date(BEGIN.parse().unwrap()), swept - Duration::days(1));
        assert_eq!(self.test.app.verify_log(&[], |_| {}).unwrap().problems, [""; 0]);
        self.judge.at_the_end(&self.test.app)
    }
}

/// Lives so many days by the dice of a seed. Answers what happened how often.
fn live(seed: u64, days: i64) -> BTreeMap<String, usize> {
    let _told = Seed(seed);
    let mut year = Year::begin(seed);
    let end = year.now() + Duration::days(days);
    while year.now() < end {
        year.pass_time();
        year.jobs();
        year.somebody_acts();
        year.organisation();
    }
    let [sent, failed, again] = year.end();
    let Judge { right, passes, withheld, .. } = year.judge;
    let counts = [
        ("sent", sent),
        ("failed", failed),
        ("came again", again),
        ("reminded", right),
        ("passed on", passes),
        ("kept back", withheld.len()),
    ];
    let happened = counts.into_iter().filter(|(_, count)| *count > 0);
    year.did.extend(happened.map(|(what, count)| (what.to_owned(), count)));
    year.did
}

fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok().map(|text| text.parse().unwrap())
}

#[test]
fn a_year_in_which_everything_goes_wrong_reminds_rightly() {
    let did = live(number("SAMSYN_SEED").unwrap_or(1), 365);
    println!("{did:#?}");
}

#[test]
#[ignore = "takes a minute or two: SAMSYN_SEEDS years"]
fn many_years_in_which_everything_goes_wrong_remind_rightly() {
    let last = 1 + number("SAMSYN_SEEDS").unwrap_or(16);
    let next = AtomicU64::new(number("SAMSYN_SEED").unwrap_or(2));
    let did = Mutex::new(BTreeMap::new());
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                while let Some(seed) = Some(next.fetch_add(1, Ordering::Relaxed)).filter(|seed| *seed <= last) {
                    let one = live(seed, 365);
                    let mut all = did.lock().unwrap();
                    one.into_iter().for_each(|(what, times)| *all.entry(what).or_insert(0) += times);
                }
            });
        }
    });
    let did = did.into_inner().unwrap();
    println!("{did:#?}");
    let needed = ["ran out", "hour back", "month down", "died", "came again", "failed", "kept back"];
    for what in needed.into_iter().chain(["day closed"]) {
        assert!(did.contains_key(what), "{what} never happened: {did:?}");
    }
}
