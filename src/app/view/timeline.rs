//! The timeline: steps and notes together, in the order in which they were recorded.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use super::case_view::Look;
use super::mentions::Mentions;
use super::{Texts, with_texts};
use crate::app::access::{Access, Reach};
use crate::app::reads::{ReadOf, Receipt};
use crate::app::{App, AppError};
use crate::authz::{Actor, Role};
use crate::calendar::in_words;
use crate::clock::Timestamp;
use crate::ids::{CaseNumber, PersonId};
use crate::store::{Db, log, organisation, people};
use crate::texts::cases as titles;
use crate::workflow::case::field_of;
use crate::workflow::definition::{Definition, StepKind};
use crate::workflow::history::Definitions;
use crate::workflow::log::{CONTENT, EXPLANATION, Entry, Record, Room};
use crate::workflow::reading::{self, Sight};
use crate::workflow::step::{Act, By, Step};

/// Where an entry holds why the case went over to another version: no field can be called so.
pub const WHY: &str = "why";

/// One entry, as far as the reader may see it.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct EntryView {
    /// `shared`, or `own:` and the principal.
    pub room: String,
    /// Its number in the room.
    pub n: u64,
    /// step, particulars, note, correction, document or removal.
    pub kind: String,
    /// The transition or start, for a step.
    pub transition: Option<String>,
    /// Its title.
    pub title: String,
    /// What kind of act: event, statement, proposal, decision, recommendation, commission or acceptance.
    pub step_kind: Option<StepKind>,
    /// Whether the case moved, or a party confirmed or took that back.
    pub act: Option<Act>,
    /// The state before.
    pub from: Option<String>,
    /// The state after.
    pub to: Option<String>,
    /// Who did it.
    pub by: Option<WhoView>,
    /// When it happened, UTC.
    pub happened: Timestamp,
    /// When it was recorded, UTC.
    pub recorded: Timestamp,
    /// What was given, by field; a removed text is `{"removed": true}`. Of a removal: its `path`, `reason` and `explanation`;
    /// where the case went over to another version, `why`.
    pub data: BTreeMap<String, Value>,
    /// The entry that this corrects or removes from.
    pub about: Option<u64>,
    /// Whether there is more to it than the reader may see.
    pub outline: bool,
}

/// Who did something.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct WhoView {
    /// The person's name; none where the system did it.
    pub name: Option<String>,
    /// In which role: one that workflow files name, or `administrator`, who moves cases to another version.
    #[schemars(with = "Option<String>")]
    pub role: Option<Role>,
    /// For which principal, unit or body: its name.
    pub organisation: Option<String>,
    /// The name of the absent person in whose place it was done.
    pub on_behalf_of: Option<String>,
    /// The other case whose step raised it, where no person did.
    pub case: Option<CaseNumber>,
    /// What that case ended with, where it was its end.
    pub outcome: Option<String>,
}

/// What is needed to show entries.
pub(super) struct Show<'a> {
    definitions: &'a Definitions,
    names: BTreeMap<String, String>,
    texts: Texts,
    mentions: Mentions,
}

impl App {
    /// The entries of a case that the actor may see, in the order in which they were recorded.
    ///
    /// # Errors
    /// [`AppError::NotFound`] alike where there is no such case and where she may not know of it.
    pub fn timeline(&self, actor: &Actor, number: &CaseNumber) -> Result<Vec<EntryView>, AppError> {
        self.timeline_read_as(actor, number, &ReadOf::Case)
    }

    /// The same, where it is not the actor herself who reads it.
    ///
    /// # Errors
    /// Those of [`App::timeline`].
    pub fn timeline_read_as(
        &self,
        actor: &Actor,
        number: &CaseNumber,
        what: &ReadOf,
    ) -> Result<Vec<EntryView>, AppError> {
        let receipt = self.note_read(actor, number, what)?;
        self.store.read(|db| {
            let look = self.look(db, actor, number)?;
            let mut views = shared(self, db, actor, &look, &receipt)?;
            for sight in &look.access.own_rooms {
                let rows = log::entries(db, &look.access.stored.id, &sight.room, sight.from)?;
                let entries = rows.iter().map(log::StoredEntry::entry).collect::<Result<Vec<_>, _>>()?;
                let definitions = self.workflows.definitions(db, &entries)?;
                let mut show = Show::load(db, actor, &definitions, &sight.room, &receipt)?;
                for entry in entries.iter().filter(|entry| sight.holds(entry.n)) {
                    views.push(show.entry(db, entry, &Sight::Whole)?);
                }
            }
            Ok(in_order(views))
        })
    }
}

