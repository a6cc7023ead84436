//! Documents under examination: whether each has the bytes that its entry seals.

use std::collections::BTreeMap;

use crate::app::AppError;
use crate::ids::CaseId;
use crate::store::Db;
use crate::store::documents::{self, Content};
use crate::workflow::proof::{Kept, Proof, place};

/// Examines each document of the rooms that are looked at. One at a time: a case can hold many.
pub(super) fn examine(
    proof: &mut Proof,
    db: &mut Db,
    case: &CaseId,
    is_looked_at: &dyn Fn(&str) -> bool,
) -> Result<(), AppError> {
    let attached = proof.entries.iter().filter_map(|entry| Some((entry, entry.attached()?)));
    let mut expected: BTreeMap<_, _> = attached
        .map(|(entry, attached)| {
            ((attached.id.clone(), entry.room.to_string(), place(entry)), attached.content.clone())
        })
        .collect();
    for stored in documents::places(db, case)?.into_iter().filter(|stored| is_looked_at(&stored.room)) {
        let Some(digest) = expected.remove(&(stored.id.clone(), stored.room.clone(), stored.n)) else {
            proof.entry_problem(&stored.room, stored.n, "document: no entry refers to it");
            continue;
        };
        let content = documents::content(db, &stored.id)?.unwrap_or(Content { salt: None, bytes: None });
        let (salt, content) = (content.salt.as_deref(), content.bytes.as_deref());
        proof.document(Kept { room: &stored.room, n: stored.n, salt, content }, &digest);
    }
    for (_, room, n) in expected.into_keys() {
        proof.entry_problem(&room, n, "document: it is missing");
    }
    Ok(())
}
