//! Gathers what came of a story: every room's log, the mails, and what no log holds, as one row of events.
//!
//! The teller sees all rooms, as no user of the system does: he is not one, and shows nothing but a demonstration.

use std::collections::{BTreeMap, BTreeSet};

use crate::app::workflows::Known;
use crate::app::{App, AppError};
use crate::clock::Timestamp;
use crate::demo::player::{Aside, Played};
use crate::ids::{CaseNumber, PersonId, PrincipalId};
use crate::mail::{MailContent, render};
use crate::store::cases::StoredCase;
use crate::store::outbox::{self, MailRow};
use crate::store::{Db, cases, log, organisation, people};
use crate::workflow::log::{Entry, Record};
use crate::workflow::step::By;

/// All that a story is told from.
pub struct Gathered {
    /// Its cases, in the order in which they were registered.
    pub cases: Vec<Told>,
    /// What happened, in order.
    pub events: Vec<(Timestamp, Event)>,
    /// The names of organisations and people.
    pub names: BTreeMap<String, String>,
    /// How many mails were sent, and to how many people.
    pub mails: (usize, usize),
}

/// A case of the story.
pub struct Told {
    /// Its number.
    pub number: CaseNumber,
    /// Its definition.
    pub known: Known,
    /// Those who are or were its parties, by side.
    pub parties: Vec<(String, PrincipalId)>,
    /// Where it stands now.
    pub state: String,
    /// Its texts: by room, entry and path.
    pub texts: BTreeMap<(String, u64, String), String>,
}

/// Something that happened.
pub enum Event {
    /// An entry of a case, by the case's place.
    Entry(usize, Box<Entry>),
    /// What no log holds.
    Aside(Aside),
    /// Mails with one subject, and their recipients.
    Mails(String, Vec<PersonId>),
}

/// Gathers the story.
///
/// # Errors
/// Where the database does not answer.
pub fn gather(app: &App, played: &Played) -> Result<Gathered, AppError> {
    app.store.read(|db| {
        let mut gathered =
            Gathered { cases: Vec::new(), events: Vec::new(), names: organisation::names(db)?, mails: (0, 0) };
        let mut mails = Vec::new();
        for stored in in_order_of_opening(db, played)? {
            mails.extend(one_case(app, db, stored, &mut gathered)?);
        }
        let recipients: BTreeSet<&String> = mails.iter().map(|mail| &mail.person_id).collect();
        gathered.mails = (mails.len(), recipients.len());
        let asides = played.asides.iter().map(|(at, aside)| (*at, Event::Aside(aside.clone())));
        gathered.events.extend(asides);
        gathered.events.extend(by_subject(mails)?);
        gathered.events.sort_by_key(|(at, event)| (*at, rank(event)));
        for person in everybody(&gathered.events) {
            let found = people::person(db, &person)?;
            gathered.names.extend(found.map(|found| (person.0, found.name)));
        }
        Ok(gathered)
    })
}

/// Of what happens at one moment: first what somebody did, then what followed from it, then what was said and refused,
/// then the mails.
fn rank(event: &Event) -> u8 {
    match event {
        Event::Entry(_, entry) => match &entry.records {
            Record::Step(step) if !matches!(step.by, By::Case { .. }) => 0,
            Record::Particulars(_) | Record::Note(_) | Record::Document(_) | Record::Removal(_) => 1,
            Record::Step(_) => 2,
        },
        Event::Aside(_) => 3,
        Event::Mails(..) => 4,
    }
}

fn in_order_of_opening(db: &mut Db, played: &Played) -> Result<Vec<StoredCase>, AppError> {
    let numbers = played.cases.values();
    let stored = numbers.map(|number| cases::by_number(db, number)?.ok_or(AppError::NotFound));
    let mut stored = stored.collect::<Result<Vec<_>, _>>()?;
    stored.sort_by(|a, b| (a.case.opened, &a.number).cmp(&(b.case.opened, &b.number)));
    Ok(stored)
}

fn one_case(app: &App, db: &mut Db, stored: StoredCase, gathered: &mut Gathered) -> Result<Vec<MailRow>, AppError> {
    let known = app.workflows.of(db, &stored.definition)?;
    let place = gathered.cases.len();
    for row in log::all_entries(db, &stored.id)? {
        let entry = row.entry()?;
        gathered.events.push((entry.recorded(), Event::Entry(place, Box::new(entry))));
    }
    let texts = log::all_texts(db, &stored.id)?.into_iter();
    let texts = texts.filter_map(|row| Some(((row.room, u64::try_from(row.n).ok()?, row.path), row.text?))).collect();
    let mails = outbox::of_case(db, &stored.id)?;
    let parties = stored.case.parties.iter().map(|party| (party.side.clone(), party.principal.clone())).collect();
    gathered.cases.push(Told { number: stored.number, known, parties, state: stored.case.state, texts });
    Ok(mails)
}

/// Mails that left at the same moment with the same subject are one event.
fn by_subject(mails: Vec<MailRow>) -> Result<Vec<(Timestamp, Event)>, AppError> {
    let mut grouped: BTreeMap<(Timestamp, String), Vec<PersonId>> = BTreeMap::new();
    let internal = |error: String| AppError::Internal(error);
    for mail in mails {
        let Some(sent) = mail.sent_at else { continue };
        let content: MailContent = serde_json::from_str(&mail.content).map_err(|error| internal(error.to_string()))?;
        let rendered = render(&mail.template, &content).map_err(|error| internal(error.to_string()))?;
        let key = (Timestamp::from_naive_utc(sent), rendered.subject);
        grouped.entry(key).or_default().push(PersonId(mail.person_id));
    }
    let events = grouped.into_iter().map(|((at, subject), mut people)| {
        people.sort();
        (at, Event::Mails(subject, people))
    });
    Ok(events.collect())
}

fn everybody(events: &[(Timestamp, Event)]) -> BTreeSet<PersonId> {
    let of_event = |(_, event): &(Timestamp, Event)| -> Vec<PersonId> {
        match event {
            Event::Entry(_, entry) => entry.by().and_then(|by| by.person()).cloned().into_iter().collect(),
            Event::Aside(Aside::Looked(who, _)) => vec![who.clone()],
            Event::Aside(Aside::Refused(refused)) => vec![refused.who.clone()],
            Event::Aside(Aside::Told(_)) => Vec::new(),
            Event::Mails(_, people) => people.clone(),
        }
    };
    events.iter().flat_map(of_event).collect()
}
