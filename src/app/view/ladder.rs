//! The ladder of one dispute: its rungs from the parties up to the ends, on each the states where it has been, where it is,
//! and where it may come next. Made of the definition: what may follow does not ask whether anybody may do it today.

use schemars::JsonSchema;
use serde::Serialize;

use super::StateView;
use super::case_view::Look;
use crate::app::access::Reach;
use crate::texts::cases as texts;
use crate::workflow::case::Case;
use crate::workflow::definition::{Definition, Transition};
use crate::workflow::turn::body_of;

/// One rung of the ladder that a dispute climbs.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Rung {
    /// Whose it is.
    pub title: String,
    /// Whether the dispute has been there.
    pub reached: bool,
    /// Whether it is there now.
    pub here: bool,
    /// The states of the rung where it has been, is, or may come next, in the order of the file.
    pub places: Vec<LadderPlace>,
}

/// A state on the ladder.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct LadderPlace {
    /// The state.
    pub state: StateView,
    /// Whether the dispute has been there.
    pub reached: bool,
    /// Whether it is there now.
    pub here: bool,
    /// The titles of the steps that lead there from where it is.
    pub by: Vec<String>,
}

/// The rungs of a dispute, lowest first; none where a workflow has no bodies. A body is not told by which states the parties
/// came to it.
pub(super) fn ladder(look: &Look) -> Vec<Rung> {
    let (definition, case) = (&look.known.definition, &look.case);
    if definition.bodies.is_empty() {
        return Vec::new();
    }
    let is_body = matches!(look.access.reach, Reach::Bodies(_));
    let places: Vec<_> =
        definition.states.keys().map(|id| (body_of(definition, id), place(definition, case, id))).collect();
    let on = |body: Option<&str>, is_end: bool| {
        let here = |(at, _): &&(Option<&str>, LadderPlace)| *at == body;
        let of = places.iter().filter(here).map(|(_, place)| place.clone());
        of.filter(|place| definition.states[&place.state.id].outcome.is_some() == is_end).collect::<Vec<_>>()
    };
    let mut rungs = vec![rung(texts::PARTIES, on(None, false))];
    rungs.extend(definition.bodies.iter().map(|(id, body)| rung(&body.title, on(Some(id), false))));
    rungs.push(rung(texts::END, on(None, true)));
    if is_body {
        let of_parties = |place: &LadderPlace| body_of(definition, &place.state.id).is_none();
        let places = rungs.iter_mut().flat_map(|rung| &mut rung.places);
        places.filter(|place| of_parties(place)).for_each(|place| place.reached = place.here);
    }
    rungs.iter_mut().for_each(|rung| rung.places.retain(|place| place.reached || place.here || !place.by.is_empty()));
    rungs
}

fn rung(title: &str, places: Vec<LadderPlace>) -> Rung {
    Rung {
        title: title.to_owned(),
        reached: places.iter().any(|place| place.reached),
        here: places.iter().any(|place| place.here),
        places,
    }
}

fn place(definition: &Definition, case: &Case, id: &str) -> LadderPlace {
    let taken = |step: &String| case.taken.contains_key(step);
    let here = case.state == id;
    let begun = definition.start.iter().any(|start| start.target == id && taken(&start.id));
    let come = definition.transitions.iter().any(|step| step.target == id && taken(&step.id));
    let leads = |step: &&Transition| !here && step.target == id && definition.holds(&step.from, &case.state);
    let next = definition.transitions.iter().filter(leads);
    let mut by: Vec<_> = next.map(|step| step.title.clone()).collect();
    by.dedup();
    LadderPlace { state: StateView::new(id, definition.states.get(id)), reached: here || begun || come, here, by }
}
