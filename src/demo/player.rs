//! Plays a scenario on a stage, in the order of its times. What must be refused is; what is to be seen is; otherwise the
//! play ends with the step at which it failed.
//!
//! A stage is where the steps take effect: the application with its database ([`super::stage`]), or, in tests, the engine
//! alone. Nothing here knows which.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde_json::{Map, Value};

use super::scenario::{Deed, Expect, NoteIn, Register, Scenario, Scene};
use crate::app::AppError;
use crate::app::cases::{Registration, What};
use crate::app::notes::{NoteCommand, NoteRoom};
use crate::clock::Timestamp;
use crate::ids::{CaseNumber, PersonId};
use crate::workflow::rejection::Reason;

/// Where a scenario is played.
pub trait Stage {
    /// Lets time pass until `to`; whatever falls due meanwhile is done when it is due.
    ///
    /// # Errors
    /// Where what fell due could not be done.
    fn wait(&mut self, to: Timestamp) -> Result<(), AppError>;

    /// Somebody registers a case.
    ///
    /// # Errors
    /// Why she may not.
    fn register(&mut self, who: &PersonId, what: &Registration) -> Result<CaseNumber, AppError>;

    /// Somebody takes a step, or a confirmation back, in the case as it is now.
    ///
    /// # Errors
    /// Why she may not.
    fn act(&mut self, who: &PersonId, case: &CaseNumber, what: &What) -> Result<(), AppError>;

    /// Somebody writes a note.
    ///
    /// # Errors
    /// Why she may not.
    fn note(&mut self, who: &PersonId, what: &NoteCommand) -> Result<(), AppError>;

    /// Somebody looks at a case.
    ///
    /// # Errors
    /// Why she may not.
    fn look(&mut self, who: &PersonId, case: &CaseNumber) -> Result<(), AppError>;

    /// Where a case stands, for whoever tells the story.
    ///
    /// # Errors
    /// Where there is no such case.
    fn standing(&mut self, case: &CaseNumber) -> Result<Standing, AppError>;
}

/// Where a case stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Standing {
    /// Its state.
    pub state: String,
    /// Its deadlines that run, with their last days.
    pub due: BTreeMap<String, NaiveDate>,
    /// How many mails have been written about it; none on a stage without mail.
    pub mails: Option<u32>,
    /// Its outcome.
    pub outcome: Option<String>,
}

/// What came of a play, besides what the stage holds.
#[derive(Debug, Clone, Default)]
pub struct Played {
    /// The cases, by what the scenario calls them.
    pub cases: BTreeMap<String, CaseNumber>,
    /// What no log holds, in the order in which it came about.
    pub asides: Vec<(Timestamp, Aside)>,
}

/// What happens in a story and stands in no log.
#[derive(Debug, Clone)]
pub enum Aside {
    /// The teller says something.
    Told(String),
    /// Somebody looks at a case.
    Looked(PersonId, CaseNumber),
    /// Somebody tries, and is refused.
    Refused(Refused),
}

/// An attempt that was refused, as it had to be.
#[derive(Debug, Clone)]
pub struct Refused {
    /// Who.
    pub who: PersonId,
    /// In which case, if one was there.
    pub case: Option<CaseNumber>,
    /// The start or transition; none for a look or a note.
    pub step: Option<String>,
    /// The code.
    pub code: String,
    /// Why, as she was told.
    pub reasons: Vec<Reason>,
}

/// The step at which a play failed, and why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}: {what}: {why}")]
pub struct PlayError {
    /// The scenario's file.
    pub file: String,
    /// The step's line.
    pub line: usize,
    /// What was to be done.
    pub what: String,
    /// Why that failed.
    pub why: String,
}

/// Plays a scenario to its end.
///
/// # Errors
/// The first step that did not go as the scenario says.
pub fn play(scenario: &Scenario, stage: &mut dyn Stage) -> Result<Played, PlayError> {
    let mut player = Player { stage, played: Played::default() };
    for scene in &scenario.scenes {
        let failed = |why: String| PlayError {
            file: scenario.file.clone(),
            line: scene.line,
            what: scene.deed.to_string(),
            why,
        };
        player.scene(scene).map_err(failed)?;
    }
    Ok(player.played)
}

struct Player<'a> {
    stage: &'a mut dyn Stage,
    played: Played,
}