/// Of the steps that the reader sees more of than that they happened, the one by which the case came to where it stands,
/// and the latest, where that is another: a proposal that was put there, an acceptance that is one of two.
pub(super) fn latest_steps(
    app: &App,
    db: &mut Db,
    actor: &Actor,
    look: &Look,
    receipt: &Receipt,
) -> Result<Vec<EntryView>, AppError> {
    let mut views = shared(app, db, actor, look, receipt)?;
    let of_the_program = |act| matches!(act, Some(Act::Recount | Act::Migration));
    views.retain(|view| view.step_kind.is_some() && !view.outline && !of_the_program(view.act));
    let came = views.iter().rposition(|view| view.from != view.to);
    let last = views.len().checked_sub(1);
    let mut kept: Vec<_> = came.into_iter().chain(last).collect();
    kept.dedup();
    Ok(kept.into_iter().map(|at| views[at].clone()).collect())
}

/// In the order in which they were recorded. Within a room that is the chain's, also where the clock was set back.
fn in_order(mut views: Vec<EntryView>) -> Vec<EntryView> {
    let shared = Room::Shared.to_string();
    views.sort_by_cached_key(|view| (view.room != shared, view.room.clone(), view.n));
    views.dedup_by(|a, b| a.room == b.room && a.n == b.n);
    let mut latest: BTreeMap<String, Timestamp> = BTreeMap::new();
    let placed = views.into_iter().map(|view| {
        let at = latest.entry(view.room.clone()).or_insert(view.recorded);
        *at = (*at).max(view.recorded);
        (*at, view)
    });
    let mut placed: Vec<_> = placed.collect();
    // Of what was recorded in the same moment the step stays first, then its particulars in the own room.
    placed.sort_by_key(|(at, _)| *at);
    placed.into_iter().map(|(_, view)| view).collect()
}

/// The entries of the shared room, as far as the actor's reach goes.
fn shared(app: &App, db: &mut Db, actor: &Actor, look: &Look, receipt: &Receipt) -> Result<Vec<EntryView>, AppError> {
    let access = &look.access;
    let rows = log::entries(db, &access.stored.id, &Room::Shared, 1)?;
    let entries = rows.iter().map(log::StoredEntry::entry).collect::<Result<Vec<_>, _>>()?;
    let definitions = app.workflows.definitions(db, &entries)?;
    let sights = sights(access, &definitions, &entries)?;
    let mut show = Show::load(db, actor, &definitions, &Room::Shared, receipt)?;
    let mut views = Vec::new();
    for (entry, sight) in entries.iter().zip(&sights).filter(|(_, sight)| **sight != Sight::Hidden) {
        views.push(show.entry(db, entry, sight)?);
    }
    Ok(views)
}

/// How much of each entry of the shared room the actor sees.
pub(super) fn sights(access: &Access, definitions: &Definitions, entries: &[Entry]) -> Result<Vec<Sight>, AppError> {
    let bodies = match &access.reach {
        Reach::Full(from) => {
            let seen = |entry: &Entry| if entry.n >= *from { Sight::Whole } else { Sight::Hidden };
            return Ok(entries.iter().map(seen).collect());
        }
        Reach::Until(until) => {
            let seen = |entry: &Entry| if entry.n <= *until { Sight::Whole } else { Sight::Hidden };
            return Ok(entries.iter().map(seen).collect());
        }
        Reach::Bodies(bodies) => bodies,
    };
    let steps = definitions.steps(entries).map_err(|broken| AppError::Internal(broken.to_string()))?;
    let mut widest: BTreeMap<u64, Sight> = BTreeMap::new();
    for (body, from) in bodies {
        let seen = reading::of_body(body, *from, &steps);
        for (made, sight) in steps.iter().zip(seen) {
            let before = widest.remove(&made.entry).unwrap_or(Sight::Hidden);
            widest.insert(made.entry, wider(before, sight));
        }
    }
    // A body reads no note: notes are between the parties.
    Ok(entries.iter().map(|entry| widest.remove(&entry.n).unwrap_or(Sight::Hidden)).collect())
}

