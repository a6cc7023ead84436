//! What somebody sends: cases begun, steps taken, tried, late or sent again, confirmations taken back, notes, removals; each answer
//! is held against what she was told before, and what was refused against the whole database.

use samsyn::app::AppError;
use samsyn::app::cases::{CommandKey, Done, StepCommand, What};
use samsyn::app::notes::{NoteCommand, NoteRoom};
use samsyn::app::removals::RemovalOrder;
use samsyn::app::versions::{Standing, Version};
use samsyn::authz::Actor;
use samsyn::ids::{CaseNumber, IdSource, PersonId};
use samsyn::store::log::{self, TextRow};
use samsyn::workflow::definition::Effect;
use samsyn::workflow::digest::sha256;
use samsyn::workflow::engine::Happened;
use samsyn::workflow::log::{CONTENT, RemovalReason};
use samsyn::workflow::rejection::{Class, Code};

use super::super::book::{May, definition};
use super::{CASES, KINDS, Run, Sent, Wanted};
use crate::support::cases::actor;
use crate::support::values::{pick, roll};

impl Run {
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

    pub(super) fn open(&mut self, kind: u8, who: u8, dice: u16) {
        let workflow = KINDS[usize::from(kind) % KINDS.len()];
        let is_open = |number: &&CaseNumber| self.book.pages[*number].stored.case.outcome.is_none();
        if self.cases.iter().filter(is_open).count() >= CASES {
            return;
        }
        let versions = self.app().versions().unwrap().into_iter();
        let is_in_force = |version: &Version| version.standing == Standing::InForce;
        let known = versions.filter(is_in_force).map(|version| version.known.definition);
        let known: Vec<_> = known.filter(|definition| definition.workflow == workflow).collect();
        let before = self.whole();
        let dice = IdSource::seeded(dice.into());
        let definition = pick(&dice, &known).clone();
        let drafts = roll(&dice, 3) == 0;
        for who in self.people_from(who) {
            let actor = actor(self.app(), who.as_str());
            let mut registration = self.registration(&definition, &actor, &dice);
            if drafts {
                registration.draft = self.draft(&actor, &registration);
            }
            let draft = registration.draft.clone();
            let key = self.key(workflow);
            let what = Wanted::Open(registration);
            match self.send(&actor, &what, &key) {
                Ok(answer) => {
                    assert_eq!((answer.revision, answer.entry), (1, 1));
                    self.cases.push(answer.number.clone());
                    self.done(May::Step(&answer.number), &format!("open {workflow}"));
                    self.draft_is_gone(&actor, draft.as_deref());
                    self.is_as_agreed(&answer.number);
                    return self.sent.push(Sent { who, what, key, answer });
                }
                Err(AppError::Rejected(_)) => self.draft_is_left(&actor, draft.as_deref()),
                Err(other) => panic!("{workflow} was not opened: {other}"),
            }
        }
        self.untouched(before, "a case that was not opened");
    }

    /// A case with Falun goes by what Falun has agreed locally, from the day on which that is in force, and no other does.
    fn is_as_agreed(&mut self, number: &CaseNumber) {
        let stored = &self.book.pages[number].stored;
        let with_falun = stored.case.parties.iter().any(|party| party.principal.as_str() == "falun");
        let local = definition(self.app(), &stored.definition).local.is_some();
        assert_eq!(local, self.local && with_falun && stored.case.workflow == "deviation", "{number}");
        if local {
            self.note("open locally");
        }
    }

    /// What somebody is told that she can do she can do, unless what she gives is wrong.
    pub(super) fn take(&mut self, number: &CaseNumber, who: &PersonId, transition: &str, dice: u16) {
        // To look at everything takes longer than the step: of half of them.
        let before = dice.is_multiple_of(2).then(|| self.whole());
        let actor = actor(self.app(), who.as_str());
        let command = self.dated(number, &actor, transition, dice);
        let (revision, key) = (command.revision, self.key(transition));
        let case = &self.book.pages[number].stored.case;
        let stood = format!("{}: {}", case.workflow, case.state);
        let is_dated = matches!(command.what, What::Take { happened: Happened::On(_), .. });
        let what = Wanted::Step(command);
        match self.send(&actor, &what, &key) {
            Ok(answer) => {
                assert_eq!(answer.revision, revision + 1, "{transition}");
                self.done(May::Step(number), transition);
                let case = &self.book.pages[number].stored.case;
                assert_eq!(answer.state, case.state, "{transition}");
                let came = format!("{}: {}", case.workflow, case.state);
                if came != stood {
                    self.note(&came);
                }
                self.note_clocks(number, transition);
                self.sent.push(Sent { who: who.clone(), what, key, answer });
            }
            Err(AppError::Rejected(rejection)) if rejection.class() == Class::Invalid => {
                before.into_iter().for_each(|before| self.untouched(before, transition));
                self.note("invalid");
            }
            // What is possible today was not yet on every day before.
            Err(AppError::Rejected(then)) if is_dated && then.reasons.iter().all(|one| one.code == Code::Notice) => {
                self.note("too early then");
            }
            Err(other) => panic!("{who} was told that she can take {transition}: {other:?}"),
        }
    }

