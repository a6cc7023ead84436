//! Other cases that a case names: their numbers, as far as the reader may know of them. A number is news of a case, and
//! whoever comes to a case later - a new receiver, a body - may know less than those who wrote the number down.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::app::{AppError, access};
use crate::authz::Actor;
use crate::ids::CaseNumber;
use crate::store::{Db, cases, visibility};
use crate::workflow::definition::{Field, FieldKind};

/// What a reader may know of.
pub(super) struct Mentions {
    readers: Vec<String>,
    known: BTreeMap<CaseNumber, bool>,
}

impl Mentions {
    /// For this reader.
    pub(super) fn of(actor: &Actor) -> Mentions {
        Mentions { readers: access::reader_keys(actor), known: BTreeMap::new() }
    }

    /// Whether the reader may know of the case.
    pub(super) fn allows(&mut self, db: &mut Db, number: &CaseNumber) -> Result<bool, AppError> {
        if let Some(allowed) = self.known.get(number) {
            return Ok(*allowed);
        }
        let allowed = match cases::by_number(db, number)? {
            Some(other) => !visibility::of(db, &other.id, &self.readers)?.is_empty(),
            None => false,
        };
        self.known.insert(number.clone(), allowed);
        Ok(allowed)
    }

    /// What is left of a value without the numbers that the reader may not know; nothing where it was one.
    pub(super) fn kept(&mut self, db: &mut Db, field: Option<&Field>, value: Value) -> Result<Option<Value>, AppError> {
        let Some(field) = field else { return Ok(Some(value)) };
        match (field.kind, value) {
            (FieldKind::Case, Value::String(number)) => {
                let allowed = self.allows(db, &CaseNumber(number.clone()))?;
                Ok(allowed.then_some(Value::String(number)))
            }
            (FieldKind::Record, Value::Object(parts)) => {
                let mut kept = serde_json::Map::new();
                for (name, part) in parts {
                    if let Some(part) = self.kept(db, field.parts.get(&name), part)? {
                        kept.insert(name, part);
                    }
                }
                Ok(Some(Value::Object(kept)))
            }
            (FieldKind::List, Value::Array(items)) => {
                let item = Field { kind: FieldKind::Record, ..field.clone() };
                let kept = items.into_iter().map(|value| self.kept(db, Some(&item), value));
                let kept = kept.collect::<Result<Vec<_>, _>>()?;
                Ok(Some(Value::Array(kept.into_iter().flatten().collect())))
            }
            (_, value) => Ok(Some(value)),
        }
    }
}
