//! Drafts: what a person has begun to write and not sent, for one principal. Hers alone, and no case. In a session that
//! speaks for another of her principals it is not there; in one that speaks for all of them, it is.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::cases::CommandKey;
use super::{App, AppError};
use crate::authz::Actor;
use crate::clock::Timestamp;
use crate::personal_number;
use crate::store::drafts::{self, Draft, Writer};
use crate::texts::cases as texts;
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

/// The answer to a draft that was kept. It holds nothing that anybody wrote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DraftKept {
    /// Its id.
    pub id: String,
    /// Its revision: what If-Match is compared with.
    pub revision: u64,
    /// When it was changed, UTC.
    pub updated: Timestamp,
}

/// A draft, as its writer sees it.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct DraftView {
    /// Its id.
    pub id: String,
    /// The workflow.
    pub workflow: String,
    /// The start that it is to become.
    pub start: String,
    /// The workflow's title.
    pub title: String,
    /// What has been filled in.
    pub content: Map<String, Value>,
    /// Its revision: what If-Match is compared with.
    pub revision: u64,
    /// When it was last changed, UTC.
    pub updated: Timestamp,
}

impl App {
    /// Keeps a new draft.
    ///
    /// # Errors
    /// Where a text holds a personal identity number: a draft is stored too. [`AppError::Forbidden`] for whoever only
    /// watches over cases, or acts for no principal: nothing could become of it.
    pub fn keep_draft(
        &self,
        actor: &Actor,
        what: &DraftFor,
        content: &Map<String, Value>,
        key: Option<&CommandKey>,
    ) -> Result<DraftKept, AppError> {
        if actor.only_watches() {
            return Err(AppError::Forbidden);
        }
        let content = readable(content)?;
        self.command(actor, key, |db, now| {
            let known = self.in_force_today(db, &what.workflow)?;
            let known = known.as_ref();
            let start = known.and_then(|known| known.definition.start.iter().find(|start| start.id == what.start));
            let Some((known, start)) = known.zip(start) else {
                return Err(Reason::field(Code::UnknownStep, "start", texts::NO_SUCH_START).into());
            };
            // Where she may not begin so, nothing comes of it when it is sent: the draft is hers all the same.
            let begun = self.beginning(db, actor, known, start)?.map(|(_, principal)| principal);
            let principal = begun.or(actor.principals().into_iter().next()).ok_or(AppError::Forbidden)?;
            let draft = Draft {
                id: self.ids.next(now),
                workflow: what.workflow.clone(),
                start: what.start.clone(),
                content: content.clone(),
                updated: now,
            };
            drafts::insert(db, &actor.person, &principal, &draft)?;
            Ok(DraftKept { id: draft.id, revision: revision(now), updated: now })
        })
    }

    /// Changes a draft whose revision the actor saw.
    ///
    /// # Errors
    /// [`AppError::Stale`] where it has been changed in another window: nothing is overwritten.
    pub fn change_draft(
        &self,
        actor: &Actor,
        id: &str,
        content: &Map<String, Value>,
        expected: u64,
    ) -> Result<DraftKept, AppError> {
        let content = readable(content)?;
        self.command(actor, None, |db, now| {
            let before = drafts::of_writer(db, &writer(actor), id)?.ok_or(AppError::NotFound)?;
            let (seen, current) = (before.updated, revision(before.updated));
            if current != expected {
                return Err(AppError::Stale { current });
            }
            // Two changes within one microsecond must still be told apart.
            let now = now.max(seen + chrono::Duration::microseconds(1));
            let draft = Draft { content: content.clone(), updated: now, ..before };
            drafts::update(db, &writer(actor), &draft, seen)?;
            Ok(DraftKept { id: draft.id, revision: revision(now), updated: now })
        })
    }

    /// The actor's draft of that id.
    ///
    /// # Errors
    /// [`AppError::NotFound`] where she has none.
    pub fn draft(&self, actor: &Actor, id: &str) -> Result<DraftView, AppError> {
        let draft = self.store.read(|db| drafts::of_writer(db, &writer(actor), id)?.ok_or(AppError::NotFound))?;
        self.draft_view(draft)
    }

    /// The actor's drafts, the latest changed first.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub fn drafts(&self, actor: &Actor) -> Result<Vec<DraftView>, AppError> {
        let drafts = self.store.read(|db| drafts::all_of_writer(db, &writer(actor)))?;
        drafts.into_iter().map(|draft| self.draft_view(draft)).collect()
    }

    fn draft_view(&self, draft: Draft) -> Result<DraftView, AppError> {
        let content = serde_json::from_str(&draft.content).map_err(|error| AppError::Internal(error.to_string()))?;
        let known = self.workflows.newest(&draft.workflow);
        let title = known.map_or(&draft.workflow, |known| &known.definition.title).clone();
        let (id, workflow, start, updated) = (draft.id, draft.workflow, draft.start, draft.updated);
        Ok(DraftView { id, workflow, start, title, content, revision: revision(updated), updated })
    }

    /// Throws a draft away.
    ///
    /// # Errors
    /// [`AppError::NotFound`] where the actor has none of that id.
    pub fn drop_draft(&self, actor: &Actor, id: &str) -> Result<(), AppError> {
        match self.store.write(|db| drafts::delete(db, &writer(actor), id))? {
            true => Ok(()),
            false => Err(AppError::NotFound),
        }
    }
}

/// Whose drafts the actor may see: her own, of the principals that she acts for in this session.
pub(super) fn writer(actor: &Actor) -> Writer {
    Writer { person: actor.person.clone(), principals: actor.principals() }
}

/// A draft's revision: the microsecond of its last change.
fn revision(updated: Timestamp) -> u64 {
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
        true => Err(Reason::new(Code::TooLong, texts::LARGE_DRAFT).into()),
        false => Ok(text),
    }
}

fn look_through(path: &str, value: &Value, reasons: &mut Vec<Reason>) {
    match value {
        Value::String(text) if personal_number::contains(text) => reasons.push(Reason::personal_number(path)),
        Value::String(text) if text.contains('\0') => {
            reasons.push(Reason::field(Code::WrongType, path, texts::FORBIDDEN_SIGN));
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
