//! Principals with their authorities and units; the bodies; the agreements.

use maud::{Markup, html};

use crate::app::AppError;
use crate::app::administration::PlaceOrder;
use crate::app::sessions::Signed;
use crate::ids::{AuthorityId, BodyId, PrincipalId, UnitId};
use crate::web::pages::field::Group;
use crate::web::pages::parts::{done, span, tag, up};
use crate::web::pages::sheet::{DAYS, Sheet, done_or_mend, with_days};
use crate::web::pages::texts::admin as texts;
use crate::web::pages::visit::{Form, Visit, day};
use crate::web::pages::{Answer, Outcome};
use crate::workflow::rejection::Reason;

const ALL: &str = "/admin/organisation";

/// Everything that there is to administer.
pub fn all(visit: &Visit, signed: &Signed) -> Outcome {
    let principals = visit.app.principals(&signed.actor)?;
    let county = match signed.actor.administers_county() {
        true => Some((visit.app.bodies(&signed.actor)?, visit.app.agreements(&signed.actor)?)),
        false => None,
    };
    Ok(Answer::Page(
        texts::ORGANISATION,
        html! {
            (up("/admin", texts::TITLE))
            (done(visit))
            h1 { (texts::ORGANISATION) }
            section aria-labelledby="principals" {
                h2 #principals { (texts::PRINCIPALS) }
                ul .steps { @for one in &principals { li { a .step href={ (ALL) "/" (one.id) } { (one.name) } } } }
            }
            @if let Some((bodies, agreements)) = &county {
                section aria-labelledby="bodies" {
                    h2 #bodies { (texts::BODIES) }
                    ul .steps { @for (id, name) in bodies { li { a .step href={ "/admin/bodies/" (id) } { (name) } } } }
                }
                section aria-labelledby="agreements" {
                    h2 #agreements { (texts::AGREEMENTS) }
                    p .hint { (texts::AGREEMENTS_HELP) }
                    ul { @for one in agreements { li { (one.title) ", " (span(Some(one.from), one.until)) } } }
                }
            }
        },
    ))
}

/// A principal.
pub fn one(visit: &Visit, signed: &Signed) -> Outcome {
    let id = PrincipalId::from(visit.part("principal"));
    let view = visit.app.principal(&signed.actor, &id)?;
    let authorities = view.authorities.iter();
    let authorities = authorities.map(|one| {
        let authority = &one.authority;
        (
            format!("/admin/authorities/{}", authority.id),
            authority.name.clone(),
            span(authority.from, authority.until),
            one.over,
        )
    });
    let units = view.units.iter().map(|one| {
        let unit = &one.unit;
        (format!("/admin/units/{}", unit.id), unit.name.clone(), span(unit.from, unit.until), one.over)
    });
    Ok(Answer::Page(
        texts::ORGANISATION,
        html! {
            (up(ALL, texts::ORGANISATION))
            (done(visit))
            h1 { (view.principal.name) }
            (places(texts::AUTHORITIES, "authorities", &authorities.collect::<Vec<_>>()))
            p { a .step href={ (ALL) "/" (id) "/authority" } { (texts::NEW_AUTHORITY) } }
            (places(texts::UNITS, "units", &units.collect::<Vec<_>>()))
            p { a .step href={ (ALL) "/" (id) "/unit" } { (texts::NEW_UNIT) } }
        },
    ))
}

/// An address, a name, the days, and whether they are over.
type Row = (String, String, String, bool);

fn places(title: &str, id: &str, rows: &[Row]) -> Markup {
    html! {
        section aria-labelledby=(id) {
            h2 #(id) { (title) }
            @if rows.is_empty() { p { (texts::NONE) } }
            ul .steps {
                @for (address, name, days, over) in rows {
                    li {
                        a .step href=(address) { (name) }
                        @if *over { (tag("", texts::OVER)) }
                        p .hint { (days) }
                    }
                }
            }
        }
    }
}

fn order(form: &Form) -> PlaceOrder {
    PlaceOrder {
        name: form.get("name").to_owned(),
        authority: form.get("authority").to_owned(),
        from: day(form.get("from")),
        until: day(form.get("until")),
        confirmed: form.get("confirmed") == "yes",
    }
}

