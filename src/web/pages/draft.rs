//! A case that is being begun: part by part, kept after each, and a last look before it is sent.

use std::collections::BTreeMap;

use maud::{Markup, html};
use serde_json::{Map, Value};

use super::form::{self, MORE};
use super::parts::{csrf, default_button, key, summary, value, warning};
use super::visit::{Form, KEY, Visit};
use super::{Answer, Outcome, texts};
use crate::app::AppError;
use crate::app::cases::Registration;
use crate::app::drafts::DraftView;
use crate::app::sessions::Signed;
use crate::app::view::{SectionForm, StartForm};
use crate::ids::{CaseNumber, PrincipalId};
use crate::workflow::engine::Happened;
use crate::workflow::rejection::{Class, Reason};

/// The part at the end: everything once more, then send.
const CHECK: &str = "check";
/// The revision of the draft that she saw.
const REVISION: &str = "_revision";

/// A part of the form, or the last look.
pub fn show(visit: &Visit, signed: &Signed) -> Outcome {
    let draft = Begun::read(visit, signed)?;
    draft.page(visit, signed, &[], None)
}

/// Keeps what was typed and goes on; sends at the end.
pub fn go_on(visit: &Visit, signed: &Signed) -> Outcome {
    let mut draft = match Begun::read(visit, signed) {
        Err(AppError::NotFound) => return sent_before(visit, signed),
        draft => draft?,
    };
    match draft.section(visit) {
        Some((at, _)) => draft.keep(visit, signed, at),
        None if visit.part("part") == CHECK => draft.send(visit, signed),
        None => Err(AppError::NotFound.into()),
    }
}

/// The form was sent twice: the second time the draft has become a case.
fn sent_before(visit: &Visit, signed: &Signed) -> Outcome {
    let key = visit.key().ok_or(AppError::NotFound)?;
    let done = visit.app.done_before(&signed.actor, &key)?.ok_or(AppError::NotFound)?;
    Ok(Answer::GoTo(format!("/cases/{}?registered", done.number)))
}

/// Throws a draft away.
pub fn drop(visit: &Visit, signed: &Signed) -> Outcome {
    visit.app.drop_draft(&signed.actor, visit.part("id"))?;
    Ok(Answer::GoTo("/".to_owned()))
}

/// The button that throws it away.
pub fn drop_draft(signed: &Signed, draft: &DraftView) -> Markup {
    html! {
        form method="post" action={ "/drafts/" (draft.id) "/drop" } {
            (csrf(signed))
            button .quiet type="submit" { (texts::DROP_DRAFT) }
        }
    }
}

/// A draft with its form.
struct Begun {
    draft: DraftView,
    form: StartForm,
}

impl Begun {
    fn read(visit: &Visit, signed: &Signed) -> Result<Begun, AppError> {
        let draft = visit.app.draft(&signed.actor, visit.part("id"))?;
        let form = form_of(visit, signed, &draft, &data(&draft))?;
        Ok(Begun { draft, form })
    }

    /// The part of the address: its number from 1, and its fields; none for the last look.
    fn section(&self, visit: &Visit) -> Option<(usize, &SectionForm)> {
        let at = visit.part("part").parse::<usize>().ok().filter(|at| *at >= 1)?;
        Some((at, self.form.sections.get(at - 1)?))
    }

