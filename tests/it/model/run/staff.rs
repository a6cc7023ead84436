//! Who is there: roles that end and are given back, absences, digests, the post; and what nobody may know who has lost a role.

use samsyn::app::AppError;
use samsyn::ids::{CaseNumber, IdSource};
use samsyn::mail::Transport;

use super::super::book::May;
use super::Run;
use crate::support::cases::actor;
use crate::support::judge::{Arrived, Cases, stand};
use crate::support::people::{AWAY, DIGEST, DISABLED, ENABLED};
use crate::support::sql;

impl Run {
    pub(super) fn stand(&self) -> Cases {
        stand(&self.test.app, &self.cases)
    }

    /// Something in the organisation changes, mostly for somebody who has to do with a case.
    pub(super) fn staff(&mut self, case: u8, what: u8, dice: u16) {
        let who = dice.to_le_bytes()[0];
        let near = match self.cases.len() {
            0 => self.people_from(who),
            all => self.people_near(&self.cases[usize::from(case) % all], who),
        };
        let (person, dice) = (&near[0], IdSource::seeded(dice.into()));
        let (people, app) = (&mut self.people, &self.test.app);
        let did = match what % 10 {
            0 | 1 => people.end_role(app, Some(person), &dice),
            2 | 3 => people.give_back(app, &dice),
            4 | 5 => people.change_as(AWAY, app, person, &dice),
            6 => people.change_as(DISABLED, app, person, &dice),
            7 => people.change_as(ENABLED, app, person, &dice),
            _ => near.iter().filter_map(|person| people.change_as(DIGEST, app, person, &dice)).last(),
        };
        if let Some(did) = did {
            self.done(May::Nothing, did);
            self.sight();
        }
    }

    /// Nobody is told of a case who may not know of it by the test's own book of who is what; it is to her as if it were not.
    pub(super) fn sight(&mut self) {
        let stand = self.stand();
        for (number, stored) in &stand {
            let near = self.cast.iter().filter(|player| player.is_near(&stored.case));
            let near: Vec<_> = near.map(|player| player.person.clone()).collect();
            for person in near {
                if !self.judge.may_know(&self.test.app, &stand, &self.people, person.as_str(), number) {
                    self.sees_nothing(person.as_str(), number);
                }
            }
        }
    }

    fn sees_nothing(&mut self, person: &str, number: &CaseNumber) {
        let actor = actor(self.app(), person);
        let steps = self.app().transitions(&actor, number);
        assert!(matches!(steps, Err(AppError::NotFound)), "{person} is told of {number}: {steps:?}");
        self.note("knows nothing");
    }

    /// Digests are written, and mails leave: each to whom it is for, if she may still know of what it says.
    pub(super) fn post(&mut self) {
        let stand = self.stand();
        let digested = self.test.app.write_digests().unwrap();
        assert_eq!(digested.failed, 0, "a digest failed");
        self.judge.passed_on(&self.test.app, &stand, &self.people);
        let from = "samsyn <samsyn@samsyn.example>".parse().unwrap();
        let transport = Transport::Memory(self.arrived.clone());
        let delivered = self.test.app.deliver_mail(&transport, &from).unwrap();
        assert_eq!(delivered.retried, 0, "a mail was put off");
        let arrived: Vec<_> = std::mem::take(&mut *self.arrived.lock().unwrap());
        let arrived: Vec<Arrived> = arrived.into_iter().map(|mail| (mail.id, mail.to_address, true)).collect();
        self.judge.delivered(&self.test.app, &stand, &self.people, (&arrived, false));
        self.judge.passed_on(&self.test.app, &stand, &self.people);
        self.done(May::Nothing, "posted");
        *self.did.entry("sent".to_owned()).or_default() += arrived.len();
        *self.did.entry("digests".to_owned()).or_default() += usize::try_from(digested.written).unwrap();
        self.did.insert("kept back".to_owned(), self.judge.withheld.len());
        self.did.insert("passed on".to_owned(), self.judge.passes);
        self.did.insert("reminded the right ones".to_owned(), self.judge.right);
    }

    /// In the end every mail has left or is kept from whoever may not have it, and every reminder is told by one of them.
    pub(super) fn everything_leaves(&mut self) {
        for _ in 0..14 * 6 {
            self.post();
            let queue = self.app().watched().unwrap().queue;
            let digest = "select deadline as line from reminders where digest = 'waiting'";
            if queue.waiting + queue.retrying == 0 && sql::lines(&self.app().store, digest).is_empty() {
                break;
            }
            self.test.clock.advance(chrono::Duration::hours(4));
        }
        self.judge.at_the_end(&self.test.app);
    }
}
