//! Forms that were sent after the session had run out: kept before she signs in, given back after, on the page that she
//! had written on.

use super::visit::{CSRF, Form, Visit};
use super::{Answer, Outcome};
use crate::app::held_forms::Held;
use crate::app::sessions::Signed;
use crate::web::error::Refusal;

/// Keeps what was sent, if it is of a session that there was.
pub fn keep(visit: &Visit) -> Result<Held, Refusal> {
    match &visit.secret {
        Some(secret) => {
            let form = visit.form.pairs();
            Ok(visit.app.hold_form(secret, visit.form.get(CSRF), page_of(&visit.address), form)?)
        }
        None => Ok(Held::NotOurs),
    }
}

/// What whoever signed in anew is answered, when she sends the page that she had open since before: it comes back with what
/// she wrote, to look through and send again.
pub fn send_again(visit: &Visit, signed: &Signed) -> Outcome {
    let page = page_of(&visit.address);
    match visit.app.hold_earlier_form(signed, visit.form.get(CSRF), page, visit.form.pairs())? {
        Held::Kept => Ok(Answer::GoTo(page.to_owned())),
        Held::Identity | Held::NotOurs => Err(Refusal::ForeignForm),
    }
}

/// Puts what was kept of a page where a page looks for what was typed; sent again, it is no longer needed.
pub fn give_back(visit: &mut Visit) -> Result<(), Refusal> {
    let Some(signed) = &visit.signed else { return Ok(()) };
    let address = page_of(&visit.address);
    if !visit.form.is_empty() {
        // Only where there is one: most forms are sent in time.
        if visit.app.held_form(signed, address)?.is_some() {
            visit.app.drop_held_form(signed, address)?;
        }
    } else if let Some(form) = visit.app.held_form(signed, address)? {
        visit.form = Form::of(form);
        visit.held = true;
    }
    Ok(())
}

/// The page whose form it is: mostly the address that it is sent to.
pub fn page_of(address: &str) -> &str {
    let path = address.split('?').next().unwrap_or(address);
    path.strip_suffix("/notes").unwrap_or(path)
}
