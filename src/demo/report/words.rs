//! Values of a case in Swedish words, and lines of a bearable width.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde_json::Value;

use super::gather::Told;
use crate::calendar::in_words;
use crate::workflow::case::field_of;
use crate::workflow::definition::{Field, FieldKind};
use crate::workflow::input::referenced_text;

/// How wide a line may be.
pub const WIDTH: usize = 100;
/// Values up to this length stand beside one another.
const SHORT: usize = 44;

/// Where the texts of an entry are found, and names.
pub struct Words<'a> {
    /// The case.
    pub told: &'a Told,
    /// The names of organisations and people.
    pub names: &'a BTreeMap<String, String>,
    /// The room.
    pub room: String,
    /// The entry.
    pub entry: u64,
}

impl Words<'_> {
    /// What an entry holds, a paragraph for each long value, short ones beside one another; in the order of the file.
    pub fn paragraphs(&self, data: &BTreeMap<String, Value>) -> Vec<String> {
        let mut paragraphs: Vec<String> = Vec::new();
        let mut short: Vec<String> = Vec::new();
        for (name, field) in &self.told.known.definition.fields {
            let of_field = data.iter().filter(|(key, _)| field_of(key) == name);
            for (key, value) in of_field {
                if let (FieldKind::List, Value::Array(items)) = (field.kind, value) {
                    flush(&mut short, &mut paragraphs);
                    paragraphs.push(labelled(field.label(), ""));
                    let said =
                        items.iter().enumerate().map(|(at, item)| self.value(field, &format!("{key}.{at}"), item));
                    paragraphs.extend(said.map(|said| format!("– {said}")));
                    continue;
                }
                let said = labelled(field.label(), &self.value(field, key, value));
                if said.chars().count() <= SHORT {
                    short.push(said);
                    continue;
                }
                flush(&mut short, &mut paragraphs);
                paragraphs.push(said);
            }
        }
        flush(&mut short, &mut paragraphs);
        paragraphs
    }

    fn value(&self, field: &Field, path: &str, value: &Value) -> String {
        if referenced_text(value).is_some() {
            let place = (self.room.clone(), self.entry, path.to_owned());
            return self.told.texts.get(&place).cloned().unwrap_or_else(|| "(borttagen)".to_owned());
        }
        match value {
            Value::Bool(yes) => if *yes { "ja" } else { "nej" }.to_owned(),
            Value::String(text) => self.scalar(field, text),
            Value::Array(items) => {
                let numbered = items.iter().enumerate();
                let said = numbered.map(|(at, item)| self.value(field, &format!("{path}.{at}"), item));
                said.collect::<Vec<_>>().join(", ")
            }
            Value::Object(parts) => {
                let known = field.parts.iter().filter_map(|(name, part)| Some((name, part, parts.get(name)?)));
                let said = known.map(|(name, part, value)| {
                    labelled(&part.label().to_lowercase(), &self.value(part, &format!("{path}.{name}"), value))
                });
                said.collect::<Vec<_>>().join(" · ")
            }
            other => other.to_string(),
        }
    }

    fn scalar(&self, field: &Field, text: &str) -> String {
        let name = || self.names.get(text).cloned();
        let option = || field.options.get(text).map(|option| option.title.clone());
        let date = || NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().map(in_words);
        let said = match field.kind {
            FieldKind::Choice | FieldKind::Choices => option(),
            FieldKind::Date => date(),
            FieldKind::Principal | FieldKind::Unit | FieldKind::Units => name(),
            _ => None,
        };
        said.unwrap_or_else(|| text.to_owned())
    }
}

/// `Titel: värde`; a title that asks needs no colon.
fn labelled(title: &str, value: &str) -> String {
    let colon = if title.ends_with('?') { "" } else { ":" };
    format!("{title}{colon} {value}")
}

fn flush(short: &mut Vec<String>, paragraphs: &mut Vec<String>) {
    if !short.is_empty() {
        paragraphs.push(std::mem::take(short).join(" · "));
    }
}

/// The text in lines of [`WIDTH`], each after so many spaces; the first line after `first` instead.
pub fn wrapped(first: &str, indent: usize, text: &str) -> String {
    let (mut lines, mut line) = (Vec::new(), first.to_owned());
    let mut empty = true;
    for word in text.replace("§ ", "§\u{a0}").split([' ', '\n']).filter(|word| !word.is_empty()) {
        if !empty && line.chars().count() + 1 + word.chars().count() > WIDTH {
            lines.push(std::mem::replace(&mut line, " ".repeat(indent)));
            empty = true;
        }
        if !empty {
            line.push(' ');
        }
        line.push_str(word);
        empty = false;
    }
    lines.push(line);
    lines.join("\n") + "\n"
}
