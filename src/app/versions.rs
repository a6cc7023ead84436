//! The life of a workflow's versions: a draft becomes final in its file's lock, is published for new cases from a day on, and
//! is retired: no new cases, while those that run go on under it.
//!
//! A case gets the version that is in force on the day on which it is sent, for the agreement in force that day; it keeps
//! that version until somebody moves it on purpose. Of what is published, the latest begun counts, and what was published
//! for the agreement before what holds for whichever, until it ends. Where the latest begun of these has ended there are no new
//! cases: an older version never comes back by itself. Nothing follows from a new file either: it is in force from when it is published.
//! Only a workflow of which nothing was ever published is, as the database is made ([`App::publish_first`]).
//!
//! What a municipality and the region have agreed locally over a version ([`crate::workflow::overlay`]) is published by the same
//! rules, for that municipality. Its cases get it, whoever begins them, while the very version that it lies over is in force
//! for all: where the county goes on to another, nobody stays behind unasked. A case with several municipalities goes by what all
//! have agreed. One that is sent on to another municipality goes on under what it began with, like any case.
//!
//! The county's own times over a version are published so too; every case gets them that does not get its municipality's. What a
//! municipality has agreed lies over the one or the other, and counts only while that is what all others get: what was agreed
//! beside other times than the present ones lets nobody wait by those.

mod gaps;
mod in_force;
mod published;

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};
use serde::Serialize;

