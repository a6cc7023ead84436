//! What somebody may look into beside a case itself: who has read it, its log, what of it she may remove.

use super::log::shows_log;
use super::reads::answers_for;
use super::removals::is_archivist;
use super::{App, AppError, access};
use crate::authz::Actor;
use crate::ids::CaseNumber;

/// What the actor may look into beside a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Oversight {
    /// Who of her own people has read it.
    pub reads: bool,
    /// Its log.
    pub log: bool,
    /// What can be removed.
    pub removals: bool,
}

impl App {
    /// What the actor may look into beside a case.
    ///
    /// # Errors
    /// [`AppError::NotFound`] alike where there is no such case and where she may not know of it.
    pub fn oversight(&self, actor: &Actor, number: &CaseNumber) -> Result<Oversight, AppError> {
        self.store.read(|db| {
            let access = access::open(db, actor, number)?;
            Ok(Oversight {
                reads: !answers_for(&access, actor).is_empty(),
                log: shows_log(&access, actor),
                removals: is_archivist(&access, actor),
            })
        })
    }
}
