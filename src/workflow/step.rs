//! A step that was taken: what the log records, complete enough to replay without computing anything.
//!
//! A step holds every date that it computed, with the derivation, so that a holiday added later changes no history. It
//! holds no free text, only digests (`input`). How it changes a case is `case`.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::context::AgreementVersion;
use super::definition::StepKind;
use crate::authz::{Actor, Seat};
use crate::calendar::Derivation;
use crate::clock::Timestamp;
use crate::ids::{AuthorityId, BodyId, CaseNumber, Digest, PersonId, PrincipalId, UnitId};

/// One step of one case.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Whether the case moved, or a principal confirmed or took that back.
    pub act: Act,
    /// The start or transition.
    pub transition: String,
    /// What kind of act.
    pub kind: StepKind,
    /// The state before; none for a start.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// The state after.
    pub to: String,
    /// Who or what acted.
    pub by: By,
    /// When it happened.
    pub happened: Timestamp,
    /// When it was recorded.
    pub recorded: Timestamp,
    /// What was given, by key: the field's name, with `@principal` for a field of each party's own.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub data: BTreeMap<String, Value>,
    /// Keys that were emptied.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cleared: Vec<String>,
    /// What was confirmed, approved or accepted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<Reference>,
    /// The entry that it builds on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rests_on: Option<Reference>,
    /// What was fixed when the case began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opened: Option<Opened>,
    /// Sides that changed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parties: Vec<PartyChange>,
    /// The units that the case was routed to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assigned: Option<Assignment>,
    /// Links to other cases.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<Link>,
    /// Bodies that the case reached for the first time.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sent_to: Vec<BodyId>,
    /// Deadlines that began, stopped or ran out.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub deadlines: BTreeMap<String, TimerChange>,
    /// The outcome, where the case ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<String>,
    /// The version that the case left and the one that it goes on under, where it went over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub migrated: Option<Box<Migrated>>,
}

impl Step {
    /// A step that gives and changes nothing yet. A transition, a start or what stands for one, with its kind.
    pub fn bare(
        act: Act,
        (transition, kind): (&str, StepKind),
        from: Option<&str>,
        to: &str,
        by: By,
        happened: Timestamp,
        recorded: Timestamp,
    ) -> Step {
        Step {
            act,
            transition: transition.to_owned(),
            kind,
            from: from.map(str::to_owned),
            to: to.to_owned(),
            by,
            happened,
            recorded,
            data: BTreeMap::new(),
            cleared: Vec::new(),
            of: None,
            rests_on: None,
            opened: None,
            parties: Vec::new(),
            assigned: None,
            links: Vec::new(),
            sent_to: Vec::new(),
            deadlines: BTreeMap::new(),
            outcome: None,
            migrated: None,
        }
    }
}

/// How a case went over to another version: everything that replay needs, so that it asks for no plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Migrated {
    /// The version that it left.
    pub from: u32,
    /// The version that it goes on under: the one whose definition its entry names.
    pub to: u32,
    /// The digest of that definition's text, titles and all, as where a case begins.
    pub text: Digest,
    /// The digest of the plan.
    pub plan: Digest,
    /// Why, in the words of the plan.
    pub why: String,
    /// Keys of values that are called otherwise now: old and new.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub fields: BTreeMap<String, String>,
    /// Keys of values that the case holds no longer. They stand in the entries that gave them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dropped: Vec<String>,
    /// Starts and transitions that were taken and are called otherwise now: old and new.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub transitions: BTreeMap<String, String>,
}

/// What a step did to the state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    /// The transition was made.
    Transition,
    /// A principal confirmed; others are still to.
    Confirmation,
    /// A principal took its confirmation back.
    Withdrawal,
    /// The deadlines were counted anew, by days off that were not known before.
    Recount,
    /// The case went over to another version of its workflow.
    Migration,
}

/// Who or what acted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum By {
    /// A person, in the role and for the organisation of the seat that gave her the right.
    Person {
        /// The person.
        person: PersonId,
        /// The seat that gave her the right.
        seat: Seat,
        /// The absent person whose seat it is, where it is not her own.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        on_behalf_of: Option<PersonId>,
    },
    /// The system, because a deadline had run out.
    Deadline {
        /// The deadline.
        deadline: String,
    },
    /// The system, because a day came to be a closing day, or is none any more.
    Calendar {
        /// That day.
        day: NaiveDate,
    },
    /// The system, because of a step in another case.
    Case {
        /// The other case.
        case: CaseNumber,
        /// What it ended with, as users read it, where it was its end.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        outcome: Option<String>,
    },
}

