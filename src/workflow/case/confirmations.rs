//! Confirmations of a joint step that wait for those of others, and what becomes of them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Case, field_of};
use crate::ids::{Digest, PrincipalId};
use crate::workflow::definition::Definition;
use crate::workflow::step::Step;

/// Confirmations of one text that wait for others.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Confirmations {
    /// The digest of the text.
    pub digest: Option<Digest>,
    /// Who has confirmed, with the entry.
    pub by: BTreeMap<PrincipalId, u64>,
}

impl Case {
    pub(super) fn confirm(&mut self, entry: u64, step: &Step) {
        let Some(principal) = step.by.principal().cloned() else { return };
        let digest = step.of.as_ref().map(|of| of.digest.clone());
        let fresh = || Confirmations { digest: digest.clone(), by: BTreeMap::new() };
        let confirmations = self.confirmations.entry(step.transition.clone()).or_insert_with(fresh);
        if confirmations.digest != digest {
            *confirmations = fresh();
        }
        confirmations.by.insert(principal, entry);
    }

    pub(super) fn withdraw(&mut self, step: &Step) {
        let Some(confirmations) = self.confirmations.get_mut(&step.transition) else { return };
        if let Some(principal) = step.by.principal() {
            confirmations.by.remove(principal);
        }
        if confirmations.by.is_empty() {
            self.confirmations.remove(&step.transition);
        }
    }

    /// Drops the confirmations of a text that the step replaces or empties, or whose documents it does: they are of the old one, and do not come back
    /// where somebody proposes the same words again.
    pub(super) fn void_confirmations(&mut self, definition: &Definition, step: &Step) {
        let changed = |field: &String| {
            let mut keys = step.data.keys().chain(&step.cleared);
            keys.any(|key| field_of(key) == field)
        };
        self.confirmations.retain(|id, _| {
            let of = definition.transition(id).and_then(|joint| joint.of.as_ref());
            let carried = of.and_then(|of| definition.fields.get(of)).and_then(|field| field.carries.as_ref());
            *id == step.transition || !of.into_iter().chain(carried).any(changed)
        });
    }
}
