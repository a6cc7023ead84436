//! What an actor is shown: a case, its timeline, what she may do, lists. Built from the log, so that whoever sees only a
//! part of it is shown a case that is made of that part alone.

mod agreement;
mod board;
mod case_view;
mod choices;
mod deadlines;
pub(in crate::app) mod documents;
mod find;
mod gist;
mod ladder;
mod links;
mod list;
mod mail_view;
mod mentions;
mod next_view;
mod products;
mod readers;
mod start_form;
mod step_form;
pub(super) mod timeline;
mod transitions;
mod workflow_view;
mod worklist;

pub use agreement::AgreementView;
pub use board::{Board, Column, Line, Matter};
pub(super) use case_view::visible_keys;
pub use case_view::{CaseView, ConfirmationView, FieldView, PartyView, StateView};
pub use choices::{SearchChoices, Titled};
pub use deadlines::DeadlineView;
pub(super) use deadlines::running;
pub use documents::DocumentView;
pub use gist::Gist;
pub use ladder::{LadderPlace, Rung};
pub use links::LinkView;
pub use list::{CaseSummary, Filter, Page, Place, Turn, Whose};
pub use mail_view::MailView;
pub use next_view::{NextView, ProposalView};
pub use products::ProductView;
pub use readers::{ReaderKind, ReaderView};
pub use start_form::{Copied, SectionForm, StartChoice, StartForm};
pub use step_form::{Names, StepForm};
pub use timeline::{EntryView, WhoView};
pub use transitions::TransitionView;
pub use workflow_view::{FieldForm, OptionView, SideView, StartView, WorkflowView};
pub use worklist::{Offer, Worklist};

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::workflow::input::referenced_text;

/// Texts by entry and path.
type Texts = BTreeMap<(u64, String), String>;

/// A stored value with its texts put back; a removed one says so.
fn with_texts(value: &Value, n: u64, path: &str, texts: &Texts) -> Value {
    if referenced_text(value).is_some() {
        return match texts.get(&(n, path.to_owned())) {
            Some(text) => json!(text),
            None => json!({ "removed": true }),
        };
    }
    match value {
        Value::Object(map) => {
            let parts =
                map.iter().map(|(name, part)| (name.clone(), with_texts(part, n, &format!("{path}.{name}"), texts)));
            Value::Object(parts.collect::<Map<_, _>>())
        }
        Value::Array(items) => {
            let items = items.iter().enumerate();
            items.map(|(at, item)| with_texts(item, n, &format!("{path}.{at}"), texts)).collect()
        }
        scalar => scalar.clone(),
    }
}
