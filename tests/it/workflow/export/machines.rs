//! Random definitions that the checker lets pass: conditions of every kind, clocks through sets of states, joint steps, steps
//! that stay and lead back. Made by dice, so that a seed makes the same one for ever.

use samsyn::ids::IdSource;
use samsyn::workflow::definition::Definition;
use serde_json::{Value, json};

use crate::support::values::{pick, roll};
use crate::workflow::load_alone;

/// The first valid definition that a seed makes.
pub fn machine(seed: u64) -> Definition {
    let dice = IdSource::seeded(seed);
    let found = (0..200).find_map(|_| load_alone("m.yaml", &Maker::new(&dice).document().to_string()).ok());
    found.unwrap_or_else(|| panic!("seed {seed} makes no valid definition")).definition
}

/// Two clocks that run out at one instant where a weekend comes between, and lead to different ends: it is the order of their names
/// that counts, not that of the file.
pub fn tied() -> Definition {
    let text = r#"
format: 1
workflow: m
version: 1
title: M
basis: []
parties: {sender: {title: S}, receiver: {title: R, opposite: sender}}
roles: [handler]
fields: {}
start: [{id: go, title: Go, target: open, by: {party: sender, role: handler}}]
states:
  open: {title: O, turn: {party: receiver, role: handler}}
  won: {title: W, final: won}
  lost: {title: L, final: lost}
transitions:
  - {id: talk, title: T, from: open, target: stay, by: {party: any, role: handler}}
  - {id: win, title: V, from: open, target: won, by: {raised_by: deadline}}
  - {id: lose, title: X, from: open, target: lost, by: {raised_by: deadline}}
deadlines:
  second_by_name: {title: A, while: open, after: 12d, end: next_working_day, then: win, source: ours}
  first_by_name: {title: B, while: open, after: 13d, end: next_working_day, then: lose, source: ours}
"#;
    load_alone("tied.yaml", text).unwrap().definition
}

struct Maker<'a> {
    dice: &'a IdSource,
    /// How many states are not final; they lead onwards, from the first to a final one.
    waiting: usize,
    steps: Vec<Value>,
    deadlines: Vec<(String, Value)>,
}

