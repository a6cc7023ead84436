//! One case: what may be done now, until when, what it holds, what has happened.

use maud::{Markup, html};
use serde_json::Value;

use super::ladder::ladder;
use super::parts::{acts_first, csrf, day, done, given_rows, key, kind, moment, step_link, summary, tag, told, value};
use super::register::COPY;
use super::visit::{KEY, Visit};
use super::{Answer, Outcome, documents, oversight, texts};
use crate::app::AppError;
use crate::app::notes::{NoteCommand, NoteRoom};
use crate::app::oversight::Oversight;
use crate::app::sessions::Signed;
use crate::app::view::{
    CaseView, EntryView, FieldForm, MailView, Names, ReaderView, StartChoice, TransitionView, WhoView, WorkflowView,
};
use crate::web::error::Refusal;
use crate::workflow::rejection::{Class, Reason};
use crate::workflow::step::Act;

/// Everything that the page shows.
struct Shown {
    case: CaseView,
    steps: Vec<TransitionView>,
    entries: Vec<EntryView>,
    mails: Vec<MailView>,
    starts: Vec<StartChoice>,
    alike: Vec<StartChoice>,
    form: WorkflowView,
    names: Names,
    readers: Vec<ReaderView>,
    oversight: Oversight,
}

/// The page.
pub fn show(visit: &Visit, signed: &Signed) -> Outcome {
    Ok(Answer::Page(texts::CASES, page(visit, signed, &[])?))
}

/// Writes a note.
pub fn write_note(visit: &Visit, signed: &Signed) -> Outcome {
    let number = visit.number()?;
    let room = if visit.form.get("room") == "shared" { NoteRoom::Shared } else { NoteRoom::Own };
    let command = NoteCommand { number: number.clone(), room, text: visit.form.get("text").to_owned(), corrects: None };
    match visit.app.write_note(&signed.actor, &command, visit.key().as_ref()) {
        Ok(_) => Ok(Answer::GoTo(format!("/cases/{number}?done"))),
        Err(AppError::Rejected(rejection)) if rejection.class() == Class::Invalid => {
            Ok(Answer::Mend(texts::CASES, page(visit, signed, &rejection.reasons)?))
        }
        Err(error) => Err(error.into()),
    }
}

fn page(visit: &Visit, signed: &Signed, reasons: &[Reason]) -> Result<Markup, Refusal> {
    let (app, actor, number) = (&visit.app, &signed.actor, visit.number()?);
    let case = app.case(actor, &number)?;
    let names = app.names()?.with_documents(&number, &case.documents);
    let shown = Shown {
        case,
        steps: app.transitions(actor, &number)?,
        entries: app.timeline(actor, &number)?,
        mails: app.mails(actor, &number)?,
        starts: app.starts_out_of(actor, &number)?,
        alike: app.starts_like(actor, &number)?,
        form: app.form_of(actor, &number)?,
        names,
        readers: match app.readers(actor, &number) {
            Err(AppError::NotFound) => Vec::new(),
            readers => readers?,
        },
        oversight: app.oversight(actor, &number)?,
    };
    let case = &shown.case;
    Ok(html! {
        (receipt(visit, case))
        (summary(reasons, &|_| None))
        p .kicker { (case.title) }
        h1 { (case.number) " " (tag("state", &case.state.title)) }
        (turn(case))
        (deadlines(case))
        (what_now(&shown))
        (ladder(&case.ladder))
        (facts(&shown))
        (documents::section(visit, signed, case)?)
        (timeline(&shown))
        (readers(&shown.readers))
        (oversight::ways(case, shown.oversight))
        @if visit.app.may_attach(actor, &number)? { (note_form(visit, signed, case)) }
    })
}

/// What has just been done; of a case that was begun, a receipt: its number, who has it, until when.
fn receipt(visit: &Visit, case: &CaseView) -> Markup {
    if !visit.query.has("registered") {
        return done(visit);
    }
    told(html! {
        h2 { (texts::REGISTERED) " " (case.number) }
        (turn(case))
        @for deadline in &case.deadlines {
            p { (deadline.title) ": " (texts::AT_LATEST) " " (day(deadline.due)) "." }
        }
    })
}

/// Whose move it is.
pub fn turn(case: &CaseView) -> Markup {
    html! {
        @if case.my_turn {
            p .turn { strong { (texts::MY_TURN) } }
        } @else if let Some(turn) = &case.turn {
            p .turn { (texts::TURN) " " (turn) "." }
        } @else if case.outcome.is_none() {
            p .turn { (texts::steps::NOBODYS_TURN) }
        }
    }
}

