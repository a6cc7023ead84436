//! `texts/*`: titles, mails and the rules that are named; whatever a person reads. To whom a mail goes: see `recipients`.

use serde_json::Value;

use super::uses::{Path, below, notices};
use super::{Problem, Subject, at};
use crate::personal_number;
use crate::workflow::classes::{EMPTY_TITLE, PERSONAL_NUMBER, SAME_TITLE, UNKNOWN_RULE, UNKNOWN_TEMPLATE};
use crate::workflow::definition::Transition;
use crate::workflow::problem::{Class, did_you_mean};
use crate::workflow::source::{Node, Segment, Tree};

pub fn check(subject: &Subject<'_>) -> Vec<Problem> {
    let mut problems = [templates(subject), same_titles(subject)].concat();
    everywhere(subject, subject.root, &mut Vec::new(), &mut problems);
    problems
}

/// Texts, titles and rules stand in so many places that the tree itself is searched for them.
fn everywhere(subject: &Subject<'_>, node: &Node, path: &mut Path, problems: &mut Vec<Problem>) {
    let children: Vec<(Segment, &Node)> = match &node.tree {
        Tree::Scalar(_) => Vec::new(),
        Tree::List(items) => items.iter().enumerate().map(|(n, item)| (n.into(), item)).collect(),
        Tree::Map(entries) => entries.iter().map(|entry| (Segment::from(&entry.key), &entry.node)).collect(),
    };
    for (segment, child) in children {
        path.push(segment);
        match (path.last(), &child.tree) {
            (Some(Segment::Key(key)), Tree::List(rules)) if key == "basis" => {
                problems.extend(
                    rules.iter().enumerate().filter_map(|(n, rule)| unknown_rule(subject, rule, &below(path, at![n]))),
                );
            }
            (last, Tree::Scalar(Value::String(text))) => {
                let is_title = matches!(last, Some(Segment::Key(key)) if key == "title");
                problems.extend(text_fault(text, is_title).map(|(class, told)| subject.problem(class, path, told)));
            }
            _ => everywhere(subject, child, path, problems),
        }
        path.pop();
    }
}

/// What is wrong with a text by itself. What it holds is not repeated.
fn text_fault(text: &str, is_title: bool) -> Option<(&'static Class, &'static str)> {
    if personal_number::contains(text) {
        let message = "a personal identity number: what stands here cannot be removed from any case";
        return Some((&PERSONAL_NUMBER, message));
    }
    let is_empty = is_title && text.trim().is_empty();
    is_empty.then_some((&EMPTY_TITLE, "this title has no word: users would see nothing"))
}

fn unknown_rule(subject: &Subject<'_>, rule: &Node, path: &[Segment]) -> Option<Problem> {
    let Tree::Scalar(id) = &rule.tree else { return None };
    let id = id.as_str().filter(|id| subject.env.rules.get(id).is_none())?;
    let hint = did_you_mean(id, subject.env.rules.iter().map(|rule| rule.id.as_str()));
    let message = format!("there is no rule `{id}` in workflows/rules.yaml{hint}");
    Some(subject.problem(&UNKNOWN_RULE, path, message))
}

fn templates(subject: &Subject<'_>) -> Vec<Problem> {
    let definition = subject.definition;
    let told = notices(definition).into_iter();
    let told = told.map(|(notify, _, path)| (&notify.mail, below(&path, at!["mail"])));
    let reminders = definition.deadlines.iter().flat_map(|(id, deadline)| {
        let steps = deadline.remind.iter().enumerate();
        steps.map(move |(n, step)| (&step.mail, at!["deadlines", id, "remind", n, "mail"].to_vec()))
    });
    let unknown = told.chain(reminders).filter(|(mail, _)| !subject.env.templates.contains(&mail.as_str()));
    unknown
        .map(|(mail, path)| {
            let hint = did_you_mean(mail, subject.env.templates.iter().copied());
            subject.problem(
                &UNKNOWN_TEMPLATE,
                &path,
                format!("there is no template `{mail}` in email_templates/{hint}"),
            )
        })
        .collect()
}

fn same_titles(subject: &Subject<'_>) -> Vec<Problem> {
    let definition = subject.definition;
    let mut problems = Vec::new();
    let states: Vec<_> = definition.states.iter().collect();
    for (n, (id, state)) in states.iter().enumerate() {
        if let Some((other, _)) = states[..n].iter().find(|(_, other)| other.title == state.title) {
            let message = format!("the state `{other}` has the same title: nobody could tell them apart");
            problems.push(subject.problem(&SAME_TITLE, at!["states", *id, "title"], message));
        }
    }
    let offered_together = |a: &Transition, b: &Transition| {
        let states = definition.states_of(&a.from);
        a.title == b.title
            && states.iter().any(|state| definition.holds(&b.from, state))
            && a.by.iter().any(|by| b.by.iter().any(|other| by == other))
    };
    for (n, step) in definition.transitions.iter().enumerate() {
        if let Some(other) = definition.transitions[..n].iter().find(|other| offered_together(other, step)) {
            let message =
                format!("`{}` is offered beside it with the same title: nobody could tell them apart", other.id);
            problems.push(subject.problem(&SAME_TITLE, at!["transitions", n, "title"], message));
        }
    }
    problems
}
