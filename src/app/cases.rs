//! Cases: begin one, take a step, take a confirmation back, write a note.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::access::{self, Access, Reach};
use super::record::{Recorded, Recorder};
use super::workflows::Known;
use super::{App, AppError};
use crate::authz::{Actor, Scope};
use crate::calendar::local_date;
use crate::clock::Timestamp;
use crate::ids::{CaseNumber, Digest, PrincipalId};
use crate::store::cases::StoredCase;
use crate::store::commands::{self, Answered};
use crate::store::log::Place;
use crate::store::{Db, StoreError, definitions, drafts, log, organisation};
use crate::workflow::case::Case;
use crate::workflow::context::{Acting, AgreementVersion, Context, Organisation};
use crate::workflow::definition::{Definition, FieldKind};
use crate::workflow::engine::{self, Begin, Command, Decided, Happened, Origin};
use crate::workflow::input;
use crate::workflow::log::{Note, Record, Room};
use crate::workflow::rejection::{Code, Reason};
use crate::workflow::step::By;

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

/// A note to write.
#[derive(Debug, Clone)]
pub struct NoteCommand {
    /// The case.
    pub number: CaseNumber,
    /// The room.
    pub room: NoteRoom,
    /// The text.
    pub text: String,
    /// The entry of the same room that it corrects.
    pub corrects: Option<u64>,
}

/// The room of a note, as its writer says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoteRoom {
    /// What both sides read.
    Shared,
    /// What her own principal keeps for itself.
    Own,
}

/// The answer to a command. It holds nothing that anybody wrote, so that it can be kept and repeated.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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
            let known = self.workflows.current(&registration.workflow).ok_or_else(unknown_workflow)?;
            definitions::keep(db, &known.digest, &known.definition.workflow, known.definition.version, &known.text)?;
            let begin = Begin {
                start: &registration.start,
                happened: registration.happened,
                parties: &registration.parties,
                origins: &self.origins(db, actor, &registration.origins)?,
                given: &registration.given,
            };
            let world = World::load(db, actor, &known.definition, &registration.given, now)?;
            let decided = engine::start(&known.definition, &world.context(self, actor, now), &begin)?;
            let recorded = world.recorder(self, db, now).begin(known, &decided)?;
            if let Some(draft) = &registration.draft {
                drafts::delete(db, &actor.person, draft)?;
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
            let before = self.to_act_on(db, actor, command)?;
            let known = self.workflows.of(db, &before.definition)?;
            let (world, decided) = self.decide(db, actor, &known, &before.case, &command.what, now)?;
            let recorded = world.recorder(self, db, now).go_on(&known, &before, &decided)?;
            Ok(done(&known.definition, &recorded))
        })
    }

    /// Writes a note into a room.
    ///
    /// # Errors
    /// Where the actor may not write there, or the text may not be kept.
    pub fn write_note(&self, actor: &Actor, command: &NoteCommand, key: Option<&CommandKey>) -> Result<Done, AppError> {
        self.command(actor, key, |db, now| {
            let access = access::open(db, actor, &command.number)?;
            let (room, seat) = note_room(&access, actor, command.room)?;
            let known = self.workflows.of(db, &access.stored.definition)?;
            let stored = &access.stored;
            let text = input::free_text("text", &command.text, self.ids.bytes())?;
            let next = log::next_entry(db, &stored.id, &room)?;
            if command.corrects.is_some_and(|entry| entry == 0 || entry >= next) {
                return Err(
                    Reason::field(Code::WrongType, "corrects", "Ange en händelse som finns i samma rum.").into()
                );
            }
            let note = Note {
                by: By::Person { person: actor.person.clone(), seat },
                recorded: now,
                corrects: command.corrects,
                text: input::text_reference(&text.digest()),
            };
            let place =
                Place { case_id: &stored.id, number: &stored.number, room: &room, definition: &stored.definition };
            let entry = log::append(db, place, Record::Note(note), std::slice::from_ref(&text))?;
            let mut done = done(&known.definition, &Recorded { stored: access.stored.clone(), entry });
            if command.room == NoteRoom::Own {
                done.room = "own".to_owned();
            }
            Ok(done)
        })
    }

    /// Carries a command out once, however often it is sent under its key.
    fn command(
        &self,
        actor: &Actor,
        key: Option<&CommandKey>,
        work: impl Fn(&mut Db, Timestamp) -> Result<Done, AppError>,
    ) -> Result<Done, AppError> {
        let mut tries = 1..=TRIES;
        loop {
            let now = self.now();
            let outcome = self.store.write(|db| {
                if let Some(answer) = key.map(|key| repeated(db, actor, key)).transpose()?.flatten() {
                    return Ok(answer);
                }
                let done = work(db, now)?;
                if let Some(key) = key {
                    let response =
                        serde_json::to_string(&done).map_err(|error| AppError::Internal(error.to_string()))?;
                    let answer = Answered { request: key.request.clone(), status: 200, response };
                    commands::note(db, &actor.person, &key.key, &answer, now)?;
                }
                Ok(done)
            });
            match outcome {
                Err(AppError::Store(StoreError::Conflict)) if tries.next().is_some() => {}
                outcome => return outcome,
            }
        }
    }

    /// The case, where the actor may act on it and saw its present revision.
    fn to_act_on(&self, db: &mut Db, actor: &Actor, command: &StepCommand) -> Result<StoredCase, AppError> {
        let access = access::open(db, actor, &command.number)?;
        if matches!(access.reach, Reach::Until(_)) {
            return Err(AppError::Forbidden);
        }
        if access.stored.case.revision != command.revision {
            return Err(AppError::Stale { current: access.stored.case.revision });
        }
        Ok(access.stored)
    }

    fn decide(
        &self,
        db: &mut Db,
        actor: &Actor,
        known: &Known,
        case: &Case,
        what: &What,
        now: Timestamp,
    ) -> Result<(World, Decided), AppError> {
        let nothing = Map::new();
        let given = match what {
            What::Take { given, .. } => given,
            What::Withdraw { .. } => &nothing,
        };
        let world = World::load(db, actor, &known.definition, given, now)?;
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
        let unknown = |number: &CaseNumber| {
            Reason::field(
                Code::Origin,
                "origins",
                &format!("{number} finns inte, eller så har du inte tillgång till det."),
            )
        };
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

/// The world at one moment, loaded for one command.
pub struct World {
    organisation: Organisation,
    agreement: Option<AgreementVersion>,
    cases: BTreeSet<CaseNumber>,
}

impl World {
    /// What the engine will ask: the organisation and the agreement of the day, and which of the cases that the input
    /// names the actor may read.
    pub fn load(
        db: &mut Db,
        actor: &Actor,
        definition: &Definition,
        given: &Map<String, Value>,
        now: Timestamp,
    ) -> Result<World, AppError> {
        let day = local_date(now);
        Ok(World {
            organisation: organisation::load(db, day)?,
            agreement: organisation::agreement_on(db, day)?,
            cases: readable_cases(db, actor, definition, given)?,
        })
    }

    /// The world as the engine takes it.
    pub fn context<'a>(&'a self, app: &'a App, actor: &'a Actor, now: Timestamp) -> Context<'a> {
        Context {
            now,
            acting: Acting::Person(actor),
            organisation: &self.organisation,
            calendar: &app.calendar,
            agreement: self.agreement.as_ref(),
            cases: &self.cases,
            seed: app.ids.bytes(),
        }
    }

    fn recorder<'a>(&'a self, app: &'a App, db: &'a mut Db, now: Timestamp) -> Recorder<'a> {
        Recorder { app, db, now, organisation: &self.organisation }
    }
}

