//! Documents: attached to a case by whoever may write notes there, into the shared room or her own principal's, and read
//! by whoever sees an entry that names them - the one that attached them, or a step that carries them further.
//!
//! The entry holds the salted digest of the bytes, as it does of a text, so that the chain seals them and a removal leaves
//! nothing to compare a guess with. What a document is, `media` finds out from its content. A name or a description is free
//! text like any other, and so is the content of a text file; what stands in a PDF or a picture nobody here can read.

pub mod media;

use super::access::{self, Access};
use super::cases::{CommandKey, Done, done};
use super::notes::{NoteRoom, note_room};
use super::reads::ReadOf;
use super::record::Recorded;
use super::unseen::is_unseen;
use super::view::documents::visible;
use super::{App, AppError};
use crate::authz::Actor;
use crate::ids::{CaseNumber, DocumentId, hex};
use crate::personal_number;
use crate::store::Db;
use crate::store::documents;
use crate::store::log::{self, Place};
use crate::texts::documents as words;
use crate::workflow::input::{self, StoredText, text_reference};
use crate::workflow::log::{Attached, Record, Room};
use crate::workflow::rejection::{Code, Reason, Rejection};
use crate::workflow::step::By;
use media::Media;

/// The most bytes of a document.
pub const LARGEST: usize = 10 * 1024 * 1024;
/// The most documents of one room of a case. Counted by room, so that nobody learns how many the other side keeps.
pub const MOST: i64 = 50;
/// The most characters of a name.
const LONGEST_NAME: usize = 150;

/// A document to attach.
#[derive(Debug, Clone)]
pub struct DocumentCommand {
    /// The case.
    pub number: CaseNumber,
    /// The room.
    pub room: NoteRoom,
    /// The file's name, as the browser tells it.
    pub name: String,
    /// What it is, in her words; may be empty.
    pub description: String,
    /// The bytes; none where no file was chosen.
    pub bytes: Vec<u8>,
}

/// A document as it is downloaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Download {
    /// The name, with the ending of its kind.
    pub name: String,
    /// The media type.
    pub media_type: &'static str,
    /// The bytes.
    pub bytes: Vec<u8>,
}

impl App {
    /// Attaches a document to a case.
    ///
    /// # Errors
    /// Where the actor may not write there, or the document may not be kept.
    pub fn attach_document(
        &self,
        actor: &Actor,
        command: &DocumentCommand,
        key: Option<&CommandKey>,
    ) -> Result<Done, AppError> {
        // Before anything is locked: to look into a file takes time. What is wrong with it is told to whoever may write here.
        let checked = self.checked(command);
        self.command(actor, key, |db, now| {
            let (access, shared) = access::open_to_change(db, actor, &command.number)?;
            let (room, seat) = note_room(&access, actor, command.room)?;
            let known = self.workflows.of(db, &access.stored.definition)?;
            let stored = &access.stored;
            let (media, texts) = checked.clone()?;
            if documents::count(db, &stored.id, &room)? >= MOST {
                return Err(Reason::field(Code::TooLong, FILE, &words::too_many(MOST)).into());
            }
            let tip = match &room {
                Room::Shared => shared,
                Room::Own(_) => log::tip(db, &stored.id, &room)?,
            };
            let (id, salt) = (DocumentId(hex(&self.ids.bytes::<16>())), self.ids.bytes::<16>());
            let digest =
                |path: &str| texts.iter().find(|text| text.path == path).map(|text| text_reference(&text.digest()));
            let attached = Attached {
                by: By::actor(actor, &seat),
                recorded: now,
                id: id.clone(),
                name: digest(NAME).unwrap_or_default(),
                description: digest(DESCRIPTION),
                media_type: media.name().to_owned(),
                size: u64::try_from(command.bytes.len()).unwrap_or(u64::MAX),
                content: input::content_digest(&salt, &command.bytes),
            };
            let place =
                Place { case_id: &stored.id, number: &stored.number, room: &room, definition: &stored.definition };
            let entry = log::append(db, place, tip, Record::Document(attached), &texts)?;
            documents::insert(db, &stored.id, &room, entry, (&id, &salt, &command.bytes))?;
            let mut done = done(&known.definition, &Recorded { stored: stored.clone(), entry });
            if command.room == NoteRoom::Own {
                done.room = "own".to_owned();
            }
            Ok(done)
        })
    }

    /// Whether the actor may attach documents to the case.
    ///
    /// # Errors
    /// [`AppError::NotFound`] alike where there is no such case and where she may not know of it.
    pub fn may_attach(&self, actor: &Actor, number: &CaseNumber) -> Result<bool, AppError> {
        self.store.read(|db| {
            let access: Access = access::open(db, actor, number)?;
            Ok(note_room(&access, actor, NoteRoom::Own).is_ok())
        })
    }

