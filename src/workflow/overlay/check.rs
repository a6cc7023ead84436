//! Whether an overlay only adds what a local agreement may: every fault that can be found by holding it against its base, all of
//! them at once. What the two make together is judged by [`crate::workflow::check`].

mod limits;

use serde_json::Value;

use super::classes::{DEADLINE, FIELD, FIXED, FORM, NOT_LOCAL, OPTIONS, SHADOWS, STEP, UNKNOWN_NAME, VERSION};
use super::{Overlay, head};
use crate::workflow::definition::{
    By, Deadline, Definition, Field, FieldKind, Local, Notify, OneOrMany, Recipient, Source, StepKind, Transition,
};
use crate::workflow::load::{Environment, Loaded};
use crate::workflow::problem::{Class, Problem, did_you_mean};
use crate::workflow::source::{Node, Segment, at};

/// Words by which the agreement binds. What it says in other words binds as far as nothing is marked as somebody's own idea.
const BINDING: [&str; 3] = ["ska", "skall", "skyldighet"];
/// Words that are not the agreement's, or by which it leaves something open.
const OPEN: [&str; 3] = ["kan", "praxis", "ours"];

/// The mails of own steps and deadlines: what they say is true of a case that stays where it is.
const MAILS: [&str; 5] = ["changed", "your_turn", "reminder", "overdue", "silence"];
/// How often an own reminder comes again at most.
const MOST_REPEATS: u32 = 12;

/// An overlay under examination, with its base.
struct Judge<'a> {
    file: &'a str,
    root: &'a Node,
    overlay: &'a Overlay,
    base: &'a Definition,
    env: &'a Environment<'a>,
    problems: Vec<Problem>,
}

/// The base, where the overlay may lie over it.
pub fn check<'k>(
    file: &str,
    root: &Node,
    overlay: &Overlay,
    known: &'k [Loaded],
    env: &Environment<'_>,
) -> Result<&'k Loaded, Vec<Problem>> {
    let mut problems = head::alone(file, root, overlay);
    let base = match head::base(overlay, known) {
        Ok(base) => base,
        Err((key, message)) => {
            problems.push(Problem::new(&VERSION, file, root.find(at![key]), message));
            return Err(problems);
        }
    };
    let mut judge = Judge { file, root, overlay, base: &base.definition, env, problems };
    judge.finality();
    judge.only_limits();
    judge.fields();
    judge.options();
    judge.forms();
    judge.steps();
    judge.limits();
    judge.deadlines();
    if judge.problems.is_empty() { Ok(base) } else { Err(judge.problems) }
}

impl<'a> Judge<'a> {
    fn report(&mut self, class: &'static Class, path: &[Segment], message: impl Into<String>) {
        self.problems.push(Problem::new(class, self.file, self.root.find(path), message));
    }

    /// What may never change lies over nothing that may.
    fn finality(&mut self) {
        let Overlay { principal, version, title, county, .. } = self.overlay;
        let local = Local { principal: principal.clone(), version: *version, title: title.clone(), county: *county };
        let made = Definition { local: Some(local), ..self.base.clone() };
        let is_final = |definition| self.env.lock.get(definition).is_some_and(|locked| locked.is_final);
        if is_final(&made) && !is_final(self.base) {
            let message = format!("{} is final, and {} is a draft: it may still change", made.name(), self.base.name());
            self.report(&VERSION, at![self.overlay.lies_over()], message);
        }
    }

    /// The rule by which the agreement fixes something that rests on these rules, and its force.
    fn fixed(&self, basis: &[String], source: Option<Source>) -> Option<String> {
        let rules = basis.iter().filter_map(|id| self.env.rules.get(id));
        let mut binding = rules.filter(|rule| {
            let force = rule.force.as_str();
            BINDING.contains(&force) || (source.is_none() && !OPEN.contains(&force))
        });
        let rule = binding.next()?;
        let lines = rule.lines.as_ref().map(|lines| format!(", lines {lines}")).unwrap_or_default();
        Some(format!("rests on {} ({}{lines})", rule.id, rule.force))
    }

