//! Signing in through the sign-in service: out to it, back from it, and the choice of a commission.
//!
//! The way out is a link, no form. The policy on forms (`form-action`) holds for every redirect that follows a form, and the
//! service sends people on to other services, whose addresses we cannot know; and a visit to it changes nothing here but
//! a row that lives for ten minutes. Whoever is lured to it begins a sign-in as herself. Nobody can be made to finish
//! another's: what comes back counts only in the browser that began it.

use maud::{Markup, html};

use super::parts::{anchor, summary};
use super::sign_in::{NEXT, ours};
use super::visit::Visit;
use super::{Answer, Outcome, texts};
use crate::app::oidc::{Back, Came, Offered};
use crate::app::sessions::Signed;
use crate::workflow::rejection::{Code, Reason};

/// The way to the service.
pub const BEGIN: &str = "/sign-in/oidc";
/// Where the service sends browsers back to: what an operator registers there, after the public address.
pub const SIGN_IN_CALLBACK: &str = "/sign-in/oidc/callback";
/// The choice of a commission.
pub const COMMISSION: &str = "/sign-in/commission";

/// The button to the service, where there is one.
pub fn way_in(visit: &Visit, next: &str) -> Markup {
    let address = || {
        let query = url::form_urlencoded::Serializer::new(String::new()).append_pair(NEXT, next).finish();
        format!("{BEGIN}?{query}")
    };
    html! {
        @if let Some(service) = visit.app.sign_in_service() {
            p { a .button href=(address()) { (texts::sign_in_with(service)) } }
            h2 { (texts::OR_PASSWORD) }
        }
    }
}

/// How somebody signed in.
pub fn method<'a>(visit: &'a Visit, signed: &Signed) -> &'a str {
    match signed.method.as_str() {
        "oidc" => visit.app.sign_in_service().unwrap_or(texts::WITH_SERVICE),
        "demo" => texts::IN_DEMO,
        _ => texts::WITH_PASSWORD,
    }
}

/// Out to the service.
pub fn begin(visit: &Visit) -> Outcome {
    let begun = visit.app.begin_oidc(&ours(visit.query.get(NEXT)))?;
    Ok(Answer::SigningIn { secret: begun.browser, to: begun.to })
}

/// Back from the service.
pub fn come_back(visit: &Visit) -> Outcome {
    let told = |name| visit.query.get(name);
    let back = Back { state: told("state"), code: told("code"), error: told("error") };
    match visit.app.finish_oidc(back, visit.attempt.as_deref(), visit.secret.as_deref())? {
        Came::In(session, to) => Ok(Answer::SignedIn { secret: session.secret, to }),
        Came::Choose(secret) => Ok(Answer::SigningIn { secret, to: COMMISSION.to_owned() }),
    }
}

/// The choice.
pub fn commissions(visit: &Visit) -> Outcome {
    Ok(Answer::Page(texts::CHOOSE_COMMISSION, page(&visit.app.commissions(visit.attempt.as_deref())?, &[])))
}

/// What was chosen.
pub fn choose(visit: &Visit) -> Outcome {
    let offered = visit.app.commissions(visit.attempt.as_deref())?;
    let chosen = visit.form.get("commission");
    if !offered.iter().any(|commission| commission.id.as_str() == chosen) {
        let reasons = [Reason::field(Code::Guard, "commission", texts::NO_COMMISSION)];
        return Ok(Answer::Mend(texts::CHOOSE_COMMISSION, page(&offered, &reasons)));
    }
    let (session, to) = visit.app.choose_commission(visit.attempt.as_deref(), chosen, visit.secret.as_deref())?;
    Ok(Answer::SignedIn { secret: session.secret, to })
}

fn page(offered: &[Offered], reasons: &[Reason]) -> Markup {
    html! {
        (summary(reasons, &|_| None))
        h1 { (texts::CHOOSE_COMMISSION) }
        form method="post" action=(COMMISSION) {
            fieldset .field .wrong[!reasons.is_empty()] aria-describedby="h-commission" {
                legend { (texts::WHICH_COMMISSION) }
                p #h-commission .hint { (texts::WHICH_COMMISSION_HELP) }
                @for (n, commission) in offered.iter().enumerate() {
                    @let id = if n == 0 { anchor("commission") } else { format!("{}-{n}", anchor("commission")) };
                    div .choice {
                        input id=(id) type="radio" name="commission" value=(commission.id);
                        label for=(id) { (commission.name) ", " (commission.organisation) }
                    }
                }
            }
            button type="submit" { (texts::SIGN_IN) }
        }
    }
}
