//! Plays a script on an application with a clock and identifiers of its own: `commands` and `papers` are what people send,
//! `drive` sends on purpose, `forms` fills in, `staff` and `county` are what happens around the cases.

mod cast;
mod commands;
mod county;
mod drafts;
mod drive;
mod forms;
mod papers;
mod staff;

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock, Mutex};

use chrono::Duration;
use samsyn::app::cases::{CommandKey, Done, Registration, StepCommand};
use samsyn::app::{App, Workflows};
use samsyn::clock::Timestamp;
use samsyn::ids::{CaseNumber, PersonId};
use samsyn::mail::Outgoing;
use samsyn::workflow::shipped;

use self::cast::{Player, cast};
use self::papers::Paper;
use super::book::{Book, May};
use super::script::Move;
use crate::migration;
use crate::support::database::{Database, TestApp};
use crate::support::judge::Judge;
use crate::support::people::People;
use crate::support::sql;

const BEGIN: &str = "2026-03-02T08:00:00Z";
/// What cases are opened of, some more often than others; `matter` is of these tests, with a plan to its second version.
const KINDS: [&str; 8] =
    ["deviation", "matter", "local-dispute", "deviation", "matter", "local-dispute", "regional-dispute", "tip"];
/// How many cases are open at a time at most.
const CASES: usize = 6;

/// A command that was carried out, to be sent again.
struct Sent {
    who: PersonId,
    what: Wanted,
    key: CommandKey,
    answer: Done,
}

#[derive(Clone)]
enum Wanted {
    Open(Registration),
    Step(StepCommand),
}

pub struct Run {
    pub test: TestApp,
    pub book: Book,
    /// What happened how often.
    pub did: BTreeMap<String, usize>,
    cast: Vec<Player>,
    cases: Vec<CaseNumber>,
    sent: Vec<Sent>,
    keys: usize,
    /// When the jobs ran last, and the times in which cases were acted on though they had not run since.
    ran: Timestamp,
    down: Vec<(CaseNumber, Timestamp, Timestamp)>,
    /// Who is what, as the script made it, and who was reminded of what.
    people: People,
    judge: Judge,
    /// What the mail server took since the last look.
    arrived: Arc<Mutex<Vec<Outgoing>>>,
    papers: Vec<Paper>,
    /// Whether Falun's local agreement is in force.
    local: bool,
    /// Everything in the database, where nothing has changed since it was read.
    seen: Option<Vec<String>>,
}

static WORKFLOWS: LazyLock<Arc<Workflows>> = LazyLock::new(|| {
    let of_tests =
        [("matter/1.yaml", migration::ONE), ("matter/2.yaml", migration::TWO), ("matter/1-2.yaml", migration::PLAN)];
    Arc::new(migration::workflows(&shipped::FILES.iter().copied().chain(of_tests).collect::<Vec<_>>()))
});

impl Run {
    pub fn begin(database: Database) -> Run {
        let mut test = TestApp::over(database, BEGIN, 1);
        test.app.workflows = WORKFLOWS.clone();
        test.app.begin_with("matter", 1).unwrap();
        Run {
            test,
            book: Book::default(),
            did: BTreeMap::new(),
            cast: cast(),
            cases: Vec::new(),
            sent: Vec::new(),
            keys: 0,
            ran: BEGIN.parse().unwrap(),
            down: Vec::new(),
            people: People::new(),
            judge: Judge::default(),
            arrived: Arc::default(),
            papers: Vec::new(),
            local: false,
            seen: None,
        }
    }

    /// Plays a script to its end, and what is due by then.
    pub fn play(&mut self, script: &[Move]) {
        script.iter().for_each(|one| self.make(one));
        self.jobs();
        self.end();
    }

