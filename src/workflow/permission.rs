//! Whether somebody may take a transition now: the part that `enabled` and `decide` share, so that they cannot differ.

use chrono::NaiveDate;

use super::case::{Case, Occurrence};
use super::clock;
use super::context::{Acting, Context, Organisation};
use super::definition::{ANY_PARTY, By, ByEach, ByParty, Definition, OneOrMany, Raiser, StepKind, Transition};
use super::guard::Scene;
use super::rejection::{Code, Reason};
use super::step::{self, Reference};
use crate::authz::{Actor, PrincipalKind, Role, Scope, Seat};
use crate::calendar::in_words;
use crate::ids::PrincipalId;

/// The right to take a step, with what the step will refer to.
#[derive(Debug, Clone)]
pub struct Grant {
    /// Who acts, as the log will hold it.
    pub by: step::By,
    /// What is confirmed, approved or accepted.
    pub of: Option<Reference>,
    /// The entry that it builds on.
    pub rests_on: Option<Reference>,
}

/// Whether the step may be taken on `day`, apart from its input.
///
/// # Errors
/// Every reason why not.
pub fn grant(
    definition: &Definition,
    context: &Context,
    case: &Case,
    transition: &Transition,
    day: NaiveDate,
) -> Result<Grant, Vec<Reason>> {
    let mut reasons = Vec::new();
    let by = actor(definition, context, case, transition);
    if by.is_none() {
        reasons.push(Reason::new(
            Code::Permission,
            format!("”{}” kan bara göras av {}.", transition.title, wanted(definition, transition)),
        ));
    }
    if !definition.holds(&transition.from, &case.state) {
        let state = definition.states.get(&case.state).map_or(case.state.as_str(), |state| state.title.as_str());
        reasons.push(Reason::new(
            Code::State,
            format!("”{}” är inte möjligt när ärendet är i läget ”{state}”.", transition.title),
        ));
    }
    // Whoever may not take the step has no text of her own to approve, and no colleague who wrote it: what follows would
    // only mislead her.
    let Some(by) = by else { return Err(reasons) };
    let principal = by.principal();
    let scene = Scene { definition, case: Some(case), given: None, principal, day, calendar: context.calendar };
    reasons.extend(guard(&scene, transition));
    reasons.extend(clock::obstacles(&scene, case, transition));
    let of = refer(definition, case, transition, principal, &mut reasons);
    let rests_on = build_on(definition, case, transition, principal, of.as_ref(), &mut reasons);
    reasons.extend(four_eyes(case, transition, &by, context));
    reasons.extend(confirmed(case, transition, principal, of.as_ref()));
    if reasons.is_empty() { Ok(Grant { by, of, rests_on }) } else { Err(reasons) }
}

/// The seats in which a person may act so, those of hers that give the right. A case is none before it begins.
pub fn seats<'a>(
    definition: &Definition,
    context: &Context,
    case: Option<&Case>,
    actor: &'a Actor,
    by: &By,
) -> impl Iterator<Item = &'a Seat> {
    actor.seats.iter().filter(move |seat| match by {
        By::Party(party) => party_allows(context.organisation, case, party, seat) && is_hers(case, actor, seat),
        By::Each(each) => each_allows(case, each, seat),
        By::Body(body) => {
            seat.role == Role::Secretary
                && seat.body.as_ref().is_some_and(|held| held.as_str() == body.body)
                && definition.bodies.contains_key(&body.body)
        }
        By::Machine(_) => false,
    })
}

fn actor(definition: &Definition, context: &Context, case: &Case, transition: &Transition) -> Option<step::By> {
    match context.acting {
        Acting::Person(actor) => {
            // Whoever may act in several ways acts as the one whose turn it is: a secretary of two bodies, as the one at work.
            let turn = definition.states.get(&case.state).and_then(|state| state.turn.as_ref());
            let whose_turn = transition.by.iter().filter(|by| Some(*by) == turn);
            let mut ways = whose_turn.chain(transition.by.iter());
            let seat = ways.find_map(|by| seats(definition, context, Some(case), actor, by).next())?;
            Some(step::By::actor(actor, seat))
        }
        Acting::Deadline(deadline) => {
            raised(transition, Raiser::Deadline).then(|| step::By::Deadline { deadline: deadline.to_owned() })
        }
        Acting::Case(case) => {
            raised(transition, Raiser::Case).then(|| step::By::Case { case: case.clone(), outcome: None })
        }
    }
}

