//! Migrations: running cases go over to another version of their workflow, as a plan says, for whoever administers the county.
//!
//! Each case is judged and goes over in a transaction of its own, with its row in the ledger: whatever ends a run, what was done
//! is done, and the next run goes on with the rest - a case that went over is none of the old version's any more. A dry run
//! changes no case; it notes in the ledger which revision it judged, so that a real run can tell which cases have
//! changed since. Each is judged anew in any case, by the same function.

mod stand;

use std::collections::BTreeSet;
use std::sync::Arc;

use serde::Serialize;

use super::administration::calendar;
use super::consequences::from_case;
use super::record::Recorder;
use super::workflows::Known;
use super::world::organisation_of;
use super::{App, AppError};
use crate::authz::{Actor, may_migrate_cases};
use crate::clock::Timestamp;
use crate::ids::{CaseNumber, Digest, PersonId};
use crate::store::case_migrations::{self, LedgerRow};
use crate::store::cases::{self, GREW_OUT_OF, StoredCase};
use crate::store::log::Tip;
use crate::store::{Db, StoreError, definitions};
use crate::workflow::digest::sha256;
use crate::workflow::engine::Decided;
use crate::workflow::input::Input;
use crate::workflow::migration::{Around, Journey, Obstacle, migrate};
use crate::workflow::plan::{LoadedPlan, PlanVersion};
use crate::workflow::reference::Reference;
use crate::workflow::step::{By, Step};
use stand::stand;
pub use stand::{DeadlineStand, Stand};

pub use crate::store::case_migrations::Verdict;

/// How many cases are fetched at a time, and judged in one transaction by a dry run.
const BATCH: i64 = 100;
/// How often a case is tried again that somebody else changed in between.
const TRIES: usize = 8;

/// Why no case was looked at. For operators.
#[derive(Debug, thiserror::Error)]
pub enum MigrationRefused {
    /// The version to which cases would go over may still change.
    #[error("{0} is a draft: cases go over to nothing that may still change; a dry run may look ahead")]
    Draft(String),
    /// A case is named that does not run under the old version.
    #[error("there is no running case {0} under {1}")]
    NotAbout(CaseNumber, String),
    /// It could not be done.
    #[error(transparent)]
    App(#[from] AppError),
}

/// Which cases, and whether only to say what would come of them.
#[derive(Debug, Clone, Default)]
pub struct MigrationOrder {
    /// Only say it.
    pub dry_run: bool,
    /// These; without any, all that run under the old version.
    pub cases: Vec<CaseNumber>,
    /// At most so many that go over: whoever works in slices gets past those that do not.
    pub limit: Option<usize>,
}

/// What came of one case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Judged {
    /// The case.
    pub case: CaseNumber,
    /// ok, refused or undecided.
    pub verdict: &'static str,
    /// Why not.
    pub reasons: Vec<Obstacle>,
    /// The revision that was judged.
    pub revision: u64,
    /// Whether it has changed since the dry run that judged it.
    pub changed: bool,
    /// How it stood.
    pub before: Stand,
    /// How it stands then, where it goes over.
    pub after: Option<Stand>,
}

/// A plan at work.
struct Run<'a> {
    app: &'a App,
    plan: &'a LoadedPlan,
    old: Known,
    new: Known,
    by: By,
    person: PersonId,
}

/// A case that was judged: what there is to tell, and the step.
struct Case {
    judged: Judged,
    stored: StoredCase,
    step: Option<Step>,
}

impl App {
    /// Judges the running cases of a plan's old version, and unless it is a dry run lets those go over that can. `each` gets
    /// what came of each, as it comes.
    ///
    /// # Errors
    /// [`MigrationRefused`], with [`AppError::NotFound`] for whoever does not administer the county. What was done before stays
    /// done.
    pub fn migrate_cases(
        &self,
        actor: &Actor,
        plan: &LoadedPlan,
        order: &MigrationOrder,
        mut each: impl FnMut(Judged),
    ) -> Result<(), MigrationRefused> {
        let run = Run::of(self, actor, plan)?;
        if !order.dry_run && !self.workflows.is_final(&run.new) {
            return Err(MigrationRefused::Draft(run.new.name().to_string()));
        }
        run.keep()?;
        let mut left = order.limit.unwrap_or(usize::MAX);
        let mut after: Option<CaseNumber> = None;
        while left > 0 {
            let mut numbers = run.next(order, after.as_ref())?;
            numbers.truncate(left);
            match numbers.last() {
                Some(last) => after = Some(last.clone()),
                None => break,
            }
            let mut each = |judged: Judged| {
                left -= usize::from(judged.after.is_some());
                each(judged);
            };
            match order.dry_run {
                true => run.foresee(&numbers)?.into_iter().for_each(each),
                false => numbers
                    .iter()
                    .try_for_each(|number| run.go_over(number).map(|judged| judged.into_iter().for_each(&mut each)))?,
            }
        }
        Ok(())
    }
}

