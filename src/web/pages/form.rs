//! A workflow's fields as a form, and what was typed back as values. No form of a step is written by hand.
//!
//! A field `where` with the parts `place` and `unit` has the inputs `where.place` and `where.unit`, a list `measures` the
//! inputs `measures.0.what`: the names under which the engine says what is wrong.

use std::collections::BTreeMap;

use maud::{Markup, html};
use serde_json::{Map, Value, json};

use super::field::{Field, Line};
use super::parts::anchor;
use super::texts;
use super::visit::Form;
use crate::app::view::{FieldForm, Names, OptionView};
use crate::texts::order::by_name;
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
        FieldKind::Choice => group(field, name, required, shown, &choices("radio", field, name, shown)),
        FieldKind::Choices => group(field, name, required, shown, &choices("checkbox", field, name, shown)),
        FieldKind::Units => {
            group(field, name, required, shown, &boxes("checkbox", name, &named(&shown.names.units), shown))
        }
        FieldKind::Documents => {
            let documents = named(&shown.names.picks);
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
            drawn(field, name, required, shown).line(Line::Words, shown.typed.get(name))
        }
        FieldKind::Text | FieldKind::Proposal | FieldKind::Statement => {
            drawn(field, name, required, shown).area(if field.optional { 2 } else { 4 }, shown.typed.get(name))
        }
        FieldKind::Date => drawn(field, name, required, shown).line(Line::Day, shown.typed.get(name)),
        FieldKind::Number => drawn(field, name, required, shown).line(Line::Number, shown.typed.get(name)),
        FieldKind::Case => drawn(field, name, required, shown).line(Line::Code, shown.typed.get(name)),
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

fn select(field: &FieldForm, name: &str, required: bool, among: &BTreeMap<String, String>, shown: &Shown) -> Markup {
    let choices = named(among).into_iter().map(|(id, title, _)| (id, title)).collect();
    drawn(field, name, required, shown).select(texts::CHOOSE, &[(String::new(), choices)], shown.typed.get(name))
}

type Choice = (String, String, Option<String>);

/// The options of a field, each group of them under its heading.
fn choices(kind: &str, field: &FieldForm, name: &str, shown: &Shown) -> Markup {
    let choice = |option: &OptionView| (option.id.clone(), option.title.clone(), option.help.clone());
    let options: Vec<Choice> = field.options.iter().map(choice).collect();
    let mut numbered = options.iter().enumerate();
    html! {
        @for together in field.options.chunk_by(|one, next| one.group == next.group) {
            @let drawn = numbered_boxes(kind, name, numbered.by_ref().take(together.len()), shown);
            @match together.first().and_then(|option| option.group.as_ref()) {
                Some(heading) => fieldset .options { legend { (heading) } (drawn) },
                None => (drawn),
            }
        }
    }
}

/// What has a name, as people look for it in a list.
fn named(among: &BTreeMap<String, String>) -> Vec<Choice> {
    let mut named: Vec<Choice> = among.iter().map(|(id, title)| (id.clone(), title.clone(), None)).collect();
    named.sort_by_cached_key(|(_, title, _)| by_name(title));
    named
}

fn boxes(kind: &str, name: &str, options: &[Choice], shown: &Shown) -> Markup {
    numbered_boxes(kind, name, options.iter().enumerate(), shown)
}

/// Boxes of a field, each with its number among them: the first is where the error summary leads.
fn numbered_boxes<'a>(
    kind: &str,
    name: &str,
    options: impl Iterator<Item = (usize, &'a Choice)>,
    shown: &Shown,
) -> Markup {
    html! {
        @for (n, (id, title, help)) in options {
            @let own = if n == 0 { anchor(name) } else { format!("{}-{n}", anchor(name)) };
            // Not the field's own hint, whose id the first box would have.
            @let hint = format!("{}-{n}-hint", anchor(name));
            div .choice {
                input #(own) type=(kind) name=(name) value=(id) checked[shown.typed.all(name).any(|typed| typed == id)]
                    aria-describedby=[help.as_ref().map(|_| &hint)];
                label for=(own) { (title) }
                @if let Some(help) = help { p .hint id=(hint) { (help) } }
            }
        }
    }
}

/// How a field is drawn.
fn drawn<'a>(field: &'a FieldForm, name: &'a str, required: bool, shown: &'a Shown) -> Field<'a> {
    let help = field.help.clone().into_iter().chain(field.one_line.map(texts::steps::at_most));
    let hints: Vec<_> = help.chain(field.own_room.then(|| texts::OWN_ROOM.to_owned())).collect();
    let hint = hints.join(" ");
    Field::new(name, &field.title, shown.reasons).hint(Some(&*hint).filter(|hint| !hint.is_empty())).optional(!required)
}

/// A field of several inputs. Of several that differ, the whole is where the error summary leads.
fn group(field: &FieldForm, name: &str, required: bool, shown: &Shown, inputs: &Markup) -> Markup {
    let whole = matches!(field.kind, FieldKind::Record | FieldKind::List)
        || field.kind == FieldKind::Documents && shown.names.picks.is_empty();
    drawn(field, name, required, shown).group(whole, inputs)
}
