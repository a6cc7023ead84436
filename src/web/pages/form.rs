//! A workflow's fields as a form, and what was typed back as values. No form of a step is written by hand.
//!
//! A field `where` with the parts `place` and `unit` has the inputs `where.place` and `where.unit`, a list `measures` the
//! inputs `measures.0.what`: the names under which the engine says what is wrong.

use std::collections::BTreeMap;

use maud::{Markup, html};
use serde_json::{Map, Value, json};

use super::parts::anchor;
use super::texts;
use super::visit::Form;
use crate::app::view::{FieldForm, Names};
use crate::workflow::definition::FieldKind;
use crate::workflow::rejection::Reason;

/// The button that asks for another row of a list.
pub const MORE: &str = "_more";

/// What a form is shown with.
pub struct Shown<'a> {
    /// What was typed.
    pub typed: &'a Form,
    /// What must be mended.
    pub reasons: &'a [Reason],
    /// Whom and what may be named.
    pub names: &'a Names,
}

/// The values that were typed. What is empty is not given; what has the wrong form goes on as it is, for the engine to say
/// what is wrong.
pub fn read(fields: &[(FieldForm, bool)], typed: &Form) -> Map<String, Value> {
    let given = fields.iter().filter_map(|(field, _)| Some((field.id.clone(), given(field, &field.id, typed)?)));
    given.collect()
}

fn given(field: &FieldForm, name: &str, typed: &Form) -> Option<Value> {
    let text = Some(typed.get(name).trim()).filter(|text| !text.is_empty());
    match field.kind {
        FieldKind::Choices | FieldKind::Units | FieldKind::Documents => {
            let chosen: Vec<_> = typed.all(name).filter(|value| !value.is_empty()).collect();
            (!chosen.is_empty()).then(|| json!(chosen))
        }
        FieldKind::Record => parts(field, name, typed),
        FieldKind::List => {
            let rows: Vec<_> =
                (0..rows(name, typed)).filter_map(|n| parts(field, &format!("{name}.{n}"), typed)).collect();
            (!rows.is_empty()).then(|| Value::Array(rows))
        }
        FieldKind::YesNo => text.map(|text| match text {
            "true" => json!(true),
            "false" => json!(false),
            other => json!(other),
        }),
        FieldKind::Number => text.map(|text| text.parse::<u64>().map_or_else(|_| json!(text), |number| json!(number))),
        _ => text.map(|text| json!(text)),
    }
}

fn parts(field: &FieldForm, name: &str, typed: &Form) -> Option<Value> {
    let given = field
        .parts
        .iter()
        .filter_map(|part| Some((part.id.clone(), given(part, &format!("{name}.{}", part.id), typed)?)));
    let map: Map<_, _> = given.collect();
    (!map.is_empty()).then_some(Value::Object(map))
}

/// The title of the field, or the part of one, that a reason is about.
pub fn title_of(fields: &[(FieldForm, bool)], path: &str) -> Option<String> {
    title_within(fields.iter().map(|(field, _)| field), path)
}

/// The same among fields of which nobody says whether they must be given.
pub fn title_within<'a>(mut fields: impl Iterator<Item = &'a FieldForm>, path: &str) -> Option<String> {
    let mut names = path.split('.').filter(|name| name.parse::<usize>().is_err());
    let first = names.next()?.split('@').next()?;
    let mut field = fields.find(|field| field.id == first)?;
    for name in names {
        field = field.parts.iter().find(|part| part.id == name)?;
    }
    Some(field.title.clone())
}

/// How many rows of a list were sent.
fn rows(name: &str, typed: &Form) -> usize {
    let numbers = typed
        .pairs()
        .iter()
        .filter_map(|(key, _)| key.strip_prefix(name)?.strip_prefix('.')?.split('.').next()?.parse::<usize>().ok());
    numbers.max().map_or(0, |last| (last + 1).min(MOST_ROWS))
}

/// More rows than anybody fills in; a list has its own limit.
const MOST_ROWS: usize = 50;

/// The fields of a form, each with whether it must be given.
pub fn fields(fields: &[(FieldForm, bool)], shown: &Shown) -> Markup {
    html! { @for (field, required) in fields { (input(field, &field.id, *required, shown)) } }
}

