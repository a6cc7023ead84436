//! The workflows: each version with its picture and how many cases stand where.

use maud::{Markup, html};

use crate::app::administration::WorkflowOverview;
use crate::app::sessions::Signed;
use crate::app::versions::{Gap, Span, Standing};
use crate::web::pages::parts::{span, tag, up};
use crate::web::pages::texts::admin as texts;
use crate::web::pages::visit::Visit;
use crate::web::pages::{Answer, Outcome};

/// The page.
pub fn show(visit: &Visit, signed: &Signed) -> Outcome {
    let all = visit.app.workflow_overviews(&signed.actor)?;
    let gaps = visit.app.gaps()?;
    Ok(Answer::Page(
        texts::WORKFLOWS,
        html! {
            (up("/admin", texts::TITLE))
            h1 { (texts::WORKFLOWS) }
            @for gap in &gaps { p .warning { (standstill(gap, &all)) } }
            @for workflow in &all { (section(workflow)) }
        },
    ))
}

/// Where no new case can begin, which seldom anybody means.
fn standstill(gap: &Gap, all: &[WorkflowOverview]) -> String {
    let title = all.iter().find(|workflow| workflow.name == gap.workflow).map_or(&gap.workflow, |it| &it.title);
    texts::standstill(title, &span(Some(gap.from), gap.until))
}

fn section(workflow: &WorkflowOverview) -> Markup {
    let id = format!("w-{}-{}", workflow.name, workflow.version.replace(['+', '@'], "-"));
    let picture = format!("/admin/workflows/{}/diagram.svg", workflow.digest.0);
    // Versions share a title: only with its number is each called something of its own, to whoever listens too.
    let called = texts::version(&workflow.title, &workflow.version);
    html! {
        section aria-labelledby=(id) {
            h2 #(id) { (called) " " (standing(workflow.standing)) }
            p .hint { (texts::version(&workflow.name, &workflow.version)) ". " (texts::BASIS) ": " (workflow.basis.join(", ")) "." }
            @for span in &workflow.spans { p .hint { (days(span)) } }
            div .picture { img src=(picture) alt=(texts::picture(&called)); }
            @if workflow.follows {
                p {
                    a .step href={ "/admin/workflows/" (workflow.digest.0) "/changes" } {
                        (texts::CHANGES_OF_VERSION) span .hidden { ": " (called) }
                    }
                }
            }
            p { a .step href=(picture) { (texts::DIAGRAM) span .hidden { ": " (called) } } }
            table {
                caption .hidden { (called) }
                thead { tr { th scope="col" { (texts::STATE) } th .number scope="col" { (texts::COUNT) } } }
                tbody {
                    @for state in &workflow.states {
                        tr {
                            th scope="row" { (state.title) @if state.ended { " (" (texts::FINAL) ")" } }
                            td .number { (texts::count(state.count)) }
                        }
                    }
                }
            }
        }
    }
}

fn standing(standing: Standing) -> Markup {
    let class = if standing == Standing::InForce { "own" } else { "statement" };
    tag(class, texts::standing(standing))
}

fn days(days: &Span) -> String {
    texts::in_force(&span(days.from, days.until), days.agreement.as_ref().map(|agreement| agreement.as_str()))
}

/// The picture.
pub fn diagram(visit: &Visit, signed: &Signed) -> Outcome {
    Ok(Answer::Picture(visit.app.workflow_diagram(&signed.actor, visit.part("digest"))?))
}
