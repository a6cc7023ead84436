//! Which of a case's deadlines a reader is shown, and how they are told.

use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::Serialize;

use super::case_view::Visible;
use crate::calendar::local_date;
use crate::clock::Timestamp;
use crate::workflow::case::Case;
use crate::workflow::definition::{By, Deadline, Definition, Recipient, Whose};
use crate::workflow::step::Running;

/// A deadline that runs.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct DeadlineView {
    /// The deadline.
    pub id: String,
    /// Its title.
    pub title: String,
    /// The last day, Europe/Stockholm.
    pub due: NaiveDate,
    /// How the day came about, in Swedish.
    pub sentence: String,
    /// Where its length comes from, in Swedish, if that was agreed over the version.
    pub why: Option<String>,
    /// Whether the day has passed.
    pub overdue: bool,
    /// The last day of its rest, while it rests.
    pub rests_until: Option<NaiveDate>,
}

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

/// Those, told: the next first. `base` is what lies below, where the case goes by what is agreed over its version.
pub(super) fn views(
    (definition, base): (&Definition, Option<&Definition>),
    case: &Case,
    visible: Option<&Visible>,
    now: Timestamp,
) -> Vec<DeadlineView> {
    // A plan may have kept the length that the case began with.
    let is_own = |id: &String, running: &Running, deadline: &&Deadline| {
        running.derivation.period == deadline.after
            && base.is_some_and(|base| base.deadlines.get(id).is_none_or(|below| below.after != deadline.after))
    };
    let views = running(definition, case, visible).map(|(id, running)| {
        let known = definition.deadlines.get(id);
        DeadlineView {
            id: id.clone(),
            title: known.map_or(id.as_str(), |deadline| deadline.title.as_str()).to_owned(),
            due: running.due(),
            sentence: running.derivation.sentence(),
            why: known.filter(|deadline| is_own(id, running, deadline)).and_then(|deadline| deadline.why.clone()),
            overdue: running.runs_out <= now,
            rests_until: running.derivation.rests_until(local_date(now)),
        }
    });
    let mut views: Vec<_> = views.collect();
    views.sort_by(|a, b| (a.due, &a.id).cmp(&(b.due, &b.id)));
    views
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
