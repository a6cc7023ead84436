//! `data/*`, but for conditions: what fields hold, and that whatever uses one finds a field of the right kind.

use super::uses::{Path, below, forms, guards, numbered, within};
use super::{Problem, Subject, at};
use crate::workflow::classes::{
    DECLINES, FIELD_KIND, FIELD_TWICE, OPTIONS, OWN_ROOM, PARTS, PER_PARTY, SAME_PARTY, SECTIONS, UNKNOWN_FIELD,
    UNKNOWN_OF, UNUSED_FIELD,
};
use crate::workflow::definition::{By, Definition, Effect, Field, FieldKind, Guard, Per, Transition};
use crate::workflow::problem::did_you_mean;
use crate::workflow::source::Segment;

pub fn check(subject: &Subject<'_>) -> Vec<Problem> {
    let mut problems =
        [references(subject), forms_problems(subject), sections(subject), unused(subject), listed(subject)].concat();
    for (id, field) in &subject.definition.fields {
        problems.extend(field_problems(subject, field, at!["fields", id], false));
    }
    for (i, step) in subject.definition.transitions.iter().enumerate() {
        problems.extend(of(subject, i, step));
        problems.extend(declines(subject, i, step));
        problems.extend(per_party(subject, i, step));
        if step.same_party && step.rests_on.is_none() && step.not_same_as.is_none() {
            let message = "`same_party` is about the step that this one rests on: add `rests_on`, or remove it";
            problems.push(subject.problem(&SAME_PARTY, at!["transitions", i, "same_party"], message));
        }
    }
    problems
}

/// Options and parts stand on the kinds that have them, and what belongs to fields or to parts stands there only.
fn field_problems(subject: &Subject<'_>, field: &Field, path: &[Segment], is_part: bool) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut report =
        |class, key: &str, message: &str| problems.push(subject.problem(class, &below(path, at![key]), message));
    match (matches!(field.kind, FieldKind::Choice | FieldKind::Choices), field.options.is_empty()) {
        (true, true) => report(&OPTIONS, "type", "there is nothing to choose from: add `options`"),
        (false, false) => {
            report(&OPTIONS, "options", "only a `choice` or `choices` has options: remove them, or change `type`")
        }
        _ => {}
    }
    match (matches!(field.kind, FieldKind::Record | FieldKind::List), field.parts.is_empty()) {
        (true, true) => report(&PARTS, "type", "a record without parts holds nothing: add `parts`"),
        (false, false) => {
            report(&PARTS, "parts", "only a `record` or a `list` has parts: remove them, or change `type`")
        }
        _ => {}
    }
    if field.must_be.is_some() && field.kind != FieldKind::Date {
        report(&FIELD_KIND, "must_be", "only a date lies on a side of another day: remove it, or change `type`");
    }
    if field.not_before.is_some() && field.kind != FieldKind::Date {
        report(&FIELD_KIND, "not_before", "only a date lies before another: remove it, or change `type`");
    }
    if field.lines.is_some() && field.kind != FieldKind::Text {
        report(&FIELD_KIND, "lines", "only a `text` has lines: remove it, or change `type`");
    }
    if is_part && field.not_before.is_some() {
        report(&PARTS, "not_before", "a part is held against no other day: make it a field of its own");
    }
    if !is_part && field.optional {
        report(&PARTS, "optional", "only a part can be optional: a step asks for a field under `ask` or `require`");
    }
    if is_part && field.per.is_some() {
        report(&PARTS, "per", "a part belongs to whoever its field belongs to: move `per` there");
    }
    if is_part && field.required_if.is_some() {
        report(&PARTS, "required_if", "a part is given with its field, or `optional`: move `required_if` there");
    }
    problems.extend(grouped(subject, field, path));
    for (id, part) in &field.parts {
        problems.extend(field_problems(subject, part, &below(path, at!["parts", id]), true));
    }
    problems
}

