//! The mails that went out about a case, as far as the reader may know of them: those to her own organisation's people. To
//! whom the other party's went is the other party's business.

use chrono::NaiveDate;

use crate::app::access::Reach;
use crate::app::outbox::MailStatus;
use crate::app::{App, AppError};
use crate::authz::{Actor, Role, Seat};
use crate::calendar::local_date;
use crate::clock::Timestamp;
use crate::ids::{CaseNumber, PersonId};
use crate::store::outbox::{self, MailRow};
use crate::store::{Db, people};

/// A mail about a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailView {
    /// When it was written, or once it has been sent, when that was.
    pub at: Timestamp,
    /// The name of whom it was for.
    pub to: String,
    /// The template.
    pub template: String,
    /// What has become of it.
    pub status: MailStatus,
}

impl App {
    /// The mails about a case, oldest first. Whoever is no longer a party is told of none.
    ///
    /// # Errors
    /// [`AppError::NotFound`] alike where there is no such case and where the actor may not know of it.
    pub fn mails(&self, actor: &Actor, number: &CaseNumber) -> Result<Vec<MailView>, AppError> {
        self.store.read(|db| {
            let look = self.look(db, actor, number)?;
            if matches!(look.access.reach, Reach::Until(_)) {
                return Ok(Vec::new());
            }
            let mut views = Vec::new();
            for row in outbox::of_case(db, &look.access.stored.id)? {
                let to = PersonId::from(row.person_id.as_str());
                // On the day of the mail: one that somebody did not get because she left stands beside those that she got.
                let day = local_date(Timestamp::from_naive_utc(row.created_at));
                if is_of_hers(db, actor, &to, day)?
                    && let Some(person) = people::person(db, &to)?
                {
                    views.push(view(row, person.name)?);
                }
            }
            views.sort_by_key(|view| view.at);
            Ok(views)
        })
    }
}

fn view(row: MailRow, to: String) -> Result<MailView, AppError> {
    let at = Timestamp::from_naive_utc(row.sent_at.unwrap_or(row.created_at));
    let status = MailStatus::of_row(&row.status)?;
    Ok(MailView { at, to, template: row.template, status })
}

/// Whether a person is the reader herself, or had on the day a seat where the reader reads everything.
fn is_of_hers(db: &mut Db, actor: &Actor, person: &PersonId, day: NaiveDate) -> Result<bool, AppError> {
    if actor.person == *person {
        return Ok(true);
    }
    let principals = actor.principals_read();
    let bodies: Vec<_> =
        actor.seats.iter().filter(|seat| seat.role == Role::Secretary).map(|seat| &seat.body).collect();
    let of_hers = |seat: &Seat| {
        seat.principal.as_ref().is_some_and(|id| principals.contains(id))
            || (seat.body.is_some() && bodies.contains(&&seat.body))
    };
    Ok(people::actor(db, person, day)?.is_some_and(|other| other.seats.iter().any(of_hers)))
}
