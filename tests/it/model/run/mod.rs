//! Plays a script on an application with a clock and identifiers of its own, and holds each answer against the model.

mod county;
mod forms;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, LazyLock};

use chrono::Duration;
use samsyn::app::cases::{CommandKey, Done, Registration, StepCommand, What};
use samsyn::app::notes::{NoteCommand, NoteRoom};
use samsyn::app::removals::RemovalOrder;
use samsyn::app::versions::Standing;
use samsyn::app::{App, AppError, Workflows, organisation};
use samsyn::authz::Actor;
use samsyn::clock::Timestamp;
use samsyn::ids::{BodyId, CaseNumber, IdSource, PersonId, PrincipalId};
use samsyn::store::log;
use samsyn::workflow::case::Case;
use samsyn::workflow::digest::sha256;
use samsyn::workflow::log::RemovalReason;
use samsyn::workflow::overlay::is_overlay;
use samsyn::workflow::rejection::Class;
use samsyn::workflow::shipped;

use super::book::{Book, May, definition};
use super::script::Move;
use crate::migration;
use crate::support::cases::actor;
use crate::support::database::{Database, ORGANISATION, TestApp};
use crate::support::sql;

const BEGIN: &str = "2026-03-02T08:00:00Z";
const COUNTY: &str = "systemadministrator-lanet";
/// The principals that take part.
const PRINCIPALS: [&str; 3] = ["region-dalarna", "falun", "mora"];
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
    /// When the jobs ran last, and the times in which people acted though they had not run since.
    ran: Timestamp,
    down: Vec<(Timestamp, Timestamp)>,
    /// Everything in the database, where nothing has changed since it was read.
    seen: Option<Vec<String>>,
}

static WORKFLOWS: LazyLock<Arc<Workflows>> = LazyLock::new(|| {
    let of_tests =
        [("matter/1.yaml", migration::ONE), ("matter/2.yaml", migration::TWO), ("matter/1-2.yaml", migration::PLAN)];
    let shipped = shipped::FILES.iter().copied().filter(|(file, _)| !is_overlay(file));
    Arc::new(migration::workflows(&shipped.chain(of_tests).collect::<Vec<_>>()))
});

/// Somebody who could have to do with a case, by the principals that she is at and the bodies that she acts for.
struct Player {
    person: PersonId,
    homes: BTreeSet<PrincipalId>,
    bodies: BTreeSet<BodyId>,
}

impl Player {
    fn is_near(&self, case: &Case) -> bool {
        self.homes.iter().any(|home| case.side_of(home).is_some())
            || self.bodies.iter().any(|body| case.sent_to.contains_key(body))
    }
}

