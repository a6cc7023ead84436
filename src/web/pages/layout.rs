//! The frame of every page: head, skip link, header with who is signed in, the page, footer.

use maud::{DOCTYPE, Markup, html};

use super::parts::csrf;
use super::texts;
use super::visit::Visit;
use crate::app::sessions::Signed;
use crate::authz::Role;
use crate::web::error::Problem;

/// A whole page.
pub fn page(visit: Option<&Visit>, title: &str, content: &Markup) -> Markup {
    let signed = visit.and_then(|visit| visit.signed.as_ref());
    let at = visit.map_or("", |visit| visit.address.as_str());
    html! {
        (DOCTYPE)
        html lang="sv" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (title) " - " (texts::PRODUCT) }
                link rel="stylesheet" href="/style.css";
            }
            body {
                a .skip href="#content" { (texts::SKIP) }
                (banner(signed, at))
                main #content tabindex="-1" {
                    @if visit.is_some_and(|visit| visit.held) { p .warning role="status" { (texts::GIVEN_BACK) } }
                    (content)
                }
                footer {
                    nav aria-label=(texts::ABOUT) {
                        a href="/help" { (texts::HELP) }
                        a href="/accessibility" { (texts::ACCESSIBILITY) }
                    }
                }
            }
        }
    }
}

fn banner(signed: Option<&Signed>, at: &str) -> Markup {
    html! {
        header {
            div .bar {
                a .brand href="/" { (texts::PRODUCT) }
                @if let Some(signed) = signed {
                    nav aria-label=(texts::MENU) {
                        @for (address, title) in places(signed) {
                            a href=(address) aria-current=[(at == *address).then_some("page")] { (title) }
                        }
                    }
                    form .who method="post" action="/sign-out" {
                        (csrf(signed))
                        a href="/me" { (signed.name) }
                        button .quiet type="submit" { (texts::SIGN_OUT) }
                    }
                }
            }
        }
    }
}

/// The places of the menu: the board is for secretaries, administration for administrators, the read log for those who look
/// it through, registering for whoever may begin any case; and whoever only administers has none.
fn places(signed: &Signed) -> impl Iterator<Item = &'static (&'static str, &'static str)> {
    let holds = |role: Role| signed.actor.seats.iter().any(|seat| seat.role == role);
    let is_hers = move |address: &str| match address {
        texts::BOARD_ADDRESS => holds(Role::Secretary),
        texts::admin::ADDRESS => signed.actor.is_administrator(),
        texts::READS_ADDRESS => holds(Role::Auditor) || holds(Role::DataProtection),
        texts::REGISTER_ADDRESS => signed.registers,
        texts::CASES_ADDRESS => !signed.actor.only_administers(),
        _ => true,
    };
    texts::PLACES.iter().filter(move |(address, _)| is_hers(address))
}

/// Why a page is not shown, or a form was not taken.
pub fn refusal(problem: &Problem) -> Markup {
    html! {
        h1 { (problem.title) }
        p { (problem.detail) }
        @if problem.status >= 500 {
            @if let Some(instance) = &problem.instance { p { (texts::TELL_THE_OPERATOR) " " code { (instance) } } }
        }
        p { a href="/" { (texts::TO_THE_START) } }
    }
}
