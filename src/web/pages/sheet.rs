//! A form of its own page: fields of one line, days and choices, with what was typed and what must be mended.

use maud::{Markup, html};

use super::field::{Field, Group, Line};
use super::parts::{csrf, key, summary};
use super::texts as words;
use super::visit::{Form, KEY, Visit, day};
use super::{Answer, Outcome};
use crate::app::AppError;
use crate::app::sessions::Signed;
use crate::workflow::rejection::{Code, Reason};

/// What a form is shown with.
pub struct Sheet<'a> {
    /// What stands in it.
    pub typed: &'a Form,
    /// What must be mended.
    pub reasons: &'a [Reason],
}

impl Sheet<'_> {
    /// The whole form, with one button.
    pub fn form(
        &self,
        visit: &Visit,
        signed: &Signed,
        (title, button, back): (&str, &str, &str),
        fields: &Markup,
    ) -> Markup {
        html! {
            (summary(self.reasons, &|_| None))
            h1 { (title) }
            form method="post" action=(visit.path()) {
                (csrf(signed))
                (key(visit.form.get(KEY), || visit.app.ids.secret()))
                (fields)
                div .buttons {
                    button type="submit" { (button) }
                    a href=(back) { (words::CANCEL) }
                }
            }
        }
    }

    /// A line.
    pub fn line(&self, name: &str, title: &str, hint: Option<&str>, optional: bool) -> Markup {
        self.field(name, title, hint, optional).line(Line::Words, self.typed.get(name))
    }

    /// A day.
    pub fn day(&self, name: &str, title: &str, hint: Option<&str>, optional: bool) -> Markup {
        self.field(name, title, hint, optional).line(Line::Day, self.typed.get(name))
    }

    /// One of several, in groups.
    pub fn choose(&self, name: &str, title: &str, hint: Option<&str>, optional: bool, groups: &[Group]) -> Markup {
        self.field(name, title, hint, optional).select(words::CHOOSE, groups, self.typed.get(name))
    }

    /// A box to tick.
    pub fn tick(&self, name: &str, title: &str) -> Markup {
        Field::new(name, title, self.reasons).tick("yes", self.typed.get(name) == "yes")
    }

    fn field<'a>(&'a self, name: &'a str, title: &'a str, hint: Option<&str>, optional: bool) -> Field<'a> {
        Field::new(name, title, self.reasons).hint(hint).optional(optional)
    }
}

/// On to another page where it was done; the form again, with what was typed, where something must be mended.
pub fn done_or_mend<T>(
    done: Result<T, AppError>,
    title: &'static str,
    to: impl FnOnce(T) -> String,
    again: impl FnOnce(&[Reason]) -> Result<Markup, AppError>,
) -> Outcome {
    match done {
        Ok(done) => Ok(Answer::GoTo(to(done))),
        Err(AppError::Rejected(rejection)) => Ok(Answer::Mend(title, again(&rejection.reasons)?)),
        Err(error) => Err(error.into()),
    }
}

/// The fields of a form that are days.
pub const DAYS: [&str; 2] = ["from", "until"];

/// Does what a form asks for, where each of these fields is empty or a day: a last day that cannot be read is not none.
pub fn with_days<T>(form: &Form, fields: &[&str], act: impl FnOnce() -> Result<T, AppError>) -> Result<T, AppError> {
    let is_wrong = |field: &&&str| !form.get(field).trim().is_empty() && day(form.get(field)).is_none();
    let wrong = fields.iter().filter(is_wrong).map(|field| Reason::field(Code::WrongType, field, words::NO_DATE));
    let wrong: Vec<_> = wrong.collect();
    if wrong.is_empty() { act() } else { Err(AppError::Rejected(wrong.into())) }
}
