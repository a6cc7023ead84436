//! Which of a case's deadlines a reader is shown.

use super::case_view::Visible;
use crate::workflow::case::Case;
use crate::workflow::definition::{By, Deadline, Definition, Recipient, Whose};
use crate::workflow::step::Running;

/// The deadlines that run, by name, as far as the reader may know of them. `visible` is what a body sees, and none for
/// whoever sees all.
///
/// A body is shown a deadline whose day somebody gave only where it sees that day, and one that runs on a condition only
/// where it is reminded of it: others would tell it what the parties' fields hold, such as that a child is concerned.
pub(in crate::app) fn running<'a>(
    definition: &'a Definition,
    case: &'a Case,
    visible: Option<&'a Visible>,
) -> impl Iterator<Item = (&'a String, &'a Running)> {
    let is_seen = move |field: &String, visible: &Visible| {
        case.fields.get(field).is_none_or(|held| visible.contains(&held.place(field)))
    };
    let is_shown = move |id: &String| match (definition.deadlines.get(id), visible) {
        (Some(deadline), Some(visible)) => {
            let mut days = deadline.from.iter().chain(&deadline.at);
            days.all(|field| is_seen(field, visible))
                && (deadline.when.is_none() || reminds_body(definition, case, deadline))
        }
        _ => true,
    };
    case.running().filter(move |(id, _)| is_shown(id))
}

fn reminds_body(definition: &Definition, case: &Case, deadline: &Deadline) -> bool {
    let turn = definition.states.get(&case.state).and_then(|state| state.turn.as_ref());
    let is_its_turn = matches!(turn, Some(By::Body(_)));
    deadline.remind.iter().any(|reminder| match reminder.to {
        Recipient::Body(_) => true,
        Recipient::Whose(Whose::Turn) => is_its_turn,
        Recipient::Role(_) => false,
    })
}
