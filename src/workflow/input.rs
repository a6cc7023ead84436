//! What somebody gave with a step: checked against the fields of the form, free text parted from the rest.
//!
//! A text leaves here in two pieces: its salted digest, which goes into the log, and the text itself with its salt, which
//! is stored beside it and can be removed. A personal identity number is refused before anything is stored.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use serde_json::{Map, Value, json};

use super::context::Organisation;
use super::definition::{DateSide, Definition, Field, FieldKind};
use super::digest::{canonical, sha256};
use super::rejection::{Code, Reason};
use crate::ids::{CaseNumber, Digest, DocumentId, PrincipalId, UnitId, hex};
use crate::personal_number;

/// The longest free text, in characters.
pub const LONGEST_TEXT: usize = 20_000;
/// The longest text of one line, in characters.
pub const LONGEST_LINE: usize = 200;
/// The years that a date can lie in: those that the calendar knows, and that somebody can have meant.
pub const EARLIEST_YEAR: i32 = 2005;
/// The last of them.
pub const LATEST_YEAR: i32 = 2200;
/// The most items of a list or of several choices.
pub const MOST_ITEMS: usize = 50;

/// A free text apart from the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredText {
    /// Where in the entry's data it belongs, such as `measures_planned.0.what`.
    pub path: String,
    /// The salt that its digest was made with.
    pub salt: [u8; 16],
    /// The text.
    pub text: String,
}

impl StoredText {
    /// SHA-256 of salt and text: what the log holds.
    pub fn digest(&self) -> Digest {
        text_digest(&self.salt, &self.text)
    }
}

/// SHA-256 of salt and text.
pub fn text_digest(salt: &[u8], text: &str) -> Digest {
    content_digest(salt, text.as_bytes())
}

/// SHA-256 of salt and bytes.
pub fn content_digest(salt: &[u8], bytes: &[u8]) -> Digest {
    use sha2::{Digest as _, Sha256};
    Digest(hex(&Sha256::new().chain_update(salt).chain_update(bytes).finalize()))
}

/// The key that marks a text's digest; no field or part can have it as its name.
const TEXT: &str = "$text";

/// What a log entry holds in a text's place.
pub fn text_reference(digest: &Digest) -> Value {
    json!({ TEXT: digest })
}

/// The digest that stands in a text's place, if the value is one.
pub fn referenced_text(value: &Value) -> Option<&str> {
    value.as_object().filter(|map| map.len() == 1)?.get(TEXT)?.as_str()
}

/// The digest by which a stored value is confirmed: the text's own, or that of the whole value.
pub fn value_digest(value: &Value) -> Digest {
    match referenced_text(value) {
        Some(digest) => Digest::from(digest),
        None => sha256(canonical(value).as_bytes()),
    }
}

/// What the checks of values need to know of the world.
pub struct Known<'a> {
    /// The principals and units.
    pub organisation: &'a Organisation,
    /// The principal whose person takes the step; its units may be named.
    pub principal: Option<&'a PrincipalId>,
    /// The day of the step, Europe/Stockholm.
    pub day: NaiveDate,
    /// Other cases that the actor may name.
    pub cases: &'a BTreeSet<CaseNumber>,
    /// Documents of the case that the actor may see.
    pub documents: &'a BTreeSet<DocumentId>,
    /// Salts are derived from it; a fresh one for each step.
    pub seed: [u8; 32],
}

/// The checked input: the values as the log holds them, and the texts apart.
#[derive(Debug, Default, Clone, PartialEq)]
pub struct Input {
    /// By field.
    pub data: BTreeMap<String, Value>,
    /// The free texts.
    pub texts: Vec<StoredText>,
}

/// Checks `given` against the fields that a form shows. Whether a field must be there is not asked here.
///
/// # Errors
/// Every reason at once: unknown fields, wrong types, texts too long, a personal identity number.
pub fn read(
    definition: &Definition,
    form: &[&String],
    given: &Map<String, Value>,
    known: &Known,
) -> Result<Input, Vec<Reason>> {
    let mut reader = Reader { known, input: Input::default(), reasons: Vec::new() };
    for (name, value) in given {
        let field = definition.fields.get(name).filter(|_| form.contains(&name));
        match field {
            None => reader.refuse(Code::UnknownField, name, "Fältet hör inte till det här steget."),
            Some(_) if is_empty(value) => {}
            Some(field) => {
                if let Some(stored) = reader.value(name, field, value) {
                    reader.input.data.insert(name.clone(), stored);
                }
            }
        }
    }
    if reader.reasons.is_empty() { Ok(reader.input) } else { Err(reader.reasons) }
}

