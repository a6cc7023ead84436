//! How a case begins: who may, with which sides, out of which other cases, under which agreement.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde_json::{Map, Value};

use super::{Decided, Happened, keyed, part, read_input, resolve};
use crate::authz::{PrincipalKind, Seat};
use crate::calendar::{Calendar, local_date};
use crate::clock::Timestamp;
use crate::ids::{BodyId, CaseNumber, PrincipalId};
use crate::workflow::case::Case;
use crate::workflow::context::{Acting, AgreementVersion, Context};
use crate::workflow::definition::{AgreementUse, By, Definition, FromCase, PartyNumber, Start, StepKind};
use crate::workflow::guard::Scene;
use crate::workflow::permission;
use crate::workflow::rejection::{Code, Reason, Rejection};
use crate::workflow::step::{self, Act, Change, Event, Opened, PartyChange, Step};
use crate::workflow::timer;

/// A case to begin.
#[derive(Debug, Clone)]
pub struct Begin<'a> {
    /// The start event.
    pub start: &'a str,
    /// When it happened.
    pub happened: Happened,
    /// The principals of each side; the actor's own need not be named.
    pub parties: &'a BTreeMap<String, Vec<PrincipalId>>,
    /// The cases that it grows out of.
    pub origins: &'a [Origin],
    /// The fields given.
    pub given: &'a Map<String, Value>,
}

/// A case that another grows out of.
#[derive(Debug, Clone)]
pub struct Origin {
    /// Its number.
    pub number: CaseNumber,
    /// The case.
    pub case: Case,
}

/// The first step of a new case.
///
/// # Errors
/// Every reason why it may not begin.
pub fn start(definition: &Definition, context: &Context, begin: &Begin) -> Result<Decided, Rejection> {
    let unknown = || Reason::new(Code::UnknownStep, "Så börjar inget ärende av det här slaget.");
    let start = definition.start.iter().find(|start| start.id == begin.start).ok_or_else(unknown)?;
    let (by, side, principal) = starter(definition, context, start, begin.parties)?;
    let happened = resolve(begin.happened, None, context.now)?;
    let day = local_date(happened);
    let parties = parties(definition, context, begin, &side, &principal)?;
    origins(start.from_case.as_ref(), begin.origins, &parties)?;
    let agreement = agreement(definition, context, day)?;
    let scene =
        Scene { definition, case: None, given: None, principal: Some(&principal), day, calendar: context.calendar };
    let form: Vec<_> = start.require.iter().chain(&start.ask).collect();
    let input = read_input(context, &scene, &form, &start.require, begin.given)?;
    let (input, own) = part(definition, input);
    let (data, texts) = keyed(definition, input, Some(&principal));
    let opened = Opened {
        workflow: definition.workflow.clone(),
        version: definition.version,
        text: None,
        agreement,
        event: event(definition, context, begin, &data),
        origins: begin.origins.iter().map(|origin| origin.number.clone()).collect(),
    };
    let mut step = first_step(definition, start, by, opened);
    (step.happened, step.recorded) = (happened, context.now);
    (step.data, step.parties) = (data, parties);
    let fresh = Case::begin(0, &step).map_err(|broken| Reason::new(Code::State, broken.to_string()))?;
    step.deadlines = timer::changes(definition, &fresh, &scene, &step);
    Ok(Decided { step, texts, own })
}

/// The first step of a case of which nothing is known but its start: each side is one principal of the side's name, and
/// what is given is nothing. For whoever foresees what a workflow's deadlines do.
pub fn outline(definition: &Definition, start: &Start, calendar: &Calendar, now: Timestamp) -> Step {
    let opened = Opened {
        workflow: definition.workflow.clone(),
        version: definition.version,
        text: None,
        agreement: None,
        event: None,
        origins: Vec::new(),
    };
    let by = step::By::Case { case: CaseNumber(String::new()), outcome: None };
    let mut step = first_step(definition, start, by, opened);
    (step.happened, step.recorded) = (now, now);
    let joined = |side: &String| PartyChange {
        change: Change::Joined,
        side: side.clone(),
        principal: PrincipalId(side.clone()),
        authority: None,
        unit: None,
    };
    step.parties = definition.parties.keys().map(joined).collect();
    if let Ok(fresh) = Case::begin(0, &step) {
        let day = local_date(now);
        let scene = Scene { definition, case: None, given: None, principal: None, day, calendar };
        step.deadlines = timer::changes(definition, &fresh, &scene, &step);
    }
    step
}

/// Who opens the case, on which side, for which principal: one that is named on that side, where she may for several.
fn starter(
    definition: &Definition,
    context: &Context,
    start: &Start,
    named: &BTreeMap<String, Vec<PrincipalId>>,
) -> Result<(step::By, String, PrincipalId), Rejection> {
    let Acting::Person(actor) = context.acting else {
        return Err(Reason::new(Code::Permission, "Bara en person kan öppna ett ärende.").into());
    };
    let granted = || {
        start.by.iter().flat_map(|by| {
            let side = if let By::Party(party) = by { Some(party.party.clone()) } else { None };
            let seats = permission::seats(definition, context, None, actor, by);
            seats.filter_map(move |seat| Some((seat.clone(), side.clone()?, seat.principal.clone()?)))
        })
    };
    let is_named = |(_, side, principal): &(Seat, String, PrincipalId)| {
        named.get(side).is_some_and(|principals| principals.contains(principal))
    };
    match granted().find(is_named).or_else(|| granted().next()) {
        Some((seat, side, principal)) => Ok((step::By::actor(actor, &seat), side, principal)),
        None => {
            let who: Vec<_> = start.by.iter().map(|by| permission::in_swedish(definition, by)).collect();
            Err(Reason::new(Code::Permission, format!("”{}” kan bara göras av {}.", start.title, who.join(" eller ")))
                .into())
        }
    }
}

