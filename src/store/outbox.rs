//! The outbox: mail to be sent, written in the step's transaction; claimed with a lease, sent outside transactions, then
//! marked. At-least-once: who dies between sending and marking sends again, under the same Message-ID. What came back
//! after it was sent is marked as well, once.

use diesel::prelude::*;

use super::schema::{cases, outbox, persons, reminders};
use super::{Db, StoreError};
use crate::clock::Timestamp;
use crate::ids::{CaseId, PersonId};

/// A mail to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewMail {
    /// The row's id; the Message-ID derives from it.
    pub id: String,
    /// What makes it the same mail: a second one with this key is not stored.
    pub dedupe: String,
    /// To whom. The address is looked up when it is sent.
    pub person: PersonId,
    /// The case that it is about.
    pub case_id: Option<CaseId>,
    /// The deadline that it is about, and its generation.
    pub deadline: Option<(String, u32)>,
    /// The template.
    pub template: String,
    /// What the template gets, as JSON: nothing that anybody wrote.
    pub content: String,
    /// When it was written.
    pub written: Timestamp,
    /// From when it may be sent.
    pub leaves: Timestamp,
}

/// A mail that this process has claimed.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct ClaimedMail {
    /// The row's id.
    pub id: String,
    /// To whom.
    pub person_id: String,
    /// The address; none where the person has none.
    pub email: Option<String>,
    /// Whether the person is disabled.
    pub disabled: bool,
    /// What makes it the same mail.
    pub dedupe: String,
    /// The template.
    pub template: String,
    /// What the template gets.
    pub content: String,
    /// When it was written, UTC.
    pub created_at: chrono::NaiveDateTime,
    /// How often it was tried before.
    pub attempts: i32,
    /// The case that it is about.
    pub case_id: Option<String>,
    /// The row of the first mail that this person got about the case, where this is a later one.
    pub answers: Option<String>,
    /// The deadline that it is about.
    pub deadline: Option<String>,
    /// That deadline's generation.
    pub generation: Option<i32>,
}

/// What became of an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The server took it.
    Sent,
    /// To be tried again at an instant.
    Retry(Timestamp, String),
    /// The same, after what was no try of this mail: the server would have refused any.
    Later(Timestamp, String),
    /// Never to be tried again.
    Failed(String),
}

/// A row as operators and the demo see it.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct MailRow {
    /// The row's id.
    pub id: String,
    /// To whom.
    pub person_id: String,
    /// The template.
    pub template: String,
    /// What the template gets.
    pub content: String,
    /// pending, sent, failed or bounced.
    pub status: String,
    /// When it was written, UTC.
    pub created_at: chrono::NaiveDateTime,
    /// When it was sent, UTC.
    pub sent_at: Option<chrono::NaiveDateTime>,
    /// How often it was tried.
    pub attempts: i32,
    /// Why it was not sent.
    pub error: Option<String>,
}

/// Waiting to be sent.
pub const PENDING: &str = "pending";
/// Taken by the server.
pub const SENT: &str = "sent";
/// Given up.
pub const FAILED: &str = "failed";
/// Taken by the server, and come back.
pub const BOUNCED: &str = "bounced";

/// Puts a mail into the outbox; false where one with the same key is there.
pub fn put(db: &mut Db, mail: &NewMail) -> Result<bool, StoreError> {
    let same = outbox::table.filter(outbox::dedupe.eq(&mail.dedupe));
    if diesel::select(diesel::dsl::exists(same)).get_result(db)? {
        return Ok(false);
    }
    let deadline = mail.deadline.as_ref().map(|(name, _)| name);
    let generation = mail.deadline.as_ref().and_then(|(_, generation)| i32::try_from(*generation).ok());
    let values = (
        outbox::answers.eq(first_to(db, mail)?),
        outbox::deadline.eq(deadline),
        outbox::generation.eq(generation),
        outbox::id.eq(&mail.id),
        outbox::dedupe.eq(&mail.dedupe),
        outbox::person_id.eq(&mail.person.0),
        outbox::case_id.eq(mail.case_id.as_ref().map(|case| &case.0)),
        outbox::template.eq(&mail.template),
        outbox::content.eq(&mail.content),
        outbox::status.eq(PENDING),
        outbox::created_at.eq(mail.written.naive_utc()),
        outbox::next_at.eq(mail.leaves.naive_utc()),
        outbox::attempts.eq(0),
    );
    diesel::insert_into(outbox::table).values(values).execute(db)?;
    Ok(true)
}

