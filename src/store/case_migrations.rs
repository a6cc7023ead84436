//! The ledger of migrations: which plan judged which case how, and the plans themselves. (`migrations` is the schema's.)

use diesel::dsl::exists;
use diesel::prelude::*;

use super::reminders::WAITING;
use super::schema::{case_migrations, cases, deadlines, migration_plans, reminders};
use super::{Db, StoreError};
use crate::clock::Timestamp;
use crate::ids::{CaseId, CaseNumber, Digest, PersonId};

/// What came of a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// A dry run found that it goes over.
    Foreseen,
    /// It went over.
    Migrated,
    /// It does not.
    Refused,
    /// People must decide something in it first.
    Undecided,
}

impl Verdict {
    /// The name in the database.
    pub fn name(self) -> &'static str {
        match self {
            Verdict::Foreseen => "foreseen",
            Verdict::Migrated => "migrated",
            Verdict::Refused => "refused",
            Verdict::Undecided => "undecided",
        }
    }
}

/// A row of the ledger.
#[derive(Debug, Clone)]
pub struct LedgerRow<'a> {
    /// The plan.
    pub plan: &'a Digest,
    /// The case.
    pub case: &'a CaseId,
    /// What came of it.
    pub verdict: Verdict,
    /// Why not, as JSON.
    pub reasons: &'a str,
    /// The revision of the case that was judged.
    pub revision: u64,
    /// Who had it done.
    pub person: &'a PersonId,
    /// When.
    pub at: Timestamp,
}

/// Keeps a plan, once.
pub fn keep_plan(db: &mut Db, digest: &Digest, name: &str, text: &str) -> Result<(), StoreError> {
    let row = migration_plans::table.find(&digest.0);
    let known: bool = diesel::select(exists(row)).get_result(db)?;
    if !known {
        let (digest, name) = (migration_plans::digest.eq(&digest.0), migration_plans::name.eq(name));
        diesel::insert_into(migration_plans::table)
            .values((digest, name, migration_plans::text.eq(text)))
            .execute(db)?;
    }
    Ok(())
}

/// Notes what came of a case, in the place of what was noted before; `foreseen` where it is a dry run that judges. That a case
/// went over stays noted: a dry run may have judged it before, and note it after.
pub fn note(db: &mut Db, row: &LedgerRow, foreseen: bool) -> Result<(), StoreError> {
    let revision = whole(row.revision);
    let set = (
        case_migrations::verdict.eq(row.verdict.name()),
        case_migrations::reasons.eq(row.reasons),
        case_migrations::revision.eq(revision),
        case_migrations::person_id.eq(row.person.as_str()),
        case_migrations::judged_at.eq(row.at.naive_utc()),
    );
    let held = case_migrations::table.find((&row.plan.0, &row.case.0));
    let verdict: Option<String> = held.select(case_migrations::verdict).get_result(db).optional()?;
    match verdict.as_deref() {
        Some(noted) if noted == Verdict::Migrated.name() => return Ok(()),
        Some(_) => diesel::update(held).set(set).execute(db)?,
        None => {
            let key = (case_migrations::plan.eq(&row.plan.0), case_migrations::case_id.eq(&row.case.0));
            diesel::insert_into(case_migrations::table)
                .values((key.0, key.1, set.0, set.1, set.2, set.3, set.4))
                .execute(db)?
        }
    };
    if foreseen {
        diesel::update(held).set(case_migrations::foreseen_revision.eq(revision)).execute(db)?;
    }
    Ok(())
}

/// The revision at which a dry run last judged a case, if one has.
pub fn foreseen(db: &mut Db, plan: &Digest, case: &CaseId) -> Result<Option<u64>, StoreError> {
    let row = case_migrations::table.find((&plan.0, &case.0)).select(case_migrations::foreseen_revision);
    let revision: Option<i64> = row.get_result(db).optional()?.flatten();
    Ok(revision.and_then(|revision| u64::try_from(revision).ok()))
}

/// The open cases that run under a version of a workflow, by number, after one of them: under none of the definitions `but`, and
/// where `only` is given, under that alone.
pub fn candidates(
    db: &mut Db,
    (workflow, version): (&str, u32),
    (only, but): (Option<&Digest>, &[&Digest]),
    after: Option<&CaseNumber>,
    limit: i64,
) -> Result<Vec<CaseNumber>, StoreError> {
    let after = after.map(|number| number.0.clone()).unwrap_or_default();
    let mut numbers = cases::table
        .filter(cases::workflow.eq(workflow))
        .filter(cases::version.eq(i32::try_from(version).unwrap_or(i32::MAX)))
        .filter(cases::definition.ne_all(but.iter().map(|digest| &digest.0)))
        .filter(cases::outcome.is_null())
        .filter(cases::number.gt(after))
        .order(cases::number)
        .limit(limit)
        .into_boxed();
    if let Some(only) = only {
        numbers = numbers.filter(cases::definition.eq(&only.0));
    }
    Ok(numbers.select(cases::number).load::<String>(db)?.into_iter().map(CaseNumber).collect())
}

/// Whether something is due of a deadline of the case by now, and whether one of its reminders waits for somebody's digest.
pub fn at_work(db: &mut Db, case: &CaseId, now: Timestamp) -> Result<(bool, bool), StoreError> {
    let of_case = deadlines::table.filter(deadlines::case_id.eq(&case.0));
    let due = diesel::select(exists(of_case.filter(deadlines::wake_at.le(now.naive_utc())))).get_result(db)?;
    let noted = reminders::table.filter(reminders::case_id.eq(&case.0));
    let in_digest = diesel::select(exists(noted.filter(reminders::digest.eq(WAITING)))).get_result(db)?;
    Ok((due, in_digest))
}

fn whole(revision: u64) -> i64 {
    i64::try_from(revision).unwrap_or(i64::MAX)
}