/// A free text that may be kept: not too long, and without a personal identity number.
///
/// # Errors
/// Why it may not be kept. The reason names the place and never repeats the text.
pub fn free_text(path: &str, text: &str, salt: [u8; 16]) -> Result<StoredText, Reason> {
    if text.trim().is_empty() {
        return Err(Reason::field(Code::Required, path, "Texten är tom."));
    }
    if text.chars().count() > LONGEST_TEXT {
        return Err(Reason::field(Code::TooLong, path, &format!("Texten är längre än {LONGEST_TEXT} tecken.")));
    }
    if text.contains('\0') {
        return Err(Reason::field(Code::WrongType, path, "Texten innehåller ett otillåtet tecken."));
    }
    match personal_number::contains(text) {
        true => Err(Reason::personal_number(path)),
        false => Ok(StoredText { path: path.to_owned(), salt, text: text.to_owned() }),
    }
}

/// The civil date that a value is, in the years that can be counted.
pub(super) fn date_of(value: &Value) -> Option<NaiveDate> {
    let date = NaiveDate::parse_from_str(value.as_str()?, "%Y-%m-%d").ok()?;
    (EARLIEST_YEAR..=LATEST_YEAR).contains(&chrono::Datelike::year(&date)).then_some(date)
}

/// Whether a value counts as not given.
pub(super) fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        Value::Array(items) => items.is_empty(),
        _ => false,
    }
}

struct Reader<'a> {
    known: &'a Known<'a>,
    input: Input,
    reasons: Vec<Reason>,
}

