//! The log of one case for whoever reads the case for a principal: its entries with their digests, and whether they are
//! what was written. What stands in a room that she does not read is neither shown nor examined.

use std::collections::BTreeSet;

use super::Verified;
use super::examination::examine;
use crate::app::access::{self, Access, Reach};
use crate::app::reads::ReadOf;
use crate::app::view::timeline::title;
use crate::app::{App, AppError};
use crate::authz::{Actor, Scope};
use crate::clock::Timestamp;
use crate::ids::{CaseNumber, Digest, PrincipalId};
use crate::store::Db;
use crate::store::log::StoredEntry;
use crate::workflow::log::{Record, Room};

/// The log of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseLog {
    /// The case.
    pub number: CaseNumber,
    /// Whether chains, texts and state are what the log says.
    pub is_sound: bool,
    /// How many texts are gone on record.
    pub removed: usize,
    /// The entries, by room.
    pub entries: Vec<LogLine>,
}

/// An entry, without anything that somebody wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogLine {
    /// Whether both sides read it.
    pub is_shared: bool,
    /// Its number in its room.
    pub n: i64,
    /// step, particulars, note, correction or removal.
    pub kind: String,
    /// The title of the step, where it is one.
    pub step: Option<String>,
    /// When it was recorded.
    pub recorded: Timestamp,
    /// Its digest.
    pub hash: Digest,
}

impl App {
    /// The log of a case.
    ///
    /// # Errors
    /// [`AppError::NotFound`] for whoever does not read the whole case for a principal.
    pub fn case_log(&self, actor: &Actor, number: &CaseNumber) -> Result<CaseLog, AppError> {
        self.read_log(actor, number, &ReadOf::Log, |db, access| {
            let own = own_rooms(&access, actor);
            let shared = Room::Shared.to_string();
            let reads = |room: &str| room == shared || own.iter().any(|own| own == room);
            let mut verified = Verified::default();
            let mut rows = examine(self, db, &access.stored, &reads, &[], &mut verified)?;
            rows.sort_by_key(|row| row.room != shared);
            let read: Vec<_> = rows.iter().filter_map(|row| row.entry().ok()).collect();
            let definitions = self.workflows.definitions(db, &read)?;
            let titled = |row: &StoredEntry| {
                let entry = row.entry().ok()?;
                let is_step = matches!(entry.records, Record::Step(_));
                is_step.then(|| Some(title(definitions.get(&entry.definition)?, &entry)))?
            };
            let entries = rows.into_iter().map(|row| LogLine {
                is_shared: row.room == shared,
                n: row.n,
                step: titled(&row),
                kind: row.kind,
                recorded: Timestamp::from_naive_utc(row.recorded_at),
                hash: Digest(row.hash),
            });
            Ok(CaseLog {
                number: access.stored.number,
                is_sound: verified.problems.is_empty(),
                removed: verified.removed.len(),
                entries: entries.collect(),
            })
        })
    }

    /// Reads what the log holds, once it has been noted who does.
    pub(super) fn read_log<T>(
        &self,
        actor: &Actor,
        number: &CaseNumber,
        what: &ReadOf,
        read: impl Fn(&mut Db, Access) -> Result<T, AppError>,
    ) -> Result<T, AppError> {
        let open = |db: &mut Db| {
            let access = access::open(db, actor, number)?;
            if shows_log(&access, actor) { Ok(access) } else { Err(AppError::NotFound) }
        };
        self.store.read(|db| open(db).map(drop))?;
        self.note_read(actor, number, what)?;
        self.store.read(|db| {
            let access = open(db)?;
            read(db, access)
        })
    }
}

/// The own rooms of the principals for whom the log is the actor's to look at, each seen from its first entry on and still.
pub(super) fn own_rooms(access: &Access, actor: &Actor) -> Vec<String> {
    let principals: BTreeSet<_> = principals(access, actor).collect();
    let is_theirs = |room: &Room| matches!(room, Room::Own(principal) if principals.contains(principal));
    let whole = access.own_rooms.iter().filter(|sight| sight.from == 1 && sight.until.is_none());
    let rooms: BTreeSet<_> = whole.filter(|sight| is_theirs(&sight.room)).map(|sight| sight.room.to_string()).collect();
    rooms.into_iter().collect()
}

/// The principals for whom the actor reads the case, every room that is theirs.
fn principals<'a>(access: &Access, actor: &'a Actor) -> impl Iterator<Item = &'a PrincipalId> {
    let seats = actor.seats.iter().filter(|seat| {
        seat.role.scope() == Scope::Principal && seat.reader().is_some_and(|reader| access.is_seen_as(&reader))
    });
    seats.filter_map(|seat| seat.principal.as_ref())
}

/// Whether the log is the actor's to look at: she reads the whole case from its first entry, for a principal.
pub(in crate::app) fn shows_log(access: &Access, actor: &Actor) -> bool {
    access.reach == Reach::Full(1) && principals(access, actor).next().is_some()
}
