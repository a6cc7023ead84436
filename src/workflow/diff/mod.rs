//! What a new version of a workflow changes: in Swedish sentences that whoever wrote the agreement can approve, and by what
//! it means for cases that run. Two definitions are told as `facts` each, and the facts are compared; so whatever the
//! format can say is told in one place. Rendering is [`markdown`]'s and the pages'; how cases go over is the plan's.

mod aspect;
mod facts;
mod markdown;
mod words;

use schemars::JsonSchema;
use serde::Serialize;

pub use aspect::{Aspect, Part, Section};
use facts::{Element, facts};
pub use markdown::markdown;
use words::{Word, texts};

use super::definition::{COUNTY, Definition};
use super::plan::leads;
use super::reference::Reference;

/// What a change means for cases that run on the older version. They keep it until somebody moves them; this is about
/// whether they could be moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Impact {
    /// Nothing that a running case could notice: words, or how new cases begin.
    Unnoticed,
    /// A running case would go on differently: moving it needs a plan.
    NeedsPlan,
    /// No running case can go over: its sides are others.
    NoWay,
}

impl Impact {
    /// What it is called, in Swedish.
    pub fn in_swedish(self) -> &'static str {
        match self {
            Impact::Unnoticed => "Märks inte i pågående ärenden",
            Impact::NeedsPlan => "Kräver en plan för pågående ärenden",
            Impact::NoWay => "Pågående ärenden kan inte föras över",
        }
    }
}

/// One difference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Change {
    /// Under which heading it stands.
    pub section: Section,
    /// What kind of thing changed.
    pub part: Part,
    /// Its id in the file.
    pub id: String,
    /// What of it changed; none where it came or went.
    pub aspect: Option<Aspect>,
    /// What it means for cases that run.
    pub impact: Impact,
    /// It before, in Swedish; empty where there was nothing. All that was said of it, where it went.
    pub before: Vec<String>,
    /// It after, in Swedish; empty where there is nothing. All that is said of it, where it came.
    pub after: Vec<String>,
    /// All of it as one Swedish sentence.
    pub sentence: String,
}

impl Change {
    /// All that is said of what came; nothing where something only changed.
    pub fn details(&self) -> &[String] {
        if self.aspect.is_none() { &self.after } else { &[] }
    }
}

/// What changes from one version to another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Diff {
    /// The older version, as `deviation@1`.
    pub from: String,
    /// The newer.
    pub to: String,
    /// The newer one's title.
    pub title: String,
    /// The heaviest of the changes' impacts.
    pub impact: Impact,
    /// The changes, by heading and then in the order of the files.
    pub changes: Vec<Change>,
}

impl Diff {
    /// What it is about, for people.
    pub fn heading(&self) -> String {
        let version = |name: &str| match name.parse() {
            Ok(Reference { version, local: Some((principal, number)), .. }) if principal == COUNTY => {
                format!("version {version} med länets egna tider (version {number})")
            }
            Ok(Reference { version, local: Some((principal, number)), .. }) => {
                format!("version {version} med lokal överenskommelse ({principal}, version {number})")
            }
            Ok(Reference { version, .. }) => format!("version {version}"),
            Err(()) => name.to_owned(),
        };
        format!("{}: från {} till {}", self.title, version(&self.from), version(&self.to))
    }
}

/// What changes from one definition to another of the same workflow.
pub fn diff(old: &Definition, new: &Definition) -> Diff {
    let (before, after) = (facts(old), facts(new));
    let asked = |id: &str| [old, new].iter().any(|definition| is_asked_later(definition, id));
    let same = |one: &Element, other: &Element| one.part == other.part && one.id == other.id;
    let mut changes = Vec::new();
    for element in &after {
        match before.iter().find(|earlier| same(earlier, element)) {
            Some(earlier) => changes.extend(element.changes(earlier, asked(&element.id))),
            None => changes.push(element.came()),
        }
    }
    let gone = before.iter().filter(|earlier| !after.iter().any(|element| same(earlier, element)));
    changes.extend(gone.map(Element::went));
    changes.sort_by_key(|change| change.section);
    if old.name() != new.name() && !leads(&old.into(), &new.into()) {
        let needs = changes.iter_mut().filter(|change| change.impact == Impact::NeedsPlan);
        needs.for_each(|change| change.impact = Impact::NoWay);
    }
    Diff {
        from: old.name(),
        to: new.name(),
        title: new.title.clone(),
        impact: changes.iter().map(|change| change.impact).max().unwrap_or(Impact::Unnoticed),
        changes,
    }
}

/// Whether a step asks for the field once a case runs.
fn is_asked_later(definition: &Definition, field: &str) -> bool {
    definition.transitions.iter().any(|step| step.form().any(|asked| asked == field))
}

impl Element {
    fn came(&self) -> Change {
        let impact = match self.part {
            Part::Party => Impact::NoWay,
            // Whatever asks for a new field has changed itself, and says so.
            Part::Start | Part::Field => Impact::Unnoticed,
            Part::Workflow | Part::Body | Part::Product | Part::State | Part::Transition | Part::Deadline => {
                Impact::NeedsPlan
            }
        };
        let sentence = format!("{} ”{}” tillkommer.", self.part.noun(), self.title);
        self.change(None, impact, (Vec::new(), self.told()), sentence)
    }

    fn went(&self) -> Change {
        let impact = match self.part {
            Part::Party => Impact::NoWay,
            Part::Start => Impact::Unnoticed,
            _ => Impact::NeedsPlan,
        };
        let sentence = format!("{} ”{}” tas bort.", self.part.noun(), self.title);
        self.change(None, impact, (self.told(), Vec::new()), sentence)
    }

    /// All that is said of it besides its name. Options are told with their words.
    fn told(&self) -> Vec<String> {
        let told = self.facts.iter().filter(|(aspect, _)| !matches!(aspect, Aspect::Title | Aspect::Options));
        told.map(|(aspect, words)| format!("{}: {}", aspect.label(), texts(words).join(", "))).collect()
    }

    fn changes<'a>(&'a self, earlier: &'a Element, asked: bool) -> impl Iterator<Item = Change> + 'a {
        let known = self.facts.keys().chain(earlier.facts.keys().filter(|aspect| !self.facts.contains_key(*aspect)));
        known.filter_map(move |aspect| {
            let (mut before, mut after) = (earlier.said(*aspect), self.said(*aspect));
            if *aspect == Aspect::OptionWords {
                // What came or went is told as an option.
                let (was, is) = (before.clone(), after.clone());
                before.retain(|word| word.is_about_one_of(&is));
                after.retain(|word| word.is_about_one_of(&was));
            }
            (before != after).then(|| {
                let impact = aspect.impact(self.part, asked, &before, &after);
                let sentence = format!("{} ”{}”: {}", self.part.noun(), earlier.title, aspect.told(&before, &after));
                self.change(Some(*aspect), impact, (texts(&before), texts(&after)), sentence)
            })
        })
    }

    fn said(&self, aspect: Aspect) -> Vec<Word> {
        self.facts.get(&aspect).cloned().unwrap_or_default()
    }

    fn change(
        &self,
        aspect: Option<Aspect>,
        impact: Impact,
        (before, after): (Vec<String>, Vec<String>),
        sentence: String,
    ) -> Change {
        let section = aspect.map_or(self.part.section(), |aspect| aspect.section(self.part));
        Change { section, part: self.part, id: self.id.clone(), aspect, impact, before, after, sentence }
    }
}
