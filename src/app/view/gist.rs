//! What tells a draft from others of its writer's in a list: against whom, what about, the day, the place, the first words
//! of what she wrote. Hers alone to read, as the draft is.

use chrono::NaiveDate;
use serde_json::{Map, Value};

use super::workflow_view::{FieldForm, view};
use crate::app::drafts::DraftView;
use crate::app::workflows::Known;
use crate::app::{App, AppError};
use crate::authz::Actor;
use crate::ids::PrincipalId;
use crate::store::organisation;
use crate::workflow::definition::{FieldKind, Start};

/// How many letters of a text are shown.
const LETTERS: usize = 60;

/// What a draft is about, as far as it has been filled in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Gist {
    /// The names of those that it is against.
    pub with: Vec<String>,
    /// The first thing chosen, such as its category, and where it happened.
    pub about: Vec<String>,
    /// The first day given: in every kind of case that we know, the event's.
    pub day: Option<NaiveDate>,
    /// How its first text begins.
    pub words: Option<String>,
    /// Whether she can still begin a case so. Where not, all that is left is to throw it away.
    pub begins: bool,
}

impl App {
    /// The actor's drafts, the latest changed first, each with what it is about.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub fn drafts_told(&self, actor: &Actor) -> Result<Vec<(DraftView, Gist)>, AppError> {
        let drafts = self.drafts(actor)?;
        if drafts.is_empty() {
            return Ok(Vec::new());
        }
        self.store.read(|db| {
            let names = organisation::names(db)?;
            let name = |id: &str| names.get(id).map_or(id, String::as_str).to_owned();
            let mut told = Vec::new();
            for draft in drafts {
                let others: Vec<_> = with(&draft).map(PrincipalId::from).collect();
                let known = self.in_force_for(db, actor, (&draft.workflow, &draft.start), &others)?;
                let known = known.as_ref();
                let start = known.and_then(|known| known.definition.start.iter().find(|start| start.id == draft.start));
                let mut gist = gist(&draft, known.zip(start), &name);
                if let Some((known, start)) = known.zip(start) {
                    gist.begins = self.beginning(db, actor, known, start)?.is_some();
                }
                told.push((draft, gist));
            }
            Ok(told)
        })
    }
}

/// Whom the case is to have besides.
fn with(draft: &DraftView) -> impl Iterator<Item = &str> {
    let parties = draft.content.get("parties").and_then(Value::as_object).into_iter().flat_map(Map::values);
    parties.filter_map(Value::as_array).flatten().filter_map(Value::as_str)
}

fn gist(draft: &DraftView, begun: Option<(&Known, &Start)>, name: &dyn Fn(&str) -> String) -> Gist {
    let mut gist = Gist { with: with(draft).map(name).collect(), ..Gist::default() };
    let Some((known, start)) = begun else { return gist };
    let (form, given) = (view(known), draft.content.get("data"));
    for id in start.require.iter().chain(&start.ask) {
        let field = form.fields.iter().find(|field| field.id == *id);
        if let (Some(field), Some(value)) = (field, given.and_then(|given| given.get(id))) {
            gist.add(field, value, name);
        }
    }
    gist
}

impl Gist {
    /// Adds what a field tells that nothing before it has told.
    fn add(&mut self, field: &FieldForm, value: &Value, name: &dyn Fn(&str) -> String) {
        let text = value.as_str().unwrap_or_default();
        match field.kind {
            FieldKind::Choice if self.about.is_empty() => {
                let chosen = field.options.iter().find(|option| option.id == text);
                self.about.extend(chosen.map(|option| option.title.clone()));
            }
            FieldKind::Date if self.day.is_none() => self.day = text.parse().ok(),
            FieldKind::Text | FieldKind::Statement if self.words.is_none() && !text.is_empty() => {
                self.words = Some(beginning(text));
            }
            FieldKind::Unit => self.about.push(name(text)),
            // Of what has parts, such as where it happened, the first that says it.
            FieldKind::Record => {
                let part = |part: &FieldForm| {
                    let text = value.get(&part.id)?.as_str()?;
                    match part.kind {
                        FieldKind::Unit => Some(name(text)),
                        FieldKind::Text => Some(beginning(text)),
                        _ => None,
                    }
                };
                self.about.extend(field.parts.iter().find_map(part));
            }
            _ => {}
        }
    }
}

/// How a text begins, on one line, up to the end of a word.
fn beginning(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let Some((end, _)) = line.char_indices().nth(LETTERS) else { return line };
    let cut = &line[..end];
    let whole = cut.rfind(' ').map_or(cut, |space| &cut[..space]);
    format!("{whole} …")
}
