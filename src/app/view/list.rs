//! Lists of cases, longest waiting first, page by page.

use schemars::JsonSchema;
use serde::Serialize;

use super::case_view::{StateView, visible_keys};
use super::deadlines::running;
use crate::app::access::{self, Reach};
use crate::app::{App, AppError};
use crate::authz::Actor;
use crate::calendar::local_date;
use crate::clock::Timestamp;
use crate::ids::{CaseId, CaseNumber, PrincipalId, is_made_here};
use crate::store::Db;
use crate::store::cases::{self, Seen, StoredCase};
pub use crate::store::cases::{Filter, Place};
use crate::workflow::case::Case;
use chrono::NaiveDate;

/// The last microsecond of the year 9999.
const LAST_MICROS: i64 = 253_402_300_799_999_999;
/// How many former cases are looked at in one go.
const BATCH: i64 = 100;

/// A case in a list.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct CaseSummary {
    /// Its number.
    pub number: CaseNumber,
    /// The workflow.
    pub workflow: String,
    /// The workflow's title.
    pub title: String,
    /// Where it stands.
    pub state: StateView,
    /// Its revision.
    pub revision: u64,
    /// The category chosen; none for who may not read it.
    pub category: Option<String>,
    /// Whether it is urgent.
    pub urgent: bool,
    /// When it was opened, UTC.
    pub opened: Timestamp,
    /// For how many days it has been open.
    pub waiting_days: i64,
    /// The nearest deadline's last day, Europe/Stockholm.
    pub due: Option<NaiveDate>,
    /// The outcome, once it has ended.
    pub outcome: Option<String>,
}

/// A page of a list.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    /// The cases.
    pub cases: Vec<CaseSummary>,
    /// Where the next page begins, if there is more.
    pub next: Option<Place>,
}

impl App {
    /// The cases that the actor may know of, narrowed by the filter, longest waiting first, after `after`.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub fn list_cases(
        &self,
        actor: &Actor,
        filter: &Filter,
        after: Option<&Place>,
        limit: u16,
    ) -> Result<Page, AppError> {
        let now = self.now();
        self.store.read(|db| {
            let mut stored = self.known_cases(db, actor, filter, after, limit + 1)?;
            let is_more = stored.len() > usize::from(limit);
            stored.truncate(usize::from(limit));
            let last = stored.last().filter(|_| is_more);
            let next = last.map(place);
            let numbers = stored.into_iter().map(|stored| stored.number);
            let cases = numbers.map(|number| self.summary(db, actor, &number, now)).collect::<Result<_, AppError>>()?;
            Ok(Page { cases, next })
        })
    }

    /// How many cases the actor sees that the filter holds for, counted no further than `most`.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub fn count_cases(&self, actor: &Actor, filter: &Filter, most: u16) -> Result<usize, AppError> {
        let mut readers = access::reader_keys(actor);
        if filter.category.is_some() {
            readers.retain(|reader| !reader.starts_with("body:"));
        }
        Ok(self.store.read(|db| cases::count(db, &readers, filter, i64::from(most)))?)
    }

    /// The first cases after `after`. A filter tells no more than the case itself would: to a former party, how it stood
    /// when it left; to a body, nothing of its category.
    fn known_cases(
        &self,
        db: &mut Db,
        actor: &Actor,
        filter: &Filter,
        after: Option<&Place>,
        most: u16,
    ) -> Result<Vec<StoredCase>, AppError> {
        let mut readers = access::reader_keys(actor);
        if filter.category.is_some() {
            readers.retain(|reader| !reader.starts_with("body:"));
        }
        let mut found = cases::list(db, &readers, Seen::Now, filter, after, i64::from(most))?;
        let mut after = after.cloned();
        let enough = found.len() + usize::from(most);
        while found.len() < enough {
            let former = cases::list(db, &readers, Seen::Formerly, &Filter::default(), after.as_ref(), BATCH)?;
            let Some(last) = former.last().map(place) else { break };
            for stored in former {
                let access = access::open(db, actor, &stored.number)?;
                let known = self.workflows.of(db, &stored.definition)?;
                let case = self.case_within_reach(db, &access, &known)?;
                if holds(filter, &stored, &case) {
                    found.push(stored);
                }
            }
            after = Some(last);
        }
        found.sort_by(|a, b| (a.case.opened, &a.id).cmp(&(b.case.opened, &b.id)));
        found.truncate(usize::from(most));
        Ok(found)
    }

    fn summary(
        &self,
        db: &mut Db,
        actor: &Actor,
        number: &CaseNumber,
        now: Timestamp,
    ) -> Result<CaseSummary, AppError> {
        let access = access::open(db, actor, number)?;
        let known = self.workflows.of(db, &access.stored.definition)?;
        let case = self.case_within_reach(db, &access, &known)?;
        let state = known.definition.states.get(&case.state);
        let visible = visible_keys(db, &access, &known.definition)?;
        let due = running(&known.definition, &case, visible.as_ref()).map(|(_, running)| running.due()).min();
        let is_party = !matches!(access.reach, Reach::Bodies(_));
        Ok(CaseSummary {
            number: access.stored.number,
            workflow: case.workflow.clone(),
            title: known.definition.title.clone(),
            state: StateView::new(&case.state, state),
            revision: case.revision,
            category: access.stored.category.filter(|_| is_party),
            urgent: access.stored.urgent,
            opened: case.opened,
            waiting_days: (local_date(now) - local_date(case.opened)).num_days(),
            due,
            outcome: case.outcome,
        })
    }
}

fn place(stored: &StoredCase) -> Place {
    Place { opened: stored.case.opened, id: stored.id.clone() }
}

/// Whether the filter holds for a case as it once stood.
fn holds(filter: &Filter, stored: &StoredCase, case: &Case) -> bool {
    fn fits<T: PartialEq>(wanted: &Option<T>, found: &T) -> bool {
        wanted.as_ref().is_none_or(|wanted| wanted == found)
    }
    let with = |principal: &PrincipalId| case.parties.iter().any(|party| party.principal == *principal);
    let overdue = |at: Timestamp| case.running().any(|(_, running)| running.runs_out <= at);
    fits(&filter.workflow, &case.workflow)
        && fits(&filter.state, &case.state)
        && (filter.category.is_none() || filter.category == stored.category)
        && fits(&filter.urgent, &stored.urgent)
        && fits(&filter.ended, &case.outcome.is_some())
        && filter.principal.as_ref().is_none_or(with)
        && filter.opened_from.is_none_or(|from| case.opened >= from)
        && filter.opened_before.is_none_or(|before| case.opened < before)
        && filter.overdue_at.is_none_or(overdue)
        // It has left them: it is no move of theirs, and they wait for nobody.
        && filter.turn.is_none()
}

/// A place as a cursor: what a client gives back to go on.
impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}_{}", self.opened.utc().timestamp_micros(), self.id)
    }
}

impl std::str::FromStr for Place {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (micros, id) = text.split_once('_').ok_or(())?;
        // Within four-digit years: what every database can compare with.
        let micros = micros.parse().ok().filter(|micros| (0..=LAST_MICROS).contains(micros)).ok_or(())?;
        let opened = chrono::DateTime::from_timestamp_micros(micros).ok_or(())?;
        let fits = is_made_here(id);
        fits.then(|| Place { opened: Timestamp::new(opened), id: CaseId(id.to_owned()) }).ok_or(())
    }
}
