//! What a mail may hold. No template can reach anything else, and nothing else is to be added that anybody wrote.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::ids::CaseNumber;

/// All that a mail can say, stored as JSON in the outbox.
///
/// It holds nothing that anybody wrote in a case: numbers, dates, a link, and titles from the workflow's file, which are
/// the same for every case. So a mail on its way, in an inbox, forwarded or on a locked telephone tells nothing of a
/// person, whatever happened to be typed into the case. A field of free text would end that; there is none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MailContent {
    /// The case's number.
    pub number: CaseNumber,
    /// The workflow's title.
    pub kind: String,
    /// The title of the category chosen from the workflow's list.
    pub category: Option<String>,
    /// Whether the case was marked as urgent.
    pub urgent: bool,
    /// The state's title.
    pub state: String,
    /// The title of the deadline that the mail is about.
    pub deadline: Option<String>,
    /// The last day of that deadline.
    pub due: Option<NaiveDate>,
    /// How many days ago that was.
    pub overdue_days: Option<u32>,
    /// The title of the body that the matter has climbed to.
    pub level: Option<String>,
    /// Where to read and act.
    pub link: String,
}
