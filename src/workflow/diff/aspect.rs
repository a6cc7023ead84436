//! What can be said of each part of a definition, what that is called, under which heading it stands, and what a change of it
//! means for cases that run.

use schemars::JsonSchema;
use serde::Serialize;

use super::Impact;
use super::words::{Word, texts};

/// A kind of thing that a definition is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// The workflow as a whole.
    Workflow,
    /// A side of the case.
    Party,
    /// A body of the ladder.
    Body,
    /// What a case holds.
    Field,
    /// What is computed of it.
    Product,
    /// A way in which a case begins.
    Start,
    /// Where a case can stand.
    State,
    /// A step.
    Transition,
    /// A time limit.
    Deadline,
}

impl Part {
    /// What it is called where a sentence begins with it.
    pub(super) fn noun(self) -> &'static str {
        match self {
            Part::Workflow => "Flödet",
            Part::Party => "Parten",
            Part::Body => "Organet",
            Part::Field => "Uppgiften",
            Part::Product => "Beräkningen",
            Part::Start => "Starten",
            Part::State => "Läget",
            Part::Transition => "Steget",
            Part::Deadline => "Tidsfristen",
        }
    }

    pub(super) fn section(self) -> Section {
        match self {
            Part::Workflow => Section::Whole,
            Part::Party | Part::Body => Section::Parties,
            Part::Field | Part::Product => Section::Fields,
            Part::Start => Section::Starts,
            Part::State => Section::States,
            Part::Transition => Section::Transitions,
            Part::Deadline => Section::Deadlines,
        }
    }
}

/// A heading of what changes, in the order in which they are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Section {
    /// The workflow as a whole.
    Whole,
    /// Sides and bodies.
    Parties,
    /// Where a case can stand.
    States,
    /// How it moves.
    Transitions,
    /// Who may do what, and whose move it is.
    Rights,
    /// Time limits.
    Deadlines,
    /// Mails and reminders.
    Mails,
    /// What a case holds, and what forms ask for.
    Fields,
    /// How cases begin.
    Starts,
    /// Words alone, and what is named as their ground.
    Words,
}

impl Section {
    /// The heading, in Swedish.
    pub fn in_swedish(self) -> &'static str {
        match self {
            Section::Whole => "Flödet som helhet",
            Section::Parties => "Parter och organ",
            Section::States => "Lägen",
            Section::Transitions => "Steg",
            Section::Rights => "Vem som får göra vad",
            Section::Deadlines => "Tidsfrister",
            Section::Mails => "Mejl och påminnelser",
            Section::Fields => "Uppgifter och formulär",
            Section::Starts => "Hur ärenden börjar",
            Section::Words => "Ord och hänvisningar",
        }
    }
}

macro_rules! aspects {
    ($($name:ident $label:literal $what:literal;)*) => {
        /// Something that is said of a part.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, JsonSchema)]
        #[serde(rename_all = "snake_case")]
        pub enum Aspect {
            $(#[doc = $what] $name,)*
        }

        impl Aspect {
            /// What it is called, in Swedish, within a sentence.
            pub(super) fn label(self) -> &'static str {
                match self {
                    $(Aspect::$name => $label,)*
                }
            }
        }
    };
}

aspects! {
    Title "namnet" "What users call it.";
    ReadAs "rubriken för den som läser" "The label where a value is read.";
    Help "hjälptexten" "What explains it.";
    Why "motiveringen" "Where a length comes from.";
    Basis "reglerna det vilar på" "The rules of the agreement that it rests on.";
    Source "vems förslag det är" "Whose idea it is, where no rule is named.";
    Local "det som är överenskommet därutöver" "What is agreed locally over it.";
    Agreement "krav på gällande överenskommelse" "Whether an agreement must be in force.";
    Event "datum för händelsen" "The date that says when what a case is about happened.";
    Number "antal" "How many principals a side has.";
    Opposite "motsatt sida" "The side that this one faces.";
    SeesFrom "ser ärendet i lägena" "The states in which a side first sees the case.";
    Reach "läser ärendet i lägena" "The states in which a body reads the case.";
    ListedIf "syns i översikten när parterna svarat ja på" "The field by which parties let a secretary see one line.";
    Kind "slag" "What kind of value, or of act.";
    Per "gäller" "Whose value it is.";
    Room "rum" "The room in which it lies.";
    Options "val" "The values to choose from.";
    OptionWords "valens ord" "What the values are called, and what explains them.";
    Worth "valens tal" "What the values count as in a product.";
    Factors "faktorerna" "What is multiplied.";
    Parts "delar" "The parts of a record.";
    RequiredIf "måste anges om" "What makes it compulsory.";
    Optional "får utelämnas" "A part that may be left out.";
    Dates "krav på datumet" "Where a date may lie.";
    Lines "längd" "Whether a text has one line.";
    Carries "handlingar som följer med" "The documents that go with a text.";
    Turn "nästa steg hos" "Whose move it is.";
    Outcome "avslutar ärendet som" "What a case ends with.";
    FollowedUp "följs bara upp" "Whether everything is decided and only followed up.";
    From "från lägena" "The states that a step leaves.";
    Target "leder till" "The state that it leads to.";
    By "får göras av" "Who may.";
    When "förutsätter att" "When it is possible or runs.";
    Of "gäller texten eller steget" "What is confirmed, approved or accepted.";
    RestsOn "bygger på steget" "The step that it rests on.";
    FourEyes "får inte göras av samma person som" "Whom it may not be.";
    Require "måste anges" "What a form demands.";
    Ask "frågas efter" "What a form asks for.";
    Clears "tömmer" "What a step empties.";
    Effects "följder" "What else a step does.";
    Out "växer ur" "The case that another grows out of.";
    Raises "följder i det andra ärendet" "What it raises in the other case.";
    AtEnd "följder i det andra ärendet vid avslut" "What its end raises there.";
    During "löper i lägena" "The states in which a deadline runs.";
    After "tiden" "How long it is.";
    CountsFrom "räknas från" "What it counts from.";
    End "slutdag" "Whether its end moves off days off.";
    Then "när tiden har gått ut" "What it raises.";
    Pause "kan pausas" "How long it may rest.";
    Extend "kan förlängas" "How far it may be put off.";
    Remind "påminnelser" "Its reminders.";
    Notify "mejl" "The mail that goes out.";
}

