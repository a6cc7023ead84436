//! A case as its log tells it: the fold of its steps. The stored state is this, and can be rebuilt at any time.
//!
//! Nothing is computed here that a step does not say; dates come out of the log.

mod confirmations;
mod migrated;
mod replay;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use confirmations::Confirmations;
pub use replay::{BrokenLog, Made, replay};

use super::context::AgreementVersion;
use super::definition::Definition;
use super::digest::{canonical, sha256};
use super::documents;
use super::step::{Act, Assignment, Change, Event, PartyChange, Reference, Running, Step, TimerChange};
use crate::clock::Timestamp;
use crate::ids::{AuthorityId, BodyId, CaseNumber, Digest, PersonId, PrincipalId, UnitId};

/// A case.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// The workflow.
    pub workflow: String,
    /// Its version.
    pub version: u32,
    /// Where it stands.
    pub state: String,
    /// The number of steps taken.
    pub revision: u64,
    /// When it began.
    pub opened: Timestamp,
    /// When it came to its state.
    pub since: Timestamp,
    /// When the latest of its steps happened; a meeting may be recorded after what others did later.
    pub latest: Timestamp,
    /// The person who opened it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reporter: Option<PersonId>,
    /// The version of the agreement in force when it began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agreement: Option<AgreementVersion>,
    /// When what it is about happened, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event: Option<Event>,
    /// The cases that it grew out of.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub origins: Vec<CaseNumber>,
    /// The sides, former ones too.
    pub parties: Vec<CaseParty>,
    /// The units that it is routed to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assigned: Option<Assignment>,
    /// What it holds, by key: the field's name, with `@principal` for a field of each party's own.
    pub fields: BTreeMap<String, Held>,
    /// The transitions taken.
    pub taken: BTreeMap<String, Taken>,
    /// Confirmations that wait for others.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub confirmations: BTreeMap<String, Confirmations>,
    /// The bodies it was sent to, with the entry that did.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub sent_to: BTreeMap<BodyId, u64>,
    /// Its deadlines.
    pub deadlines: BTreeMap<String, Timer>,
    /// The outcome, once it has ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<String>,
}

/// A principal on a side.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CaseParty {
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
    /// The entry with which it came.
    pub from_entry: u64,
    /// The entry with which it left.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until_entry: Option<u64>,
}

/// A value, and the entry that gave it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Held {
    /// The entry of the shared room.
    pub entry: u64,
    /// The value; a text's digest in its place.
    pub value: Value,
    /// The key under which the entry gave it, where a migration has given it another since.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub given_as: Option<String>,
}

impl Held {
    /// Where it was given: the entry, and the key there of what is now held under this one.
    pub fn place(&self, key: &str) -> (u64, String) {
        (self.entry, self.given_as.as_deref().unwrap_or(key).to_owned())
    }
}

/// How often a transition was taken, and last by whom.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Taken {
    /// How often in all.
    pub times: u32,
    /// How often since a principal last left, which is what conditions ask: what one receiver was told binds no other.
    pub since: u32,
    /// The latest of each organisation, the latest of all last.
    pub latest: Vec<Occurrence>,
}

/// One time that a transition was taken.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Occurrence {
    /// The entry.
    pub entry: u64,
    /// The digest of what it gave.
    pub digest: Digest,
    /// The digest of what it confirmed or approved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<Digest>,
    /// The person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<PersonId>,
    /// The absent person in whose place she did it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_behalf_of: Option<PersonId>,
    /// The principal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub principal: Option<PrincipalId>,
    /// Whether the case has not come back since.
    pub current: bool,
}

/// A deadline of the case.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Timer {
    /// How often it has begun.
    pub generation: u32,
    /// The present run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub running: Option<Running>,
}

/// The key under which a case holds a field: each party's own where the field says so.
pub fn field_key(definition: &Definition, field: &str, principal: Option<&PrincipalId>) -> String {
    let own = definition.fields.get(field).is_some_and(|field| field.per.is_some());
    match principal.filter(|_| own) {
        Some(principal) => format!("{field}@{principal}"),
        None => field.to_owned(),
    }
}

