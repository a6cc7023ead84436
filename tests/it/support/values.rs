//! Values of the right type for any field, for tests that fill in forms at random.

use chrono::{Days, NaiveDate};
use samsyn::ids::IdSource;
use samsyn::workflow::definition::{DateSide, Field, FieldKind};
use serde_json::{Value, json};

/// What values may name, and who rolls the dice.
pub struct Values<'a> {
    pub dice: &'a IdSource,
    pub day: NaiveDate,
    pub principals: &'a [String],
    pub units: &'a [String],
    /// A case that may be named.
    pub case: &'a str,
    /// The documents that may be picked.
    pub documents: &'a [String],
    /// The words of a text.
    pub text: &'a dyn Fn(&Field) -> String,
}

/// A number below `sides`.
pub fn roll(dice: &IdSource, sides: usize) -> usize {
    usize::try_from(u32::from_le_bytes(dice.bytes())).unwrap() % sides
}

/// One of them.
pub fn pick<'a, T>(dice: &IdSource, items: &'a [T]) -> &'a T {
    &items[roll(dice, items.len())]
}

impl Values<'_> {
    fn days(&self, most: usize) -> Days {
        Days::new(u64::try_from(roll(self.dice, most)).unwrap())
    }

    fn date(&self, side: Option<DateSide>) -> NaiveDate {
        match side {
            Some(DateSide::Past) => self.day - self.days(20),
            Some(DateSide::Coming) => self.day + Days::new(1) + self.days(40),
            _ => self.day - Days::new(20) + self.days(60),
        }
    }

    /// A value of a field.
    pub fn of(&self, field: &Field) -> Value {
        let options: Vec<_> = field.options.keys().collect();
        let record = || Value::Object(field.parts.iter().map(|(id, part)| (id.clone(), self.of(part))).collect());
        match field.kind {
            FieldKind::Text | FieldKind::Proposal | FieldKind::Statement => json!((self.text)(field)),
            FieldKind::Date if field.dates_step || field.not_before.is_some() => json!(self.day),
            FieldKind::Date => json!(self.date(field.must_be)),
            FieldKind::YesNo => json!(roll(self.dice, 2) == 0),
            FieldKind::Number => json!(roll(self.dice, 9)),
            FieldKind::Choice => json!(pick(self.dice, &options)),
            FieldKind::Choices => json!([pick(self.dice, &options)]),
            FieldKind::Principal => json!(pick(self.dice, self.principals)),
            FieldKind::Unit if self.units.is_empty() => Value::Null,
            FieldKind::Unit => json!(pick(self.dice, self.units)),
            FieldKind::Units => json!(self.units),
            FieldKind::Case => json!(self.case),
            FieldKind::Documents => {
                json!(self.documents.iter().filter(|_| roll(self.dice, 4) != 0).collect::<Vec<_>>())
            }
            FieldKind::Record => record(),
            FieldKind::List => json!([record()]),
        }
    }
}