impl Aspect {
    /// Whether it is words alone, or what is named as a ground.
    fn is_words(self) -> bool {
        let words = [Aspect::Title, Aspect::ReadAs, Aspect::Help, Aspect::Why, Aspect::OptionWords];
        words.contains(&self) || matches!(self, Aspect::Basis | Aspect::Source)
    }

    /// Under which heading a change of it stands.
    pub(super) fn section(self, part: Part) -> Section {
        match self {
            _ if self.is_words() => Section::Words,
            _ if part == Part::Start => Section::Starts,
            Aspect::By | Aspect::Turn | Aspect::FourEyes => Section::Rights,
            Aspect::Remind | Aspect::Notify => Section::Mails,
            Aspect::Require | Aspect::Ask | Aspect::Clears => Section::Fields,
            _ => part.section(),
        }
    }

    /// What a change of it means for cases that run. `asked` says whether a step asks for the field.
    pub(super) fn impact(self, part: Part, asked: bool, before: &[Word], after: &[Word]) -> Impact {
        let more_only = before.iter().all(|was| after.contains(was));
        match (self, part) {
            _ if self.is_words() => Impact::Unnoticed,
            (Aspect::Number | Aspect::Opposite, Part::Party) => Impact::NoWay,
            (Aspect::AtEnd, _) => Impact::NeedsPlan,
            (Aspect::Agreement | Aspect::Event, _) | (_, Part::Start) => Impact::Unnoticed,
            // Whoever reads a case that went over reads another number.
            (Aspect::Worth, _) | (_, Part::Product) => Impact::NeedsPlan,
            (Aspect::Options | Aspect::Parts, Part::Field) if more_only && !asked => Impact::Unnoticed,
            // What a case holds already is held to be of another kind.
            (Aspect::Kind | Aspect::Per | Aspect::Room | Aspect::Options | Aspect::Parts, Part::Field) => {
                Impact::NeedsPlan
            }
            (_, Part::Field) if !asked => Impact::Unnoticed,
            _ => Impact::NeedsPlan,
        }
    }

    /// What became of it, as the end of a sentence.
    pub(super) fn told(self, before: &[Word], after: &[Word]) -> String {
        let label = self.label();
        match (before, after) {
            ([], _) => format!("{label} tillkommer: {}.", texts(after).join(", ").trim_end_matches('.')),
            (_, []) => format!("{label} tas bort (var: {}).", texts(before).join(", ")),
            ([was], [is]) => format!("{label} ändras från ”{}” till ”{}”.", was.text, is.text),
            _ => {
                let only = |of: &[Word], other: &[Word]| {
                    of.iter()
                        .filter(|one| !other.contains(one))
                        .map(|one| one.text.clone())
                        .collect::<Vec<_>>()
                        .join(", ")
                };
                let (gone, come) = (only(before, after), only(after, before));
                match (gone.is_empty(), come.is_empty()) {
                    (true, true) => format!("{label} får en annan ordning: {}.", texts(after).join(", ")),
                    (true, false) => format!("{label}: {come} tillkommer."),
                    (false, true) => format!("{label}: {gone} tas bort."),
                    (false, false) => format!("{label}: {gone} tas bort, {come} tillkommer."),
                }
            }
        }
    }
}
