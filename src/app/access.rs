//! What an actor sees of a case: the gate of every read. Whoever sees nothing is told that there is nothing.

use std::collections::BTreeSet;

use super::AppError;
use crate::authz::{Actor, Reader};
use crate::ids::{BodyId, CaseId, CaseNumber};
use crate::store::cases::{self, StoredCase};
use crate::store::log::Tip;
use crate::store::visibility::{self, Sight};
use crate::store::{Db, StoreError};
use crate::workflow::log::Room;

/// How much of the shared room an actor sees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reach {
    /// All of it, from an entry on, mostly the first: those of a present party. What the case holds now they see whole.
    Full(u64),
    /// What was shared until an entry: those of a former party, or of a unit that it was routed to.
    Until(u64),
    /// What was sent to bodies, each from an entry on.
    Bodies(Vec<(BodyId, u64)>),
}

impl Reach {
    /// Whether it ends at this entry of the shared room or after it.
    pub fn extends_to(&self, entry: u64) -> bool {
        !matches!(self, Reach::Until(until) if *until < entry)
    }

    /// The last entry seen, as rows of lists hold it: of several that a person reads as, the greatest says how she sees the
    /// case.
    pub fn seen_until(&self) -> i64 {
        match self {
            Reach::Full(_) => i64::MAX,
            Reach::Until(until) => i64::try_from(*until).unwrap_or(i64::MAX - 1),
            Reach::Bodies(_) => 0,
        }
    }
}

/// A case that an actor may know of.
#[derive(Debug, Clone)]
pub struct Access {
    /// The case.
    pub stored: StoredCase,
    /// How much of the shared room she sees.
    pub reach: Reach,
    /// The rooms of single principals that she reads.
    pub own_rooms: Vec<Sight>,
    /// The keys of all that she sees it as.
    pub seen_as: BTreeSet<String>,
}

impl Access {
    /// Whether it is (also) this reader whose sight she has.
    pub fn is_seen_as(&self, reader: &Reader) -> bool {
        self.seen_as.contains(&reader.key())
    }
}

/// The keys of all that an actor reads as.
pub fn reader_keys(actor: &Actor) -> Vec<String> {
    actor.readers().iter().map(Reader::key).collect()
}

/// The case, where the actor may know of it.
///
/// # Errors
/// [`AppError::NotFound`] alike where there is no such case and where she may not know of it.
pub fn open(db: &mut Db, actor: &Actor, number: &CaseNumber) -> Result<Access, AppError> {
    let stored = cases::by_number(db, number)?.ok_or(AppError::NotFound)?;
    see(db, actor, stored)
}

/// The same for whoever is about to change the case, with the end of its shared chain: nobody else changes them while this
/// transaction lasts.
pub fn open_to_change(db: &mut Db, actor: &Actor, number: &CaseNumber) -> Result<(Access, Tip), AppError> {
    let (stored, tip) = cases::lock_for(db, number, &reader_keys(actor))?.ok_or(AppError::NotFound)?;
    Ok((see(db, actor, stored)?, tip))
}

/// Whether the actor may know of a case: exactly where [`see`] finds it.
pub fn knows(db: &mut Db, actor: &Actor, case: &CaseId) -> Result<bool, StoreError> {
    let sights = visibility::of(db, case, &reader_keys(actor))?;
    Ok(sights.iter().any(|sight| sight.room == Room::Shared))
}

/// How the actor sees a case that was read already.
///
/// # Errors
/// [`AppError::NotFound`] where she may not know of it.
pub fn see(db: &mut Db, actor: &Actor, stored: StoredCase) -> Result<Access, AppError> {
    let sights = visibility::of(db, &stored.id, &reader_keys(actor))?;
    seen(stored, sights).ok_or(AppError::NotFound)
}

/// How the actor sees cases that were read already: those of which she may know, asked for at once.
pub fn see_each(db: &mut Db, actor: &Actor, stored: Vec<StoredCase>) -> Result<Vec<Access>, StoreError> {
    let ids: Vec<_> = stored.iter().map(|stored| &stored.id).collect();
    let mut sights = visibility::of_each(db, &ids, &reader_keys(actor))?;
    let of_case = stored.into_iter().map(|stored| (sights.remove(&stored.id).unwrap_or_default(), stored));
    Ok(of_case.filter_map(|(sights, stored)| seen(stored, sights)).collect())
}

fn seen(stored: StoredCase, sights: Vec<Sight>) -> Option<Access> {
    let seen_as = sights.iter().map(|sight| sight.reader.clone()).collect();
    let (shared, own_rooms): (Vec<_>, Vec<_>) = sights.into_iter().partition(|sight| sight.room == Room::Shared);
    let reach = reach(&shared)?;
    Some(Access { stored, reach, own_rooms, seen_as })
}

/// The widest of what several rows let an actor see.
pub fn reach(sights: &[Sight]) -> Option<Reach> {
    let body = |sight: &Sight| sight.reader.strip_prefix("body:").map(BodyId::from);
    let party = || sights.iter().filter(|sight| body(sight).is_none());
    if let Some(from) = party().filter(|sight| sight.until.is_none()).map(|sight| sight.from).min() {
        return Some(Reach::Full(from));
    }
    if let Some(until) = party().filter_map(|sight| sight.until).max() {
        return Some(Reach::Until(until));
    }
    let bodies: Vec<_> = sights.iter().filter_map(|sight| Some((body(sight)?, sight.from))).collect();
    (!bodies.is_empty()).then_some(Reach::Bodies(bodies))
}