fn readable_cases(
    db: &mut Db,
    actor: &Actor,
    definition: &Definition,
    given: &Map<String, Value>,
) -> Result<BTreeSet<CaseNumber>, AppError> {
    let is_case = |name: &String| definition.fields.get(name).is_some_and(|field| field.kind == FieldKind::Case);
    let named = given.iter().filter(|(name, _)| is_case(name)).filter_map(|(_, value)| value.as_str());
    let mut readable = BTreeSet::new();
    for number in named.map(CaseNumber::from) {
        match access::open(db, actor, &number) {
            Ok(_) => {
                readable.insert(number);
            }
            Err(AppError::NotFound) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(readable)
}

fn repeated(db: &mut Db, actor: &Actor, key: &CommandKey) -> Result<Option<Done>, AppError> {
    let Some(answered) = commands::answered(db, &actor.person, &key.key)? else { return Ok(None) };
    if answered.request != key.request {
        return Err(AppError::KeyReused);
    }
    serde_json::from_str(&answered.response).map(Some).map_err(|error| AppError::Internal(error.to_string()))
}

fn done(definition: &Definition, recorded: &Recorded) -> Done {
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

/// The room that the actor writes in, and the seat in which she does: only people of present parties write, and in a
/// principal's own room only its own.
fn note_room(access: &Access, actor: &Actor, room: NoteRoom) -> Result<(Room, crate::authz::Seat), AppError> {
    let may_write = |seat: &&crate::authz::Seat| match (seat.role.scope(), &seat.unit) {
        (Scope::Principal, _) => true,
        (Scope::Unit, Some(unit)) => access.stored.case.is_assigned_to(unit),
        (Scope::Unit | Scope::Own | Scope::Body, _) => false,
    };
    let case = &access.stored.case;
    let of_party =
        |seat: &&crate::authz::Seat| seat.principal.as_ref().is_some_and(|principal| case.side_of(principal).is_some());
    let seat = actor.seats.iter().filter(of_party).find(may_write).cloned().ok_or(AppError::Forbidden)?;
    let principal = seat.principal.clone().ok_or(AppError::Forbidden)?;
    match room {
        NoteRoom::Shared if matches!(access.reach, Reach::Full(_)) => Ok((Room::Shared, seat)),
        NoteRoom::Shared => Err(AppError::Forbidden),
        NoteRoom::Own => Ok((Room::Own(principal), seat)),
    }
}

fn unknown_workflow() -> AppError {
    Reason::field(Code::UnknownStep, "workflow", "Den sortens ärende finns inte.").into()
}
