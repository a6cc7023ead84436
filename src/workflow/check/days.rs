//! `data/dates-step`: the field that says on which day a step happened.

use super::uses::{Path, below, forms};
use super::{Problem, Subject, at};
use crate::workflow::classes::DATES_STEP;
use crate::workflow::definition::{Field, FieldKind};
use crate::workflow::source::Segment;

pub fn check(subject: &Subject<'_>) -> Vec<Problem> {
    let fields = &subject.definition.fields;
    let mut problems: Vec<_> =
        fields.iter().flat_map(|(id, field)| dating(subject, field, at!["fields", id], false)).collect();
    problems.extend(asked(subject));
    problems
}

/// The day of a step stands in the shared log, and is one that has come.
fn dating(subject: &Subject<'_>, field: &Field, path: &[Segment], is_part: bool) -> Vec<Problem> {
    let mut problems = Vec::new();
    let message = match field {
        field if !field.dates_step => None,
        _ if is_part => Some("a part cannot say when the step happened: make it a field of its own"),
        field if field.kind != FieldKind::Date => {
            Some("only a date says when the step happened: remove it, or change `type`")
        }
        field if field.room.is_some() => Some("when a step happened is seen by all who see the step: remove `room`"),
        field if field.must_be.is_some() => {
            Some("no step happens on a day to come, so there is nothing left for `must_be` to say: remove that")
        }
        _ => None,
    };
    problems.extend(message.map(|message| subject.problem(&DATES_STEP, &below(path, at!["dates_step"]), message)));
    for (id, part) in &field.parts {
        problems.extend(dating(subject, part, &below(path, at!["parts", id]), true));
    }
    problems
}

/// A step has one day; and which agreement a case is about depends on the day on which it begins, so that is asked apart.
fn asked(subject: &Subject<'_>) -> Vec<Problem> {
    let fields = &subject.definition.fields;
    let dates = |id: &&String| fields.get(*id).is_some_and(|field| field.dates_step);
    let message = |path: &Path, dating: &[&String]| match dating {
        [one, ..] if path.first() == Some(&Segment::from("start")) => {
            Some(format!("when a case began is asked by itself: ask for `{one}` in a later step"))
        }
        [one, other, ..] => Some(format!("`{one}` and `{other}` would both say when the step happened: ask for one")),
        _ => None,
    };
    let forms = forms(subject.definition).into_iter();
    let found = forms.filter_map(|(require, ask, path)| {
        let dating: Vec<&String> = require.iter().chain(ask).filter(dates).collect();
        Some(subject.problem(&DATES_STEP, &path, message(&path, &dating)?))
    });
    found.collect()
}
