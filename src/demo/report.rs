//! Tells a story that was played: a transcript in Swedish for whoever wants to see what the system does. The days, who
//! did what and what was written, which deadlines began and how they came about, which mails left, who was refused; at the
//! end the decisions, each of its own kind.

mod crossing;
mod gather;
mod words;

use chrono::{NaiveDate, Timelike};
use chrono_tz::Europe::Stockholm;

use super::player::{Aside, Played, Refused};
use super::scenario::Scenario;
use crate::app::{App, AppError};
use crate::calendar::{in_words, local_date};
use crate::clock::Timestamp;
use crate::ids::{PersonId, PrincipalId};
use crate::workflow::definition::{Definition, StepKind};
use crate::workflow::log::{Entry, Record, Room};
use crate::workflow::step::{Act, By, Step, TimerChange};
pub use crossing::{Crossing, crossings};
use gather::{Event, Gathered, Told, gather};
use words::{WIDTH, Words, wrapped};

/// Where what belongs to an event begins.
const INDENT: usize = 9;

/// The story as a text.
///
/// # Errors
/// Where the database does not answer.
pub fn transcript(app: &App, scenario: &Scenario, played: &Played) -> Result<String, AppError> {
    let gathered = gather(app, played)?;
    let mut out = format!("{0}\n{1}\n{0}\n\n", "═".repeat(WIDTH), scenario.title);
    out += &wrapped("", 0, &scenario.lead);
    out += "\n";
    out.extend(gathered.cases.iter().map(|told| heading(&gathered, told)));
    let mut day = None;
    for (at, event) in &gathered.events {
        let today = local_date(*at);
        if day.replace(today) != Some(today) {
            out += &format!(
                "\n── {} {}\n",
                in_words(today),
                "─".repeat(WIDTH.saturating_sub(4 + in_words(today).chars().count()))
            );
        }
        out += &Teller { gathered: &gathered, at: *at }.event(event);
    }
    out += &decisions(&gathered);
    out += &ends(&gathered);
    Ok(out.replace("\n\n\n", "\n\n"))
}

/// A case's number, kind and parties.
fn heading(gathered: &Gathered, told: &Told) -> String {
    let definition = &told.known.definition;
    let name = |id: &PrincipalId| gathered.names.get(id.as_str()).unwrap_or(&id.0).clone();
    let sides = definition.parties.iter().map(|(side, party)| {
        let of_side = told.parties.iter().filter(|(other, _)| other == side);
        let names: Vec<_> = of_side.map(|(_, principal)| name(principal)).collect();
        format!("{}: {}", party.title.to_lowercase(), names.join(", "))
    });
    let sides: Vec<_> = sides.collect();
    wrapped("  ", 4, &format!("{} {}; {}", told.number, definition.title, sides.join("; ")))
}

/// Tells one event.
struct Teller<'a> {
    gathered: &'a Gathered,
    at: Timestamp,
}

