//! Guards: whether a condition holds for a case on a day, and how to say it in Swedish when it does not.

use chrono::NaiveDate;
use serde_json::Value;

use super::case::{Case, field_key};
use super::definition::{Definition, Guard, GuardNotice, Literal};
use crate::calendar::{Calendar, EndRule, in_words};
use crate::ids::PrincipalId;

/// What a guard is judged by.
#[derive(Clone, Copy)]
pub struct Scene<'a> {
    /// The definition.
    pub definition: &'a Definition,
    /// The case; none before it begins.
    pub case: Option<&'a Case>,
    /// Values given with the step, which count before the case's.
    pub given: Option<&'a std::collections::BTreeMap<String, Value>>,
    /// The principal whose own fields are meant.
    pub principal: Option<&'a PrincipalId>,
    /// The day of the step, Europe/Stockholm.
    pub day: NaiveDate,
    /// The working days.
    pub calendar: &'a Calendar,
}

impl Scene<'_> {
    /// Whether the guard holds.
    pub fn holds(&self, guard: &Guard) -> bool {
        match guard {
            Guard::Set(set) => self.is_set(&set.set),
            Guard::Is(is) => self.literal(&is.field) == Some(is.is.clone()),
            Guard::Happened(happened) => self.times(&happened.happened) >= happened.at_least,
            Guard::Notice(notice) => self.earliest(notice).is_some_and(|earliest| earliest <= self.day),
            Guard::Not(not) => !self.holds(&not.not),
            Guard::All(all) => all.all.iter().all(|guard| self.holds(guard)),
            Guard::Any(any) => any.any.iter().any(|guard| self.holds(guard)),
        }
    }

    /// Whether the field has a value. Where each party has its own and no principal is meant, all must have one.
    fn is_set(&self, field: &str) -> bool {
        let own = self.definition.fields.get(field).is_some_and(|field| field.per.is_some());
        match (self.principal, self.case) {
            (None, Some(case)) if own => case
                .principals(None)
                .all(|party| Scene { principal: Some(&party.principal), ..*self }.value(field).is_some()),
            _ => self.value(field).is_some(),
        }
    }

    /// The value of a field, as the principal sees it.
    pub fn value(&self, field: &str) -> Option<&Value> {
        if let Some(value) = self.given.and_then(|given| given.get(field)) {
            return Some(value);
        }
        let key = field_key(self.definition, field, self.principal);
        Some(&self.case?.fields.get(&key)?.value)
    }

    /// The civil date that a field holds.
    pub fn date(&self, field: &str) -> Option<NaiveDate> {
        NaiveDate::parse_from_str(self.value(field)?.as_str()?, "%Y-%m-%d").ok()
    }

    /// The latest of several date fields; none while one of them is empty.
    pub fn latest(&self, fields: &[String]) -> Option<NaiveDate> {
        fields.iter().map(|field| self.date(field)).collect::<Option<Vec<_>>>()?.into_iter().max()
    }

    /// The first day on which a notice has run out. The end of the period does not move to a working day: a notice that
    /// ends on a Sunday has been given.
    pub fn earliest(&self, notice: &GuardNotice) -> Option<NaiveDate> {
        let latest = self.latest(&notice.after)?;
        let derivation = self.calendar.due(latest, notice.notice, EndRule::AsCounted).ok()?;
        Some(derivation.due)
    }

    /// Says in Swedish what the guard asks for.
    pub fn describe(&self, guard: &Guard) -> String {
        match guard {
            Guard::Set(set) => format!("”{}” är ifyllt", self.title(&set.set)),
            Guard::Is(is) => format!("”{}” är {}", self.title(&is.field), self.literal_title(&is.field, &is.is)),
            Guard::Happened(happened) => {
                let title = self.definition.transition(&happened.happened).map_or("steget", |step| step.title.as_str());
                match happened.at_least {
                    1 => format!("”{title}” har skett"),
                    times => format!("”{title}” har skett minst {times} gånger"),
                }
            }
            Guard::Notice(notice) => match self.earliest(notice) {
                Some(day) => format!("tiden har gått till {}", in_words(day)),
                None => "de datum som tiden räknas från är ifyllda".to_owned(),
            },
            Guard::Not(not) => format!("inte att {}", self.describe(&not.not)),
            Guard::All(all) => self.join(&all.all, " och "),
            Guard::Any(any) => self.join(&any.any, " eller "),
        }
    }

    /// The notice inside a guard that has not run out, with its first day.
    pub fn waiting_notice(&self, guard: &Guard) -> Option<NaiveDate> {
        match guard {
            Guard::Notice(notice) => self.earliest(notice).filter(|earliest| *earliest > self.day),
            Guard::All(all) => all.all.iter().find_map(|guard| self.waiting_notice(guard)),
            _ => None,
        }
    }

    fn join(&self, guards: &[Guard], word: &str) -> String {
        guards.iter().map(|guard| self.describe(guard)).collect::<Vec<_>>().join(word)
    }

    fn literal(&self, field: &str) -> Option<Literal> {
        match self.value(field) {
            Some(Value::Bool(value)) => Some(Literal::YesNo(*value)),
            Some(Value::String(value)) => Some(Literal::Choice(value.clone())),
            _ => None,
        }
    }

    fn times(&self, transition: &str) -> u32 {
        self.case.and_then(|case| case.taken.get(transition)).map_or(0, |taken| taken.since)
    }

    fn title<'a>(&'a self, field: &'a str) -> &'a str {
        self.definition.fields.get(field).map_or(field, |field| field.title.as_str())
    }

    fn literal_title(&self, field: &str, literal: &Literal) -> String {
        match literal {
            Literal::YesNo(true) => "ja".to_owned(),
            Literal::YesNo(false) => "nej".to_owned(),
            Literal::Choice(choice) => {
                let options = self.definition.fields.get(field).map(|field| &field.options);
                let title = options.and_then(|options| options.get(choice)).map(|choice| choice.title.clone());
                format!("”{}”", title.unwrap_or_else(|| choice.clone()))
            }
        }
    }
}
