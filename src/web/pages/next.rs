//! Where the link in a mail leads, through sign-in: one case, until when, what was done last, and what she can do about it.

use maud::html;

use super::case::{deadlines, entry, turn};
use super::parts::{acts_first, given, step_link, tag};
use super::visit::Visit;
use super::{Answer, Outcome, texts};
use crate::app::sessions::Signed;

/// The page; the case itself, where there is nothing that she can do now.
pub fn show(visit: &Visit, signed: &Signed) -> Outcome {
    let number = visit.number()?;
    let next = visit.app.next(&signed.actor, &number)?;
    if next.steps.is_empty() && next.proposals.is_empty() {
        return Ok(Answer::GoTo(format!("/cases/{number}")));
    }
    let (case, number) = (&next.case, next.case.number.as_str());
    let (mut due, more): (Vec<_>, Vec<_>) = next.steps.iter().partition(|step| step.moves && case.my_turn);
    acts_first(&mut due);
    Ok(Answer::Page(
        texts::CASES,
        html! {
            p .kicker { (case.title) ", " (texts::OPENED_AGO) " " (texts::ago(case.waiting_days)) }
            h1 { (number) " " (tag("state", &case.state.title)) }
            (turn(case))
            (deadlines(case))
            @if !next.latest.is_empty() {
                section aria-labelledby="latest" {
                    h2 #latest { (texts::LATEST) }
                    ol .timeline { @for one in &next.latest { li { (entry(one, &next.workflow, &next.names)) } } }
                }
            }
            @for (n, proposal) in next.proposals.iter().enumerate() {
                section aria-labelledby={ "proposal-" (n) } {
                    h2 id={ "proposal-" (n) } { (texts::steps::ANSWER) " " (proposal.title) }
                    (given(&proposal.about, &next.workflow, &next.names))
                    ul .steps .beside { @for step in &proposal.steps { li { (step_link(number, step)) } } }
                }
            }
            @if !next.steps.is_empty() {
                section aria-labelledby="now" {
                    h2 #now { (if next.proposals.is_empty() { texts::WHAT_NOW } else { texts::WHAT_ELSE }) }
                    @if !due.is_empty() { ul .steps { @for step in &due { li { (step_link(number, step)) } } } }
                    @if !due.is_empty() && !more.is_empty() && next.proposals.is_empty() { h3 { (texts::WHAT_ELSE) } }
                    @if !more.is_empty() { ul .steps { @for step in &more { li { (step_link(number, step)) } } } }
                }
            }
            p { a href={ "/cases/" (number) } { (texts::WHOLE_CASE) } }
        },
    ))
}
