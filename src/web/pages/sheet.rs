//! A form of its own page: fields of one line, days and choices, with what was typed and what must be mended.

use maud::{Markup, html};

use super::parts::{anchor, csrf, key, summary};
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

/// A group of choices: its heading, and in it values with titles.
pub type Group = (String, Vec<(String, String)>);

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
        self.input("text", name, title, hint, optional)
    }

    /// A day.
    pub fn day(&self, name: &str, title: &str, hint: Option<&str>, optional: bool) -> Markup {
        self.input("date", name, title, hint, optional)
    }

    fn input(&self, kind: &str, name: &str, title: &str, hint: Option<&str>, optional: bool) -> Markup {
        self.field(
            name,
            title,
            hint,
            optional,
            &html! {
                input #(anchor(name)) type=(kind) name=(name) value=(self.typed.get(name)) autocomplete="off"
                    max=[(kind == "date").then_some("9999-12-31")]
                    aria-describedby=[self.described(name, hint)] aria-invalid=[self.wrong(name).map(|_| "true")];
            },
        )
    }

    /// One of several, in groups; without a heading a group's stand by themselves.
    pub fn choose(&self, name: &str, title: &str, hint: Option<&str>, optional: bool, groups: &[Group]) -> Markup {
        let typed = self.typed.get(name);
        let options = |choices: &[(String, String)]| {
            html! { @for (value, title) in choices { option value=(value) selected[value == typed] { (title) } } }
        };
        self.field(name, title, hint, optional, &html! {
            select #(anchor(name)) name=(name) aria-describedby=[self.described(name, hint)]
                aria-invalid=[self.wrong(name).map(|_| "true")] {
                option value="" { (words::CHOOSE) }
                @for (heading, choices) in groups {
                    @if heading.is_empty() { (options(choices)) } @else { optgroup label=(heading) { (options(choices)) } }
                }
            }
        })
    }

    /// A box to tick.
    pub fn tick(&self, name: &str, title: &str) -> Markup {
        html! {
            div .field .wrong[self.wrong(name).is_some()] {
                @if let Some(reason) = self.wrong(name) { p .error id={ (anchor(name)) "-error" } { (reason.detail) } }
                div .choice {
                    input #(anchor(name)) type="checkbox" name=(name) value="yes" checked[self.typed.get(name) == "yes"]
                        aria-describedby=[self.described(name, None)];
                    label for=(anchor(name)) { (title) }
                }
            }
        }
    }

    fn field(&self, name: &str, title: &str, hint: Option<&str>, optional: bool, input: &Markup) -> Markup {
        html! {
            div .field .wrong[self.wrong(name).is_some()] {
                label for=(anchor(name)) { (title) @if optional { " " span .optional { (words::OPTIONAL) } } }
                @if let Some(hint) = hint { p .hint id={ (anchor(name)) "-hint" } { (hint) } }
                @if let Some(reason) = self.wrong(name) { p .error id={ (anchor(name)) "-error" } { (reason.detail) } }
                (input)
            }
        }
    }

    fn wrong(&self, name: &str) -> Option<&Reason> {
        self.reasons.iter().find(|reason| reason.field.as_deref() == Some(name))
    }

    fn described(&self, name: &str, hint: Option<&str>) -> Option<String> {
        let hint = hint.map(|_| format!("{}-hint", anchor(name)));
        let error = self.wrong(name).map(|_| format!("{}-error", anchor(name)));
        let both: Vec<_> = hint.into_iter().chain(error).collect();
        (!both.is_empty()).then(|| both.join(" "))
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
