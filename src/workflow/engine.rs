//! The engine: what a command does to a case, or why not. Pure: the same input gives the same step for ever.
//!
//! [`start`], [`decide`] and [`withdraw_confirmation`] answer with a [`Step`] to be recorded and the texts to be stored
//! beside it; [`enabled`] says what an actor may do now. `enabled` and `decide` agree, because both ask `permission`.

mod begin;
mod build;
mod when;

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde_json::{Map, Value};

pub use begin::{Begin, Origin, outline, start};
use build::build;
use when::{happened, resolve};

use super::case::{Case, field_key};
use super::clock;
use super::context::{Acting, Context};
use super::definition::{Definition, Transition};
use super::guard::Scene;
use super::input::{self, Input, Known, StoredText};
use super::permission;
use super::rejection::{Code, Reason, Rejection};
use super::step::{self, Act, Step};
use crate::calendar::{in_words, local_date};
use crate::clock::Timestamp;
use crate::ids::PrincipalId;

/// When something happened, as a person says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Happened {
    /// Just now.
    Now,
    /// On a day, Europe/Stockholm: what a body decided counts from the day of its meeting.
    On(NaiveDate),
    /// At an instant.
    At(Timestamp),
}

impl Happened {
    /// The day on which it happened, Europe/Stockholm.
    pub fn day(self, now: Timestamp) -> NaiveDate {
        match self {
            Happened::Now => local_date(now),
            Happened::On(date) => date,
            Happened::At(instant) => local_date(instant),
        }
    }
}

/// What somebody wants done.
#[derive(Debug, Clone)]
pub struct Command<'a> {
    /// The transition.
    pub transition: &'a str,
    /// When it happened. A field of the form may say so instead: see `dates_step`.
    pub happened: Happened,
    /// The fields given.
    pub given: &'a Map<String, Value>,
}

/// A step, ready to be recorded.
#[derive(Debug, Clone, PartialEq)]
pub struct Decided {
    /// The step.
    pub step: Step,
    /// The texts to be stored beside it.
    pub texts: Vec<StoredText>,
    /// What was given for the own room of the acting principal, with its texts; mostly nothing.
    pub own: Input,
}

/// A transition and what stands in its way.
#[derive(Debug, Clone)]
pub struct Possible<'a> {
    /// The transition.
    pub transition: &'a Transition,
    /// Who would act, as the log would hold it, where she may.
    pub by: Option<step::By>,
    /// Why the actor may not; empty where she may.
    pub reasons: Vec<Reason>,
    /// Whether the actor, in the seats that she has, could take it at some time in this case.
    pub ever: bool,
    /// What the form is to say of fields that set a clock, where she may take it.
    pub hints: BTreeMap<String, String>,
}

/// What the actor may do with the case now, and why not the rest, in the order of the file.
pub fn enabled<'a>(definition: &'a Definition, context: &Context, case: &Case) -> Vec<Possible<'a>> {
    let day = local_date(context.now);
    let all = definition.transitions.iter();
    all.map(|transition| {
        let ever = case.outcome.is_none() && permission::could(definition, context, case, transition);
        match permission::grant(definition, context, case, transition, day) {
            Ok(grant) => {
                let scene = Scene {
                    definition,
                    case: Some(case),
                    given: None,
                    principal: None,
                    day,
                    calendar: context.calendar,
                };
                let hints = clock::hints(&scene, case, transition);
                Possible { transition, by: Some(grant.by), reasons: Vec::new(), ever, hints }
            }
            Err(reasons) => Possible { transition, by: None, reasons, ever, hints: BTreeMap::new() },
        }
    })
    .collect()
}

/// What the command does to the case.
///
/// # Errors
/// Every reason why it may not be done. Nothing has changed then.
pub fn decide(
    definition: &Definition,
    context: &Context,
    case: &Case,
    command: &Command,
) -> Result<Decided, Rejection> {
    let transition = find(definition, command.transition)?;
    let form: Vec<_> = transition.form().collect();
    let happened = happened(definition, case, command, &form, context.now)?;
    let day = local_date(happened);
    let grant = permission::grant(definition, context, case, transition, day)?;
    let principal = grant.by.principal().cloned();
    let scene = Scene {
        definition,
        case: Some(case),
        given: None,
        principal: principal.as_ref(),
        day,
        calendar: context.calendar,
    };
    let input = read_input(context, &scene, &form, &transition.require, command.given)?;
    build(&scene, context, case, transition, grant, happened, input)
}

