//! A definition told as facts: of each part what is said of it, in the order of the file. Whatever the format can say stands
//! here, or the diff would pass it over; a test changes every kind of thing in the shipped files and looks for the change.

use indexmap::IndexMap;

use super::aspect::{Aspect, Part};
use super::words::{self, Word, Words};
use crate::workflow::definition::{
    AgreementUse, Body, Choice, Deadline, Definition, Field, FieldRoom, FromCase, Local, Party, PartyNumber, Product,
    Section, Source, Start, State, Transition,
};

/// What is said of a part; what is not said is not there.
pub(super) type Facts = IndexMap<Aspect, Vec<Word>>;

/// A part of a definition.
pub(super) struct Element {
    pub part: Part,
    pub id: String,
    pub title: String,
    pub facts: Facts,
}

/// Every part of a definition, in the order of the file.
pub(super) fn facts(definition: &Definition) -> Vec<Element> {
    let words = Words(definition);
    let mut all = vec![Element::new(Part::Workflow, &definition.workflow, &definition.title, whole(definition))];
    all.extend(definition.parties.iter().map(|(id, it)| Element::new(Part::Party, id, &it.title, party(words, it))));
    all.extend(definition.bodies.iter().map(|(id, it)| Element::new(Part::Body, id, &it.title, body(words, it))));
    all.extend(definition.fields.iter().map(|(id, it)| Element::new(Part::Field, id, &it.title, field(words, it))));
    let products = definition.products.iter();
    all.extend(products.map(|(id, it)| Element::new(Part::Product, id, &it.title, product(words, it))));
    all.extend(definition.start.iter().map(|it| Element::new(Part::Start, &it.id, &it.title, start(words, it))));
    all.extend(definition.states.iter().map(|(id, it)| Element::new(Part::State, id, &it.title, state(words, it))));
    let steps = definition.transitions.iter();
    all.extend(steps.map(|it| Element::new(Part::Transition, &it.id, &it.title, transition(words, it))));
    let deadlines = definition.deadlines.iter();
    all.extend(deadlines.map(|(id, it)| Element::new(Part::Deadline, id, &it.title, deadline(words, it))));
    all
}

impl Element {
    fn new(part: Part, id: &str, title: &str, said: Vec<(Aspect, Vec<Word>)>) -> Element {
        let said = said.into_iter().filter(|(_, words)| !words.is_empty());
        Element { part, id: id.to_owned(), title: title.to_owned(), facts: said.collect() }
    }
}

type Said = Vec<(Aspect, Vec<Word>)>;

fn one(text: &str) -> Vec<Word> {
    vec![Word::plain(text)]
}

fn some(text: &Option<String>) -> Vec<Word> {
    text.iter().map(|text| Word::plain(text)).collect()
}

fn yes(holds: bool) -> Vec<Word> {
    if holds { one("ja") } else { Vec::new() }
}

/// On what it rests, and whose idea it is.
fn ground(basis: &[String], source: Option<Source>) -> Said {
    let source = source.map(|source| match source {
        Source::Ours => "vårt",
        Source::Praxis => "praxis i andra län",
    });
    vec![
        (Aspect::Basis, basis.iter().map(|rule| Word::plain(rule)).collect()),
        (Aspect::Source, source.into_iter().flat_map(one).collect()),
    ]
}

fn whole(definition: &Definition) -> Said {
    let Definition { title, help, basis, local, agreement, event, .. } = definition;
    let local = local.iter().map(|local| Word::plain(&in_swedish(local))).collect();
    let agreement = match agreement {
        AgreementUse::Noted => "antecknas om någon gäller",
        AgreementUse::InForce => "en måste gälla",
    };
    let event = event.iter().map(|event| Word::named(event, Words(definition).field(event))).collect();
    let mut said = vec![
        (Aspect::Title, one(title)),
        (Aspect::Help, some(help)),
        (Aspect::Local, local),
        (Aspect::Agreement, one(agreement)),
        (Aspect::Event, event),
    ];
    said.extend(ground(basis, None));
    said
}

fn in_swedish(local: &Local) -> String {
    let Local { principal, version, title, county } = local;
    let whose = if local.is_county() { String::new() } else { format!(" ({principal})") };
    let over = county.map(|county| format!(", över länets egna tider, version {county}")).unwrap_or_default();
    format!("{title}{whose}, version {version}{over}")
}

