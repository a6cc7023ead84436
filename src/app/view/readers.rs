//! Who can see a case: asked of the same rows that every read is asked of, so that the answer is never another than the truth.

use schemars::JsonSchema;
use serde::Serialize;

use crate::app::access::{self, Reach};
use crate::app::{App, AppError};
use crate::authz::{Actor, Reader};
use crate::ids::CaseNumber;
use crate::store::{organisation, people, visibility};
use crate::texts::order::by_name;
use crate::workflow::log::Room;

/// Somebody who can see a case, or could.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ReaderView {
    /// The name of the principal, unit, body or person.
    pub name: String,
    /// What kind of reader.
    pub kind: ReaderKind,
    /// Whether it is the reader's own room that is meant, and not the shared one.
    pub own_room: bool,
    /// Whether she sees no more than what was there when the case left her.
    pub former: bool,
}

/// What kind of reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReaderKind {
    /// Those who read for a principal: handlers, management, registrars, and those who watch over its cases.
    Principal,
    /// The people of a unit.
    Unit,
    /// A body, which sees what was written for it.
    Body,
    /// One person, who registered it.
    Person,
}

impl App {
    /// Who can see a case. Of another principal's own room nothing is said, nor which of its people registered the case.
    ///
    /// # Errors
    /// [`AppError::NotFound`] where the actor may not know of it, or sees only a part of it.
    pub fn readers(&self, actor: &Actor, number: &CaseNumber) -> Result<Vec<ReaderView>, AppError> {
        self.store.read(|db| {
            let access = access::open(db, actor, number)?;
            if !matches!(access.reach, Reach::Full(_)) {
                return Err(AppError::NotFound);
            }
            let names = organisation::names(db)?;
            let own_room = |room: &Room| access.own_rooms.iter().any(|sight| sight.room == *room);
            let mut readers = Vec::new();
            for sight in visibility::all(db, &access.stored.id)? {
                let Some(reader) = Reader::of_key(&sight.reader) else { continue };
                if sight.room != Room::Shared && !own_room(&sight.room) {
                    continue;
                }
                let (kind, name) = match &reader {
                    Reader::Principal(id) => (ReaderKind::Principal, names.get(id.as_str()).cloned()),
                    Reader::Unit(id) => (ReaderKind::Unit, names.get(id.as_str()).cloned()),
                    Reader::Body(id) => (ReaderKind::Body, names.get(id.as_str()).cloned()),
                    Reader::Person(id, principal)
                        if *id != actor.person && !actor.principals_read().contains(principal) =>
                    {
                        continue;
                    }
                    Reader::Person(id, _) => (ReaderKind::Person, people::person(db, id)?.map(|person| person.name)),
                };
                let (own_room, former) = (sight.room != Room::Shared, sight.until.is_some());
                readers.push(ReaderView { name: name.unwrap_or_default(), kind, own_room, former });
            }
            readers.sort_by_cached_key(|reader| (reader.own_room, reader.kind, by_name(&reader.name)));
            readers.dedup();
            Ok(readers)
        })
    }
}