    /// A document to download.
    ///
    /// # Errors
    /// [`AppError::NotFound`] alike where there is no such document, where the actor may not know of it, and where it was
    /// removed.
    pub fn document(&self, actor: &Actor, number: &CaseNumber, id: &DocumentId) -> Result<Download, AppError> {
        let seen = self.store.read(|db| {
            let access = access::open(db, actor, number)?;
            let (known, case) = self.within_reach(db, &access)?;
            let seen = visible(self, db, &access, (&known.definition, &case))?;
            seen.into_iter().find(|seen| seen.attached.id == *id).ok_or(AppError::NotFound)
        })?;
        // It is there for her: that she reads it is noted before she does.
        let receipt = self.note_read(actor, number, &ReadOf::Document(id.to_string()))?;
        self.store.read(|db| {
            let bytes = documents::content(db, id)?.and_then(|content| content.bytes).ok_or(AppError::NotFound)?;
            let texts = receipt.texts(db, &seen.room)?;
            let media = Media::ALL.into_iter().find(|media| media.name() == seen.attached.media_type);
            let media = media.ok_or_else(|| AppError::Internal("a document of an unknown kind".to_owned()))?;
            let name = texts.get(&(seen.n, NAME.to_owned())).map_or(words::NAMELESS, String::as_str);
            Ok(Download { name: media.end(name), media_type: media.name(), bytes })
        })
    }

    /// What the document is, and its name and description as they may be kept.
    fn checked(&self, command: &DocumentCommand) -> Result<(Media, Vec<StoredText>), Rejection> {
        let mut reasons = Vec::new();
        let name = tidy(&command.name);
        let media = kind_of(&name, &command.bytes).map_err(|reason| reasons.push(reason)).ok();
        let mut texts = Vec::new();
        match input::free_text(NAME, &name, self.ids.bytes()) {
            Ok(text) => texts.push(text),
            Err(_) => reasons.push(Reason::field(Code::PersonalNumber, FILE, words::IDENTITY_IN_NAME)),
        }
        if !command.description.trim().is_empty() {
            match input::free_text(DESCRIPTION, &command.description, self.ids.bytes()) {
                Ok(text) => texts.push(text),
                Err(reason) => reasons.push(reason),
            }
        }
        match media {
            Some(media) if reasons.is_empty() => Ok((media, texts)),
            _ => Err(reasons.into()),
        }
    }
}

/// Whether a document has its bytes still.
pub(super) fn removed(db: &mut Db, access: &Access) -> Result<Vec<DocumentId>, AppError> {
    let places = documents::places(db, &access.stored.id)?;
    Ok(places.into_iter().filter(|place| place.empty).map(|place| place.id).collect())
}

/// The field of a form that holds the file: what is wrong with it is told there.
pub const FILE: &str = "file";
/// The path of a document's name.
pub const NAME: &str = "name";
/// The path of what was said of it, and the field of the form.
pub const DESCRIPTION: &str = "description";

fn kind_of(name: &str, bytes: &[u8]) -> Result<Media, Reason> {
    let refuse = |code, detail: &str| Err(Reason::field(code, FILE, detail));
    match Media::of(name, bytes) {
        _ if bytes.is_empty() => refuse(Code::Required, words::EMPTY),
        _ if bytes.len() > LARGEST => Err(too_large()),
        None => refuse(Code::WrongType, words::KINDS),
        Some(Media::Text) if std::str::from_utf8(bytes).is_ok_and(personal_number::contains) => {
            refuse(Code::PersonalNumber, words::IDENTITY)
        }
        Some(media) => Ok(media),
    }
}

/// That a file is larger than may be.
pub fn too_large() -> Reason {
    Reason::field(Code::TooLong, FILE, words::TOO_LARGE)
}

/// A file's name as it may be shown: without its folder, without what cannot be seen or turns the direction of what can,
/// and no longer than a line. Of a long one the end stays, where the kind of file stands.
fn tidy(name: &str) -> String {
    let base = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let seen = base.chars().map(|c| if c.is_whitespace() { ' ' } else { c }).filter(|c| !is_hidden(*c));
    let words: String = seen.collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ");
    let words = words.trim_matches(['.', ' ']);
    let surplus = words.chars().count().saturating_sub(LONGEST_NAME);
    match words.chars().skip(surplus).collect::<String>() {
        empty if empty.is_empty() => words::NAMELESS.to_owned(),
        name => name,
    }
}

/// What cannot be seen, and what file systems and headers give a meaning.
fn is_hidden(c: char) -> bool {
    is_unseen(c) || matches!(c, '"' | '<' | '>' | '|' | ':' | '*' | '?')
}