fn parties(
    definition: &Definition,
    context: &Context,
    begin: &Begin,
    own_side: &str,
    own: &PrincipalId,
) -> Result<Vec<PartyChange>, Rejection> {
    let mut reasons = Vec::new();
    let mut changes: Vec<PartyChange> = Vec::new();
    let mut refuse =
        |side: &str, detail: &str| reasons.push(Reason::field(Code::Parties, &format!("parties.{side}"), detail));
    for side in begin.parties.keys().filter(|side| !definition.parties.contains_key(*side)) {
        refuse(side, "Sidan finns inte.");
    }
    for (side, party) in &definition.parties {
        let mut principals = begin.parties.get(side).cloned().unwrap_or_default();
        if side == own_side && !principals.contains(own) {
            principals.insert(0, own.clone());
        }
        match (principals.len(), party.number) {
            (0, _) => refuse(side, &format!("Ange {}.", party.title.to_lowercase())),
            (1, _) | (_, PartyNumber::Several) => {}
            (_, PartyNumber::One) => refuse(side, "Ange bara en huvudman."),
        }
        for principal in principals {
            if !context.organisation.principals.contains_key(&principal) {
                refuse(side, "Ange en huvudman som finns i systemet.");
            } else if changes.iter().any(|change| change.principal == principal) {
                refuse(side, "Samma huvudman kan inte anges två gånger.");
            }
            let side = side.clone();
            changes.push(PartyChange { change: Change::Joined, side, principal, authority: None, unit: None });
        }
    }
    reasons.extend(not_opposite(definition, context, &changes));
    if reasons.is_empty() { Ok(changes) } else { Err(reasons.into()) }
}

/// A1: a region faces municipalities, and the reverse.
fn not_opposite(definition: &Definition, context: &Context, changes: &[PartyChange]) -> Vec<Reason> {
    let kinds = |side: &str| -> Vec<PrincipalKind> {
        let of_side = changes.iter().filter(|change| change.side == side);
        of_side.filter_map(|change| context.organisation.principals.get(&change.principal).copied()).collect()
    };
    let wrong = definition.parties.iter().filter(|(side, party)| {
        let other = party.opposite.as_deref().map(kinds).unwrap_or_default();
        kinds(side).iter().any(|kind| other.contains(kind))
    });
    wrong
        .map(|(side, _)| {
            Reason::field(
                Code::Parties,
                &format!("parties.{side}"),
                "En region och kommuner möts: välj en huvudman av det andra slaget.",
            )
        })
        .collect()
}

fn origins(from_case: Option<&FromCase>, origins: &[Origin], parties: &[PartyChange]) -> Result<(), Rejection> {
    let refuse = |detail: String| Err(Reason::field(Code::Origin, "origins", &detail).into());
    let Some(from_case) = from_case else {
        return if origins.is_empty() { Ok(()) } else { refuse("Ärendet växer inte ur något annat.".to_owned()) };
    };
    match origins.len() {
        0 if !from_case.optional => return refuse("Ange ärendet som det här växer ur.".to_owned()),
        count if count > 1 && !from_case.several => return refuse("Ange bara ett ärende.".to_owned()),
        _ => {}
    }
    for (n, origin) in origins.iter().enumerate() {
        let number = &origin.number;
        if origins[..n].iter().any(|other| other.number == *number) {
            return refuse(format!("{number} är angivet två gånger."));
        }
        if origin.case.workflow != from_case.workflow || !from_case.states.contains(&origin.case.state) {
            return refuse(format!("{number} står inte i ett läge som det här kan växa ur."));
        }
        let is_party = |principal: &PrincipalId| origin.case.side_of(principal).is_some();
        let own_only = origin.case.principals(None).count() == 1;
        let fits = if own_only {
            origin.case.principals(None).all(|party| parties.iter().any(|other| other.principal == party.principal))
        } else {
            parties.iter().all(|party| is_party(&party.principal))
        };
        if !fits {
            return refuse(format!("Parterna är inte desamma som i {number}."));
        }
    }
    Ok(())
}

/// C1: a regional dispute needs an agreement in force.
fn agreement(
    definition: &Definition,
    context: &Context,
    day: NaiveDate,
) -> Result<Option<AgreementVersion>, Rejection> {
    match (definition.agreement, context.agreements.on(day)) {
        (AgreementUse::InForce, None) => {
            Err(Reason::new(Code::Agreement, "Ingen överenskommelse gäller den dagen, så tvisten kan inte öppnas.")
                .into())
        }
        (_, agreement) => Ok(agreement.cloned()),
    }
}

/// When what the case is about happened: the earliest of what it grows out of, or what its own date says.
fn event(definition: &Definition, context: &Context, begin: &Begin, data: &BTreeMap<String, Value>) -> Option<Event> {
    let earliest = begin.origins.iter().filter_map(|origin| origin.case.event.as_ref()).min_by_key(|event| event.on);
    let own = || {
        let given = data.get(definition.event.as_ref()?)?.as_str()?;
        let on = NaiveDate::parse_from_str(given, "%Y-%m-%d").ok()?;
        Some(Event { on, agreement: context.agreements.on(on).cloned() })
    };
    earliest.cloned().or_else(own)
}

fn first_step(definition: &Definition, start: &Start, by: step::By, opened: Opened) -> Step {
    let now = Timestamp::default();
    let sent_to = definition.bodies_reached(&start.target).map(|body| BodyId(body.clone())).collect();
    let bare = Step::bare(Act::Transition, (&start.id, StepKind::Event), None, &start.target, by, now, now);
    Step { opened: Some(opened), sent_to, ..bare }
}