/// Whoever could have to do with a case of these principals.
fn cast() -> Vec<Player> {
    let file = organisation::read("organisation.yaml", ORGANISATION).unwrap();
    let units = file.principals.iter().flat_map(|item| item.units.iter().map(|unit| (&unit.id, &item.id)));
    let homes: BTreeMap<_, _> = units.collect();
    let here = PRINCIPALS.map(PrincipalId::from);
    let player = |person: &organisation::PersonItem| {
        let held = person.memberships.iter();
        let home = |held: &organisation::MembershipItem| {
            held.principal.clone().or_else(|| homes.get(held.unit.as_ref()?).map(|home| (*home).clone()))
        };
        Player {
            person: person.id.clone(),
            homes: held.clone().filter_map(home).filter(|home| here.contains(home)).collect(),
            bodies: held.filter_map(|held| held.body.clone()).collect(),
        }
    };
    let cast = file.people.iter().map(player);
    cast.filter(|player| !player.homes.is_empty() || !player.bodies.is_empty()).collect()
}
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
            Move::Withdraw { case, who } => self.on_case(case, |run, number| run.withdraw(number, who)),
            Move::Note { case, who, own } => self.on_case(case, |run, number| run.write(number, who, own)),
            Move::Remove { case, which } => self.on_case(case, |run, number| run.remove(number, which)),
            Move::Wait { hours, down } => {
                self.test.clock.advance(Duration::hours(hours.into()));
                if !down {
                    self.jobs();
                }
            }
            Move::Away { who, other, days } => self.away(who, other, days),
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
    fn people(&self, from: u8) -> Vec<PersonId> {
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
        self.book.compare(&self.test.app, may, what);
        if matches!(may, May::Step(_) | May::Migrate(_)) {
            self.down.push((self.ran, self.app().now()));
        }
        self.note(what);
    }

    fn key(&mut self, what: &str) -> CommandKey {
        self.keys += 1;
        CommandKey { key: format!("key {}", self.keys), request: sha256(what.as_bytes()) }
    }

    fn send(&self, who: &Actor, what: &Wanted, key: &CommandKey) -> Result<Done, AppError> {
        match what {
            Wanted::Open(registration) => self.app().register(who, registration, Some(key)),
            Wanted::Step(command) => self.app().take_step(who, command, Some(key)),
        }
    }

    fn open(&mut self, kind: u8, who: u8, dice: u16) {
        let workflow = KINDS[usize::from(kind) % KINDS.len()];
        let is_open = |number: &&CaseNumber| self.book.pages[*number].stored.case.outcome.is_none();
        if self.cases.iter().filter(is_open).count() >= CASES {
            return;
        }
        let versions = self.app().versions().unwrap().into_iter();
        let mut in_force = versions.filter(|version| version.standing == Standing::InForce);
        let definition =
            in_force.find(|version| version.known.definition.workflow == workflow).unwrap().known.definition;
        let before = self.whole();
        let dice = IdSource::seeded(dice.into());
        for who in self.people(who) {
            let actor = actor(self.app(), who.as_str());
            let registration = self.registration(&definition, &actor, &dice);
            let key = self.key(workflow);
            let what = Wanted::Open(registration);
            match self.send(&actor, &what, &key) {
                Ok(answer) => {
                    assert_eq!((answer.revision, answer.entry), (1, 1));
                    self.cases.push(answer.number.clone());
                    self.done(May::Step(&answer.number), &format!("open {workflow}"));
                    return self.sent.push(Sent { who, what, key, answer });
                }
                Err(AppError::Rejected(_)) => {}
                Err(other) => panic!("{workflow} was not opened: {other}"),
            }
        }
        self.untouched(before, "a case that was not opened");
    }

    /// What somebody is told that she can do she can do, unless what she gives is wrong.
    fn take(&mut self, number: &CaseNumber, who: &PersonId, transition: &str, dice: u16) {
        let before = self.whole();
        let actor = actor(self.app(), who.as_str());
        let command = self.command(number, &actor, transition, dice);
        let (revision, key) = (command.revision, self.key(transition));
        let what = Wanted::Step(command);
        match self.send(&actor, &what, &key) {
            Ok(answer) => {
                assert_eq!(answer.revision, revision + 1, "{transition}");
                self.done(May::Step(number), transition);
                let state = &self.book.pages[number].stored.case.state;
                assert_eq!(answer.state, *state, "{transition}");
                self.sent.push(Sent { who: who.clone(), what, key, answer });
            }
            Err(AppError::Rejected(rejection)) if rejection.class() == Class::Invalid => {
                self.untouched(before, transition);
                self.note("invalid");
            }
            Err(other) => panic!("{who} was told that she can take {transition}: {other:?}"),
        }
    }

    /// What somebody is not told that she can do is refused, for the reasons that she is told.
    fn attempt(&mut self, number: &CaseNumber, who: u8, which: u8, dice: u16) {
        let who = self.people(who).swap_remove(0);
        let actor = actor(self.app(), who.as_str());
        let definition = definition(self.app(), &self.book.pages[number].stored.definition);
        let transition = &definition.transitions[usize::from(which) % definition.transitions.len()].id;
        let told = self.app().transitions(&actor, number);
        let told = told.map(|steps| steps.into_iter().find(|step| step.id == *transition).unwrap());
        if told.as_ref().is_ok_and(|step| step.enabled) {
            return self.take(number, &who, transition, dice);
        }
        let before = self.whole();
        let key = self.key(transition);
        let what = Wanted::Step(self.command(number, &actor, transition, dice));
        match (self.send(&actor, &what, &key), told) {
            (Err(AppError::NotFound), Err(AppError::NotFound)) => self.note("unknown"),
            (Err(AppError::Rejected(refused)), Ok(told)) if refused.reasons == told.reasons => self.note("refused"),
            (Err(AppError::Forbidden), Ok(_)) => self.note("forbidden"),
            (answer, told) => panic!("{who} tried {transition}, told {told:?}: {answer:?}"),
        }
        self.untouched(before, transition);
    }

    /// Whoever saw another revision is told so, and nothing happens.
    fn stale(&mut self, number: &CaseNumber, who: &PersonId, transition: &str, (dice, behind): (u16, u8)) {
        let before = self.whole();
        let actor = actor(self.app(), who.as_str());
        let mut command = self.command(number, &actor, transition, dice);
        let current = command.revision;
        command.revision = if behind == 0 { current + 1 } else { current - 1 - u64::from(behind - 1) % current };
        let key = self.key(transition);
        let answer = self.send(&actor, &Wanted::Step(command), &key);
        assert!(matches!(answer, Err(AppError::Stale { current: told }) if told == current), "stale: {answer:?}");
        self.untouched(before, "a stale command");
        self.note("stale");
    }

    /// A command that arrives twice is carried out once, and answered alike; another under its key is refused.
    fn again(&mut self, which: u8, other: bool) {
        if self.sent.is_empty() {
            return;
        }
        let before = self.whole();
        let sent = &self.sent[usize::from(which) % self.sent.len()];
        let actor = actor(self.app(), sent.who.as_str());
        let request = if other { sha256(b"another") } else { sent.key.request.clone() };
        let answer = self.send(&actor, &sent.what, &CommandKey { key: sent.key.key.clone(), request });
        match other {
            false => assert_eq!(answer.unwrap(), sent.answer, "the same command, another answer"),
            true => assert!(matches!(answer, Err(AppError::KeyReused)), "{answer:?}"),
        }
        self.untouched(before, "a command that was sent again");
        self.note("again");
    }

    fn withdraw(&mut self, number: &CaseNumber, who: u8) {
        let case = &self.book.pages[number].stored.case;
        let Some(transition) = case.confirmations.keys().next().cloned() else { return };
        let revision = case.revision;
        for person in self.people_near(number, who) {
            let what = What::Withdraw { transition: transition.clone() };
            let command = StepCommand { number: number.clone(), revision, what };
            if self.app().take_step(&actor(self.app(), person.as_str()), &command, None).is_ok() {
                return self.done(May::Step(number), "withdrawn");
            }
        }
    }

    fn write(&mut self, number: &CaseNumber, who: u8, own: bool) {
        let room = if own { NoteRoom::Own } else { NoteRoom::Shared };
        let command = NoteCommand { number: number.clone(), room, text: "Ring mig.".to_owned(), corrects: None };
        for person in self.people_near(number, who) {
            if self.app().write_note(&actor(self.app(), person.as_str()), &command, None).is_ok() {
                return self.done(May::Entry(number), "noted");
            }
        }
    }

    fn remove(&mut self, number: &CaseNumber, which: u8) {
        let id = &self.book.pages[number].stored.id;
        let mut texts = self.app().store.read(|db| log::all_texts(db, id)).unwrap();
        texts.retain(|text| text.text.is_some());
        if texts.is_empty() {
            return;
        }
        let text = texts.swap_remove(usize::from(which) % texts.len());
        let order = RemovalOrder {
            number: number.clone(),
            room: text.room.parse().unwrap(),
            entry: text.n.try_into().unwrap(),
            path: text.path,
            reason: RemovalReason::ALL[usize::from(which) % 3],
        };
        self.app().remove_as_operator(&order, "driften").unwrap();
        self.done(May::Entry(number), "removed");
        let before = self.whole();
        assert!(matches!(self.app().remove_as_operator(&order, "driften"), Err(AppError::NotFound)));
        self.untouched(before, "a text that was gone");
    }
}