impl<'a> Maker<'a> {
    fn new(dice: &'a IdSource) -> Maker<'a> {
        Maker { dice, waiting: 2 + roll(dice, 5), steps: Vec::new(), deadlines: Vec::new() }
    }

    fn document(mut self) -> Value {
        for n in 1..self.waiting {
            let from = json!(format!("s{}", roll(self.dice, n)));
            self.step(from, &format!("s{n}"));
        }
        for n in 0..self.waiting {
            let onward = self.onward(n + 1);
            self.step(json!(format!("s{n}")), &onward);
        }
        for _ in 0..roll(self.dice, 6) {
            let (from, to) = (self.set(), self.anywhere());
            self.step(from, &to);
            let when = self.guard(2);
            self.steps.last_mut().unwrap()["when"] = when;
        }
        let all: Vec<_> = (0..self.waiting).map(|n| format!("s{n}")).collect();
        let remind = json!([{"at": "0d", "to": {"role": "handler", "party": "sender"}}]);
        self.deadlines.push((
            "cover".into(),
            json!({"title": "C", "while": all, "after": "90d", "source": "ours", "remind": remind}),
        ));
        for n in 0..roll(self.dice, 4) {
            self.deadline(n);
        }
        let states: serde_json::Map<_, _> = (0..self.waiting).map(|n| self.waits(n)).chain(ends()).collect();
        let groups = json!({"some": all[..1 + roll(self.dice, all.len())]});
        self.steps.push(json!({"id": "in_group", "title": "G", "from": "some", "target": "stay", "by": any(), "ask": ["due", "flag"]}));
        json!({
            "format": 1, "workflow": "m", "version": 1, "title": "M", "basis": [],
            "parties": {"sender": {"title": "S"}, "receiver": {"title": "R", "opposite": "sender"}},
            "roles": ["handler"], "fields": fields(),
            "start": [{"id": "go", "title": "Go", "target": "s0", "by": {"party": "sender", "role": "handler"}, "require": ["day"], "ask": ["due"]}],
            "states": states, "groups": groups, "transitions": self.steps,
            "deadlines": self.deadlines.into_iter().collect::<serde_json::Map<_, _>>(),
        })
    }

    fn waits(&self, n: usize) -> (String, Value) {
        (format!("s{n}"), json!({"title": format!("S{n}"), "turn": {"party": "receiver", "role": "handler"}}))
    }

    /// A state from the `n`th on, or a final one.
    fn onward(&self, n: usize) -> String {
        match roll(self.dice, self.waiting + 2 - n) {
            0 => "won".to_owned(),
            1 => "lost".to_owned(),
            more => format!("s{}", n + more - 2),
        }
    }

    fn anywhere(&self) -> String {
        if roll(self.dice, 3) == 0 { "stay".to_owned() } else { self.onward(0) }
    }

    fn set(&self) -> Value {
        let names = (0..self.waiting).map(|n| format!("s{n}")).filter(|_| roll(self.dice, 2) == 0);
        let names: Vec<_> = names.collect();
        if names.is_empty() { json!("s0") } else { json!(names) }
    }

    fn step(&mut self, from: Value, to: &str) {
        let n = self.steps.len();
        let by = match roll(self.dice, 6) {
            0 => json!({"each_party": "handler"}),
            1 => json!({"party": "sender", "role": "handler"}),
            _ => any(),
        };
        let ask: Vec<_> =
            ["flag", "level", "day", "due", "words"].into_iter().filter(|_| roll(self.dice, 3) == 0).collect();
        let mut step =
            json!({"id": format!("t{n}"), "title": format!("T{n}"), "from": from, "target": to, "by": by, "ask": ask});
        if roll(self.dice, 4) == 0 {
            step["clears"] = json!([pick(self.dice, &["flag", "level", "words"])]);
        }
        self.steps.push(step);
    }

    /// A condition that never asks for a field that may be empty without asking whether it is.
    fn guard(&self, depth: usize) -> Value {
        let steps = self.steps.len();
        match roll(self.dice, if depth == 0 { 5 } else { 8 }) {
            0 => json!({"set": pick(self.dice, &["flag", "level", "words", "due"])}),
            1 => json!({"all": [{"set": "flag"}, {"field": "flag", "is": roll(self.dice, 2) == 0}]}),
            2 => json!({"all": [{"set": "level"}, {"field": "level", "is": pick(self.dice, &["low", "high"])}]}),
            3 => json!({"happened": format!("t{}", roll(self.dice, steps)), "at_least": 1 + roll(self.dice, 2)}),
            4 => json!({"notice": pick(self.dice, &["3d", "2wd", "1w", "1m"]), "after": ["day"]}),
            5 => json!({"not": self.guard(depth - 1)}),
            6 => json!({"any": [self.guard(depth - 1), self.guard(depth - 1)]}),
            _ => json!({"all": [self.guard(depth - 1), self.guard(depth - 1)]}),
        }
    }

    /// A clock that raises a step, mostly; never back, or deadlines alone could go round.
    fn deadline(&mut self, n: usize) {
        let first = roll(self.dice, self.waiting);
        let last = first + roll(self.dice, self.waiting - first);
        let during: Vec<_> = (first..=last).map(|n| format!("s{n}")).collect();
        let mut deadline = json!({"title": format!("D{n}"), "while": during, "source": "ours"});
        // Some of these run out together where a weekend comes between.
        let lengths = ["4d", "9d", "3wd", "7wd", "2w", "14d", "1m", "0d"];
        match roll(self.dice, 5) {
            0 => deadline["at"] = json!("due"),
            1 => (deadline["from"], deadline["after"]) = (json!(["day"]), json!(pick(self.dice, &lengths))),
            _ => deadline["after"] = json!(pick(self.dice, &lengths)),
        }
        if roll(self.dice, 2) == 0 {
            deadline["end"] = json!("next_working_day");
        }
        if roll(self.dice, 3) == 0 {
            deadline["when"] = self.guard(1);
        }
        let (id, target) = (format!("late{n}"), self.onward(last + 1));
        deadline["then"] = json!(id);
        self.steps.push(json!({"id": id, "title": format!("L{n}"), "from": during, "target": target, "by": {"raised_by": "deadline"}}));
        // The names, which are what counts, run against the order of the file.
        self.deadlines.push((format!("clock{}", 9 - n), deadline));
    }
}

fn any() -> Value {
    json!({"party": "any", "role": "handler"})
}

fn ends() -> [(String, Value); 2] {
    ["won", "lost"].map(|end| (end.to_owned(), json!({"title": end, "final": end})))
}

fn fields() -> Value {
    json!({
        "flag": {"type": "yes_no", "title": "F"},
        "level": {"type": "choice", "title": "L", "options": {"low": {"title": "Low"}, "high": {"title": "High"}}},
        "day": {"type": "date", "title": "D"},
        "due": {"type": "date", "title": "Due", "must_be": "coming"},
        "words": {"type": "text", "title": "W"},
    })
}