impl Teller<'_> {
    fn event(&self, event: &Event) -> String {
        match event {
            Event::Entry(place, entry) => self.entry(&self.gathered.cases[*place], entry),
            Event::Aside(Aside::Told(text)) => format!("\n{}\n", wrapped("      » ", 8, text)),
            Event::Aside(Aside::Looked(who, number)) => self.line(&format!("{} öppnar {number}.", self.person(who))),
            Event::Aside(Aside::Refused(refused)) => self.refused(refused),
            Event::Mails(subject, people) => {
                let times = |person| people.iter().filter(|other| *other == person).count();
                let mut names: Vec<_> = people.iter().map(|person| (self.person(person), times(person))).collect();
                names.dedup();
                let said =
                    names.into_iter().map(|(name, times)| if times > 1 { format!("{name} ×{times}") } else { name });
                self.line(&format!("✉ {subject} → {}", said.collect::<Vec<_>>().join(", ")))
            }
        }
    }

    /// A line that begins with the time of day.
    fn line(&self, text: &str) -> String {
        let time = self.at.utc().with_timezone(&Stockholm);
        wrapped(&format!("  {:02}:{:02}  ", time.hour(), time.minute()), INDENT, text)
    }

    fn below(text: &str) -> String {
        wrapped(&" ".repeat(INDENT), INDENT, text)
    }

    fn name<'a>(&'a self, id: &'a str) -> &'a str {
        self.gathered.names.get(id).map_or(id, String::as_str)
    }

    fn person(&self, id: &PersonId) -> String {
        self.name(id.as_str()).to_owned()
    }

    /// The case's number, where the story has several.
    fn number(&self, told: &Told) -> String {
        if self.gathered.cases.len() > 1 { format!("{} · ", told.number) } else { String::new() }
    }

    fn entry(&self, told: &Told, entry: &Entry) -> String {
        let words = Words { told, names: &self.gathered.names, room: entry.room.to_string(), entry: entry.n };
        match &entry.records {
            Record::Step(step) => self.step(told, &words, step),
            Record::Particulars(particulars) => {
                let room = self.room(&entry.room);
                words.paragraphs(&particulars.data).iter().map(|text| Self::below(&format!("{room} {text}"))).collect()
            }
            Record::Note(note) => {
                let who = self.who(&note.by);
                let (room, number) = (self.room(&entry.room), self.number(told));
                let place = (entry.room.to_string(), entry.n, "text".to_owned());
                let text = told.texts.get(&place).map_or("", String::as_str);
                self.line(&format!("{number}{room} {who} antecknar:")) + &Self::below(text)
            }
            Record::Document(attached) => {
                let (room, number) = (self.room(&entry.room), self.number(told));
                self.line(&format!("{number}{room} {} lägger till en handling.", self.who(&attached.by)))
            }
            Record::Removal(_) => self.line(&format!("{}En text har tagits bort.", self.number(told))),
        }
    }

    fn room(&self, room: &Room) -> String {
        match room {
            Room::Shared => "[båda parter]".to_owned(),
            Room::Own(principal) => format!("[bara {}]", self.name(principal.as_str())),
        }
    }

    fn step(&self, told: &Told, words: &Words, step: &Step) -> String {
        let definition = &told.known.definition;
        let moved = match step.from.as_deref() != Some(step.to.as_str()) && step.act == Act::Transition {
            true => format!(" → {}", state_title(definition, &step.to)),
            false => String::new(),
        };
        let (kind, title) = (kind_tag(step.kind), step_title(definition, &step.transition));
        let what = match step.act {
            Act::Transition => format!("{title}{moved}"),
            Act::Confirmation => format!("{title} (väntar på övriga)"),
            Act::Recount => "Tidsfrister räknas om".to_owned(),
            Act::Migration => "Ärendet går över till en ny version".to_owned(),
            Act::Withdrawal => format!("{title}: tar tillbaka sin bekräftelse"),
        };
        let mut out = self.line(&format!("{}{}: {kind}{what}", self.number(told), self.who(&step.by)));
        if local_date(step.happened) != local_date(step.recorded) {
            out += &Self::below(&format!("(skedde {})", in_words(local_date(step.happened))));
        }
        out.extend(words.paragraphs(&step.data).iter().map(|text| Self::below(text)));
        out.extend(self.clocks(definition, step));
        out
    }

    /// The deadlines that the step begins, each with the sentence that says how it came about.
    fn clocks(&self, definition: &Definition, step: &Step) -> Vec<String> {
        let armed = step.deadlines.iter().filter_map(|(name, change)| match change {
            TimerChange::Armed(running) => Some((definition.deadlines.get(name)?, running)),
            TimerChange::Stopped | TimerChange::RanOut => None,
        });
        let said = armed.map(|(deadline, running)| {
            Self::below(&format!("⏱ {}: {}", deadline.title, running.derivation.sentence()))
        });
        said.collect()
    }

    fn who(&self, by: &By) -> String {
        match by {
            By::Person { person, seat, .. } => {
                let organisation = seat.body.as_ref().map(|body| body.as_str());
                match organisation {
                    Some(body) => format!("{} genom {}", self.name(body), self.person(person).to_lowercase()),
                    None => self.person(person),
                }
            }
            By::Deadline { .. } => "Tiden har gått ut".to_owned(),
            By::Calendar { day } => format!("{} är stängd dag eller har varit det", crate::calendar::in_words(*day)),
            By::Case { case, outcome: None } => format!("Följer av {case}"),
            By::Case { case, outcome: Some(outcome) } => format!("Följer av {case} ({outcome})"),
        }
    }

    fn refused(&self, refused: &Refused) -> String {
        let who = self.person(&refused.who);
        let told =
            refused.case.as_ref().and_then(|number| self.gathered.cases.iter().find(|told| told.number == *number));
        let what = match (&refused.step, told) {
            (Some(step), Some(told)) => format!("”{}” i {}", step_title(&told.known.definition, step), told.number),
            (None, Some(told)) => format!("öppna {}", told.number),
            (Some(step), None) => {
                let titles = self.gathered.cases.iter().map(|told| step_title(&told.known.definition, step));
                format!("”{}”", titles.into_iter().find(|title| title != step).unwrap_or(step))
            }
            (None, None) => "läsa".to_owned(),
        };
        let reasons: Vec<_> = refused.reasons.iter().map(|reason| reason.detail.as_str()).collect();
        let why = match reasons.is_empty() {
            true if refused.code == "not_found" => "Det finns inget sådant ärende.".to_owned(),
            true => "Det är inte hens sak.".to_owned(),
            false => reasons.join(" "),
        };
        self.line(&format!("✗ {who} försöker {what} och får nej: {why}"))
    }
}