/// The first mail about the case that went to this person. Noted when a mail is written, for every attempt is to be the
/// same mail.
fn first_to(db: &mut Db, mail: &NewMail) -> Result<Option<String>, StoreError> {
    let Some(case) = &mail.case_id else { return Ok(None) };
    let earlier = outbox::table.filter(outbox::case_id.eq(&case.0)).filter(outbox::person_id.eq(&mail.person.0));
    let first = earlier.order((outbox::created_at, outbox::id)).select(outbox::id).first(db);
    Ok(first.optional()?)
}

/// Ids of mails that may be tried now, the oldest first.
pub fn ready(db: &mut Db, now: Timestamp, limit: i64) -> Result<Vec<String>, StoreError> {
    let now = now.naive_utc();
    let free = outbox::leased_until.is_null().or(outbox::leased_until.le(now));
    let rows = outbox::table.filter(outbox::next_at.le(now)).filter(free);
    Ok(rows.order((outbox::next_at, outbox::id)).limit(limit).select(outbox::id).load(db)?)
}

/// Claims a mail that may be tried now for `holder` until `until`; none where somebody else was first.
pub fn claim(
    db: &mut Db,
    id: &str,
    holder: &str,
    now: Timestamp,
    until: Timestamp,
) -> Result<Option<ClaimedMail>, StoreError> {
    let free = outbox::leased_until.is_null().or(outbox::leased_until.le(now.naive_utc()));
    let ready = outbox::status.eq(PENDING).and(outbox::next_at.le(now.naive_utc()));
    let row = outbox::table.filter(outbox::id.eq(id)).filter(ready).filter(free);
    let set = (outbox::leased_by.eq(holder), outbox::leased_until.eq(until.naive_utc()));
    if diesel::update(row).set(set).execute(db)? != 1 {
        return Ok(None);
    }
    let mail = outbox::table.inner_join(persons::table).filter(outbox::id.eq(id)).select((
        outbox::id,
        outbox::person_id,
        persons::email,
        persons::disabled_at.is_not_null(),
        outbox::dedupe,
        outbox::template,
        outbox::content,
        outbox::created_at,
        outbox::attempts,
        outbox::case_id,
        outbox::answers,
        outbox::deadline,
        outbox::generation,
    ));
    Ok(Some(mail.get_result(db)?))
}

/// Gives a mail another content.
pub fn rewrite(db: &mut Db, id: &str, content: &str) -> Result<(), StoreError> {
    diesel::update(outbox::table.find(id)).set(outbox::content.eq(content)).execute(db)?;
    Ok(())
}

/// Marks what became of an attempt, where `holder` still holds the claim.
pub fn mark(db: &mut Db, id: &str, holder: &str, now: Timestamp, outcome: &Outcome) -> Result<(), StoreError> {
    let (status, next, sent, error) = match outcome {
        Outcome::Sent => (SENT, None, Some(now.naive_utc()), None),
        Outcome::Retry(next, error) | Outcome::Later(next, error) => {
            (PENDING, Some(next.naive_utc()), None, Some(error))
        }
        Outcome::Failed(error) => (FAILED, None, None, Some(error)),
    };
    let tries = i32::from(!matches!(outcome, Outcome::Later(..)));
    let row = outbox::table.filter(outbox::id.eq(id)).filter(outbox::leased_by.eq(holder));
    diesel::update(row)
        .set((
            outbox::status.eq(status),
            outbox::next_at.eq(next),
            outbox::sent_at.eq(sent),
            outbox::error.eq(error),
            outbox::attempts.eq(outbox::attempts + tries),
            outbox::leased_by.eq(None::<String>),
            outbox::leased_until.eq(None::<chrono::NaiveDateTime>),
        ))
        .execute(db)?;
    Ok(())
}

/// The mails of a case, and the digests that told something new of it, in the order in which they were written.
pub fn of_case(db: &mut Db, case: &CaseId) -> Result<Vec<MailRow>, StoreError> {
    let told = reminders::table
        .filter(reminders::case_id.eq(&case.0))
        .filter(reminders::digest.is_not_null())
        .select(reminders::outbox_id.assume_not_null());
    let about = outbox::case_id.eq(&case.0).assume_not_null().or(outbox::id.eq_any(told));
    let rows = outbox::table.filter(about).order((outbox::created_at, outbox::id)).select((
        outbox::id,
        outbox::person_id,
        outbox::template,
        outbox::content,
        outbox::status,
        outbox::created_at,
        outbox::sent_at,
        outbox::attempts,
        outbox::error,
    ));
    Ok(rows.load(db)?)
}

/// A mail in the list of the newest.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct Recent {
    /// The row's id.
    pub id: String,
    /// The recipient's name.
    pub to: String,
    /// The template.
    pub template: String,
    /// pending, sent, failed or bounced.
    pub status: String,
    /// When it was written, UTC.
    pub created_at: chrono::NaiveDateTime,
    /// When it was sent, UTC.
    pub sent_at: Option<chrono::NaiveDateTime>,
    /// How often it was tried.
    pub attempts: i32,
    /// Why it was not sent.
    pub error: Option<String>,
}

