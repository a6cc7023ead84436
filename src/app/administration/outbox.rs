//! The outbox as who administers the county sees it: which mails wait, went, or were given up, and why, without their
//! content and without an address.

use schemars::JsonSchema;
use serde::Serialize;

use super::county;
use crate::app::bounces::CAME_BACK;
use crate::app::changes::{self, Change, Kind};
use crate::app::outbox::{DISABLED, MailStatus, NO_ADDRESS, UNWRITTEN, WITHHELD};
use crate::app::{App, AppError};
use crate::authz::Actor;
use crate::clock::Timestamp;
use crate::mail::MessageError;
use crate::mail::session::{BROKE_OFF, TOO_SLOW};
use crate::store::outbox::{self, Recent};

/// How many mails stand on a page.
const PAGE: usize = 50;

/// A mail, without its content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct OutgoingMail {
    /// Its id.
    pub id: String,
    /// The recipient's name.
    pub to: String,
    /// The template.
    pub template: String,
    /// What became of it.
    pub status: MailStatus,
    /// When it was written.
    pub written: Timestamp,
    /// When it was sent.
    pub sent: Option<Timestamp>,
    /// How often it was tried.
    pub attempts: i32,
    /// What kind of error stopped it last.
    pub error: Option<MailError>,
}

/// What kind of error stopped a mail. The words of the server may hold an address, so they are not shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(tag = "kind", content = "code", rename_all = "snake_case")]
pub enum MailError {
    /// The person has no address.
    NoAddress,
    /// She has one that no mail can be sent to.
    BadAddress,
    /// The person is disabled.
    Disabled,
    /// The person may no longer know of the case.
    Withheld,
    /// It could not be put into words: a fault of the program.
    Unwritten,
    /// The server answered with this code.
    Code(u16),
    /// The server hung up instead of answering.
    BrokeOff,
    /// The server was waited for in vain.
    TooSlow,
    /// The server took it, and it came back.
    CameBack,
    /// Anything else: the connection, the configuration.
    Other,
}

impl App {
    /// The newest mails before one of them, of one status or of all; and whether there are more.
    ///
    /// # Errors
    /// [`AppError::NotFound`] for everybody who does not administer the county.
    pub fn outbox(
        &self,
        actor: &Actor,
        status: Option<MailStatus>,
        before: Option<&str>,
    ) -> Result<(Vec<OutgoingMail>, bool), AppError> {
        county(actor)?;
        let limit = i64::try_from(PAGE + 1).unwrap_or(i64::MAX);
        let mut rows = self.store.read(|db| outbox::newest(db, status.map(MailStatus::name), before, limit))?;
        let more = rows.len() > PAGE;
        rows.truncate(PAGE);
        let views = rows.into_iter().map(view).collect::<Result<_, _>>()?;
        Ok((views, more))
    }

    /// Tries a mail that was given up, or came back, once more, from now on: for who administers the county, which is
    /// recorded, or without an actor for the operator of the system.
    ///
    /// # Errors
    /// [`AppError::NotFound`] where there is no such mail, and for every actor who does not administer the county.
    pub fn retry_mail(&self, actor: Option<&Actor>, id: &str) -> Result<(), AppError> {
        actor.map_or(Ok(()), county)?;
        let now = self.now();
        self.store.write(|db| match (outbox::retry(db, id, now)?, actor) {
            (false, _) => Err(AppError::NotFound),
            (true, None) => Ok(()),
            (true, Some(actor)) => Ok(changes::record(self, db, actor, now, Change::new(Kind::MailRetried, None, id))?),
        })
    }
}

fn view(row: Recent) -> Result<OutgoingMail, AppError> {
    Ok(OutgoingMail {
        status: MailStatus::of_row(&row.status)?,
        to: row.to,
        template: row.template,
        written: Timestamp::from_naive_utc(row.created_at),
        sent: row.sent_at.map(Timestamp::from_naive_utc),
        attempts: row.attempts,
        error: row.error.as_deref().map(class),
        id: row.id,
    })
}

/// What kind of error it was, out of the words of `app::outbox`, `app::bounces` and `mail`.
fn class(error: &str) -> MailError {
    match error {
        NO_ADDRESS => return MailError::NoAddress,
        DISABLED => return MailError::Disabled,
        WITHHELD => return MailError::Withheld,
        BROKE_OFF => return MailError::BrokeOff,
        TOO_SLOW => return MailError::TooSlow,
        _ if error == MessageError::Recipient.to_string() => return MailError::BadAddress,
        _ if error.starts_with(UNWRITTEN) => return MailError::Unwritten,
        _ if error.starts_with(CAME_BACK) => return MailError::CameBack,
        _ => {}
    }
    let codes = error.split(|c: char| !c.is_ascii_alphanumeric() && c != '.').filter(|word| word.len() == 3);
    let mut codes = codes.filter_map(|word| word.parse::<u16>().ok());
    codes.find(|code| (400..600).contains(code)).map_or(MailError::Other, MailError::Code)
}
