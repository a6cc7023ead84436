//! Cases: begin one, take a step, take a confirmation back, write a note.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::access::{self, Access, Reach};
use super::record::Recorded;
use super::workflows::Known;
use super::world::World;
use super::{App, AppError};
use crate::authz::Actor;
use crate::clock::Timestamp;
use crate::ids::{CaseNumber, Digest, PrincipalId};
use crate::store::commands::{self, Answered};
use crate::store::log::Tip;
use crate::store::{Db, StoreError, definitions, drafts};
use crate::texts::cases as texts;
use crate::workflow::definition::Definition;
use crate::workflow::engine::{self, Begin, Command, Decided, Happened, Origin};
use crate::workflow::log::Room;
use crate::workflow::rejection::{Code, Reason};

/// How often a command is tried again when another one got in between.
const TRIES: usize = 8;

/// The key under which a client may repeat a command, and the digest of what it asked.
#[derive(Debug, Clone)]
pub struct CommandKey {
    /// The client's key.
    pub key: String,
    /// The digest of the request.
    pub request: Digest,
}

/// A case to begin.
#[derive(Debug, Clone)]
pub struct Registration {
    /// The workflow.
    pub workflow: String,
    /// The start event.
    pub start: String,
    /// When it happened.
    pub happened: Happened,
    /// The principals of each side; the actor's own need not be named.
    pub parties: BTreeMap<String, Vec<PrincipalId>>,
    /// The cases that it grows out of.
    pub origins: Vec<CaseNumber>,
    /// The fields given.
    pub given: Map<String, Value>,
    /// The draft that it was, gone with it.
    pub draft: Option<String>,
}

/// A step to take.
#[derive(Debug, Clone)]
pub struct StepCommand {
    /// The case.
    pub number: CaseNumber,
    /// The revision that the actor saw.
    pub revision: u64,
    /// What to do.
    pub what: What,
}

/// What to do with a case.
#[derive(Debug, Clone)]
pub enum What {
    /// A transition, or a confirmation of a joint one.
    Take {
        /// The transition.
        transition: String,
        /// When it happened.
        happened: Happened,
        /// The fields given.
        given: Map<String, Value>,
    },
    /// The actor's confirmation of a joint transition, back.
    Withdraw {
        /// The transition.
        transition: String,
    },
}

/// The answer to a command. It holds nothing that anybody wrote, so that it can be kept and repeated.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Done {
    /// The case.
    pub number: CaseNumber,
    /// Its revision now.
    pub revision: u64,
    /// Its state now.
    pub state: String,
    /// The state's title.
    pub state_title: String,
    /// The room of the entry: `shared` or `own`.
    pub room: String,
    /// The entry's number in its room.
    pub entry: u64,
}

impl App {
    /// Begins a case.
    ///
    /// # Errors
    /// Every reason why not; nothing has changed then.
    pub fn register(
        &self,
        actor: &Actor,
        registration: &Registration,
        key: Option<&CommandKey>,
    ) -> Result<Done, AppError> {
        self.command(actor, key, |db, now| {
            let known = &self.in_force_for_case(db, actor, registration)?.ok_or_else(unknown_workflow)?;
            let (workflow, version) = (&known.definition.workflow, known.definition.version);
            let text = definitions::keep(db, &known.digest, workflow, version, &known.text)?;
            let begin = Begin {
                start: &registration.start,
                happened: registration.happened,
                parties: &registration.parties,
                origins: &self.origins(db, actor, &registration.origins)?,
                given: &registration.given,
            };
            let parties: Vec<_> = registration.parties.values().flatten().collect();
            let world = World::load(self, db, &known.definition, now)?
                .with_cases(db, actor, &known.definition, &parties, &registration.given)?
                .with_agreements(db)?;
            let mut decided = engine::start(&known.definition, &world.context(self, actor, now), &begin)?;
            decided.step.opened.iter_mut().for_each(|opened| opened.text = Some(text.clone()));
            let recorded = world.recorder(self, db, now).begin(known, &decided)?;
            if let Some(draft) = &registration.draft {
                drafts::delete(db, &super::drafts::writer(actor), draft)?;
            }
            Ok(done(&known.definition, &recorded))
        })
    }

    /// Takes a step.
    ///
    /// # Errors
    /// Every reason why not; nothing has changed then.
    pub fn take_step(&self, actor: &Actor, command: &StepCommand, key: Option<&CommandKey>) -> Result<Done, AppError> {
        self.command(actor, key, |db, now| {
            let (access, tip) = self.to_act_on(db, actor, command)?;
            let known = self.workflows.of(db, &access.stored.definition)?;
            let (world, decided) = self.decide(db, actor, &known, &access, &command.what, now)?;
            let recorded = world.recorder(self, db, now).go_on(&known, (&access.stored, tip), &decided)?;
            Ok(done(&known.definition, &recorded))
        })
    }

    /// The version that a case gets that is begun so now.
    pub(super) fn in_force_for_case(
        &self,
        db: &mut Db,
        actor: &Actor,
        Registration { workflow, start, parties, .. }: &Registration,
    ) -> Result<Option<Known>, AppError> {
        let others: Vec<_> = parties.values().flatten().cloned().collect();
        self.in_force_for(db, actor, (workflow, start), &others)
    }

