//! One person: who she is here, her roles, her sign-in, her absence; and everybody's own absence.

use maud::{Markup, html};

use super::sheet::{Group, Sheet, done_or_mend, told};
use super::{DAYS, span, up, with_days};
use crate::app::AppError;
use crate::app::absences::NewAbsence;
use crate::app::administration::{MembershipView, PersonView, SignIn};
use crate::app::sessions::Signed;
use crate::ids::PersonId;
use crate::store::absences::Reason as Cause;
use crate::web::pages::parts::{csrf, tag};
use crate::web::pages::texts::{self as words, admin as texts};
use crate::web::pages::visit::{Form, Visit, day};
use crate::web::pages::{Answer, Outcome};
use crate::workflow::rejection::Reason;

const ALL: &str = "/admin/people";

fn id_of(visit: &Visit) -> PersonId {
    PersonId::from(visit.part("id"))
}

/// The page.
pub fn show(visit: &Visit, signed: &Signed) -> Outcome {
    Ok(Answer::Page(texts::PEOPLE, page(visit, signed)?))
}

fn page(visit: &Visit, signed: &Signed) -> Result<Markup, AppError> {
    let person = visit.app.person(&signed.actor, &id_of(visit))?;
    let here = format!("{ALL}/{}", person.id);
    Ok(html! {
        (up(ALL, texts::PEOPLE))
        (told(visit))
        h1 { (person.name) }
        section {
            dl .summary-list {
                dt { (texts::EMAIL) }
                dd { (person.email.as_deref().unwrap_or(texts::NO_EMAIL)) }
                dt { (texts::HSA_ID) }
                dd { @match &person.hsa_id { Some(id) => (id), None => (texts::NO_HSA_ID) } }
                dt { (texts::SIGN_IN) }
                dd { (texts::sign_in(person.sign_in)) @if person.whole { (sign_in_form(signed, &person)) } }
            }
            @if person.whole { p { a .step href={ (here) "/details" } { (texts::DETAILS) } } } @else { p .hint { (texts::NOT_WHOLE) } }
        }
        section aria-labelledby="roles" {
            h2 #roles { (texts::ROLES) }
            @if person.memberships.is_empty() { p { (texts::NO_ROLES) } }
            ul .steps { @for held in &person.memberships { li { (membership(&here, held)) } } }
            p { a .step href={ (here) "/role" } { (texts::GIVE_ROLE) } }
        }
        (absence_section(visit, signed, &person.id, &format!("{here}/absence"))?)
    })
}

fn sign_in_form(signed: &Signed, person: &PersonView) -> Markup {
    let (open, title) = match person.sign_in {
        SignIn::None => return html! {},
        SignIn::Open => ("no", texts::CLOSE_SIGN_IN),
        SignIn::Closed => ("yes", texts::OPEN_SIGN_IN),
    };
    html! {
        form method="post" action={ (ALL) "/" (person.id) "/sign-in" } {
            (csrf(signed))
            input type="hidden" name="open" value=(open);
            button .secondary type="submit" { (title) }
        }
    }
}

fn membership(here: &str, held: &MembershipView) -> Markup {
    let query = url::form_urlencoded::Serializer::new(String::new()).append_pair("role", &held.id).finish();
    let place = held.place.as_deref().unwrap_or(texts::COUNTY);
    html! {
        strong { (held.role.title()) } ", " (place)
        @if let Some(title) = &held.title { " (" (title) ")" }
        @if held.over { " " (tag("", texts::OVER)) }
        p .hint { (span(held.from, held.until)) }
        @if let Some(delegation) = &held.delegation { p .hint { (texts::DELEGATION) ": " (delegation) } }
        @if !held.over {
            p { a .step href={ (here) "/end-role?" (query) } { (texts::END_ROLE) span .hidden { ": " (held.role.title()) ", " (place) } } }
        }
    }
}

/// Opens or closes her sign-in.
pub fn sign_in(visit: &Visit, signed: &Signed) -> Outcome {
    let id = id_of(visit);
    let open = match visit.form.get("open") {
        "yes" => true,
        "no" => false,
        _ => return Err(AppError::NotFound.into()),
    };
    let done = visit.app.set_sign_in(&signed.actor, &id, open);
    let again = |reasons: &[Reason]| {
        let page = page(visit, signed)?;
        Ok(html! { (crate::web::pages::parts::summary(reasons, &|_| None)) (page) })
    };
    done_or_mend(done, texts::PEOPLE, |()| format!("{ALL}/{id}?done"), again)
}

/// Absences, and the way to a new one where anybody could take the place.
pub fn absence_section(visit: &Visit, signed: &Signed, person: &PersonId, form: &str) -> Result<Markup, AppError> {
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
pub fn absence(visit: &Visit, signed: &Signed) -> Outcome {
    let form = absence_form(visit, signed, &id_of(visit), &[])?;
    Ok(Answer::Page(texts::RECORD_ABSENCE, form))
}

/// Records it.
pub fn record_absence(visit: &Visit, signed: &Signed) -> Outcome {
    let id = id_of(visit);
    record(visit, signed, &id, format!("{ALL}/{id}?done"))
}

/// The form of one's own absence.
pub fn own_absence(visit: &Visit, signed: &Signed) -> Outcome {
    let form = absence_form(visit, signed, &signed.actor.person, &[])?;
    Ok(Answer::Page(texts::RECORD_ABSENCE, form))
}

/// Records it.
pub fn record_own_absence(visit: &Visit, signed: &Signed) -> Outcome {
    record(visit, signed, &signed.actor.person, "/me".to_owned())
}

/// Ends an absence.
pub fn end_absence(visit: &Visit, signed: &Signed) -> Outcome {
    let person = visit.app.end_absence(&signed.actor, visit.part("id"))?;
    match person == signed.actor.person {
        true => Ok(Answer::GoTo("/me".to_owned())),
        false => Ok(Answer::GoTo(format!("{ALL}/{person}?done"))),
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
    let again = |reasons: &[Reason]| absence_form(visit, signed, person, reasons);
    done_or_mend(done, texts::RECORD_ABSENCE, |()| to, again)
}

fn absence_form(visit: &Visit, signed: &Signed, person: &PersonId, reasons: &[Reason]) -> Result<Markup, AppError> {
    let own = *person == signed.actor.person;
    let possible = visit.app.possible_substitutes(&signed.actor, person)?;
    let back = if own { "/me".to_owned() } else { format!("{ALL}/{person}") };
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
