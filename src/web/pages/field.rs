//! A field of a form: its label, its hint, what is wrong with it, around its input. Every form draws its fields by this.

use maud::{Markup, html};

use super::parts::anchor;
use super::texts;
use crate::workflow::rejection::Reason;

/// A year has four digits: with a last day, browsers take no fifth.
const LAST_DAY: &str = "9999-12-31";

/// A group of choices: its heading, and in it values with titles. Without a heading they stand by themselves.
pub type Group = (String, Vec<(String, String)>);

/// A field.
pub struct Field<'a> {
    name: &'a str,
    title: &'a str,
    hint: Option<String>,
    optional: bool,
    wrong: Option<&'a Reason>,
}

/// What is typed on one line.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Line {
    /// Words.
    Words,
    /// A number of a case or a register: no words to be spelled.
    Code,
    /// A whole number.
    Number,
    /// A day.
    Day,
}

impl<'a> Field<'a> {
    /// A field that must be filled in, with what is wrong with it among these reasons.
    pub fn new(name: &'a str, title: &'a str, reasons: &'a [Reason]) -> Field<'a> {
        let wrong = reasons.iter().find(|reason| reason.field.as_deref() == Some(name));
        Field { name, title, hint: None, optional: false, wrong }
    }

    /// With this hint, if any.
    pub fn hint(self, hint: Option<&str>) -> Field<'a> {
        Field { hint: hint.map(str::to_owned), ..self }
    }

    /// May be left empty, or not; whether it says so.
    pub fn optional(self, optional: bool) -> Field<'a> {
        Field { optional, ..self }
    }

    /// A field of one line.
    pub fn line(&self, line: Line, typed: &str) -> Markup {
        self.around(&html! {
            input #(anchor(self.name)) type=(if line == Line::Day { "date" } else { "text" }) name=(self.name) value=(typed)
                inputmode=[(line == Line::Number).then_some("numeric")] autocomplete="off"
                spellcheck=[(line == Line::Code).then_some("false")] max=[(line == Line::Day).then_some(LAST_DAY)]
                aria-describedby=[self.described()] aria-invalid=[self.invalid()];
        })
    }

    /// A field of several lines.
    pub fn area(&self, rows: u8, typed: &str) -> Markup {
        self.around(&html! {
            textarea #(anchor(self.name)) name=(self.name) rows=(rows) aria-describedby=[self.described()]
                aria-invalid=[self.invalid()] { "\n" (typed) }
        })
    }

    /// One of several, or `none` of them.
    pub fn select(&self, none: &str, groups: &[Group], typed: &str) -> Markup {
        let options = |choices: &[(String, String)]| {
            html! { @for (value, title) in choices { option value=(value) selected[value == typed] { (title) } } }
        };
        self.around(&html! {
            select #(anchor(self.name)) name=(self.name) aria-describedby=[self.described()] aria-invalid=[self.invalid()] {
                option value="" { (none) }
                @for (heading, choices) in groups {
                    @if heading.is_empty() { (options(choices)) } @else { optgroup label=(heading) { (options(choices)) } }
                }
            }
        })
    }

    /// A box to tick.
    pub fn tick(&self, value: &str, ticked: bool) -> Markup {
        html! {
            div .field .wrong[self.wrong.is_some()] {
                (self.remarks())
                div .choice {
                    input #(anchor(self.name)) type="checkbox" name=(self.name) value=(value) checked[ticked]
                        aria-describedby=[self.described()];
                    label for=(anchor(self.name)) { (self.title) }
                }
            }
        }
    }

    /// The field around an input of its own kind.
    pub fn around(&self, input: &Markup) -> Markup {
        html! {
            div .field .wrong[self.wrong.is_some()] {
                label for=(anchor(self.name)) { (self.label()) }
                (self.remarks())
                (input)
            }
        }
    }

    /// The field around several inputs; whether the whole is where the error summary leads.
    pub fn group(&self, whole: bool, inputs: &Markup) -> Markup {
        html! {
            fieldset id=[whole.then(|| anchor(self.name))] tabindex=[whole.then_some("-1")] .field
                .wrong[self.wrong.is_some()] aria-describedby=[self.described()] {
                legend { (self.label()) }
                (self.remarks())
                (inputs)
            }
        }
    }

    /// What says more of the input.
    pub fn described(&self) -> Option<String> {
        let hint = self.hint.as_ref().map(|_| format!("{}-hint", anchor(self.name)));
        let error = self.wrong.map(|_| format!("{}-error", anchor(self.name)));
        let both: Vec<_> = hint.into_iter().chain(error).collect();
        (!both.is_empty()).then(|| both.join(" "))
    }

    /// That the input is wrong, where it is.
    pub fn invalid(&self) -> Option<&'static str> {
        self.wrong.map(|_| "true")
    }

    fn label(&self) -> Markup {
        html! { (self.title) @if self.optional { " " span .optional { (texts::OPTIONAL) } } }
    }

    fn remarks(&self) -> Markup {
        html! {
            @if let Some(hint) = &self.hint { p .hint id={ (anchor(self.name)) "-hint" } { (hint) } }
            @if let Some(wrong) = self.wrong { p .error id={ (anchor(self.name)) "-error" } { (wrong.detail) } }
        }
    }
}
