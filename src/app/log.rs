//! The log under examination: verify every chain, or those of one case that somebody reads; print their heads.

mod bundle;
mod documents;
mod examination;
mod export;
mod of_case;

use std::collections::BTreeSet;

use serde::Serialize;

pub use export::{ExportOf, WordsFor};
pub(super) use of_case::shows_log;
pub use of_case::{CaseLog, LogLine};

use super::{App, AppError};
use crate::ids::CaseNumber;
use crate::store::Db;
use crate::store::cases;
use crate::store::definitions::{self, StoredDefinition};
use crate::store::log;
use crate::workflow::definition::Local;
use crate::workflow::digest::{definition_digest, sha256};
use crate::workflow::proof::ChainHead;
use crate::workflow::reference::Reference;
use crate::workflow::source;

/// How many cases are verified in one transaction.
const BATCH: i64 = 50;

/// What a verification found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Verified {
    /// How many cases.
    pub cases: u64,
    /// How many entries.
    pub entries: u64,
    /// The removals: texts that are gone on record.
    pub removed: Vec<String>,
    /// What is wrong, each naming its place. Empty where all is well.
    pub problems: Vec<String>,
}

impl App {
    /// Verifies every chain, every text, every definition, and that each case is what its log says; and, against heads
    /// that were noted earlier, that nothing has been cut off since. `progress` gets the number of cases so far.
    ///
    /// # Errors
    /// Where the database does not answer. What is wrong with the log is in the answer.
    pub fn verify_log(&self, heads: &[ChainHead], mut progress: impl FnMut(u64)) -> Result<Verified, AppError> {
        let mut verified = Verified::default();
        self.store.read(|db| {
            verified.problems.extend(definitions::all(db)?.iter().filter_map(definition_problem));
            let strays = log::strays(db)?.into_iter().chain(crate::store::documents::strays(db)?);
            verified.problems.extend(strays.map(|stray| format!("{stray}: no such case")));
            Ok::<_, AppError>(())
        })?;
        let mut after: Option<CaseNumber> = None;
        loop {
            let numbers = self.store.read(|db| {
                let numbers = cases::numbers(db, after.as_ref(), BATCH)?;
                for number in &numbers {
                    self.verify_case(db, number, heads, &mut verified)?;
                }
                Ok::<_, AppError>(numbers)
            })?;
            progress(verified.cases);
            match numbers.last() {
                Some(last) => after = Some(last.clone()),
                None => break,
            }
        }
        let known: BTreeSet<_> = self.store.read(all_numbers)?;
        let missing = heads.iter().filter(|head| !known.contains(&head.case));
        verified.problems.extend(missing.map(|head| format!("{}: the case is gone", head.case)));
        Ok(verified)
    }

    fn verify_case(
        &self,
        db: &mut Db,
        number: &CaseNumber,
        heads: &[ChainHead],
        verified: &mut Verified,
    ) -> Result<(), AppError> {
        verified.cases += 1;
        let stored = match cases::by_number(db, number) {
            Ok(stored) => stored.ok_or(AppError::NotFound)?,
            Err(error) => {
                verified.problems.push(format!("{number}: {error}"));
                return Ok(());
            }
        };
        let rows = examination::examine(self, db, &stored, &|_| true, heads, verified)?;
        verified.entries += u64::try_from(rows.len()).unwrap_or(0);
        Ok(())
    }

    /// The head of every chain.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub fn chain_heads(&self) -> Result<Vec<ChainHead>, AppError> {
        self.store.read(|db| {
            let mut heads = Vec::new();
            for number in all_numbers(db)? {
                let stored = cases::by_number(db, &number)?.ok_or(AppError::NotFound)?;
                heads.extend(log::heads(db, &stored.id)?.into_iter().map(|head| ChainHead {
                    case: number.clone(),
                    room: head.room,
                    length: head.length,
                    head: head.hash,
                }));
            }
            Ok(heads)
        })
    }
}

fn all_numbers(db: &mut Db) -> Result<BTreeSet<CaseNumber>, AppError> {
    Ok(cases::numbers(db, None, i64::MAX)?.into_iter().collect())
}

fn definition_problem(stored: &StoredDefinition) -> Option<String> {
    let read = source::read(&stored.digest, &stored.text);
    let document = read.root.as_ref().map(source::Node::to_json).unwrap_or_default();
    let local: Option<Local> = serde_json::from_value(document.get("local").cloned().unwrap_or_default()).ok();
    let version = u32::try_from(stored.version).unwrap_or_default();
    let local = local.map(|local| (local.principal, local.version));
    let name = Reference { workflow: stored.workflow.clone(), version, local };
    let name = format!("definition {} ({name})", stored.digest);
    let says = |key: &str| document.get(key).cloned().unwrap_or_default();
    if definition_digest(&document).0 != stored.digest || sha256(stored.text.as_bytes()).0 != stored.text_hash {
        return Some(format!("{name}: the text has been changed"));
    }
    let fits = says("workflow") == stored.workflow.as_str() && says("version") == stored.version;
    (!fits).then(|| format!("{name}: the columns do not say what the text says"))
}
