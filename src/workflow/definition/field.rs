//! What a case holds: fields and their kinds.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Definition, Guard, Source, is_default};

/// One thing that a case holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// The label of a form.
    pub title: String,
    /// The label where the value is read, if `title` speaks to whoever fills it in: "Er ståndpunkt" is another's to others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read_as: Option<String>,
    /// The hint of a form.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
    /// What kind of value.
    #[serde(rename = "type")]
    pub kind: FieldKind,
    /// `party`: each principal has its own value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub per: Option<Per>,
    /// `own`: it lies in the own room of the principal whose person gives it, where the other side never sees it (A12).
    /// The engine does not know it: no condition can ask for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub room: Option<FieldRoom>,
    /// The field of `documents` that goes with this text: given with it, confirmed, approved and handed in with it as one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub carries: Option<String>,
    /// The values of a `choice` or `choices`.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub options: IndexMap<String, Choice>,
    /// Headings that options stand under: who searches for one finds all of them.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub groups: IndexMap<String, ChoiceGroup>,
    /// The parts of a `record`, or of each item of a `list`.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub parts: IndexMap<String, Field>,
    /// Where a step asks for the field, this makes it compulsory.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub required_if: Option<Guard>,
    /// A part of a record that may be left out.
    #[serde(default, skip_serializing_if = "is_default")]
    pub optional: bool,
    /// On which side of the day of the step a date lies; `past`: nobody records what has not happened; `coming`: nobody is
    /// reminded of a day that has passed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub must_be: Option<DateSide>,
    /// The date field that this one may not lie before: nothing is discovered before it happened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_before: Option<String>,
    /// `one`: a text that is a short fact, on one line, such as a time of day or a number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lines: Option<Lines>,
    /// The day that is given here is the day on which the step happened, and what follows counts from it: a body's meeting.
    #[serde(default, skip_serializing_if = "is_default")]
    pub dates_step: bool,
    /// Rules it rests on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub basis: Vec<String>,
    /// Whose idea it is, where no rule is named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<Source>,
}

impl Field {
    /// The label where the value is read.
    pub fn label(&self) -> &str {
        self.read_as.as_deref().unwrap_or(&self.title)
    }
}

/// On which side of the day of the step a date lies. That day itself lies on both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DateSide {
    /// Not after the day of the step.
    Past,
    /// Not before the day of the step.
    Coming,
}

/// How many lines a text has, where it is not as many as its writer wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Lines {
    /// One, and a short one.
    One,
}

/// The kinds of values. Whatever somebody typed is free text: it lies apart from the log and can be removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FieldKind {
    /// Free text.
    Text,
    /// Free text that both sides may confirm; a new version voids the confirmations of the old.
    Proposal,
    /// Free text written for a body: de-identified, and approved before it is sent.
    Statement,
    /// A civil date, Europe/Stockholm.
    Date,
    /// `true` or `false`.
    YesNo,
    /// A whole number from 0.
    Number,
    /// One of `options`.
    Choice,
    /// One or several of `options`.
    Choices,
    /// A principal.
    Principal,
    /// A unit of the principal whose person takes the step.
    Unit,
    /// Units of the principal whose person takes the step.
    Units,
    /// Another case, by its number, that the actor may read.
    Case,
    /// Documents of this case that the actor may see, picked one by one.
    Documents,
    /// Several named parts.
    Record,
    /// Any number of records.
    List,
}

/// Whose value a field is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Per {
    /// Each principal that is a party has its own.
    Party,
}

/// The room of a field, where it is not the shared one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FieldRoom {
    /// The own room of the principal whose person gives it.
    Own,
}

/// One value of a choice.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    /// What users read.
    pub title: String,
    /// What it means.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
    /// The group that it stands in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// What it counts as in a product.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub worth: Option<u32>,
    /// Rules it rests on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub basis: Vec<String>,
}

/// A heading that options stand under.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChoiceGroup {
    /// What users read.
    pub title: String,
    /// Rules it rests on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub basis: Vec<String>,
}

/// What the options of several choices count as, multiplied. Nobody gives it and no condition asks for it: it is told to
/// whoever reads all its factors, once all are given.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Product {
    /// What users read.
    pub title: String,
    /// What it means.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
    /// The choices, each of whose options has a `worth`.
    pub of: Vec<String>,
    /// Rules it rests on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub basis: Vec<String>,
    /// Whose idea it is, where no rule is named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<Source>,
}

impl Product {
    /// What it comes to for what was chosen; none while a factor is not chosen, or is no option any more.
    pub fn value<'a>(&self, definition: &Definition, chosen: impl Fn(&str) -> Option<&'a str>) -> Option<u64> {
        let worth = |factor: &String| definition.fields.get(factor)?.options.get(chosen(factor)?)?.worth;
        self.of.iter().map(|factor| worth(factor).map(u64::from)).product()
    }

    /// The most that it can come to.
    pub fn most(&self, definition: &Definition) -> u64 {
        let factors = self.of.iter().filter_map(|factor| definition.fields.get(factor));
        factors
            .map(|field| field.options.values().filter_map(|option| option.worth).max().map_or(1, u64::from))
            .product()
    }
}
