//! A case as a file that can be verified elsewhere, for whoever reads the whole case for a principal: what both sides read, and where she
//! asks for it what her own principal keeps for itself. Another's room is in no file.

use std::collections::BTreeSet;

use super::of_case::own_rooms;
use crate::app::documents::Download;
use crate::app::reads::ReadOf;
use crate::app::{App, AppError};
use crate::authz::Actor;
use crate::ids::CaseNumber;
use crate::store::log::{StoredEntry, TextRow};
use crate::store::{definitions, documents, log};
use crate::workflow::bundle::{Bundle, BundledDefinition, BundledDocument, BundledEntry, BundledText, FORMAT};
use crate::workflow::log::Room;

impl App {
    /// The case as a file; of the actor's own principal's room too where `own` says so. The read log names her.
    ///
    /// # Errors
    /// [`AppError::NotFound`] for whoever does not read the whole case for a principal.
    pub fn case_bundle(&self, actor: &Actor, number: &CaseNumber, own: bool) -> Result<Bundle, AppError> {
        self.read_log(actor, number, &ReadOf::Bundle, |db, access| {
            let mut rooms = vec![Room::Shared.to_string()];
            rooms.extend(own_rooms(&access, actor).into_iter().filter(|_| own));
            let is_read = |room: &String| rooms.contains(room);
            let stored = access.stored;
            let entries: Vec<_> =
                log::all_entries(db, &stored.id)?.into_iter().filter(|row| is_read(&row.room)).collect();
            let texts = log::all_texts(db, &stored.id)?.into_iter().filter(|row| is_read(&row.room));
            let attached = documents::salts(db, &stored.id)?.into_iter().filter(|(room, ..)| is_read(room));
            let read = entries.iter().map(StoredEntry::entry).collect::<Result<Vec<_>, _>>()?;
            let mut definitions = Vec::new();
            for digest in read.into_iter().map(|entry| entry.definition).collect::<BTreeSet<_>>() {
                let kept = definitions::by_digest(db, &digest)?.ok_or(AppError::NotFound)?;
                definitions.push(BundledDefinition { digest, text: kept.text });
            }
            Ok(Bundle {
                samsyn_bundle: FORMAT,
                case: stored.number,
                state: stored.case.state,
                outcome: stored.case.outcome,
                definitions,
                entries: entries.into_iter().map(entry).collect(),
                texts: texts.map(text).collect(),
                documents: attached.map(|(room, n, salt)| BundledDocument { room, n, salt }).collect(),
            })
        })
    }
}

impl Bundle {
    /// The file, named after its case.
    pub fn download(&self) -> Download {
        let name = format!("{}.samsyn.json", self.case);
        Download { name, media_type: "application/json", bytes: self.text().into_bytes() }
    }
}

fn entry(row: StoredEntry) -> BundledEntry {
    BundledEntry { room: row.room, n: row.n, hash: row.hash, document: row.document }
}

fn text(row: TextRow) -> BundledText {
    BundledText { room: row.room, n: row.n, path: row.path, salt: row.salt, text: row.text }
}