fn party(words: Words, Party { title, number, sees_from, opposite }: &Party) -> Said {
    let number = match number {
        PartyNumber::One => "en",
        PartyNumber::Several => "en eller flera",
    };
    vec![
        (Aspect::Title, one(title)),
        (Aspect::Number, one(number)),
        (Aspect::SeesFrom, sees_from.iter().flat_map(|group| words.group(group)).collect()),
        (Aspect::Opposite, opposite.iter().map(|side| Word::named(side, words.side(side))).collect()),
    ]
}

fn body(words: Words, Body { title, reach, listed_if }: &Body) -> Said {
    vec![
        (Aspect::Title, one(title)),
        (Aspect::Reach, words.group(reach)),
        (Aspect::ListedIf, listed_if.iter().map(|field| Word::named(field, words.field(field))).collect()),
    ]
}

fn field(words: Words, it: &Field) -> Said {
    let room = it.room.map(|FieldRoom::Own| "den egna huvudmannens rum");
    let per = it.per.map(|_| "varje part för sig");
    let mut said = vec![
        (Aspect::Title, one(&it.title)),
        (Aspect::ReadAs, some(&it.read_as)),
        (Aspect::Help, some(&it.help)),
        (Aspect::Kind, one(words::field_kind(it.kind))),
        (Aspect::Per, per.into_iter().flat_map(one).collect()),
        (Aspect::Room, room.into_iter().flat_map(one).collect()),
        (Aspect::Carries, it.carries.iter().map(|other| Word::named(other, words.field(other))).collect()),
        (Aspect::Options, it.options.iter().map(|(id, it)| Word::named(id, format!("”{}”", it.title))).collect()),
        (Aspect::Worth, it.options.iter().filter_map(option_worth).collect()),
        (Aspect::OptionWords, it.options.iter().map(|choice| option_words(it, choice)).collect()),
        (Aspect::Parts, it.parts.iter().map(|part| words.part(part)).collect()),
        (Aspect::RequiredIf, it.required_if.iter().map(|guard| Word::made(guard, words.guard(guard))).collect()),
        (Aspect::Optional, yes(it.optional)),
        (Aspect::Dates, words::dates(words.0, it)),
        (Aspect::Lines, it.lines.map(words::lines).into_iter().flat_map(one).collect()),
    ];
    said.extend(ground(&it.basis, it.source));
    said
}

fn product(words: Words, Product { title, help, of, basis, source }: &Product) -> Said {
    let mut said = vec![(Aspect::Title, one(title)), (Aspect::Help, some(help)), (Aspect::Factors, words.fields(of))];
    said.extend(ground(basis, *source));
    said
}

fn start(words: Words, it: &Start) -> Said {
    let mut said = vec![
        (Aspect::Title, one(&it.title)),
        (Aspect::Help, some(&it.help)),
        (Aspect::Target, vec![words.state(&it.target)]),
        (Aspect::By, it.by.iter().map(|by| words.who(by)).collect()),
        (Aspect::Require, words.fields(&it.require)),
        (Aspect::Ask, words.fields(&it.ask)),
        (Aspect::Parts, it.sections.iter().map(|section| part_of_form(words, section)).collect()),
    ];
    said.extend(it.from_case.iter().flat_map(out));
    said.extend(ground(&it.basis, it.source));
    said
}

/// What an option counts as in a product.
fn option_worth((id, Choice { title, worth, .. }): (&String, &Choice)) -> Option<Word> {
    worth.map(|worth| Word::made(&(id, worth), format!("{worth} för ”{title}”")))
}

/// What an option is called, after the heading that it stands under, and what explains it.
fn option_words(field: &Field, (id, Choice { title, help, group, basis, worth: _ }): (&String, &Choice)) -> Word {
    let help = help.as_ref().map(|help| format!(" ({help})")).unwrap_or_default();
    let group = group.as_ref().and_then(|group| field.groups.get_key_value(group));
    let heading = group.map(|(_, group)| format!("{}: ", group.title)).unwrap_or_default();
    Word::about(id, &(title, &help, basis, group), format!("{heading}{title}{help}"))
}

/// A part of a form, with what it asks for.
fn part_of_form(words: Words, Section { title, fields }: &Section) -> Word {
    let asked: Vec<_> = fields.iter().map(|field| words.field(field)).collect();
    Word::made(&(title, fields), format!("”{title}” ({})", asked.join(", ")))
}

