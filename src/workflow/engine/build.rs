//! Builds the step of a granted transition: what it gives, empties, confirms, changes and sets running.

use serde_json::Value;

use super::{Decided, deadline_of, keyed, part};
use crate::calendar::local_date;
use crate::clock::Timestamp;
use crate::ids::{BodyId, CaseNumber, PrincipalId, UnitId};
use crate::workflow::case::{Case, CaseParty, field_of};
use crate::workflow::clock;
use crate::workflow::context::Context;
use crate::workflow::definition::{Definition, Effect, EffectAssign, EffectLink, EffectReplaceParty, Transition};
use crate::workflow::documents;
use crate::workflow::guard::Scene;
use crate::workflow::input::Input;
use crate::workflow::permission::Grant;
use crate::workflow::rejection::{Code, Reason, Rejection};
use crate::workflow::step::{Act, Assignment, By, Change, Link, PartyChange, Step, TimerChange};
use crate::workflow::timer;

/// The step, with everything that follows from it.
pub(super) fn build(
    scene: &Scene,
    context: &Context,
    case: &Case,
    transition: &Transition,
    granted: Grant,
    happened: Timestamp,
    input: Input,
) -> Result<Decided, Rejection> {
    let definition = scene.definition;
    let principal = granted.by.principal().cloned();
    let act = act(case, transition, &granted);
    let mut step = bare(act, case, transition, granted.by, happened, context.now);
    step.of = granted.of;
    step.rests_on = granted.rests_on;
    let (input, own) = part(definition, input);
    let (data, texts) = keyed(definition, input, principal.as_ref());
    step.data = data;
    if act == Act::Transition {
        step.cleared = cleared(definition, case, transition, &step);
        apply_effects(scene, context, case, transition, &mut step)?;
        move_on(definition, case, transition, &mut step);
    }
    set_clocks(scene, context, case, &mut step);
    if act == Act::Transition {
        transition.effects.iter().try_for_each(|effect| clock::set(scene, case, effect, &mut step))?;
    }
    Ok(Decided { step, texts, own })
}

/// A step that changes nothing yet.
pub(super) fn bare(
    act: Act,
    case: &Case,
    transition: &Transition,
    by: By,
    happened: Timestamp,
    now: Timestamp,
) -> Step {
    Step {
        act,
        transition: transition.id.clone(),
        kind: transition.kind,
        from: Some(case.state.clone()),
        to: case.state.clone(),
        by,
        happened,
        recorded: now,
        data: Default::default(),
        cleared: Vec::new(),
        of: None,
        rests_on: None,
        opened: None,
        parties: Vec::new(),
        assigned: None,
        links: Vec::new(),
        sent_to: Vec::new(),
        deadlines: Default::default(),
        outcome: None,
    }
}

/// Whether the transition is made, or a principal confirms and others are still to.
fn act(case: &Case, transition: &Transition, granted: &Grant) -> Act {
    let (Some(each), Some(principal)) = (transition.joint(), granted.by.principal()) else { return Act::Transition };
    let digest = granted.of.as_ref().map(|of| &of.digest);
    let waiting = case.confirmations.get(&transition.id).filter(|waiting| waiting.digest.as_ref() == digest);
    let has_confirmed = |party: &CaseParty| {
        party.principal == *principal || waiting.is_some_and(|waiting| waiting.by.contains_key(&party.principal))
    };
    if case.principals(each.side.as_deref()).all(has_confirmed) { Act::Transition } else { Act::Confirmation }
}

/// The keys that the step empties: of what the case holds, all but what the step itself gives. Documents go with the very
/// words that they were given with: a new text, or none, leaves the old one's behind.
fn cleared(definition: &Definition, case: &Case, transition: &Transition, step: &Step) -> Vec<String> {
    let clears = |key: &&String| transition.clears.iter().any(|field| field == field_of(key));
    let changed = step.data.keys().chain(case.fields.keys().filter(clears));
    let left: Vec<_> = changed.filter_map(|key| documents::carried(definition, key)).collect();
    let held = case.fields.keys().filter(|key| clears(key) || left.contains(key));
    held.filter(|key| !step.data.contains_key(*key)).cloned().collect()
}

