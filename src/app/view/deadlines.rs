//! Which of a case's deadlines an actor is shown.

use crate::app::access::Reach;
use crate::workflow::case::Case;
use crate::workflow::definition::{By, Deadline, Definition, Recipient, Whose};
use crate::workflow::step::Running;

/// The deadlines that run, by name, as far as the actor may know of them. A body is shown those that follow from where the
/// case stands and those that it is reminded of: another would tell it what the parties' fields hold, such as that a child
/// is concerned.
pub(super) fn shown<'a>(definition: &Definition, reach: &Reach, case: &'a Case) -> Vec<(&'a String, &'a Running)> {
    let for_body = |deadline: &Deadline| tells_no_field(deadline) || reminds_body(definition, case, deadline);
    let is_shown = |name: &String| match reach {
        Reach::Full(_) | Reach::Until(_) => true,
        Reach::Bodies(_) => definition.deadlines.get(name).is_some_and(for_body),
    };
    case.running().filter(|(name, _)| is_shown(name)).collect()
}

fn tells_no_field(deadline: &Deadline) -> bool {
    deadline.when.is_none() && deadline.at.is_none() && deadline.from.is_empty()
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
