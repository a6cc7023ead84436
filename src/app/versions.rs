//! The life of a workflow's versions: a draft becomes final in its file's lock, is published for new cases from a day on, and
//! is retired: no new cases, while those that run go on under it.
//!
//! A case gets the version that is in force on the day on which it is sent, for the agreement in force that day; it keeps
//! that version until somebody moves it on purpose. Of what is published, the latest begun counts, and what was published
//! for the agreement before what holds for whichever, until it ends. Where the latest begun of these has ended there are no new
//! cases: an older version never comes back by itself. Nothing follows from a new file either: it is in force from when it is published.
//! Only a workflow of which nothing was ever published is, as the database is made ([`App::publish_first`]).

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};
use serde::Serialize;

use super::changes::{self, Change, Kind};
use super::workflows::Known;
use super::{App, AppError};
use crate::authz::Actor;
use crate::calendar::local_date;
use crate::ids::{AgreementId, Digest};
use crate::store::publications::{self, Publication};
use crate::store::{Db, StoreError, definitions, organisation};
use crate::workflow::definition::Definition;
use crate::workflow::lock::key;

/// Why a version was not published or retired. For operators.
#[derive(Debug, thiserror::Error)]
pub enum VersionRefused {
    /// There is no such version.
    #[error("there is no workflow {0}: `samsyn workflow list` tells which there are")]
    NoVersion(String),
    /// Its file may still change.
    #[error(
        "{0} is a draft: set `final: true` on its line in workflows/digests.lock once its file is done, and build anew"
    )]
    Draft(String),
    /// There is no such agreement.
    #[error("there is no agreement {0}: import it first, or leave --agreement out")]
    NoAgreement(AgreementId),
    /// It ends before it begins.
    #[error("the last day {1} lies before the first day {0}")]
    EndsFirst(NaiveDate, NaiveDate),
    /// New cases would have got it on a day that has been.
    #[error("{0} has been: what new cases got then cannot be changed; give a day from {1} on")]
    Past(NaiveDate, NaiveDate),
    /// New cases get it neither now nor later.
    #[error("new cases do not get {0}: there is nothing to retire")]
    NotPublished(String),
    /// It could not be done.
    #[error(transparent)]
    App(#[from] AppError),
}

impl From<StoreError> for VersionRefused {
    fn from(error: StoreError) -> Self {
        VersionRefused::App(error.into())
    }
}

/// Which version to publish, for what and when.
#[derive(Debug, Clone)]
pub struct PublishOrder {
    /// The workflow.
    pub workflow: String,
    /// Its version.
    pub version: u32,
    /// The agreement under which new cases get it; none for whichever.
    pub agreement: Option<AgreementId>,
    /// The first day, Europe/Stockholm; today where none is given.
    pub from: Option<NaiveDate>,
    /// The last day, Europe/Stockholm; none while it goes on.
    pub until: Option<NaiveDate>,
}

/// Where a version stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Its file may still change.
    Draft,
    /// Its file never changes again; it was never published.
    Final,
    /// It is published for a day to come, or for whichever agreement while another version holds for the present one.
    Coming,
    /// New cases get it.
    InForce,
    /// New cases got it once.
    Retired,
}

/// Days on which new cases get a version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Span {
    /// Under this agreement alone; none for whichever.
    pub agreement: Option<AgreementId>,
    /// The first day, Europe/Stockholm; none where there is none.
    pub from: Option<NaiveDate>,
    /// The last day, Europe/Stockholm, be it that it was retired or that another came after it; none while it goes on.
    pub until: Option<NaiveDate>,
}

/// A version with where it stands.
#[derive(Clone)]
pub struct Version {
    /// The definition.
    pub known: Known,
    /// Where it stands.
    pub standing: Standing,
    /// When new cases got it, get it or will, by first day.
    pub spans: Vec<Span>,
    /// How many open cases run on it.
    pub open_cases: i64,
}

impl App {
    /// The version of each workflow that new cases get on a day, by name.
    pub(super) fn in_force(&self, db: &mut Db, day: NaiveDate) -> Result<BTreeMap<String, Known>, AppError> {
        let agreement = organisation::agreements_in_time(db)?.on(day).map(|version| version.agreement.clone());
        let mut latest: BTreeMap<String, Publication> = BTreeMap::new();
        for publication in publications::all(db)? {
            let fits = publication.agreement.is_none() || publication.agreement == agreement;
            let begun = publication.from.is_none_or(|from| from <= day);
            let held_by_own = publication.agreement.is_none()
                && latest.get(&publication.workflow).is_some_and(|held| held.agreement.is_some());
            // An agreement's own that has ended leaves the place to what holds for whichever.
            let own_over = publication.agreement.is_some() && publication.until.is_some_and(|until| until < day);
            if fits && begun && !held_by_own && !own_over {
                latest.insert(publication.workflow.clone(), publication);
            }
        }
        let goes_on = latest.into_iter().filter(|(_, found)| found.until.is_none_or(|until| until >= day));
        let mut read = |(workflow, found): (String, Publication)| match self.workflows.of(db, &found.definition) {
            // Published by a newer program on the same database: everything else must go on here.
            Err(AppError::Internal(why)) => {
                tracing::error!(workflow, why, "the version in force cannot be read: no case of it begins here");
                None
            }
            known => Some(known.map(|known| (workflow, known))),
        };
        goes_on.filter_map(&mut read).collect()
    }