fn move_on(definition: &Definition, case: &Case, transition: &Transition, step: &mut Step) {
    if transition.stays() {
        return;
    }
    step.to.clone_from(&transition.target);
    let reached = definition.bodies_reached(&step.to).map(|body| BodyId(body.clone()));
    step.sent_to = reached.filter(|body| !case.sent_to.contains_key(body)).collect();
    step.outcome = definition.states.get(&step.to).and_then(|state| state.outcome.clone());
}

/// The deadlines that follow from the case as the step leaves it.
fn set_clocks(scene: &Scene, context: &Context, case: &Case, step: &mut Step) {
    let after = case.clone().evolve(scene.definition, 0, step);
    let scene = Scene { day: local_date(step.happened), given: None, ..*scene };
    step.deadlines = timer::changes(scene.definition, &after, &scene, step);
    if let Some(deadline) = deadline_of(context) {
        step.deadlines.entry(deadline.to_owned()).or_insert(TimerChange::RanOut);
    }
}

fn apply_effects(
    scene: &Scene,
    context: &Context,
    case: &Case,
    transition: &Transition,
    step: &mut Step,
) -> Result<(), Rejection> {
    for effect in &transition.effects {
        match effect {
            Effect::Assign(assign) => step.assigned = assignment(scene, assign, step),
            Effect::ReplaceParty(replace) => step.parties = replacement(context, case, replace, step)?,
            Effect::Link(link) => step.links.extend(linked(link, step)),
            // Once all other clocks are known.
            Effect::Extend(_) | Effect::Pause(_) | Effect::Resume(_) => {}
        }
    }
    Ok(())
}

fn text_of(step: &Step, field: &str) -> Option<String> {
    step.data.get(field).and_then(Value::as_str).map(str::to_owned)
}

fn assignment(scene: &Scene, assign: &EffectAssign, step: &Step) -> Option<Assignment> {
    let lead =
        UnitId(text_of(step, &assign.assign).or_else(|| scene.value(&assign.assign)?.as_str().map(str::to_owned))?);
    let also = assign.also.as_ref().and_then(|field| step.data.get(field)).and_then(Value::as_array);
    let units = also.into_iter().flatten().filter_map(Value::as_str).map(UnitId::from);
    let also = units.filter(|unit| *unit != lead).collect();
    Some(Assignment { lead, also })
}

fn replacement(
    context: &Context,
    case: &Case,
    replace: &EffectReplaceParty,
    step: &Step,
) -> Result<Vec<PartyChange>, Rejection> {
    let refuse = |detail: &str| Rejection::from(Reason::field(Code::Parties, &replace.with, detail));
    let new = text_of(step, &replace.with).map(PrincipalId).ok_or_else(|| refuse("Ange en huvudman."))?;
    let old = case.principals(Some(&replace.replace_party)).next().ok_or_else(|| refuse("Sidan är tom."))?;
    let kind = |principal: &PrincipalId| context.organisation.principals.get(principal);
    if case.side_of(&new).is_some() {
        return Err(refuse("Huvudmannen är redan part i ärendet."));
    }
    if kind(&new) != kind(&old.principal) {
        return Err(refuse("En region och en kommun möts: välj en huvudman av samma slag som den förra."));
    }
    let change = |change, principal: &PrincipalId| PartyChange {
        change,
        side: replace.replace_party.clone(),
        principal: principal.clone(),
        authority: None,
        unit: None,
    };
    Ok(vec![change(Change::Left, &old.principal), change(Change::Joined, &new)])
}

fn linked(link: &EffectLink, step: &Step) -> Option<Link> {
    let case = CaseNumber(text_of(step, &link.link)?);
    Some(Link { relation: link.relation.clone(), case })
}
