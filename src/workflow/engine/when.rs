//! When a step happened: as the person says, or as a field of its form says that is the day of the step.

use chrono::{Datelike, NaiveDate};
use serde_json::{Map, Value};

use super::{Command, Happened};
use crate::calendar::{end_of_day, in_words, local_date, start_of_day};
use crate::clock::Timestamp;
use crate::workflow::case::Case;
use crate::workflow::definition::Definition;
use crate::workflow::input;
use crate::workflow::rejection::{Code, Reason, Rejection};

/// What answers when a step happened where no field does.
const HAPPENED: &str = "happened";

/// The instant at which a step of a case happened.
pub(super) fn happened(
    definition: &Definition,
    case: &Case,
    command: &Command,
    form: &[&String],
    now: Timestamp,
) -> Result<Timestamp, Rejection> {
    let Some((field, day)) = dated(definition, form, command.given) else {
        return resolve(command.happened, Some(case.latest), now);
    };
    let said = match command.happened {
        Happened::Now if day == local_date(now) => Happened::Now,
        Happened::Now => Happened::On(day),
        said if said.day(now) == day => said,
        said => return Err(two_days(definition, field, day, said.day(now))),
    };
    let earliest = earliest(definition, case, field, day)?;
    resolve(said, Some(earliest), now).map_err(|rejection| of_field(rejection, field))
}

/// The field of the form that says on which day the step happened, and the day. What is no day is refused with the rest of
/// the form.
fn dated<'a>(definition: &Definition, form: &[&'a String], given: &Map<String, Value>) -> Option<(&'a str, NaiveDate)> {
    let dating = form.iter().find(|name| definition.fields.get(**name).is_some_and(|field| field.dates_step))?;
    let day = input::date_of(given.get(dating.as_str())?)?;
    Some((dating.as_str(), day))
}

/// The first instant that a step may have on a day that its form gives. A body's meeting is recorded after it, and others
/// may have written something in between: it need not come after their steps, but after the one that brought the case here.
fn earliest(definition: &Definition, case: &Case, field: &str, day: NaiveDate) -> Result<Timestamp, Rejection> {
    if end_of_day(day) > case.latest {
        return Ok(case.latest);
    }
    if end_of_day(day) > case.since {
        return Ok(case.since);
    }
    let state = definition.states.get(&case.state).map_or(case.state.as_str(), |state| state.title.as_str());
    let since = in_words(local_date(case.since));
    let detail = format!("Ange en dag från {since}: först då kom ärendet till läget ”{state}”.");
    Err(Reason::field(Code::Happened, field, &detail).into())
}

fn two_days(definition: &Definition, field: &str, day: NaiveDate, said: NaiveDate) -> Rejection {
    let title = definition.fields.get(field).map_or(field, |field| field.title.as_str());
    let (day, said) = (in_words(day), in_words(said));
    let detail = format!("Steget räknas från ”{title}”, {day}, och kan inte ha skett {said}. Ange bara den ena dagen.");
    Reason::field(Code::Happened, HAPPENED, &detail).into()
}

/// The same said of the field that gave the day.
fn of_field(mut rejection: Rejection, field: &str) -> Rejection {
    rejection.reasons.iter_mut().for_each(|reason| reason.field = Some(field.to_owned()));
    rejection
}

/// The instant at which the step happened: not in the future, not before the step before it, and not before there was
/// anything to report.
pub(super) fn resolve(happened: Happened, latest: Option<Timestamp>, now: Timestamp) -> Result<Timestamp, Rejection> {
    let refuse = |detail: &str| Err(Reason::field(Code::Happened, HAPPENED, detail).into());
    let after_latest = |instant: Timestamp| latest.map_or(instant, |latest| instant.max(latest));
    let too_early = |date: NaiveDate| date.year() < input::EARLIEST_YEAR;
    match happened {
        Happened::Now => Ok(after_latest(now)),
        Happened::At(instant) if too_early(local_date(instant)) => {
            refuse("Steget kan inte ha skett så långt tillbaka.")
        }
        Happened::On(date) if too_early(date) => refuse("Steget kan inte ha skett så långt tillbaka."),
        Happened::At(instant) if instant > now => refuse("Steget kan inte ha skett i framtiden."),
        Happened::At(instant) if Some(instant) < latest => refuse("Steget kan inte ha skett före steget innan."),
        Happened::At(instant) => Ok(instant),
        Happened::On(date) if start_of_day(date) > now => refuse("Steget kan inte ha skett i framtiden."),
        Happened::On(date) if latest.is_some_and(|latest| end_of_day(date) <= latest) => {
            refuse("Steget kan inte ha skett före steget innan.")
        }
        Happened::On(date) => Ok(after_latest(start_of_day(date))),
    }
}
