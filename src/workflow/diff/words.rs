//! Swedish words for what a definition says: who, when, to whom, how long. Titles stand for ids: nobody who wrote the
//! agreement knows those.

use serde::Serialize;

use crate::calendar::{EndRule, Period};
use crate::texts::mails;
use crate::workflow::definition::{
    By, ByBody, DateSide, Deadline, Definition, Effect, Field, FieldKind, Guard, Lines, Literal, Notify, OneOrMany,
    Recipient, Reminder, StepKind,
};
use crate::workflow::permission;

/// Something said: in Swedish, and by what it is told apart. A state that is called something else is the same state
/// wherever it is named.
#[derive(Debug, Clone)]
pub(super) struct Word {
    id: String,
    key: String,
    pub text: String,
}

impl Word {
    /// Words that stand for themselves.
    pub fn plain(text: &str) -> Word {
        Word { id: text.to_owned(), key: text.to_owned(), text: text.to_owned() }
    }

    /// What has an id.
    pub fn named(id: &str, text: String) -> Word {
        Word { id: id.to_owned(), key: id.to_owned(), text }
    }

    /// What is made of several ids.
    pub fn made(of: &impl Serialize, text: String) -> Word {
        let key = serde_json::to_string(of).unwrap_or_default();
        Word { id: key.clone(), key, text }
    }

    /// What is said of something that has an id.
    pub fn about(id: &str, of: &impl Serialize, text: String) -> Word {
        Word { id: id.to_owned(), ..Word::made(of, text) }
    }

    /// Whether one of these is about the same thing.
    pub fn is_about_one_of(&self, others: &[Word]) -> bool {
        others.iter().any(|other| other.id == self.id)
    }
}

impl PartialEq for Word {
    fn eq(&self, other: &Word) -> bool {
        self.key == other.key
    }
}

/// What is said, without what tells it apart.
pub(super) fn texts(words: &[Word]) -> Vec<String> {
    words.iter().map(|word| word.text.clone()).collect()
}

/// Titles and phrases of one definition.
#[derive(Clone, Copy)]
pub(super) struct Words<'a>(pub &'a Definition);

