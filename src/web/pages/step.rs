//! One step of a case: its form, made of the workflow's fields, and taking it.

use chrono::NaiveDate;
use maud::{Markup, html};

use super::form::{self, MORE};
use super::parts::{anchor, csrf, default_button, given, key, kind, moment, summary, warning};
use super::visit::{Form, KEY, Visit};
use super::{Answer, Outcome, texts};
use crate::app::AppError;
use crate::app::cases::{StepCommand, What};
use crate::app::sessions::Signed;
use crate::app::view::{StepForm, TransitionView};
use crate::workflow::engine::Happened;
use crate::workflow::rejection::{Class, Code, Reason};

/// The revision that she saw.
const REVISION: &str = "_revision";
/// When it happened.
const HAPPENED: &str = "happened";

/// The form.
pub fn show(visit: &Visit, signed: &Signed) -> Outcome {
    let step = form_of(visit, signed)?;
    Ok(Answer::Page(texts::CASES, page(visit, signed, &step, &[])))
}

/// Takes the step, or gives the form back with everything that was typed.
pub fn take(visit: &Visit, signed: &Signed) -> Outcome {
    let step = form_of(visit, signed)?;
    let again = |reasons: &[Reason]| Ok(Answer::Mend(texts::CASES, page(visit, signed, &step, reasons)));
    if !visit.form.get(MORE).is_empty() {
        return Ok(Answer::Page(texts::CASES, page(visit, signed, &step, &[])));
    }
    let Ok(happened) = happened(&visit.form) else {
        return again(&[Reason::field(Code::WrongType, HAPPENED, texts::oversight::NO_DAY)]);
    };
    let number = visit.number()?;
    let given = form::read(&step.fields, &visit.form);
    let what = What::Take { transition: step.step.id.clone(), happened, given };
    let revision = visit.form.get(REVISION).parse().unwrap_or(0);
    let command = StepCommand { number: number.clone(), revision, what };
    match visit.app.take_step(&signed.actor, &command, visit.key().as_ref()) {
        Ok(_) => Ok(Answer::GoTo(format!("/cases/{number}?done"))),
        Err(AppError::Rejected(rejection)) if rejection.class() != Class::Forbidden => again(&rejection.reasons),
        Err(AppError::Stale { .. }) => {
            let since = changed(visit, signed)?;
            Ok(Answer::Mend(texts::CASES, html! { (warning(texts::STALE)) (since) (page(visit, signed, &step, &[])) }))
        }
        Err(error) => Err(error.into()),
    }
}

fn form_of(visit: &Visit, signed: &Signed) -> Result<StepForm, AppError> {
    let number = visit.number().map_err(|_| AppError::NotFound)?;
    visit.app.step_form(&signed.actor, &number, visit.part("transition"))
}

fn happened(typed: &Form) -> Result<Happened, ()> {
    match typed.get(HAPPENED).trim() {
        "" => Ok(Happened::Now),
        day => day.parse::<NaiveDate>().map(Happened::On).map_err(drop),
    }
}

/// What has happened since she opened the form.
fn changed(visit: &Visit, signed: &Signed) -> Result<Markup, AppError> {
    let number = visit.number().map_err(|_| AppError::NotFound)?;
    let entries = visit.app.timeline(&signed.actor, &number)?;
    let steps: Vec<_> = entries.iter().filter(|entry| entry.room == "shared" && entry.kind == "step").collect();
    // Each step raises the revision by one, so the steps that she did not see are the last ones.
    let seen = visit.form.get(REVISION).parse::<usize>().unwrap_or(0);
    Ok(html! {
        ul {
            @for entry in steps.iter().skip(seen) {
                li {
                    (moment(entry.happened)) ": " (entry.title)
                    @if let Some(name) = entry.by.as_ref().and_then(|by| by.name.as_ref()) { ", " (name) }
                }
            }
        }
    })
}

/// What she typed into a form that cannot be sent any more.
fn in_vain(typed: &Form, step: &StepForm) -> Markup {
    let of_fields = |name: &str| step.fields.iter().any(|(field, _)| name.split('.').next() == Some(field.id.as_str()));
    let written: Vec<_> = typed.pairs().iter().filter(|(name, value)| of_fields(name) && !value.is_empty()).collect();
    html! {
        @if !written.is_empty() {
            section aria-labelledby="written" {
                h2 #written { (texts::WRITTEN) }
                dl .parts {
                    @for (name, value) in written {
                        dt { (form::title_of(&step.fields, name).unwrap_or_default()) }
                        dd { p .written { (value) } }
                    }
                }
            }
        }
    }
}

fn page(visit: &Visit, signed: &Signed, step: &StepForm, reasons: &[Reason]) -> Markup {
    let number = visit.part("number");
    let back = format!("/cases/{number}");
    let shown = form::Shown { typed: &visit.form, reasons, names: &step.names };
    html! {
        p { a href=(back) { (number) } }
        (summary(reasons, &|path| form::title_of(&step.fields, path)))
        h1 { (step.step.title) " " (kind(step.step.kind)) }
        @if let Some(help) = &step.step.help { p .lead { (help) } }
        (in_which_seat(&step.step))
        (rests_on(step))
        @if step.step.enabled {
            form method="post" action={ (back) "/steps/" (step.step.id) } {
                (csrf(signed))
                (key(visit.form.get(KEY), || visit.app.ids.secret()))
                input type="hidden" name=(REVISION) value=(step.revision);
                (default_button())
                (form::fields(&step.fields, &shown))
                @if !step.fields.iter().any(|(field, _)| field.dates_step) { (when(&visit.form, reasons)) }
                div .buttons {
                    button type="submit" { (step.step.title) }
                    a href=(back) { (texts::CANCEL) }
                }
            }
        } @else {
            ul { @for reason in &step.step.reasons { li { (reason.detail) } } }
            (in_vain(&visit.form, step))
        }
    }
}

/// What she is to know of the seat in which she would decide: whose it is, and what its delegation says.
fn in_which_seat(step: &TransitionView) -> Markup {
    html! {
        @if let Some(absent) = &step.on_behalf_of { p { (texts::YOU_ACT) " " (texts::ON_BEHALF_OF) " " (absent) "." } }
        @if let Some(delegation) = &step.delegation { p .inset { (texts::DELEGATION) ": " (delegation) } }
    }
}

/// What the step confirms, answers or builds on, above the form: nobody is to confirm a text that she does not see.
fn rests_on(step: &StepForm) -> Markup {
    html! {
        @if !step.rests_on.is_empty() {
            section aria-labelledby="about" {
                h2 #about { (texts::STEP_ABOUT) }
                (given(&step.rests_on, &step.workflow, &step.names))
            }
        }
    }
}

fn when(typed: &Form, reasons: &[Reason]) -> Markup {
    let wrong = reasons.iter().find(|reason| reason.field.as_deref() == Some(HAPPENED));
    html! {
        details open[!typed.get(HAPPENED).is_empty() || wrong.is_some()] {
            summary { (texts::HAPPENED) }
            div .field .wrong[wrong.is_some()] {
                label for=(anchor(HAPPENED)) { (texts::HAPPENED) " " span .optional { (texts::OPTIONAL) } }
                p .hint #when-hint { (texts::HAPPENED_HELP) }
                @if let Some(wrong) = wrong { p .error { (wrong.detail) } }
                input #(anchor(HAPPENED)) type="date" name=(HAPPENED) value=(typed.get(HAPPENED)) aria-describedby="when-hint";
            }
        }
    }
}