fn wider(one: Sight, other: Sight) -> Sight {
    match (one, other) {
        (Sight::Whole, _) | (_, Sight::Whole) => Sight::Whole,
        (Sight::Only(mut keys), Sight::Only(more)) => {
            keys.extend(more);
            Sight::Only(keys)
        }
        (Sight::Only(keys), _) | (_, Sight::Only(keys)) => Sight::Only(keys),
        (Sight::Outline, _) | (_, Sight::Outline) => Sight::Outline,
        (Sight::Hidden, Sight::Hidden) => Sight::Hidden,
    }
}

impl<'a> Show<'a> {
    pub(super) fn load(
        db: &mut Db,
        actor: &Actor,
        definitions: &'a Definitions,
        room: &Room,
        receipt: &Receipt,
    ) -> Result<Self, AppError> {
        let texts = receipt.texts(db, room)?;
        Ok(Show { definitions, names: organisation::names(db)?, texts, mentions: Mentions::of(actor) })
    }

    /// A text of an entry, where it was not removed.
    pub(super) fn text(&self, n: u64, path: &str) -> Option<String> {
        self.texts.get(&(n, path.to_owned())).cloned()
    }

    fn entry(&mut self, db: &mut Db, entry: &Entry, sight: &Sight) -> Result<EntryView, AppError> {
        let definition = self.definitions.of(entry).map_err(|broken| AppError::Internal(broken.to_string()))?;
        let mut view = EntryView {
            room: entry.room.to_string(),
            n: entry.n,
            kind: entry.kind().to_owned(),
            transition: entry.transition().map(str::to_owned),
            title: title(definition, entry),
            step_kind: None,
            act: None,
            from: None,
            to: None,
            by: entry.by().map(|by| self.who(db, by, sight)).transpose()?,
            happened: entry.recorded(),
            recorded: entry.recorded(),
            data: BTreeMap::new(),
            about: None,
            outline: *sight != Sight::Whole,
        };
        match &entry.records {
            Record::Step(step) => self.step(db, &mut view, (entry.n, definition, step), sight)?,
            Record::Particulars(particulars) => {
                view.about = Some(particulars.step);
                let data = particulars.data.iter();
                view.data =
                    data.map(|(key, value)| (key.clone(), with_texts(value, entry.n, key, &self.texts))).collect();
            }
            Record::Note(note) => {
                view.about = note.corrects;
                view.data.insert("text".to_owned(), with_texts(&note.text, entry.n, "text", &self.texts));
            }
            Record::Document(attached) => {
                let texts = [("name", Some(&attached.name)), ("description", attached.description.as_ref())];
                let texts = texts.into_iter().filter_map(|(path, text)| Some((path, text?)));
                let texts = texts.map(|(path, text)| (path.to_owned(), with_texts(text, entry.n, path, &self.texts)));
                view.data.extend(texts);
                view.data.insert("document".to_owned(), Value::from(attached.id.as_str()));
            }
            Record::Removal(removal) => {
                view.about = Some(removal.entry);
                view.data.insert("path".to_owned(), Value::from(removal.path.as_str()));
                view.data.insert("reason".to_owned(), Value::from(removal.reason.name()));
                let explanation = removal.explanation.iter();
                let explanation = explanation.map(|value| with_texts(value, entry.n, EXPLANATION, &self.texts));
                view.data.extend(explanation.map(|value| (EXPLANATION.to_owned(), value)));
            }
        }
        Ok(view)
    }