/// The field of a key.
pub fn field_of(key: &str) -> &str {
    key.split('@').next().unwrap_or(key)
}

impl Case {
    /// A case from its start.
    ///
    /// # Errors
    /// Where the step is no start.
    pub fn begin(entry: u64, step: &Step) -> Result<Case, BrokenLog> {
        let opened = step.opened.as_ref().filter(|_| step.from.is_none());
        let opened = opened.ok_or_else(|| BrokenLog { entry, what: "the first step is no start".to_owned() })?;
        let mut case = Case {
            workflow: opened.workflow.clone(),
            version: opened.version,
            state: step.to.clone(),
            revision: 0,
            opened: step.happened,
            since: step.happened,
            latest: step.happened,
            reporter: step.by.person().cloned(),
            agreement: opened.agreement.clone(),
            event: opened.event.clone(),
            origins: opened.origins.clone(),
            parties: Vec::new(),
            assigned: None,
            fields: BTreeMap::new(),
            taken: BTreeMap::new(),
            confirmations: BTreeMap::new(),
            sent_to: BTreeMap::new(),
            deadlines: BTreeMap::new(),
            outcome: None,
        };
        case.absorb(entry, step);
        Ok(case)
    }

    /// The case after one more step.
    pub fn evolve(mut self, definition: &Definition, entry: u64, step: &Step) -> Case {
        if step.act == Act::Transition && step.to != self.state {
            self.enter(definition, step);
        }
        if let Some(migrated) = &step.migrated {
            self.go_over(migrated, &step.to);
        }
        self.void_confirmations(definition, step);
        self.absorb(entry, step);
        self
    }

    /// The principals that are parties now, of one side or of all.
    pub fn principals(&self, side: Option<&str>) -> impl Iterator<Item = &CaseParty> {
        self.parties
            .iter()
            .filter(move |party| party.until_entry.is_none() && side.is_none_or(|side| party.side == side))
    }

    /// The side on which a principal stands now.
    pub fn side_of(&self, principal: &PrincipalId) -> Option<&str> {
        self.principals(None).find(|party| party.principal == *principal).map(|party| party.side.as_str())
    }

    /// Whether the case is routed to the unit.
    pub fn is_assigned_to(&self, unit: &UnitId) -> bool {
        self.assigned.as_ref().is_some_and(|assigned| assigned.lead == *unit || assigned.also.contains(unit))
    }

    /// The latest occurrence of a transition, or the latest of one principal's.
    pub fn latest_of(&self, transition: &str, principal: Option<&PrincipalId>) -> Option<&Occurrence> {
        let latest = &self.taken.get(transition)?.latest;
        latest.iter().rev().find(|occurrence| principal.is_none() || occurrence.principal.as_ref() == principal)
    }

    /// Deadlines that run, by name.
    pub fn running(&self) -> impl Iterator<Item = (&String, &Running)> {
        self.deadlines.iter().filter_map(|(name, timer)| Some((name, timer.running.as_ref()?)))
    }

    /// Leaves the old state: what was built on it is current no more, and confirmations that cannot go on are dropped.
    fn enter(&mut self, definition: &Definition, step: &Step) {
        for (id, taken) in &mut self.taken {
            let back_before = definition
                .transition(id)
                .is_some_and(|other| !other.stays() && definition.holds(&other.from, &step.to));
            if back_before {
                taken.latest.iter_mut().for_each(|occurrence| occurrence.current = false);
            }
        }
        self.confirmations
            .retain(|id, _| definition.transition(id).is_some_and(|other| definition.holds(&other.from, &step.to)));
        self.state.clone_from(&step.to);
        self.since = step.happened;
    }