impl<'a> Run<'a> {
    fn of(app: &'a App, actor: &Actor, plan: &'a LoadedPlan) -> Result<Run<'a>, AppError> {
        let seat = may_migrate_cases(actor).ok_or(AppError::NotFound)?;
        let version = |version: &PlanVersion| {
            let named = version.of(&plan.plan.workflow);
            named.and_then(|name| app.workflows.named(&name)).cloned().ok_or(AppError::NotFound)
        };
        let (old, new) = (version(&plan.plan.from)?, version(&plan.plan.to)?);
        Ok(Run { app, plan, old, new, by: By::actor(actor, seat), person: actor.person.clone() })
    }

    /// Keeps the plan and the definition that steps will name; a draft, at which a dry run may look, is not kept: it may still
    /// change, and what is kept stays.
    fn keep(&self) -> Result<(), AppError> {
        let plan = &self.plan.plan;
        Ok(self.app.store.write(|db| {
            if self.app.workflows.is_final(&self.new) {
                let version = self.new.definition.version;
                definitions::keep(db, &self.new.digest, &plan.workflow, version, &self.new.text)?;
            }
            case_migrations::keep_plan(db, &self.plan.digest, &plan.name(), &self.plan.text)
        })?)
    }

    /// The next cases in the order of their numbers: of those that are named, or of all.
    fn next(&self, order: &MigrationOrder, after: Option<&CaseNumber>) -> Result<Vec<CaseNumber>, MigrationRefused> {
        if order.cases.is_empty() {
            let of = (self.plan.plan.workflow.as_str(), self.old.definition.version);
            let there = self.there();
            let which = (self.local(), &there[..]);
            let all = self.app.store.read(|db| case_migrations::candidates(db, of, which, after, BATCH));
            return Ok(all.map_err(AppError::from)?);
        }
        // Once one has gone over it is none of the old version's.
        for number in order.cases.iter().filter(|_| after.is_none()) {
            let stored = self.app.store.read(|db| cases::by_number(db, number)).map_err(AppError::from)?;
            if !stored.is_some_and(|stored| self.is_about(&stored)) {
                return Err(MigrationRefused::NotAbout(number.clone(), self.old.name().to_string()));
            }
        }
        let rest = order.cases.iter().filter(|number| after.is_none_or(|after| *number > after));
        Ok(rest.cloned().collect::<BTreeSet<_>>().into_iter().collect())
    }

    fn is_about(&self, stored: &StoredCase) -> bool {
        let (case, old) = (&stored.case, &self.old.definition);
        let is_of_version = (&case.workflow, case.version) == (&old.workflow, old.version);
        let is_from =
            !self.there().contains(&&stored.definition) && self.local().is_none_or(|only| stored.definition == *only);
        is_of_version && is_from && case.outcome.is_none()
    }

    /// The definitions of cases that have gone over already: the new one and, where that is agreed locally over the version that they
    /// have, each later version of it.
    fn there(&self) -> Vec<&Digest> {
        let new = self.new.name();
        let is_later = |known: &&Known| {
            let Reference { workflow, version, local } = known.name();
            let is_over_same = (&workflow, version) == (&new.workflow, new.version);
            let pair = local.as_ref().zip(new.local.as_ref());
            is_over_same && pair.is_some_and(|((whose, later), (of, version))| whose == of && later > version)
        };
        let later = self.app.workflows.all().filter(is_later).map(|known| &known.digest);
        std::iter::once(&self.new.digest).chain(later).collect()
    }

    /// The old definition, where the plan leads from what is agreed locally: no other case of the version is any of its business.
    fn local(&self) -> Option<&Digest> {
        self.old.definition.local.as_ref().map(|_| &self.old.digest)
    }

    /// Judges cases, and notes what it foresees.
    fn foresee(&self, numbers: &[CaseNumber]) -> Result<Vec<Judged>, AppError> {
        let now = self.app.now();
        let found = self.app.store.read(|db| {
            let mut found = Vec::new();
            for number in numbers {
                let stored = cases::by_number(db, number)?.ok_or(AppError::NotFound)?;
                // Somebody may have been faster.
                if self.is_about(&stored) {
                    found.push(self.judge(db, stored, now)?);
                }
            }
            Ok::<_, AppError>(found)
        })?;
        again(|| self.app.store.write(|db| found.iter().try_for_each(|case| self.note(db, case, true, now))))?;
        Ok(found.into_iter().map(|case| case.judged).collect())
    }

    /// Judges a case anew and lets it go over; none where it has gone over or ended meanwhile.
    fn go_over(&self, number: &CaseNumber) -> Result<Option<Judged>, AppError> {
        again(|| {
            let now = self.app.now();
            self.app.store.write(|db| {
                let (stored, tip) = cases::lock(db, number)?.ok_or(AppError::NotFound)?;
                if !self.is_about(&stored) {
                    return Ok(None);
                }
                let case = self.judge(db, stored, now)?;
                if let Some(step) = &case.step {
                    self.record(db, &case.stored, tip, step, now)?;
                }
                self.note(db, &case, false, now)?;
                Ok(Some(case.judged))
            })
        })
    }

    fn record(&self, db: &mut Db, stored: &StoredCase, tip: Tip, step: &Step, now: Timestamp) -> Result<(), AppError> {
        let organisation = organisation_of(db, &self.new.definition, now)?;
        let calendar = calendar(self.app, db)?;
        let decided = Decided { step: step.clone(), texts: Vec::new(), own: Input::default() };
        let mut recorder = Recorder { app: self.app, db, now, organisation: &organisation, calendar: &calendar };
        recorder.go_on(&self.new, (stored, tip), &decided).map(drop)
    }

    fn judge(&self, db: &mut Db, stored: StoredCase, now: Timestamp) -> Result<Case, AppError> {
        let kept = definitions::by_digest(db, &self.new.digest)?;
        let text = kept.map_or_else(|| sha256(self.new.text.as_bytes()), |kept| Digest(kept.text_hash));
        let (old, new) = (&*self.old.definition, &*self.new.definition);
        let journey = Journey { plan: self.plan, old, new, text: &text };
        let calendar = calendar(self.app, db)?;
        let (due, in_digest) = case_migrations::at_work(db, &stored.id, now)?;
        let (expected, origins) = self.relatives(db, &stored)?;
        let around = Around { now, calendar: &calendar, by: self.by.clone(), due, in_digest, expected, origins };
        let runs_under = match self.app.workflows.of(db, &stored.definition) {
            // What this program cannot read stops no other case.
            Err(AppError::Internal(_)) => None,
            known => Some(known?),
        };
        let outcome = match &runs_under {
            Some(known) if known.digest == self.old.digest => migrate(&journey, &stored.case, &around),
            Some(known) if known.definition.local.is_some() => Err(vec![Obstacle::local(&known.name())]),
            Some(_) | None => Err(vec![Obstacle::other_text()]),
        };
        let (step, reasons) = match outcome {
            Ok(step) => (Some(step), Vec::new()),
            Err(reasons) => (None, reasons),
        };
        let then = step.as_ref().map(|step| stored.case.clone().evolve(new, 0, step));
        let foreseen = case_migrations::foreseen(db, &self.plan.digest, &stored.id)?;
        let revision = stored.case.revision;
        let judged = Judged {
            case: stored.number.clone(),
            verdict: if step.is_some() { "ok" } else { verdict(&reasons).name() },
            reasons,
            revision,
            changed: foreseen.is_some_and(|foreseen| foreseen != revision),
            before: stand(runs_under.as_ref().map_or(old, |known| &known.definition), &stored.case, &around),
            after: then.map(|then| stand(new, &then, &around)),
        };
        Ok(Case { judged, stored, step })
    }

    /// What open cases that grew out of this one will raise in it when they end; and the open cases that it grew out of.
    fn relatives(&self, db: &mut Db, stored: &StoredCase) -> Result<(Vec<Expected>, Vec<Origin>), AppError> {
        let (mut expected, mut origins) = (Vec::new(), Vec::new());
        for (relation, number, is_from) in cases::linked(db, &stored.id)? {
            let other = cases::by_number(db, &number)?.ok_or(AppError::NotFound)?;
            if relation != GREW_OUT_OF || other.case.outcome.is_some() {
                continue;
            }
            let known = self.app.workflows.of(db, &other.definition)?;
            if !is_from {
                origins.push((number, known.definition));
                continue;
            }
            let at_end = from_case(&known.definition, &other.case).and_then(|from| from.at_end.as_ref());
            let ids = at_end.iter().flat_map(|at_end| at_end.all());
            expected.extend(ids.map(|(_, ids)| (number.clone(), ids.into_iter().cloned().collect())));
        }
        Ok((expected, origins))
    }

    fn note(&self, db: &mut Db, case: &Case, foreseen: bool, now: Timestamp) -> Result<(), AppError> {
        let reasons = &case.judged.reasons;
        let row = LedgerRow {
            plan: &self.plan.digest,
            case: &case.stored.id,
            verdict: match case.step {
                Some(_) if foreseen => Verdict::Foreseen,
                Some(_) => Verdict::Migrated,
                None => verdict(reasons),
            },
            reasons: &serde_json::to_string(reasons).map_err(|error| AppError::Internal(error.to_string()))?,
            revision: case.judged.revision,
            person: &self.person,
            at: now,
        };
        Ok(case_migrations::note(db, &row, foreseen)?)
    }
}

/// Does it again where somebody else was faster.
fn again<T>(work: impl Fn() -> Result<T, AppError>) -> Result<T, AppError> {
    let mut tries = 1..TRIES;
    loop {
        match work() {
            Err(AppError::Store(StoreError::Conflict)) if tries.next().is_some() => {}
            outcome => return outcome,
        }
    }
}

/// An open case, and what it will raise: the first of these that is possible.
type Expected = (CaseNumber, Vec<String>);
/// An open case that this one grew out of, with its definition.
type Origin = (CaseNumber, Arc<crate::workflow::definition::Definition>);

/// Refused where anything stands in the way that nobody can decide in the case.
fn verdict(reasons: &[Obstacle]) -> Verdict {
    if reasons.iter().all(|reason| reason.decision) { Verdict::Undecided } else { Verdict::Refused }
}
