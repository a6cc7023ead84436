//! Why a step is refused: expected, shown to the user in Swedish, every reason at once.
//!
//! A rejected command changes nothing, not even the revision. Faults in a definition are `problem`, not these.

use schemars::JsonSchema;
use serde::Serialize;

/// All reasons why a command was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("rejected: {}", .reasons.iter().map(|reason| reason.code.name()).collect::<Vec<_>>().join(", "))]
pub struct Rejection {
    /// Never empty.
    pub reasons: Vec<Reason>,
}

impl From<Reason> for Rejection {
    fn from(reason: Reason) -> Self {
        Rejection { reasons: vec![reason] }
    }
}

impl From<Vec<Reason>> for Rejection {
    fn from(reasons: Vec<Reason>) -> Self {
        Rejection { reasons }
    }
}

/// One reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Reason {
    /// What stands in the way, stable.
    pub code: Code,
    /// The field, where it is about one: `measures_planned.0.what`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// In Swedish, for the user.
    pub detail: String,
}

/// What stands in the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Code {
    /// The step does not exist.
    UnknownStep,
    /// The step is not the actor's.
    Permission,
    /// The case does not stand where the step begins.
    State,
    /// A condition of the step does not hold.
    Guard,
    /// The notice has not run out.
    Notice,
    /// There is nothing to confirm, approve or accept.
    NothingToConfirm,
    /// The actor's principal has confirmed already.
    AlreadyConfirmed,
    /// The actor's principal has not confirmed.
    NotConfirmed,
    /// The step that this builds on has not been taken.
    RestsOn,
    /// Four eyes: the same person took the step that this approves.
    FourEyes,
    /// No agreement in force.
    Agreement,
    /// A field that must be given is not.
    Required,
    /// A field that does not belong to the step.
    UnknownField,
    /// A value of another type.
    WrongType,
    /// A text or list that is too long.
    TooLong,
    /// A personal identity number in a text.
    PersonalNumber,
    /// In the future, or before the step before; a date on the wrong side of the day of the step, or of another date.
    Happened,
    /// Sides that do not fit.
    Parties,
    /// A case that this cannot grow out of.
    Origin,
}

/// What a code means for the one who asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// Not hers to do.
    Forbidden,
    /// Not possible now.
    Impossible,
    /// The input must be mended.
    Invalid,
}

impl Code {
    /// What it means for the one who asked.
    pub fn class(self) -> Class {
        match self {
            Code::Permission => Class::Forbidden,
            Code::State
            | Code::Guard
            | Code::Notice
            | Code::NothingToConfirm
            | Code::AlreadyConfirmed
            | Code::NotConfirmed
            | Code::RestsOn
            | Code::FourEyes
            | Code::Agreement => Class::Impossible,
            Code::UnknownStep
            | Code::Required
            | Code::UnknownField
            | Code::WrongType
            | Code::TooLong
            | Code::PersonalNumber
            | Code::Happened
            | Code::Parties
            | Code::Origin => Class::Invalid,
        }
    }

    /// The stable name, for logs.
    pub fn name(self) -> String {
        serde_json::to_value(self).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
    }
}

impl Rejection {
    /// The heaviest class: what is not hers to do is told before what is not possible, and that before bad input.
    pub fn class(&self) -> Class {
        let has = |class| self.reasons.iter().any(|reason| reason.code.class() == class);
        match () {
            () if has(Class::Forbidden) => Class::Forbidden,
            () if has(Class::Impossible) => Class::Impossible,
            () => Class::Invalid,
        }
    }
}

impl Reason {
    /// About the step as a whole.
    pub fn new(code: Code, detail: impl Into<String>) -> Self {
        Reason { code, field: None, detail: detail.into() }
    }

    /// About one field.
    pub fn field(code: Code, field: &str, detail: &str) -> Self {
        Reason { code, field: Some(field.to_owned()), detail: detail.to_owned() }
    }

    /// A field that must be given.
    pub fn required(field: &str, title: &str) -> Self {
        Reason::field(Code::Required, field, &format!("”{title}” måste fyllas i."))
    }

    /// A personal identity number. The detail never repeats it.
    pub fn personal_number(field: &str) -> Self {
        let detail = "Texten ser ut att innehålla ett personnummer eller samordningsnummer. Ta bort det: \
                      systemet får inte innehålla någons identitet.";
        Reason::field(Code::PersonalNumber, field, detail)
    }
}
