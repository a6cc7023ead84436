//! Whose move it is in a case: an index of what the definition says, so that a worklist is found without reading the cases.

use std::collections::BTreeSet;

use diesel::prelude::*;

use super::schema::turns;
use super::{Db, StoreError};
use crate::ids::CaseId;

/// Brings the holders of a case's turn to these.
pub fn set(db: &mut Db, case: &CaseId, holders: &BTreeSet<String>) -> Result<(), StoreError> {
    let held: Vec<String> = turns::table.filter(turns::case_id.eq(&case.0)).select(turns::holder).load(db)?;
    for gone in held.iter().filter(|holder| !holders.contains(*holder)) {
        diesel::delete(turns::table.find((&case.0, gone))).execute(db)?;
    }
    for new in holders.iter().filter(|holder| !held.contains(holder)) {
        let values = (turns::case_id.eq(&case.0), turns::holder.eq(new));
        diesel::insert_into(turns::table).values(values).execute(db)?;
    }
    Ok(())
}