/// Takes the actor's confirmation of a joint transition back, while others are still to confirm.
///
/// # Errors
/// Where the actor's principal has not confirmed, or the actor may not speak for it.
pub fn withdraw_confirmation(
    definition: &Definition,
    context: &Context,
    case: &Case,
    transition: &str,
) -> Result<Decided, Rejection> {
    let transition = find(definition, transition)?;
    let happened = resolve(Happened::Now, Some(case.latest), context.now)?;
    let granted = permission::grant_withdrawal(definition, context, case, transition)?;
    let mut step = build::bare(Act::Withdrawal, case, transition, granted.by, happened, context.now);
    step.of = granted.of;
    Ok(Decided { step, texts: Vec::new(), own: Input::default() })
}

fn find<'a>(definition: &'a Definition, id: &str) -> Result<&'a Transition, Rejection> {
    let unknown = || Reason::new(Code::UnknownStep, "Steget finns inte för den här sortens ärende.").into();
    definition.transition(id).ok_or_else(unknown)
}

/// Checks what was given, and that what must be given is.
fn read_input(
    context: &Context,
    scene: &Scene,
    form: &[&String],
    require: &[String],
    given: &Map<String, Value>,
) -> Result<Input, Rejection> {
    let known = Known {
        organisation: context.organisation,
        principal: scene.principal,
        day: scene.day,
        cases: context.cases,
        documents: context.documents,
        seed: context.seed,
    };
    let read = input::read(scene.definition, form, given, &known);
    let (input, mut reasons) = match read {
        Ok(input) => (input, Vec::new()),
        Err(reasons) => (Input::default(), reasons),
    };
    reasons.extend(missing(scene, form, require, given, &input));
    reasons.extend(too_early(scene, form, &input));
    if reasons.is_empty() { Ok(input) } else { Err(reasons.into()) }
}

/// The fields that must be given and are not. A field that is only asked for is compulsory where its condition holds and
/// the case has no value of it yet.
fn missing(
    scene: &Scene,
    form: &[&String],
    require: &[String],
    given: &Map<String, Value>,
    input: &Input,
) -> Vec<Reason> {
    let merged = Scene { given: Some(&input.data), ..*scene };
    let absent = form.iter().filter(|name| !given.contains_key(**name) || !input.data.contains_key(**name));
    let needed = absent.filter_map(|name| {
        let field = scene.definition.fields.get(*name)?;
        let conditional =
            || field.required_if.as_ref().is_some_and(|guard| merged.holds(guard)) && scene.value(name).is_none();
        let refused = given.get(*name).is_some_and(|value| !input::is_empty(value));
        (!refused && (require.contains(name) || conditional())).then(|| Reason::required(name, &field.title))
    });
    needed.collect()
}

/// Dates that lie before another that they may not lie before, given in the same form or earlier.
fn too_early(scene: &Scene, form: &[&String], input: &Input) -> Vec<Reason> {
    let merged = Scene { given: Some(&input.data), ..*scene };
    let fields = &scene.definition.fields;
    let early = form.iter().filter(|name| input.data.contains_key(**name)).filter_map(|name| {
        let other = fields.get(*name)?.not_before.as_ref()?;
        let (day, earliest) = (merged.date(name)?, merged.date(other)?);
        let title = fields.get(other)?.title.as_str();
        let detail = format!("Ange en dag som inte ligger före ”{title}”, {}.", in_words(earliest));
        (day < earliest).then(|| Reason::field(Code::Happened, name, &detail))
    });
    early.collect()
}

/// Parts what goes into the principal's own room from what goes into the shared one.
fn part(definition: &Definition, input: Input) -> (Input, Input) {
    let is_own = |name: &str| definition.fields.get(name).is_some_and(|field| field.room.is_some());
    let field_of = |path: &str| path.split('.').next().unwrap_or(path).to_owned();
    let (own_data, data) = input.data.into_iter().partition(|(name, _)| is_own(name));
    let (own_texts, texts) = input.texts.into_iter().partition(|text| is_own(&field_of(&text.path)));
    (Input { data, texts }, Input { data: own_data, texts: own_texts })
}

/// Keys the values by field and, where each party has its own, by principal; the texts' paths likewise.
fn keyed(
    definition: &Definition,
    input: Input,
    principal: Option<&PrincipalId>,
) -> (BTreeMap<String, Value>, Vec<StoredText>) {
    let key = |name: &str| field_key(definition, name, principal);
    let data = input.data.into_iter().map(|(name, value)| (key(&name), value)).collect();
    let texts = input.texts.into_iter().map(|mut text| {
        let (name, rest) = text.path.split_at(text.path.find('.').unwrap_or(text.path.len()));
        text.path = format!("{}{rest}", key(name));
        text
    });
    (data, texts.collect())
}

/// Whether an actor of this context is a deadline, and which.
fn deadline_of<'a>(context: &Context<'a>) -> Option<&'a str> {
    match context.acting {
        Acting::Deadline(deadline) => Some(deadline),
        Acting::Person(_) | Acting::Case(_) => None,
    }
}