impl Player<'_> {
    fn scene(&mut self, scene: &Scene) -> Result<(), String> {
        self.stage.wait(scene.at).map_err(|error| told(&error))?;
        match &scene.deed {
            Deed::Register(register) => {
                let done = self.register(scene, register);
                let number = done.as_ref().ok().cloned();
                self.judge(scene, done.map(|_| ()))?;
                self.played.cases.extend(number.map(|number| (register.name.clone(), number)));
                Ok(())
            }
            Deed::Take(take) => {
                let given = self.given(scene);
                let what = What::Take { transition: take.take.clone(), happened: scene.happened, given };
                self.act(scene, &take.by, &take.case, &what)
            }
            Deed::Withdraw(withdraw) => {
                let what = What::Withdraw { transition: withdraw.withdraw.clone() };
                self.act(scene, &withdraw.by, &withdraw.case, &what)
            }
            Deed::Note(note) => {
                let room = match note.room {
                    NoteIn::Shared => NoteRoom::Shared,
                    NoteIn::Own => NoteRoom::Own,
                };
                let command =
                    NoteCommand { number: self.number(&note.case)?, room, text: note.note.clone(), corrects: None };
                let done = self.stage.note(&note.by, &command);
                self.judge(scene, done)
            }
            Deed::Look(look) => {
                let number = self.number(&look.look)?;
                let done = self.stage.look(&look.by, &number);
                if done.is_ok() {
                    self.played.asides.push((scene.at, Aside::Looked(look.by.clone(), number)));
                }
                self.judge(scene, done)
            }
            Deed::Until(_) => Ok(()),
            Deed::Tell(tell) => {
                self.played.asides.push((scene.at, Aside::Told(tell.tell.clone())));
                Ok(())
            }
            Deed::Expect(expect) => self.expect(expect),
        }
    }

    fn register(&mut self, scene: &Scene, register: &Register) -> Result<CaseNumber, AppError> {
        let parties = register.parties.iter();
        let numbers = register.origins.iter().filter_map(|name| self.played.cases.get(name));
        let registration = Registration {
            workflow: register.register.clone(),
            start: register.start.clone(),
            happened: scene.happened,
            parties: parties.map(|(side, principals)| (side.clone(), principals.iter().cloned().collect())).collect(),
            origins: numbers.cloned().collect(),
            given: self.given(scene),
            draft: None,
        };
        self.stage.register(&register.by, &registration)
    }

    fn act(&mut self, scene: &Scene, who: &PersonId, case: &str, what: &What) -> Result<(), String> {
        let number = self.number(case)?;
        let done = self.stage.act(who, &number, what);
        self.judge(scene, done)
    }

    /// The number of a case; none where its registration was refused.
    fn number(&self, name: &str) -> Result<CaseNumber, String> {
        self.played.cases.get(name).cloned().ok_or_else(|| format!("`{name}` was never registered"))
    }

    /// The fields given, with the numbers of cases in the place of their names.
    fn given(&self, scene: &Scene) -> Map<String, Value> {
        let number = |value: &Value| {
            let name = value.as_str().and_then(|text| text.strip_prefix('$'));
            name.and_then(|name| self.played.cases.get(name))
                .map_or(value.clone(), |number| Value::from(number.as_str()))
        };
        scene.data.iter().map(|(name, value)| (name.clone(), number(value))).collect()
    }

    /// Whether it was done, or refused, as the scenario says.
    fn judge(&mut self, scene: &Scene, done: Result<(), AppError>) -> Result<(), String> {
        match (done, scene.deed.refused()) {
            (Ok(()), None) => Ok(()),
            (Ok(()), Some(code)) => Err(format!("it was done, and had to be refused: {code}")),
            (Err(error), Some(code)) if codes(&error).iter().any(|found| found == code) => {
                let reasons = match error {
                    AppError::Rejected(rejection) => rejection.reasons,
                    _ => Vec::new(),
                };
                let refused = Refused {
                    who: scene.deed.who().cloned().unwrap_or_else(|| PersonId::from("")),
                    case: scene.deed.case().and_then(|name| self.played.cases.get(name)).cloned(),
                    step: scene.deed.step().map(str::to_owned),
                    code: code.to_owned(),
                    reasons,
                };
                self.played.asides.push((scene.at, Aside::Refused(refused)));
                Ok(())
            }
            (Err(error), Some(code)) => Err(format!("it had to be refused as {code}, and was as {}", told(&error))),
            (Err(error), None) => Err(told(&error)),
        }
    }

    fn expect(&mut self, expect: &Expect) -> Result<(), String> {
        let number = self.number(&expect.expect)?;
        let standing = self.stage.standing(&number).map_err(|error| told(&error))?;
        if let Some(state) = expect.state.as_ref().filter(|state| **state != standing.state) {
            return Err(format!("it stands in {}, not in {state}", standing.state));
        }
        if expect.outcome.is_some() && expect.outcome != standing.outcome {
            return Err(format!("its outcome is {:?}, not {:?}", standing.outcome, expect.outcome));
        }
        if standing.mails.is_some() && expect.mails.is_some() && standing.mails != expect.mails {
            return Err(format!("there are {:?} mails, not {:?}", standing.mails, expect.mails));
        }
        for (deadline, day) in &expect.due {
            let found = standing.due.get(deadline);
            if found != Some(day) {
                return Err(format!("{deadline} is due {found:?}, not {day}"));
            }
        }
        Ok(())
    }
}

/// An error as codes: what a scenario may name.
fn codes(error: &AppError) -> Vec<String> {
    match error {
        AppError::Rejected(rejection) => rejection.reasons.iter().map(|reason| reason.code.name()).collect(),
        AppError::NotFound => vec!["not_found".to_owned()],
        AppError::Forbidden => vec!["forbidden".to_owned()],
        AppError::Stale { .. } | AppError::KeyReused | AppError::Store(_) | AppError::Internal(_) => Vec::new(),
    }
}

/// An error with its reasons.
fn told(error: &AppError) -> String {
    match error {
        AppError::Rejected(rejection) => {
            let reasons = rejection.reasons.iter().map(|reason| {
                let field = reason.field.as_ref().map(|field| format!(" {field}")).unwrap_or_default();
                format!("{}{field}: {}", reason.code.name(), reason.detail)
            });
            reasons.collect::<Vec<_>>().join("; ")
        }
        other => other.to_string(),
    }
}
