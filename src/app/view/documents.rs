//! The documents of a case, as far as the reader may see them: those whose entry she sees, and those that something which
//! she sees names - a statement that was handed in to her body, or what the other party wrote. Of the latter she sees what
//! they are, and not what was said of them in a room that is not hers.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::Serialize;

use super::case_view::{Look, visible_keys};
use super::timeline::{Show, WhoView, sights};
use crate::app::access::{Access, Reach};
use crate::app::documents::{DESCRIPTION, NAME};
use crate::app::reads::Receipt;
use crate::app::{App, AppError, documents};
use crate::authz::Actor;
use crate::clock::Timestamp;
use crate::ids::DocumentId;
use crate::store::log::{self, StoredEntry};
use crate::store::{self, Db};
use crate::workflow::case::Case;
use crate::workflow::definition::Definition;
use crate::workflow::documents::named;
use crate::workflow::history::Definitions;
use crate::workflow::log::{Attached, Entry, Record, Room};
use crate::workflow::reading::Sight;

/// A document.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct DocumentView {
    /// Its id, by which a step can name it.
    pub id: DocumentId,
    /// The file's name; none where it was removed.
    pub name: Option<String>,
    /// What was said of it, for those who read the room that it was attached in.
    pub description: Option<String>,
    /// What it is, by its content.
    pub media_type: String,
    /// How many bytes.
    pub size: u64,
    /// When it was attached, UTC.
    pub attached: Timestamp,
    /// Who attached it: of another's room only the organisation.
    pub by: Option<WhoView>,
    /// Whether it lies in the own room of a principal, and nothing that others read names it.
    pub own_room: bool,
    /// Whether something that others read names it.
    pub carried: bool,
    /// Whether its content was removed.
    pub removed: bool,
    /// Whether the reader's own organisation attached it: only that may it send on to a body.
    pub ours: bool,
}

/// A document that a reader sees.
#[derive(Debug, Clone)]
pub struct Seen {
    /// The room that it was attached in.
    pub room: Room,
    /// The entry.
    pub n: u64,
    /// What the entry says.
    pub attached: Attached,
    /// Whether she sees the entry itself.
    pub whole: bool,
    /// Whether something that others read names it.
    pub carried: bool,
}

/// The documents that the reader sees, in the order in which they were attached.
pub(in crate::app) fn visible(
    app: &App,
    db: &mut Db,
    access: &Access,
    (definition, case): (&Definition, &Case),
) -> Result<Vec<Seen>, AppError> {
    let places = store::documents::places(db, &access.stored.id)?;
    if places.is_empty() {
        return Ok(Vec::new());
    }
    let carried = carried(app, db, access, (definition, case))?;
    let mut seen = Vec::new();
    let mut rooms: Vec<_> = places.iter().map(|place| place.room.as_str()).collect();
    rooms.dedup();
    for room in rooms {
        let room: Room = room.parse().map_err(AppError::Internal)?;
        let entries = entries(db, access, &room)?;
        let whole = whole(app, db, access, (&room, &entries))?;
        for (entry, whole) in entries.iter().zip(whole) {
            let Some(attached) = entry.attached() else { continue };
            let carried = carried.contains(&attached.id);
            if whole || carried {
                seen.push(Seen { room: room.clone(), n: entry.n, attached: attached.clone(), whole, carried });
            }
        }
    }
    seen.sort_by(|a, b| (a.attached.recorded, &a.attached.id).cmp(&(b.attached.recorded, &b.attached.id)));
    Ok(seen)
}

fn entries(db: &mut Db, access: &Access, room: &Room) -> Result<Vec<Entry>, AppError> {
    let rows = log::entries(db, &access.stored.id, room, 1)?;
    Ok(rows.iter().map(StoredEntry::entry).collect::<Result<_, _>>()?)
}

/// Of each entry of a room whether the reader sees it whole.
fn whole(app: &App, db: &mut Db, access: &Access, (room, entries): (&Room, &[Entry])) -> Result<Vec<bool>, AppError> {
    Ok(match room {
        Room::Shared => {
            let sights = sights(access, &app.workflows.definitions(db, entries)?, entries)?;
            sights.into_iter().map(|sight| sight == Sight::Whole).collect()
        }
        Room::Own(_) => {
            let sights: Vec<_> = access.own_rooms.iter().filter(|sight| sight.room == *room).collect();
            entries.iter().map(|entry| sights.iter().any(|sight| sight.holds(entry.n))).collect()
        }
    })
}

/// The documents that something in the shared room names which the reader sees: a step, or what the case holds.
fn carried(
    app: &App,
    db: &mut Db,
    access: &Access,
    (definition, case): (&Definition, &Case),
) -> Result<BTreeSet<DocumentId>, AppError> {
    let mut carried = BTreeSet::new();
    let keys = visible_keys(app, db, access)?;
    let shared = entries(db, access, &Room::Shared)?;
    let definitions = app.workflows.definitions(db, &shared)?;
    let sights = sights(access, &definitions, &shared)?;
    for (entry, sight) in shared.iter().zip(sights) {
        let Record::Step(step) = &entry.records else { continue };
        let shows = |key: &String| match &keys {
            Some(keys) => keys.contains(&(entry.n, key.clone())),
            None => sight == Sight::Whole,
        };
        let shown = step.data.iter().filter(|(key, _)| shows(key));
        let by = definitions.of(entry).map_err(|broken| AppError::Internal(broken.to_string()))?;
        carried.extend(shown.flat_map(|(key, value)| named(by, key, value)));
    }
    if matches!(access.reach, Reach::Full(_)) {
        carried.extend(case.fields.iter().flat_map(|(key, held)| named(definition, key, &held.value)));
    }
    Ok(carried)
}

/// The documents as they are shown to the reader.
pub(super) fn views(
    app: &App,
    db: &mut Db,
    actor: &Actor,
    access: &Access,
    (look, receipt): (&Look, &Receipt),
) -> Result<Vec<DocumentView>, AppError> {
    let seen = visible(app, db, access, (&look.known.definition, &look.case))?;
    // Of a document only who attached it is asked: no definition.
    let definitions = Definitions::default();
    let removed = documents::removed(db, access)?;
    let mut shows: BTreeMap<Room, Show> = BTreeMap::new();
    let mut views = Vec::new();
    for Seen { room, n, attached, whole, carried } in seen {
        if !shows.contains_key(&room) {
            shows.insert(room.clone(), Show::load(db, actor, &definitions, &room, receipt)?);
        }
        let Some(show) = shows.get_mut(&room) else { continue };
        let sight = if whole { Sight::Whole } else { Sight::Outline };
        views.push(DocumentView {
            name: show.text(n, NAME),
            description: show.text(n, DESCRIPTION).filter(|_| whole),
            by: Some(show.who(db, &attached.by, &sight)?),
            removed: removed.contains(&attached.id),
            ours: actor
                .seats
                .iter()
                .any(|seat| seat.principal.is_some() && seat.principal.as_ref() == attached.by.principal()),
            id: attached.id,
            media_type: attached.media_type,
            size: attached.size,
            attached: attached.recorded,
            own_room: room != Room::Shared && !carried,
            carried,
        });
    }
    Ok(views)
}
