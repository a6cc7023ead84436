//! Removal of content: a text is emptied for good, on record, and the chain it stood in still holds.
//!
//! An archivist removes what the people of her principal wrote, or what stands in her principal's own room; also where the
//! case has left it since. What the other side wrote is the other side's to remove. The operator of the system removes from
//! the command line, under a name. Either way one transaction empties the text, drops the waiting forms that repeat it, and
//! records who did it and why, and empties drafts that began as a copy. Everywhere else the database holds digests of what
//! people wrote, never the words.

use serde::Serialize;
use serde_json::Value;

use super::access::{self, Access, Reach};
use super::cases::{CommandKey, Done, done};
use super::documents::NAME;
use super::reads::{ReadOf, Receipt};
use super::record::Recorded;
use super::view::timeline::title;
use super::{App, AppError};
use crate::authz::{Actor, Role, Seat};
use crate::clock::Timestamp;
use crate::ids::{CaseNumber, Digest};
use crate::store::cases::{self, StoredCase};
use crate::store::log::{self, Place, StoredEntry};
use crate::store::{Db, documents, drafts, held_forms, people};
use crate::workflow::input::{StoredText, free_text, text_reference};
use crate::workflow::log::{CONTENT, EXPLANATION, Entry, Record, Removal, RemovalReason, Room};
use crate::workflow::step::By;

/// A text to be removed.
#[derive(Debug, Clone)]
pub struct RemovalOrder {
    /// The case.
    pub number: CaseNumber,
    /// The room.
    pub room: Room,
    /// The entry.
    pub entry: u64,
    /// Where in the entry.
    pub path: String,
    /// Why.
    pub reason: RemovalReason,
}

/// A text that the actor may remove.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RemovableView {
    /// The room.
    pub room: Room,
    /// The entry.
    pub entry: u64,
    /// Where in the entry.
    pub path: String,
    /// What the entry is called.
    pub title: String,
    /// What the field is called; none for a note.
    pub field: Option<String>,
    /// Who wrote it.
    pub by: Option<String>,
    /// When it was recorded.
    pub recorded: Timestamp,
    /// The text.
    pub text: String,
}

impl App {
    /// Removes a text as the operator of the system; answers with the entry that says so.
    ///
    /// # Errors
    /// [`AppError::NotFound`] where there is no such text, or it is gone already.
    pub fn remove_as_operator(&self, order: &RemovalOrder, operator: &str) -> Result<u64, AppError> {
        let now = self.now();
        self.store.write(|db| {
            let stored = cases::by_number(db, &order.number)?.ok_or(AppError::NotFound)?;
            let entry = entry_of(db, &stored, order)?;
            let removal = Removal { operator: Some(operator.to_owned()), ..removal(order, &entry, now)? };
            remove(db, &stored, (&entry, order), removal, None)
        })
    }

    /// Removes a text as the archivist of those who wrote it.
    ///
    /// # Errors
    /// [`AppError::NotFound`] alike where there is no such text, where it is gone already, and where it is not hers to
    /// remove; and where the explanation may not be kept.
    pub fn remove_content(
        &self,
        actor: &Actor,
        order: &RemovalOrder,
        explanation: &str,
        key: Option<&CommandKey>,
    ) -> Result<Done, AppError> {
        self.command(actor, key, |db, now| {
            let (access, _) = access::open_to_change(db, actor, &order.number)?;
            let stored = &access.stored;
            let entry = entry_of(db, stored, order)?;
            let seat = seat_to_remove(&access, actor, &entry).ok_or(AppError::NotFound)?.clone();
            let explained = match explanation.trim() {
                "" => None,
                text => Some(free_text(EXPLANATION, text, self.ids.bytes())?),
            };
            let removal = Removal {
                by: Some(By::actor(actor, &seat)),
                explanation: explained.as_ref().map(|text| text_reference(&text.digest())),
                ..removal(order, &entry, now)?
            };
            let entry = remove(db, stored, (&entry, order), removal, explained.as_ref())?;
            let known = self.workflows.of(db, &stored.definition)?;
            Ok(done(&known.definition, &Recorded { stored: stored.clone(), entry }))
        })
    }

