//! The record of what administrators changed: who, when, what, in fields. No address and no free text goes into it.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;

use chrono::NaiveDate;

use super::{App, AppError};
use crate::authz::{Actor, Role};
use crate::calendar::in_words;
use crate::clock::Timestamp;
use crate::ids::{PersonId, PrincipalId};
use crate::store::changes::{self, ChangeRow};
use crate::store::{self, Db, StoreError, absences, organisation, people};

/// How many changes stand on a page.
const PAGE: usize = 50;

/// What was changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Somebody came.
    PersonAdded,
    /// Her name or address is another.
    PersonChanged,
    /// She holds a role.
    RoleGiven,
    /// A role has another last day.
    RoleEnded,
    /// She can sign in again.
    SignInOpened,
    /// She can sign in no more.
    SignInClosed,
    /// She is away.
    AbsenceRecorded,
    /// She is not.
    AbsenceEnded,
    /// A unit began.
    UnitAdded,
    /// A unit has another name or last day.
    UnitChanged,
    /// An authority began.
    AuthorityAdded,
    /// An authority has another name or last day.
    AuthorityChanged,
    /// A body has another name.
    BodyChanged,
    /// A mail that was given up is tried again.
    MailRetried,
    /// She gets her reminders together, or each by itself.
    RemindersChosen,
    /// Her calendar has another address.
    CalendarOpened,
    /// Her calendar has no address any more.
    CalendarClosed,
    /// The offices are closed on a day.
    ClosingDayAdded,
    /// They are not.
    ClosingDayTakenBack,
    /// New cases get a version of a workflow.
    WorkflowPublished,
    /// They get it no more.
    WorkflowRetired,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Kind; 21] = [
        Kind::PersonAdded,
        Kind::PersonChanged,
        Kind::RoleGiven,
        Kind::RoleEnded,
        Kind::SignInOpened,
        Kind::SignInClosed,
        Kind::AbsenceRecorded,
        Kind::AbsenceEnded,
        Kind::UnitAdded,
        Kind::UnitChanged,
        Kind::AuthorityAdded,
        Kind::AuthorityChanged,
        Kind::BodyChanged,
        Kind::MailRetried,
        Kind::RemindersChosen,
        Kind::CalendarOpened,
        Kind::CalendarClosed,
        Kind::ClosingDayAdded,
        Kind::ClosingDayTakenBack,
        Kind::WorkflowPublished,
        Kind::WorkflowRetired,
    ];

    /// The name in the database.
    pub fn name(self) -> &'static str {
        match self {
            Kind::PersonAdded => "person_added",
            Kind::PersonChanged => "person_changed",
            Kind::RoleGiven => "role_given",
            Kind::RoleEnded => "role_ended",
            Kind::SignInOpened => "sign_in_opened",
            Kind::SignInClosed => "sign_in_closed",
            Kind::AbsenceRecorded => "absence_recorded",
            Kind::AbsenceEnded => "absence_ended",
            Kind::UnitAdded => "unit_added",
            Kind::UnitChanged => "unit_changed",
            Kind::AuthorityAdded => "authority_added",
            Kind::AuthorityChanged => "authority_changed",
            Kind::BodyChanged => "body_changed",
            Kind::MailRetried => "mail_retried",
            Kind::RemindersChosen => "reminders_chosen",
            Kind::CalendarOpened => "calendar_opened",
            Kind::CalendarClosed => "calendar_closed",
            Kind::ClosingDayAdded => "closing_day_added",
            Kind::ClosingDayTakenBack => "closing_day_taken_back",
            Kind::WorkflowPublished => "workflow_published",
            Kind::WorkflowRetired => "workflow_retired",
        }
    }

    fn from_name(name: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// A change to be recorded.
pub(super) struct Change {
    kind: Kind,
    principal: Option<PrincipalId>,
    subject: String,
    details: BTreeMap<&'static str, String>,
}

impl Change {
    /// A change of something of a principal's, or without one of the whole county's.
    pub fn new(kind: Kind, principal: Option<PrincipalId>, subject: &str) -> Change {
        Change { kind, principal, subject: subject.to_owned(), details: BTreeMap::new() }
    }

    /// The same change with one more thing to say of it.
    pub fn with(mut self, what: &'static str, value: impl ToString) -> Change {
        self.details.insert(what, value.to_string());
        self
    }

    /// The same change with one more thing to say of it, where there is anything.
    pub fn with_some(self, what: &'static str, value: Option<impl ToString>) -> Change {
        match value {
            Some(value) => self.with(what, value),
            None => self,
        }
    }
}

/// Records a change in its own transaction.
pub(super) fn record(app: &App, db: &mut Db, actor: &Actor, at: Timestamp, change: Change) -> Result<(), StoreError> {
    let details = serde_json::to_string(&change.details).map_err(|error| StoreError::Internal(error.to_string()))?;
    let row = ChangeRow {
        id: app.ids.next(at),
        at,
        person: actor.person.clone(),
        principal: change.principal,
        kind: change.kind.name().to_owned(),
        subject: change.subject,
        details,
    };
    changes::insert(db, &row)
}

/// The fact by which the last instant is kept at which who holds which role changed without being recorded person by person.
const REGISTERS_MOVED: &str = "registers_moved";

/// Notes that an operator, by an import or a command, may have changed who holds which role.
pub(super) fn registers_moved(db: &mut Db, now: Timestamp) -> Result<(), StoreError> {
    store::set_fact(db, REGISTERS_MOVED, &now.to_string())
}

/// Whether anything has changed since an instant of who is reminded on a day in a role that a person holds or stands in for:
/// then what the registers say of that day is no proof of what they said on it.
pub(super) fn may_have_moved(
    db: &mut Db,
    since: Timestamp,
    day: NaiveDate,
    person: &PersonId,
) -> Result<bool, StoreError> {
    let moved: Option<Timestamp> = store::fact(db, REGISTERS_MOVED)?.and_then(|at| at.parse().ok());
    if moved.is_some_and(|moved| moved >= since) {
        return Ok(true);
    }
    let mut stand_in: Vec<_> = absences::on(db, day)?.into_iter().collect();
    let mut moved = BTreeSet::new();
    for (kind, subject, details) in changes::since(db, since)? {
        let subject = PersonId(subject);
        match Kind::from_name(&kind) {
            Some(Kind::AbsenceRecorded | Kind::AbsenceEnded) => match absence(&details) {
                Some((days, _)) if !days.contains(&day) => continue,
                Some((_, Some(substitute))) => stand_in.push((subject.clone(), substitute)),
                // Who would have stood in is not on record: it may be anybody.
                Some((_, None)) | None => return Ok(true),
            },
            Some(Kind::RoleGiven | Kind::RoleEnded | Kind::SignInOpened | Kind::SignInClosed) => {}
            _ => continue,
        }
        moved.insert(subject);
    }
    Ok(!linked(person, &stand_in).is_disjoint(&moved))
}

/// The days of an absence and who stands in, by the details of a change.
fn absence(details: &str) -> Option<(RangeInclusive<NaiveDate>, Option<PersonId>)> {
    let details: BTreeMap<String, String> = serde_json::from_str(details).ok()?;
    let day = |what: &str| details.get(what)?.parse::<NaiveDate>().ok();
    let substitute = details.get("substitute").map(|id| PersonId::from(id.as_str()));
    Some((day("from")?..=day("until")?, substitute))
}

/// A person and everybody with whom she is linked by who stands in for whom: of them all what one holds may reach another.
fn linked(person: &PersonId, stand_in: &[(PersonId, PersonId)]) -> BTreeSet<PersonId> {
    let mut linked = BTreeSet::from([person.clone()]);
    loop {
        let before = linked.len();
        for (one, other) in stand_in {
            if linked.contains(one) || linked.contains(other) {
                linked.extend([one.clone(), other.clone()]);
            }
        }
        if linked.len() == before {
            return linked;
        }
    }
}

/// A change, as administrators read it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeView {
    /// Its id.
    pub id: String,
    /// When.
    pub at: Timestamp,
    /// Who changed it: her name.
    pub by: String,
    /// What was changed.
    pub kind: Kind,
    /// The name of what it is about.
    pub subject: String,
    /// The rest: what, and its value as people read it.
    pub details: Vec<(String, String)>,
}

