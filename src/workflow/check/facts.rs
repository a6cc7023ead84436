//! What is certain when a case stands somewhere: which fields have a value, which steps have been taken, which bodies have
//! been reached. Each question is answered by the shortest way on which it is *not* so, or by there being none.

use super::Subject;
use super::graph::Ways;
use super::uses::conjuncts;
use crate::workflow::definition::{By, Definition, Effect, Guard, OneOrMany, PartyNumber, Per, Start, Transition};

/// A field, or one side's own value of it.
#[derive(Clone, Copy)]
pub struct Held<'f> {
    pub field: &'f str,
    pub side: Option<&'f str>,
}

impl Subject<'_> {
    /// The shortest way to the state on which the field has no value.
    pub fn way_unset(&self, field: Held<'_>, state: &str) -> Option<Vec<String>> {
        let definition = self.definition;
        let begins =
            |start: &Start| start.require.iter().any(|id| id == field.field) && gives(definition, &start.by, field);
        let ways = self.graph.ways(begins, |edge, held| after(definition, edge.step, field, held));
        ways.to(self.graph.place(state)?, false)
    }

    /// The shortest way to the state on which the transition has not been taken.
    pub fn way_without(&self, transition: &str, state: &str) -> Option<Vec<String>> {
        let definition = self.definition;
        let ways = self.graph.ways(
            |_| false,
            |edge, held| match held || edge.step.id == transition {
                true => Some(true),
                false => (!implied(definition, edge.step).contains(&transition)).then_some(false),
            },
        );
        ways.to(self.graph.place(state)?, false)
    }

    /// Whether the transition can have been taken when a case stands in the state.
    pub fn can_have_happened(&self, transition: &str, state: &str) -> bool {
        let ways = self.graph.ways(|_| false, |edge, held| Some(held || edge.step.id == transition));
        self.graph.place(state).is_some_and(|place| ways.to(place, true).is_some())
    }

    /// Whether an occurrence of the transition can be current in the state: taken since the case last came, from outside, to
    /// a state that the transition leaves.
    pub fn can_be_current(&self, transition: &Transition, state: &str) -> bool {
        let leaves = |place: usize| self.definition.holds(&transition.from, self.graph.states[place]);
        let ways = self.graph.ways(
            |_| false,
            |edge, held| {
                let ends = !transition.stays() && leaves(edge.to) && !leaves(edge.from);
                Some(edge.step.id == transition.id || held && !ends)
            },
        );
        self.graph.place(state).is_some_and(|place| ways.to(place, true).is_some())
    }

    /// The shortest way to the state on which the case has been in no state of the group.
    pub fn way_outside(&self, group: &str, state: &str) -> Option<Vec<String>> {
        self.ways_by(group).to(self.graph.place(state)?, false)
    }

    /// Whether the case can have been in a state of the group when it stands in the state.
    pub fn can_come_by(&self, group: &str, state: &str) -> bool {
        self.graph.place(state).is_some_and(|place| self.ways_by(group).to(place, true).is_some())
    }

    /// The shortest ways, while it is followed whether the case has been in the group.
    fn ways_by(&self, group: &str) -> Ways<'_> {
        let inside = |state: &str| self.definition.group_holds(group, state);
        self.graph.ways(|start| inside(&start.target), |edge, held| Some(held || inside(self.graph.states[edge.to])))
    }

    /// The values that a field stands for: one, or each side's own.
    pub fn held<'f>(&'f self, field: &'f str, side: Option<&'f str>) -> Vec<Held<'f>> {
        let per_party = self.definition.fields.get(field).is_some_and(|field| field.per == Some(Per::Party));
        match (per_party, side) {
            (false, _) => vec![Held { field, side: None }],
            (true, Some(side)) => vec![Held { field, side: Some(side) }],
            (true, None) => {
                self.definition.parties.keys().map(|side| Held { field, side: Some(side.as_str()) }).collect()
            }
        }
    }
}

/// The one side that takes a step, where there is but one, of one principal.
pub fn only_side<'a>(definition: &Definition, by: &'a OneOrMany<By>) -> Option<&'a str> {
    let mut sides = by.iter().map(|by| match by {
        By::Party(party) => definition
            .parties
            .get(&party.party)
            .filter(|side| side.number == PartyNumber::One)
            .map(|_| party.party.as_str()),
        _ => None,
    });
    let first = sides.next()??;
    sides.all(|side| side == Some(first)).then_some(first)
}

/// Whether what such actors give is this value: for a side's own value, that side must surely be among them.
fn gives(definition: &Definition, by: &OneOrMany<By>, held: Held<'_>) -> bool {
    let Some(side) = held.side else { return true };
    let joint =
        by.iter().all(|by| matches!(by, By::Each(each) if each.side.as_deref().is_none_or(|only| only == side)));
    joint || only_side(definition, by) == Some(side)
}

/// Whether the value is there after the step, given whether it was before; `None` where the step is impossible so.
fn after(definition: &Definition, step: &Transition, held: Held<'_>, before: bool) -> Option<bool> {
    let id = held.field;
    let own = gives(definition, &step.by, held);
    let conditions = conjuncts(step.when.as_ref());
    let demands = step.of.as_deref() == Some(id) || conditions.iter().any(|guard| proves(guard, id));
    let forbids = conditions
        .iter()
        .any(|guard| matches!(guard, Guard::Not(not) if matches!(&*not.not, Guard::Set(set) if set.set == id)));
    if own && (!before && demands || before && forbids && held.side.is_none()) {
        return None;
    }
    if own && step.require.iter().any(|field| field == id) {
        return Some(true);
    }
    let leaves_behind =
        |text: &String| definition.fields.get(text).and_then(|text| text.carries.as_deref()) == Some(id);
    let cleared = step.clears.iter().any(|field| field == id) || step.form().any(leaves_behind);
    let replaced = step
        .effects
        .iter()
        .any(|effect| matches!(effect, Effect::ReplaceParty(with) if Some(with.replace_party.as_str()) == held.side));
    Some(before && !cleared && !replaced)
}

/// Whether the field has a value wherever the condition holds.
fn proves(guard: &Guard, field: &str) -> bool {
    match guard {
        Guard::Set(set) => set.set == field,
        Guard::Is(is) => is.field == field,
        Guard::Notice(notice) => notice.after.iter().any(|id| id == field),
        _ => false,
    }
}

/// The transitions that must have been taken before this one can be.
pub fn implied<'d>(definition: &'d Definition, step: &'d Transition) -> Vec<&'d str> {
    let mut known: Vec<&str> = Vec::new();
    let mut open = vec![step];
    while let Some(step) = open.pop() {
        let happened = conjuncts(step.when.as_ref()).into_iter().filter_map(|guard| match guard {
            Guard::Happened(happened) if happened.at_least > 0 => Some(happened.happened.as_str()),
            _ => None,
        });
        for id in step.rests_on.as_deref().into_iter().chain(step.of.as_deref()).chain(happened) {
            if let Some(earlier) = definition.transition(id).filter(|_| !known.contains(&id)) {
                known.push(id);
                open.push(earlier);
            }
        }
    }
    known
}
