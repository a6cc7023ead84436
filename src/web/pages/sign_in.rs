//! Signing in and out. Where to go afterwards is an address of ours, never another's.

use maud::{Markup, html};

use super::held;
use super::oidc;
use super::parts::{self, summary};
use super::routes::Page;
use super::visit::Visit;
use super::{Answer, Outcome, texts};
use crate::app::AppError;
use crate::app::held_forms::Held;
use crate::app::sessions::{SignInRefused, Signed};
use crate::calendar::ZONE;
use crate::ids::PersonId;
use crate::web::error::Refusal;
use crate::workflow::rejection::{Code, Reason};

/// Where to go after signing in.
pub(super) const NEXT: &str = "next";

/// What whoever is not signed in is shown in the place of a page: the way in, and then back to it. What she sent is kept.
pub fn first(visit: &Visit, page: &Page) -> Outcome {
    let (back, told) = match page.is_safe() {
        true => (visit.address.as_str(), ""),
        false => match held::keep(visit)? {
            Held::Kept => (held::page_of(&visit.address), "&held"),
            Held::Identity => (held::page_of(&visit.address), "&lost"),
            Held::NotOurs => ("/", ""),
        },
    };
    let next: String = url::form_urlencoded::byte_serialize(back.as_bytes()).collect();
    Ok(Answer::GoTo(format!("/sign-in?{NEXT}={next}{told}")))
}

/// The page.
pub fn show(visit: &Visit) -> Outcome {
    let has = |name: &str| visit.query.pairs().iter().any(|(known, _)| known == name);
    let told = match () {
        () if has("out") => Some(texts::SIGNED_OUT),
        () if has("held") => Some(texts::FORM_HELD),
        () if has("lost") => Some(texts::FORM_LOST),
        () if has(NEXT) => Some(texts::SIGN_IN_FIRST),
        () => None,
    };
    Ok(Answer::Page(texts::SIGN_IN, page(visit, told, &[])?))
}

/// Signs in with name and password.
pub fn sign_in(visit: &Visit) -> Outcome {
    let (username, password) = (visit.form.get("username"), visit.form.get("password"));
    match visit.app.sign_in(username, password, visit.secret.as_deref()) {
        Ok(session) => Ok(Answer::SignedIn { secret: session.secret, to: ours(visit.form.get(NEXT)) }),
        Err(refused) => {
            let detail = match refused {
                SignInRefused::Wrong => texts::WRONG.to_owned(),
                SignInRefused::Throttled { until } => {
                    format!("{} {}.", texts::THROTTLED, until.utc().with_timezone(&ZONE).format("%H:%M"))
                }
                SignInRefused::Unavailable(error) => return Err(error.into()),
            };
            let reasons = [Reason::field(Code::Permission, "username", &detail)];
            Ok(Answer::Mend(texts::SIGN_IN, page(visit, None, &reasons)?))
        }
    }
}

/// Signs in as somebody of the demonstration: only there.
pub fn as_role(visit: &Visit) -> Outcome {
    let person = PersonId::from(visit.form.get("person"));
    let session = visit.app.sign_in_as(&person, visit.secret.as_deref())?;
    Ok(Answer::SignedIn { secret: session.secret, to: ours(visit.form.get(NEXT)) })
}

/// Signs out.
pub fn sign_out(visit: &Visit, _: &Signed) -> Outcome {
    if let Some(secret) = &visit.secret {
        visit.app.sign_out(secret)?;
    }
    Ok(Answer::SignedOut)
}

/// Signs out in every browser.
pub fn sign_out_everywhere(visit: &Visit, signed: &Signed) -> Outcome {
    visit.app.sign_out_everywhere(&signed.actor.person)?;
    Ok(Answer::SignedOut)
}

/// An address of ours: one slash, then neither a slash nor what some browsers read as one.
pub(super) fn ours(next: &str) -> String {
    let ours = next.starts_with('/') && !next[1..].starts_with(['/', '\\']) && !next.contains(char::is_control);
    if ours { next.to_owned() } else { "/".to_owned() }
}

fn page(visit: &Visit, told: Option<&str>, reasons: &[Reason]) -> Result<Markup, Refusal> {
    let next = [visit.form.get(NEXT), visit.query.get(NEXT)].into_iter().find(|next| !next.is_empty()).unwrap_or("/");
    let roles = match visit.app.demonstration_people() {
        Ok(people) => people,
        Err(AppError::NotFound) => Vec::new(),
        Err(error) => return Err(error.into()),
    };
    Ok(html! {
        @if let Some(what) = told { (parts::told(what)) }
        (summary(reasons, &|_| None))
        h1 { (texts::SIGN_IN) }
        (oidc::way_in(visit, next))
        form method="post" action="/sign-in" {
            input type="hidden" name=(NEXT) value=(next);
            div .field {
                label for="f-username" { (texts::USERNAME) }
                input #f-username type="text" name="username" autocomplete="username" autocapitalize="none"
                    spellcheck="false" value=(visit.form.get("username"));
            }
            div .field {
                label for="f-password" { (texts::PASSWORD) }
                input #f-password type="password" name="password" autocomplete="current-password";
            }
            button .secondary[visit.app.sign_in_service().is_some()] type="submit" { (texts::SIGN_IN) }
        }
        @if !roles.is_empty() {
            section .demo aria-labelledby="demo" {
                h2 #demo { (texts::DEMO) }
                p { (texts::DEMO_HELP) }
                form method="post" action="/sign-in/demo" {
                    input type="hidden" name=(NEXT) value=(next);
                    ul {
                        @for (id, name) in &roles {
                            li { button .secondary type="submit" name="person" value=(id) { (name) } }
                        }
                    }
                }
            }
        }
    })
}