impl Words<'_> {
    pub fn state(self, id: &str) -> Word {
        Word::named(id, self.0.states.get(id).map_or(id, |state| state.title.as_str()).to_owned())
    }

    /// The states that a list of states and groups names.
    pub fn states(self, names: &OneOrMany<String>) -> Vec<Word> {
        self.0.states_of(names).into_iter().map(|id| self.state(id)).collect()
    }

    /// The states of a group.
    pub fn group(self, name: &str) -> Vec<Word> {
        self.states(&OneOrMany::One(name.to_owned()))
    }

    pub fn field(self, id: &str) -> String {
        self.0.fields.get(id).map_or(id, |field| field.title.as_str()).to_owned()
    }

    pub fn fields(self, ids: &[String]) -> Vec<Word> {
        ids.iter().map(|id| Word::named(id, self.field(id))).collect()
    }

    pub fn side(self, id: &str) -> String {
        self.0.parties.get(id).map_or(id, |party| party.title.as_str()).to_owned()
    }

    /// A step or a field, whichever has that name.
    pub fn named(self, id: &str) -> String {
        self.0.step_title(id).map_or_else(|| self.field(id), str::to_owned)
    }

    pub fn deadline(self, id: &str) -> String {
        self.0.deadlines.get(id).map_or(id, |deadline| deadline.title.as_str()).to_owned()
    }

    pub fn guard(self, guard: &Guard) -> String {
        match guard {
            Guard::Set(set) => format!("”{}” är ifyllt", self.field(&set.set)),
            Guard::Is(is) => format!("”{}” är {}", self.field(&is.field), self.literal(&is.field, &is.is)),
            Guard::Happened(happened) => match happened.at_least {
                1 => format!("”{}” har skett", self.named(&happened.happened)),
                times => format!("”{}” har skett minst {times} gånger", self.named(&happened.happened)),
            },
            Guard::Notice(notice) => {
                let dates: Vec<_> = notice.after.iter().map(|field| self.field(field)).collect();
                let dates = dates.join("” och ”");
                format!("{} har gått sedan ”{dates}”", notice.notice.in_words())
            }
            Guard::Not(not) => format!("inte ({})", self.guard(&not.not)),
            Guard::All(all) => self.joined(&all.all, " och "),
            Guard::Any(any) => self.joined(&any.any, " eller "),
        }
    }

    fn joined(self, guards: &[Guard], word: &str) -> String {
        let told = guards.iter().map(|guard| match guard {
            Guard::All(_) | Guard::Any(_) => format!("({})", self.guard(guard)),
            _ => self.guard(guard),
        });
        told.collect::<Vec<_>>().join(word)
    }

    fn literal(self, field: &str, literal: &Literal) -> String {
        match literal {
            Literal::YesNo(true) => "ja".to_owned(),
            Literal::YesNo(false) => "nej".to_owned(),
            Literal::Choice(choice) => {
                let options = self.0.fields.get(field).map(|field| &field.options);
                let title = options.and_then(|options| options.get(choice)).map(|choice| choice.title.as_str());
                format!("”{}”", title.unwrap_or(choice))
            }
        }
    }

    fn recipient(self, to: &Recipient) -> String {
        match to {
            Recipient::Whose(_) => "den vars tur det är".to_owned(),
            Recipient::Role(role) => {
                let roles: Vec<_> = role.role.iter().map(|role| role.title()).collect();
                let side = role.party.as_deref().map(|party| format!(" hos {}", self.side(party).to_lowercase()));
                let units = if role.assigned { " i enheterna som har ärendet" } else { "" };
                format!("{}{}{units}", roles.join("/"), side.unwrap_or_default())
            }
            Recipient::Body(ByBody { body }) => {
                let title = self.0.bodies.get(body).map_or(body.as_str(), |body| body.title.as_str());
                format!("sekreteraren för {title}")
            }
        }
    }

    /// The mail of a state or a step.
    pub fn notify(self, notify: &Notify) -> Vec<Word> {
        let about = notify.about.as_deref().map(|about| format!(" om ”{}”", self.deadline(about))).unwrap_or_default();
        let told = notify.to.iter().map(|to| {
            let text = format!("”{}”{about} till {}", mails::name(&notify.mail), self.recipient(to));
            Word::made(&(&notify.mail, &notify.about, to), text)
        });
        told.collect()
    }

    pub fn reminder(self, reminder: &Reminder) -> Word {
        let when = match reminder.at.count() {
            0 => "sista dagen".to_owned(),
            1.. => format!("{} efter", reminder.at.in_words()),
            _ => reminder.at.in_words(),
        };
        let again = reminder
            .repeat
            .as_ref()
            .map(|repeat| format!(", därefter {} gånger med {} mellan", repeat.times, repeat.every.in_words()));
        let (mail, to) = (mails::name(&reminder.mail), self.recipient(&reminder.to));
        Word::made(reminder, format!("{when} ”{mail}” till {to}{}", again.unwrap_or_default()))
    }

    pub fn effect(self, effect: &Effect) -> Word {
        let deadlines = |names: &OneOrMany<String>| {
            names.iter().map(|name| format!("”{}”", self.deadline(name))).collect::<Vec<_>>().join("/")
        };
        let text = match effect {
            Effect::Assign(assign) => {
                let also = assign.also.iter().map(|also| format!(" och ”{}”", self.field(also)));
                format!("ärendet fördelas enligt ”{}”{}", self.field(&assign.assign), also.collect::<String>())
            }
            Effect::ReplaceParty(replace) => {
                format!("{} byts mot ”{}”", self.side(&replace.replace_party).to_lowercase(), self.field(&replace.with))
            }
            Effect::Link(link) => format!("ärendet länkas till ”{}” ({})", self.field(&link.link), link.relation),
            Effect::Extend(extend) => {
                format!("{} förlängs till ”{}”", deadlines(&extend.extend), self.field(&extend.to))
            }
            Effect::Pause(pause) => format!("{} vilar till ”{}”", deadlines(&pause.pause), self.field(&pause.until)),
            Effect::Resume(resume) => format!("{} löper igen", deadlines(&resume.resume)),
        };
        Word::made(effect, text)
    }

    /// Who may, or whose move it is.
    pub fn who(self, by: &By) -> Word {
        let assigned = matches!(by, By::Party(party) if party.assigned);
        let units = if assigned { " i enheterna som har ärendet" } else { "" };
        Word::made(by, format!("{}{units}", permission::in_swedish(self.0, by)))
    }

    /// A part of a record.
    pub fn part(self, (id, part): (&String, &Field)) -> Word {
        let optional = if part.optional { ", får utelämnas" } else { "" };
        let options: Vec<&str> = part.options.values().map(|option| option.title.as_str()).collect();
        let options = if options.is_empty() { String::new() } else { format!(": {}", options.join("/")) };
        let dates: String = dates(self.0, part).iter().map(|word| format!(", {}", word.text)).collect();
        let line = part.lines.map(|_| ", en rad").unwrap_or_default();
        let help = part.help.as_ref().map(|help| format!(", hjälptext: {help}")).unwrap_or_default();
        let text = format!("{} ({}{options}{optional}{dates}{line}{help})", part.title, field_kind(part.kind));
        Word::made(&(id, part), text)
    }
}