    /// Reports a name that the base has already.
    fn own_name(&mut self, path: &[Segment], what: &str, name: &str, taken: bool) {
        if taken {
            self.report(&SHADOWS, path, format!("the base has a {what} `{name}`: give yours another id"));
        }
    }

    /// Reports a name that the base does not have.
    fn unknown<'n>(&mut self, path: &[Segment], what: &str, name: &str, names: impl Iterator<Item = &'n String>) {
        let hint = did_you_mean(name, names.map(String::as_str));
        let base = self.base.name();
        self.report(&UNKNOWN_NAME, path, format!("{base} has no {what} `{name}`{hint}"));
    }

    fn fields(&mut self) {
        for (id, field) in &self.overlay.fields {
            self.own_name(at!["fields", id], "field", id, self.base.fields.contains_key(id));
            self.field(&["fields".into(), id.into()], field);
            if let Some(carried) = field.carries.as_ref().filter(|carried| self.base.fields.contains_key(*carried)) {
                let message = format!("`{carried}` is of the base: documents that go with an own text are its own");
                self.report(&FIELD, at!["fields", id, "carries"], message);
            }
        }
    }

    fn field(&mut self, path: &[Segment], field: &Field) {
        if matches!(field.kind, FieldKind::Proposal | FieldKind::Statement) {
            let message = "what is confirmed or written for a body is the agreement's: make it a `text`";
            self.report(&FIELD, path, message);
        }
        if field.dates_step {
            self.report(&FIELD, path, "when a step of the base happened is not for an own field to say");
        }
    }

    fn options(&mut self) {
        for (id, more) in &self.overlay.options {
            let Some(field) = self.base.fields.get(id) else {
                self.unknown(at!["options", id], "field", id, self.base.fields.keys());
                continue;
            };
            if !matches!(field.kind, FieldKind::Choice | FieldKind::Choices) {
                self.report(&OPTIONS, at!["options", id], format!("`{id}` is no choice: it has no options"));
            }
            if let Some(rule) = self.fixed(&field.basis, field.source) {
                let message = format!("`{id}` {rule}: the agreement names what there is to choose from");
                self.report(&FIXED, at!["options", id], message);
            } else if is_judged_by_value(self.base, id) {
                let message =
                    format!("`{id}` decides by its values what follows: an option of your own would decide nothing");
                self.report(&OPTIONS, at!["options", id], message);
            }
            for option in more.options.keys() {
                let taken = field.options.contains_key(option);
                self.own_name(at!["options", id, "options", option], "option", option, taken);
            }
            for group in more.groups.keys() {
                let taken = field.groups.contains_key(group);
                self.own_name(at!["options", id, "groups", group], "heading", group, taken);
            }
        }
    }

    fn forms(&mut self) {
        for (id, more) in &self.overlay.forms {
            let path = at!["forms", id];
            let base = self.base;
            let start = base.start.iter().find(|start| start.id == *id);
            let start = start.map(|it| (&it.by, &it.basis, it.source, vec![it.target.as_str()], it.target.as_str()));
            let step =
                |it: &'a Transition| (&it.by, &it.basis, it.source, base.states_of(&it.from), it.target.as_str());
            let step = || base.transition(id).map(step);
            let Some((by, basis, source, states, target)) = start.or_else(step) else {
                let steps = base.transitions.iter().map(|step| &step.id);
                self.unknown(path, "start or step", id, base.start.iter().map(|start| &start.id).chain(steps));
                continue;
            };
            if !by.iter().any(|by| matches!(by, By::Party(_) | By::Each(_))) {
                self.report(&FORM, path, format!("no party takes `{id}`: its form is not for a local agreement"));
            }
            if let Some(rule) = self.binding(basis, source) {
                self.report(&FIXED, path, format!("`{id}` {rule}: the agreement says what it takes"));
            }
            self.local(path, &states);
            if !more.require.is_empty() {
                // What leads on, to a body, to court or to the end, nobody is to be kept from.
                self.local(at!["forms", id, "require"], &[target]);
            }
            for (n, name) in more.require.iter().enumerate() {
                let field = self.overlay.fields.get(name);
                if let Some(kind) = field.map(|field| field.kind).filter(|kind| !everybody_can_give(*kind)) {
                    let message =
                        format!("not everybody has a {kind:?} to give: ask for `{name}` instead of requiring it");
                    self.report(&FORM, at!["forms", id, "require", n], message);
                }
            }
            for (key, names) in [("require", &more.require), ("ask", &more.ask)] {
                for (n, name) in names.iter().enumerate() {
                    if !self.overlay.fields.contains_key(name) {
                        let message = format!("`{name}` is no field of this file: a form asks for own fields besides");
                        self.report(&FORM, at!["forms", id, key, n], message);
                    }
                }
            }
        }
    }

    /// Like `fixed`, where only the agreement's binding words count: a step rests on what it serves.
    fn binding(&self, basis: &[String], source: Option<Source>) -> Option<String> {
        self.fixed(basis, source.or(Some(Source::Ours)))
    }

    fn steps(&mut self) {
        for (n, step) in self.overlay.transitions.iter().enumerate() {
            let taken = self.base.step_title(&step.id).is_some();
            self.own_name(at!["transitions", n], "step", &step.id, taken);
            let states = self.states(&step.from);
            self.local(at!["transitions", n, "from"], &states);
            self.step(n, step);
            self.mail(&["transitions".into(), n.into(), "notify".into()], step.notify.as_ref());
        }
    }

    /// What an own step may not be.
    fn step(&mut self, n: usize, step: &Transition) {
        let mut report = |key: &str, message: &str| self.report(&STEP, at!["transitions", n, key], message);
        if !step.stays() {
            report("target", "an own step stays: write `target: stay`; only the agreement's steps move a case");
        }
        if !step.by.iter().all(|by| matches!(by, By::Party(_) | By::Each(_))) {
            report("by", "an own step is a party's: no body takes it, and nothing raises it");
        }
        if !matches!(step.kind, StepKind::Event | StepKind::Statement) {
            report(
                "kind",
                "what is proposed, decided, recommended or accepted is the agreement's: an own step is an event or a statement",
            );
        }
        if !step.effects.is_empty() {
            report("effects", "an own step has no effects: it notes what was done");
        }
        if step.declines.is_some() {
            report("declines", "an own step is no answer to one of the base's");
        }
        let own = |name: &String| self.overlay.fields.contains_key(name);
        let foreign = |key, names: &[String]| -> Vec<_> {
            (0..).zip(names).filter(|(_, name)| !own(name)).map(|(at, _): (usize, _)| (key, at)).collect()
        };
        let asked = [("require", &step.require), ("ask", &step.ask), ("clears", &step.clears)];
        let foreign: Vec<_> = asked.into_iter().flat_map(|(key, names)| foreign(key, names)).collect();
        for (key, at) in foreign {
            let message = "an own step gives and empties own fields: those of the base are given by its own steps";
            self.report(&STEP, at!["transitions", n, key, at], message);
        }
        let about = step.of.as_ref().filter(|of| {
            !self.overlay.fields.contains_key(*of) && !self.overlay.transitions.iter().any(|own| own.id == **of)
        });
        if about.is_some() {
            self.report(&STEP, at!["transitions", n, "of"], "an own step confirms nothing of the base's");
        }
    }

    fn deadlines(&mut self) {
        for (id, deadline) in &self.overlay.deadlines {
            self.own_name(at!["deadlines", id], "deadline", id, self.base.deadlines.contains_key(id));
            let states = self.states(&deadline.during);
            self.local(at!["deadlines", id, "while"], &states);
            self.deadline(id, deadline);
            for (n, step) in deadline.remind.iter().enumerate() {
                let path: &[Segment] = at!["deadlines", id, "remind", n];
                self.no_body(path, &step.to);
                self.is_true(path, &step.mail);
                if step.repeat.as_ref().is_some_and(|repeat| repeat.times > MOST_REPEATS) {
                    let message = format!("it reminds again at most {MOST_REPEATS} times");
                    self.report(&DEADLINE, path, message);
                }
            }
        }
    }

    fn deadline(&mut self, id: &str, deadline: &Deadline) {
        if deadline.then.is_some() {
            let message = "an own deadline reminds: nothing of the agreement's follows from its end";
            self.report(&DEADLINE, at!["deadlines", id, "then"], message);
        }
        if deadline.pause.is_some() || deadline.extend.is_some() {
            self.report(&DEADLINE, at!["deadlines", id], "no step of the base pauses or extends an own deadline");
        }
    }

    fn states(&self, names: &OneOrMany<String>) -> Vec<&'a str> {
        self.base.states_of(names)
    }

    /// Reports a state that is not within local management: an end, one where a body has the move, or one that a body reads.
    fn local(&mut self, path: &[Segment], states: &[&str]) {
        let base = self.base;
        let beyond = states.iter().find_map(|id| {
            let state = base.states.get(*id)?;
            let why = match (&state.outcome, &state.turn, base.bodies_reached(id).next()) {
                (Some(_), ..) => "the case has ended there".to_owned(),
                (_, Some(By::Body(body)), _) => format!("it is the move of `{}` there", body.body),
                (_, _, Some(body)) => format!("`{body}` reads the case there"),
                _ => return None,
            };
            Some(format!("`{id}` is not within local management: {why}"))
        });
        if let Some(message) = beyond {
            self.report(&NOT_LOCAL, path, message);
        }
    }

    fn mail(&mut self, path: &[Segment], notify: Option<&Notify>) {
        let recipients: Vec<_> = notify.into_iter().flat_map(|notify| notify.to.iter()).collect();
        recipients.into_iter().for_each(|to| self.no_body(path, to));
        if let Some(notify) = notify {
            self.is_true(path, &notify.mail);
        }
    }

    /// Reports a mail that says more than an own step or deadline brings about, such as that the case has ended.
    fn is_true(&mut self, path: &[Segment], mail: &str) {
        if !MAILS.contains(&mail) {
            let message = format!("`{mail}` would not be true of it: there are {}", MAILS.join(", "));
            self.report(&STEP, path, message);
        }
    }

    fn no_body(&mut self, path: &[Segment], to: &Recipient) {
        if let Recipient::Body(body) = to {
            let message = format!("no mail of a local agreement goes to `{}`", body.body);
            self.report(&NOT_LOCAL, path, message);
        }
    }
}

/// Whether something of the base goes by a value of the field: a condition, a product, which has one scale in the whole county, or the
/// program itself, to which `urgency` says what is urgent.
fn is_judged_by_value(base: &Definition, field: &str) -> bool {
    fn judges(value: &Value, field: &str) -> bool {
        match value {
            Value::Object(members) => {
                let is_condition =
                    members.get("field").and_then(Value::as_str) == Some(field) && members.contains_key("is");
                is_condition || members.values().any(|member| judges(member, field))
            }
            Value::Array(items) => items.iter().any(|item| judges(item, field)),
            _ => false,
        }
    }
    let is_factor = base.products.values().any(|product| product.of.iter().any(|factor| factor == field));
    field == "urgency" || is_factor || serde_json::to_value(base).is_ok_and(|document| judges(&document, field))
}

/// Whether anybody who fills in the form has something to give.
fn everybody_can_give(kind: FieldKind) -> bool {
    use FieldKind::{Case, Documents, Principal, Unit, Units};
    !matches!(kind, Case | Documents | Principal | Unit | Units)
}