impl App {
    /// The newest changes of what the actor administers, before one of them; and whether there are more.
    ///
    /// # Errors
    /// [`AppError::NotFound`] where she administers nothing.
    pub fn changes(&self, actor: &Actor, before: Option<&str>) -> Result<(Vec<ChangeView>, bool), AppError> {
        let of = administered(actor)?;
        self.store.read(|db| {
            let limit = i64::try_from(PAGE + 1).unwrap_or(i64::MAX);
            let mut rows = changes::newest(db, of.as_deref(), before, limit)?;
            let more = rows.len() > PAGE;
            rows.truncate(PAGE);
            let mut names = organisation::all_names(db)?;
            let views = rows.into_iter().map(|row| view(db, row, &mut names)).collect::<Result<_, _>>()?;
            Ok((views, more))
        })
    }
}

/// The principals whose changes the actor reads; none stands for all of them.
fn administered(actor: &Actor) -> Result<Option<Vec<PrincipalId>>, AppError> {
    match (actor.administers_county(), actor.is_administrator()) {
        (true, _) => Ok(None),
        (false, false) => Err(AppError::NotFound),
        (false, true) => {
            let held = actor.seats.iter().filter(|seat| seat.role == Role::Administrator);
            Ok(Some(held.filter_map(|seat| seat.principal.clone()).collect()))
        }
    }
}

fn view(db: &mut Db, row: ChangeRow, names: &mut BTreeMap<String, String>) -> Result<ChangeView, AppError> {
    let corrupt = |what: &str| AppError::Internal(format!("the change {} has {what}", row.id));
    let kind = Kind::from_name(&row.kind).ok_or_else(|| corrupt("an unknown kind"))?;
    let details: BTreeMap<String, String> =
        serde_json::from_str(&row.details).map_err(|_| corrupt("details that cannot be read"))?;
    let mut told = Vec::new();
    for (what, value) in details {
        let value = match what.as_str() {
            "role" => Role::from_name(&value).map_or(value, |role| role.title().to_owned()),
            "place" | "substitute" => named(db, &value, names)?,
            "from" | "until" | "day" => value.parse().map_or(value, in_words),
            _ => value,
        };
        told.push((what, value));
    }
    told.sort_by_key(|(what, _)| ORDER.iter().position(|known| known == what));
    Ok(ChangeView {
        at: row.at,
        by: named(db, row.person.as_str(), names)?,
        kind,
        subject: named(db, &row.subject, names)?,
        details: told,
        id: row.id,
    })
}

/// What is said of a change, in the order of the forms.
const ORDER: [&str; 10] =
    ["day", "before", "name", "address", "hsa_id", "role", "place", "substitute", "from", "until"];

/// The name of a person or a place; what has none stands for itself.
fn named(db: &mut Db, id: &str, names: &mut BTreeMap<String, String>) -> Result<String, AppError> {
    if !names.contains_key(id) {
        let found = people::person(db, &PersonId::from(id))?.map_or_else(|| id.to_owned(), |person| person.name);
        names.insert(id.to_owned(), found);
    }
    Ok(names.get(id).cloned().unwrap_or_default())
}