    fn absorb(&mut self, entry: u64, step: &Step) {
        self.revision += 1;
        // Nobody did anything in the case where days were counted anew or its version was exchanged: a step may still be
        // said to have happened before that.
        if !matches!(step.act, Act::Recount | Act::Migration) {
            self.latest = self.latest.max(step.happened);
        }
        for key in &step.cleared {
            self.fields.remove(key);
        }
        for (key, value) in &step.data {
            self.fields.insert(key.clone(), Held { entry, value: value.clone(), given_as: None });
        }
        for change in &step.parties {
            self.change_party(entry, change);
        }
        if let Some(assigned) = &step.assigned {
            self.assigned = Some(assigned.clone());
        }
        for body in &step.sent_to {
            self.sent_to.insert(body.clone(), entry);
        }
        match step.act {
            Act::Transition => self.note_taken(entry, step),
            Act::Confirmation => self.confirm(entry, step),
            Act::Withdrawal => self.withdraw(step),
            Act::Recount | Act::Migration => {}
        }
        for (name, change) in &step.deadlines {
            self.change_timer(name, change);
        }
        self.outcome.clone_from(&step.outcome);
    }

    fn change_party(&mut self, entry: u64, change: &PartyChange) {
        match change.change {
            Change::Joined => self.parties.push(CaseParty {
                side: change.side.clone(),
                principal: change.principal.clone(),
                authority: change.authority.clone(),
                unit: change.unit.clone(),
                from_entry: entry,
                until_entry: None,
            }),
            Change::Left => {
                let leaving =
                    |party: &&mut CaseParty| party.until_entry.is_none() && party.principal == change.principal;
                if let Some(party) = self.parties.iter_mut().find(leaving) {
                    party.until_entry = Some(entry);
                }
                self.assigned = None;
                self.taken.values_mut().for_each(|taken| taken.since = 0);
            }
        }
    }

    fn note_taken(&mut self, entry: u64, step: &Step) {
        self.confirmations.remove(&step.transition);
        let taken = self.taken.entry(step.transition.clone()).or_default();
        let principal = step.by.principal().cloned();
        taken.times += 1;
        taken.since += 1;
        taken.latest.retain(|occurrence| occurrence.principal != principal);
        taken.latest.push(Occurrence {
            entry,
            digest: data_digest(step),
            of: step.of.as_ref().map(|of| of.digest.clone()),
            person: step.by.person().cloned(),
            on_behalf_of: step.by.on_behalf_of().cloned(),
            principal,
            current: true,
        });
    }

    fn change_timer(&mut self, name: &str, change: &TimerChange) {
        let timer = self.deadlines.entry(name.to_owned()).or_insert(Timer { generation: 0, running: None });
        match change {
            TimerChange::Armed(running) => {
                timer.generation = running.generation;
                timer.running = Some(running.clone());
            }
            TimerChange::Stopped => timer.running = None,
            TimerChange::RanOut => {
                if let Some(running) = &mut timer.running {
                    running.ran_out = true;
                }
            }
        }
    }

    /// What a confirmation, an approval or an acceptance of `name` would refer to: a field of the case (the principal's
    /// own, where the field says so) with the documents that it carries, or the latest entry of a transition.
    pub fn reference(&self, definition: &Definition, name: &str, principal: Option<&PrincipalId>) -> Option<Reference> {
        if definition.transition(name).is_some() {
            let latest = self.latest_of(name, None).filter(|occurrence| occurrence.current)?;
            return Some(Reference { name: name.to_owned(), entry: latest.entry, digest: latest.digest.clone() });
        }
        let key = field_key(definition, name, principal);
        let held = self.fields.get(&key)?;
        let documents = documents::carried(definition, &key).and_then(|key| self.fields.get(&key));
        let digest = documents::digest_with(&held.value, documents.map(|documents| &documents.value));
        Some(Reference { name: key, entry: held.entry, digest })
    }
}

/// The digest by which an entry's data are confirmed or built on.
fn data_digest(step: &Step) -> Digest {
    let data = serde_json::to_value(&step.data).unwrap_or_default();
    sha256(canonical(&data).as_bytes())
}