/// The deadlines that run, each with how its day came about.
pub fn deadlines(case: &CaseView) -> Markup {
    html! {
        @if !case.deadlines.is_empty() {
            section aria-labelledby="deadlines" {
                h2 #deadlines { (texts::DEADLINES) }
                dl .summary-list {
                    @for deadline in &case.deadlines {
                        dt { (deadline.title) }
                        dd {
                            (day(deadline.due)) " "
                            @if deadline.overdue { (tag("overdue", texts::OVERDUE)) }
                            @if deadline.rests_until.is_some() { (tag("rests", texts::steps::RESTS)) }
                            p .hint { (deadline.sentence) }
                            @if let Some(why) = &deadline.why { p .hint { (why) } }
                        }
                    }
                }
            }
        }
    }
}

fn what_now(shown: &Shown) -> Markup {
    let (mut now, not): (Vec<&TransitionView>, Vec<_>) = shown.steps.iter().partition(|step| step.enabled);
    let not: Vec<_> = not.into_iter().filter(|step| step.ever).collect();
    acts_first(&mut now);
    let number = shown.case.number.as_str();
    // What moves a case on comes first while it is her move; to withdraw what lies with others is always possible, and
    // never what she is to do.
    let is_due = |step: &TransitionView| step.moves && shown.case.my_turn;
    html! {
        section .on-screen aria-labelledby="now" {
            h2 #now { (texts::WHAT_NOW) }
            @if now.is_empty() && shown.starts.is_empty() { p { (texts::NOTHING_NOW) } }
            ul .steps {
                @for step in now.iter().filter(|step| is_due(step)) { li { (step_link(number, step)) } }
                @for choice in &shown.starts {
                    li {
                        a .step href={ "/register/" (choice.workflow) "/" (choice.start.id) "?from=" (shown.case.number) } {
                            (choice.start.title)
                        }
                        @if let Some(help) = &choice.start.help { p .hint { (help) } }
                    }
                }
            }
            @if now.iter().any(|step| !is_due(step)) || !shown.alike.is_empty() {
                @if now.iter().any(|step| is_due(step)) || !shown.starts.is_empty() { h3 { (texts::WHAT_ELSE) } }
                ul .steps {
                    @for step in now.iter().filter(|step| !is_due(step)) { li { (step_link(number, step)) } }
                    @for choice in &shown.alike {
                        li {
                            a .step href={ "/register/" (choice.workflow) "/" (choice.start.id) "?" (COPY) "=" (number) } {
                                (texts::COPY)
                            }
                        }
                    }
                }
            }
            @if !not.is_empty() {
                details {
                    summary { (texts::WHAT_NOT) }
                    dl .parts {
                        @for step in not {
                            dt { (step.title) }
                            @for reason in &step.reasons { dd { (reason.detail) } }
                        }
                    }
                }
            }
        }
    }
}

fn facts(shown: &Shown) -> Markup {
    let case = &shown.case;
    html! {
        section aria-labelledby="facts" {
            h2 #facts { (texts::FACTS) }
            dl .summary-list {
                @for party in &case.parties {
                    dt { (party.title) }
                    dd { (party.name) @if party.former { " " (texts::FORMER) } }
                }
                dt { (texts::OPENED) }
                dd { (moment(case.opened)) ", " (texts::ago(case.waiting_days)) }
                @if let Some(agreement) = &case.agreement {
                    dt { (texts::AGREEMENT) }
                    dd { (agreement.title) }
                }
                @if let Some(local) = &case.local {
                    dt { (texts::LOCAL_AGREEMENT) }
                    dd { (texts::local_agreement(&local.title, local.version)) }
                }
                @if let Some(agreement) = case.judged_by.as_ref().filter(|judged_by| Some(*judged_by) != case.agreement.as_ref()) {
                    dt { (texts::JUDGED_BY) }
                    dd { (agreement.title) }
                }
                (given_rows(&case.fields, &case.products, &shown.form, &shown.names))
                @for link in &case.links {
                    dt { (texts::LINKS) }
                    dd { a href={ "/cases/" (link.number) } { (link.number) } }
                }
            }
        }
    }
}

fn timeline(shown: &Shown) -> Markup {
    html! {
        section aria-labelledby="timeline" {
            h2 #timeline { (texts::TIMELINE) }
            ol .timeline {
                @for happened in in_time(shown) {
                    @match happened {
                        Happened::Entry(one) => li .own[one.room != "shared"] { (entry(one, &shown.form, &shown.names)) },
                        Happened::Mail(one) => li .mail { (mail(one)) },
                    }
                }
            }
        }
    }
}

/// What the timeline holds.
enum Happened<'a> {
    Entry(&'a EntryView),
    Mail(&'a MailView),
}

/// Entries in their order, and each mail after what was recorded before it.
fn in_time(shown: &Shown) -> Vec<Happened<'_>> {
    let mut mails = shown.mails.iter().peekable();
    let mut happened = Vec::new();
    for entry in &shown.entries {
        while let Some(mail) = mails.next_if(|mail| mail.at < entry.recorded) {
            happened.push(Happened::Mail(mail));
        }
        happened.push(Happened::Entry(entry));
    }
    happened.extend(mails.map(Happened::Mail));
    happened
}

