//! Notes: what people write beside the steps, into the shared room or their own principal's.

use super::access::{self, Access, Reach};
use super::cases::{CommandKey, Done, done};
use super::record::Recorded;
use super::{App, AppError};
use crate::authz::{Actor, Scope, Seat};
use crate::ids::CaseNumber;
use crate::store::log::{self, Place};
use crate::texts::cases as texts;
use crate::workflow::input;
use crate::workflow::log::{Note, Record, Room};
use crate::workflow::rejection::{Code, Reason};
use crate::workflow::step::By;

/// A note to write.
#[derive(Debug, Clone)]
pub struct NoteCommand {
    /// The case.
    pub number: CaseNumber,
    /// The room.
    pub room: NoteRoom,
    /// The text.
    pub text: String,
    /// The entry of the same room that it corrects.
    pub corrects: Option<u64>,
}

/// The room of a note, as its writer says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoteRoom {
    /// What both sides read.
    Shared,
    /// What her own principal keeps for itself.
    Own,
}

impl App {
    /// Writes a note into a room.
    ///
    /// # Errors
    /// Where the actor may not write there, or the text may not be kept.
    pub fn write_note(&self, actor: &Actor, command: &NoteCommand, key: Option<&CommandKey>) -> Result<Done, AppError> {
        self.command(actor, key, |db, now| {
            let (access, shared) = access::open_to_change(db, actor, &command.number)?;
            let (room, seat) = note_room(&access, actor, command.room)?;
            let known = self.workflows.of(db, &access.stored.definition)?;
            let stored = &access.stored;
            let text = input::free_text("text", &command.text, self.ids.bytes())?;
            let tip = match &room {
                Room::Shared => shared,
                Room::Own(_) => log::tip(db, &stored.id, &room)?,
            };
            if command.corrects.is_some_and(|entry| entry == 0 || entry >= tip.next_entry()) {
                return Err(Reason::field(Code::WrongType, "corrects", texts::CORRECTS_NOTHING).into());
            }
            let note = Note {
                by: By::actor(actor, &seat),
                recorded: now,
                corrects: command.corrects,
                text: input::text_reference(&text.digest()),
            };
            let place =
                Place { case_id: &stored.id, number: &stored.number, room: &room, definition: &stored.definition };
            let entry = log::append(db, place, tip, Record::Note(note), std::slice::from_ref(&text))?;
            let mut done = done(&known.definition, &Recorded { stored: access.stored.clone(), entry });
            if command.room == NoteRoom::Own {
                done.room = "own".to_owned();
            }
            Ok(done)
        })
    }
}

/// The room that the actor writes in or attaches documents to, and the seat in which she does: only people of present parties write, and in a
/// principal's own room only its own.
pub(super) fn note_room(access: &Access, actor: &Actor, room: NoteRoom) -> Result<(Room, Seat), AppError> {
    let may_write = |seat: &&Seat| match (seat.role.scope(), &seat.unit) {
        (Scope::Principal, _) => !seat.role.watches(),
        (Scope::Unit, Some(unit)) => access.stored.case.is_assigned_to(unit),
        (Scope::Unit | Scope::Own | Scope::Body | Scope::Nothing, _) => false,
    };
    let case = &access.stored.case;
    let of_party = |seat: &&Seat| seat.principal.as_ref().is_some_and(|principal| case.side_of(principal).is_some());
    let seat = actor.seats.iter().filter(of_party).find(may_write).cloned().ok_or(AppError::Forbidden)?;
    let principal = seat.principal.clone().ok_or(AppError::Forbidden)?;
    match room {
        NoteRoom::Shared if matches!(access.reach, Reach::Full(_)) => Ok((Room::Shared, seat)),
        NoteRoom::Shared => Err(AppError::Forbidden),
        NoteRoom::Own => Ok((Room::Own(principal), seat)),
    }
}