    /// The numbers of the parts that ask for something: one whose conditions leave nothing is passed over.
    fn filled(&self) -> impl DoubleEndedIterator<Item = usize> + '_ {
        let numbered = self.form.sections.iter().enumerate();
        numbered.filter(|(_, section)| !section.fields.is_empty()).map(|(before, _)| before + 1)
    }

    fn registration(&self, given: Map<String, Value>) -> Registration {
        Registration {
            workflow: self.draft.workflow.clone(),
            start: self.draft.start.clone(),
            happened: Happened::Now,
            parties: parties(&self.draft),
            origins: self
                .draft
                .content
                .get("origins")
                .map(list)
                .unwrap_or_default()
                .into_iter()
                .map(CaseNumber)
                .collect(),
            given,
            draft: Some(self.draft.id.clone()),
        }
    }

    /// Keeps a part. What is wrong in it is told at once; what could be kept is kept all the same.
    fn keep(&mut self, visit: &Visit, signed: &Signed, at: usize) -> Outcome {
        let mut given = data(&self.draft);
        // Conditions may hang on what was just typed, so the form is asked for a second time with it.
        for _ in 0..2 {
            let Some(section) = self.form.sections.get(at - 1) else { break };
            given.retain(|name, _| section.fields.iter().all(|(field, _)| field.id != *name));
            given.extend(form::read(&section.fields, &visit.form));
            self.form = form_of(visit, signed, &self.draft, &given)?;
        }
        let known: Vec<_> =
            self.form.sections.iter().flat_map(|section| &section.fields).map(|(field, _)| &field.id).collect();
        given.retain(|name, _| known.contains(&name));
        let mut content = self.draft.content.clone();
        content.insert("data".to_owned(), Value::Object(given.clone()));
        let revision = visit.form.get(REVISION).parse().unwrap_or(0);
        match visit.app.change_draft(&signed.actor, &self.draft.id, &content, revision) {
            Ok(kept) => self.draft.revision = kept.revision,
            Err(AppError::Rejected(rejection)) => {
                return self.page(visit, signed, &without_data(rejection.reasons), None);
            }
            Err(AppError::Stale { .. }) => return self.page(visit, signed, &[], Some(texts::DRAFT_STALE)),
            Err(error) => return Err(error.into()),
        }
        if !visit.form.get(MORE).is_empty() {
            return self.page(visit, signed, &[], None);
        }
        let wrong = visit.app.check_registration(&signed.actor, &self.registration(given))?;
        let here: Vec<_> = wrong.into_iter().filter(|reason| self.is_of(at, reason)).collect();
        if !here.is_empty() {
            return self.page(visit, signed, &here, None);
        }
        let next = self.filled().find(|next| *next > at).map_or_else(|| CHECK.to_owned(), |next| next.to_string());
        Ok(Answer::GoTo(format!("/drafts/{}/{next}", self.draft.id)))
    }

    fn is_of(&self, at: usize, reason: &Reason) -> bool {
        let field = reason.field.as_deref().and_then(|path| path.split('.').next());
        let section = self.form.sections.get(at - 1);
        section.is_some_and(|section| section.fields.iter().any(|(known, _)| Some(known.id.as_str()) == field))
    }

    fn title_of(&self, path: &str) -> Option<String> {
        self.form.sections.iter().find_map(|section| form::title_of(&section.fields, path))
    }

    fn send(&self, visit: &Visit, signed: &Signed) -> Outcome {
        match visit.app.register(&signed.actor, &self.registration(data(&self.draft)), visit.key().as_ref()) {
            Ok(done) => Ok(Answer::GoTo(format!("/cases/{}?registered", done.number))),
            Err(AppError::Rejected(rejection)) if rejection.class() != Class::Forbidden => {
                self.page(visit, signed, &rejection.reasons, None)
            }
            Err(error) => Err(error.into()),
        }
    }

    fn page(&self, visit: &Visit, signed: &Signed, reasons: &[Reason], told: Option<&str>) -> Outcome {
        let content = match self.section(visit) {
            Some((at, section)) => self.part(visit, signed, at, section, reasons),
            None if visit.part("part") == CHECK => self.last_look(visit, signed),
            None => return Err(AppError::NotFound.into()),
        };
        let whole = html! {
            @if let Some(told) = told { (warning(told)) }
            (summary(reasons, &|path| self.title_of(path)))
            p .kicker { (self.form.start.title) }
            (content)
        };
        let mend = !reasons.is_empty() || told.is_some();
        Ok(if mend { Answer::Mend(texts::REGISTER, whole) } else { Answer::Page(texts::REGISTER, whole) })
    }

    fn part(&self, visit: &Visit, signed: &Signed, at: usize, section: &SectionForm, reasons: &[Reason]) -> Markup {
        let kept = Form::of(typed(&data(&self.draft)));
        let typed = if visit.form.is_empty() { &kept } else { &visit.form };
        let shown = form::Shown { typed, reasons, names: &self.form.names };
        let before = self.filled().rfind(|other| *other < at);
        html! {
            h1 { (section.title) }
            p .hint { (texts::part(self.filled().filter(|other| *other <= at).count(), self.filled().count())) }
            form method="post" action={ "/drafts/" (self.draft.id) "/" (at) } {
                (csrf(signed))
                input type="hidden" name=(REVISION) value=(self.draft.revision);
                (default_button())
                (form::fields(&section.fields, &shown))
                div .buttons {
                    button type="submit" { (texts::GO_ON) }
                    @if let Some(before) = before { a href={ "/drafts/" (self.draft.id) "/" (before) } { (texts::BACK) } }
                    span .hint { (texts::KEPT) }
                }
            }
        }
    }

    /// Against whom: nothing shows better that it goes to the wrong one.
    fn whom(&self) -> Markup {
        let parties = self.registration(Map::new()).parties;
        html! {
            section {
                h2 { (texts::PARTIES) }
                dl .summary-list {
                    @for side in &self.form.sides {
                        @for principal in parties.get(&side.id).into_iter().flatten() {
                            dt { (side.title) }
                            dd { (self.form.names.of(principal.as_str())) }
                        }
                    }
                }
            }
        }
    }

    fn last_look(&self, visit: &Visit, signed: &Signed) -> Markup {
        let given = data(&self.draft);
        html! {
            h1 { (texts::LAST_LOOK) }
            (self.whom())
            @for (at, section) in (1..).zip(&self.form.sections).filter(|(_, section)| !section.fields.is_empty()) {
                section {
                    h2 { (section.title) }
                    dl .summary-list {
                        @for (field, _) in &section.fields {
                            dt { (field.title) }
                            dd { @match given.get(&field.id) {
                                Some(found) => (value(Some(field), found, &self.form.names)),
                                None => span .quiet { (texts::NOT_GIVEN) },
                            } }
                        }
                    }
                    a href={ "/drafts/" (self.draft.id) "/" (at) } { (texts::CHANGE) " " span .hidden { (section.title) } }
                }
            }
            form method="post" action={ "/drafts/" (self.draft.id) "/" (CHECK) } {
                (csrf(signed))
                (key(visit.form.get(KEY), || visit.app.ids.secret()))
                button type="submit" { (self.form.start.title) }
            }
            (drop_draft(signed, &self.draft))
        }
    }
}

