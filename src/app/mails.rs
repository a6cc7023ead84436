//! Mails that the application puts into the outbox: what they may hold, whom they are for, and when they may leave.
//!
//! A mail is for whoever has the role on the day on which it leaves: what is written in the evening leaves in the morning, when
//! a role may have passed on.

use chrono::NaiveDate;

use super::{App, AppError};
use crate::calendar::{Calendar, local_date};
use crate::clock::Timestamp;
use crate::ids::{CaseNumber, PersonId};
use crate::mail::MailContent;
use crate::store::cases::StoredCase;
use crate::store::outbox::{self, NewMail};
use crate::store::{Db, StoreError};
use crate::workflow::case::Case;
use crate::workflow::definition::{By, Deadline, Definition, Effect, Reminder};
use crate::workflow::step::{PlannedReminder, Step};

/// How the key of a mail begins that tells of a step.
const TURN: &str = "turn:";

/// The deadline that a mail is about.
#[derive(Debug, Clone, Copy)]
pub struct About<'a> {
    /// Its name in the workflow file.
    pub name: &'a str,
    /// Its generation.
    pub generation: u32,
    /// Its title.
    pub title: &'a str,
    /// Its last day.
    pub due: NaiveDate,
    /// The one before, where that is what the mail tells.
    pub was: Option<NaiveDate>,
}

/// A deadline of the case, if it runs.
pub fn about<'a>(definition: &'a Definition, case: &Case, name: &'a str) -> Option<About<'a>> {
    let running = case.deadlines.get(name)?.running.as_ref()?;
    let title = &definition.deadlines.get(name)?.title;
    Some(About { name, generation: running.generation, title, due: running.due(), was: None })
}

/// The deadline that a step is told of: the one that the file names, or the one whose clock the step set, with its day before.
pub fn about_step<'a>(
    definition: &'a Definition,
    (before, after): (Option<&Case>, &Case),
    (step, named): (&Step, Option<&'a String>),
) -> Option<About<'a>> {
    let effects = definition.transition(&step.transition).map_or(&[][..], |transition| &transition.effects);
    let set = effects.iter().flat_map(Effect::deadlines).find(|name| step.deadlines.contains_key(*name));
    let about = about(definition, after, named.or(set)?)?;
    let due_before = |name: &str| Some(before?.deadlines.get(name)?.running.as_ref()?.due());
    let was = set.filter(|name| *name == about.name).and_then(|name| due_before(name));
    Some(About { was: was.filter(|was| *was != about.due), ..about })
}

/// What the file says of a reminder.
pub fn said<'a>(deadline: &'a Deadline, planned: &PlannedReminder) -> Result<&'a Reminder, AppError> {
    let step = usize::try_from(planned.step).ok().and_then(|step| deadline.remind.get(step));
    step.ok_or_else(|| AppError::Internal("a reminder step is not in the definition".to_owned()))
}

/// What a mail about this case says: numbers, dates and titles of the workflow's file; nothing that anybody wrote.
pub fn content(
    app: &App,
    definition: &Definition,
    stored: &StoredCase,
    about: Option<About>,
    now: Timestamp,
) -> MailContent {
    let state = definition.states.get(&stored.case.state);
    let options = definition.fields.get("category").map(|field| &field.options);
    let chosen = stored.category.as_ref().zip(options).and_then(|(category, options)| options.get(category));
    let overdue = about.map(|about| (local_date(now) - about.due).num_days()).filter(|days| *days > 0);
    MailContent {
        number: stored.number.clone(),
        kind: definition.title.clone(),
        category: chosen.map(|choice| choice.title.clone()),
        urgent: stored.urgent,
        state: state.map(|state| state.title.clone()).unwrap_or_default(),
        deadline: about.map(|about| about.title.to_owned()),
        due: about.map(|about| about.due),
        overdue_days: overdue.and_then(|days| u32::try_from(days).ok()),
        was: about.and_then(|about| about.was),
        level: level(definition, &stored.case),
        link: link(app, &stored.number),
    }
}

/// The title of the body whose move it is.
pub(super) fn level(definition: &Definition, case: &Case) -> Option<String> {
    match definition.states.get(&case.state)?.turn.as_ref()? {
        By::Body(body) => definition.bodies.get(&body.body).map(|body| body.title.clone()),
        By::Party(_) | By::Each(_) | By::Machine(_) => None,
    }
}

/// Where people read and act: the page of what there is to do, which leads on to the case where there is nothing.
fn link(app: &App, number: &CaseNumber) -> String {
    format!("{}/cases/{number}/next", app.public_url)
}

/// What makes the mail that tells a person of an entry of a case the same mail.
pub fn turn_key(number: &CaseNumber, entry: u64, person: &PersonId) -> String {
    format!("{TURN}{number}:{entry}:{person}")
}

/// The entry of a case that a mail of that key tells of; none where it is no such mail's.
pub fn entry_of(key: &str, number: &CaseNumber) -> Option<u64> {
    let rest = key.strip_prefix(TURN)?.strip_prefix(number.0.as_str())?.strip_prefix(':')?;
    rest.split(':').next()?.parse().ok()
}

/// A mail to one person about one case.
pub struct Letter<'a> {
    /// To whom.
    pub person: &'a PersonId,
    /// The template.
    pub template: &'a str,
    /// What makes it the same mail.
    pub dedupe: String,
    /// The deadline that it is about.
    pub about: Option<About<'a>>,
}

/// Puts a mail into the outbox, to leave in office hours; answers with the row's id, or none where it is there already.
pub fn put(
    app: &App,
    db: &mut Db,
    (definition, stored): (&Definition, &StoredCase),
    letter: Letter,
    (calendar, now): (&Calendar, Timestamp),
) -> Result<Option<String>, StoreError> {
    let content = content(app, definition, stored, letter.about, now);
    let content = serde_json::to_string(&content).map_err(|error| StoreError::Internal(error.to_string()))?;
    let mail = NewMail {
        id: app.ids.next(now),
        dedupe: letter.dedupe,
        person: letter.person.clone(),
        case_id: Some(stored.id.clone()),
        deadline: letter.about.map(|about| (about.name.to_owned(), about.generation)),
        template: letter.template.to_owned(),
        content,
        written: now,
        leaves: app.hours.moment(calendar, now),
    };
    let id = mail.id.clone();
    Ok(outbox::put(db, &mail)?.then_some(id))
}