fn input(field: &FieldForm, name: &str, required: bool, shown: &Shown) -> Markup {
    match field.kind {
        FieldKind::Record => group(field, name, required, shown, &inputs(field, name, shown)),
        FieldKind::List => {
            let wanted = usize::from(shown.typed.get(MORE) == name);
            let count = (rows(name, shown.typed) + wanted).max(1);
            let rows = html! {
                @for n in 0..count {
                    fieldset .row {
                        legend { (field.title) " " (n + 1) }
                        (inputs(field, &format!("{name}.{n}"), shown))
                    }
                }
                button .secondary type="submit" name=(MORE) value=(name) formnovalidate { (texts::ANOTHER) }
            };
            group(field, name, required, shown, &rows)
        }
        FieldKind::YesNo => {
            let options =
                [("true", texts::YES), ("false", texts::NO)].map(|(id, title)| (id.to_owned(), title.to_owned(), None));
            group(field, name, required, shown, &boxes("radio", name, &options, shown))
        }
        FieldKind::Choice => group(field, name, required, shown, &boxes("radio", name, &options(field), shown)),
        FieldKind::Choices => group(field, name, required, shown, &boxes("checkbox", name, &options(field), shown)),
        FieldKind::Units => {
            group(field, name, required, shown, &boxes("checkbox", name, &named(&shown.names.units), shown))
        }
        FieldKind::Documents => {
            let mut documents = named(&shown.names.picks);
            documents.sort_by(|(_, one, _), (_, other, _)| one.cmp(other));
            let inputs = html! {
                p .hint { (texts::documents::PICKED_IS_READ) }
                @if let (true, Some(case)) = (documents.is_empty(), &shown.names.case) {
                    p {
                        (texts::documents::NO_DOCUMENT_TO_PICK) " "
                        a href={ "/cases/" (case) "/documents" } { (texts::documents::ATTACH) }
                    }
                }
                (boxes("checkbox", name, &documents, shown))
            };
            group(field, name, required, shown, &inputs)
        }
        FieldKind::Unit => select(field, name, required, &shown.names.units, shown),
        FieldKind::Principal => select(field, name, required, &shown.names.principals, shown),
        FieldKind::Text if field.one_line.is_some() => {
            line(field, name, required, shown, &text(field, name, "text", None, shown))
        }
        FieldKind::Text | FieldKind::Proposal | FieldKind::Statement => {
            let box_of = html! {
                textarea #(anchor(name)) name=(name) rows=(if field.optional { 2 } else { 4 })
                    aria-describedby=[described(field, name, shown)] aria-invalid=[invalid(name, shown)] {
                    "\n" (shown.typed.get(name))
                }
            };
            line(field, name, required, shown, &box_of)
        }
        FieldKind::Date => line(field, name, required, shown, &text(field, name, "date", None, shown)),
        FieldKind::Number => line(field, name, required, shown, &text(field, name, "text", Some("numeric"), shown)),
        FieldKind::Case => line(field, name, required, shown, &text(field, name, "text", None, shown)),
    }
}

/// The parts of a field. Whoever fills in one of them must fill in the others, also where the whole may be left empty.
fn inputs(field: &FieldForm, name: &str, shown: &Shown) -> Markup {
    html! {
        @for part in &field.parts {
            (input(part, &format!("{name}.{}", part.id), !part.optional, shown))
        }
    }
}

/// A year has four digits: with a last day, browsers take no fifth.
const LAST_DAY: &str = "9999-12-31";

fn text(field: &FieldForm, name: &str, kind: &str, mode: Option<&str>, shown: &Shown) -> Markup {
    html! {
        input #(anchor(name)) type=(kind) name=(name) value=(shown.typed.get(name)) inputmode=[mode] autocomplete="off"
            max=[(kind == "date").then_some(LAST_DAY)]
            aria-describedby=[described(field, name, shown)] aria-invalid=[invalid(name, shown)];
    }
}