/// Options stand together below a heading that is there; and no heading is named like an option: who searches for one would
/// not know which.
fn grouped(subject: &Subject<'_>, field: &Field, path: &[Segment]) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut report = |path: &[Segment], message: String| problems.push(subject.problem(&OPTIONS, path, message));
    let named: Vec<_> = field.options.iter().map(|(id, option)| (id, option.group.as_ref())).collect();
    for (n, (id, group)) in named.iter().enumerate() {
        let Some(group) = group else { continue };
        let place = below(path, at!["options", *id, "group"]);
        let last = named.iter().take(n).rposition(|(_, other)| *other == Some(group));
        if !field.groups.contains_key(*group) {
            let hint = did_you_mean(group, field.groups.keys().map(String::as_str));
            report(&place, format!("there is no group `{group}`{hint}"));
        } else if last.is_some_and(|last| last + 1 < n) {
            report(&place, format!("the options of `{group}` do not stand together: move this one to the others"));
        }
    }
    for id in field.groups.keys() {
        let place = below(path, at!["groups", id]);
        if field.options.contains_key(id) {
            report(&place, format!("there is an option `{id}`, too: give one of them another id"));
        } else if named.iter().all(|(_, group)| *group != Some(id)) {
            report(&place, format!("no option stands in the group `{id}`: name it as their `group`, or remove it"));
        }
    }
    problems
}

/// What a reference to a field needs it to be.
type Need = Option<(&'static [FieldKind], &'static str)>;

const DATE: Need = Some((&[FieldKind::Date], "a date"));

fn references(subject: &Subject<'_>) -> Vec<Problem> {
    let definition = subject.definition;
    let named = [
        named_by_steps(definition),
        named_by_conditions(definition),
        named_by_deadlines(definition),
        named_by_bodies(definition),
        named_by_dates(definition),
    ]
    .concat();
    let own = named.iter().filter_map(|(id, _, path)| own_room(subject, id, path)).collect::<Vec<_>>();
    let wrong = named.into_iter().filter_map(|(id, need, path)| reference(subject, id, need, &path));
    wrong.chain(own).chain(own_texts(subject)).collect()
}

/// A field of an own room is given in a form, and asked for by nothing else but the condition that makes another of the
/// same form compulsory.
fn own_room(subject: &Subject<'_>, id: &str, path: &[Segment]) -> Option<Problem> {
    subject.definition.fields.get(id)?.room?;
    let given = |key: &str| path.contains(&Segment::from(key));
    let message = format!("`{id}` lies in one principal's own room: nothing that the other side sees can depend on it");
    let in_form = given("require") || given("ask") || given("required_if");
    (!in_form).then(|| subject.problem(&OWN_ROOM, path, message))
}

/// What is confirmed or approved is shared.
fn own_texts(subject: &Subject<'_>) -> Vec<Problem> {
    let steps = subject.definition.transitions.iter().enumerate();
    steps.filter_map(|(i, step)| own_room(subject, step.of.as_ref()?, at!["transitions", i, "of"])).collect()
}

fn reference(subject: &Subject<'_>, id: &str, need: Need, path: &[Segment]) -> Option<Problem> {
    let Some(field) = subject.definition.fields.get(id) else {
        let hint = did_you_mean(id, subject.definition.fields.keys().map(String::as_str));
        return Some(subject.problem(&UNKNOWN_FIELD, path, format!("there is no field `{id}`{hint}")));
    };
    let (kinds, words) = need?;
    let message = format!("`{id}` must be {words} here");
    (!kinds.contains(&field.kind)).then(|| subject.problem(&FIELD_KIND, path, message))
}

fn named_by_steps(definition: &Definition) -> Vec<(&String, Need, Path)> {
    let mut named: Vec<(&String, Need, Path)> = Vec::new();
    for (require, ask, path) in forms(definition) {
        for (fields, key) in [(require, "require"), (ask, "ask")] {
            named.extend(
                numbered(fields.iter(), &below(&path, at![key])).into_iter().map(|(id, path)| (id, None, path)),
            );
        }
    }
    for (i, step) in definition.transitions.iter().enumerate() {
        let clears = numbered(step.clears.iter(), at!["transitions", i, "clears"]);
        named.extend(clears.into_iter().map(|(id, path)| (id, None, path)));
        for (n, effect) in step.effects.iter().enumerate() {
            let path = at!["transitions", i, "effects", n].to_vec();
            named.extend(named_by_effect(effect).into_iter().map(|(field, need)| (field, need, path.clone())));
        }
    }
    named
}

