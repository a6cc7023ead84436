//! `data/documents`: documents go with a text that a step gives with them, and with nothing else.

use super::uses::{below, forms};
use super::{Problem, Subject, at};
use crate::workflow::classes::DOCUMENTS;
use crate::workflow::definition::{Field, FieldKind};
use crate::workflow::problem::did_you_mean;
use crate::workflow::source::Segment;

const TEXTS: [FieldKind; 3] = [FieldKind::Text, FieldKind::Proposal, FieldKind::Statement];

pub fn check(subject: &Subject<'_>) -> Vec<Problem> {
    let fields = &subject.definition.fields;
    let mut problems = Vec::new();
    for (id, field) in fields {
        problems.extend(carrier(subject, id, field));
        if field.kind == FieldKind::Documents && field.room.is_some() {
            let message = format!("what `{id}` picks is to be read by others: remove `room`");
            problems.push(subject.problem(&DOCUMENTS, at!["fields", id, "room"], message));
        }
        problems.extend(parts(subject, field, at!["fields", id]));
    }
    problems.extend(starts(subject));
    problems.extend(without_text(subject));
    problems
}

/// A text carries documents that are as much its principal's own as it is itself, and that no other text carries.
fn carrier(subject: &Subject<'_>, id: &str, field: &Field) -> Option<Problem> {
    let fields = &subject.definition.fields;
    let carried = field.carries.as_ref()?;
    let earlier = fields.iter().take_while(|(other, _)| *other != id);
    let message = match fields.get(carried) {
        _ if !TEXTS.contains(&field.kind) || field.room.is_some() => {
            format!("only a text that others read carries documents, and `{id}` is none: remove `carries`")
        }
        None => {
            let hint = did_you_mean(carried, fields.keys().map(String::as_str));
            format!("there is no field `{carried}`{hint}")
        }
        Some(other) if other.kind != FieldKind::Documents => format!("`{carried}` must be `documents` here"),
        Some(other) if other.per != field.per => {
            format!("`{id}` and `{carried}` go together: give both `per: party`, or neither")
        }
        Some(_) if earlier.into_iter().any(|(_, other)| other.carries.as_ref() == Some(carried)) => {
            format!("another text carries `{carried}` already: give each its own")
        }
        Some(_) => return None,
    };
    Some(subject.problem(&DOCUMENTS, at!["fields", id, "carries"], message))
}

fn parts(subject: &Subject<'_>, field: &Field, path: &[Segment]) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (id, part) in &field.parts {
        let path = below(path, at!["parts", id]);
        if part.kind == FieldKind::Documents || part.carries.is_some() {
            let message = "documents are picked and carried by fields, not by parts: make it a field of its own";
            problems.push(subject.problem(&DOCUMENTS, &path, message));
        }
        problems.extend(parts(subject, part, &path));
    }
    problems
}

/// A case that begins has no document yet.
fn starts(subject: &Subject<'_>) -> Vec<Problem> {
    let definition = subject.definition;
    let is_one = |id: &&String| definition.fields.get(*id).is_some_and(|field| field.kind == FieldKind::Documents);
    let asking = definition.start.iter().enumerate();
    let asking = asking.filter_map(|(i, start)| Some((i, start.require.iter().chain(&start.ask).find(is_one)?)));
    asking
        .map(|(i, id)| {
            let message = format!("a case that begins has no document to pick: ask for `{id}` in a later step");
            subject.problem(&DOCUMENTS, at!["start", i], message)
        })
        .collect()
}

/// Documents are given with their text: alone they would be those of words that were written before.
fn without_text(subject: &Subject<'_>) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (text, field) in &subject.definition.fields {
        let Some(carried) = &field.carries else { continue };
        for (require, ask, path) in forms(subject.definition) {
            if require.iter().chain(ask).any(|id| id == carried) && !require.contains(text) {
                let message = format!("`{carried}` goes with `{text}`: require that in the same form");
                problems.push(subject.problem(&DOCUMENTS, &path, message));
            }
        }
    }
    problems
}