/// The form, with what the local agreement between these parties asks for.
fn form_of(
    visit: &Visit,
    signed: &Signed,
    draft: &DraftView,
    given: &Map<String, Value>,
) -> Result<StartForm, AppError> {
    let others: Vec<_> = parties(draft).into_values().flatten().collect();
    visit.app.start_form(&signed.actor, (&draft.workflow, &draft.start), &others, given)
}

/// Against whom, and who stands beside her, by side.
fn parties(draft: &DraftView) -> BTreeMap<String, Vec<PrincipalId>> {
    let parties = draft.content.get("parties").and_then(Value::as_object).into_iter().flatten();
    parties.map(|(side, ids)| (side.clone(), list(ids).into_iter().map(PrincipalId).collect())).collect()
}

fn list(value: &Value) -> Vec<String> {
    value.as_array().into_iter().flatten().filter_map(|id| id.as_str().map(str::to_owned)).collect()
}

fn data(draft: &DraftView) -> Map<String, Value> {
    draft.content.get("data").and_then(Value::as_object).cloned().unwrap_or_default()
}

/// The draft's own names of fields, without the place in the draft.
fn without_data(reasons: Vec<Reason>) -> Vec<Reason> {
    let shortened = reasons.into_iter().map(|mut reason| {
        reason.field = reason.field.map(|path| path.strip_prefix("data.").unwrap_or(&path).to_owned());
        reason
    });
    shortened.collect()
}

/// Values as a browser would have sent them.
fn typed(given: &Map<String, Value>) -> Vec<(String, String)> {
    let mut pairs = Vec::new();
    given.iter().for_each(|(name, value)| type_in(name, value, &mut pairs));
    pairs
}

fn type_in(name: &str, value: &Value, pairs: &mut Vec<(String, String)>) {
    match value {
        Value::String(text) => pairs.push((name.to_owned(), text.clone())),
        Value::Array(items) => {
            for (at, item) in items.iter().enumerate() {
                let inside = if item.is_object() { format!("{name}.{at}") } else { name.to_owned() };
                type_in(&inside, item, pairs);
            }
        }
        Value::Object(map) => map.iter().for_each(|(part, value)| type_in(&format!("{name}.{part}"), value, pairs)),
        Value::Null => {}
        scalar => pairs.push((name.to_owned(), scalar.to_string())),
    }
}
