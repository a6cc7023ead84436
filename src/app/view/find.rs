//! Finds cases for a list: picks the ranges of shelves that hold them all, reads these side by side in order, and keeps of
//! what it meets what the filter holds for.
//!
//! A filter is compared with the row of the actor's own that says how she sees the case (`Found::row`): it tells no more
//! than the case would. However rare what is looked for, one call looks at [`WINDOW`] rows and says where to go on.

mod registry;

use std::collections::{BTreeMap, BTreeSet};

use super::list::{Filter, Place, Turn, Whose};
use crate::app::access;
use crate::app::{App, AppError, shelves};
use crate::authz::{Actor, Reader, Role};
use crate::clock::Timestamp;
use crate::ids::CaseId;
use crate::store::lists::{self, By, Cursor, Order, Row, Standing};
use crate::store::{Db, cases, definitions, organisation};

/// The most rows that one call looks at.
const WINDOW: usize = 20_000;
/// The most rows that are read in one go, where few of them hold.
const BATCH: usize = 500;
/// How far ranges are counted to tell which are shorter.
const LONG: u16 = 1_000;

/// A case that was found.
pub(super) struct Found {
    /// What it is sorted by.
    pub key: Key,
    /// How the actor sees it.
    pub row: Row,
}

/// A part of a list.
pub(super) struct Stretch {
    /// The cases, in order.
    pub found: Vec<Found>,
    /// The place that the part before it ends at, if there is one.
    pub previous: Option<Place>,
    /// The place that the part after it begins at, if there may be one.
    pub next: Option<Place>,
}

/// What lists are sorted by, whole.
type Key = (Timestamp, CaseId);

/// A search at work.
pub(super) struct Finder<'a> {
    app: &'a App,
    actor: &'a Actor,
    filter: &'a Filter,
    readers: Vec<String>,
    holders: Vec<String>,
    /// The categories asked for; none where any will do.
    categories: Option<BTreeSet<String>>,
}

