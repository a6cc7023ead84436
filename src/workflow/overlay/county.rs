//! The county's own times beside a municipality's overlay of the same version: under that no time is longer, for nobody is to wait
//! longer for having been cared for in one municipality. Asked where files are checked and where they are published.

use std::fmt;

use crate::calendar::Period;
use crate::workflow::definition::{Deadline, Definition, Local};
use crate::workflow::load::Loaded;

/// The county's own times over a version, each version of them.
pub(super) fn times<'k>(base: &Definition, known: &'k [Loaded]) -> Vec<&'k Definition> {
    over(base, known).filter(|(local, _)| local.is_county()).map(|(_, made)| made).collect()
}

/// The times that are longer under what a municipality has agreed than in the newest of the county's own. Only its newest is
/// held against them: one before it may be final, and never changes again; that it is published no more is asked there.
pub(super) fn longer(base: &Definition, made: &Definition, known: &[Loaded]) -> Vec<Longer> {
    let Some(own) = made.local.as_ref().filter(|local| !local.is_county()) else { return Vec::new() };
    let newer = |local: &Local| local.principal == own.principal && local.version > own.version;
    let county = times(base, known).into_iter().max_by_key(|county| county.local.as_ref().map(|local| local.version));
    let county = county.filter(|_| !over(base, known).any(|(local, _)| newer(local)));
    county.map(|county| Longer::of(made, county)).unwrap_or_default()
}

/// What lies over a version.
fn over<'k>(base: &Definition, known: &'k [Loaded]) -> impl Iterator<Item = (&'k Local, &'k Definition)> {
    let place = (base.workflow.clone(), base.version);
    let definitions = known.iter().map(|known| &known.definition);
    definitions.filter_map(move |made| {
        let local = made.local.as_ref()?;
        (place == (made.workflow.clone(), made.version)).then_some((local, made))
    })
}

/// A time that is longer than the county's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Longer {
    /// The deadline.
    pub deadline: String,
    /// How long it is.
    pub own: Period,
    /// How long in the county's own times.
    pub most: Period,
    /// Those, by name.
    pub county: String,
}

impl Longer {
    /// The times that are longer under what a municipality has agreed than in the county's own times over the same version.
    pub fn of(made: &Definition, county: &Definition) -> Vec<Longer> {
        let longer = |(id, deadline): (&String, &Deadline)| {
            let (own, most) = (made.deadlines.get(id)?.after?, deadline.after?);
            let found = || Longer { deadline: id.clone(), own, most, county: county.name() };
            most.is_shorter_than(own).then(found)
        };
        county.deadlines.iter().filter_map(longer).collect()
    }
}

impl fmt::Display for Longer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Longer { deadline, own, most, county } = self;
        write!(f, "`{deadline}` would be {own}, and {county} gives {most}: nobody waits longer in one municipality")
    }
}
