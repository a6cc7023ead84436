//! Lists of cases, longest waiting first, page by page.

use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::Serialize;

use super::case_view::{StateView, visible_keys};
use super::deadlines::running;
use super::find::{Finder, Found, Stretch};
use crate::app::access::{self, Access, Reach};
use crate::app::{App, AppError, shelves};
use crate::authz::Actor;
use crate::calendar::local_date;
use crate::clock::Timestamp;
use crate::ids::{CaseId, CaseNumber, PrincipalId, UnitId, is_made_here};
use crate::store::Db;
use crate::store::cases;
use crate::store::lists::Order;

/// The last microsecond of the year 9999.
const LAST_MICROS: i64 = 253_402_300_799_999_999;

/// What a list may be narrowed to. It tells no more than the case itself would: to a former party, how it stood when it left
/// them; to a body, nothing of its category.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Whose cases, of those that the actor may know of.
    pub whose: Whose,
    /// One workflow.
    pub workflow: Option<String>,
    /// One state.
    pub state: Option<String>,
    /// One level, as `app::shelves` names it.
    pub level: Option<String>,
    /// One category; of a group, whatever stands in it.
    pub category: Option<String>,
    /// A principal that is or was a party.
    pub principal: Option<PrincipalId>,
    /// A unit that it is routed to: her own, or one of a principal that she reads for.
    pub unit: Option<UnitId>,
    /// A registry number that the case shows.
    pub registry_number: Option<String>,
    /// Only open ones, or only ended ones.
    pub ended: Option<bool>,
    /// Only urgent ones, or only others.
    pub urgent: Option<bool>,
    /// Opened at or after.
    pub opened_from: Option<Timestamp>,
    /// Opened before.
    pub opened_before: Option<Timestamp>,
    /// A deadline ran out before this instant. Such a list begins with what has been late longest.
    pub overdue_at: Option<Timestamp>,
    /// Whose move it is. What has left the actor is nobody's there.
    pub turn: Option<Turn>,
    /// Only what has not left the actor.
    pub present: bool,
}

/// Whose cases.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Whose {
    /// All that she may know of.
    #[default]
    All,
    /// Those that she registered; of what is late, also those that wait for her.
    Mine,
    /// Those that are routed to her units.
    Unit,
    /// Those of the principals that she reads for, or of the bodies whose secretary she is.
    Organisation,
    /// Those that have no number yet in the register that she keeps.
    Unregistered,
}

/// Whose move it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// That of one of her roles.
    Mine,
    /// Not that of any of her roles.
    NotMine,
    /// That of somebody at the places whose cases these are.
    Ours,
    /// That of nobody there.
    Others,
}

/// A place in a list: the case after which a page begins, or before which it ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// What the list is sorted by.
    pub order: Order,
    /// The instant that the case is sorted by.
    pub at: Timestamp,
    /// Its id.
    pub id: CaseId,
    /// Whether the page ends before it.
    pub back: bool,
}

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
    /// Since when the person has waited; where the case does not say, or not to the reader, when it was opened. UTC.
    pub waiting_since: Timestamp,
    /// For how many days it has been open.
    pub waiting_days: i64,
    /// The nearest deadline's last day, Europe/Stockholm.
    pub due: Option<NaiveDate>,
    /// Whether that deadline rests at present.
    pub rests: bool,
    /// The outcome, once it has ended.
    pub outcome: Option<String>,
}

/// A page of a list.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    /// The cases.
    pub cases: Vec<CaseSummary>,
    /// Where the page before it ends, if there is one.
    pub previous: Option<Place>,
    /// Where the next page begins, if there may be more.
    pub next: Option<Place>,
}

impl App {
    /// The cases that the actor may know of, narrowed by the filter, longest waiting first, from `at` on. Where what is
    /// looked for is rare a page may hold few, and say all the same where the next begins.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub fn list_cases(&self, actor: &Actor, filter: &Filter, at: Option<&Place>, limit: u16) -> Result<Page, AppError> {
        let now = self.now();
        self.store.read(|db| {
            let Stretch { found, previous, next } =
                Finder::new(self, actor, filter).find(db, at, usize::from(limit))?;
            let stored = cases::by_ids(db, &found.iter().map(|found| &found.row.case).collect::<Vec<_>>())?;
            let mut seen = access::see_each(db, actor, stored)?;
            let summaries = found.iter().map(|found| {
                let at = seen.iter().position(|access| access.stored.id == found.row.case).ok_or(AppError::NotFound)?;
                self.summary(db, seen.swap_remove(at), found, now)
            });
            Ok(Page { cases: summaries.collect::<Result<_, AppError>>()?, previous, next })
        })
    }

    /// How many cases the actor sees that the filter holds for, counted no further than `most`.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub fn count_cases(&self, actor: &Actor, filter: &Filter, most: u16) -> Result<usize, AppError> {
        self.store.read(|db| Finder::new(self, actor, filter).count(db, most))
    }

    fn summary(&self, db: &mut Db, access: Access, found: &Found, now: Timestamp) -> Result<CaseSummary, AppError> {
        let (known, case) = self.within_reach(db, &access)?;
        let state = known.definition.states.get(&case.state);
        let visible = visible_keys(self, db, &access)?;
        let nearest = running(&known.definition, &case, visible.as_ref()).map(|(_, running)| running);
        let nearest = nearest.min_by_key(|running| running.due());
        let (due, rests) = (
            nearest.map(|running| running.due()),
            nearest.is_some_and(|running| running.derivation.rests_until(local_date(now)).is_some()),
        );
        let is_party = !matches!(access.reach, Reach::Bodies(_));
        Ok(CaseSummary {
            number: access.stored.number,
            workflow: case.workflow.clone(),
            title: known.definition.title.clone(),
            state: StateView::new(&case.state, state),
            revision: case.revision,
            category: shelves::category(&case).filter(|_| is_party),
            urgent: is_party && shelves::is_urgent(&case),
            opened: case.opened,
            waiting_since: found.row.waiting_since,
            waiting_days: (local_date(now) - local_date(case.opened)).num_days(),
            due,
            rests,
            outcome: case.outcome,
        })
    }
}

/// A place as a cursor: what a client gives back to go on.
impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let order = match self.order {
            Order::Waiting => "",
            Order::Opened => "o",
            Order::Due => "d",
        };
        let back = if self.back { "b" } else { "" };
        write!(f, "{back}{order}{}_{}", self.at.utc().timestamp_micros(), self.id)
    }
}

impl std::str::FromStr for Place {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (back, text) = text.strip_prefix('b').map_or((false, text), |text| (true, text));
        let (order, text) = match text.strip_prefix('o') {
            Some(text) => (Order::Opened, text),
            None => text.strip_prefix('d').map_or((Order::Waiting, text), |text| (Order::Due, text)),
        };
        let (micros, id) = text.split_once('_').ok_or(())?;
        // Within four-digit years: what every database can compare with.
        let micros = micros.parse().ok().filter(|micros| (0..=LAST_MICROS).contains(micros)).ok_or(())?;
        let at = chrono::DateTime::from_timestamp_micros(micros).ok_or(())?;
        let fits = is_made_here(id);
        fits.then(|| Place { order, at: Timestamp::new(at), id: CaseId(id.to_owned()), back }).ok_or(())
    }
}