/// The form of a new unit.
pub fn new_unit(visit: &Visit, signed: &Signed) -> Outcome {
    Ok(Answer::Page(texts::NEW_UNIT, unit_form(visit, signed, &[])?))
}

/// Adds it.
pub fn add_unit(visit: &Visit, signed: &Signed) -> Outcome {
    let id = PrincipalId::from(visit.part("principal"));
    let done = with_days(&visit.form, &DAYS, || {
        visit.app.add_unit(&signed.actor, &id, &order(&visit.form), visit.key().as_ref())
    });
    done_or_mend(done, texts::NEW_UNIT, |()| format!("{ALL}/{id}?done"), |reasons| unit_form(visit, signed, reasons))
}

fn unit_form(visit: &Visit, signed: &Signed, reasons: &[Reason]) -> Result<Markup, AppError> {
    let view = visit.app.principal(&signed.actor, &PrincipalId::from(visit.part("principal")))?;
    let back = format!("{ALL}/{}", view.principal.id);
    let open = view.authorities.into_iter().filter(|one| !one.over).map(|one| one.authority);
    let authorities: Group = (String::new(), open.map(|one| (one.id.0, one.name)).collect());
    let sheet = Sheet { typed: &visit.form, reasons };
    let fields = html! {
        (sheet.line("name", texts::NAME, None, false))
        (sheet.choose("authority", texts::AUTHORITY, None, true, &[authorities]))
        (sheet.day("from", texts::FROM, None, false))
        (sheet.day("until", texts::UNTIL, Some(texts::UNTIL_HELP), true))
    };
    let form = sheet.form(visit, signed, (texts::NEW_UNIT, texts::NEW_UNIT, &back), &fields);
    Ok(html! { (up(&back, &view.principal.name)) (form) })
}

/// The form of a new authority.
pub fn new_authority(visit: &Visit, signed: &Signed) -> Outcome {
    Ok(Answer::Page(texts::NEW_AUTHORITY, authority_form(visit, signed, &[])?))
}

/// Adds it.
pub fn add_authority(visit: &Visit, signed: &Signed) -> Outcome {
    let id = PrincipalId::from(visit.part("principal"));
    let done = with_days(&visit.form, &DAYS, || {
        visit.app.add_authority(&signed.actor, &id, &order(&visit.form), visit.key().as_ref())
    });
    let to = |()| format!("{ALL}/{id}?done");
    done_or_mend(done, texts::NEW_AUTHORITY, to, |reasons| authority_form(visit, signed, reasons))
}

fn authority_form(visit: &Visit, signed: &Signed, reasons: &[Reason]) -> Result<Markup, AppError> {
    let view = visit.app.principal(&signed.actor, &PrincipalId::from(visit.part("principal")))?;
    let back = format!("{ALL}/{}", view.principal.id);
    let sheet = Sheet { typed: &visit.form, reasons };
    let fields = html! {
        (sheet.line("name", texts::NAME, None, false))
        (sheet.day("from", texts::FROM, None, false))
        (sheet.day("until", texts::UNTIL, Some(texts::UNTIL_HELP), true))
    };
    let form = sheet.form(visit, signed, (texts::NEW_AUTHORITY, texts::NEW_AUTHORITY, &back), &fields);
    Ok(html! { (up(&back, &view.principal.name)) (form) })
}

/// A name and a last day as a form holds them.
fn held(name: &str, until: Option<chrono::NaiveDate>) -> Form {
    let until = until.map(|until| until.to_string()).unwrap_or_default();
    Form::of(vec![("name".to_owned(), name.to_owned()), ("until".to_owned(), until)])
}

/// A unit.
pub fn unit(visit: &Visit, signed: &Signed) -> Outcome {
    let (unit, _) = visit.app.unit(&signed.actor, &UnitId::from(visit.part("id")))?;
    Ok(Answer::Page(texts::CHANGE_UNIT, unit_page(visit, signed, &held(&unit.name, unit.until), &[])?))
}

/// Changes it.
pub fn change_unit(visit: &Visit, signed: &Signed) -> Outcome {
    let id = UnitId::from(visit.part("id"));
    let (unit, _) = visit.app.unit(&signed.actor, &id)?;
    let done = with_days(&visit.form, &DAYS, || visit.app.change_unit(&signed.actor, &id, &order(&visit.form)));
    let to = |()| format!("{ALL}/{}?done", unit.principal);
    done_or_mend(done, texts::CHANGE_UNIT, to, |reasons| unit_page(visit, signed, &visit.form, reasons))
}

