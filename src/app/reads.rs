//! The read log: who has read which case. Each principal sees its own people's reads, and a body its secretaries'; nobody
//! sees another's.
//!
//! Noted is whoever is shown what a case holds: its page, its timeline, a document, its log. Lists are not: they show
//! numbers, states and days, nothing that anybody wrote. It is noted before anything is read, in a transaction of its own:
//! where that fails, nothing is shown, so that nothing is ever read unlogged. (The other way round a crash between the two
//! would leave a read that nobody knows of.) Only the [`Receipt`] of it leads to the words. One row stands for a quarter of an hour: nobody who looks the log through asks
//! how often somebody went back to a page within it, and most reads so need no write.
//!
//! No law that we have found says how long the log is to be kept: it is kept for good.

use std::collections::BTreeMap;

use chrono::{Duration, NaiveDate};

use super::access::{self, Access};
use super::{App, AppError};
use crate::authz::{Actor, Reader, Role, Seat};
use crate::calendar::start_of_day;
use crate::clock::Timestamp;
use crate::ids::{CaseId, CaseNumber, PersonId};
use crate::store::reads::{self, Filter, Noted, Read};
use crate::store::{Db, log, organisation, people};
use crate::texts::order::by_name;
use crate::workflow::log::Room;

/// For how long a row stands.
const COALESCED: Duration = Duration::minutes(15);
/// How many reads a page holds.
const A_PAGE: usize = 50;

/// What of a case was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReadOf {
    /// What it holds and what has happened in it.
    Case,
    /// Its log: digests and times.
    Log,
    /// All of it, as a file that it was taken away in.
    Bundle,
    /// A document.
    Document(String),
    /// What it holds, shown to the operator of the system as the person would see it: it was not she who read.
    Operator,
}

/// That a read of a case has been noted: without it nobody gets at what people wrote there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    case: CaseId,
}

impl Receipt {
    /// The texts of one room that have not been removed: by entry and path.
    pub(super) fn texts(&self, db: &mut Db, room: &Room) -> Result<BTreeMap<(u64, String), String>, AppError> {
        Ok(log::texts(db, &self.case, room)?)
    }
}

impl ReadOf {
    fn key(&self) -> String {
        match self {
            ReadOf::Case => "case".to_owned(),
            ReadOf::Log => "log".to_owned(),
            ReadOf::Bundle => "bundle".to_owned(),
            ReadOf::Document(id) => format!("document:{id}"),
            ReadOf::Operator => "operator".to_owned(),
        }
    }

    fn of_key(key: &str) -> ReadOf {
        match key {
            "log" => ReadOf::Log,
            "bundle" => ReadOf::Bundle,
            "operator" => ReadOf::Operator,
            other => other.strip_prefix("document:").map_or(ReadOf::Case, |id| ReadOf::Document(id.to_owned())),
        }
    }
}

/// A read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadView {
    /// Who.
    pub name: String,
    /// In which roles, each with the names of the principals or bodies that it was for: of those that are the looker's to see.
    pub held: Vec<(Role, Vec<String>)>,
    /// Which case.
    pub number: CaseNumber,
    /// What of it.
    pub what: ReadOf,
    /// When; for a quarter of an hour from then on.
    pub at: Timestamp,
}

/// A page of the read log, the latest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadPage {
    /// The reads.
    pub reads: Vec<ReadView>,
    /// After which the next page begins, where there is one.
    pub next: Option<String>,
}

/// What a list of a principal's reads is narrowed to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReadsOf {
    /// One person.
    pub person: Option<PersonId>,
    /// The first day.
    pub from: Option<NaiveDate>,
    /// The last day.
    pub until: Option<NaiveDate>,
}

impl App {
    /// Notes that the actor reads this of a case, for each principal and body that lets her; to be called before she does.
    ///
    /// # Errors
    /// [`AppError::NotFound`] alike where there is no such case and where she may not know of it; and whatever kept it from
    /// being noted.
    pub fn note_read(&self, actor: &Actor, number: &CaseNumber, what: &ReadOf) -> Result<Receipt, AppError> {
        let (now, what) = (self.now(), what.key());
        let (case, unnoted) = self.store.read(|db| {
            let access = access::open(db, actor, number)?;
            let mut places = places(&access, actor);
            if places.is_empty() {
                return Err(AppError::Internal(format!("{number} would be read for nobody")));
            }
            let case = access.stored.id;
            let noted = reads::noted(db, &actor.person, &case, &what, (now + -COALESCED, now))?;
            places.retain(|place, _| !noted.contains(place));
            Ok::<_, AppError>((case, places))
        })?;
        if !unnoted.is_empty() {
            self.store.write(|db| {
                for (place, role) in unnoted {
                    let (person, case, what) = (actor.person.clone(), case.clone(), what.clone());
                    reads::insert(db, &Read { id: self.ids.next(now), person, role, place, case, what, at: now })?;
                }
                Ok::<_, AppError>(())
            })?;
        }
        Ok(Receipt { case })
    }

    /// Who of the actor's own people has read a case, from after the row `after` on.
    ///
    /// # Errors
    /// [`AppError::NotFound`] for whoever does not see the case for a principal or a body in a role that answers for it.
    pub fn reads_of_case(&self, actor: &Actor, number: &CaseNumber, after: Option<&str>) -> Result<ReadPage, AppError> {
        self.store.read(|db| {
            let access = access::open(db, actor, number)?;
            let places = answers_for(&access, actor);
            if places.is_empty() {
                return Err(AppError::NotFound);
            }
            let filter = Filter { case: Some(access.stored.id), ..Filter::default() };
            page(db, &places, &filter, after)
        })
    }

