//! Her own page: who she is here today, how she gets her reminders, and the way out of every browser that she has left open.

use maud::{Markup, html};

use super::field::Field;
use super::parts::{csrf, done};
use super::texts::reminders as words;
use super::visit::Visit;
use super::{Answer, Outcome, absence, feed, oidc, texts};
use crate::app::sessions::Signed;

/// The page.
pub fn show(visit: &Visit, signed: &Signed) -> Outcome {
    let me = visit.app.me(&signed.actor)?;
    let digest = visit.app.wants_digest(&signed.actor)?;
    Ok(Answer::Page(
        texts::ME,
        html! {
            (done(visit))
            h1 { (me.name) }
            section aria-labelledby="roles" {
                h2 #roles { (texts::ROLES) }
                @if me.seats.is_empty() { p { (texts::NO_ROLE) } }
                ul {
                    @for seat in &me.seats {
                        li {
                            (seat.title)
                            @if let Some(organisation) = &seat.organisation { ", " (organisation) }
                            @if let Some(absent) = &seat.on_behalf_of { ", " (texts::ON_BEHALF_OF) " " (absent) }
                            @if let Some(delegation) = &seat.delegation {
                                p .hint { (texts::DELEGATION) ": " (delegation) }
                            }
                        }
                    }
                }
            }
            (absence::section(visit, signed, &me.person, "/me/absence")?)
            (reminders(signed, digest))
            (feed::section(visit, signed)?)
            section aria-labelledby="how" {
                h2 #how { (texts::HOW_SIGNED_IN) }
                dl .summary-list {
                    dt { (texts::WITH) }
                    dd { (oidc::method(visit, signed)) }
                    @if let Some(commission) = &signed.commission {
                        dt { (texts::COMMISSION) }
                        dd { (commission) }
                    }
                }
            }
            section aria-labelledby="everywhere" {
                h2 #everywhere { (texts::EVERYWHERE) }
                p { (texts::EVERYWHERE_HELP) }
                form method="post" action="/sign-out/everywhere" {
                    (csrf(signed))
                    button .secondary type="submit" { (texts::SIGN_OUT_EVERYWHERE) }
                }
            }
        },
    ))
}

/// How she gets her reminders.
fn reminders(signed: &Signed, digest: bool) -> Markup {
    let ways = [("at_once", words::AT_ONCE, !digest), ("digest", words::DIGEST, digest)];
    let inputs = html! {
        @for (value, title, chosen) in ways {
            div .choice {
                input id={ "f-reminders-" (value) } type="radio" name="reminders" value=(value) checked[chosen];
                label for={ "f-reminders-" (value) } { (title) }
            }
        }
    };
    html! {
        section aria-labelledby="reminders" {
            h2 #reminders { (words::REMINDERS) }
            form method="post" action="/me/reminders" {
                (csrf(signed))
                (Field::new("reminders", words::HOW, &[]).hint(Some(words::HOW_HELP)).group(false, &inputs))
                button .secondary type="submit" { (words::SAVE) }
            }
        }
    }
}

/// Chooses it.
pub fn choose_reminders(visit: &Visit, signed: &Signed) -> Outcome {
    visit.app.choose_reminders(&signed.actor, visit.form.get("reminders") == "digest")?;
    Ok(Answer::GoTo("/me?done".to_owned()))
}
