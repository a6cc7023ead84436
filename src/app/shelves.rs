//! Which shelves a case stands on, and as what: the index that lists are read from (`store::lists`), made in the
//! transaction of the step that changes it.
//!
//! A shelf is a reader's (what she sees), a role's at a place (what waits for her move), a register's (what has no number
//! of that principal's yet), or that of disputes that no body has seen. A row holds what whoever reads that shelf may know:
//! of a case that has left them, how it stood then; for a body, nothing of the parties' fields.

mod filling;

use std::collections::BTreeSet;

pub use filling::Filling;

use super::access::{self, Access, Reach};
use super::view;
use super::workflows::{Known, Workflows};
use super::{App, AppError};
use crate::authz::{Reader, Role, Scope};
use crate::calendar::start_of_day;
use crate::clock::Timestamp;
use crate::ids::PrincipalId;
use crate::store::cases::StoredCase;
use crate::store::lists::{self, Row, Standing};
use crate::store::{Db, organisation, visibility};
use crate::workflow::case::Case;
use crate::workflow::definition::Definition;
use crate::workflow::log::Room;
use crate::workflow::turn;

/// The field of each party's own in which it notes the number of its register.
pub const REGISTRY_NUMBER: &str = "registry_number";
/// The field that cases are searched by.
pub const CATEGORY: &str = "category";
/// The field that says since when the person has waited.
const WAITING_SINCE: &str = "waiting_since";
/// Where open disputes stand that no body has seen.
pub const UNSENT: &str = "unsent";
/// The level of a dispute that is with its parties.
pub const PARTIES: &str = "parties";
/// The level of a dispute that has ended.
pub const ENDED: &str = "ended";

/// The shelf of what waits for a number of a principal's register.
pub fn register_of(principal: &PrincipalId) -> String {
    format!("register:{principal}")
}

/// The category of a case.
pub fn category(case: &Case) -> Option<String> {
    choice(case, CATEGORY)
}

/// The values that a case of this category can have: the category's own, and in each version where it is a group the
/// options that stand in it.
pub(super) fn categories_of(workflows: &Workflows, category: &str) -> BTreeSet<String> {
    let fields = workflows.all().filter_map(|known| known.definition.fields.get(CATEGORY));
    let options = fields.flat_map(|field| &field.options);
    let within = options.filter(|(_, option)| option.group.as_deref() == Some(category)).map(|(id, _)| id.clone());
    within.chain([category.to_owned()]).collect()
}

/// Whether a case is urgent.
pub fn is_urgent(case: &Case) -> bool {
    choice(case, "urgency").as_deref() == Some("urgent")
}

fn choice(case: &Case, field: &str) -> Option<String> {
    case.fields.get(field).and_then(|held| held.value.as_str()).map(str::to_owned)
}

/// Since when the person has waited: the day that the case says, else when it was opened.
pub(super) fn waiting_since(case: &Case) -> Timestamp {
    let day = choice(case, WAITING_SINCE).and_then(|day| day.parse().ok());
    day.map_or(case.opened, start_of_day).max(Timestamp::default())
}

/// How far a case has come: a dispute, to a body, or it is with its parties, or has ended; any other case, its state.
pub fn level(definition: &Definition, state: &str) -> String {
    let ended = definition.states.get(state).is_some_and(|state| state.outcome.is_some());
    let name = match turn::body_of(definition, state) {
        _ if definition.bodies.is_empty() => state,
        _ if ended => ENDED,
        Some(body) => body,
        None => PARTIES,
    };
    format!("{}:{name}", definition.workflow)
}

/// What the shelves of a case follow from, but for who sees it and what a body may know.
#[derive(PartialEq)]
struct Marks<'a> {
    case: (&'a str, &'a Option<String>, Timestamp),
    chosen: (Option<String>, bool),
    due: Option<Timestamp>,
    turn: BTreeSet<String>,
    parties: &'a [crate::workflow::case::CaseParty],
    assigned: &'a Option<crate::workflow::step::Assignment>,
    unregistered: Vec<PrincipalId>,
}

fn marks<'a>(definition: &Definition, case: &'a Case) -> Marks<'a> {
    Marks {
        case: (&case.state, &case.outcome, waiting_since(case)),
        chosen: (category(case), is_urgent(case)),
        due: first_due(case),
        turn: turn::holders(definition, case),
        parties: &case.parties,
        assigned: &case.assigned,
        unregistered: unregistered(definition, case),
    }
}