    /// The version of a workflow that a case gets that is sent today.
    pub(super) fn in_force_today(&self, db: &mut Db, workflow: &str) -> Result<Option<Known>, AppError> {
        Ok(self.in_force(db, local_date(self.now()))?.remove(workflow))
    }

    /// Publishes each workflow of which nothing was ever published: the version that its cases run on already, or the newest
    /// final one. For when a database is made or brought up to date.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub fn publish_first(&self) -> Result<(), AppError> {
        match self.store.write(|db| self.publish_what_never_was(db)) {
            // Another process was first.
            Err(AppError::Store(StoreError::Conflict)) => self.store.write(|db| self.publish_what_never_was(db)),
            done => done,
        }
    }

    /// Publishes this version of a workflow of which nothing was ever published, where the newest is not what its cases
    /// begin with: for a county that goes over later, as that of the demonstration does.
    ///
    /// # Errors
    /// [`VersionRefused`] where it is no final version of this program.
    pub fn begin_with(&self, workflow: &str, version: u32) -> Result<(), VersionRefused> {
        let name = || key(workflow, version);
        let known = self.workflows.version(workflow, version).ok_or_else(|| VersionRefused::NoVersion(name()))?;
        if !self.workflows.is_final(known) {
            return Err(VersionRefused::Draft(name()));
        }
        self.store.write(|db| {
            let mut published = publications::all(db)?.into_iter();
            match published.any(|publication| publication.workflow == workflow) {
                true => Ok(()),
                false => Ok(self.insert(db, known, format!("first {workflow}"), (None, None), None)?),
            }
        })
    }

    /// What [`App::publish_first`] does, within a transaction.
    pub(super) fn publish_what_never_was(&self, db: &mut Db) -> Result<(), AppError> {
        let published = publications::all(db)?;
        let finals = || self.workflows.all().filter(|known| self.workflows.is_final(known));
        let newest: BTreeMap<&str, &Known> = finals().map(|known| (&*known.definition.workflow, known)).collect();
        for (workflow, known) in newest {
            if published.iter().any(|publication| publication.workflow == workflow) {
                continue;
            }
            let used = publications::highest_used(db, workflow)?;
            let used = used.and_then(|version| self.workflows.version(workflow, version));
            let known = used.unwrap_or(known);
            // Two processes that bring a database up to date at once publish one.
            self.insert(db, known, format!("first {workflow}"), (None, None), None)?;
        }
        Ok(())
    }

    fn insert(
        &self,
        db: &mut Db,
        known: &Known,
        id: String,
        (from, until): (Option<NaiveDate>, Option<NaiveDate>),
        agreement: Option<AgreementId>,
    ) -> Result<(), StoreError> {
        let (workflow, version) = (known.definition.workflow.clone(), known.definition.version);
        definitions::keep(db, &known.digest, &workflow, version, &known.text)?;
        let (definition, published) = (known.digest.clone(), self.now());
        publications::insert(db, &Publication { id, workflow, version, definition, agreement, from, until, published })
    }

    /// Lets new cases get a version from a day on.
    ///
    /// # Errors
    /// [`VersionRefused`] where it is no final version of this program, or the days do not hold; [`AppError::NotFound`] for
    /// whoever does not administer the county.
    pub fn publish(&self, actor: &Actor, order: &PublishOrder) -> Result<(), VersionRefused> {
        super::administration::county(actor)?;
        let name = key(&order.workflow, order.version);
        let known = self.workflows.version(&order.workflow, order.version);
        let known = known.ok_or_else(|| VersionRefused::NoVersion(name.clone()))?;
        if !self.workflows.is_final(known) {
            return Err(VersionRefused::Draft(name));
        }
        let now = self.now();
        let today = local_date(now);
        let from = order.from.unwrap_or(today);
        if from < today {
            return Err(VersionRefused::Past(from, today));
        }
        if let Some(until) = order.until.filter(|until| *until < from) {
            return Err(VersionRefused::EndsFirst(from, until));
        }
        self.store.write(|db| {
            if let Some(agreement) = &order.agreement {
                let known = organisation::agreements(db)?.into_iter().any(|row| row.version.agreement == *agreement);
                known.then_some(()).ok_or_else(|| VersionRefused::NoAgreement(agreement.clone()))?;
            }
            self.insert(db, known, self.ids.next(now), (Some(from), order.until), order.agreement.clone())?;
            let change = Change::new(Kind::WorkflowPublished, None, &name).with("from", from);
            Ok(changes::record(self, db, actor, now, change.with_some("until", order.until))?)
        })
    }

    /// Lets no new case get a version after a day; yesterday where none is given. Those that run go on under it. What has not
    /// begun by then is taken back, and what is in force goes on.
    ///
    /// # Errors
    /// [`VersionRefused`] where new cases get it neither now nor later, or that day lies further back; [`AppError::NotFound`]
    /// for whoever does not administer the county.
    pub fn retire(
        &self,
        actor: &Actor,
        (workflow, version): (&str, u32),
        last: Option<NaiveDate>,
    ) -> Result<(), VersionRefused> {
        super::administration::county(actor)?;
        let (name, now) = (key(workflow, version), self.now());
        let yesterday = local_date(now) - Days::new(1);
        let last = last.unwrap_or(yesterday);
        if last < yesterday {
            return Err(VersionRefused::Past(last, yesterday));
        }
        self.store.write(|db| {
            let mut of_it = publications::all(db)?;
            of_it.retain(|publication| publication.workflow == workflow && publication.version == version);
            of_it.retain(|publication| publication.until.is_none_or(|until| until > last));
            // What another came after has ended without being told so.
            let is_it = |known: &Definition| (known.workflow.as_str(), known.version) == (workflow, version);
            let goes_on = |it: &Version| matches!(it.standing, Standing::Coming | Standing::InForce);
            let mut versions = self.all_versions(db)?.into_iter();
            if of_it.is_empty() || !versions.any(|it| is_it(&it.known.definition) && goes_on(&it)) {
                return Err(VersionRefused::NotPublished(name.clone()));
            }
            for publication in of_it {
                match publication.from.is_some_and(|from| from > local_date(now) && from > last) {
                    true => publications::take_back(db, &publication.id)?,
                    false => publications::end(db, &publication.id, last)?,
                }
            }
            let change = Change::new(Kind::WorkflowRetired, None, &name).with("until", last);
            Ok(changes::record(self, db, actor, now, change)?)
        })
    }

    /// Every version that this program is built with or that cases ran under, by name and version.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub fn versions(&self) -> Result<Vec<Version>, AppError> {
        self.store.read(|db| self.all_versions(db))
    }

    /// What [`App::versions`] tells, within a transaction.
    pub(super) fn all_versions(&self, db: &mut Db) -> Result<Vec<Version>, AppError> {
        let today = local_date(self.now());
        let mut open: BTreeMap<Digest, i64> = definitions::open_cases(db)?.into_iter().collect();
        let published = publications::all(db)?;
        let in_force = self.in_force(db, today)?;
        let mut all: Vec<Known> = self.workflows.all().cloned().collect();
        for stored in definitions::all(db)? {
            let digest = Digest(stored.digest);
            if all.iter().all(|known| known.digest != digest) {
                all.push(self.workflows.of(db, &digest)?);
            }
        }
        all.sort_by_cached_key(|known| (known.definition.workflow.clone(), known.definition.version));
        let version = |known: Known| {
            let spans = spans(&published, &known.digest);
            let in_force = in_force.get(&known.definition.workflow).is_some_and(|now| now.digest == known.digest);
            let coming = spans.iter().any(|span| span.until.is_none_or(|until| until >= today));
            let standing = match (in_force, coming, spans.is_empty()) {
                (true, ..) => Standing::InForce,
                (false, true, _) => Standing::Coming,
                (false, false, false) => Standing::Retired,
                (false, false, true) if self.workflows.is_final(&known) => Standing::Final,
                (false, false, true) => Standing::Draft,
            };
            Version { standing, spans, open_cases: open.remove(&known.digest).unwrap_or(0), known }
        };
        Ok(all.into_iter().map(version).collect())
    }
}

/// When new cases get a definition, each publication for as long as no later one of that agreement has begun.
fn spans(published: &[Publication], definition: &Digest) -> Vec<Span> {
    let of_it = published.iter().enumerate().filter(|(_, publication)| publication.definition == *definition);
    let span = |(n, publication): (usize, &Publication)| {
        let later = published
            .iter()
            .skip(n + 1)
            .find(|later| later.workflow == publication.workflow && later.agreement == publication.agreement);
        let before_later = later.and_then(|later| later.from).map(|from| from - Days::new(1));
        let until = publication.until.into_iter().chain(before_later).min();
        let from = publication.from;
        let ever = from.zip(until).is_none_or(|(from, until)| from <= until);
        ever.then(|| Span { agreement: publication.agreement.clone(), from, until })
    };
    of_it.filter_map(span).collect()
}