    /// The texts of a case that the actor may remove, by room and entry.
    ///
    /// # Errors
    /// [`AppError::NotFound`] for whoever is no archivist of a principal that sees the case.
    pub fn removable(&self, actor: &Actor, number: &CaseNumber) -> Result<Vec<RemovableView>, AppError> {
        let may = self.store.read(|db| Ok::<_, AppError>(is_archivist(&access::open(db, actor, number)?, actor)))?;
        if !may {
            return Err(AppError::NotFound);
        }
        let receipt = self.note_read(actor, number, &ReadOf::Case)?;
        self.store.read(|db| {
            let access = access::open(db, actor, number)?;
            if !is_archivist(&access, actor) {
                return Err(AppError::NotFound);
            }
            let mut rooms: Vec<_> = access.own_rooms.iter().map(|sight| sight.room.clone()).collect();
            rooms.push(Room::Shared);
            rooms.sort();
            rooms.dedup();
            let mut removable = Vec::new();
            for room in rooms {
                removable.extend(removable_in(self, db, actor, &access, (&room, &receipt))?);
            }
            Ok(removable)
        })
    }
}

/// Whether the actor is an archivist of a principal that sees the case.
pub(super) fn is_archivist(access: &Access, actor: &Actor) -> bool {
    archivists_seats(access, actor).next().is_some()
}

fn archivists_seats<'a>(access: &'a Access, actor: &'a Actor) -> impl Iterator<Item = &'a Seat> {
    let sees = |seat: &&Seat| seat.reader().is_some_and(|reader| access.is_seen_as(&reader));
    actor.seats.iter().filter(|seat| seat.role == Role::Archivist).filter(sees)
}

/// The seat in which the actor may remove the texts of an entry: that of the principal whose room it stands in, or whose
/// people wrote it, as far as she sees.
fn seat_to_remove<'a>(access: &'a Access, actor: &'a Actor, entry: &Entry) -> Option<&'a Seat> {
    let (whose, is_seen) = match &entry.room {
        Room::Own(principal) => {
            let holds = access.own_rooms.iter().any(|sight| sight.room == entry.room && sight.holds(entry.n));
            (principal, holds)
        }
        Room::Shared => {
            let reaches = match access.reach {
                Reach::Full(from) => from <= entry.n,
                Reach::Until(until) => entry.n <= until,
                Reach::Bodies(_) => false,
            };
            (entry.by()?.principal()?, reaches)
        }
    };
    archivists_seats(access, actor).find(|seat| is_seen && seat.principal.as_ref() == Some(whose))
}

fn removable_in(
    app: &App,
    db: &mut Db,
    actor: &Actor,
    access: &Access,
    (room, receipt): (&Room, &Receipt),
) -> Result<Vec<RemovableView>, AppError> {
    let rows = log::entries(db, &access.stored.id, room, 1)?;
    let entries = rows.iter().map(StoredEntry::entry).collect::<Result<Vec<_>, _>>()?;
    let definitions = app.workflows.definitions(db, &entries)?;
    let mut texts = receipt.texts(db, room)?;
    let mut removable = Vec::new();
    for entry in entries.iter().filter(|entry| seat_to_remove(access, actor, entry).is_some()) {
        let by = match entry.by().and_then(By::person) {
            Some(person) => people::person(db, person)?.map(|person| person.name),
            None => None,
        };
        let definition = definitions.of(entry).map_err(|broken| AppError::Internal(broken.to_string()))?;
        // Of a document the whole goes, or nothing of it.
        let paths: Vec<_> = match entry.attached() {
            Some(_) => vec![(CONTENT.to_owned(), NAME.to_owned())],
            None => entry.texts().into_keys().map(|path| (path.clone(), path)).collect(),
        };
        for (path, shown) in paths {
            let Some(text) = texts.remove(&(entry.n, shown)) else { continue };
            removable.push(RemovableView {
                room: room.clone(),
                entry: entry.n,
                title: title(definition, entry),
                field: definition.field_title(&path).map(str::to_owned),
                by: by.clone(),
                recorded: entry.recorded(),
                path,
                text,
            });
        }
    }
    Ok(removable)
}

/// The entry that holds the text.
fn entry_of(db: &mut Db, stored: &StoredCase, order: &RemovalOrder) -> Result<Entry, AppError> {
    let rows = log::entries(db, &stored.id, &order.room, order.entry)?;
    let entry = rows.first().ok_or(AppError::NotFound)?.entry()?;
    if entry.n == order.entry { Ok(entry) } else { Err(AppError::NotFound) }
}

