//! Mails: their words, their form, and the ways out with all that can go wrong there.

mod eml;
mod smtp;
mod templates;

use chrono::{NaiveDate, TimeZone, Utc};
use samsyn::clock::Timestamp;
use samsyn::mail::{Calendared, MailContent, Outgoing, Thread, render};

const RECIPIENT: &str = "mas@falun.example";

/// A case with every field set.
fn content() -> MailContent {
    MailContent {
        number: "FALUN-2026-0017".into(),
        kind: "Tvist på lokal nivå".to_owned(),
        category: Some("Placering & ansvar".to_owned()),
        urgent: true,
        state: "Hos Länschefsnätverket".to_owned(),
        deadline: Some("Svar på förslaget".to_owned()),
        due: NaiveDate::from_ymd_opt(2027, 1, 4),
        overdue_days: Some(5),
        was: NaiveDate::from_ymd_opt(2026, 12, 21),
        level: Some("Länschefsnätverket".to_owned()),
        link: "https://samsyn.example/cases/FALUN-2026-0017".to_owned(),
    }
}

/// A case with nothing set that can be left out.
fn bare_content() -> MailContent {
    MailContent {
        category: None,
        urgent: false,
        deadline: None,
        due: None,
        overdue_days: None,
        was: None,
        level: None,
        kind: "Avvikelse".to_owned(),
        state: "Mottagen".to_owned(),
        ..content()
    }
}

fn outgoing(id: &str, template: &str) -> Outgoing {
    Outgoing {
        id: id.to_owned(),
        to_address: RECIPIENT.to_owned(),
        from: "Samsyn för Dalarna <samsyn@dalarna.example>".parse().unwrap(),
        at: Timestamp::new(Utc.with_ymd_and_hms(2027, 1, 4, 7, 0, 0).unwrap()),
        rendered: render(template, &content()).unwrap(),
        thread: None,
        calendared: None,
    }
}

/// A later mail of a case, about a deadline.
fn about_a_deadline(id: &str, template: &str) -> Outgoing {
    let MailContent { number, deadline, due, link, .. } = content();
    Outgoing {
        thread: Some(Thread { case: "0192aa".to_owned(), first: Some("row-0".to_owned()) }),
        calendared: Some(Calendared {
            uid: "0192aa.answer@dalarna.example".to_owned(),
            generation: 3,
            day: due.unwrap(),
            summary: format!("{number}: {}", deadline.unwrap()),
            link,
        }),
        ..outgoing(id, template)
    }
}