impl By {
    /// The principal for which it was done.
    pub fn principal(&self) -> Option<&PrincipalId> {
        match self {
            By::Person { seat, .. } => seat.principal.as_ref(),
            By::Deadline { .. } | By::Calendar { .. } | By::Case { .. } => None,
        }
    }

    /// The body for which it was done.
    pub fn body(&self) -> Option<&BodyId> {
        match self {
            By::Person { seat, .. } => seat.body.as_ref(),
            By::Deadline { .. } | By::Calendar { .. } | By::Case { .. } => None,
        }
    }

    /// The day by which deadlines were counted anew.
    pub fn closing_day(&self) -> Option<NaiveDate> {
        match self {
            By::Calendar { day } => Some(*day),
            By::Person { .. } | By::Deadline { .. } | By::Case { .. } => None,
        }
    }

    /// A person, in a seat of hers.
    pub fn actor(actor: &Actor, seat: &Seat) -> By {
        let on_behalf_of = actor.on_behalf_of(seat).cloned();
        By::Person { person: actor.person.clone(), seat: seat.clone(), on_behalf_of }
    }

    /// The absent person in whose place it was done.
    pub fn on_behalf_of(&self) -> Option<&PersonId> {
        match self {
            By::Person { on_behalf_of, .. } => on_behalf_of.as_ref(),
            By::Deadline { .. } | By::Calendar { .. } | By::Case { .. } => None,
        }
    }

    /// The person who did it.
    pub fn person(&self) -> Option<&PersonId> {
        match self {
            By::Person { person, .. } => Some(person),
            By::Deadline { .. } | By::Calendar { .. } | By::Case { .. } => None,
        }
    }
}

/// A pointer to what was confirmed or built on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reference {
    /// The field's key or the transition.
    pub name: String,
    /// The entry of the shared room.
    pub entry: u64,
    /// The digest of its text or data.
    pub digest: Digest,
}

/// What is fixed when a case begins.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Opened {
    /// The workflow.
    pub workflow: String,
    /// Its version.
    pub version: u32,
    /// The digest of the definition's text, titles and all: the entry's own of the definition leaves words out, so that they may
    /// be bettered, and what people read when they acted would otherwise be bound by nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<Digest>,
    /// The version of the agreement that was in force.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agreement: Option<AgreementVersion>,
    /// When what it is about happened, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event: Option<Event>,
    /// The cases that it grew out of.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub origins: Vec<CaseNumber>,
}

/// When what a case is about happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Event {
    /// The day, Europe/Stockholm.
    pub on: NaiveDate,
    /// The version of the agreement that was in force then: by it the case is judged. None where none was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agreement: Option<AgreementVersion>,
}

/// A principal that came to a side, or left it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PartyChange {
    /// Which.
    pub change: Change,
    /// The side.
    pub side: String,
    /// The principal.
    pub principal: PrincipalId,
    /// The authority of it, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authority: Option<AuthorityId>,
    /// The unit of it, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<UnitId>,
}

/// Came or left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// Came.
    Joined,
    /// Left.
    Left,
}

/// The units that a case is routed to, within one principal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Assignment {
    /// The unit that leads.
    pub lead: UnitId,
    /// Further units.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<UnitId>,
}

/// A link to another case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Link {
    /// What the other is to this one.
    pub relation: String,
    /// The other.
    pub case: CaseNumber,
}

/// What a step did to a deadline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TimerChange {
    /// It began, or began anew.
    Armed(Running),
    /// It stopped.
    Stopped,
    /// It ran out, and raised its event.
    RanOut,
}

/// A deadline that runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Running {
    /// The how-manieth time that it runs, from 1; an extension raises it too.
    pub generation: u32,
    /// How the due day came about.
    pub derivation: Derivation,
    /// The instant from which it has run out: the end of the due day in Stockholm.
    pub runs_out: Timestamp,
    /// The reminders to come, in order of time.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reminders: Vec<PlannedReminder>,
    /// Whether it has run out and raised its event.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub ran_out: bool,
}

impl Running {
    /// The due day: the last day in time.
    pub fn due(&self) -> NaiveDate {
        self.derivation.due
    }
}

/// A reminder and its instant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlannedReminder {
    /// Its place in the deadline's `remind`, from 0.
    pub step: u32,
    /// 0 for the first time, then the repeats.
    pub round: u32,
    /// When it is due to leave.
    pub at: Timestamp,
}
