//! What was kept from somebody is for whoever has come into her place since: a mail that waited for a server, or overnight, is
//! not to be lost with a role. It goes once to each, under the key that a mail to her would have had.
//!
//! Of a step nothing is passed on where the case has moved since, or something was told since: that was told to whom it then
//! concerned. What cannot be passed on, because a case cannot be read, is told in the program's log, and holds up no other mail.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use crate::app::consequences::notify_of;
use crate::app::{App, AppError, mails, recipients};
use crate::calendar::local_date;
use crate::clock::Timestamp;
use crate::ids::{CaseId, PersonId};
use crate::store::cases;
use crate::store::outbox::{self, ClaimedMail, NewMail};
use crate::store::{Db, StoreError, log, people, reminders};
use crate::workflow::case::Made;
use crate::workflow::log::Room;
use crate::workflow::step::{By, Step};

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

/// Tells of a step whoever it is for by now, but for who took it, and her colleagues where it came from her own place.
fn pass_on_step(app: &App, db: &mut Db, mail: &ClaimedMail, case: &CaseId, now: Timestamp) -> Result<(), AppError> {
    let stored = cases::by_id(db, case)?.ok_or(AppError::NotFound)?;
    let Some(entry) = mails::entry_of(&mail.dedupe, &stored.number) else { return Ok(()) };
    let entries = log::entries(db, case, &Room::Shared, entry)?;
    let entries = entries.iter().map(|row| row.entry()).collect::<Result<Vec<_>, _>>()?;
    let definitions = app.workflows.definitions(db, &entries)?;
    let steps = definitions.steps(&entries).map_err(|broken| AppError::Internal(broken.to_string()))?;
    let Some((told, later)) = steps.split_first() else { return Ok(()) };
    let moves = |made: &Made| made.step.from.as_ref() != Some(&made.step.to);
    let tells = |made: &Made| notify_of(made.definition, &stored.case, made.step).is_some();
    if later.iter().any(|made| moves(made) || tells(made)) {
        return Ok(());
    }
    let Some(notify) = notify_of(told.definition, &stored.case, told.step) else { return Ok(()) };
    let mut people = BTreeSet::new();
    for to in notify.to.iter() {
        people.extend(recipients::resolve(db, told.definition, &stored.case, to, local_date(now))?);
    }
    for person in people.difference(&office(db, told.step, local_date(now))?) {
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

/// Who took the step, and who holds the place from which she did.
fn office(db: &mut Db, step: &Step, day: NaiveDate) -> Result<BTreeSet<PersonId>, StoreError> {
    let By::Person { person, seat, .. } = &step.by else { return Ok(BTreeSet::new()) };
    let holders = people::holders(db, seat.role, seat.principal.as_ref(), seat.body.as_ref(), day)?;
    let colleagues = holders.into_iter().filter(|(_, held)| held.unit == seat.unit).map(|(person, _)| person);
    Ok(colleagues.chain([person.clone()]).collect())
}
