//! Notes.

use schemars::JsonSchema;
use serde::Deserialize;

use super::address;
use crate::app::notes::{NoteCommand, NoteRoom};
use crate::authz::Actor;
use crate::web::error::Refusal;
use crate::web::extract::Call;
use crate::web::reply::Reply;

/// A note to write.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewNote {
    /// `shared`: both sides read it. `own`: only my own principal.
    room: RoomName,
    /// The text.
    #[schemars(length(min = 1, max = 20_000))]
    text: String,
    /// The entry of the same room that it corrects.
    #[serde(default)]
    corrects: Option<u64>,
}

/// A room.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum RoomName {
    /// What both sides read.
    Shared,
    /// What my own principal keeps for itself.
    Own,
}

/// An example of a note.
pub const NEW_NOTE: &str = r#"{"room": "own", "text": "Ringt kliniken, de återkommer på måndag."}"#;

/// Writes a note.
pub fn write(call: &Call, actor: &Actor) -> Result<Reply, Refusal> {
    let note: NewNote = call.body()?;
    let room = match note.room {
        RoomName::Shared => NoteRoom::Shared,
        RoomName::Own => NoteRoom::Own,
    };
    let command = NoteCommand { number: call.number()?, room, text: note.text, corrects: note.corrects };
    let done = call.app.write_note(actor, &command, call.key())?;
    Ok(Reply::created(address(&done.number) + "/timeline", &done)?.at_revision(done.revision))
}
