//! Documents under examination, and what goes when one is removed.

use std::collections::{BTreeMap, BTreeSet};

use super::{Examination, RemovalOrder, removal_key, unhex};
use crate::app::AppError;
use crate::ids::{CaseId, Digest, DocumentId, hex};
use crate::store::Db;
use crate::store::documents::{self, Content};
use crate::workflow::input::content_digest;
use crate::workflow::log::{CONTENT, Entry, Room};

/// What an order removes: the text that it names; with the content of a document its name and its description too.
pub(super) fn to_remove(entry: &Entry, order: &RemovalOrder) -> Vec<(String, Digest)> {
    let texts = entry.texts().into_iter().filter(|_| entry.n == order.entry);
    match entry.attached().filter(|_| order.path == CONTENT && entry.n == order.entry) {
        Some(attached) => std::iter::once((CONTENT.to_owned(), attached.content.clone())).chain(texts).collect(),
        None => texts.filter(|(path, _)| *path == order.path).collect(),
    }
}

impl Examination<'_> {
    /// Whether each document has the bytes that its entry seals. One at a time: a case can hold many.
    pub(super) fn documents(&mut self, db: &mut Db, case: &CaseId, removed: &mut Vec<String>) -> Result<(), AppError> {
        let removals: BTreeSet<_> = self.entries.iter().filter_map(removal_key).collect();
        let attached = self.entries.iter().filter_map(|entry| Some((entry, entry.attached()?)));
        let key = |id: &DocumentId, room: &Room, n: u64| (id.clone(), room.to_string(), i64::try_from(n).unwrap_or(0));
        let mut expected: BTreeMap<_, _> = attached
            .map(|(entry, attached)| {
                let (room, n, digest) = (entry.room.clone(), entry.n, attached.content.clone());
                (key(&attached.id, &room, n), (room, n, digest))
            })
            .collect();
        for place in documents::places(db, case)? {
            let Some((room, n, digest)) = expected.remove(&(place.id.clone(), place.room.clone(), place.n)) else {
                self.entry_problem(&place.room, place.n, "document: no entry refers to it");
                continue;
            };
            let content = documents::content(db, &place.id)?.unwrap_or(Content { salt: None, bytes: None });
            match content {
                Content { salt: None, bytes: None } => {
                    match removals.contains(&(room, n, CONTENT.to_owned(), digest)) {
                        true => removed.push(format!("{} {} entry {n} document", self.number, place.room)),
                        false => self.entry_problem(&place.room, place.n, "document: it is gone, and no entry says so"),
                    }
                }
                content if is_sealed(&content, &digest) => {}
                _ => self.entry_problem(&place.room, place.n, "document: it has been changed"),
            }
        }
        for (room, n, _) in expected.into_values() {
            self.entry_problem(&room.to_string(), i64::try_from(n).unwrap_or(0), "document: it is missing");
        }
        Ok(())
    }
}

fn is_sealed(content: &Content, digest: &Digest) -> bool {
    let Content { salt: Some(salt), bytes: Some(bytes) } = content else { return false };
    unhex(salt).is_some_and(|plain| hex(&plain) == *salt && content_digest(&plain, bytes) == *digest)
}