/// Whether a person could take the step at some time, wherever the case stands and whichever of the units it is routed to.
pub fn could(definition: &Definition, context: &Context, case: &Case, transition: &Transition) -> bool {
    let Acting::Person(actor) = &context.acting else { return false };
    transition.by.iter().any(|by| match by {
        By::Party(party) if party.assigned => {
            let routed = By::Party(ByParty { assigned: false, ..party.clone() });
            seats(definition, context, Some(case), actor, &routed).next().is_some()
        }
        by => seats(definition, context, Some(case), actor, by).next().is_some(),
    })
}

fn raised(transition: &Transition, raiser: Raiser) -> bool {
    transition.by.iter().any(|by| matches!(by, By::Machine(machine) if machine.raised_by == raiser))
}

/// Whether it is the move of the seat alone: a party's, not one that each party has.
pub fn is_turn_of(organisation: &Organisation, case: &Case, turn: &By, seat: &Seat) -> bool {
    matches!(turn, By::Party(party) if party_allows(organisation, Some(case), party, seat))
}

fn party_allows(organisation: &Organisation, case: Option<&Case>, by: &ByParty, seat: &Seat) -> bool {
    let Some(principal) = &seat.principal else { return false };
    let kind = organisation.principals.get(principal);
    has_role(&by.role, seat.role)
        && by.of.is_none_or(|of| kind == Some(&of))
        && match case {
            None => true,
            Some(case) => {
                let on_side = case.side_of(principal).is_some_and(|side| by.party == ANY_PARTY || by.party == side);
                on_side && (!by.assigned || seat.unit.as_ref().is_some_and(|unit| case.is_assigned_to(unit)))
            }
        }
}

/// An employee acts only in what she registered herself.
fn is_hers(case: Option<&Case>, actor: &Actor, seat: &Seat) -> bool {
    seat.role.scope() != Scope::Own || case.is_none_or(|case| case.reporter.as_ref() == Some(&actor.person))
}

fn each_allows(case: Option<&Case>, each: &ByEach, seat: &Seat) -> bool {
    let on_side = |principal: &PrincipalId| {
        let side = case.and_then(|case| case.side_of(principal));
        side.is_some_and(|side| each.side.as_deref().is_none_or(|wanted| wanted == side))
    };
    seat.role == each.each_party && seat.principal.as_ref().is_some_and(on_side)
}

fn has_role(roles: &OneOrMany<Role>, role: Role) -> bool {
    roles.iter().any(|wanted| *wanted == role)
}

/// Says in Swedish who may take the step.
fn wanted(definition: &Definition, transition: &Transition) -> String {
    let who = transition.by.iter().map(|by| in_swedish(definition, by));
    who.collect::<Vec<_>>().join(" eller ")
}

/// Says in Swedish who acts.
pub fn in_swedish(definition: &Definition, by: &By) -> String {
    let side = |side: &str| match definition.parties.get(side) {
        Some(party) => party.title.to_lowercase(),
        None => "någon av parterna".to_owned(),
    };
    match by {
        By::Party(party) => {
            let roles: Vec<_> = party.role.iter().map(|role| role.title()).collect();
            let kind = match party.of {
                Some(PrincipalKind::Region) => " (region)",
                Some(PrincipalKind::Municipality) => " (kommun)",
                None => "",
            };
            format!("{} hos {}{kind}", roles.join("/"), side(&party.party))
        }
        By::Each(each) => match &each.side {
            Some(one) => format!("{} hos varje {}", each.each_party.title(), side(one)),
            None => format!("{} hos varje part", each.each_party.title()),
        },
        By::Body(body) => {
            let title = definition.bodies.get(&body.body).map_or(body.body.as_str(), |body| body.title.as_str());
            format!("sekreteraren för {title}")
        }
        By::Machine(machine) => match machine.raised_by {
            Raiser::Deadline => "systemet när tiden har gått ut".to_owned(),
            Raiser::Case => "ett annat ärende".to_owned(),
        },
    }
}

fn guard(scene: &Scene, transition: &Transition) -> Option<Reason> {
    let when = transition.when.as_ref().filter(|when| !scene.holds(when))?;
    Some(match scene.waiting_notice(when) {
        Some(day) => Reason::new(Code::Notice, format!("Tidigast {}: tiden har inte gått ut än.", in_words(day))),
        None => Reason::new(Code::Guard, format!("Förutsätter {}.", scene.describe(when))),
    })
}

