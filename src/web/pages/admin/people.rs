//! People: the search, and the forms about one of them.

use maud::{Markup, html};

use crate::app::AppError;
use crate::app::administration::{PersonOrder, RoleChoices, RoleOrder};
use crate::app::sessions::Signed;
use crate::authz::Role;
use crate::calendar::local_date;
use crate::ids::PersonId;
use crate::web::pages::field::Group;
use crate::web::pages::parts::{anchor, pages, span, up};
use crate::web::pages::sheet::{DAYS, Sheet, done_or_mend, with_days};
use crate::web::pages::texts::admin as texts;
use crate::web::pages::visit::{Form, Visit, day};
use crate::web::pages::{Answer, Outcome};
use crate::workflow::rejection::Reason;

const ALL: &str = "/admin/people";

/// The search, and whom it found.
pub fn list(visit: &Visit, signed: &Signed) -> Outcome {
    let wanted = visit.query.get("name");
    let after = Some(visit.query.get("after")).filter(|after| !after.is_empty());
    let (people, more) = visit.app.people(&signed.actor, wanted, after)?;
    let address = |after: Option<&str>| {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.append_pair("name", wanted).extend_pairs(after.map(|after| ("after", after)));
        format!("{ALL}?{}", query.finish())
    };
    let next = people.last().filter(|_| more).map(|last| address(Some(last.id.as_str())));
    Ok(Answer::Page(
        texts::PEOPLE,
        html! {
            (up("/admin", texts::TITLE))
            h1 { (texts::PEOPLE) }
            form .search method="get" action=(ALL) role="search" {
                div .field {
                    label for=(anchor("name")) { (texts::SEARCH) }
                    input #(anchor("name")) type="text" name="name" value=(wanted) autocomplete="off";
                }
                button .secondary type="submit" { (texts::FIND) }
            }
            p { a .step href="/admin/new-person" { (texts::NEW_PERSON) } }
            section {
                @if people.is_empty() { p { (texts::NOBODY) } }
                ul .steps { @for one in &people { li { a .step href={ (ALL) "/" (one.id) } { (one.name) } } } }
                (pages(after.map(|_| address(None)), None, next))
            }
        },
    ))
}

fn person_order(form: &Form) -> PersonOrder {
    let of = |name: &str| form.get(name).to_owned();
    PersonOrder { name: of("name"), email: of("email"), hsa_id: of("hsa_id") }
}

fn role_order(form: &Form) -> RoleOrder {
    let of = |name: &str| form.get(name).to_owned();
    RoleOrder {
        role: of("role"),
        place: of("place"),
        title: of("title"),
        delegation: of("delegation"),
        from: day(form.get("from")),
        until: day(form.get("until")),
    }
}

/// A form in which the first day is today.
fn from_today(visit: &Visit) -> Form {
    Form::of(vec![("from".to_owned(), local_date(visit.app.now()).to_string())])
}

/// The form of a new person.
pub fn new(visit: &Visit, signed: &Signed) -> Outcome {
    Ok(Answer::Page(texts::NEW_PERSON, new_form(visit, signed, &from_today(visit), &[])?))
}

/// Adds her.
pub fn add(visit: &Visit, signed: &Signed) -> Outcome {
    let (person, role) = (person_order(&visit.form), role_order(&visit.form));
    let key = visit.key();
    let done = with_days(&visit.form, &DAYS, || visit.app.add_person(&signed.actor, &person, &role, key.as_ref()));
    let again = |reasons: &[Reason]| new_form(visit, signed, &visit.form, reasons);
    done_or_mend(done, texts::NEW_PERSON, |id| format!("{ALL}/{id}?done"), again)
}

fn new_form(visit: &Visit, signed: &Signed, typed: &Form, reasons: &[Reason]) -> Result<Markup, AppError> {
    let choices = visit.app.role_choices(&signed.actor)?;
    let sheet = Sheet { typed, reasons };
    let fields = html! {
        (sheet.line("name", texts::NAME, None, false))
        (sheet.line("email", texts::EMAIL, None, true))
        (sheet.line("hsa_id", texts::HSA_ID, Some(texts::HSA_ID_HELP), true))
        h2 { (texts::FIRST_ROLE) }
        (role_fields(&sheet, choices))
    };
    let form = sheet.form(visit, signed, (texts::NEW_PERSON, texts::NEW_PERSON, ALL), &fields);
    Ok(html! { (up(ALL, texts::PEOPLE)) (form) })
}

fn role_fields(sheet: &Sheet, choices: RoleChoices) -> Markup {
    let title = |role: Role| {
        let title = role.title();
        let mut letters = title.chars();
        let first = letters.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
        (role.name().to_owned(), first + letters.as_str())
    };
    let roles: Group = (String::new(), choices.roles.into_iter().map(title).collect());
    let mut places: Vec<Group> = choices
        .places
        .into_iter()
        .map(|(heading, places)| match heading.is_empty() {
            true => (texts::BODIES.to_owned(), places),
            false => (heading, places),
        })
        .collect();
    if choices.county {
        places.push((String::new(), vec![("county".to_owned(), texts::COUNTY.to_owned())]));
    }
    html! {
        (sheet.choose("role", texts::ROLE, None, false, &[roles]))
        (sheet.choose("place", texts::PLACE, Some(texts::PLACE_HELP), false, &places))
        (sheet.line("title", texts::ROLE_TITLE, Some(texts::ROLE_TITLE_HELP), true))
        (sheet.line("delegation", texts::DELEGATION, Some(texts::DELEGATION_HELP), true))
        (sheet.day("from", texts::FROM, None, false))
        (sheet.day("until", texts::UNTIL, Some(texts::UNTIL_HELP), true))
    }
}

