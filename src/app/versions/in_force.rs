//! Which definition new cases get on a day: the version that is in force, with what is agreed locally over it. The rules are told in
//! `versions`.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::published::Published;
use crate::app::workflows::Known;
use crate::app::{App, AppError};
use crate::authz::{Actor, PrincipalKind};
use crate::calendar::local_date;
use crate::ids::{Digest, PrincipalId};
use crate::store::publications::Publication;
use crate::store::{Db, organisation};
use crate::workflow::definition::COUNTY;

impl App {
    /// What new cases get on a day of each workflow, by name, where their municipality has agreed nothing besides: the version,
    /// with the county's own times.
    pub(in crate::app) fn in_force(&self, db: &mut Db, day: NaiveDate) -> Result<BTreeMap<String, Known>, AppError> {
        let published = Published::on(db, day)?;
        self.for_all(db, &published)
    }

    /// The same of what is published.
    pub(super) fn for_all(&self, db: &mut Db, published: &Published) -> Result<BTreeMap<String, Known>, AppError> {
        let mut in_force = BTreeMap::new();
        for (workflow, base) in self.bases_in_force(db, published)? {
            in_force.extend(self.with_county(db, published, base)?.map(|known| (workflow, known)));
        }
        Ok(in_force)
    }

    /// The same without what is agreed over it.
    pub(super) fn bases_in_force(
        &self,
        db: &mut Db,
        published: &Published,
    ) -> Result<BTreeMap<String, Known>, AppError> {
        let latest = published.latest(|publication| publication.local.is_none()).into_iter();
        let mut read = |(workflow, found): (&str, &Publication)| {
            let known = self.readable(db, &found.definition).transpose()?;
            Some(known.map(|known| (workflow.to_owned(), known)))
        };
        latest.filter_map(&mut read).collect()
    }

    /// A version with the county's own times over it, where there are some.
    fn with_county(&self, db: &mut Db, published: &Published, base: Known) -> Result<Option<Known>, AppError> {
        match published.over(&base).get(&PrincipalId::from(COUNTY)) {
            Some(county) => self.readable(db, &county.definition),
            None => Ok(Some(base)),
        }
    }

    /// A definition; none where a newer program on the same database made it, and everything else must go on here.
    pub(super) fn readable(&self, db: &mut Db, digest: &Digest) -> Result<Option<Known>, AppError> {
        match self.workflows.of(db, digest) {
            Err(AppError::Internal(why)) => {
                tracing::error!(%digest, why, "a version cannot be read: it is not listed here, and no case of it begins");
                Ok(None)
            }
            known => known.map(Some),
        }
    }

    /// The version of a workflow that a case gets that the actor begins so today, with these others: what the one municipality
    /// among its principals has agreed locally, or what holds for all.
    pub(in crate::app) fn in_force_for(
        &self,
        db: &mut Db,
        actor: &Actor,
        (workflow, start): (&str, &str),
        others: &[PrincipalId],
    ) -> Result<Option<Known>, AppError> {
        let published = Published::on(db, local_date(self.now()))?;
        let Some(base) = self.bases_in_force(db, &published)?.remove(workflow) else { return Ok(None) };
        let locals = published.over(&base);
        let start = base.definition.start.iter().find(|known| known.id == start);
        let Some(start) = start.filter(|_| !locals.is_empty()) else {
            return self.with_county(db, &published, base);
        };
        let own = self.beginning(db, actor, &base, start)?.map(|(_, principal)| principal);
        let of_case = |id: &PrincipalId| own.as_ref() == Some(id) || others.contains(id);
        let mut municipalities = organisation::all_principals(db)?;
        municipalities.retain(|known| known.kind == PrincipalKind::Municipality && of_case(&known.id));
        let local = match municipalities.as_slice() {
            [one] => locals.get(&one.id),
            _ => None,
        };
        let local = local.map(|local| self.workflows.of(db, &local.definition)).transpose()?;
        match local.filter(|local| published.counts_over(&base, local)) {
            None => self.with_county(db, &published, base),
            counts => Ok(counts),
        }
    }

    /// What a case of a workflow gets that is sent today, where its municipality has agreed nothing besides.
    pub(in crate::app) fn in_force_today(&self, db: &mut Db, workflow: &str) -> Result<Option<Known>, AppError> {
        Ok(self.in_force(db, local_date(self.now()))?.remove(workflow))
    }
}