    /// Notes what a step did to clocks.
    fn note_clocks(&mut self, number: &CaseNumber, transition: &str) {
        let definition = definition(self.app(), &self.book.pages[number].stored.definition);
        for effect in &definition.transition(transition).unwrap().effects {
            match effect {
                Effect::Extend(_) => self.note("extended"),
                Effect::Pause(_) => self.note("paused"),
                Effect::Resume(_) => self.note("resumed"),
                Effect::Assign(_) | Effect::ReplaceParty(_) | Effect::Link(_) => {}
            }
        }
    }

    /// What somebody is not told that she can do is refused, for the reasons that she is told.
    pub(super) fn attempt(&mut self, number: &CaseNumber, who: u8, which: u8, dice: u16) {
        let who = self.people_from(who).swap_remove(0);
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
    pub(super) fn stale(&mut self, number: &CaseNumber, who: &PersonId, transition: &str, (dice, behind): (u16, u8)) {
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
    pub(super) fn again(&mut self, which: u8, other: bool) {
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

    /// Of a case in which some have confirmed, one takes it back.
    pub(super) fn withdraw(&mut self, case: u8, who: u8) {
        let waits = |number: &&CaseNumber| {
            let case = &self.book.pages[*number].stored.case;
            case.outcome.is_none() && !case.confirmations.is_empty()
        };
        let waiting: Vec<_> = self.cases.iter().filter(waits).cloned().collect();
        if let Some(at) = usize::from(case).checked_rem(waiting.len()) {
            self.take_back(&waiting[at], who);
        }
    }

    /// Somebody takes a confirmation back that waits for others, if one does.
    pub(super) fn take_back(&mut self, number: &CaseNumber, who: u8) {
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

    pub(super) fn write(&mut self, number: &CaseNumber, who: u8, own: bool) {
        let room = if own { NoteRoom::Own } else { NoteRoom::Shared };
        let command = NoteCommand { number: number.clone(), room, text: "Ring mig.".to_owned(), corrects: None };
        for person in self.people_near(number, who) {
            if self.app().write_note(&actor(self.app(), person.as_str()), &command, None).is_ok() {
                return self.done(May::Entries(number, 1), "noted");
            }
        }
    }

    pub(super) fn remove(&mut self, number: &CaseNumber, which: u8) {
        let id = &self.book.pages[number].stored.id;
        let mut texts = self.app().store.read(|db| log::all_texts(db, id)).unwrap();
        texts.retain(|text| text.text.is_some());
        if texts.is_empty() {
            return;
        }
        let place = |text: &TextRow| (text.room.clone(), u64::try_from(text.n).unwrap());
        let mut papers = self.papers.iter_mut().filter(|paper| paper.number == *number && !paper.removed);
        let first = papers.next().filter(|_| which.is_multiple_of(2));
        let at = first.and_then(|paper| texts.iter().position(|text| place(text) == paper.place));
        let mut text = texts.swap_remove(at.unwrap_or(usize::from(which) % texts.len()));
        let paper = self.papers.iter_mut().find(|paper| paper.number == *number && paper.place == place(&text));
        // Of a document the whole goes, its name with it.
        let entries = if paper.is_some() { 2 } else { 1 };
        if let Some(paper) = paper {
            paper.removed = true;
            text.path = CONTENT.to_owned();
        }
        let order = RemovalOrder {
            number: number.clone(),
            room: text.room.parse().unwrap(),
            entry: text.n.try_into().unwrap(),
            path: text.path,
            reason: RemovalReason::ALL[usize::from(which) % 3],
        };
        self.app().remove_as_operator(&order, "driften").unwrap();
        self.done(May::Entries(number, entries), if entries == 2 { "document removed" } else { "removed" });
        let before = self.whole();
        assert!(matches!(self.app().remove_as_operator(&order, "driften"), Err(AppError::NotFound)));
        self.untouched(before, "a text that was gone");
    }
}