impl Reader<'_> {
    fn refuse(&mut self, code: Code, path: &str, detail: &str) {
        self.reasons.push(Reason::field(code, path, detail));
    }

    fn wrong<T>(&mut self, path: &str, detail: &str) -> Option<T> {
        self.refuse(Code::WrongType, path, detail);
        None
    }

    fn value(&mut self, path: &str, field: &Field, value: &Value) -> Option<Value> {
        match field.kind {
            FieldKind::Text if field.lines.is_some() => self.line(path, value),
            FieldKind::Text | FieldKind::Proposal | FieldKind::Statement => self.text(path, value),
            FieldKind::Date => self.date(path, field, value),
            FieldKind::YesNo if value.is_boolean() => Some(value.clone()),
            FieldKind::YesNo => self.wrong(path, "Svara ja eller nej (true eller false)."),
            FieldKind::Number if value.as_u64().is_some_and(|number| number <= 1_000_000_000_000) => {
                Some(value.clone())
            }
            FieldKind::Number => self.wrong(path, "Ange ett heltal från 0."),
            FieldKind::Choice => self.choice(path, field, value),
            FieldKind::Choices => self.items(path, value, |reader, path, item| reader.choice(path, field, item)),
            FieldKind::Principal => self.principal(path, value),
            FieldKind::Unit => self.unit(path, value),
            FieldKind::Units => self.items(path, value, |reader, path, item| reader.unit(path, item)),
            FieldKind::Case => self.case(path, value),
            FieldKind::Documents => self.documents(path, value),
            FieldKind::Record => self.record(path, field, value),
            FieldKind::List => self.items(path, value, |reader, path, item| reader.record(path, field, item)),
        }
    }

    /// A short text on one line.
    fn line(&mut self, path: &str, value: &Value) -> Option<Value> {
        let text = value.as_str().unwrap_or_default().trim();
        if text.contains(['\n', '\r']) {
            return self.wrong(path, "Skriv på en rad.");
        }
        if text.chars().count() > LONGEST_LINE {
            self.refuse(Code::TooLong, path, &format!("Texten är längre än {LONGEST_LINE} tecken."));
            return None;
        }
        self.text(path, value)
    }

    fn text(&mut self, path: &str, value: &Value) -> Option<Value> {
        let Some(text) = value.as_str() else { return self.wrong(path, "Ange text.") };
        match free_text(path, text, self.salt(path)) {
            Ok(stored) => {
                let reference = text_reference(&stored.digest());
                self.input.texts.push(stored);
                Some(reference)
            }
            Err(reason) => {
                self.reasons.push(reason);
                None
            }
        }
    }

    fn salt(&self, path: &str) -> [u8; 16] {
        use sha2::{Digest as _, Sha256};
        let hash = Sha256::new().chain_update(self.known.seed).chain_update(path.as_bytes()).finalize();
        let mut salt = [0; 16];
        salt.copy_from_slice(&hash[..16]);
        salt
    }

    fn date(&mut self, path: &str, field: &Field, value: &Value) -> Option<Value> {
        let Some(date) = date_of(value) else {
            let detail = format!("Ange ett datum som ÅÅÅÅ-MM-DD, mellan år {EARLIEST_YEAR} och {LATEST_YEAR}.");
            return self.wrong(path, &detail);
        };
        let side = match (field.must_be, date.cmp(&self.known.day)) {
            (Some(DateSide::Past), Ordering::Greater) => "efter",
            (Some(DateSide::Coming), Ordering::Less) => "före",
            _ => return Some(json!(date)),
        };
        self.refuse(Code::Happened, path, &format!("Ange en dag som inte ligger {side} den då steget skedde."));
        None
    }

    fn choice(&mut self, path: &str, field: &Field, value: &Value) -> Option<Value> {
        match value.as_str().filter(|choice| field.options.contains_key(*choice)) {
            Some(choice) => Some(json!(choice)),
            None => {
                let options: Vec<_> = field.options.keys().map(String::as_str).collect();
                self.wrong(path, &format!("Välj ett av värdena {}.", options.join(", ")))
            }
        }
    }

    fn principal(&mut self, path: &str, value: &Value) -> Option<Value> {
        let known = |id: &&str| self.known.organisation.principals.contains_key(&PrincipalId::from(*id));
        match value.as_str().filter(known) {
            Some(id) => Some(json!(id)),
            None => self.wrong(path, "Ange en huvudman som finns i systemet."),
        }
    }

    fn unit(&mut self, path: &str, value: &Value) -> Option<Value> {
        let own = |id: &&str| self.known.organisation.units.get(&UnitId::from(*id)) == self.known.principal;
        match value.as_str().filter(own) {
            Some(id) if self.known.principal.is_some() => Some(json!(id)),
            _ => self.wrong(path, "Ange en verksamhet hos den egna huvudmannen."),
        }
    }

    fn case(&mut self, path: &str, value: &Value) -> Option<Value> {
        match value.as_str().filter(|number| self.known.cases.contains(&CaseNumber::from(*number))) {
            Some(number) => Some(json!(number)),
            None => self.wrong(path, "Ange numret på ett ärende som du har tillgång till."),
        }
    }

    fn documents(&mut self, path: &str, value: &Value) -> Option<Value> {
        let picked = self.items(path, value, |reader, path, item| {
            match item.as_str().filter(|id| reader.known.documents.contains(&DocumentId::from(*id))) {
                Some(id) => Some(json!(id)),
                None => reader.wrong(path, "Välj en handling i ärendet som du har tillgång till."),
            }
        })?;
        // The same pick is the same value, in whatever order and however often each was named.
        let ids: BTreeSet<&str> = picked.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        Some(json!(ids))
    }

    fn record(&mut self, path: &str, field: &Field, value: &Value) -> Option<Value> {
        let Some(given) = value.as_object() else { return self.wrong(path, "Ange delarna var för sig.") };
        for name in given.keys().filter(|name| !field.parts.contains_key(*name)) {
            self.refuse(Code::UnknownField, &format!("{path}.{name}"), "Delen finns inte.");
        }
        let mut stored = Map::new();
        for (name, part) in &field.parts {
            let path = format!("{path}.{name}");
            match given.get(name).filter(|value| !is_empty(value)) {
                Some(value) => stored.extend(self.value(&path, part, value).map(|value| (name.clone(), value))),
                None if part.optional => {}
                None => self.reasons.push(Reason::required(&path, &part.title)),
            }
        }
        // As the log sorts them, so that a value is the same before it was written and read back.
        stored.sort_keys();
        Some(Value::Object(stored))
    }

    fn items(
        &mut self,
        path: &str,
        value: &Value,
        mut each: impl FnMut(&mut Self, &str, &Value) -> Option<Value>,
    ) -> Option<Value> {
        let Some(items) = value.as_array() else { return self.wrong(path, "Ange en lista.") };
        if items.len() > MOST_ITEMS {
            let detail = format!("Listan har fler än {MOST_ITEMS} delar.");
            self.refuse(Code::TooLong, path, &detail);
            return None;
        }
        let numbered = items.iter().enumerate();
        Some(numbered.filter_map(|(at, item)| each(self, &format!("{path}.{at}"), item)).collect())
    }
}
