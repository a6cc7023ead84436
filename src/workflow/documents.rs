//! Documents that a text carries: given in the same step, and confirmed, approved and handed in with it as one.
//!
//! A text alone is confirmed by its own digest, as ever. With documents it is confirmed by one digest over both, so that
//! whoever approves a statement approves what goes with it, and another pick is another statement. They are named by their
//! ids; what those are, the entries say that attached them.

use serde_json::{Value, json};

use super::case::field_of;
use super::definition::{Definition, FieldKind};
use super::digest::{canonical, sha256};
use super::input::value_digest;
use crate::ids::{Digest, DocumentId};

/// The key of the documents that go with the text of a key: of the same principal, where each has its own.
pub fn carried(definition: &Definition, key: &str) -> Option<String> {
    let field = field_of(key);
    let carries = definition.fields.get(field)?.carries.as_ref()?;
    Some(format!("{carries}{}", &key[field.len()..]))
}

/// The digest by which a value is confirmed together with the documents that it carries.
pub fn digest_with(value: &Value, documents: Option<&Value>) -> Digest {
    let alone = value_digest(value);
    match documents {
        None => alone,
        Some(documents) => sha256(canonical(&json!([alone, documents])).as_bytes()),
    }
}

/// The documents that a value of this key names.
pub fn named<'a>(definition: &Definition, key: &str, value: &'a Value) -> impl Iterator<Item = DocumentId> + use<'a> {
    let names = definition.fields.get(field_of(key)).is_some_and(|field| field.kind == FieldKind::Documents);
    let ids = value.as_array().filter(|_| names).into_iter().flatten();
    ids.filter_map(Value::as_str).map(DocumentId::from)
}