    fn step(
        &mut self,
        db: &mut Db,
        view: &mut EntryView,
        (n, definition, step): (u64, &Definition, &Step),
        sight: &Sight,
    ) -> Result<(), AppError> {
        view.step_kind = Some(step.kind);
        view.act = Some(step.act);
        view.from.clone_from(&step.from);
        view.to = Some(step.to.clone());
        view.happened = step.happened;
        if let Some(migrated) = step.migrated.as_ref().filter(|_| *sight == Sight::Whole) {
            view.data.insert(WHY.to_owned(), Value::from(migrated.why.as_str()));
        }
        let shown = step.data.iter().filter(|(key, _)| match sight {
            Sight::Whole => true,
            Sight::Only(keys) => keys.contains(*key),
            Sight::Outline | Sight::Hidden => false,
        });
        for (key, value) in shown {
            let field = definition.fields.get(field_of(key));
            if let Some(value) = self.mentions.kept(db, field, with_texts(value, n, key, &self.texts))? {
                view.data.insert(key.clone(), value);
            }
        }
        Ok(())
    }

    /// Who did it. Of what a body sees only in outline, the organisation but not the person.
    pub(super) fn who(&mut self, db: &mut Db, by: &By, sight: &Sight) -> Result<WhoView, AppError> {
        let whole = *sight == Sight::Whole;
        let nobody =
            WhoView { name: None, role: None, organisation: None, on_behalf_of: None, case: None, outcome: None };
        let (person, seat, absent) = match by {
            By::Person { person, seat, on_behalf_of } => (person, seat, on_behalf_of),
            By::Case { case, outcome } if whole && self.mentions.allows(db, case)? => {
                return Ok(WhoView { case: Some(case.clone()), outcome: outcome.clone(), ..nobody });
            }
            By::Case { .. } | By::Deadline { .. } | By::Calendar { .. } => return Ok(nobody),
        };
        let body = seat.body.as_ref().map(|id| &id.0);
        let organisation = body.or(seat.principal.as_ref().map(|id| &id.0)).and_then(|id| self.names.get(id)).cloned();
        let mut shown = WhoView { role: Some(seat.role), organisation, ..nobody };
        if whole {
            shown.name = self.person(db, person)?;
            shown.on_behalf_of = absent.as_ref().map(|absent| self.person(db, absent)).transpose()?.flatten();
        }
        Ok(shown)
    }

    fn person(&mut self, db: &mut Db, person: &PersonId) -> Result<Option<String>, AppError> {
        if !self.names.contains_key(person.as_str())
            && let Some(found) = people::person(db, person)?
        {
            self.names.insert(person.0.clone(), found.name);
        }
        Ok(self.names.get(person.as_str()).cloned())
    }
}

/// What an entry is called.
pub(in crate::app) fn title(definition: &Definition, entry: &Entry) -> String {
    match &entry.records {
        Record::Step(step) if step.act == Act::Recount => {
            titles::recounted(&in_words(step.by.closing_day().unwrap_or_default()))
        }
        Record::Step(step) if step.migrated.is_some() => {
            let is_other_version = step.migrated.as_ref().is_some_and(|migrated| migrated.from != migrated.to);
            match (&definition.local, is_other_version) {
                (Some(local), true) => titles::migrated_over(definition.version, &local.title, local.version),
                (Some(local), false) => titles::migrated_to(&local.title, local.version),
                (None, _) => titles::migrated(definition.version),
            }
        }
        Record::Step(step) => definition.step_title(&step.transition).unwrap_or(&step.transition).to_owned(),
        Record::Particulars(_) => titles::PARTICULARS.to_owned(),
        Record::Note(note) if note.corrects.is_some() => titles::CORRECTION.to_owned(),
        Record::Note(_) => titles::NOTE.to_owned(),
        Record::Document(_) => titles::DOCUMENT.to_owned(),
        Record::Removal(removal) if removal.path == CONTENT => titles::DOCUMENT_REMOVED.to_owned(),
        Record::Removal(_) => titles::TEXT_REMOVED.to_owned(),
    }
}
