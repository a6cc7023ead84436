//! Lists of cases, longest waiting first, page by page.

use schemars::JsonSchema;
use serde::Serialize;

use super::case_view::StateView;
use crate::app::access::{self, Reach};
use crate::app::{App, AppError};
use crate::authz::Actor;
use crate::calendar::local_date;
use crate::clock::Timestamp;
use crate::ids::{CaseId, CaseNumber};
use crate::store::Db;
use crate::store::cases::{self, Filter, Place};
use chrono::NaiveDate;

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
        let readers = access::reader_keys(actor);
        let now = self.now();
        self.store.read(|db| {
            let more = i64::from(limit) + 1;
            let mut stored = cases::list(db, &readers, filter, after, more)?;
            let is_more = stored.len() > usize::from(limit);
            stored.truncate(usize::from(limit));
            let last = stored.last().filter(|_| is_more);
            let next = last.map(|stored| Place { opened: stored.case.opened, id: stored.id.clone() });
            let numbers = stored.into_iter().map(|stored| stored.number);
            let cases = numbers.map(|number| self.summary(db, actor, &number, now)).collect::<Result<_, AppError>>()?;
            Ok(Page { cases, next })
        })
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
        let due = case.running().map(|(_, running)| running.due()).min();
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
        let micros = micros.parse().map_err(|_| ())?;
        let opened = chrono::DateTime::from_timestamp_micros(micros).ok_or(())?;
        let fits = !id.is_empty() && id.chars().all(|letter| letter.is_ascii_hexdigit());
        fits.then(|| Place { opened: Timestamp::new(opened), id: CaseId(id.to_owned()) }).ok_or(())
    }
}