pub use self::gaps::Gap;
use super::changes::{self, Change, Kind};
use super::workflows::Known;
use super::{App, AppError};
use crate::authz::{Actor, PrincipalKind};
use crate::calendar::local_date;
use crate::ids::{AgreementId, Digest, PrincipalId};
use crate::store::publications::{self, Publication};
use crate::store::{Db, StoreError, definitions, organisation};
use crate::workflow::definition::{COUNTY, Local};
use crate::workflow::reference::Reference;
use published::{Published, name};

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
    /// There is no such municipality.
    #[error("there is no municipality {0}: import it first, or name it in the overlay as the organisation does")]
    NoMunicipality(PrincipalId),
    /// It lies over a version that new cases do not get then.
    #[error(
        "new cases do not get {0} on {1}, and {2} lies over it: publish that first, or write an overlay of what they get"
    )]
    NotOver(String, NaiveDate, String),
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
    /// The version.
    pub version: Reference,
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
    /// Its file never changes again; new cases never got it.
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
        let known = self.final_version(&(workflow, version).into())?;
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
        let finals = self.workflows.bases().filter(|known| self.workflows.is_final(known));
        let newest: BTreeMap<&str, &Known> = finals.map(|known| (&*known.definition.workflow, known)).collect();
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
        let local = known.name().local.map(|(principal, version)| (PrincipalId(principal), version));
        let (definition, published) = (known.digest.clone(), self.now());
        let publication = Publication { id, workflow, version, local, definition, agreement, from, until, published };
        publications::insert(db, &publication)
    }

    fn final_version(&self, name: &Reference) -> Result<&Known, VersionRefused> {
        let known = self.workflows.named(name).ok_or_else(|| VersionRefused::NoVersion(name.to_string()))?;
        match self.workflows.is_final(known) {
            true => Ok(known),
            false => Err(VersionRefused::Draft(name.to_string())),
        }
    }

    /// Lets new cases get a version from a day on.
    ///
    /// # Errors
    /// [`VersionRefused`] where it is no final version of this program, or the days do not hold; [`AppError::NotFound`] for
    /// whoever does not administer the county.
    pub fn publish(&self, actor: &Actor, order: &PublishOrder) -> Result<(), VersionRefused> {
        super::administration::county(actor)?;
        let known = self.final_version(&order.version)?;
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
            if let Some(local) = &known.definition.local {
                self.fits_local(db, known, local, from)?;
            }
            self.insert(db, known, self.ids.next(now), (Some(from), order.until), order.agreement.clone())?;
            let name = order.version.to_string();
            let change = Change::new(Kind::WorkflowPublished, None, &name).with("from", from);
            Ok(changes::record(self, db, actor, now, change.with_some("until", order.until))?)
        })
    }

    /// Whether what is agreed locally is a municipality's or all the county's, over what new cases get on that day.
    fn fits_local(&self, db: &mut Db, known: &Known, local: &Local, day: NaiveDate) -> Result<(), VersionRefused> {
        let principal = PrincipalId(local.principal.clone());
        let mut all = organisation::all_principals(db)?.into_iter();
        let mut is_municipality =
            || all.any(|known| known.id == principal && known.kind == PrincipalKind::Municipality);
        if !local.is_county() && !is_municipality() {
            return Err(VersionRefused::NoMunicipality(principal));
        }
        let published = Published::on(db, day)?;
        let in_force = match local.is_county() {
            true => self.bases_in_force(db, &published)?,
            false => self.for_all(db, &published)?,
        };
        let below = Reference { local: local.county.map(|version| (COUNTY.to_owned(), version)), ..known.name() };
        match in_force.values().any(|known| known.name() == below) {
            true => Ok(()),
            false => Err(VersionRefused::NotOver(below.to_string(), day, known.name().to_string())),
        }
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
        version: impl Into<Reference>,
        last: Option<NaiveDate>,
    ) -> Result<(), VersionRefused> {
        super::administration::county(actor)?;
        let (version, now) = (version.into(), self.now());
        let yesterday = local_date(now) - Days::new(1);
        let last = last.unwrap_or(yesterday);
        if last < yesterday {
            return Err(VersionRefused::Past(last, yesterday));
        }
        self.store.write(|db| {
            let mut of_it = publications::all(db)?;
            of_it.retain(|publication| name(publication) == version);
            of_it.retain(|publication| publication.until.is_none_or(|until| until > last));
            // What another came after has ended without being told so. What is agreed locally may wait for its base to come back.
            let goes_on = |it: &Version| matches!(it.standing, Standing::Coming | Standing::InForce);
            let mut versions = self.all_versions(db)?.into_iter();
            let ends = version.local.is_some() || versions.any(|it| it.known.name() == version && goes_on(&it));
            if of_it.is_empty() || !ends {
                return Err(VersionRefused::NotPublished(version.to_string()));
            }
            for publication in of_it {
                match publication.from.is_some_and(|from| from > local_date(now) && from > last) {
                    true => publications::take_back(db, &publication.id)?,
                    false => publications::end(db, &publication.id, last)?,
                }
            }
            let change = Change::new(Kind::WorkflowRetired, None, &version.to_string()).with("until", last);
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
        let published = Published::on(db, today)?;
        let in_force = self.bases_in_force(db, &published)?;
        let gets = |known: &Known| {
            in_force.get(&known.definition.workflow).is_some_and(|base| match &known.definition.local {
                Some(_) => published.counts_over(base, known),
                None => base.digest == known.digest,
            })
        };
        let mut all: Vec<Known> = self.workflows.all().cloned().collect();
        for stored in definitions::all(db)? {
            let digest = Digest(stored.digest);
            if all.iter().all(|known| known.digest != digest) {
                all.extend(self.readable(db, &digest)?);
            }
        }
        all.sort_by_cached_key(Known::name);
        let version = |known: Known| {
            let spans = published.spans(&known);
            let coming = spans.iter().any(|span| span.until.is_none_or(|until| until >= today));
            let standing = match (gets(&known), coming, published.began(&known)) {
                (true, ..) => Standing::InForce,
                (false, true, _) => Standing::Coming,
                (false, false, true) => Standing::Retired,
                (false, false, false) if self.workflows.is_final(&known) => Standing::Final,
                (false, false, false) => Standing::Draft,
            };
            Version { standing, spans, open_cases: open.remove(&known.digest).unwrap_or(0), known }
        };
        Ok(all.into_iter().map(version).collect())
    }
}