fn named_by_effect(effect: &Effect) -> Vec<(&String, Need)> {
    match effect {
        Effect::Assign(assign) => {
            let also = assign.also.as_ref().map(|also| (also, Some((&[FieldKind::Units][..], "`units`"))));
            std::iter::once((&assign.assign, Some((&[FieldKind::Unit][..], "a `unit`")))).chain(also).collect()
        }
        Effect::ReplaceParty(replace) => vec![(&replace.with, Some((&[FieldKind::Principal], "a `principal`")))],
        Effect::Link(link) => vec![(&link.link, Some((&[FieldKind::Case], "a `case`")))],
        Effect::Extend(extend) => vec![(&extend.to, Some((&[FieldKind::Date], "a `date`")))],
        Effect::Pause(pause) => vec![(&pause.until, Some((&[FieldKind::Date], "a `date`")))],
        Effect::Resume(_) => Vec::new(),
    }
}

fn named_by_conditions(definition: &Definition) -> Vec<(&String, Need, Path)> {
    let mut named = Vec::new();
    for (guard, path) in guards(definition).into_iter().flat_map(|(guard, path)| within(guard, path)) {
        match guard {
            Guard::Set(set) => named.push((&set.set, None, below(&path, at!["set"]))),
            Guard::Is(is) => {
                let comparable = Some((&[FieldKind::YesNo, FieldKind::Choice][..], "a `yes_no` or a `choice`"));
                named.push((&is.field, comparable, below(&path, at!["field"])));
            }
            Guard::Notice(notice) => {
                let dates = notice.after.iter().enumerate();
                named.extend(dates.map(|(n, field)| (field, DATE, below(&path, at!["after", n]))));
            }
            _ => {}
        }
    }
    named
}

fn named_by_deadlines(definition: &Definition) -> Vec<(&String, Need, Path)> {
    let mut named = Vec::new();
    for (id, deadline) in &definition.deadlines {
        named.extend(deadline.at.as_ref().map(|field| (field, DATE, at!["deadlines", id, "at"].to_vec())));
        let from = deadline.from.iter().enumerate();
        named.extend(from.map(|(n, field)| (field, DATE, at!["deadlines", id, "from", n].to_vec())));
    }
    named
}

fn named_by_bodies(definition: &Definition) -> Vec<(&String, Need, Path)> {
    let yes_no = Some((&[FieldKind::YesNo][..], "a `yes_no`"));
    let listed = definition.bodies.iter().filter_map(|(id, body)| Some((id, body.listed_if.as_ref()?)));
    listed.map(|(id, field)| (field, yes_no, at!["bodies", id, "listed_if"].to_vec())).collect()
}

fn named_by_dates(definition: &Definition) -> Vec<(&String, Need, Path)> {
    let dates = definition.fields.iter().filter_map(|(id, field)| Some((id, field.not_before.as_ref()?)));
    let dates = dates.map(|(id, other)| (other, DATE, at!["fields", id, "not_before"].to_vec()));
    dates.chain(definition.event.iter().map(|id| (id, DATE, at!["event"].to_vec()))).collect()
}

fn forms_problems(subject: &Subject<'_>) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (require, ask, path) in forms(subject.definition) {
        let mut seen: Vec<&String> = Vec::new();
        for (fields, key) in [(require, "require"), (ask, "ask")] {
            for (n, field) in fields.iter().enumerate() {
                if seen.contains(&field) {
                    let message = format!("the form asks for `{field}` twice: remove one");
                    problems.push(subject.problem(&FIELD_TWICE, &below(&path, at![key, n]), message));
                }
                seen.push(field);
            }
        }
    }
    problems
}

