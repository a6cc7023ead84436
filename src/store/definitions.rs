//! Definitions, by digest: the bytes that cases run under, for as long as the cases are kept.

use std::collections::BTreeMap;

use diesel::prelude::*;

use super::schema::{cases, definitions};
use super::{Db, StoreError};
use crate::ids::Digest;
use crate::workflow::digest::sha256;

/// A definition as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct StoredDefinition {
    /// The digest.
    pub digest: String,
    /// The workflow.
    pub workflow: String,
    /// Its version.
    pub version: i32,
    /// The file's text.
    pub text: String,
    /// The digest of the text's bytes.
    pub text_hash: String,
}

/// Keeps a definition, once: with its first words, if they are bettered later. Answers with the digest of the text that is kept.
pub fn keep(db: &mut Db, digest: &Digest, workflow: &str, version: u32, text: &str) -> Result<Digest, StoreError> {
    let known: Option<String> =
        definitions::table.find(&digest.0).select(definitions::text_hash).get_result(db).optional()?;
    if let Some(kept) = known {
        return Ok(Digest(kept));
    }
    let kept = sha256(text.as_bytes());
    let values = (
        definitions::digest.eq(&digest.0),
        definitions::workflow.eq(workflow),
        definitions::version.eq(i32::try_from(version).unwrap_or(i32::MAX)),
        definitions::text.eq(text),
        definitions::text_hash.eq(&kept.0),
    );
    diesel::insert_into(definitions::table).values(values).execute(db)?;
    Ok(kept)
}

/// All definitions that the database holds.
pub fn all(db: &mut Db) -> Result<Vec<StoredDefinition>, StoreError> {
    Ok(definitions::table.order((definitions::workflow, definitions::version, definitions::digest)).load(db)?)
}

/// The digests of a workflow's definitions, every version that cases have run under.
pub fn digests(db: &mut Db, workflow: &str) -> Result<Vec<Digest>, StoreError> {
    let rows = definitions::table.filter(definitions::workflow.eq(workflow)).select(definitions::digest);
    Ok(rows.load::<String>(db)?.into_iter().map(Digest).collect())
}

/// The names of the workflows that cases have run under.
pub fn workflows(db: &mut Db) -> Result<Vec<String>, StoreError> {
    Ok(definitions::table.select(definitions::workflow).distinct().load(db)?)
}

/// The definition of that digest.
pub fn by_digest(db: &mut Db, digest: &Digest) -> Result<Option<StoredDefinition>, StoreError> {
    Ok(definitions::table.find(&digest.0).get_result(db).optional()?)
}

/// How many open cases run under each definition.
pub fn open_cases(db: &mut Db) -> Result<Vec<(Digest, i64)>, StoreError> {
    let rows = cases::table
        .filter(cases::outcome.is_null())
        .group_by(cases::definition)
        .select((cases::definition, diesel::dsl::count_star()))
        .load::<(String, i64)>(db)?;
    Ok(rows.into_iter().map(|(digest, count)| (Digest(digest), count)).collect())
}

/// How many cases stand in each state of each definition, by digest and state.
pub fn cases_by_state(db: &mut Db) -> Result<BTreeMap<(String, String), i64>, StoreError> {
    let rows: Vec<(String, String, i64)> = cases::table
        .group_by((cases::definition, cases::state))
        .select((cases::definition, cases::state, diesel::dsl::count_star()))
        .load(db)?;
    Ok(rows.into_iter().map(|(digest, state, count)| ((digest, state), count)).collect())
}