fn first_due(case: &Case) -> Option<Timestamp> {
    case.running().map(|(_, running)| running.runs_out).min()
}

/// The parties that have noted no number of their register.
fn unregistered(definition: &Definition, case: &Case) -> Vec<PrincipalId> {
    if !definition.fields.contains_key(REGISTRY_NUMBER) {
        return Vec::new();
    }
    let parties = case.principals(None).map(|party| party.principal.clone());
    parties.filter(|principal| !case.fields.contains_key(&format!("{REGISTRY_NUMBER}@{principal}"))).collect()
}

/// Puts a case on its shelves after a step. Most steps change nothing there, and then nothing is read or written. What a
/// body may know can change with every entry.
pub(super) fn put(
    app: &App,
    db: &mut Db,
    known: &Known,
    before: Option<&StoredCase>,
    stored: &StoredCase,
) -> Result<(), AppError> {
    let same = |before: &StoredCase| {
        before.definition == stored.definition
            && marks(&known.definition, &before.case) == marks(&known.definition, &stored.case)
    };
    if stored.case.sent_to.is_empty() && before.is_some_and(same) {
        return Ok(());
    }
    let held = match before {
        Some(_) => lists::of_case(db, &stored.id)?,
        None => Vec::new(),
    };
    let wanted = app.shelves(db, known, stored, &held)?;
    Ok(lists::set(db, &held, &wanted)?)
}

/// Those whose move it is, by place.
struct Movers {
    /// The role and the place of each.
    holders: Vec<(Role, Reader)>,
    /// The principals among whose people they are.
    principals: BTreeSet<PrincipalId>,
}

impl Movers {
    fn of(db: &mut Db, definition: &Definition, case: &Case) -> Result<Movers, AppError> {
        let split = |key: String| {
            let (role, place) = key.split_once('@')?;
            Some((Role::from_name(role)?, Reader::of_key(place)?))
        };
        let holders: Vec<_> = turn::holders(definition, case).into_iter().filter_map(split).collect();
        let mut principals = BTreeSet::new();
        for (_, place) in &holders {
            principals.extend(home(db, place)?);
        }
        Ok(Movers { holders, principals })
    }

    /// Whether it is the move of somebody who reads a case as this reader.
    fn is_of(&self, reader: &Reader) -> bool {
        match reader {
            Reader::Principal(principal) | Reader::Person(_, principal) => self.principals.contains(principal),
            Reader::Unit(_) | Reader::Body(_) => self.holders.iter().any(|(_, place)| place == reader),
        }
    }
}

/// The principal that a place belongs to.
fn home(db: &mut Db, place: &Reader) -> Result<Option<PrincipalId>, AppError> {
    Ok(match place {
        Reader::Principal(principal) | Reader::Person(_, principal) => Some(principal.clone()),
        Reader::Unit(unit) => organisation::home(db, unit)?,
        Reader::Body(_) => None,
    })
}

/// What somebody whose move it is at a place reads cases as.
fn reads_as(db: &mut Db, role: Role, place: &Reader) -> Result<Option<Reader>, AppError> {
    Ok(match (role.scope(), place) {
        (Scope::Principal, place) => home(db, place)?.map(Reader::Principal),
        (Scope::Own, Reader::Person(..)) | (Scope::Unit, Reader::Unit(_)) | (Scope::Body, Reader::Body(_)) => {
            Some(place.clone())
        }
        (Scope::Own | Scope::Unit | Scope::Body | Scope::Nothing, _) => None,
    })
}

