//! What a body may read of a case that was sent to it: what was written for it, and the later entries of its level; never
//! the text of anything else.

use std::collections::BTreeSet;

use super::case::Made;
use super::definition::{Definition, FieldKind, Transition};
use super::documents;
use super::step::Step;
use crate::ids::{BodyId, Digest};

/// How much of an entry a reader sees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sight {
    /// All of it.
    Whole,
    /// Only these keys of its data: the statements that were handed in to the body, and the documents that they carry.
    Only(BTreeSet<String>),
    /// That it happened, when, and for whom: no word of it.
    Outline,
    /// Nothing.
    Hidden,
}

/// What a body sees of each step of the shared room, in order. `from` is the entry that first carried the case to it.
pub fn of_body(body: &BodyId, from: u64, steps: &[Made]) -> Vec<Sight> {
    let handed_in = handed_in(body, steps);
    steps.iter().map(|made| sight(made.definition, body, made.entry >= from, &handed_in, made.step)).collect()
}

fn sight(definition: &Definition, body: &BodyId, later: bool, handed_in: &BTreeSet<Digest>, step: &Step) -> Sight {
    let of_its_level = step.by.body().is_some_and(|other| same_level(definition, body, other));
    if later && of_its_level {
        return Sight::Whole;
    }
    let keys = for_it(definition, handed_in, step);
    match (keys.is_empty(), later) {
        (false, _) => Sight::Only(keys),
        (true, true) => Sight::Outline,
        (true, false) => Sight::Hidden,
    }
}

/// The keys of the statements that were handed in, and of the documents that each carried: no others, for a statement that
/// was handed in with other documents has another digest.
fn for_it(definition: &Definition, handed_in: &BTreeSet<Digest>, step: &Step) -> BTreeSet<String> {
    let mut keys = BTreeSet::new();
    for (key, value) in &step.data {
        let carried = documents::carried(definition, key).filter(|key| step.data.contains_key(key));
        let documents = carried.as_ref().and_then(|key| step.data.get(key));
        if handed_in.contains(&documents::digest_with(value, documents)) {
            keys.insert(key.clone());
            keys.extend(carried);
        }
    }
    keys
}

/// Whether two bodies share a level: the same states carry a matter to both.
fn same_level(definition: &Definition, one: &BodyId, other: &BodyId) -> bool {
    let reach = |body: &BodyId| definition.bodies.get(body.as_str()).map(|body| &body.reach);
    reach(one).is_some() && reach(one) == reach(other)
}

/// The digests of the statements that were handed in while, or so that, the case stood within the body's reach.
fn handed_in(body: &BodyId, steps: &[Made]) -> BTreeSet<Digest> {
    let arrives = |made: &&Made| {
        let reach = made.definition.bodies.get(body.as_str()).map(|body| body.reach.as_str());
        reach.is_some_and(|reach| made.definition.group_holds(reach, &made.step.to))
    };
    let hands_in = |made: &&Made| {
        let found = made.definition.transition(&made.step.transition);
        found.is_some_and(|found| hands_in(made.definition, found))
    };
    let handed = steps.iter().filter(|made| arrives(made) && hands_in(made));
    handed.filter_map(|made| made.step.of.as_ref()).map(|of| of.digest.clone()).collect()
}

/// Whether a transition hands a statement in: it is of one, and is not the approval of it.
fn hands_in(definition: &Definition, transition: &Transition) -> bool {
    let field = transition.of.as_ref().and_then(|of| definition.fields.get(of));
    field.is_some_and(|field| field.kind == FieldKind::Statement) && transition.not_same_as.is_none()
}
