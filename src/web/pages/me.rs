//! Her own page: who she is here today, and the way out of every browser that she has left open.

use maud::html;

use super::parts::csrf;
use super::visit::Visit;
use super::{Answer, Outcome, absence, oidc, texts};
use crate::app::sessions::Signed;

/// The page.
pub fn show(visit: &Visit, signed: &Signed) -> Outcome {
    let me = visit.app.me(&signed.actor)?;
    Ok(Answer::Page(
        texts::ME,
        html! {
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
