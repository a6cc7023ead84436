//! Drafts: one person's at one principal, without number or log, gone when sent. Who asks for one says for which principals
//! she acts: what she began for another is as if it were not there.

use diesel::prelude::*;

use super::schema::drafts;
use super::{Db, StoreError};
use crate::clock::Timestamp;
use crate::ids::{PersonId, PrincipalId};

/// A draft.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// Its id.
    pub id: String,
    /// Of which workflow.
    pub workflow: String,
    /// The start that it is to become.
    pub start: String,
    /// What has been filled in, as JSON.
    pub content: String,
    /// When it was last changed.
    pub updated: Timestamp,
}

type Row = (String, String, String, String, chrono::NaiveDateTime);

const COLUMNS: (drafts::id, drafts::workflow, drafts::start, drafts::content, drafts::updated_at) =
    (drafts::id, drafts::workflow, drafts::start, drafts::content, drafts::updated_at);

fn from_row((id, workflow, start, content, updated): Row) -> Draft {
    Draft { id, workflow, start, content, updated: Timestamp::from_naive_utc(updated) }
}

/// A person, and the principals for which she acts at the moment.
#[derive(Debug, Clone)]
pub struct Writer {
    /// The person.
    pub person: PersonId,
    /// For which she acts.
    pub principals: Vec<PrincipalId>,
}

/// What is this writer's.
macro_rules! written_by {
    ($writer:expr) => {
        drafts::person_id
            .eq(&$writer.person.0)
            .and(drafts::principal_id.eq_any($writer.principals.iter().map(PrincipalId::as_str)))
    };
}

/// Stores a new draft of a person's for a principal.
pub fn insert(db: &mut Db, person: &PersonId, principal: &PrincipalId, draft: &Draft) -> Result<(), StoreError> {
    let values = (
        drafts::id.eq(&draft.id),
        drafts::person_id.eq(&person.0),
        drafts::principal_id.eq(&principal.0),
        drafts::workflow.eq(&draft.workflow),
        drafts::start.eq(&draft.start),
        drafts::content.eq(&draft.content),
        drafts::created_at.eq(draft.updated.naive_utc()),
        drafts::updated_at.eq(draft.updated.naive_utc()),
    );
    diesel::insert_into(drafts::table).values(values).execute(db)?;
    Ok(())
}

/// Changes a draft that is the writer's and was last changed at `expected`.
///
/// # Errors
/// [`StoreError::Conflict`] where it has been changed since, in another window.
pub fn update(db: &mut Db, writer: &Writer, draft: &Draft, expected: Timestamp) -> Result<(), StoreError> {
    let row = drafts::table
        .filter(drafts::id.eq(&draft.id))
        .filter(written_by!(writer))
        .filter(drafts::updated_at.eq(expected.naive_utc()));
    let set = (drafts::content.eq(&draft.content), drafts::updated_at.eq(draft.updated.naive_utc()));
    match diesel::update(row).set(set).execute(db)? {
        1 => Ok(()),
        _ => Err(StoreError::Conflict),
    }
}

/// The writer's draft of that id.
pub fn of_writer(db: &mut Db, writer: &Writer, id: &str) -> Result<Option<Draft>, StoreError> {
    let row = drafts::table.filter(drafts::id.eq(id)).filter(written_by!(writer)).select(COLUMNS);
    Ok(row.get_result::<Row>(db).optional()?.map(from_row))
}

/// The writer's drafts, the latest changed first.
pub fn all_of_writer(db: &mut Db, writer: &Writer) -> Result<Vec<Draft>, StoreError> {
    let rows = drafts::table.filter(written_by!(writer)).order((drafts::updated_at.desc(), drafts::id));
    Ok(rows.limit(200).select(COLUMNS).load::<Row>(db)?.into_iter().map(from_row).collect())
}

/// Deletes the writer's draft; false where there is none.
pub fn delete(db: &mut Db, writer: &Writer, id: &str) -> Result<bool, StoreError> {
    let row = drafts::table.filter(drafts::id.eq(id)).filter(written_by!(writer));
    Ok(diesel::delete(row).execute(db)? == 1)
}

/// Every draft whose content holds a text somewhere, by id.
pub fn holding(db: &mut Db, part: &str) -> Result<Vec<(String, String)>, StoreError> {
    let rows: Vec<(String, String)> = drafts::table.select((drafts::id, drafts::content)).load(db)?;
    Ok(rows.into_iter().filter(|(_, content)| content.contains(part)).collect())
}

/// Gives a draft another content, without being a change of its writer's.
pub fn set_content(db: &mut Db, id: &str, content: &str) -> Result<(), StoreError> {
    diesel::update(drafts::table.find(id)).set(drafts::content.eq(content)).execute(db)?;
    Ok(())
}