fn unit_page(visit: &Visit, signed: &Signed, typed: &Form, reasons: &[Reason]) -> Result<Markup, AppError> {
    let (unit, cases) = visit.app.unit(&signed.actor, &UnitId::from(visit.part("id")))?;
    let back = format!("{ALL}/{}", unit.principal);
    let sheet = Sheet { typed, reasons };
    let fields = html! {
        @if cases > 0 { p .warning { (texts::cases_of_unit(cases)) } }
        (sheet.line("name", texts::NAME, None, false))
        (sheet.day("until", texts::UNTIL, Some(texts::UNTIL_HELP), true))
        @if cases > 0 { (sheet.tick("confirmed", texts::CLOSE_ANYWAY)) }
    };
    let form = sheet.form(visit, signed, (texts::CHANGE_UNIT, texts::SAVE, &back), &fields);
    Ok(html! { (up(&back, &visit.app.principal(&signed.actor, &unit.principal)?.principal.name)) (form) })
}

/// An authority.
pub fn authority(visit: &Visit, signed: &Signed) -> Outcome {
    let one = visit.app.authority(&signed.actor, &AuthorityId::from(visit.part("id")))?;
    let typed = held(&one.name, one.until);
    Ok(Answer::Page(texts::CHANGE_AUTHORITY, authority_page(visit, signed, &typed, &[])?))
}

/// Changes it.
pub fn change_authority(visit: &Visit, signed: &Signed) -> Outcome {
    let id = AuthorityId::from(visit.part("id"));
    let principal = visit.app.authority(&signed.actor, &id)?.principal;
    let done = with_days(&visit.form, &DAYS, || visit.app.change_authority(&signed.actor, &id, &order(&visit.form)));
    let to = |()| format!("{ALL}/{principal}?done");
    done_or_mend(done, texts::CHANGE_AUTHORITY, to, |reasons| authority_page(visit, signed, &visit.form, reasons))
}

fn authority_page(visit: &Visit, signed: &Signed, typed: &Form, reasons: &[Reason]) -> Result<Markup, AppError> {
    let one = visit.app.authority(&signed.actor, &AuthorityId::from(visit.part("id")))?;
    let back = format!("{ALL}/{}", one.principal);
    let sheet = Sheet { typed, reasons };
    let fields = html! {
        (sheet.line("name", texts::NAME, None, false))
        (sheet.day("until", texts::UNTIL, Some(texts::UNTIL_HELP), true))
    };
    let form = sheet.form(visit, signed, (texts::CHANGE_AUTHORITY, texts::SAVE, &back), &fields);
    Ok(html! { (up(&back, &visit.app.principal(&signed.actor, &one.principal)?.principal.name)) (form) })
}

/// A body.
pub fn body(visit: &Visit, signed: &Signed) -> Outcome {
    let name = body_name(visit, signed)?;
    Ok(Answer::Page(texts::CHANGE_BODY, body_page(visit, signed, &held(&name, None), &[])?))
}

/// Changes it.
pub fn change_body(visit: &Visit, signed: &Signed) -> Outcome {
    let id = BodyId::from(visit.part("id"));
    let done = visit.app.change_body(&signed.actor, &id, &order(&visit.form));
    let again = |reasons: &[Reason]| body_page(visit, signed, &visit.form, reasons);
    done_or_mend(done, texts::CHANGE_BODY, |()| format!("{ALL}?done"), again)
}

fn body_name(visit: &Visit, signed: &Signed) -> Result<String, AppError> {
    let mut bodies = visit.app.bodies(&signed.actor)?.into_iter();
    bodies.find(|(id, _)| id.as_str() == visit.part("id")).map(|(_, name)| name).ok_or(AppError::NotFound)
}

fn body_page(visit: &Visit, signed: &Signed, typed: &Form, reasons: &[Reason]) -> Result<Markup, AppError> {
    body_name(visit, signed)?;
    let sheet = Sheet { typed, reasons };
    let fields = sheet.line("name", texts::NAME, None, false);
    let form = sheet.form(visit, signed, (texts::CHANGE_BODY, texts::SAVE, ALL), &fields);
    Ok(html! { (up(ALL, texts::ORGANISATION)) (form) })
}
