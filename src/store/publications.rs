//! Which version of a workflow is in force when. What follows for new cases is `app::versions`' to know.

use chrono::NaiveDate;
use diesel::prelude::*;

use super::schema::{definitions, publications};
use super::{Db, StoreError};
use crate::clock::Timestamp;
use crate::ids::{AgreementId, Digest, PrincipalId};

/// A version of a workflow and the days on which it is in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Publication {
    /// Its id.
    pub id: String,
    /// The workflow.
    pub workflow: String,
    /// Its version.
    pub version: u32,
    /// The principal for whose cases alone, and the version of what it has agreed locally; none for all.
    pub local: Option<(PrincipalId, u32)>,
    /// The definition.
    pub definition: Digest,
    /// The agreement under which it is in force; none for whichever.
    pub agreement: Option<AgreementId>,
    /// The first day, Europe/Stockholm; none where there is none.
    pub from: Option<NaiveDate>,
    /// The last day, Europe/Stockholm; none while it goes on.
    pub until: Option<NaiveDate>,
    /// When it was published.
    pub published: Timestamp,
}

type Row = (
    String,
    String,
    i32,
    String,
    Option<String>,
    Option<NaiveDate>,
    Option<NaiveDate>,
    chrono::NaiveDateTime,
    Option<String>,
    Option<i32>,
);

/// Every publication there ever was, the later begun last, and of those that begin on one day the later published last.
pub fn all(db: &mut Db) -> Result<Vec<Publication>, StoreError> {
    let rows: Vec<Row> = publications::table.load(db)?;
    let mut all: Vec<_> = rows.into_iter().map(publication).collect();
    all.sort_by(|one, other| {
        (&one.workflow, one.from, one.published, &one.id).cmp(&(
            &other.workflow,
            other.from,
            other.published,
            &other.id,
        ))
    });
    Ok(all)
}

fn publication(row: Row) -> Publication {
    let (id, workflow, version, definition, agreement, from, until, published, principal, local_version) = row;
    let number = |version: i32| u32::try_from(version).unwrap_or_default();
    Publication {
        id,
        workflow,
        version: number(version),
        local: principal.map(PrincipalId).zip(local_version.map(number)),
        definition: Digest(definition),
        agreement: agreement.map(AgreementId),
        from,
        until,
        published: Timestamp::from_naive_utc(published),
    }
}

/// Adds one. Its definition is kept already.
pub fn insert(db: &mut Db, publication: &Publication) -> Result<(), StoreError> {
    let number = |version: u32| i32::try_from(version).unwrap_or(i32::MAX);
    let local = publication.local.as_ref();
    let values = (
        publications::id.eq(&publication.id),
        publications::workflow.eq(&publication.workflow),
        publications::version.eq(number(publication.version)),
        publications::definition.eq(&publication.definition.0),
        publications::agreement_id.eq(publication.agreement.as_ref().map(|agreement| &agreement.0)),
        publications::valid_from.eq(publication.from),
        publications::valid_until.eq(publication.until),
        publications::published_at.eq(publication.published.naive_utc()),
        publications::principal_id.eq(local.map(|(principal, _)| &principal.0)),
        publications::local_version.eq(local.map(|(_, version)| number(*version))),
    );
    diesel::insert_into(publications::table).values(values).execute(db)?;
    Ok(())
}

/// Gives one another last day.
pub fn end(db: &mut Db, id: &str, last: NaiveDate) -> Result<(), StoreError> {
    diesel::update(publications::table.find(id)).set(publications::valid_until.eq(last)).execute(db)?;
    Ok(())
}

/// Takes one away that has not begun.
pub fn take_back(db: &mut Db, id: &str) -> Result<(), StoreError> {
    diesel::delete(publications::table.find(id)).execute(db)?;
    Ok(())
}

/// The highest version of a workflow that cases have run under.
pub fn highest_used(db: &mut Db, workflow: &str) -> Result<Option<u32>, StoreError> {
    let used = definitions::table.filter(definitions::workflow.eq(workflow)).select(definitions::version);
    let highest = used.load::<i32>(db)?.into_iter().max();
    Ok(highest.and_then(|version| u32::try_from(version).ok()))
}