    /// What the people of the actor's principal have read, from after the row `after` on.
    ///
    /// # Errors
    /// [`AppError::NotFound`] for whoever neither audits nor guards the data of a principal.
    pub fn reads_by_staff(&self, actor: &Actor, of: &ReadsOf, after: Option<&str>) -> Result<ReadPage, AppError> {
        let places = looked_through(actor)?;
        let after_last = |day: NaiveDate| day.succ_opt().map(start_of_day);
        let filter = Filter {
            case: None,
            person: of.person.clone(),
            from: of.from.map(start_of_day),
            before: of.until.and_then(after_last),
        };
        self.store.read(|db| page(db, &places, &filter, after))
    }

    /// The people of the principals whose reads the actor looks through, by name.
    ///
    /// # Errors
    /// Those of [`App::reads_by_staff`].
    pub fn staff(&self, actor: &Actor) -> Result<Vec<(PersonId, String)>, AppError> {
        let places = looked_through(actor)?;
        let here = |seat: &Seat| place_of(seat).is_some_and(|place| places.contains(&place.key()));
        let all = self.store.read(people::all)?;
        let staff: BTreeMap<_, _> =
            all.into_iter().filter(|(_, seat)| here(seat)).map(|(person, _)| (person.id, person.name)).collect();
        let mut staff: Vec<_> = staff.into_iter().collect();
        staff.sort_by_cached_key(|(_, name)| by_name(name));
        Ok(staff)
    }
}

/// For whom a seat is held: its principal, or its body.
fn place_of(seat: &Seat) -> Option<Reader> {
    let body = seat.body.clone().map(Reader::Body);
    body.or_else(|| seat.principal.clone().map(Reader::Principal))
}

/// The principals and bodies for which the actor sees a case, each with the role that lets her: the one that reads by
/// itself before the one in which she only follows what she registered.
fn places(access: &Access, actor: &Actor) -> BTreeMap<String, Role> {
    let by_itself = |seat: &&Seat| seat.reader().is_some_and(|reader| access.is_seen_as(&reader));
    let as_hers = |seat: &&Seat| {
        let own = seat.principal.clone().map(|principal| Reader::Person(actor.person.clone(), principal));
        own.is_some_and(|own| access.is_seen_as(&own))
    };
    let mut places = BTreeMap::new();
    for seat in actor.seats.iter().filter(by_itself).chain(actor.seats.iter().filter(as_hers)) {
        if let Some(place) = place_of(seat) {
            places.entry(place.key()).or_insert(seat.role);
        }
    }
    places
}

/// The principals and bodies whose reads of a case are the actor's to see.
pub(super) fn answers_for(access: &Access, actor: &Actor) -> Vec<String> {
    let answers = |seat: &&Seat| match seat.role {
        Role::Handler | Role::Management | Role::Registrar | Role::Auditor | Role::DataProtection | Role::Secretary => {
            seat.reader().is_some_and(|reader| access.is_seen_as(&reader))
        }
        Role::Employee | Role::Investigator | Role::Manager | Role::Archivist | Role::Administrator => false,
    };
    let places = actor.seats.iter().filter(answers).filter_map(place_of).map(|place| place.key());
    places.collect()
}

/// The principals whose people's reads the actor looks through.
fn looked_through(actor: &Actor) -> Result<Vec<String>, AppError> {
    let looks = |seat: &&Seat| matches!(seat.role, Role::Auditor | Role::DataProtection);
    let places: Vec<_> = actor.seats.iter().filter(looks).filter_map(place_of).map(|place| place.key()).collect();
    if places.is_empty() { Err(AppError::NotFound) } else { Ok(places) }
}

/// A page of reads. A read has a row for each place that it was for, which are one here: whoever secretaries four bodies reads
/// once, not four times.
fn page(db: &mut Db, places: &[String], filter: &Filter, after: Option<&str>) -> Result<ReadPage, AppError> {
    let most = i64::try_from((A_PAGE + 1) * places.len().max(1)).unwrap_or(i64::MAX);
    let rows = reads::list(db, places, filter, after, most)?;
    let one = |row: &Noted, next: &Noted| {
        (&row.person, &row.number, &row.what, row.at) == (&next.person, &next.number, &next.what, next.at)
    };
    let groups: Vec<_> = rows.chunk_by(one).collect();
    let shown = &groups[..groups.len().min(A_PAGE)];
    let last = shown.last().and_then(|rows| rows.last());
    let next = last.filter(|_| groups.len() > A_PAGE).map(|last| last.id.clone());
    let names = organisation::names(db)?;
    Ok(ReadPage { reads: shown.iter().filter_map(|rows| view(rows, &names)).collect(), next })
}

/// A read, of its rows.
fn view(rows: &[Noted], names: &BTreeMap<String, String>) -> Option<ReadView> {
    let first = rows.first()?;
    let mut held: Vec<(Role, Vec<String>)> = Vec::new();
    for row in rows {
        let name = row.place.split_once(':').and_then(|(_, id)| names.get(id)).cloned().unwrap_or_default();
        match held.iter_mut().find(|(role, _)| *role == row.role) {
            Some((_, names)) => names.push(name),
            None => held.push((row.role, vec![name])),
        }
    }
    held.sort();
    held.iter_mut().for_each(|(_, names)| names.sort());
    let (name, number, what, at) = (first.name.clone(), first.number.clone(), ReadOf::of_key(&first.what), first.at);
    Some(ReadView { name, held, number, what, at })
}
