//! How a case begins and moves: starts, transitions, their kinds and effects.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{By, ByEach, Guard, Notify, OneOrMany, Source, is_default};

/// The target that leaves the state as it is and touches no clock.
pub const STAY: &str = "stay";

/// A start event: how a case begins.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Start {
    /// Its name.
    pub id: String,
    /// What the button says.
    pub title: String,
    /// What it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
    /// The first state.
    pub target: String,
    /// Who may.
    pub by: OneOrMany<By>,
    /// Fields that must be given, in the order of the form.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub require: Vec<String>,
    /// Fields that are asked for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ask: Vec<String>,
    /// The form in short parts, one after the other; without them, all of it at once.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sections: Vec<Section>,
    /// The case that it grows out of; without it, the case begins by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from_case: Option<FromCase>,
    /// Rules it rests on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub basis: Vec<String>,
    /// Whose idea it is, where no rule is named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<Source>,
}

/// A part of a long form. A field whose `required_if` does not hold is not shown.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Section {
    /// Its heading.
    pub title: String,
    /// Its fields, of those that the start requires and asks for.
    pub fields: Vec<String>,
}

/// The case that another grows out of.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FromCase {
    /// Its workflow.
    pub workflow: String,
    /// The states of it that allow this.
    #[serde(rename = "in")]
    pub states: Vec<String>,
    /// Whether several such cases may be named.
    #[serde(default, skip_serializing_if = "is_default")]
    pub several: bool,
    /// Whether a case may also begin without one.
    #[serde(default, skip_serializing_if = "is_default")]
    pub optional: bool,
    /// The transition that this raises there, in the same transaction, or of several the first that is possible there.
    pub raises: OneOrMany<String>,
    /// What the end of this case raises there, in the same transaction.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_end: Option<AtEnd>,
}

/// What the end of a case raises in another.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum AtEnd {
    /// This transition, however the case ends.
    Always(String),
    /// By the outcome: this transition, or of several the first that is possible there.
    ByOutcome(IndexMap<String, OneOrMany<String>>),
}

impl AtEnd {
    /// What the outcome raises: the first of these that is possible.
    pub fn of(&self, outcome: &str) -> Vec<&String> {
        match self {
            AtEnd::Always(transition) => vec![transition],
            AtEnd::ByOutcome(by_outcome) => by_outcome.get(outcome).into_iter().flat_map(OneOrMany::iter).collect(),
        }
    }

    /// What each outcome raises, the first of these that is possible; without an outcome, what all raise.
    pub fn all(&self) -> Vec<(Option<&str>, Vec<&String>)> {
        match self {
            AtEnd::Always(transition) => vec![(None, vec![transition])],
            AtEnd::ByOutcome(by_outcome) => {
                by_outcome.iter().map(|(outcome, raised)| (Some(outcome.as_str()), raised.iter().collect())).collect()
            }
        }
    }
}

/// One step.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Transition {
    /// Its name; the event's too.
    pub id: String,
    /// What the button says.
    pub title: String,
    /// What it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
    /// What kind of act it is.
    #[serde(default, skip_serializing_if = "is_default")]
    pub kind: StepKind,
    /// States and groups that it leaves.
    pub from: OneOrMany<String>,
    /// The next state, or `stay`.
    pub target: String,
    /// Who may.
    pub by: OneOrMany<By>,
    /// When it is possible.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<Guard>,
    /// The field or transition whose text is confirmed, approved or accepted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<String>,
    /// The field or transition that another step confirms or accepts, and to which this one is the other answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub declines: Option<String>,
    /// The transition whose latest entry, since the case last came back, this builds on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rests_on: Option<String>,
    /// The entry that it rests on must be of the same principal.
    #[serde(default, skip_serializing_if = "is_default")]
    pub same_party: bool,
    /// Four eyes: somebody other than the person who took that step.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_same_as: Option<String>,
    /// Fields that must be given, in the order of the form.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub require: Vec<String>,
    /// Fields that are asked for, and never block.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ask: Vec<String>,
    /// Fields that it empties.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub clears: Vec<String>,
    /// What else happens, in the same transaction.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub effects: Vec<Effect>,
    /// The mail that goes out with it, in the place of that of the state it leads to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notify: Option<Notify>,
    /// Rules it rests on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub basis: Vec<String>,
    /// Whose idea it is, where no rule is named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<Source>,
}

/// The kinds of acts, told apart everywhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum StepKind {
    /// Something happened.
    #[default]
    Event,
    /// Somebody states something.
    Statement,
    /// A proposal to others.
    Proposal,
    /// A decision.
    Decision,
    /// A recommendation: the parties' agreement decides.
    Recommendation,
    /// A commission to another body.
    Commission,
    /// A party accepts.
    Acceptance,
}

/// What else a step does, in the same transaction.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Effect {
    /// Routes the case to units.
    Assign(EffectAssign),
    /// Puts another principal in a side's place.
    ReplaceParty(EffectReplaceParty),
    /// Links the case to another.
    Link(EffectLink),
    /// Puts off the last day of a deadline.
    Extend(EffectExtend),
    /// Lets a deadline rest for a time.
    Pause(EffectPause),
    /// Ends a deadline's rest before its time.
    Resume(EffectResume),
}

/// Routes the case to units.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EffectAssign {
    /// The field with the unit that leads.
    pub assign: String,
    /// The field with further units.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub also: Option<String>,
}

/// Puts another principal in a side's place. The former one keeps what was shared until then.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EffectReplaceParty {
    /// The side.
    pub replace_party: String,
    /// The field with the principal.
    pub with: String,
}

/// Links the case to another.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EffectLink {
    /// The field with the other case.
    pub link: String,
    /// What the other is to this one, such as `duplicate_of`.
    #[serde(rename = "as")]
    pub relation: String,
}

/// Puts off the last day of a deadline, within what its `extend` allows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EffectExtend {
    /// The deadline, or several of which one runs where the step is possible.
    pub extend: OneOrMany<String>,
    /// The field with the new last day.
    pub to: String,
}

/// Lets a deadline rest until the end of a day, within what its `pause` allows. That time does not count.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EffectPause {
    /// The deadline, or several of which one runs where the step is possible.
    pub pause: OneOrMany<String>,
    /// The field with the last day of the rest.
    pub until: String,
}

/// Ends a deadline's rest before its time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EffectResume {
    /// The deadline, or several of which one rests.
    pub resume: OneOrMany<String>,
}

impl Effect {
    /// The deadlines whose clock it sets.
    pub fn deadlines(&self) -> impl Iterator<Item = &String> {
        let named = match self {
            Effect::Extend(effect) => Some(&effect.extend),
            Effect::Pause(effect) => Some(&effect.pause),
            Effect::Resume(effect) => Some(&effect.resume),
            Effect::Assign(_) | Effect::ReplaceParty(_) | Effect::Link(_) => None,
        };
        named.into_iter().flat_map(OneOrMany::iter)
    }
}

impl Transition {
    /// Whether it leaves the state as it is.
    pub fn stays(&self) -> bool {
        self.target == STAY
    }

    /// The state that it leads to from one that it leaves.
    pub fn target_from<'a>(&'a self, from: &'a str) -> &'a str {
        if self.stays() { from } else { &self.target }
    }

    /// The fields that its form shows, in order.
    pub fn form(&self) -> impl Iterator<Item = &String> {
        self.require.iter().chain(&self.ask)
    }

    /// The joint actor, where each principal takes part.
    pub fn joint(&self) -> Option<&ByEach> {
        self.by.iter().find_map(|by| match by {
            By::Each(each) => Some(each),
            _ => None,
        })
    }
}
