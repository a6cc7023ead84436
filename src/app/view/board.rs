//! The board of a secretary: every matter that has come to her bodies.

use std::collections::BTreeMap;

use chrono::NaiveDate;

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
use crate::store::{Db, listings, organisation};
use crate::texts::cases as texts;
use crate::workflow::definition::Definition;
use crate::workflow::turn::body_of;

/// The most matters that a board holds: a county has some fifteen at a time.
const MOST: u16 = 500;
/// The field in which a body notes when it takes a matter up.
const NEXT_MEETING: &str = "next_meeting";

/// The board of a secretary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Board {
    /// A column for each body, in the order of the ladder, then what is with the parties again, then what is followed up.
    pub columns: Vec<Column>,
    /// How many disputes are still with local management: the parties' own business, so only a number.
    pub local: usize,
    /// Those of them of which every party lets the network see a line.
    pub listed: Vec<Line>,
}

/// All that is seen of a dispute that is still with local management.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Its number.
    pub number: CaseNumber,
    /// The names of the parties.
    pub parties: Vec<String>,
    /// The day on which it was opened, Europe/Stockholm.
    pub since: NaiveDate,
    /// The last day of its deadline, Europe/Stockholm: of those that run, the first in the file.
    pub due: Option<NaiveDate>,
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

/// What a column stands for, in the order of the board.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Stage {
    Body(String),
    Parties,
    FollowedUp,
}

/// The columns of a board that is being filled: bodies in the order of the ladder, and the rest as it is needed.
#[derive(Default)]
struct Columns(Vec<(Stage, Column)>);

impl Columns {
    fn of(&mut self, whose: Stage, title: &str) -> &mut Column {
        let place = self.0.iter().position(|(known, _)| *known == whose).unwrap_or_else(|| {
            self.0.push((whose, Column { title: title.to_owned(), matters: Vec::new() }));
            self.0.len() - 1
        });
        &mut self.0[place].1
    }

    fn add_bodies(&mut self, definition: &Definition) {
        for (id, body) in &definition.bodies {
            self.of(Stage::Body(id.clone()), &body.title);
        }
    }

    /// The column of a state.
    fn at(&mut self, definition: &Definition, state: &str) -> &mut Column {
        match body_of(definition, state) {
            Some(body) => self.of(Stage::Body(body.to_owned()), body),
            None if definition.states.get(state).is_some_and(|state| state.followed_up) => {
                self.of(Stage::FollowedUp, texts::FOLLOWED_UP)
            }
            None => self.of(Stage::Parties, texts::WITH_PARTIES),
        }
    }

    fn in_order(self) -> Vec<Column> {
        let (bodies, mut others): (Vec<_>, Vec<_>) =
            self.0.into_iter().partition(|(whose, _)| matches!(whose, Stage::Body(_)));
        others.sort_by(|(one, _), (other, _)| one.cmp(other));
        bodies.into_iter().chain(others).map(|(_, column)| column).collect()
    }
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
        let secretary = Actor { seats, ..actor.clone() };
        let filter = Filter { ended: Some(false), present: true, ..Filter::default() };
        self.store.read(|db| {
            let names = organisation::names(db)?;
            let mut columns = Columns::default();
            let found = Finder::new(self, &secretary, &filter).find(db, None, usize::from(MOST))?.found;
            let stored = cases::by_ids(db, &found.iter().map(|found| &found.row.case).collect::<Vec<_>>())?;
            let seen = access::see_each(db, &secretary, stored)?.into_iter();
            let mut seen: BTreeMap<_, _> = seen.map(|access| (access.stored.id.clone(), access)).collect();
            for found in found {
                let access = seen.remove(&found.row.case).ok_or(AppError::NotFound)?;
                let known = self.workflows.of(db, &access.stored.definition)?;
                if !matches!(access.reach, Reach::Bodies(_)) {
                    continue;
                }
                columns.add_bodies(&known.definition);
                let visible = visible_keys(self, db, &access)?.unwrap_or_default();
                let matter = self.matter(&secretary, &known.definition, &access.stored, (&names, &visible));
                columns.at(&known.definition, &access.stored.case.state).matters.push(matter);
            }
            Ok(Board {
                columns: columns.in_order(),
                local: self.still_local(db)?,
                listed: self.listed(db, &secretary, &names)?,
            })
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
        let meeting = case.fields.get(NEXT_MEETING).filter(|held| visible.contains(&held.place(NEXT_MEETING)));
        let meeting = meeting.and_then(|held| held.value.as_str());
        let turn = crate::workflow::turn::holders(definition, case);
        Matter {
            number: stored.number.clone(),
            title: definition.title.clone(),
            state: state.map_or(&case.state, |state| &state.title).clone(),
            parties: parties(stored, names),
            days: (local_date(self.now()) - local_date(case.since)).num_days(),
            meeting: meeting.and_then(|day| day.parse().ok()),
            mine: secretary.holders().iter().any(|holder| turn.contains(holder)),
        }
    }

    /// A line for each dispute of which the parties let one of her bodies see one.
    fn listed(&self, db: &mut Db, secretary: &Actor, names: &BTreeMap<String, String>) -> Result<Vec<Line>, AppError> {
        let bodies: Vec<_> = secretary.seats.iter().filter_map(|seat| Some(seat.body.as_ref()?.0.clone())).collect();
        let mut lines = Vec::new();
        for number in listings::of(db, &bodies, i64::from(MOST))? {
            let stored = cases::by_number(db, &number)?.ok_or(AppError::NotFound)?;
            let known = self.workflows.of(db, &stored.definition)?;
            let deadlines = known.definition.deadlines.keys().filter_map(|name| stored.case.deadlines.get(name));
            let due = deadlines.filter_map(|timer| timer.running.as_ref()).map(|running| running.due()).next();
            lines.push(Line { parties: parties(&stored, names), since: local_date(stored.case.opened), number, due });
        }
        Ok(lines)
    }

    /// How many open disputes no body has seen yet.
    fn still_local(&self, db: &mut Db) -> Result<usize, AppError> {
        Ok(lists::count(db, shelves::UNSENT, &By::Standing(Standing::Ours), &[], 1_000)?)
    }
}

fn parties(stored: &cases::StoredCase, names: &BTreeMap<String, String>) -> Vec<String> {
    let parties = stored.case.principals(None).map(|party| &party.principal.0);
    parties.map(|id| names.get(id).unwrap_or(id).clone()).collect()
}