fn refer(
    definition: &Definition,
    case: &Case,
    transition: &Transition,
    principal: Option<&PrincipalId>,
    reasons: &mut Vec<Reason>,
) -> Option<Reference> {
    let of = transition.of.as_ref()?;
    let reference = case.reference(definition, of, principal);
    if reference.is_none() && !transition.require.contains(of) {
        let what = definition.fields.get(of).map(|field| field.title.as_str());
        let what = what.or(definition.transition(of).map(|step| step.title.as_str())).unwrap_or(of);
        let verb = if transition.kind == StepKind::Acceptance { "anta" } else { "bekräfta" };
        reasons.push(Reason::new(Code::NothingToConfirm, format!("Det finns inget att {verb}: ”{what}” saknas.")));
    }
    reference
}

fn build_on(
    definition: &Definition,
    case: &Case,
    transition: &Transition,
    principal: Option<&PrincipalId>,
    of: Option<&Reference>,
    reasons: &mut Vec<Reason>,
) -> Option<Reference> {
    let name = transition.rests_on.as_ref()?;
    let latest = case.latest_of(name, principal.filter(|_| transition.same_party));
    let base = definition.transition(name)?;
    let found =
        latest.filter(|latest| latest.current && is_of_present_text(definition, case, base, latest, principal, of));
    match found {
        Some(found) => Some(Reference { name: name.clone(), entry: found.entry, digest: found.digest.clone() }),
        None => {
            reasons
                .push(Reason::new(Code::RestsOn, format!("Förutsätter ”{}”, för den text som gäller nu.", base.title)));
            None
        }
    }
}

/// Whether what the earlier step approved is still what the case holds: a new version needs a new approval.
fn is_of_present_text(
    definition: &Definition,
    case: &Case,
    base: &Transition,
    latest: &Occurrence,
    principal: Option<&PrincipalId>,
    of: Option<&Reference>,
) -> bool {
    let Some(field) = &base.of else { return true };
    let present = match of {
        Some(of) if base.of == Some(of.name.clone()) => Some(of.digest.clone()),
        _ => case.reference(definition, field, principal).map(|reference| reference.digest),
    };
    latest.of == present
}

/// Whether those who wrote, and those who would now approve, have anybody in common. Who stands in for another acts as herself
/// and in the other's name: she may approve neither what she wrote nor what the other wrote, and the other nothing that
/// was written in her name.
fn four_eyes(case: &Case, transition: &Transition, by: &step::By, context: &Context) -> Option<Reason> {
    let principal = by.principal().filter(|_| transition.same_party);
    let earlier = case.latest_of(transition.not_same_as.as_ref()?, principal)?;
    // Of several whose place she takes in one role, the record names one: none of them may have written it.
    let absent = match &context.acting {
        Acting::Person(actor) if by.on_behalf_of().is_some() => actor.absent().collect(),
        _ => Vec::new(),
    };
    let now: Vec<_> = by.person().into_iter().chain(absent).collect();
    let before = [earlier.person.as_ref(), earlier.on_behalf_of.as_ref()];
    let same = before.iter().flatten().any(|person| now.contains(person));
    same.then(|| {
        Reason::new(Code::FourEyes, format!("”{}” ska göras av någon annan än den som skrev.", transition.title))
    })
}

fn confirmed(
    case: &Case,
    transition: &Transition,
    principal: Option<&PrincipalId>,
    of: Option<&Reference>,
) -> Option<Reason> {
    transition.joint()?;
    let confirmations = case.confirmations.get(&transition.id)?;
    let same = confirmations.digest.as_ref() == of.map(|of| &of.digest);
    let already = same && principal.is_some_and(|principal| confirmations.by.contains_key(principal));
    already.then(|| Reason::new(Code::AlreadyConfirmed, "Er huvudman har redan bekräftat. Nu väntar ni på övriga."))
}

/// Whether the actor may take back the confirmation of her principal.
///
/// # Errors
/// Every reason why not.
pub fn grant_withdrawal(
    definition: &Definition,
    context: &Context,
    case: &Case,
    transition: &Transition,
) -> Result<Grant, Vec<Reason>> {
    let by = transition.joint().and_then(|_| actor(definition, context, case, transition));
    let Some(by) = by else {
        return Err(vec![Reason::new(Code::Permission, "Bara den som får bekräfta kan ta tillbaka en bekräftelse.")]);
    };
    let waiting = case.confirmations.get(&transition.id);
    let confirmed = waiting.zip(by.principal()).is_some_and(|(waiting, principal)| waiting.by.contains_key(principal));
    if !confirmed {
        return Err(vec![Reason::new(Code::NotConfirmed, "Er huvudman har ingen bekräftelse som väntar på övriga.")]);
    }
    let of = transition.of.as_ref().and_then(|of| case.reference(definition, of, by.principal()));
    Ok(Grant { by, of, rests_on: None })
}
