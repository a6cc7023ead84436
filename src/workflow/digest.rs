//! What a case refers to: the SHA-256 of a workflow file's document tree, in a form that formatting, comments, aliases
//! and key order do not change, and that titles, help and reasons are left out of - a better word is no new version.
//!
//! It is taken of the document, not of Rust types: a later binary with more keys computes the same digest.

use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::ids::{Digest, hex};

/// Keys that say something to people and nothing to the engine.
pub const WORDS: [&str; 4] = ["title", "read_as", "help", "why"];

/// SHA-256.
pub fn sha256(bytes: &[u8]) -> Digest {
    Digest(hex(&Sha256::digest(bytes)))
}

/// Canonical JSON: keys sorted by code point at every level, no whitespace, UTF-8 unescaped but for what JSON demands.
pub fn canonical(value: &Value) -> String {
    let mut text = String::with_capacity(1024);
    write(value, &[], &mut text);
    text
}

/// The digest of a workflow document.
pub fn definition_digest(document: &Value) -> Digest {
    let mut text = String::new();
    write(document, &WORDS, &mut text);
    sha256(text.as_bytes())
}

/// Writes the value, keys sorted at every level, those in `omitted` left out.
fn write(value: &Value, omitted: &[&str], text: &mut String) {
    match value {
        Value::Object(map) => {
            let mut kept: Vec<_> = map.iter().filter(|(key, _)| !omitted.contains(&key.as_str())).collect();
            kept.sort_unstable_by_key(|(key, _)| key.as_str());
            text.push('{');
            for (at, (key, value)) in kept.into_iter().enumerate() {
                comma(at, text);
                write_text(key, text);
                text.push(':');
                write(value, omitted, text);
            }
            text.push('}');
        }
        Value::Array(items) => {
            text.push('[');
            for (at, item) in items.iter().enumerate() {
                comma(at, text);
                write(item, omitted, text);
            }
            text.push(']');
        }
        Value::String(string) => write_text(string, text),
        scalar => text.push_str(&scalar.to_string()),
    }
}

fn comma(at: usize, text: &mut String) {
    if at > 0 {
        text.push(',');
    }
}

/// A string in quotes. Most need no escape; those that do are left to the JSON library.
fn write_text(string: &str, text: &mut String) {
    let plain = |byte: u8| byte >= 0x20 && byte != b'"' && byte != b'\\';
    if string.bytes().all(plain) {
        text.push('"');
        text.push_str(string);
        text.push('"');
    } else {
        text.push_str(&Value::from(string).to_string());
    }
}
