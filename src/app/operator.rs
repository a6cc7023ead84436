//! What the operator of the system may see of a case: where it stands and what the machinery does about it. Nothing
//! that anybody wrote or chose: who runs the program has no right to read the cases.

use chrono::NaiveDate;
use serde::Serialize;

use super::{App, AppError};
use crate::clock::Timestamp;
use crate::ids::{CaseNumber, PersonId, PrincipalId};
use crate::store::cases;
use crate::store::outbox::{self, MailRow};
use crate::workflow::definition::Local;

/// A case without its content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CaseOutline {
    /// Its number.
    pub number: CaseNumber,
    /// The workflow.
    pub workflow: String,
    /// Its version.
    pub version: u32,
    /// Whose local agreement lies over that, where one does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub local: Option<Local>,
    /// The workflow's title.
    pub title: String,
    /// The state.
    pub state: String,
    /// The state's title.
    pub state_title: String,
    /// The outcome, once it has ended.
    pub outcome: Option<String>,
    /// Its revision.
    pub revision: u64,
    /// When it was opened, UTC.
    pub opened: Timestamp,
    /// When it came to its state, UTC.
    pub since: Timestamp,
    /// The sides.
    pub parties: Vec<PartyOutline>,
    /// The deadlines that run.
    pub deadlines: Vec<DeadlineOutline>,
    /// The mails about it.
    pub mails: Vec<MailOutline>,
}

/// A principal on a side.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PartyOutline {
    /// The side.
    pub side: String,
    /// The principal.
    pub principal: PrincipalId,
    /// Whether it has left the case.
    pub former: bool,
}

/// A deadline that runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DeadlineOutline {
    /// The deadline.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Its generation.
    pub generation: u32,
    /// The last day, Europe/Stockholm.
    pub due: NaiveDate,
    /// How the day came about, in Swedish.
    pub sentence: String,
}

/// A mail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MailOutline {
    /// The row's id, from which the Message-ID derives.
    pub id: String,
    /// To whom.
    pub person: PersonId,
    /// The template.
    pub template: String,
    /// pending, sent or failed.
    pub status: String,
    /// When it was written, UTC.
    pub written: Timestamp,
    /// When it was sent, UTC.
    pub sent: Option<Timestamp>,
    /// How often it was tried.
    pub attempts: i32,
    /// Why it was not sent.
    pub error: Option<String>,
}

impl App {
    /// A case as its operator may see it.
    ///
    /// # Errors
    /// [`AppError::NotFound`] where there is no such case.
    pub fn case_outline(&self, number: &CaseNumber) -> Result<CaseOutline, AppError> {
        self.store.read(|db| {
            let stored = cases::by_number(db, number)?.ok_or(AppError::NotFound)?;
            let definition = self.workflows.of(db, &stored.definition)?.definition;
            let mails = outbox::of_case(db, &stored.id)?.into_iter().map(MailOutline::from);
            let case = stored.case;
            let state_title = definition.states.get(&case.state).map(|state| state.title.clone());
            let deadlines = case.running().map(|(id, running)| DeadlineOutline {
                id: id.clone(),
                title: definition.deadlines.get(id).map(|deadline| deadline.title.clone()).unwrap_or_default(),
                generation: running.generation,
                due: running.due(),
                sentence: running.derivation.sentence(),
            });
            let parties = case.parties.iter().map(|party| PartyOutline {
                side: party.side.clone(),
                principal: party.principal.clone(),
                former: party.until_entry.is_some(),
            });
            Ok(CaseOutline {
                number: stored.number,
                version: case.version,
                local: definition.local.clone(),
                title: definition.title.clone(),
                state_title: state_title.unwrap_or_default(),
                revision: case.revision,
                opened: case.opened,
                since: case.since,
                parties: parties.collect(),
                deadlines: deadlines.collect(),
                mails: mails.collect(),
                workflow: case.workflow,
                state: case.state,
                outcome: case.outcome,
            })
        })
    }
}

impl From<MailRow> for MailOutline {
    fn from(row: MailRow) -> Self {
        MailOutline {
            id: row.id,
            person: PersonId(row.person_id),
            template: row.template,
            status: row.status,
            written: Timestamp::from_naive_utc(row.created_at),
            sent: row.sent_at.map(Timestamp::from_naive_utc),
            attempts: row.attempts,
            error: row.error,
        }
    }
}
