//! The JSON API, one file a noun: each handler reads the call, asks the use case, and answers.

pub mod cases;
pub mod document;
pub mod drafts;
pub mod me;
pub mod notes;
pub mod outbox;
pub mod steps;
pub mod workflows;

use chrono::NaiveDate;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, de};

use crate::clock::Timestamp;
use crate::ids::CaseNumber;
use crate::workflow::engine::Happened;

/// When something happened, as a client says it: a day, or an instant.
#[derive(Debug, Clone, Copy)]
pub struct When(Happened);

/// Where a case is. The series of a number is the operator's to name, in any letters.
pub fn address(number: &CaseNumber) -> String {
    let number: String = url::form_urlencoded::byte_serialize(number.as_str().as_bytes()).collect();
    format!("/api/cases/{number}")
}

/// When it happened; just now, where nothing is said.
pub fn happened(when: Option<When>) -> Happened {
    when.map_or(Happened::Now, |When(happened)| happened)
}

impl<'de> Deserialize<'de> for When {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let day = text.parse::<Day>().map(|day| Happened::On(day.0));
        let when = day.or_else(|()| text.parse::<Timestamp>().map(Happened::At).map_err(drop));
        when.map(When).map_err(|()| de::Error::custom("neither a date nor a date and time"))
    }
}

impl JsonSchema for When {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "When".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "A day, Europe/Stockholm, or an instant (RFC 3339). Not in the future, and not before the step before.",
            "anyOf": [{ "type": "string", "format": "date" }, { "type": "string", "format": "date-time" }],
        })
    }
}

/// A civil date, written as ISO 8601 has it: `2026-11-02`.
#[derive(Debug, Clone, Copy)]
pub struct Day(pub NaiveDate);

impl std::str::FromStr for Day {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let date = NaiveDate::parse_from_str(text, "%Y-%m-%d").map_err(drop)?;
        if date.to_string() == text && text.len() == 10 { Ok(Day(date)) } else { Err(()) }
    }
}
