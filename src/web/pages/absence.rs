//! Absence: the section on one's own page and on a person's, and the form that records one.

use maud::{Markup, html};

use super::field::Group;
use super::parts::{csrf, span, up};
use super::sheet::{DAYS, Sheet, done_or_mend, with_days};
use super::texts::{self as words, admin as texts};
use super::visit::{Form, Visit, day};
use super::{Answer, Outcome};
use crate::app::AppError;
use crate::app::absences::NewAbsence;
use crate::app::sessions::Signed;
use crate::ids::PersonId;
use crate::store::absences::Reason as Cause;
use crate::workflow::rejection::Reason;

/// Where administrators find people.
const PEOPLE: &str = "/admin/people";

/// Absences, and the way to a new one.
pub fn section(visit: &Visit, signed: &Signed, person: &PersonId, form: &str) -> Result<Markup, AppError> {
    let absences = visit.app.absences(&signed.actor, person)?;
    let may_record = match visit.app.possible_substitutes(&signed.actor, person) {
        Err(AppError::Forbidden) => false,
        possible => !possible?.is_empty(),
    };
    Ok(html! {
        section aria-labelledby="absence" {
            h2 #absence { (texts::ABSENCE) }
            @if absences.is_empty() { p { (texts::NO_ABSENCE) } }
            ul .steps {
                @for absence in &absences {
                    li {
                        (span(Some(absence.from), Some(absence.until)))
                        p .hint { (texts::SUBSTITUTE) ": " (absence.substitute) ". " (texts::cause(absence.cause)) "." }
                        form method="post" action={ "/absences/" (absence.id) "/end" } {
                            (csrf(signed))
                            button .secondary type="submit" {
                                (texts::END_ABSENCE) span .hidden { " " (span(Some(absence.from), Some(absence.until))) }
                            }
                        }
                    }
                }
            }
            @if may_record { p { a .step href=(form) { (texts::RECORD_ABSENCE) } } }
        }
    })
}

/// The form of another's absence.
pub fn of_other(visit: &Visit, signed: &Signed) -> Outcome {
    let page = form(visit, signed, &PersonId::from(visit.part("id")), &[])?;
    Ok(Answer::Page(texts::RECORD_ABSENCE, page))
}

/// Records it.
pub fn record_of_other(visit: &Visit, signed: &Signed) -> Outcome {
    let id = PersonId::from(visit.part("id"));
    record(visit, signed, &id, format!("{PEOPLE}/{id}?done"))
}

/// The form of one's own absence.
pub fn own(visit: &Visit, signed: &Signed) -> Outcome {
    let page = form(visit, signed, &signed.actor.person, &[])?;
    Ok(Answer::Page(texts::RECORD_ABSENCE, page))
}

/// Records it.
pub fn record_own(visit: &Visit, signed: &Signed) -> Outcome {
    record(visit, signed, &signed.actor.person, "/me".to_owned())
}

/// Ends an absence.
pub fn end(visit: &Visit, signed: &Signed) -> Outcome {
    let person = visit.app.end_absence(&signed.actor, visit.part("id"))?;
    match person == signed.actor.person {
        true => Ok(Answer::GoTo("/me".to_owned())),
        false => Ok(Answer::GoTo(format!("{PEOPLE}/{person}?done"))),
    }
}

fn record(visit: &Visit, signed: &Signed, person: &PersonId, to: String) -> Outcome {
    let substitute = Some(visit.form.get("substitute")).filter(|id| !id.is_empty());
    let new = NewAbsence {
        person: person.clone(),
        from: day(visit.form.get("from")),
        until: day(visit.form.get("until")),
        substitute: substitute.map(PersonId::from),
        cause: Cause::from_name(visit.form.get("cause")),
    };
    let key = visit.key();
    let done = with_days(&visit.form, &DAYS, || visit.app.record_absence(&signed.actor, &new, key.as_ref()));
    let again = |reasons: &[Reason]| form(visit, signed, person, reasons);
    done_or_mend(done, texts::RECORD_ABSENCE, |()| to, again)
}

fn form(visit: &Visit, signed: &Signed, person: &PersonId, reasons: &[Reason]) -> Result<Markup, AppError> {
    let own = *person == signed.actor.person;
    let possible = visit.app.possible_substitutes(&signed.actor, person)?;
    let back = if own { "/me".to_owned() } else { format!("{PEOPLE}/{person}") };
    let (title, help) = match own {
        true => (words::ME.to_owned(), texts::ABSENCE_HELP),
        false => (visit.app.person(&signed.actor, person)?.name, texts::ABSENCE_HELP_OTHER),
    };
    if possible.is_empty() {
        return Ok(html! { (up(&back, &title)) h1 { (texts::RECORD_ABSENCE) } p { (texts::NO_SUBSTITUTE) } });
    }
    let substitutes: Group = (String::new(), possible.into_iter().map(|(id, name)| (id.0, name)).collect());
    let causes = Cause::ALL.map(|cause| (cause.name().to_owned(), texts::cause(cause).to_owned()));
    let empty = Form::default();
    let sheet = Sheet { typed: if visit.form.is_empty() { &empty } else { &visit.form }, reasons };
    let fields = html! {
        p { (help) }
        (sheet.day("from", texts::FROM, None, false))
        (sheet.day("until", texts::UNTIL, None, false))
        (sheet.choose("substitute", texts::SUBSTITUTE, Some(texts::SUBSTITUTE_HELP), false, &[substitutes]))
        (sheet.choose("cause", texts::CAUSE, None, false, &[(String::new(), causes.into())]))
    };
    let form = sheet.form(visit, signed, (texts::RECORD_ABSENCE, texts::RECORD_ABSENCE, &back), &fields);
    Ok(html! { (up(&back, &title)) (form) })
}