/// What kind of value.
pub(super) fn field_kind(kind: FieldKind) -> &'static str {
    match kind {
        FieldKind::Text => "text",
        FieldKind::Proposal => "förslag som bekräftas",
        FieldKind::Statement => "yttrande till ett organ",
        FieldKind::Date => "datum",
        FieldKind::YesNo => "ja eller nej",
        FieldKind::Number => "tal",
        FieldKind::Choice => "ett val",
        FieldKind::Choices => "ett eller flera val",
        FieldKind::Principal => "huvudman",
        FieldKind::Unit => "enhet",
        FieldKind::Units => "enheter",
        FieldKind::Case => "annat ärende",
        FieldKind::Documents => "handlingar",
        FieldKind::Record => "flera delar",
        FieldKind::List => "lista",
    }
}

/// What kind of act.
pub(super) fn step_kind(kind: StepKind) -> &'static str {
    match kind {
        StepKind::Event => "händelse",
        StepKind::Statement => "ställningstagande",
        StepKind::Proposal => "förslag",
        StepKind::Decision => "beslut",
        StepKind::Recommendation => "rekommendation",
        StepKind::Commission => "uppdrag",
        StepKind::Acceptance => "godkännande",
    }
}

/// Where a date may lie.
pub(super) fn dates(definition: &Definition, field: &Field) -> Vec<Word> {
    let side = field.must_be.map(|side| match side {
        DateSide::Past => Word::plain("får inte ligga framåt"),
        DateSide::Coming => Word::plain("får inte ha varit"),
    });
    let before = field
        .not_before
        .as_ref()
        .map(|other| Word::made(&("not_before", other), format!("inte före ”{}”", Words(definition).field(other))));
    let dates_step = field.dates_step.then(|| Word::plain("det som följer räknas från dagen"));
    side.into_iter().chain(before).chain(dates_step).collect()
}

pub(super) fn lines(lines: Lines) -> &'static str {
    match lines {
        Lines::One => "en rad",
    }
}

pub(super) fn end(rule: EndRule) -> &'static str {
    match rule {
        EndRule::AsCounted => "som räknat",
        EndRule::NextWorkingDay => "nästa arbetsdag",
    }
}

/// What a deadline counts from, where it does not begin with the states in which it runs.
pub(super) fn counts_from(words: Words, deadline: &Deadline) -> Vec<Word> {
    match &deadline.at {
        Some(field) => vec![Word::made(&("at", field), format!("dagen i ”{}”", words.field(field)))],
        None => words.fields(&deadline.from),
    }
}

/// How long at most, and how often.
pub(super) fn at_most(longest: Period, times: Option<u32>) -> String {
    let times = times.map(|times| format!(", {times} gånger")).unwrap_or_default();
    format!("högst {}{times}", longest.in_words())
}
