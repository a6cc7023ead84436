//! Drafts: what a person has begun to write and not sent. Hers alone, and no case.

use serde_json::{Map, Value};

use super::{App, AppError};
use crate::authz::Actor;
use crate::clock::Timestamp;
use crate::personal_number;
use crate::store::drafts::{self, Draft};
use crate::workflow::input::LONGEST_TEXT;
use crate::workflow::rejection::{Code, Reason};

/// The most bytes of a draft.
const LARGEST: usize = 4 * LONGEST_TEXT;

/// What a draft is to become.
#[derive(Debug, Clone)]
pub struct DraftFor {
    /// The workflow.
    pub workflow: String,
    /// The start event.
    pub start: String,
}

impl App {
    /// Keeps a new draft.
    ///
    /// # Errors
    /// Where a text holds a personal identity number: a draft is stored too.
    pub fn keep_draft(&self, actor: &Actor, what: &DraftFor, content: &Map<String, Value>) -> Result<Draft, AppError> {
        let known = self.workflows.current(&what.workflow);
        let start = known.and_then(|known| known.definition.start.iter().find(|start| start.id == what.start));
        if start.is_none() {
            return Err(Reason::field(Code::UnknownStep, "start", "Så börjar inget ärende.").into());
        }
        let now = self.now();
        let draft = Draft {
            id: self.ids.next(now),
            workflow: what.workflow.clone(),
            start: what.start.clone(),
            content: readable(content)?,
            updated: now,
        };
        self.store.write(|db| drafts::insert(db, &actor.person, &draft))?;
        Ok(draft)
    }

    /// Changes a draft that was last changed at `expected`.
    ///
    /// # Errors
    /// [`AppError::Stale`] where it has been changed in another window: nothing is overwritten.
    pub fn change_draft(
        &self,
        actor: &Actor,
        id: &str,
        content: &Map<String, Value>,
        expected: Timestamp,
    ) -> Result<Draft, AppError> {
        let content = readable(content)?;
        self.store.write(|db| {
            let before = drafts::of_person(db, &actor.person, id)?.ok_or(AppError::NotFound)?;
            let stale = AppError::Stale { current: revision(before.updated) };
            if before.updated != expected {
                return Err(stale);
            }
            // Two changes within one microsecond must still be told apart.
            let now = self.now().max(before.updated + chrono::Duration::microseconds(1));
            let draft = Draft { content, updated: now, ..before };
            drafts::update(db, &actor.person, &draft, expected)?;
            Ok(draft)
        })
    }

    /// The actor's draft of that id.
    ///
    /// # Errors
    /// [`AppError::NotFound`] where she has none.
    pub fn draft(&self, actor: &Actor, id: &str) -> Result<Draft, AppError> {
        self.store.read(|db| drafts::of_person(db, &actor.person, id)?.ok_or(AppError::NotFound))
    }

    /// The actor's drafts, the latest changed first.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub fn drafts(&self, actor: &Actor) -> Result<Vec<Draft>, AppError> {
        self.store.read(|db| Ok(drafts::all_of_person(db, &actor.person)?))
    }

    /// Throws a draft away.
    ///
    /// # Errors
    /// [`AppError::NotFound`] where the actor has none of that id.
    pub fn drop_draft(&self, actor: &Actor, id: &str) -> Result<(), AppError> {
        match self.store.write(|db| drafts::delete(db, &actor.person, id))? {
            true => Ok(()),
            false => Err(AppError::NotFound),
        }
    }
}

/// A draft's revision: the microsecond of its last change.
pub fn revision(updated: Timestamp) -> u64 {
    u64::try_from(updated.utc().timestamp_micros()).unwrap_or(0)
}

/// The draft as JSON, where nothing in it looks like a personal identity number.
fn readable(content: &Map<String, Value>) -> Result<String, AppError> {
    let mut reasons = Vec::new();
    content.iter().for_each(|(name, value)| look_through(name, value, &mut reasons));
    if !reasons.is_empty() {
        return Err(AppError::Rejected(reasons.into()));
    }
    let text = Value::Object(content.clone()).to_string();
    match text.len() > LARGEST {
        true => Err(Reason::new(Code::TooLong, "Utkastet är för stort.").into()),
        false => Ok(text),
    }
}

fn look_through(path: &str, value: &Value, reasons: &mut Vec<Reason>) {
    match value {
        Value::String(text) if personal_number::contains(text) => reasons.push(Reason::personal_number(path)),
        Value::String(text) if text.contains('\0') => {
            reasons.push(Reason::field(Code::WrongType, path, "Texten innehåller ett otillåtet tecken."));
        }
        Value::Number(number) if personal_number::contains(&number.to_string()) => {
            reasons.push(Reason::personal_number(path));
        }
        Value::Array(items) => {
            (0..).zip(items).for_each(|(at, item): (usize, _)| look_through(&format!("{path}.{at}"), item, reasons))
        }
        Value::Object(map) => {
            map.iter().for_each(|(name, part)| look_through(&format!("{path}.{name}"), part, reasons))
        }
        _ => {}
    }
    if let Value::Object(map) = value {
        let named = map.keys().filter(|name| personal_number::contains(name));
        reasons.extend(named.map(|_| Reason::personal_number(path)));
    }
}
