//! Which bodies see one line of a case that has not come to them: an index of what the definition says, so that a board is
//! found without reading the cases.

use std::collections::BTreeSet;

use diesel::prelude::*;

use super::schema::{cases, listings};
use super::{Db, StoreError};
use crate::ids::{BodyId, CaseId, CaseNumber};

/// Brings the bodies that see a line of a case to these.
pub fn set(db: &mut Db, case: &CaseId, bodies: &BTreeSet<BodyId>) -> Result<(), StoreError> {
    let of_case = listings::table.filter(listings::case_id.eq(&case.0));
    let known: Vec<String> = of_case.select(listings::body_id).load(db)?;
    for gone in known.iter().filter(|body| !bodies.iter().any(|other| other.0 == **body)) {
        diesel::delete(listings::table.find((&case.0, gone))).execute(db)?;
    }
    for new in bodies.iter().filter(|body| !known.contains(&body.0)) {
        let values = (listings::case_id.eq(&case.0), listings::body_id.eq(&new.0));
        diesel::insert_into(listings::table).values(values).execute(db)?;
    }
    Ok(())
}

/// The cases of which these bodies see a line, longest waiting first, at most so many.
pub fn of(db: &mut Db, bodies: &[String], most: i64) -> Result<Vec<CaseNumber>, StoreError> {
    let listed = listings::table.filter(listings::case_id.eq(cases::id)).filter(listings::body_id.eq_any(bodies));
    let numbers: Vec<String> = cases::table
        .filter(diesel::dsl::exists(listed))
        .order((cases::opened_at, cases::id))
        .select(cases::number)
        .limit(most)
        .load(db)?;
    Ok(numbers.into_iter().map(CaseNumber).collect())
}