fn mail(mail: &MailView) -> Markup {
    html! {
        p .when { (moment(mail.at)) }
        p { (texts::MAIL_TO) " " (mail.to) ": " (texts::mail(&mail.template)) " " (texts::mail_remark(mail.status)) }
    }
}

/// One entry of the timeline.
pub fn entry(entry: &EntryView, form: &WorkflowView, names: &Names) -> Markup {
    html! {
        p .when {
            (moment(entry.happened))
            @if entry.room != "shared" { " " (tag("own", texts::OWN_ROOM)) }
        }
        h3 {
            (entry.title)
            @if let Some(step) = entry.step_kind { " " (kind(step)) }
            @match entry.act {
                Some(Act::Confirmation) => { " " (texts::WAITS_FOR_OTHERS) }
                Some(Act::Withdrawal) => { " " (texts::TAKEN_BACK) }
                _ => {}
            }
        }
        @if let Some(who) = &entry.by { p .by { (by(who)) } }
        @if entry.kind == "document" {
            (documents::line(&entry.data, names))
        } @else if entry.kind == "removal" {
            (oversight::removal(entry, form))
        } @else if !entry.data.is_empty() {
            dl .parts {
                @for (form, given) in in_order(entry, form) {
                    dt { (form.map_or_else(|| unlabelled(entry), |form| form.label.as_str())) }
                    dd { (value(form, given, names)) }
                }
            }
        }
    }
}

fn readers(readers: &[ReaderView]) -> Markup {
    html! {
        @if !readers.is_empty() {
            section aria-labelledby="readers" {
                h2 #readers { (texts::READERS) }
                ul {
                    @for reader in readers.iter().filter(|reader| !reader.own_room) {
                        li {
                            (reader.name) ": " (texts::reader(reader.kind))
                            @if reader.former { " " (texts::FORMER_READER) }
                        }
                    }
                }
                @if readers.iter().any(|reader| reader.own_room) {
                    p { (texts::OWN_READERS) }
                    ul {
                        @for reader in readers.iter().filter(|reader| reader.own_room) {
                            li { (reader.name) ": " (texts::reader(reader.kind)) @if reader.former { " " (texts::FORMER_READER) } }
                        }
                    }
                }
            }
        }
    }
}

/// What stands in an entry that no field has.
fn unlabelled(entry: &EntryView) -> &'static str {
    if entry.act == Some(Act::Migration) { texts::WHY } else { texts::NOTE }
}

/// What was given, as the workflow orders its fields.
fn in_order<'a>(entry: &'a EntryView, form: &'a WorkflowView) -> Vec<(Option<&'a FieldForm>, &'a Value)> {
    let place = |field: &str| form.fields.iter().position(|form| form.id == field.split('@').next().unwrap_or(field));
    let mut given: Vec<_> = entry.data.iter().map(|(field, given)| (place(field), given)).collect();
    given.sort_by_key(|(place, _)| place.unwrap_or(usize::MAX));
    given.into_iter().map(|(place, given)| (place.and_then(|at| form.fields.get(at)), given)).collect()
}

/// Who did it, as far as the reader is told; what nobody did, the time or another case brought about.
fn by(who: &WhoView) -> String {
    let role = who.role.map(|role| role.title().to_owned());
    let case = who.case.as_ref().map(|case| format!("{} {case}", texts::FOLLOWS_FROM));
    let absent = who.on_behalf_of.as_ref().map(|absent| format!("{} {absent}", texts::ON_BEHALF_OF));
    let told: Vec<_> = [who.name.clone(), role, who.organisation.clone(), absent, case].into_iter().flatten().collect();
    if told.is_empty() { texts::SYSTEM.to_owned() } else { told.join(", ") }
}

fn note_form(visit: &Visit, signed: &Signed, case: &CaseView) -> Markup {
    html! {
        section .on-screen aria-labelledby="notes" {
            h2 #notes { (texts::NOTES) }
            form method="post" action={ "/cases/" (case.number) "/notes" } {
                (csrf(signed))
                (key(visit.form.get(KEY), || visit.app.ids.secret()))
                div .field {
                    label for="f-text" { (texts::NOTE) }
                    textarea #f-text name="text" rows="4" { "\n" (visit.form.get("text")) }
                }
                fieldset .field {
                    legend { (texts::NOTE_ROOM) }
                    @for (room, title) in [("own", texts::NOTE_OWN), ("shared", texts::NOTE_SHARED)] {
                        div .choice {
                            input id={ "f-room-" (room) } type="radio" name="room" value=(room)
                                checked[visit.form.get("room") == room || (visit.form.is_empty() && room == "own")];
                            label for={ "f-room-" (room) } { (title) }
                        }
                    }
                }
                button .secondary type="submit" { (texts::SAVE_NOTE) }
            }
        }
    }
}
