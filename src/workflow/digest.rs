//! Digests and the canonical form that they are made over.

use serde_json::Value;

use crate::ids::{Digest, hex};

/// JSON with sorted keys and no white space: equal values are equal bytes.
pub fn canonical(value: &Value) -> String {
    match value {
        Value::Object(map) => {
            let mut keys: Vec<_> = map.keys().collect();
            keys.sort();
            let parts = keys.into_iter().map(|key| format!("{}:{}", Value::from(key.as_str()), canonical(&map[key])));
            format!("{{{}}}", parts.collect::<Vec<_>>().join(","))
        }
        Value::Array(items) => format!("[{}]", items.iter().map(canonical).collect::<Vec<_>>().join(",")),
        other => other.to_string(),
    }
}

/// SHA-256 in hexadecimal.
pub fn sha256(bytes: &[u8]) -> Digest {
    use sha2::Digest as _;
    Digest(hex(&sha2::Sha256::digest(bytes)))
}