impl App {
    /// The shelves that a case stands on now. What is `held` of readers whom it has left stays as it is.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub fn shelves(&self, db: &mut Db, known: &Known, stored: &StoredCase, held: &[Row]) -> Result<Vec<Row>, AppError> {
        let turn = Movers::of(db, &known.definition, &stored.case)?;
        let mut sights = visibility::all(db, &stored.id)?;
        sights.retain(|sight| sight.room == Room::Shared);
        let readers: BTreeSet<Reader> = sights.iter().filter_map(|sight| Reader::of_key(&sight.reader)).collect();
        let mut rows = Vec::new();
        let mut current: Vec<Row> = Vec::new();
        for reader in readers {
            let own: Vec<_> = sights.iter().filter(|sight| sight.reader == reader.key()).cloned().collect();
            let Some(reach) = access::reach(&own) else { continue };
            let seen_until = reach.seen_until();
            let seen_as = BTreeSet::from([reader.key()]);
            let access = Access { stored: stored.clone(), reach, own_rooms: Vec::new(), seen_as };
            if matches!(access.reach, Reach::Until(_)) {
                let kept = held.iter().find(|row| row.shelf == reader.key() && row.seen_until == seen_until);
                rows.push(match kept {
                    Some(kept) => kept.clone(),
                    None => self.former_row(db, &access, reader.key())?,
                });
                continue;
            }
            let mut row = row(&known.definition, stored, &stored.case, reader.key());
            row.seen_until = seen_until;
            row.standing = match &stored.case.outcome {
                Some(_) => Standing::Ended,
                None if turn.is_of(&reader) => Standing::Ours,
                None => Standing::Others,
            };
            if matches!(reader, Reader::Body(_)) {
                row.waiting_since = stored.case.opened;
                row.category = None;
                row.urgent = false;
                row.due = self.due_for_body(db, known, &access)?;
            }
            current.push(row);
        }
        rows.extend(further(db, &known.definition, stored, &turn, &current)?);
        rows.extend(current);
        rows.sort_by(|a, b| a.shelf.cmp(&b.shelf));
        Ok(rows)
    }

    /// How a case stood when it left a reader.
    fn former_row(&self, db: &mut Db, access: &Access, shelf: String) -> Result<Row, AppError> {
        let (known, case) = self.within_reach(db, access)?;
        let standing = if case.outcome.is_some() { Standing::LeftEnded } else { Standing::LeftOpen };
        let seen_until = access.reach.seen_until();
        Ok(Row { standing, seen_until, ..row(&known.definition, &access.stored, &case, shelf) })
    }

    /// When the first deadline runs out of those that a body may know of.
    fn due_for_body(&self, db: &mut Db, known: &Known, access: &Access) -> Result<Option<Timestamp>, AppError> {
        let visible = view::visible_keys(self, db, access)?;
        let running = view::running(&known.definition, &access.stored.case, visible.as_ref());
        Ok(running.map(|(_, running)| running.runs_out).min())
    }
}

/// The row of a case as somebody knows it who sees all of it.
fn row(definition: &Definition, stored: &StoredCase, case: &Case, shelf: String) -> Row {
    Row {
        case: stored.id.clone(),
        shelf,
        standing: Standing::Ours,
        seen_until: i64::MAX,
        waiting_since: waiting_since(case),
        opened: case.opened,
        workflow: case.workflow.clone(),
        state: case.state.clone(),
        level: level(definition, &case.state),
        category: category(case),
        urgent: is_urgent(case),
        due: first_due(case),
    }
}

/// The shelves besides those of its readers: of those whose move it is, of registers, of what no body has seen.
fn further(
    db: &mut Db,
    definition: &Definition,
    stored: &StoredCase,
    turn: &Movers,
    current: &[Row],
) -> Result<Vec<Row>, AppError> {
    let as_seen_by = |reader: &Reader| current.iter().find(|row| row.shelf == reader.key());
    let mut rows = Vec::new();
    for (role, place) in &turn.holders {
        // Only where whoever has the move there sees the case by it: a count of the shelf then asks no further.
        let Some(reader) = reads_as(db, *role, place)? else { continue };
        let seen = as_seen_by(&reader);
        let shelf = crate::authz::holder(*role, place);
        rows.extend(seen.map(|row| Row { shelf, standing: Standing::Ours, ..row.clone() }));
    }
    for principal in unregistered(definition, &stored.case) {
        let seen = as_seen_by(&Reader::Principal(principal.clone()));
        rows.extend(seen.map(|row| Row { shelf: register_of(&principal), ..row.clone() }));
    }
    let no_body = current.iter().all(|row| !row.shelf.starts_with("body:"));
    if !definition.bodies.is_empty() && stored.case.outcome.is_none() && no_body {
        rows.push(row(definition, stored, &stored.case, UNSENT.to_owned()));
    }
    Ok(rows)
}