fn select(field: &FieldForm, name: &str, required: bool, among: &BTreeMap<String, String>, shown: &Shown) -> Markup {
    let typed = shown.typed.get(name);
    let list = html! {
        select #(anchor(name)) name=(name) aria-describedby=[described(field, name, shown)] aria-invalid=[invalid(name, shown)] {
            option value="" { (texts::CHOOSE) }
            @for (id, title) in among { option value=(id) selected[id == typed] { (title) } }
        }
    };
    line(field, name, required, shown, &list)
}

type Choice = (String, String, Option<String>);

fn options(field: &FieldForm) -> Vec<Choice> {
    field.options.iter().map(|option| (option.id.clone(), option.title.clone(), option.help.clone())).collect()
}

fn named(among: &BTreeMap<String, String>) -> Vec<Choice> {
    among.iter().map(|(id, title)| (id.clone(), title.clone(), None)).collect()
}

fn boxes(kind: &str, name: &str, options: &[Choice], shown: &Shown) -> Markup {
    html! {
        @for (n, (id, title, help)) in options.iter().enumerate() {
            @let own = if n == 0 { anchor(name) } else { format!("{}-{n}", anchor(name)) };
            div .choice {
                input #(own) type=(kind) name=(name) value=(id) checked[shown.typed.all(name).any(|typed| typed == id)]
                    aria-describedby=[help.as_ref().map(|_| format!("{own}-hint"))];
                label for=(own) { (title) }
                @if let Some(help) = help { p .hint id={ (own) "-hint" } { (help) } }
            }
        }
    }
}

/// A field of one input.
fn line(field: &FieldForm, name: &str, required: bool, shown: &Shown, input: &Markup) -> Markup {
    html! {
        div .field .wrong[is_wrong(name, shown)] {
            label for=(anchor(name)) { (title(field, required)) }
            (hints(field, name, shown))
            (input)
        }
    }
}

/// A field of several inputs. Of several that differ, the whole is where the error summary leads.
fn group(field: &FieldForm, name: &str, required: bool, shown: &Shown, inputs: &Markup) -> Markup {
    let own = matches!(field.kind, FieldKind::Record | FieldKind::List)
        || field.kind == FieldKind::Documents && shown.names.picks.is_empty();
    html! {
        fieldset id=[own.then(|| anchor(name))] tabindex=[own.then_some("-1")] .field .wrong[is_wrong(name, shown)] aria-describedby=[described(field, name, shown)] {
            legend { (title(field, required)) }
            (hints(field, name, shown))
            (inputs)
        }
    }
}

fn title(field: &FieldForm, required: bool) -> Markup {
    html! { (field.title) @if !required { " " span .optional { (texts::OPTIONAL) } } }
}

fn hints(field: &FieldForm, name: &str, shown: &Shown) -> Markup {
    html! {
        @if is_hinted(field) {
            p .hint id={ (anchor(name)) "-hint" } {
                @if let Some(help) = &field.help { (help) " " }
                @if let Some(most) = field.one_line { (texts::steps::at_most(most)) }
                @if field.own_room { " " (texts::OWN_ROOM) }
            }
        }
        @for reason in wrong(name, shown) { p .error id={ (anchor(name)) "-error" } { (reason.detail) } }
    }
}

fn is_hinted(field: &FieldForm) -> bool {
    field.help.is_some() || field.one_line.is_some() || field.own_room
}

fn wrong<'a>(name: &'a str, shown: &'a Shown) -> impl Iterator<Item = &'a Reason> {
    shown.reasons.iter().filter(move |reason| reason.field.as_deref() == Some(name)).take(1)
}

fn is_wrong(name: &str, shown: &Shown) -> bool {
    wrong(name, shown).next().is_some()
}

fn invalid(name: &str, shown: &Shown) -> Option<&'static str> {
    is_wrong(name, shown).then_some("true")
}

fn described(field: &FieldForm, name: &str, shown: &Shown) -> Option<String> {
    let hint = is_hinted(field).then(|| format!("{}-hint", anchor(name)));
    let error = is_wrong(name, shown).then(|| format!("{}-error", anchor(name)));
    let both: Vec<_> = hint.into_iter().chain(error).collect();
    (!both.is_empty()).then(|| both.join(" "))
}