    /// Carries a command out once, however often it is sent under its key. The answer is kept: it holds nothing that
    /// anybody wrote.
    ///
    /// Whether it was carried out before is asked when it fails, as the second of two must: the key is the answer's.
    /// That spares every command a question to the database whose answer is mostly no.
    pub(super) fn command<T: Serialize + DeserializeOwned>(
        &self,
        actor: &Actor,
        key: Option<&CommandKey>,
        work: impl Fn(&mut Db, Timestamp) -> Result<T, AppError>,
    ) -> Result<T, AppError> {
        let mut tries = 1..=TRIES;
        loop {
            let now = self.now();
            let outcome = self.store.write(|db| {
                let done = work(db, now)?;
                if let Some(key) = key {
                    note(db, actor, key, &done, now)?;
                }
                Ok(done)
            });
            let error = match outcome {
                Err(AppError::Store(StoreError::Unavailable(_))) | Ok(_) => return outcome,
                Err(error) => error,
            };
            if let Some(answer) = key.map(|key| self.repeated(actor, key)).transpose()?.flatten() {
                return Ok(answer);
            }
            if !matches!(error, AppError::Store(StoreError::Conflict)) || tries.next().is_none() {
                return Err(error);
            }
        }
    }

    /// What a command under this key did, where it was carried out: for whoever sends a form twice whose draft is gone.
    ///
    /// # Errors
    /// [`AppError::KeyReused`] where it was another command.
    pub fn done_before(&self, actor: &Actor, key: &CommandKey) -> Result<Option<Done>, AppError> {
        self.repeated(actor, key)
    }

    /// The answer that was given under this key.
    fn repeated<T: DeserializeOwned>(&self, actor: &Actor, key: &CommandKey) -> Result<Option<T>, AppError> {
        let answered = self.store.read(|db| commands::answered(db, &actor.person, &key.key))?;
        let Some(answered) = answered else { return Ok(None) };
        if answered.request != key.request {
            return Err(AppError::KeyReused);
        }
        serde_json::from_str(&answered.response).map(Some).map_err(|error| AppError::Internal(error.to_string()))
    }

    /// The case, where the actor may act on it and saw its present revision.
    fn to_act_on(&self, db: &mut Db, actor: &Actor, command: &StepCommand) -> Result<(Access, Tip), AppError> {
        let (access, tip) = access::open_to_change(db, actor, &command.number)?;
        if matches!(access.reach, Reach::Until(_)) {
            return Err(AppError::Forbidden);
        }
        if access.stored.case.revision != command.revision {
            return Err(AppError::Stale { current: access.stored.case.revision });
        }
        Ok((access, tip))
    }

    fn decide(
        &self,
        db: &mut Db,
        actor: &Actor,
        known: &Known,
        access: &Access,
        what: &What,
        now: Timestamp,
    ) -> Result<(World, Decided), AppError> {
        let case = &access.stored.case;
        let nothing = Map::new();
        let given = match what {
            What::Take { given, .. } => given,
            What::Withdraw { .. } => &nothing,
        };
        let parties: Vec<_> = case.principals(None).map(|party| &party.principal).collect();
        let world = World::load(self, db, &known.definition, now)?;
        let world = world.with_cases(db, actor, &known.definition, &parties, given)?;
        let world = world.with_documents(self, db, (actor, access), &known.definition, given)?;
        let context = world.context(self, actor, now);
        let decided = match what {
            What::Take { transition, happened, given } => {
                engine::decide(&known.definition, &context, case, &Command { transition, happened: *happened, given })?
            }
            What::Withdraw { transition } => {
                engine::withdraw_confirmation(&known.definition, &context, case, transition)?
            }
        };
        Ok((world, decided))
    }

    fn origins(&self, db: &mut Db, actor: &Actor, numbers: &[CaseNumber]) -> Result<Vec<Origin>, AppError> {
        let unknown =
            |number: &CaseNumber| Reason::field(Code::Origin, "origins", &texts::no_such_case(number.as_str()));
        let open = |number: &CaseNumber| match access::open(db, actor, number) {
            Ok(access) if matches!(access.reach, Reach::Full(_)) => {
                Ok(Origin { number: number.clone(), case: access.stored.case })
            }
            Ok(_) | Err(AppError::NotFound) => Err(unknown(number).into()),
            Err(error) => Err(error),
        };
        numbers.iter().map(open).collect()
    }
}

fn note(db: &mut Db, actor: &Actor, key: &CommandKey, done: &impl Serialize, now: Timestamp) -> Result<(), AppError> {
    let response = serde_json::to_string(done).map_err(|error| AppError::Internal(error.to_string()))?;
    let answer = Answered { request: key.request.clone(), status: 200, response };
    Ok(commands::note(db, &actor.person, &key.key, &answer, now)?)
}

pub(super) fn done(definition: &Definition, recorded: &Recorded) -> Done {
    let state = &recorded.stored.case.state;
    Done {
        number: recorded.stored.number.clone(),
        revision: recorded.stored.case.revision,
        state: state.clone(),
        state_title: definition.states.get(state).map(|state| state.title.clone()).unwrap_or_default(),
        room: Room::Shared.to_string(),
        entry: recorded.entry,
    }
}

fn unknown_workflow() -> AppError {
    Reason::field(Code::UnknownStep, "workflow", texts::NO_SUCH_KIND).into()
}