/// The newest mails before one of them, of one status or of all.
pub fn newest(db: &mut Db, status: Option<&str>, before: Option<&str>, limit: i64) -> Result<Vec<Recent>, StoreError> {
    let order = (outbox::created_at.desc(), outbox::id.desc());
    let mut query = outbox::table.inner_join(persons::table).order(order).limit(limit).into_boxed();
    if let Some(status) = status {
        query = query.filter(outbox::status.eq(status));
    }
    let place: Option<(chrono::NaiveDateTime, String)> = match before {
        Some(id) => outbox::table.find(id).select((outbox::created_at, outbox::id)).get_result(db).optional()?,
        None => None,
    };
    if let Some((at, id)) = place {
        query = query.filter(outbox::created_at.lt(at).or(outbox::created_at.eq(at).and(outbox::id.lt(id))));
    }
    let columns = (
        outbox::id,
        persons::name,
        outbox::template,
        outbox::status,
        outbox::created_at,
        outbox::sent_at,
        outbox::attempts,
        outbox::error,
    );
    Ok(query.select(columns).load(db)?)
}

/// A mail as the operator lists it.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct Listed {
    /// The row's id.
    pub id: String,
    /// The number of the case that it is about.
    pub number: Option<String>,
    /// To whom.
    pub person_id: String,
    /// Her address as it is now. It is not to be shown in full.
    pub email: Option<String>,
    /// The template.
    pub template: String,
    /// pending, sent, failed or bounced.
    pub status: String,
    /// When it was written, UTC.
    pub created_at: chrono::NaiveDateTime,
    /// When it is tried next, UTC.
    pub next_at: Option<chrono::NaiveDateTime>,
    /// When it was sent, UTC.
    pub sent_at: Option<chrono::NaiveDateTime>,
    /// How often it was tried.
    pub attempts: i32,
    /// Why it was not sent, or came back.
    pub error: Option<String>,
}

/// The mails of one status or of all after one of them, the oldest first.
pub fn listed(db: &mut Db, status: Option<&str>, after: Option<&str>, limit: i64) -> Result<Vec<Listed>, StoreError> {
    let rows = outbox::table.inner_join(persons::table).left_join(cases::table);
    let mut query = rows.order(outbox::id).limit(limit).into_boxed();
    if let Some(status) = status {
        query = query.filter(outbox::status.eq(status));
    }
    if let Some(after) = after {
        query = query.filter(outbox::id.gt(after));
    }
    let columns = (
        outbox::id,
        cases::number.nullable(),
        outbox::person_id,
        persons::email,
        outbox::template,
        outbox::status,
        outbox::created_at,
        outbox::next_at,
        outbox::sent_at,
        outbox::attempts,
        outbox::error,
    );
    Ok(query.select(columns).load(db)?)
}

/// Marks a mail that has come back; false where it has before, was given up, or is none of ours.
pub fn bounce(db: &mut Db, id: &str, error: &str) -> Result<bool, StoreError> {
    // One that waits may have arrived all the same: the server may have gone between taking it and saying so.
    let row = outbox::table.filter(outbox::id.eq(id)).filter(outbox::status.eq_any([SENT, PENDING]));
    let set = (
        outbox::status.eq(BOUNCED),
        outbox::error.eq(error),
        outbox::next_at.eq(None::<chrono::NaiveDateTime>),
        outbox::leased_by.eq(None::<String>),
        outbox::leased_until.eq(None::<chrono::NaiveDateTime>),
    );
    Ok(diesel::update(row).set(set).execute(db)? == 1)
}

/// Lets a mail that was given up or has come back be tried again from now on; false where there is none such.
pub fn retry(db: &mut Db, id: &str, now: Timestamp) -> Result<bool, StoreError> {
    let row = outbox::table.filter(outbox::id.eq(id)).filter(outbox::status.eq_any([FAILED, BOUNCED]));
    let again = (outbox::status.eq(PENDING), outbox::next_at.eq(Some(now.naive_utc())), outbox::attempts.eq(0));
    let set = (again, outbox::sent_at.eq(None::<chrono::NaiveDateTime>));
    Ok(diesel::update(row).set(set).execute(db)? == 1)
}

/// The same for every mail that was given up; answers with how many there were.
pub fn retry_failed(db: &mut Db, now: Timestamp) -> Result<usize, StoreError> {
    let rows = outbox::table.filter(outbox::status.eq(FAILED));
    let set = (outbox::status.eq(PENDING), outbox::next_at.eq(Some(now.naive_utc())), outbox::attempts.eq(0));
    Ok(diesel::update(rows).set(set).execute(db)?)
}
