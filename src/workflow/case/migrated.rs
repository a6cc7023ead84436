//! What becomes of what a case holds when it goes over to another version of its workflow. Its deadlines are changed by the step
//! like any other's.

use std::collections::BTreeMap;

use super::Case;
use crate::workflow::step::Migrated;

impl Case {
    pub(super) fn go_over(&mut self, migrated: &Migrated, state: &str) {
        self.version = migrated.to;
        state.clone_into(&mut self.state);
        self.fields.retain(|key, _| !migrated.dropped.contains(key));
        for (key, held) in &mut self.fields {
            if migrated.fields.contains_key(key) {
                held.given_as.get_or_insert_with(|| key.clone());
            }
        }
        renamed(&mut self.fields, &migrated.fields);
        renamed(&mut self.taken, &migrated.transitions);
    }
}

/// Gives all their new names at once, so that two may exchange theirs.
fn renamed<T>(held: &mut BTreeMap<String, T>, names: &BTreeMap<String, String>) {
    let old = std::mem::take(held);
    held.extend(old.into_iter().map(|(key, value)| (names.get(&key).cloned().unwrap_or(key), value)));
}