fn id_of(visit: &Visit) -> PersonId {
    PersonId::from(visit.part("id"))
}

/// Her name, address and HSA id.
pub fn details(visit: &Visit, signed: &Signed) -> Outcome {
    let person = visit.app.person(&signed.actor, &id_of(visit))?;
    let hsa_id = person.hsa_id.map(|id| id.to_string());
    let typed = [("name", Some(person.name)), ("email", person.email), ("hsa_id", hsa_id)];
    let typed = typed.map(|(name, value)| (name.to_owned(), value.unwrap_or_default()));
    let typed = Form::of(typed.into());
    Ok(Answer::Page(texts::DETAILS, details_form(visit, signed, &typed, &[])?))
}

/// Changes them.
pub fn change(visit: &Visit, signed: &Signed) -> Outcome {
    let id = id_of(visit);
    let done = visit.app.change_person(&signed.actor, &id, &person_order(&visit.form));
    let again = |reasons: &[Reason]| details_form(visit, signed, &visit.form, reasons);
    done_or_mend(done, texts::DETAILS, |()| format!("{ALL}/{id}?done"), again)
}

fn details_form(visit: &Visit, signed: &Signed, typed: &Form, reasons: &[Reason]) -> Result<Markup, AppError> {
    let person = visit.app.person(&signed.actor, &id_of(visit))?;
    if !person.whole {
        return Err(AppError::Forbidden);
    }
    let back = format!("{ALL}/{}", person.id);
    let sheet = Sheet { typed, reasons };
    let fields = html! {
        (sheet.line("name", texts::NAME, None, false))
        (sheet.line("email", texts::EMAIL, None, true))
        (sheet.line("hsa_id", texts::HSA_ID, Some(texts::HSA_ID_HELP), true))
    };
    let form = sheet.form(visit, signed, (texts::DETAILS, texts::SAVE, &back), &fields);
    Ok(html! { (up(&back, &person.name)) (form) })
}

/// A new role for her.
pub fn role(visit: &Visit, signed: &Signed) -> Outcome {
    Ok(Answer::Page(texts::GIVE_ROLE, role_form(visit, signed, &from_today(visit), &[])?))
}

/// Gives it.
pub fn give(visit: &Visit, signed: &Signed) -> Outcome {
    let id = id_of(visit);
    let (order, key) = (role_order(&visit.form), visit.key());
    let done = with_days(&visit.form, &DAYS, || visit.app.give_role(&signed.actor, &id, &order, key.as_ref()));
    let again = |reasons: &[Reason]| role_form(visit, signed, &visit.form, reasons);
    done_or_mend(done, texts::GIVE_ROLE, |()| format!("{ALL}/{id}?done"), again)
}

fn role_form(visit: &Visit, signed: &Signed, typed: &Form, reasons: &[Reason]) -> Result<Markup, AppError> {
    let person = visit.app.person(&signed.actor, &id_of(visit))?;
    let back = format!("{ALL}/{}", person.id);
    let sheet = Sheet { typed, reasons };
    let fields = role_fields(&sheet, visit.app.role_choices(&signed.actor)?);
    let form = sheet.form(visit, signed, (texts::GIVE_ROLE, texts::GIVE_ROLE, &back), &fields);
    Ok(html! { (up(&back, &person.name)) (form) })
}

/// The end of a role of hers.
pub fn ending(visit: &Visit, signed: &Signed) -> Outcome {
    let today = local_date(visit.app.now()).to_string();
    let role = visit.query.get("role").to_owned();
    let typed = Form::of(vec![("role".to_owned(), role), ("last".to_owned(), today)]);
    Ok(Answer::Page(texts::END_ROLE, ending_form(visit, signed, &typed, &[])?))
}

/// Ends it.
pub fn end(visit: &Visit, signed: &Signed) -> Outcome {
    let id = id_of(visit);
    let (role, last) = (visit.form.get("role"), day(visit.form.get("last")));
    let done = visit.app.end_role(&signed.actor, &id, role, last);
    let again = |reasons: &[Reason]| ending_form(visit, signed, &visit.form, reasons);
    done_or_mend(done, texts::END_ROLE, |()| format!("{ALL}/{id}?done"), again)
}

fn ending_form(visit: &Visit, signed: &Signed, typed: &Form, reasons: &[Reason]) -> Result<Markup, AppError> {
    let person = visit.app.person(&signed.actor, &id_of(visit))?;
    let held = person.memberships.iter().find(|held| held.id == typed.get("role") && !held.over);
    let held = held.ok_or(AppError::NotFound)?;
    let place = held.place.as_deref().unwrap_or(texts::COUNTY);
    let back = format!("{ALL}/{}", person.id);
    let sheet = Sheet { typed, reasons };
    let fields = html! {
        p { (held.role.title()) ", " (place) ", " (span(held.from, held.until)) }
        input type="hidden" name="role" value=(held.id);
        (sheet.day("last", texts::UNTIL, Some(texts::END_ROLE_HELP), false))
    };
    let form = sheet.form(visit, signed, (texts::END_ROLE, texts::END_ROLE, &back), &fields);
    Ok(html! { (up(&back, &person.name)) (form) })
}
