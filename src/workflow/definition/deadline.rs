//! Time limits and their reminders.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{ByBody, Guard, OneOrMany, Source, is_default};
use crate::authz::Role;
use crate::calendar::{EndRule, Period};

/// A time limit: it runs while the case is in the set; a move inside the set neither stops nor restarts it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Deadline {
    /// What users call it.
    pub title: String,
    /// What it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
    /// States and groups during which it runs.
    #[serde(rename = "while")]
    pub during: OneOrMany<String>,
    /// It runs only while this holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<Guard>,
    /// How long, from the day that the set was entered, or from the latest of `from`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<Period>,
    /// Date fields to count from, instead of the day that the set was entered.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub from: Vec<String>,
    /// The date field that is the deadline, such as a body's next meeting.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
    /// The calendar whose working days count.
    #[serde(default = "swedish", skip_serializing_if = "is_swedish")]
    pub calendar: String,
    /// Whether an end on a day off moves to the next working day (the pattern of lag 1930:173).
    #[serde(default = "as_counted", skip_serializing_if = "is_as_counted")]
    pub end: EndRule,
    /// The transition that the system raises when time has run out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub then: Option<String>,
    /// The reminders.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub remind: Vec<Reminder>,
    /// How long it may be paused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pause: Option<Pause>,
    /// How far it may be extended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extend: Option<Extend>,
    /// Rules it rests on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub basis: Vec<String>,
    /// Whose idea it is, where no rule is named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<Source>,
    /// Where the length comes from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

/// One reminder step.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Reminder {
    /// When, counted from the due day: `-3wd`, `0d`, `5wd`.
    pub at: Period,
    /// To whom.
    pub to: Recipient,
    /// The template in `email_templates/`.
    #[serde(default = "reminder_mail", skip_serializing_if = "is_reminder_mail")]
    pub mail: String,
    /// Repeats, with a maximum.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repeat: Option<Repeat>,
}

/// Repeats of a reminder, with a maximum.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Repeat {
    /// The time between.
    pub every: Period,
    /// How many more times.
    pub times: u32,
}

/// To whom a mail goes: always a role on the day, never an address.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Recipient {
    /// `turn`: those whose move it is.
    Whose(Whose),
    /// Holders of a role in the organisation whose move it is.
    Role(RecipientRole),
    /// A body's secretary.
    Body(ByBody),
}

/// Those whose move it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Whose {
    /// Those whose move it is on that day.
    Turn,
}

/// Holders of a role in the organisation whose move it is: in the unit that leads, for a role held in a unit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RecipientRole {
    /// The role, or several.
    pub role: OneOrMany<Role>,
    /// The side, where it is not the one whose move it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub party: Option<String>,
    /// Only people of the units that the case is routed to: nobody while it is routed to none.
    #[serde(default, skip_serializing_if = "is_default")]
    pub assigned: bool,
}

/// How long a deadline may be paused, all pauses together.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Pause {
    /// At most.
    pub longest: Period,
}

/// How far a deadline may be extended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Extend {
    /// At most, each time.
    pub longest: Period,
    /// How many times.
    pub times: u32,
}

fn swedish() -> String {
    "swedish".to_owned()
}

fn is_swedish(calendar: &str) -> bool {
    calendar == "swedish"
}

fn as_counted() -> EndRule {
    EndRule::AsCounted
}

fn is_as_counted(end: &EndRule) -> bool {
    *end == EndRule::AsCounted
}

fn reminder_mail() -> String {
    "reminder".to_owned()
}

fn is_reminder_mail(mail: &str) -> bool {
    mail == "reminder"
}