/// The sections of a start show each of its fields once.
fn sections(subject: &Subject<'_>) -> Vec<Problem> {
    let mut problems = Vec::new();
    let starts = subject.definition.start.iter().enumerate().filter(|(_, start)| !start.sections.is_empty());
    for (i, start) in starts {
        let asked: Vec<&String> = start.require.iter().chain(&start.ask).collect();
        let mut shown: Vec<&String> = Vec::new();
        for (n, section) in start.sections.iter().enumerate() {
            for (m, field) in section.fields.iter().enumerate() {
                let message = match (asked.contains(&field), shown.contains(&field)) {
                    (false, _) => format!("the start does not ask for `{field}`: name it there, or remove it here"),
                    (true, true) => format!("the form shows `{field}` twice: remove one"),
                    (true, false) => String::new(),
                };
                shown.push(field);
                if !message.is_empty() {
                    let path = at!["start", i, "sections", n, "fields", m];
                    problems.push(subject.problem(&SECTIONS, path, message));
                }
            }
        }
        for field in asked.into_iter().filter(|field| !shown.contains(field)) {
            let message = format!("no section shows `{field}`: add it to one");
            problems.push(subject.problem(&SECTIONS, at!["start", i, "sections"], message));
        }
    }
    problems
}

fn unused(subject: &Subject<'_>) -> Vec<Problem> {
    let definition = subject.definition;
    let asked: Vec<&String> =
        forms(definition).into_iter().flat_map(|(require, ask, _)| require.iter().chain(ask)).collect();
    let unused = definition.fields.keys().filter(|id| !asked.contains(id));
    unused
        .map(|id| {
            let message = format!("no step asks for `{id}`: ask for it, or remove it");
            subject.problem(&UNUSED_FIELD, at!["fields", id], message)
        })
        .collect()
}

fn of(subject: &Subject<'_>, i: usize, step: &Transition) -> Option<Problem> {
    let definition = subject.definition;
    let id = step.of.as_ref()?;
    let path = at!["transitions", i, "of"];
    let Some(field) = definition.fields.get(id) else {
        let known = definition.fields.keys().chain(definition.transitions.iter().map(|step| &step.id));
        let message =
            format!("there is neither a field nor a transition `{id}`{}", did_you_mean(id, known.map(String::as_str)));
        return definition.transition(id).is_none().then(|| subject.problem(&UNKNOWN_OF, path, message));
    };
    let texts = [FieldKind::Text, FieldKind::Proposal, FieldKind::Statement, FieldKind::Record];
    let message = format!("`{id}` is no text to confirm: `of` takes a text, a proposal, a statement or a record");
    (!texts.contains(&field.kind)).then(|| subject.problem(&FIELD_KIND, path, message))
}

/// One answer is the other's opposite: there is another step that says yes to the same.
fn declines(subject: &Subject<'_>, i: usize, step: &Transition) -> Option<Problem> {
    let declined = step.declines.as_ref()?;
    let mut others = subject.definition.transitions.iter().filter(|other| other.id != step.id);
    let message = format!("no other step confirms or accepts `{declined}`: name what is `of` one");
    let found = others.any(|other| other.of.as_ref() == Some(declined));
    (!found).then(|| subject.problem(&DECLINES, at!["transitions", i, "declines"], message))
}

/// Whether a body sees a line of a case, each party says for itself.
fn listed(subject: &Subject<'_>) -> Vec<Problem> {
    let fields = &subject.definition.fields;
    let shared = |field: &String| fields.get(field).is_some_and(|field| field.per != Some(Per::Party));
    let bodies = subject.definition.bodies.iter().filter_map(|(id, body)| Some((id, body.listed_if.as_ref()?)));
    let wrong = bodies.filter(|(_, field)| shared(field)).map(|(id, field)| {
        let message = format!("each party says for itself whether `{id}` sees a line: give `{field}` a `per: party`");
        subject.problem(&PER_PARTY, at!["bodies", id, "listed_if"], message)
    });
    wrong.collect()
}

/// A body has no principal, and a machine has none either: neither can give what each principal has its own of.
fn per_party(subject: &Subject<'_>, i: usize, step: &Transition) -> Option<Problem> {
    let own = |id: &&String| subject.definition.fields.get(*id).is_some_and(|field| field.per == Some(Per::Party));
    let field =
        step.form().find(own).filter(|_| step.by.iter().any(|by| matches!(by, By::Body(_) | By::Machine(_))))?;
    let message = format!(
        "each party has its own `{field}`, and `{}` is also taken by somebody who speaks for no party",
        step.id
    );
    Some(subject.problem(&PER_PARTY, at!["transitions", i, "by"], message))
}
