//! The examination of one case: whether its chains hold, its texts are those that were written, and its state is what the
//! log says. Of all its rooms, or only of those that somebody reads: of another's nothing is said then.

use std::collections::BTreeMap;

use super::Verified;
use crate::app::{App, AppError};
use crate::ids::Digest;
use crate::store::Db;
use crate::store::cases::{self, StoredCase, snapshot};
use crate::store::definitions;
use crate::store::log::{self, StoredEntry, TextRow};
use crate::workflow::case::replay;
use crate::workflow::history::{self, Definitions};
use crate::workflow::log::{Entry, Room, hash};
use crate::workflow::proof::{ChainHead, Kept, KeptEntry, Proof};

/// Examines the rooms of a case that are to be looked at; answers with their entries as they are stored.
pub(super) fn examine(
    app: &App,
    db: &mut Db,
    stored: &StoredCase,
    is_looked_at: &dyn Fn(&str) -> bool,
    noted: &[ChainHead],
    verified: &mut Verified,
) -> Result<Vec<StoredEntry>, AppError> {
    let mut rows = log::all_entries(db, &stored.id)?;
    let mut texts = log::all_texts(db, &stored.id)?;
    let mut heads = log::heads(db, &stored.id)?;
    rows.retain(|row| is_looked_at(&row.room));
    texts.retain(|text| is_looked_at(&text.room));
    heads.retain(|head| is_looked_at(&head.room.to_string()));
    let kept = rows.iter().map(StoredEntry::kept);
    let mut proof =
        Proof::of_chains(&stored.number, kept, |at, entry| rows.get(at).is_some_and(|row| fits(row, entry)));
    ends(&mut proof, &heads);
    proof.noted(noted);
    proof.texts(texts.iter().map(TextRow::kept));
    super::documents::examine(&mut proof, db, &stored.id, is_looked_at)?;
    words(&mut proof, db)?;
    match app.workflows.definitions(db, &proof.entries) {
        Ok(definitions) => state(&mut proof, &definitions, stored, &cases::stored_snapshot(db, &stored.id)?),
        Err(error) => proof.problem(&error.to_string()),
    }
    verified.problems.append(&mut proof.problems);
    verified.removed.append(&mut proof.removed);
    Ok(rows)
}

/// Whether the columns by which entries are found say what the entry says.
fn fits(row: &StoredEntry, entry: &Entry) -> bool {
    let person = entry.by().and_then(|by| by.person()).map(|person| person.as_str());
    entry.kind() == row.kind
        && entry.transition() == row.transition.as_deref()
        && person == row.person_id.as_deref()
        && entry.recorded().naive_utc() == row.recorded_at
}

/// Whether the chains end where the database says.
fn ends(proof: &mut Proof, present: &[log::Head]) {
    let entries = proof.entries.iter();
    // The last of each room stays.
    let ends = entries.map(|entry| (entry.room.clone(), (entry.n, hash(&entry.document()))));
    let mut ends: BTreeMap<Room, (u64, Digest)> = ends.collect();
    for head in present {
        if ends.remove(&head.room) != Some((head.length, head.hash.clone())) {
            let what = format!("the chain does not end with entry {} as the database says", head.length);
            proof.problem(&format!("{}: {what}", head.room));
        }
    }
    for room in ends.keys() {
        proof.problem(&format!("{room}: the chain has no head"));
    }
}

/// What each definition says to people is what it said when the case began or went over to it: its own digest leaves words out.
fn words(proof: &mut Proof, db: &mut Db) -> Result<(), AppError> {
    let mut changed = Vec::new();
    for (definition, text) in proof.sealed() {
        let kept = definitions::by_digest(db, definition)?;
        if kept.zip(text).is_some_and(|(kept, text)| kept.text_hash != text.0) {
            changed.push(definition.clone());
        }
    }
    for definition in changed {
        proof.problem(&format!("the text of the definition {definition} is not the one under which the case began"));
    }
    Ok(())
}

fn state(proof: &mut Proof, definitions: &Definitions, stored: &StoredCase, bytes: &str) {
    match definitions.steps(&proof.entries).and_then(replay) {
        Ok(Some(case)) if snapshot(&case) == *bytes => {}
        Ok(_) => proof.problem("the stored state is not what the log says"),
        Err(broken) => proof.problem(&broken.to_string()),
    }
    let (strays, present) = history::strays(&proof.entries);
    let foreign: Vec<_> = strays.into_iter().map(|entry| entry.n).collect();
    let is_elsewhere = present.is_some_and(|present| *present != stored.definition);
    for n in foreign {
        proof.problem(&format!("entry {n}: it was made under another definition than the case's"));
    }
    if is_elsewhere {
        proof.problem("it stands under another definition than its log says");
    }
}

impl StoredEntry {
    /// As it is kept, for whoever examines it.
    pub(super) fn kept(&self) -> KeptEntry<'_> {
        KeptEntry { room: &self.room, n: self.n, document: &self.document, hash: &self.hash }
    }
}

impl TextRow {
    /// As it is kept, for whoever examines it: its path and itself.
    pub(super) fn kept(&self) -> (&str, Kept<'_, str>) {
        let kept = Kept { room: &self.room, n: self.n, salt: self.salt.as_deref(), content: self.text.as_deref() };
        (&self.path, kept)
    }
}
