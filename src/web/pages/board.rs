//! The ladder board: a secretary's matters, by whose move it is, with the meetings that take them up.

use maud::{Markup, html};

use super::parts::{day, tag};
use super::visit::Visit;
use super::{Answer, Outcome, texts};
use crate::app::sessions::Signed;
use crate::app::view::{Line, Matter};

/// The board.
pub fn show(visit: &Visit, signed: &Signed) -> Outcome {
    let board = visit.app.board(&signed.actor)?;
    Ok(Answer::Page(
        texts::BOARD,
        html! {
            h1 { (texts::BOARD) }
            @if board.columns.is_empty() { p { (texts::NOTHING) } }
            div .board {
                @for column in &board.columns {
                    section {
                        h2 { (column.title) " " span .count { (column.matters.len()) } }
                        ul { @for matter in &column.matters { li { (card(matter)) } } }
                    }
                }
            }
            section aria-labelledby="local" {
                h2 #local { (texts::LOCAL) }
                p { (texts::still_local(board.local)) }
                @if !board.listed.is_empty() {
                    p .hint { (texts::LISTED) }
                    ul { @for line in &board.listed { li { (listed(line)) } } }
                }
            }
        },
    ))
}

fn card(matter: &Matter) -> Markup {
    html! {
        a .number href={ "/cases/" (matter.number) } { (matter.number) }
        @if matter.mine { " " (tag("urgent", texts::YOUR_MOVE)) }
        p { (matter.title) ": " (matter.parties.join(" - ")) }
        p .hint { (matter.state) ", " (texts::days(matter.days)) }
        @match matter.meeting {
            Some(meeting) => p .hint { (texts::NEXT_MEETING) " " (day(meeting)) },
            None if matter.mine => p .hint { (texts::NO_MEETING) },
            None => {}
        }
    }
}

/// All that is seen of a dispute that has not come to a body: it leads nowhere.
fn listed(line: &Line) -> Markup {
    html! {
        strong { (line.number) } ": " (line.parties.join(" - ")) ", " (texts::SINCE) " " (day(line.since))
        @if let Some(due) = line.due { ", " (texts::AT_LATEST) " " (day(due)) }
    }
}
