//! A definition as a picture: Mermaid text for documents, SVG for pages. Steps that stay in their state are left out: they
//! move nothing. What people read is Swedish, as in the files themselves.

pub(super) mod layout;
mod mermaid;
mod svg;

pub use mermaid::mermaid;
pub use svg::svg;

use super::definition::{ANY_PARTY, By, Definition, OneOrMany, Raiser, Transition};
use crate::authz::Role;

/// A step that moves the case, with the states that it leaves.
pub(super) struct Move<'a> {
    pub(super) step: &'a Transition,
    pub(super) from: Vec<&'a str>,
}

/// Every step that moves the case.
pub(super) fn moves(definition: &Definition) -> Vec<Move<'_>> {
    let moving = definition.transitions.iter().filter(|step| !step.stays());
    moving.map(|step| Move { step, from: definition.states_of(&step.from) }).collect()
}

/// Who acts, in words.
pub(super) fn actor(definition: &Definition, by: &By) -> String {
    let side = |id: &String| definition.parties.get(id).map_or(id.clone(), |party| party.title.clone());
    let roles = |roles: &OneOrMany<Role>| roles.iter().map(|role| role.title()).collect::<Vec<_>>().join(" eller ");
    match by {
        By::Party(by) if by.party == ANY_PARTY => format!("Någon part: {}", roles(&by.role)),
        By::Party(by) => format!("{}: {}", side(&by.party), roles(&by.role)),
        By::Each(by) => match &by.side {
            Some(id) => format!("Varje part på samma sida ({}): {}", side(id), by.each_party.title()),
            None => format!("Varje part: {}", by.each_party.title()),
        },
        By::Body(by) => definition.bodies.get(&by.body).map_or(by.body.clone(), |body| body.title.clone()),
        By::Machine(by) if by.raised_by == Raiser::Deadline => "Tiden".to_owned(),
        By::Machine(_) => "Ett annat ärende".to_owned(),
    }
}

/// Whose move it is in a state, as a class of looks: `end`, `body`, `shared`, or a side's own.
fn looks(definition: &Definition, state: &str) -> String {
    let place =
        |id: &String| definition.parties.get_index_of(id).map_or("shared".to_owned(), |n| format!("side{}", n % 2));
    match definition.states.get(state).and_then(|state| state.turn.as_ref()) {
        None => "end".to_owned(),
        Some(By::Body(_)) => "body".to_owned(),
        Some(By::Party(by)) => place(&by.party),
        Some(By::Each(by)) => by.side.as_ref().map_or("shared".to_owned(), place),
        Some(By::Machine(_)) => "shared".to_owned(),
    }
}

/// Words in lines of at most so many characters; a longer word has a line of its own.
pub fn wrapped(text: &str, longest: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + word.chars().count() < longest => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}
