//! Records a step: the case row, the log, visibility, deadlines, links, mails and what it raises in linked cases, all in
//! the transaction of the command.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use super::consequences::{Moment, notify_of, wanted};
use super::mails::{self, Letter};
use super::workflows::Known;
use super::{App, AppError, recipients, shelves};
use crate::authz::Reader;
use crate::calendar::{Calendar, local_date};
use crate::clock::Timestamp;
use crate::ids::{CaseId, CaseNumber, PersonId, PrincipalId, UnitId};
use crate::store::cases::{self, StoredCase};
use crate::store::log::{self, Place, Tip};
use crate::store::{Db, deadlines, listings, organisation, people, visibility};
use crate::texts::cases as texts;
use crate::workflow::case::Case;
use crate::workflow::context::Organisation;
use crate::workflow::definition::{By, Definition, Recipient};
use crate::workflow::engine::Decided;
use crate::workflow::listing;
use crate::workflow::log::{Particulars, Record, Room};
use crate::workflow::permission;
use crate::workflow::rejection::{Code, Reason};
use crate::workflow::step::{self, Change, Running, Step, TimerChange};

/// The use case at work: one transaction, one moment.
pub struct Recorder<'a> {
    /// The application.
    pub app: &'a App,
    /// The transaction.
    pub db: &'a mut Db,
    /// The moment.
    pub now: Timestamp,
    /// The principals and units on the day.
    pub organisation: &'a Organisation,
    /// The working days as they are known.
    pub calendar: &'a Calendar,
}

/// A case as a step left it, and the step's entry.
#[derive(Debug, Clone)]
pub struct Recorded {
    /// The case.
    pub stored: StoredCase,
    /// The entry's number in the shared room.
    pub entry: u64,
}