/// The kinds of acts, told apart: an event needs no word.
fn kind_tag(kind: StepKind) -> &'static str {
    match kind {
        StepKind::Event => "",
        StepKind::Statement => "[yttrande] ",
        StepKind::Proposal => "[förslag] ",
        StepKind::Decision => "[beslut] ",
        StepKind::Recommendation => "[rekommendation] ",
        StepKind::Commission => "[uppdrag] ",
        StepKind::Acceptance => "[godtagande] ",
    }
}

fn step_title<'a>(definition: &'a Definition, id: &'a str) -> &'a str {
    let start = || definition.start.iter().find(|start| start.id == id).map(|start| start.title.as_str());
    definition.transition(id).map(|step| step.title.as_str()).or_else(start).unwrap_or(id)
}

fn state_title<'a>(definition: &'a Definition, id: &'a str) -> &'a str {
    definition.states.get(id).map_or(id, |state| state.title.as_str())
}

/// What was proposed, decided, recommended, commissioned and accepted, in a row each.
fn decisions(gathered: &Gathered) -> String {
    let rows = gathered.events.iter().filter_map(|(at, event)| match event {
        Event::Entry(place, entry) => decision(gathered, *at, &gathered.cases[*place], entry),
        Event::Aside(_) | Event::Mails(..) => None,
    });
    let rows: String = rows.collect();
    if rows.is_empty() { String::new() } else { format!("\nBesluten i korthet\n{rows}") }
}

fn decision(gathered: &Gathered, at: Timestamp, told: &Told, entry: &Entry) -> Option<String> {
    let Record::Step(step) = &entry.records else { return None };
    if step.act != Act::Transition || matches!(step.kind, StepKind::Event | StepKind::Statement) {
        return None;
    }
    let place = (entry.room.to_string(), entry.n, "paragraph".to_owned());
    let paragraph = told.texts.get(&place).map(|paragraph| format!(" {paragraph}")).unwrap_or_default();
    let organisation = step.by.body().map(|id| &id.0).or(step.by.principal().map(|id| &id.0));
    let joint =
        told.known.definition.transition(&step.transition).is_some_and(|transition| transition.joint().is_some());
    let who = match organisation {
        _ if joint => "Alla parter",
        Some(id) => gathered.names.get(id).map_or(id.as_str(), String::as_str),
        None => "Systemet",
    };
    let day: NaiveDate = local_date(step.happened.min(at));
    let (kind, title) = (kind_tag(step.kind), step_title(&told.known.definition, &step.transition));
    Some(wrapped(&format!("  {day}  "), 14, &format!("{kind}{who}{paragraph}: {title} ({})", told.number)))
}

/// Where each case ended, and what became of the mails.
fn ends(gathered: &Gathered) -> String {
    let mut out = "\nSå slutade det\n".to_owned();
    for told in &gathered.cases {
        let definition = &told.known.definition;
        let state = state_title(definition, &told.state);
        out += &wrapped("  ", 4, &format!("{}  {}: {state}", told.number, definition.title));
    }
    let (mails, people) = gathered.mails;
    out += &format!("  {mails} mejl till {people} personer. Inget av dem innehåller något som någon har skrivit.\n");
    out
}