    /// Makes one move.
    pub fn make(&mut self, one: &Move) {
        match *one {
            Move::Open { kind, who, dice } => self.open(kind, who, dice),
            Move::Take { case, who, which, dice } => self.on_case(case, |run, number| {
                if let Some((who, step)) = run.possible(number, who, which) {
                    run.take(number, &who, &step.id, dice);
                }
            }),
            Move::Try { case, who, which, dice } => {
                self.on_case(case, |run, number| run.attempt(number, who, which, dice))
            }
            Move::Stale { case, who, which, dice, behind } => self.on_case(case, |run, number| {
                if let Some((who, step)) = run.possible(number, who, which) {
                    run.stale(number, &who, &step.id, (dice, behind));
                }
            }),
            Move::Again { which, other } => self.again(which, other),
            Move::Withdraw { case, who } => self.withdraw(case, who),
            Move::Note { case, who, own } => self.on_case(case, |run, number| run.write(number, who, own)),
            Move::Remove { case, which } => self.on_case(case, |run, number| run.remove(number, which)),
            Move::Wait { hours, down } => {
                self.test.clock.advance(Duration::hours(hours.into()));
                if !down {
                    self.jobs();
                }
            }
            Move::Staff { case, what, dice } => self.staff(case, what, dice),
            Move::Drive { case, who, goal, steps, dice } => self.drive((case, who), goal, (steps, dice)),
            Move::Attach { case, who, own } => self.attach_somewhere(case, who, own),
            Move::Close { days } => self.close(days),
            Move::Reopen { which } => self.reopen(which),
            Move::Publish { which } => self.publish(which),
            Move::Migrate { plan } => self.migrate(plan),
        }
    }

    fn app(&self) -> &App {
        &self.test.app
    }

    fn note(&mut self, what: &str) {
        *self.did.entry(what.to_owned()).or_default() += 1;
    }

    /// Does something with a case, seldom with one that has ended where others have not.
    fn on_case(&mut self, case: u8, work: impl FnOnce(&mut Run, &CaseNumber)) {
        let has_ended = |number: &&CaseNumber| self.book.pages[*number].stored.case.outcome.is_some();
        let (ended, open): (Vec<_>, Vec<_>) = self.cases.iter().partition(has_ended);
        let among = if open.is_empty() || (case.is_multiple_of(8) && !ended.is_empty()) { ended } else { open };
        if !among.is_empty() {
            let number = among[usize::from(case / 8) % among.len()].clone();
            work(self, &number);
        }
    }

    /// The people, from one on.
    fn people_from(&self, from: u8) -> Vec<PersonId> {
        let (before, after) = self.cast.split_at(usize::from(from) % self.cast.len());
        after.iter().chain(before).map(|player| player.person.clone()).collect()
    }

    /// Those among them who may have to do with a case.
    fn people_near(&self, number: &CaseNumber, from: u8) -> Vec<PersonId> {
        let case = &self.book.pages[number].stored.case;
        let near: Vec<_> = self.cast.iter().filter(|player| player.is_near(case)).collect();
        let (before, after) = near.split_at(usize::from(from) % near.len());
        after.iter().chain(before).map(|player| player.person.clone()).collect()
    }

    /// Everything that the database holds.
    fn whole(&mut self) -> Vec<String> {
        self.seen.take().unwrap_or_else(|| sql::dump(&self.test.app.store))
    }

    /// What was refused, or was done before, left everything as it was, byte for byte.
    fn untouched(&mut self, before: Vec<String>, what: &str) {
        let after = sql::dump(&self.test.app.store);
        let new: Vec<_> = after.iter().filter(|row| !before.contains(row)).collect();
        assert!(before == after, "{what} left something behind: {new:#?}");
        self.seen = Some(after);
    }

    /// What was done shows where it may, and nowhere else.
    fn done(&mut self, may: May, what: &str) {
        self.seen = None;
        let changed = self.book.compare(&self.test.app, may, what);
        changed.iter().for_each(|number| self.judge.routed(number, &self.book.pages[number].stored));
        if matches!(may, May::Step(_) | May::Migrate(_)) {
            let now = self.app().now();
            self.down.extend(changed.into_iter().map(|number| (number, self.ran, now)));
        }
        if may != May::RunOut {
            self.judge.nobody_reminded(&self.test.app, what);
        }
        self.note(what);
    }
}