impl Recorder<'_> {
    /// Records the first step of a new case, under a number of the series of the principal that opens it.
    pub fn begin(&mut self, known: &Known, decided: &Decided) -> Result<Recorded, AppError> {
        let step = &decided.step;
        let opener = step.by.principal().ok_or_else(|| AppError::Internal("a case was opened by nobody".to_owned()))?;
        let principal = organisation::principal(self.db, opener)?.ok_or(AppError::NotFound)?;
        let year = chrono::Datelike::year(&local_date(self.now));
        let number = cases::next_number(self.db, &principal.series, year)?;
        let case = Case::begin(1, step).map_err(|broken| AppError::Internal(broken.to_string()))?;
        let stored = indexed(CaseId(self.app.ids.next(self.now)), number, known, case);
        cases::insert(self.db, &stored)?;
        self.finish(known, None, stored, decided, Tip::empty())
    }

    /// Records a further step.
    pub fn go_on(
        &mut self,
        known: &Known,
        (before, tip): (&StoredCase, Tip),
        decided: &Decided,
    ) -> Result<Recorded, AppError> {
        let entry = tip.next_entry();
        let case = before.case.clone().evolve(&known.definition, entry, &decided.step);
        let stored = indexed(before.id.clone(), before.number.clone(), known, case);
        cases::update(self.db, &stored, before.case.revision)?;
        if !decided.step.parties.is_empty() {
            cases::store_parties(self.db, &stored)?;
        }
        self.finish(known, Some(before), stored, decided, tip)
    }

    fn finish(
        &mut self,
        known: &Known,
        before: Option<&StoredCase>,
        stored: StoredCase,
        decided: &Decided,
        tip: Tip,
    ) -> Result<Recorded, AppError> {
        let step = &decided.step;
        let place =
            Place { case_id: &stored.id, number: &stored.number, room: &Room::Shared, definition: &stored.definition };
        let entry = log::append(self.db, place, tip, Record::Step(Box::new(step.clone())), &decided.texts)?;
        self.keep_own(&stored, decided, entry)?;
        self.show(&known.definition, before, &stored, step, entry)?;
        self.index(known, before, &stored)?;
        self.set_deadlines(&known.definition, &stored, step)?;
        self.link(&stored, step)?;
        self.tell(&known.definition, (before, &stored), step, entry)?;
        self.raise(&known.definition, &stored, step)?;
        Ok(Recorded { stored, entry })
    }

    /// Brings the indexes of the case to how it stands now; what has not changed is not written.
    fn index(&mut self, known: &Known, before: Option<&StoredCase>, stored: &StoredCase) -> Result<(), AppError> {
        shelves::put(self.app, self.db, known, before, stored)?;
        let definition = &known.definition;
        let listed = listing::bodies(definition, &stored.case);
        // By another version's rules it was listed otherwise.
        let was = match before {
            None => Some(BTreeSet::default()),
            Some(before) if before.definition == stored.definition => Some(listing::bodies(definition, &before.case)),
            Some(_) => None,
        };
        if Some(&listed) != was.as_ref() {
            listings::set(self.db, &stored.id, &listed)?;
        }
        Ok(())
    }

    /// Puts what was given for the acting principal's own room there.
    fn keep_own(&mut self, stored: &StoredCase, decided: &Decided, entry: u64) -> Result<(), AppError> {
        let Some(principal) = decided.step.by.principal().filter(|_| !decided.own.data.is_empty()) else {
            return Ok(());
        };
        let room = Room::Own(principal.clone());
        let place = Place { case_id: &stored.id, number: &stored.number, room: &room, definition: &stored.definition };
        let particulars = Particulars {
            by: decided.step.by.clone(),
            recorded: self.now,
            step: entry,
            data: decided.own.data.clone(),
        };
        let tip = log::tip(self.db, &stored.id, &room)?;
        log::append(self.db, place, tip, Record::Particulars(particulars), &decided.own.texts)?;
        Ok(())
    }

    /// Lets those see the case to whom the step brings it, and no longer those from whom it takes it.
    fn show(
        &mut self,
        definition: &Definition,
        before: Option<&StoredCase>,
        stored: &StoredCase,
        step: &Step,
        entry: u64,
    ) -> Result<(), AppError> {
        if let (None, Some(person), Some(principal)) = (before, step.by.person(), step.by.principal()) {
            let reader = Reader::Person(person.clone(), principal.clone());
            visibility::grant(self.db, &stored.id, &Room::Shared, &reader, entry)?;
        }
        for change in step.parties.iter().filter(|change| change.change == Change::Left) {
            let reader = Reader::Principal(change.principal.clone());
            visibility::end(self.db, &stored.id, &Room::Shared, &reader, entry - 1)?;
        }
        let moved = before.is_none_or(|before| before.case.state != stored.case.state);
        if moved || !step.parties.is_empty() {
            self.show_to_parties(definition, stored, entry)?;
        }
        let was = before.map(|before| routed(&before.case)).unwrap_or_default();
        let is = routed(&stored.case);
        for unit in was.difference(&is) {
            self.hide_from_unit(stored, unit, entry)?;
        }
        for unit in is.difference(&was) {
            self.show_to_unit(stored, unit)?;
        }
        for body in &step.sent_to {
            visibility::grant(self.db, &stored.id, &Room::Shared, &Reader::Body(body.clone()), entry)?;
        }
        Ok(())
    }

    /// Lets the parties see the case: from the beginning, or from when it comes to the states in which their side may.
    fn show_to_parties(&mut self, definition: &Definition, stored: &StoredCase, entry: u64) -> Result<(), AppError> {
        for party in stored.case.principals(None) {
            let sees_from = definition.parties.get(&party.side).and_then(|side| side.sees_from.as_deref());
            let from = match sees_from {
                None => 1,
                Some(group) if definition.group_holds(group, &stored.case.state) => entry,
                Some(_) => continue,
            };
            let reader = Reader::Principal(party.principal.clone());
            visibility::grant(self.db, &stored.id, &Room::Shared, &reader, from)?;
            visibility::grant(self.db, &stored.id, &Room::Own(party.principal.clone()), &reader, 1)?;
        }
        Ok(())
    }

    fn home(&self, unit: &UnitId) -> Option<PrincipalId> {
        self.organisation.units.get(unit).cloned()
    }

    fn show_to_unit(&mut self, stored: &StoredCase, unit: &UnitId) -> Result<(), AppError> {
        let reader = Reader::Unit(unit.clone());
        visibility::grant(self.db, &stored.id, &Room::Shared, &reader, 1)?;
        if let Some(principal) = self.home(unit) {
            visibility::grant(self.db, &stored.id, &Room::Own(principal), &reader, 1)?;
        }
        Ok(())
    }

    fn hide_from_unit(&mut self, stored: &StoredCase, unit: &UnitId, entry: u64) -> Result<(), AppError> {
        let reader = Reader::Unit(unit.clone());
        // Every room that it has seen: a unit that has closed meanwhile is in no organisation of the day.
        for sight in visibility::of(self.db, &stored.id, &[reader.key()])? {
            let last = match &sight.room {
                Room::Shared => entry - 1,
                Room::Own(_) => log::tip(self.db, &stored.id, &sight.room)?.next_entry() - 1,
            };
            visibility::end(self.db, &stored.id, &sight.room, &reader, last)?;
        }
        Ok(())
    }

    fn set_deadlines(&mut self, definition: &Definition, stored: &StoredCase, step: &Step) -> Result<(), AppError> {
        for (name, change) in &step.deadlines {
            let fires = definition.deadlines.get(name).is_some_and(|deadline| deadline.then.is_some());
            match change {
                TimerChange::Armed(running) => {
                    deadlines::arm(self.db, &stored.id, name, running, next_wake(running, fires, None))?;
                }
                TimerChange::Stopped => deadlines::stop(self.db, &stored.id, name)?,
                TimerChange::RanOut => {
                    let running = stored.case.deadlines.get(name).and_then(|timer| timer.running.as_ref());
                    if let Some(running) = running {
                        let wake = next_wake(running, false, Some(self.now));
                        deadlines::set_wake(self.db, &stored.id, name, running.generation, wake)?;
                    }
                }
            }
        }
        Ok(())
    }

    fn link(&mut self, stored: &StoredCase, step: &Step) -> Result<(), AppError> {
        for link in &step.links {
            if link.case == stored.number {
                return Err(Reason::new(Code::WrongType, texts::LINK_TO_ITSELF).into());
            }
            let other = cases::by_number(self.db, &link.case)?.ok_or(AppError::NotFound)?;
            cases::link(self.db, &stored.id, &link.relation, &other.id)?;
        }
        let origins = step.opened.iter().flat_map(|opened| &opened.origins);
        for origin in origins {
            let other = cases::by_number(self.db, origin)?.ok_or(AppError::NotFound)?;
            cases::link(self.db, &stored.id, cases::GREW_OUT_OF, &other.id)?;
        }
        Ok(())
    }

    /// Writes to those whom the step is to be told to.
    fn tell(
        &mut self,
        definition: &Definition,
        (before, stored): (Option<&StoredCase>, &StoredCase),
        step: &Step,
        entry: u64,
    ) -> Result<(), AppError> {
        let Some(notify) = notify_of(definition, &stored.case, step) else { return Ok(()) };
        let state = definition.states.get(&stored.case.state);
        let day = local_date(self.app.hours.moment(self.calendar, self.now));
        let turn = state.and_then(|state| state.turn.as_ref());
        let mut people = BTreeSet::new();
        for to in notify.to.iter() {
            let told = recipients::resolve(self.db, definition, &stored.case, to, day)?;
            people.extend(match to {
                Recipient::Whose(_) => self.without_colleagues(told, (stored, turn), step, day)?,
                Recipient::Role(_) | Recipient::Body(_) => told,
            });
        }
        if let Some(actor) = step.by.person() {
            people.remove(actor);
        }
        for person in &people {
            let dedupe = mails::turn_key(&stored.number, entry, person);
            let cases = (before.map(|before| &before.case), &stored.case);
            let about = mails::about_step(definition, cases, (step, notify.about.as_ref()));
            let letter = Letter { person, template: &notify.mail, dedupe, about };
            mails::put(self.app, self.db, (definition, stored), letter, (self.calendar, self.now))?;
        }
        Ok(())
    }

    /// Those whose move it now is, but for the actor's colleagues where she holds that very place herself, as one who
    /// receives a case: she has made it hers. Another unit, another principal has not seen it come.
    fn without_colleagues(
        &mut self,
        people: BTreeSet<PersonId>,
        (stored, turn): (&StoredCase, Option<&By>),
        step: &Step,
        day: NaiveDate,
    ) -> Result<BTreeSet<PersonId>, AppError> {
        let step::By::Person { seat, .. } = &step.by else { return Ok(people) };
        if !turn.is_some_and(|turn| permission::is_turn_of(self.organisation, &stored.case, turn, seat)) {
            return Ok(people);
        }
        let holders = people::holders(self.db, seat.role, seat.principal.as_ref(), None, day)?;
        let colleagues: BTreeSet<_> =
            holders.into_iter().filter(|(_, held)| held.unit == seat.unit).map(|(person, _)| person).collect();
        Ok(people.difference(&colleagues).cloned().collect())
    }

    /// Raises in the cases that this one grew out of what the file says: when it begins, and when it ends.
    fn raise(&mut self, definition: &Definition, stored: &StoredCase, step: &Step) -> Result<(), AppError> {
        let (wanted, ended_with) = wanted(definition, &stored.case, step);
        if wanted.is_empty() {
            return Ok(());
        }
        // In an order of their own, so that two that lock the same cases never wait for each other.
        for origin in stored.case.origins.iter().collect::<BTreeSet<_>>() {
            self.raise_in(origin, &wanted, &stored.number, ended_with)?;
        }
        Ok(())
    }

    /// Takes in another case the first of the wanted transitions that is possible there. `ended_with` is what this case
    /// ended with, where it has: its end must not fail because the other has gone its own way meanwhile.
    fn raise_in(
        &mut self,
        origin: &CaseNumber,
        wanted: &[&String],
        by: &CaseNumber,
        ended_with: Option<&str>,
    ) -> Result<(), AppError> {
        let (before, tip) = cases::lock(self.db, origin)?.ok_or(AppError::NotFound)?;
        let known = self.app.workflows.of(self.db, &before.definition)?;
        let moment = Moment { now: self.now, organisation: self.organisation, calendar: self.calendar };
        let decided = moment.raised(&known.definition, &before.case, wanted, (by, ended_with))?;
        let decided = match (decided, ended_with) {
            (Some(decided), _) => decided,
            (None, Some(_)) => return Ok(()),
            (None, None) => return Err(Reason::new(Code::Origin, texts::NOT_POSSIBLE_THERE).into()),
        };
        self.go_on(&known, (&before, tip), &decided).map(|_| ())
    }
}

/// The case with what is said of it beside the case itself: the fields named `category` and `urgency`.
fn indexed(id: CaseId, number: CaseNumber, known: &Known, case: Case) -> StoredCase {
    let (category, urgent) = (shelves::category(&case), shelves::is_urgent(&case));
    StoredCase { id, number, definition: known.digest.clone(), category, urgent, case }
}

fn routed(case: &Case) -> BTreeSet<UnitId> {
    let assigned = case.assigned.iter();
    assigned.flat_map(|assigned| std::iter::once(&assigned.lead).chain(&assigned.also)).cloned().collect()
}

/// The next instant at which something is due of a deadline: a reminder after `done`, or, where it raises an event and has
/// not, its end.
fn next_wake(running: &Running, fires: bool, done: Option<Timestamp>) -> Option<Timestamp> {
    let later = |at: &Timestamp| done.is_none_or(|done| *at > done);
    let reminder = running.reminders.iter().map(|reminder| reminder.at).find(later);
    let end = (fires && !running.ran_out).then_some(running.runs_out);
    reminder.into_iter().chain(end).min()
}