impl<'a> Finder<'a> {
    /// What the actor asks for.
    pub fn new(app: &'a App, actor: &'a Actor, filter: &'a Filter) -> Finder<'a> {
        let categories = filter.category.as_ref().map(|category| shelves::categories_of(&app.workflows, category));
        Finder { app, actor, filter, readers: access::reader_keys(actor), holders: actor.holders(), categories }
    }

    /// The `most` cases at a place, and where the list goes on, both ways; without a place, its first.
    pub fn find(&self, db: &mut Db, at: Option<&Place>, most: usize) -> Result<Stretch, AppError> {
        if let Some(number) = &self.filter.registry_number {
            return Ok(Stretch { found: self.by_registry_number(db, number, most)?, previous: None, next: None });
        }
        let shelves = self.shelves(db)?;
        let ranges = self.ranges(db, &shelves, at.map(|place| place.order))?;
        let from = at.map(|place| Cursor { key: (place.at, place.id.clone()), back: place.back });
        match self.stretch(db, (&shelves, &ranges), from, most)? {
            // What is left before it is no whole page: the first page is shown instead.
            stretch if at.is_some_and(|place| place.back) && stretch.previous.is_none() => {
                self.stretch(db, (&shelves, &ranges), None, most)
            }
            stretch => Ok(stretch),
        }
    }

    /// The next `most` cases out of these ranges from there on, in order, whichever way they were looked for.
    fn stretch(
        &self,
        db: &mut Db,
        (shelves, ranges): (&[String], &[(String, By)]),
        from: Option<Cursor>,
        most: usize,
    ) -> Result<Stretch, AppError> {
        let order = ranges.first().map_or(Order::Waiting, |(_, by)| by.order());
        let place = |(at, id): &Key, back| Place { order, at: *at, id: id.clone(), back };
        let (begun, back) = (from.is_some(), from.as_ref().is_some_and(|from| from.back));
        let mut cursor = from;
        let (mut found, mut met, mut looked, mut batch) = (Vec::new(), BTreeSet::new(), 0, most + 1);
        // Where it goes on that way, if it may.
        let further = loop {
            let (rows, frontier) = side_by_side(db, ranges, order, cursor.as_ref(), batch)?;
            looked += rows.len();
            let fresh: Vec<_> =
                rows.into_iter().filter(|row| self.may_hold(row) && met.insert(row.case.clone())).collect();
            let kept = self.kept(db, shelves, fresh)?.into_iter();
            found.extend(kept.map(|(at, row)| Found { key: (order.key(&at), at.case), row }));
            if found.len() > most {
                found.truncate(most);
                break found.last().map(|last| last.key.clone());
            }
            let Some(reached) = frontier else { break None };
            if looked >= WINDOW {
                break Some(reached);
            }
            cursor = Some(Cursor { key: reached, back });
            batch = (2 * batch).min(BATCH.max(most));
        };
        let further = further.map(|key| place(&key, back));
        let behind = found.first().filter(|_| begun).map(|first| place(&first.key, !back));
        if back {
            found.reverse();
        }
        let (previous, next) = if back { (further, behind) } else { (behind, further) };
        Ok(Stretch { found, previous, next })
    }

    /// How many cases there are, counted no further than `most`.
    pub fn count(&self, db: &mut Db, most: u16) -> Result<usize, AppError> {
        let shelves = self.shelves(db)?;
        // On another of her shelves the move may be theirs.
        let elsewhere = self.filter.turn == Some(Turn::Others) && shelves.len() > 1;
        if self.is_plain() && !elsewhere {
            let ranges = self.ranges(db, &shelves, None)?;
            let but_not = if self.filter.turn == Some(Turn::NotMine) { &self.holders[..] } else { &[] };
            let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
            for (shelf, by) in &ranges {
                *counts.entry(shelf).or_default() += lists::count(db, shelf, by, but_not, most)?;
            }
            let several = counts.values().filter(|count| **count > 0).count() > 1;
            let greatest = counts.values().max().copied().unwrap_or(0);
            // What stands on two of her shelves would be counted twice.
            if !several || greatest >= usize::from(most) {
                return Ok(greatest.min(usize::from(most)));
            }
        }
        Ok(self.find(db, None, usize::from(most))?.found.len())
    }

    /// Whether every row of the ranges is one that the filter holds for, and that is the actor's best.
    fn is_plain(&self) -> bool {
        let Filter { workflow, state, level, category, principal, unit, registry_number, urgent, .. } = self.filter;
        let chosen = [workflow, state, level, category, registry_number];
        let narrowed = chosen.iter().any(|chosen| chosen.is_some())
            || principal.is_some()
            || unit.is_some()
            || urgent.is_some()
            || self.filter.opened_from.is_some()
            || self.filter.opened_before.is_some();
        let parties_alone = self.readers.len() == 1 || !self.readers.iter().any(|reader| reader.starts_with("body:"));
        let present = self.filter.present || self.filter.turn.is_some();
        !narrowed && parties_alone && present
    }

    /// The shelves that hold all that is asked for.
    fn shelves(&self, db: &mut Db) -> Result<Vec<String>, AppError> {
        let of = |kinds: &[&str]| {
            let wanted = |reader: &&String| kinds.iter().any(|kind| reader.starts_with(kind));
            self.readers.iter().filter(wanted).cloned().collect::<Vec<_>>()
        };
        if let Some(unit) = &self.filter.unit {
            let shelf = Reader::Unit(unit.clone()).key();
            let home = organisation::home(db, unit)?;
            let reads = home.is_some_and(|home| self.actor.principals_read().contains(&home));
            return Ok(if reads || self.readers.contains(&shelf) { vec![shelf] } else { Vec::new() });
        }
        Ok(match (self.filter.turn, self.filter.whose) {
            (Some(Turn::Mine), _) => self.holders.clone(),
            (_, Whose::All) => self.readers.clone(),
            (_, Whose::Mine) if self.filter.overdue_at.is_some() => [of(&["person:"]), self.holders.clone()].concat(),
            (_, Whose::Mine) => of(&["person:"]),
            (_, Whose::Unit) => of(&["unit:"]),
            (_, Whose::Organisation) => of(&["principal:", "body:"]),
            (_, Whose::Unregistered) => {
                let registrars = self.actor.seats.iter().filter(|seat| seat.role == Role::Registrar);
                registrars.filter_map(|seat| seat.principal.as_ref()).map(shelves::register_of).collect()
            }
        })
    }

    /// The ranges to read: of the ways there are, the shortest, so that a rare category is found among a million cases and
    /// a single day among a common one.
    fn ranges(&self, db: &mut Db, shelves: &[String], order: Option<Order>) -> Result<Vec<(String, By)>, AppError> {
        let across = |ways: Vec<By>| {
            let each = |shelf: &String| ways.iter().map(|by| (shelf.clone(), by.clone())).collect::<Vec<_>>();
            shelves.iter().flat_map(each).collect::<Vec<_>>()
        };
        let mut ways = self.ways(db)?;
        // A list that was begun in one order goes on in it.
        if let Some(order) = order {
            ways.retain(|ways| ways.iter().all(|by| by.order() == order));
        }
        let mut ways: Vec<_> = ways.into_iter().map(across).collect();
        if ways.len() < 2 {
            return Ok(ways.pop().unwrap_or_default());
        }
        let mut shortest = (usize::MAX, Vec::new());
        for ranges in ways {
            let mut length = 0;
            for (shelf, by) in &ranges {
                length += lists::count(db, shelf, by, &[], LONG)?;
            }
            if length < shortest.0 {
                shortest = (length, ranges);
            }
        }
        Ok(shortest.1)
    }

    /// The ways to divide a shelf, each of which holds all that is asked for.
    fn ways(&self, db: &mut Db) -> Result<Vec<Vec<By>>, AppError> {
        let filter = self.filter;
        if let Some(at) = filter.overdue_at {
            return Ok(vec![self.standings().map(|standing| By::Due(standing, at)).collect()]);
        }
        let mut ways: Vec<Vec<By>> = Vec::new();
        // Of two that are long this is taken: what is asked for begins where it begins.
        if filter.opened_from.is_some() || filter.opened_before.is_some() {
            ways.push(vec![By::Opened(filter.opened_from, filter.opened_before)]);
        }
        ways.extend(self.categories.iter().map(|any| any.iter().cloned().map(By::Category).collect()));
        if filter.level.is_some() || filter.workflow.is_some() || filter.state.is_some() {
            ways.push(self.levels(db)?.into_iter().map(By::Level).collect());
        }
        if ways.is_empty() {
            ways.push(self.standings().map(By::Standing).collect());
        }
        Ok(ways)
    }

    fn standings(&self) -> impl Iterator<Item = Standing> {
        let filter = self.filter;
        Standing::ALL.into_iter().filter(move |standing| {
            filter.ended.is_none_or(|ended| ended != standing.is_open())
                && !(standing.is_former() && (filter.present || filter.turn.is_some()))
                && match filter.turn {
                    None | Some(Turn::NotMine) => true,
                    Some(Turn::Mine | Turn::Ours) => *standing == Standing::Ours || filter.unit.is_some(),
                    Some(Turn::Others) => *standing == Standing::Others,
                }
        })
    }

    /// The levels at which what is asked for can be, in any version that cases have run under.
    fn levels(&self, db: &mut Db) -> Result<BTreeSet<String>, AppError> {
        let filter = self.filter;
        if let Some(level) = &filter.level {
            return Ok(BTreeSet::from([level.clone()]));
        }
        let workflows = match &filter.workflow {
            Some(workflow) => vec![workflow.clone()],
            None => definitions::workflows(db)?,
        };
        let mut levels = BTreeSet::new();
        for workflow in workflows {
            for digest in definitions::digests(db, &workflow)? {
                let known = self.app.workflows.of(db, &digest)?;
                let states = known.definition.states.keys();
                let asked = states.filter(|state| filter.state.as_ref().is_none_or(|asked| asked == *state));
                levels.extend(asked.map(|state| shelves::level(&known.definition, state)));
            }
        }
        Ok(levels)
    }

    /// Of these rows those that the filter holds for, each with the actor's own.
    fn kept(&self, db: &mut Db, shelves: &[String], rows: Vec<Row>) -> Result<Vec<(Row, Row)>, AppError> {
        let ids: Vec<_> = rows.iter().map(|row| &row.case).collect();
        let mut own: BTreeMap<CaseId, Row> = BTreeMap::new();
        for row in lists::among(db, &self.readers, &ids)? {
            let wider = own.get(&row.case).is_none_or(|other| other.seen_until < row.seen_until);
            if wider {
                own.insert(row.case.clone(), row);
            }
        }
        let theirs: BTreeSet<CaseId> = match self.filter.turn {
            Some(Turn::Mine | Turn::NotMine) => {
                lists::among(db, &self.holders, &ids)?.into_iter().map(|row| row.case).collect()
            }
            Some(Turn::Ours | Turn::Others) => {
                let ours = lists::among(db, shelves, &ids)?.into_iter().filter(|row| row.standing == Standing::Ours);
                ours.map(|row| row.case).collect()
            }
            None => BTreeSet::new(),
        };
        let with = match &self.filter.principal {
            Some(principal) => cases::with_party(db, principal, &ids)?,
            None => Vec::new(),
        };
        let is_party = |own: &Row| {
            let until = if own.standing.is_former() { own.seen_until } else { i64::MAX };
            self.filter.principal.is_none() || with.iter().any(|(case, from)| *case == own.case && *from <= until)
        };
        let kept = rows.into_iter().filter_map(|row| {
            let own = own.get(&row.case)?;
            let is_own = self.readers.contains(&row.shelf);
            // Another of her rows says better how she sees it.
            let stands_back = is_own && row.seen_until < own.seen_until;
            let holds = self.holds(&row, own) && self.is_move(own, theirs.contains(&row.case)) && is_party(own);
            (!stands_back && holds).then(|| (row.clone(), own.clone()))
        });
        Ok(kept.collect())
    }

    /// Whether a row is worth comparing with the actor's other rows: her own says at once what it does not hold.
    fn may_hold(&self, row: &Row) -> bool {
        let is_whole = row.seen_until == i64::MAX && self.readers.contains(&row.shelf);
        !is_whole || self.holds(row, row)
    }

    /// Whether the filter holds for a case as the actor sees it. `at` is the row by which it was met.
    fn holds(&self, at: &Row, own: &Row) -> bool {
        fn fits<T: PartialEq>(wanted: &Option<T>, found: &T) -> bool {
            wanted.as_ref().is_none_or(|wanted| wanted == found)
        }
        let filter = self.filter;
        fits(&filter.workflow, &own.workflow)
            && fits(&filter.state, &own.state)
            && fits(&filter.level, &own.level)
            && self.categories.as_ref().is_none_or(|any| own.category.iter().any(|category| any.contains(category)))
            && fits(&filter.urgent, &own.urgent)
            && fits(&filter.ended, &!own.standing.is_open())
            && filter.opened_from.is_none_or(|from| own.opened >= from)
            && filter.opened_before.is_none_or(|before| own.opened < before)
            && filter.overdue_at.is_none_or(|now| own.due.is_some_and(|due| due <= now))
            // What was routed to a unit once is not there now.
            && !(filter.unit.is_some() && at.standing.is_former())
    }

    /// Whether the move is with those whom the filter asks for. What has left them is no move of theirs, and they wait for
    /// nobody.
    fn is_move(&self, own: &Row, theirs: bool) -> bool {
        let fits = match self.filter.turn {
            None => true,
            Some(Turn::Mine | Turn::Ours) => theirs,
            Some(Turn::NotMine | Turn::Others) => !theirs,
        };
        fits && !(own.standing.is_former() && (self.filter.turn.is_some() || self.filter.present))
    }
}

/// The next rows of several ranges, in one order, as far as all of them are known; and where that is, if there are more.
fn side_by_side(
    db: &mut Db,
    ranges: &[(String, By)],
    order: Order,
    from: Option<&Cursor>,
    batch: usize,
) -> Result<(Vec<Row>, Option<Key>), AppError> {
    let key = |row: &Row| (order.key(row), row.case.clone());
    let back = from.is_some_and(|from| from.back);
    let limit = i64::try_from(batch).unwrap_or(i64::MAX);
    let mut rows = Vec::new();
    let mut frontier: Option<Key> = None;
    for (shelf, by) in ranges {
        let page = lists::page(db, shelf, by, from, limit)?;
        if page.len() == batch {
            let ends = frontier.into_iter().chain(page.last().map(key));
            frontier = if back { ends.max() } else { ends.min() };
        }
        rows.extend(page);
    }
    if let Some(frontier) = &frontier {
        rows.retain(|row| if back { key(row) >= *frontier } else { key(row) <= *frontier });
    }
    rows.sort_by_cached_key(key);
    if back {
        rows.reverse();
    }
    Ok((rows, frontier))
}
