//! Closing days: those to come, a new one with what it would move, and taking one back.

use chrono::NaiveDate;
use maud::{Markup, html};

use crate::app::AppError;
use crate::app::administration::{ClosingDayOrder, Preview};
use crate::app::sessions::Signed;
use crate::calendar::in_words;
use crate::web::pages::parts::{csrf, done, up};
use crate::web::pages::sheet::{Sheet, done_or_mend, with_days};
use crate::web::pages::texts::{self as words, admin as texts};
use crate::web::pages::visit::{Form, Visit, day};
use crate::web::pages::{Answer, Outcome};
use crate::workflow::rejection::Reason;

const HERE: &str = "/admin/closing-days";
const NEW: &str = "/admin/new-closing-day";
/// How many moved deadlines are listed.
const LISTED: usize = 100;

/// Those to come.
pub fn show(visit: &Visit, signed: &Signed) -> Outcome {
    let days = visit.app.closing_days(&signed.actor)?;
    Ok(Answer::Page(
        texts::CLOSING_DAYS,
        html! {
            (up("/admin", texts::TITLE))
            (done(visit))
            h1 { (texts::CLOSING_DAYS) }
            p { (texts::CLOSING_DAYS_LEAD) }
            @if days.is_empty() { p { (texts::NONE) } }
            ul .cases {
                @for closing in &days {
                    li {
                        p { strong { (in_words(closing.day)) } ": " (closing.name) }
                        form method="post" action={ (HERE) "/" (closing.day) "/take-back" } {
                            (csrf(signed))
                            button .secondary type="submit" {
                                (texts::TAKE_BACK) span .hidden { ": " (in_words(closing.day)) }
                            }
                        }
                    }
                }
            }
            p { a .step href=(NEW) { (texts::NEW_CLOSING_DAY) } }
        },
    ))
}

/// The form of a new one.
pub fn new(visit: &Visit, signed: &Signed) -> Outcome {
    visit.app.closing_days(&signed.actor)?;
    Ok(Answer::Page(texts::NEW_CLOSING_DAY, form(visit, signed, &[])))
}

/// Shows what it would move; adds it where that has been seen.
pub fn add(visit: &Visit, signed: &Signed) -> Outcome {
    let order = order(&visit.form);
    let mend = |reasons: &[Reason]| Ok::<_, AppError>(form(visit, signed, reasons));
    if visit.form.get("seen") == "yes" {
        let done = visit.app.add_closing_day(&signed.actor, &order);
        return done_or_mend(done, texts::NEW_CLOSING_DAY, |()| format!("{HERE}?done"), mend);
    }
    match with_days(&visit.form, &["day"], || visit.app.preview_closing_day(&signed.actor, &order)) {
        Ok(preview) => Ok(Answer::Page(texts::NEW_CLOSING_DAY, seen(signed, &visit.form, &order, &preview))),
        Err(error) => done_or_mend(Err::<(), _>(error), texts::NEW_CLOSING_DAY, |()| HERE.to_owned(), mend),
    }
}

/// Takes one back.
pub fn take_back(visit: &Visit, signed: &Signed) -> Outcome {
    let day: NaiveDate = visit.part("day").parse().map_err(|_| AppError::NotFound)?;
    visit.app.take_back_closing_day(&signed.actor, day)?;
    Ok(Answer::GoTo(format!("{HERE}?done")))
}

fn order(form: &Form) -> ClosingDayOrder {
    ClosingDayOrder { day: day(form.get("day")), name: form.get("name").to_owned() }
}

fn form(visit: &Visit, signed: &Signed, reasons: &[Reason]) -> Markup {
    let sheet = Sheet { typed: &visit.form, reasons };
    let fields = html! {
        (sheet.day("day", texts::CLOSING_DAY, None, false))
        (sheet.line("name", texts::CLOSING_NAME, Some(texts::CLOSING_NAME_HELP), false))
    };
    let form = sheet.form(visit, signed, (texts::NEW_CLOSING_DAY, texts::SEE_WHAT_MOVES, HERE), &fields);
    html! { (up(HERE, texts::CLOSING_DAYS)) (form) }
}

/// What it would move, to be confirmed.
fn seen(signed: &Signed, typed: &Form, order: &ClosingDayOrder, preview: &Preview) -> Markup {
    html! {
        (up(HERE, texts::CLOSING_DAYS))
        h1 { @if let Some(day) = order.day { (in_words(day)) ": " } (order.name.trim()) }
        p { (texts::moves(preview.moved.len(), preview.more)) }
        ul .cases {
            @for moved in preview.moved.iter().take(LISTED) {
                li {
                    p { strong { (moved.number) } ": " (moved.deadline) }
                    p .hint { (texts::moved(&in_words(moved.was), &in_words(moved.due))) }
                }
            }
        }
        @if preview.moved.len() > LISTED { p { (texts::and_further(preview.moved.len() - LISTED)) } }
        form method="post" action=(NEW) {
            (csrf(signed))
            input type="hidden" name="day" value=(typed.get("day"));
            input type="hidden" name="name" value=(typed.get("name"));
            input type="hidden" name="seen" value="yes";
            div .buttons {
                button type="submit" { (texts::NEW_CLOSING_DAY) }
                a href=(HERE) { (words::CANCEL) }
            }
        }
    }
}
