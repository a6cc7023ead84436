//! One's deadlines in one's own calendar: the section on one's own page, the address when it is new, and the calendar itself,
//! which a calendar program fetches without a session.

use maud::{Markup, html};

use super::parts::{csrf, day, up};
use super::texts::reminders as texts;
use super::visit::Visit;
use super::{Answer, Outcome, texts as words};
use crate::app::AppError;
use crate::app::sessions::Signed;
use crate::calendar::local_date;

/// What the addresses of calendars begin with.
pub const FEEDS: &str = "/feeds/";

/// Whether there is an address, and the way to one.
pub fn section(visit: &Visit, signed: &Signed) -> Result<Markup, AppError> {
    let since = visit.app.feed_since(&signed.actor)?;
    Ok(html! {
        section aria-labelledby="calendar" {
            h2 #calendar { (texts::CALENDAR) }
            p { (texts::CALENDAR_HELP) }
            @if let Some(since) = since { p { (texts::CALENDAR_SINCE) " " (day(local_date(since))) "." } }
            div .buttons {
                form method="post" action="/me/calendar" {
                    (csrf(signed))
                    button .secondary type="submit" {
                        (if since.is_some() { texts::CALENDAR_RENEW } else { texts::CALENDAR_OPEN })
                    }
                }
                @if since.is_some() {
                    form method="post" action="/me/calendar/remove" {
                        (csrf(signed))
                        button .secondary type="submit" { (texts::CALENDAR_CLOSE) }
                    }
                }
            }
        }
    })
}

/// Makes an address, and shows it this once.
pub fn open(visit: &Visit, signed: &Signed) -> Outcome {
    let secret = visit.app.open_feed(&signed.actor)?;
    let address = format!("{}{FEEDS}{secret}.ics", visit.app.public_url);
    Ok(Answer::Page(
        texts::CALENDAR_ADDRESS,
        html! {
            (up("/me", words::ME))
            h1 { (texts::CALENDAR_ADDRESS) }
            p { (texts::CALENDAR_ONCE) }
            p { a href=(address) { (address) } }
            p { (texts::CALENDAR_SECRET) }
        },
    ))
}

/// Makes the address worthless.
pub fn close(visit: &Visit, signed: &Signed) -> Outcome {
    visit.app.close_feed(&signed.actor)?;
    Ok(Answer::GoTo("/me?done".to_owned()))
}

/// The calendar.
pub fn show(visit: &Visit) -> Outcome {
    Ok(Answer::Calendar(visit.app.feed(visit.part("token"))?))
}
