//! One person: who she is here, her roles, her sign-in, her absence.

use maud::{Markup, html};

use crate::app::AppError;
use crate::app::administration::{MembershipView, PersonView, SignIn};
use crate::app::sessions::Signed;
use crate::ids::PersonId;
use crate::web::pages::parts::{csrf, done, span, summary, tag, up};
use crate::web::pages::sheet::done_or_mend;
use crate::web::pages::texts::admin as texts;
use crate::web::pages::visit::Visit;
use crate::web::pages::{Answer, Outcome, absence};
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
        (done(visit))
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
        (absence::section(visit, signed, &person.id, &format!("{here}/absence"))?)
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
        Ok(html! { (summary(reasons, &|_| None)) (page) })
    };
    done_or_mend(done, texts::PEOPLE, |()| format!("{ALL}/{id}?done"), again)
}
