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
    /// The last day that it had before, where the mail tells that it was moved.
    #[serde(default)]
    pub was: Option<NaiveDate>,
    /// The title of the body that the matter has climbed to.
    pub level: Option<String>,
    /// Where to read and act.
    pub link: String,
}

/// All that a digest can say: of each matter what a mail of its own would, and counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DigestContent {
    /// How many matters there are.
    pub matters: u32,
    /// How many of them came since the last digest.
    pub new_matters: u32,
    /// How many are urgent.
    pub urgent_matters: u32,
    /// How many are past their last day.
    pub overdue_matters: u32,
    /// How many are not listed, where there are very many.
    pub unlisted: u32,
    /// What came since the last digest, by how long the person concerned has waited.
    pub new: Vec<DigestMatter>,
    /// What stood in an earlier mail, and still waits.
    pub earlier: Vec<DigestMatter>,
    /// Where all of it stands.
    pub link: String,
}

/// A matter in a digest: number, dates, a link, counts, and titles from the workflow's file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DigestMatter {
    /// The case's number.
    pub number: CaseNumber,
    /// The workflow's title.
    pub kind: String,
    /// Whether the case was marked as urgent.
    pub urgent: bool,
    /// The state's title.
    pub state: String,
    /// The title of the deadline.
    pub deadline: Option<String>,
    /// Its last day.
    pub due: Option<NaiveDate>,
    /// How many days are left to it; none on the day itself and after.
    pub days_left: Option<u32>,
    /// How many days ago it was.
    pub overdue_days: Option<u32>,
    /// For how many days the person concerned has waited; none where it began today.
    pub waited_days: Option<u32>,
    /// Where to read and act.
    pub link: String,
}

impl DigestMatter {
    /// What a mail about the case says, with the days that are left and that the person has waited.
    pub fn of(content: MailContent, days_left: Option<u32>, waited_days: u32) -> DigestMatter {
        let MailContent {
            number,
            kind,
            urgent,
            state,
            deadline,
            due,
            overdue_days,
            link,
            category: _,
            was: _,
            level: _,
        } = content;
        let (days_left, waited_days) = (days_left.filter(|days| *days > 0), Some(waited_days).filter(|days| *days > 0));
        DigestMatter { number, kind, urgent, state, deadline, due, days_left, overdue_days, waited_days, link }
    }
}

impl DigestContent {
    /// A digest of these, of which it lists the first `most`.
    pub fn of(mut new: Vec<DigestMatter>, mut earlier: Vec<DigestMatter>, most: usize, link: String) -> DigestContent {
        let count = |fits: fn(&&DigestMatter) -> bool| whole(new.iter().chain(&earlier).filter(fits).count());
        let (matters, new_matters) = (count(|_| true), whole(new.len()));
        let (urgent_matters, overdue_matters) = (count(|one| one.urgent), count(|one| one.overdue_days.is_some()));
        new.truncate(most);
        earlier.truncate(most - new.len());
        let unlisted = matters - whole(new.len() + earlier.len());
        DigestContent { matters, new_matters, urgent_matters, overdue_matters, unlisted, new, earlier, link }
    }

    /// The numbers of the cases that it lists.
    pub fn numbers(&self) -> impl Iterator<Item = &CaseNumber> {
        self.new.iter().chain(&self.earlier).map(|matter| &matter.number)
    }

    /// What is left where only these are listed and so many new ones are gone of those that it only counts, counted anew; none
    /// where that is nothing.
    pub fn only(mut self, stays: impl Fn(&CaseNumber) -> bool, unlisted_gone: usize) -> Option<DigestContent> {
        let split = |part: Vec<DigestMatter>| part.into_iter().partition(|matter| stays(&matter.number));
        let (new, gone_new): (Vec<_>, Vec<_>) = split(self.new);
        let (earlier, gone_earlier): (Vec<_>, Vec<_>) = split(self.earlier);
        self.matters -= whole(gone_new.len() + gone_earlier.len() + unlisted_gone);
        self.new_matters -= whole(gone_new.len() + unlisted_gone);
        self.unlisted -= whole(unlisted_gone);
        let gone = || gone_new.iter().chain(&gone_earlier);
        self.urgent_matters -= whole(gone().filter(|one| one.urgent).count());
        self.overdue_matters -= whole(gone().filter(|one| one.overdue_days.is_some()).count());
        // Of those that are only counted it is not known which were urgent: no more are than there are.
        self.urgent_matters = self.urgent_matters.min(self.matters);
        self.overdue_matters = self.overdue_matters.min(self.matters);
        (self.new, self.earlier) = (new, earlier);
        (self.matters > 0).then_some(self)
    }
}

fn whole(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
