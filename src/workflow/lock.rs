//! `workflows/digests.lock`: the digest of every workflow file, and which of them are final. Cases refer to a final file
//! by its digest, so it never changes again; a new version is a new file.

use std::fmt::Write;

use indexmap::IndexMap;
use schemars::{JsonSchema, schema_for};
use serde::{Deserialize, Serialize};

use super::definition::Definition;
use super::load::Loaded;
use super::problem::Problem;
use super::{schema, shape, source};
use crate::ids::Digest;

/// What it is called, in the folder of the files.
pub const LOCK_FILE: &str = "digests.lock";

/// What the lock says of one version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Locked {
    /// The digest of the definition.
    pub digest: Digest,
    /// Whether the file may never change again.
    #[serde(rename = "final")]
    pub is_final: bool,
}

/// The whole lock: `deviation@1: {digest: .., final: false}`, by the names of definitions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lock {
    file: String,
    locked: IndexMap<String, Locked>,
}

impl Default for Lock {
    /// That of a folder which has none yet.
    fn default() -> Self {
        Lock { file: LOCK_FILE.to_owned(), locked: IndexMap::new() }
    }
}

impl Lock {
    /// Reads the file.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn read(file: &str, text: &str) -> Result<Lock, Vec<Problem>> {
        let schema = schema::strict(schema_for!(IndexMap<String, Locked>));
        shape::typed(file, source::read(file, text), &schema).map(|(_, locked)| Lock { file: file.to_owned(), locked })
    }

    /// How problems name it.
    pub fn file(&self) -> &str {
        &self.file
    }

    /// What it says of this version.
    pub fn get(&self, definition: &Definition) -> Option<&Locked> {
        self.locked.get(&definition.name())
    }

    /// The versions that may never change again, as `deviation@1`.
    pub fn finals(&self) -> impl Iterator<Item = &str> {
        self.locked.iter().filter(|(_, locked)| locked.is_final).map(|(key, _)| key.as_str())
    }

    /// The text of a lock for these files; what is final in this lock stays so.
    pub fn render(&self, files: &[Loaded]) -> String {
        if files.is_empty() {
            return format!("{HEAD}{{}}\n");
        }
        let mut text = String::from(HEAD);
        // In quotes: a digest of digits alone, perhaps with one `e`, would be a number.
        for Loaded { definition, digest, .. } in files {
            let is_final = self.get(definition).is_some_and(|locked| locked.is_final);
            let _ = writeln!(text, "{}: {{digest: \"{digest}\", final: {is_final}}}", definition.name());
        }
        text
    }
}

const HEAD: &str =
    "# The digest of each workflow file. Once a version is final, its file never changes again: cases refer to it.\n";
