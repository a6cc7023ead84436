//! Reads a scenario: the shape first, then whether its steps fit together.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{NaiveDate, NaiveTime};
use serde_json::Value;

use super::{Datum, Deed, File, Scenario, Scene};
use crate::calendar::{Calendar, EndRule, Period, at};
use crate::clock::Timestamp;
use crate::workflow::engine::Happened;
use crate::workflow::problem::{Class, Position, Problem, Severity, in_order};
use crate::workflow::source::{Node, Segment};
use crate::workflow::{schema, shape, source};

/// Things in a scenario that do not fit together.
static UNFIT: Class =
    Class { id: "scenario/unfit", severity: Severity::Error, what: "a step that cannot be played as it is written" };

/// Reads a scenario. `today` is what relative times count from; without it they are a problem.
///
/// # Errors
/// Everything that is wrong with the file, each with its place.
pub fn read(file: &str, text: &str, today: Option<NaiveDate>) -> Result<Scenario, Vec<Problem>> {
    let schema = schema::strict(schemars::schema_for!(File));
    let (root, found) = shape::typed::<File>(file, source::read(file, text), &schema)?;
    let mut reader = Reader { file, root: &root, today, names: BTreeSet::new(), problems: Vec::new() };
    let scenes = reader.scenes(&found.steps);
    match reader.problems.is_empty() {
        true => Ok(Scenario { file: file.to_owned(), title: found.title, lead: found.lead, scenes }),
        false => Err(in_order(reader.problems)),
    }
}

struct Reader<'a> {
    file: &'a str,
    root: &'a Node,
    today: Option<NaiveDate>,
    names: BTreeSet<&'a str>,
    problems: Vec<Problem>,
}

impl<'a> Reader<'a> {
    fn scenes(&mut self, deeds: &'a [Deed]) -> Vec<Scene> {
        let mut now = None;
        let mut scenes = Vec::new();
        for (step, deed) in deeds.iter().enumerate() {
            self.refer(step, deed);
            now = match deed.at() {
                Some(text) => self.instant(step, text).or(now),
                None => now,
            };
            let Some(at) = now else {
                self.problem(step, "the first step needs an `at`");
                continue;
            };
            let (line, data) = (self.position(step).line, self.data(step, deed));
            let happened = deed.happened().map_or(Happened::Now, |text| self.happened(step, text));
            scenes.push(Scene { line, at, deed: deed.clone(), data, happened });
        }
        scenes.sort_by_key(|scene| scene.at);
        scenes
    }

    fn position(&self, step: usize) -> Position {
        self.root.find(&[Segment::from("steps"), Segment::from(step)])
    }

    fn problem(&mut self, step: usize, what: impl Into<String>) {
        self.problems.push(Problem::new(&UNFIT, self.file, self.position(step), what));
    }

    /// A case must have been registered, and under a name of its own.
    fn refer(&mut self, step: usize, deed: &'a Deed) {
        for name in deed.cases().filter(|name| !self.names.contains(name)).collect::<Vec<_>>() {
            self.problem(step, format!("no case above was registered as `{name}`"));
        }
        if let Deed::Register(register) = deed
            && register.refused.is_none()
            && !self.names.insert(&register.name)
        {
            self.problem(step, format!("another case is registered as `{}`", register.name));
        }
    }

    fn instant(&mut self, step: usize, text: &str) -> Option<Timestamp> {
        let found = text.split_once(' ').and_then(|(date, time)| Some((self.date(date)?, time_of(time)?)));
        if found.is_none() {
            self.problem(step, format!("`{text}` is no time: write 2026-03-02 09:10{}", self.relative("-40d 09:10")));
        }
        found.map(|(date, time)| at(date, time))
    }

    fn happened(&mut self, step: usize, text: &str) -> Happened {
        if text.contains(' ') {
            return self.instant(step, text).map_or(Happened::Now, Happened::At);
        }
        match self.date(text) {
            Some(date) => Happened::On(date),
            None => {
                self.problem(step, format!("`{text}` is no date: write 2026-03-02{}", self.relative("-40d")));
                Happened::Now
            }
        }
    }

    fn relative(&self, example: &str) -> String {
        self.today.map(|_| format!(" or {example}")).unwrap_or_default()
    }

    fn date(&self, text: &str) -> Option<NaiveDate> {
        let absolute = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok();
        absolute.or_else(|| counted(self.today?, text.parse().ok()?))
    }

    fn data(&mut self, step: usize, deed: &'a Deed) -> BTreeMap<String, Value> {
        let given = deed.data().into_iter().flat_map(|data| data.iter()).flatten();
        given.map(|(name, datum)| (name.clone(), self.value(step, datum))).collect()
    }

    fn value(&mut self, step: usize, datum: &Datum) -> Value {
        match datum {
            Datum::YesNo(value) => Value::from(*value),
            Datum::Number(value) => Value::from(*value),
            Datum::List(items) => items.iter().map(|item| self.value(step, item)).collect(),
            Datum::Record(fields) => {
                Value::Object(fields.iter().map(|(name, datum)| (name.clone(), self.value(step, datum))).collect())
            }
            Datum::Text(text) => match text.strip_prefix('$') {
                Some(name) if self.names.contains(name) => Value::from(text.as_str()),
                Some(period) => match self.date(period) {
                    Some(date) => Value::from(date.to_string()),
                    None => {
                        self.problem(step, format!("`{text}` is neither a case above nor a date so long ago"));
                        Value::Null
                    }
                },
                None => Value::from(text.as_str()),
            },
        }
    }
}

fn counted(from: NaiveDate, period: Period) -> Option<NaiveDate> {
    Calendar::swedish().due(from, period, EndRule::AsCounted).ok().map(|derivation| derivation.due)
}

fn time_of(text: &str) -> Option<NaiveTime> {
    NaiveTime::parse_from_str(text, "%H:%M").ok()
}
