//! The mail to whoever runs the program, where the nightly audit of reminders found a difference: counts and days, nothing
//! of any case. In English, as all that operators read.

use chrono::NaiveDate;
use handlebars::Handlebars;
use serde::Serialize;

use super::template::{Rendered, TemplateError, broken};

const SUBJECT: &str = include_str!("../../email_templates/audit.subject.hbs");
const TEXT: &str = include_str!("../../email_templates/audit.txt.hbs");
const HTML: &str = include_str!("../../email_templates/audit.html.hbs");

/// All that the mail can say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AuditContent {
    /// The first day that was audited.
    pub from: NaiveDate,
    /// The last.
    pub to: NaiveDate,
    /// The counts.
    pub differences: Differences,
}

/// How many differences of each kind there are between what was planned and what was done: no names, no numbers of cases.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, serde::Deserialize)]
pub struct Differences {
    /// Planned and due, but not in the ledger.
    pub missing: u64,
    /// In the ledger, but not planned, or before its time, or after the deadline had ended.
    pub surplus: u64,
    /// Done more than a day after its time, where office hours do not explain it.
    pub late: u64,
    /// In the ledger, but its mail was given up, or waits longer than that.
    pub unsent: u64,
    /// Nobody held the role that day.
    pub nobody: u64,
    /// Deadlines that have run out and have not raised their event.
    pub not_raised: u64,
}

impl Differences {
    /// Whether there is anything that the program should have done otherwise, or that an operator must mend.
    pub fn any(self) -> bool {
        self.by_kind().into_iter().any(|(kind, count)| kind != "nobody" && count > 0)
    }

    /// Each kind with its count.
    pub fn by_kind(self) -> [(&'static str, u64); 6] {
        let Differences { missing, surplus, late, unsent, nobody, not_raised } = self;
        [
            ("missing", missing),
            ("surplus", surplus),
            ("late", late),
            ("unsent", unsent),
            ("nobody", nobody),
            ("not_raised", not_raised),
        ]
    }
}

/// Puts the counts into words.
///
/// # Errors
/// Where a template is wrong: a fault in the program.
pub fn render_audit(content: &AuditContent) -> Result<Rendered, TemplateError> {
    let mut plain = Handlebars::new();
    plain.set_strict_mode(true);
    plain.register_escape_fn(handlebars::no_escape);
    let mut html = Handlebars::new();
    html.set_strict_mode(true);
    let words = |registry: &Handlebars, template| registry.render_template(template, content).map_err(broken);
    let subject = words(&plain, SUBJECT)?.trim().to_owned();
    Ok(Rendered { subject, text: words(&plain, TEXT)?, html: words(&html, HTML)? })
}
