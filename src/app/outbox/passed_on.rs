//! What was kept from somebody is for whoever has come into her place since: a mail that waited for a server, or overnight, is
//! not to be lost with a role. It goes once to each, under the key that a mail to her would have had.
//!
//! Where something has happened in the case since, nothing is passed on: that was told itself, to whom it then concerned.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use crate::app::consequences::notify_of;
use crate::app::{App, AppError, mails, recipients};
use crate::calendar::local_date;
use crate::clock::Timestamp;
use crate::ids::{CaseId, PersonId};
use crate::store::cases::{self, StoredCase};
use crate::store::outbox::{self, ClaimedMail, NewMail};
use crate::store::{Db, StoreError, log, reminders};
use crate::workflow::definition::{Definition, Notify};
use crate::workflow::history::step_of;
use crate::workflow::log::Room;
use crate::workflow::step::{Act, Step};

/// Passes on what a mail to a person says of these cases.
pub(super) fn pass_on(
    app: &App,
    db: &mut Db,
    mail: &ClaimedMail,
    cases: &BTreeSet<CaseId>,
    now: Timestamp,
) -> Result<(), AppError> {
    let person = PersonId(mail.person_id.clone());
    for noted in reminders::of_mail(db, &person, &mail.id)?.iter().filter(|noted| cases.contains(&noted.case_id)) {
        app.hand_over(db, &person, noted, now)?;
    }
    match mail.case_id.clone().map(CaseId) {
        Some(case) => pass_on_step(app, db, mail, &case, now),
        None => Ok(()),
    }
}

/// Tells of a step whoever it is for by now and was not for when the mail was written.
fn pass_on_step(app: &App, db: &mut Db, mail: &ClaimedMail, case: &CaseId, now: Timestamp) -> Result<(), AppError> {
    let stored = cases::by_id(db, case)?.ok_or(AppError::NotFound)?;
    let Some(entry) = mails::entry_of(&mail.dedupe, &stored.number) else { return Ok(()) };
    let Some(step) = last_step(db, case, entry)? else { return Ok(()) };
    let known = app.workflows.of(db, &stored.definition)?;
    let Some(notify) = notify_of(&known.definition, &stored.case, &step) else { return Ok(()) };
    let written = mails::leaves_on(app, db, Timestamp::from_naive_utc(mail.created_at))?;
    let was_for = told(db, (&known.definition, &stored), notify, written)?;
    let is_for = told(db, (&known.definition, &stored), notify, local_date(now))?;
    for person in is_for.difference(&was_for).filter(|person| step.by.person() != Some(*person)) {
        let copy = NewMail {
            id: app.ids.next(now),
            dedupe: mails::turn_key(&stored.number, entry, person),
            person: person.clone(),
            case_id: Some(case.clone()),
            deadline: mail.deadline.clone().zip(mail.generation.and_then(|number| u32::try_from(number).ok())),
            template: mail.template.clone(),
            content: mail.content.clone(),
            written: now,
            leaves: now,
        };
        outbox::put(db, &copy)?;
    }
    Ok(())
}

/// The step of an entry, where no transition has been taken after it.
fn last_step(db: &mut Db, case: &CaseId, entry: u64) -> Result<Option<Step>, StoreError> {
    let entries = log::entries(db, case, &Room::Shared, entry)?;
    let entries = entries.iter().map(|row| row.entry()).collect::<Result<Vec<_>, _>>()?;
    let mut steps = entries.iter().filter_map(step_of).filter(|step| step.act == Act::Transition);
    Ok(steps.next().filter(|_| steps.next().is_none()).cloned())
}

/// Whom a step is told to, as the case stands, on a day.
fn told(
    db: &mut Db,
    (definition, stored): (&Definition, &StoredCase),
    notify: &Notify,
    day: NaiveDate,
) -> Result<BTreeSet<PersonId>, StoreError> {
    let mut people = BTreeSet::new();
    for to in notify.to.iter() {
        people.extend(recipients::resolve(db, definition, &stored.case, to, day)?);
    }
    Ok(people)
}
