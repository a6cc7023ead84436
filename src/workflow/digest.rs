//! What a case refers to: the SHA-256 of a workflow file's document tree, in a form that formatting, comments, aliases
//! and key order do not change, and that titles, help and reasons are left out of - a better word is no new version.
//!
//! It is taken of the document, not of Rust types: a later binary with more keys computes the same digest.

use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};

use crate::ids::{Digest, hex};

/// Keys that say something to people and nothing to the engine.
pub const WORDS: [&str; 3] = ["title", "help", "why"];

/// SHA-256.
pub fn sha256(bytes: &[u8]) -> Digest {
    Digest(hex(&Sha256::digest(bytes)))
}

/// Canonical JSON: keys sorted by code point at every level, no whitespace, UTF-8 unescaped but for what JSON demands.
pub fn canonical(value: &Value) -> String {
    sorted(value, &[]).to_string()
}

/// The digest of a workflow document.
pub fn definition_digest(document: &Value) -> Digest {
    sha256(sorted(document, &WORDS).to_string().as_bytes())
}

/// With keys sorted at every level, and without those in `omitted`.
fn sorted(value: &Value, omitted: &[&str]) -> Value {
    match value {
        Value::Array(items) => items.iter().map(|item| sorted(item, omitted)).collect(),
        Value::Object(map) => {
            let mut kept: Vec<_> = map.iter().filter(|(key, _)| !omitted.contains(&key.as_str())).collect();
            kept.sort_by_key(|(key, _)| key.as_str());
            Value::Object(
                kept.into_iter().map(|(key, value)| (key.clone(), sorted(value, omitted))).collect::<Map<_, _>>(),
            )
        }
        scalar => scalar.clone(),
    }
}
