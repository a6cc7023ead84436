//! `data/product`: what is multiplied can be, and nothing has a worth in vain.

use super::uses::below;
use super::{Problem, Subject, at};
use crate::workflow::classes::{PRODUCT, UNKNOWN_FIELD};
use crate::workflow::definition::{Field, FieldKind, Product};
use crate::workflow::problem::did_you_mean;
use crate::workflow::source::Segment;

/// The largest worth, and the most factors: no scale of risks needs more, and no product overflows.
const MOST: u32 = 1000;
const FACTORS: usize = 6;

pub fn check(subject: &Subject<'_>) -> Vec<Problem> {
    let definition = subject.definition;
    let products = definition.products.iter();
    let mut problems: Vec<_> = products.flat_map(|(id, product)| factors(subject, id, product)).collect();
    for (id, field) in &definition.fields {
        let is_factor = definition.products.values().any(|product| product.of.contains(id));
        problems.extend(worths(subject, field, at!["fields", id], is_factor));
    }
    problems
}

fn factors(subject: &Subject<'_>, id: &str, product: &Product) -> Vec<Problem> {
    let fields = &subject.definition.fields;
    let mut problems = Vec::new();
    let mut report = |class, path: &[Segment], message: String| problems.push(subject.problem(class, path, message));
    if !(2..=FACTORS).contains(&product.of.len()) {
        report(&PRODUCT, at!["products", id, "of"], format!("name from two to {FACTORS} choices to multiply"));
    }
    for (n, factor) in product.of.iter().enumerate() {
        let path: &[Segment] = at!["products", id, "of", n];
        match fields.get(factor) {
            None => {
                let hint = did_you_mean(factor, fields.keys().map(String::as_str));
                report(&UNKNOWN_FIELD, path, format!("there is no field `{factor}`{hint}"));
            }
            Some(field) => {
                let message = unfit(field).or(product.of[..n].contains(factor).then_some("it stands here twice"));
                message.into_iter().for_each(|message| report(&PRODUCT, path, format!("`{factor}`: {message}")));
            }
        }
    }
    problems
}

/// Why a field cannot be multiplied.
fn unfit(field: &Field) -> Option<&'static str> {
    match field {
        field if field.kind != FieldKind::Choice => Some("only a `choice` has one value that counts as a number"),
        field if field.per.is_some() => Some("each party has its own, so that there is not one product"),
        field if field.room.is_some() => Some("it lies in one principal's own room, where others do not read it"),
        _ => None,
    }
}

/// Each option of a factor has a worth, and no other option has.
fn worths(subject: &Subject<'_>, field: &Field, path: &[Segment], is_factor: bool) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (id, option) in &field.options {
        let path = below(path, at!["options", id]);
        let message = match (is_factor, option.worth) {
            (true, None) => "it is multiplied: say what it counts as (`worth`)".to_owned(),
            (false, Some(_)) => "no product multiplies it: remove its `worth`".to_owned(),
            (true, Some(worth)) if worth == 0 || worth > MOST => format!("a worth is a number from 1 to {MOST}"),
            _ => continue,
        };
        problems.push(subject.problem(&PRODUCT, &path, message));
    }
    for (id, part) in &field.parts {
        problems.extend(worths(subject, part, &below(path, at!["parts", id]), false));
    }
    problems
}