/// The other workflow is not at hand: its own ids stand for it.
fn out(FromCase { workflow, states, several, optional, raises, at_end }: &FromCase) -> Said {
    let several = if *several { ", ett eller flera" } else { "" };
    let optional = if *optional { ", kan utelämnas" } else { "" };
    let from = format!("{workflow} i {}{several}{optional}", states.join(", "));
    let ended = at_end.iter().flat_map(|at_end| at_end.all()).map(|(outcome, raised)| {
        let raised = raised.into_iter().cloned().collect::<Vec<_>>().join("/");
        Word::plain(&outcome.map_or_else(|| raised.clone(), |outcome| format!("{outcome}: {raised}")))
    });
    vec![
        (Aspect::Out, one(&from)),
        (Aspect::Raises, raises.iter().map(|step| Word::plain(step)).collect()),
        (Aspect::AtEnd, ended.collect()),
    ]
}

fn state(words: Words, it: &State) -> Said {
    let State { title, help, turn, notify, followed_up, outcome, basis, source } = it;
    let mut said = vec![
        (Aspect::Title, one(title)),
        (Aspect::Help, some(help)),
        (Aspect::Turn, turn.iter().map(|by| words.who(by)).collect()),
        (Aspect::Notify, notify.iter().flat_map(|notify| words.notify(notify)).collect()),
        (Aspect::FollowedUp, yes(*followed_up)),
        (Aspect::Outcome, some(outcome)),
    ];
    said.extend(ground(basis, *source));
    said
}

fn transition(words: Words, it: &Transition) -> Said {
    let target = if it.stays() { Word::plain("samma läge") } else { words.state(&it.target) };
    let named = |id: &Option<String>| id.iter().map(|id| Word::named(id, words.named(id))).collect::<Vec<_>>();
    let same_party = if it.same_party { " av samma part" } else { "" };
    let rests_on = it.rests_on.iter().map(|id| Word::made(&(id, it.same_party), words.named(id) + same_party));
    let declines = it.declines.iter().map(|id| Word::made(&("declines", id), format!("avböjer ”{}”", words.named(id))));
    let mut said = vec![
        (Aspect::Title, one(&it.title)),
        (Aspect::Help, some(&it.help)),
        (Aspect::Kind, one(words::step_kind(it.kind))),
        (Aspect::From, words.states(&it.from)),
        (Aspect::Target, vec![target]),
        (Aspect::By, it.by.iter().map(|by| words.who(by)).collect()),
        (Aspect::When, it.when.iter().map(|guard| Word::made(guard, words.guard(guard))).collect()),
        (Aspect::Of, named(&it.of).into_iter().chain(declines).collect()),
        (Aspect::RestsOn, rests_on.collect()),
        (Aspect::FourEyes, named(&it.not_same_as)),
        (Aspect::Require, words.fields(&it.require)),
        (Aspect::Ask, words.fields(&it.ask)),
        (Aspect::Clears, words.fields(&it.clears)),
        (Aspect::Effects, it.effects.iter().map(|effect| words.effect(effect)).collect()),
        (Aspect::Notify, it.notify.iter().flat_map(|notify| words.notify(notify)).collect()),
    ];
    said.extend(ground(&it.basis, it.source));
    said
}

fn deadline(words: Words, it: &Deadline) -> Said {
    let then = it.then.iter().map(|step| Word::named(step, words.named(step)));
    let mut said = vec![
        (Aspect::Title, one(&it.title)),
        (Aspect::Help, some(&it.help)),
        (Aspect::During, words.states(&it.during)),
        (Aspect::When, it.when.iter().map(|guard| Word::made(guard, words.guard(guard))).collect()),
        (Aspect::After, it.after.iter().map(|after| Word::plain(&after.in_words())).collect()),
        (Aspect::CountsFrom, words::counts_from(words, it)),
        (Aspect::End, one(words::end(it.end))),
        (Aspect::Then, then.collect()),
        (Aspect::Remind, it.remind.iter().map(|reminder| words.reminder(reminder)).collect()),
        (Aspect::Pause, it.pause.iter().map(|pause| Word::plain(&words::at_most(pause.longest, None))).collect()),
        (Aspect::Extend, it.extend.iter().map(|it| Word::plain(&words::at_most(it.longest, Some(it.times)))).collect()),
        (Aspect::Why, some(&it.why)),
    ];
    said.extend(ground(&it.basis, it.source));
    said
}