/// What an order removes: the text that it names; with the content of a document its name and its description too.
fn to_remove(entry: &Entry, order: &RemovalOrder) -> Vec<(String, Digest)> {
    let texts = entry.texts().into_iter();
    match entry.attached() {
        Some(_) if order.path != CONTENT => Vec::new(),
        Some(attached) => std::iter::once((CONTENT.to_owned(), attached.content.clone())).chain(texts).collect(),
        None => texts.filter(|(path, _)| *path == order.path).collect(),
    }
}

/// What is to be recorded, but for who does it.
fn removal(order: &RemovalOrder, entry: &Entry, now: Timestamp) -> Result<Removal, AppError> {
    let (path, digest) = to_remove(entry, order).into_iter().next().ok_or(AppError::NotFound)?;
    let (reason, entry) = (order.reason, order.entry);
    Ok(Removal { operator: None, by: None, recorded: now, entry, path, digest, reason, explanation: None })
}

/// Empties the text, or the document with its name and description, drops the forms of this case that wait with it, and
/// records each that is gone; answers with the first entry that says so, which alone carries the explanation.
fn remove(
    db: &mut Db,
    stored: &StoredCase,
    (entry, order): (&Entry, &RemovalOrder),
    removal: Removal,
    explanation: Option<&StoredText>,
) -> Result<u64, AppError> {
    let place =
        Place { case_id: &stored.id, number: &stored.number, room: &order.room, definition: &stored.definition };
    let mut said = None;
    for (path, digest) in to_remove(entry, order) {
        if !empty(db, stored, (entry, order), &path)? {
            continue;
        }
        let (explained, texts) = match said {
            None => (removal.explanation.clone(), explanation.map(std::slice::from_ref).unwrap_or_default()),
            Some(_) => (None, &[][..]),
        };
        let record = Removal { path, digest, explanation: explained, ..removal.clone() };
        let tip = log::tip(db, &stored.id, &order.room)?;
        let n = log::append(db, place, tip, Record::Removal(record), texts)?;
        said.get_or_insert(n);
    }
    said.ok_or(AppError::NotFound)
}

/// Empties what stands at a path of the entry; whether there was anything.
fn empty(
    db: &mut Db,
    stored: &StoredCase,
    (entry, order): (&Entry, &RemovalOrder),
    path: &str,
) -> Result<bool, AppError> {
    if let Some(attached) = entry.attached().filter(|_| path == CONTENT) {
        return Ok(documents::empty(db, &attached.id)?);
    }
    let Some(text) = log::text(db, &stored.id, &order.room, order.entry, path)? else { return Ok(false) };
    drop_waiting(db, &stored.number, &text)?;
    empty_drafts(db, &text)?;
    Ok(log::empty_text(db, &stored.id, &order.room, order.entry, path)?)
}

/// Empties the values of drafts that repeat the text: a draft can begin as a copy of the case.
fn empty_drafts(db: &mut Db, text: &str) -> Result<(), AppError> {
    let broken = |error: serde_json::Error| AppError::Internal(error.to_string());
    let written = serde_json::to_string(text).map_err(broken)?;
    for (id, content) in drafts::holding(db, written.trim_matches('"'))? {
        let mut value: Value = serde_json::from_str(&content).map_err(broken)?;
        empty_values(&mut value, text);
        drafts::set_content(db, &id, &value.to_string())?;
    }
    Ok(())
}

fn empty_values(value: &mut Value, text: &str) {
    match value {
        Value::String(words) if words.contains(text) => words.clear(),
        Value::Array(items) => items.iter_mut().for_each(|item| empty_values(item, text)),
        Value::Object(map) => map.values_mut().for_each(|part| empty_values(part, text)),
        _ => {}
    }
}

/// Drops what somebody sent to a page of the case after her session had run out, where it repeats the text. What waits for
/// other pages is gone within the hour.
fn drop_waiting(db: &mut Db, number: &CaseNumber, text: &str) -> Result<(), AppError> {
    let encoded: String = url::form_urlencoded::byte_serialize(number.as_str().as_bytes()).collect();
    let page = format!("/cases/{encoded}/");
    let repeats = |form: &str| {
        let pairs: Vec<(String, String)> = serde_json::from_str(form).unwrap_or_default();
        pairs.iter().any(|(_, value)| value.contains(text))
    };
    // A note waits for the page of the case itself.
    let is_of_case = |address: &str| address.starts_with(&page) || address == page.trim_end_matches('/');
    for waiting in held_forms::all(db)?.iter().filter(|held| is_of_case(&held.address) && repeats(&held.form)) {
        held_forms::drop(db, &waiting.sender, &waiting.address)?;
    }
    Ok(())
}
