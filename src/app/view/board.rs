//! The ladder: on a dispute, how far it has climbed; on a board, every matter that has come to one's bodies.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::Serialize;

use super::case_view::{Visible, visible_keys};
use super::find::Finder;
use super::list::Filter;
use crate::app::access::{self, Reach};
use crate::app::{App, AppError, shelves};
use crate::authz::{Actor, Role};
use crate::calendar::local_date;
use crate::ids::CaseNumber;
use crate::store::cases;
use crate::store::lists::{self, By, Standing};
use crate::store::{Db, organisation};
use crate::workflow::case::Case;
use crate::workflow::definition::Definition;
use crate::workflow::turn::body_of;

/// The most matters that a board holds: a county has some fifteen at a time.
const MOST: usize = 500;
/// The field in which a body notes when it takes a matter up.
const NEXT_MEETING: &str = "next_meeting";

/// One rung of the ladder that a dispute climbs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Rung {
    /// Whose it is.
    pub title: String,
    /// Whether the dispute has been there.
    pub reached: bool,
    /// Whether it is there now.
    pub here: bool,
}

/// The board of a secretary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Board {
    /// A column for each body, in the order of the ladder, and one for what is with the parties again.
    pub columns: Vec<Column>,
    /// How many disputes are still with local management: the parties' own business, so only a number.
    pub local: usize,
}

/// A column of the board.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Its heading.
    pub title: String,
    /// Its matters, longest waiting first.
    pub matters: Vec<Matter>,
}

/// A matter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Matter {
    /// The case.
    pub number: CaseNumber,
    /// The kind of dispute.
    pub title: String,
    /// Where it stands.
    pub state: String,
    /// The names of the parties.
    pub parties: Vec<String>,
    /// For how many days it has stood there.
    pub days: i64,
    /// The meeting that takes it up.
    pub meeting: Option<NaiveDate>,
    /// Whether it is the reader's move.
    pub mine: bool,
}

/// The rungs of a dispute, from the parties up; none where a workflow has no bodies.
pub(super) fn rungs(definition: &Definition, case: &Case) -> Vec<Rung> {
    if definition.bodies.is_empty() {
        return Vec::new();
    }
    let at = body_at(definition, case);
    let been = |body: &str| {
        let steps = definition.transitions.iter().filter(|step| case.taken.contains_key(&step.id));
        steps.into_iter().any(|step| body_of(definition, &step.target) == Some(body))
    };
    let parties = Rung { title: "Parterna".to_owned(), reached: true, here: at.is_none() && case.outcome.is_none() };
    let bodies = definition.bodies.iter().map(|(id, body)| Rung {
        title: body.title.clone(),
        reached: been(id),
        here: at == Some(id.as_str()),
    });
    std::iter::once(parties).chain(bodies).collect()
}

/// The body whose move it is.
fn body_at<'a>(definition: &'a Definition, case: &Case) -> Option<&'a str> {
    body_of(definition, &case.state)
}

impl App {
    /// Every open matter that has come to the bodies whose secretary the actor is.
    ///
    /// # Errors
    /// [`AppError::NotFound`] where she is nobody's secretary.
    pub fn board(&self, actor: &Actor) -> Result<Board, AppError> {
        let seats: Vec<_> = actor.seats.iter().filter(|seat| seat.role == Role::Secretary).cloned().collect();
        if seats.is_empty() {
            return Err(AppError::NotFound);
        }
        // As a secretary she reads what was sent to her bodies, whatever else she may be.
        let secretary = Actor { person: actor.person.clone(), seats };
        let filter = Filter { ended: Some(false), present: true, ..Filter::default() };
        self.store.read(|db| {
            let names = organisation::names(db)?;
            let mut columns: Vec<(String, Column)> = Vec::new();
            let (found, _) = Finder::new(self, &secretary, &filter).find(db, None, MOST)?;
            let stored = cases::by_ids(db, &found.iter().map(|found| &found.row.case).collect::<Vec<_>>())?;
            let mut stored: BTreeMap<_, _> = stored.into_iter().map(|stored| (stored.id.clone(), stored)).collect();
            for found in found {
                let stored = stored.remove(&found.row.case).ok_or(AppError::NotFound)?;
                let known = self.workflows.of(db, &stored.definition)?;
                let access = access::see(db, &secretary, stored)?;
                if !matches!(access.reach, Reach::Bodies(_)) {
                    continue;
                }
                let at = body_at(&known.definition, &access.stored.case).unwrap_or_default().to_owned();
                for (id, body) in &known.definition.bodies {
                    if columns.iter().all(|(known, _)| known != id) {
                        columns.push((id.clone(), Column { title: body.title.clone(), matters: Vec::new() }));
                    }
                }
                let visible = visible_keys(db, &access, &known.definition)?.unwrap_or_default();
                let matter = self.matter(&secretary, &known.definition, &access.stored, (&names, &visible));
                let with_parties = || (String::new(), Column { title: "Hos parterna".to_owned(), matters: Vec::new() });
                let place = match columns.iter().position(|(id, _)| *id == at) {
                    Some(place) => place,
                    None => {
                        columns.push(with_parties());
                        columns.len() - 1
                    }
                };
                columns[place].1.matters.push(matter);
            }
            // What is with the parties again stands last.
            columns.sort_by_key(|(id, _)| id.is_empty());
            let columns = columns.into_iter().map(|(_, column)| column).collect();
            Ok(Board { columns, local: self.still_local(db)? })
        })
    }

    fn matter(
        &self,
        secretary: &Actor,
        definition: &Definition,
        stored: &cases::StoredCase,
        (names, visible): (&BTreeMap<String, String>, &Visible),
    ) -> Matter {
        let case = &stored.case;
        let state = definition.states.get(&case.state);
        let meeting =
            case.fields.get(NEXT_MEETING).filter(|held| visible.contains(&(held.entry, NEXT_MEETING.to_owned())));
        let meeting = meeting.and_then(|held| held.value.as_str());
        let parties = case.principals(None).map(|party| &party.principal.0);
        let turn = crate::workflow::turn::holders(definition, case);
        Matter {
            number: stored.number.clone(),
            title: definition.title.clone(),
            state: state.map_or(&case.state, |state| &state.title).clone(),
            parties: parties.map(|id| names.get(id).unwrap_or(id).clone()).collect(),
            days: (local_date(self.now()) - local_date(case.since)).num_days(),
            meeting: meeting.and_then(|day| day.parse().ok()),
            mine: secretary.holders().iter().any(|holder| turn.contains(holder)),
        }
    }

    /// How many open disputes no body has seen yet.
    fn still_local(&self, db: &mut Db) -> Result<usize, AppError> {
        Ok(lists::count(db, shelves::UNSENT, &By::Standing(Standing::Ours), 1_000)?)
    }
}
