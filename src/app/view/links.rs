//! The cases that a case hangs together with.

use schemars::JsonSchema;
use serde::Serialize;

use crate::app::AppError;
use crate::app::access::{self, Access, Reach};
use crate::authz::Actor;
use crate::ids::CaseNumber;
use crate::store::{Db, cases, visibility};

/// A linked case.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct LinkView {
    /// What the other is to this one.
    pub relation: String,
    /// Whether it is the other that names this one.
    pub reverse: bool,
    /// The other's number.
    pub number: CaseNumber,
}

/// Links to cases that the actor may know of. A body sees none: what a matter grew out of stays below.
pub(super) fn links(db: &mut Db, actor: &Actor, access: &Access) -> Result<Vec<LinkView>, AppError> {
    if !matches!(access.reach, Reach::Full(_)) {
        return Ok(Vec::new());
    }
    let readers = access::reader_keys(actor);
    let mut links = Vec::new();
    for (relation, number, reverse) in cases::linked(db, &access.stored.id)? {
        let Some(other) = cases::by_number(db, &number)? else { continue };
        if !visibility::of(db, &other.id, &readers)?.is_empty() {
            links.push(LinkView { relation, reverse, number });
        }
    }
    Ok(links)
}
