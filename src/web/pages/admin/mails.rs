//! The outbox: what waits, went, or was given up. No content, no address.

use maud::{Markup, html};

use crate::app::administration::OutgoingMail;
use crate::app::outbox::MailStatus;
use crate::app::sessions::Signed;
use crate::web::pages::parts::{csrf, done, moment, pages, up};
use crate::web::pages::texts::{self as words, admin as texts};
use crate::web::pages::visit::Visit;
use crate::web::pages::{Answer, Outcome};

const HERE: &str = "/admin/mails";

/// The page.
pub fn show(visit: &Visit, signed: &Signed) -> Outcome {
    let status = MailStatus::from_name(visit.query.get("status"));
    let before = Some(visit.query.get("before")).filter(|before| !before.is_empty());
    let (mails, more) = visit.app.outbox(&signed.actor, status, before)?;
    let of = |status: Option<MailStatus>| status.map_or(HERE.to_owned(), |one| format!("{HERE}?status={}", one.name()));
    let older = mails.last().filter(|_| more).map(|last| {
        let begun = of(status);
        format!("{begun}{}before={}", if begun.contains('?') { "&" } else { "?" }, last.id)
    });
    let tabs = std::iter::once(None).chain(MailStatus::ALL.map(Some));
    Ok(Answer::Page(
        texts::MAILS,
        html! {
            (up("/admin", texts::TITLE))
            (done(visit))
            h1 { (texts::MAILS) }
            nav .tabs aria-label=(texts::STATUS) {
                ul {
                    @for one in tabs {
                        li {
                            a href=(of(one)) aria-current=[(one == status).then_some("page")] {
                                (one.map_or(texts::ALL_MAILS, texts::mail_status))
                            }
                        }
                    }
                }
            }
            @if mails.is_empty() { p { (texts::NO_MAILS) } }
            ul .cases { @for mail in &mails { li { (row(signed, mail)) } } }
            (pages(before.map(|_| of(status)), None, older))
        },
    ))
}

fn row(signed: &Signed, mail: &OutgoingMail) -> Markup {
    html! {
        p {
            strong { (words::MAIL_TO) " " (mail.to) } ": " (words::mail(&mail.template)) ". "
            (texts::mail_status(mail.status))
            @if let Some(error) = &mail.error { ", " (texts::mail_error(error)) }
        }
        p .hint {
            (texts::WRITTEN) " " (moment(mail.written)) ". " (texts::ATTEMPTS) ": " (mail.attempts) "."
            @if let Some(sent) = mail.sent { " " (texts::mail_status(MailStatus::Sent)) " " (moment(sent)) "." }
        }
        @if mail.status.is_stuck() {
            form method="post" action={ (HERE) "/" (mail.id) "/retry" } {
                (csrf(signed))
                button .secondary type="submit" { (texts::RETRY) span .hidden { ": " (mail.to) } }
            }
        }
    }
}

/// Tries one once more.
pub fn retry(visit: &Visit, signed: &Signed) -> Outcome {
    visit.app.retry_mail(Some(&signed.actor), visit.part("id"))?;
    Ok(Answer::GoTo(format!("{HERE}?done")))
}
