//! All that is published, read for a day: what counts on it, for all and over each version for one municipality, and on which days
//! what is published counts. The rules are told in `versions`.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Days, NaiveDate};

use super::Span;
use crate::app::workflows::Known;
use crate::calendar::local_date;
use crate::ids::{AgreementId, PrincipalId};
use crate::store::publications::{self, Publication};
use crate::store::{Db, StoreError, organisation};
use crate::workflow::definition::COUNTY;
use crate::workflow::reference::Reference;

/// The name of what is published.
pub(super) fn name(publication: &Publication) -> Reference {
    let local = publication.local.as_ref().map(|(principal, version)| (principal.0.clone(), *version));
    Reference { workflow: publication.workflow.clone(), version: publication.version, local }
}

/// All that is published, and what fits a day.
pub(super) struct Published {
    all: Vec<Publication>,
    /// The day.
    pub day: NaiveDate,
    agreement: Option<AgreementId>,
}

impl Published {
    pub fn on(db: &mut Db, day: NaiveDate) -> Result<Published, StoreError> {
        let agreement = organisation::agreements_in_time(db)?.on(day).map(|version| version.agreement.clone());
        Ok(Published { all: publications::all(db)?, day, agreement })
    }

    /// What counts on the day, of the publications that `of` picks, by workflow.
    pub fn latest(&self, of: impl Fn(&Publication) -> bool) -> BTreeMap<&str, &Publication> {
        let mut latest: BTreeMap<&str, &Publication> = BTreeMap::new();
        for publication in self.all.iter().filter(|publication| of(publication)) {
            let fits = publication.agreement.is_none() || publication.agreement == self.agreement;
            let begun = publication.from.is_none_or(|from| from <= self.day);
            let held_by_own = publication.agreement.is_none()
                && latest.get(&*publication.workflow).is_some_and(|held| held.agreement.is_some());
            // An agreement's own that has ended leaves the place to what holds for whichever.
            let own_over = publication.agreement.is_some() && publication.until.is_some_and(|until| until < self.day);
            if fits && begun && !held_by_own && !own_over {
                latest.insert(&publication.workflow, publication);
            }
        }
        latest.retain(|_, found| found.until.is_none_or(|until| until >= self.day));
        latest
    }

    /// What counts on the day of what is agreed locally over this version, by municipality; the county's own times under
    /// `county`.
    pub fn over(&self, base: &Known) -> BTreeMap<&PrincipalId, &Publication> {
        let over = |publication: &Publication| {
            publication.workflow == base.definition.workflow && publication.version == base.definition.version
        };
        let of = |publication: &Publication| publication.local.as_ref().map(|(principal, _)| principal.clone());
        let whose = self.all.iter().filter(|it| over(it)).filter_map(|it| it.local.as_ref());
        let found = whose.filter_map(|(principal, _)| {
            let latest = self.latest(|it| over(it) && of(it).as_ref() == Some(principal));
            latest.into_values().next().map(|publication| (principal, publication))
        });
        found.collect()
    }

    /// Whether what is agreed over a version that is in force counts on the day: it is what that principal's cases get, and it lies
    /// over what all others get.
    pub fn counts_over(&self, base: &Known, known: &Known) -> bool {
        let over = self.over(base);
        let county = over.get(&PrincipalId::from(COUNTY)).and_then(|it| it.local.as_ref()).map(|(_, version)| *version);
        known.definition.local.as_ref().is_some_and(|local| {
            let found = over.get(&PrincipalId(local.principal.clone())).map(|it| &it.definition);
            found == Some(&known.digest) && (local.is_county() || local.county == county)
        })
    }

    /// When new cases get a definition, each publication for as long as no later one of that agreement and municipality has
    /// begun, and what is agreed for as long as what it lies over is what others get.
    pub fn spans(&self, known: &Known) -> Vec<Span> {
        let spans = self.spans_of(&known.name());
        let Some(local) = &known.definition.local else { return spans };
        let both = |spans: Vec<Span>, others: &[Span]| -> Vec<Span> {
            spans.iter().flat_map(|span| others.iter().filter_map(|other| within(span, other))).collect()
        };
        let spans = both(spans, &self.spans_of(&Reference { local: None, ..known.name() }));
        let county = |version| Reference { local: Some((COUNTY.to_owned(), version)), ..known.name() };
        match local.county {
            _ if local.is_county() => spans,
            Some(version) => both(spans, &self.spans_of(&county(version))),
            None => {
                let is_county = |it: &&Reference| {
                    let is_over = (&it.workflow, it.version) == (&known.definition.workflow, known.definition.version);
                    is_over && it.local.as_ref().is_some_and(|(principal, _)| principal == COUNTY)
                };
                let names: BTreeSet<_> = self.all.iter().map(name).collect();
                let taken = names.iter().filter(is_county).flat_map(|it| self.spans_of(it));
                taken.fold(spans, |spans, taken| spans.into_iter().flat_map(|span| without(span, &taken)).collect())
            }
        }
    }

    /// Whether new cases got a definition once, be it for part of a day: nothing took its place before it began.
    pub fn began(&self, known: &Known) -> bool {
        let of_it = self.all.iter().enumerate().filter(|(_, publication)| name(publication) == known.name());
        let mut begun = of_it.filter(|(_, publication)| publication.from.is_none_or(|from| from <= self.day));
        begun.any(|(n, publication)| {
            let before = |later: &Publication| publication.from.is_some_and(|from| local_date(later.published) < from);
            !self.later(n).is_some_and(before)
        })
    }

    /// What was published after it for the same agreement and municipality, over the same version.
    fn later(&self, n: usize) -> Option<&Publication> {
        let whose = |publication: &Publication| {
            publication.local.as_ref().map(|(principal, _)| (principal.clone(), publication.version))
        };
        let line = |publication: &Publication| {
            (publication.workflow.clone(), publication.agreement.clone(), whose(publication))
        };
        let of = self.all.get(n).map(line);
        self.all.iter().skip(n + 1).find(|later| Some(line(later)) == of)
    }

    fn spans_of(&self, version: &Reference) -> Vec<Span> {
        let of_it = self.all.iter().enumerate().filter(|(_, publication)| name(publication) == *version);
        let span = |(n, publication): (usize, &Publication)| {
            let before_later = self.later(n).and_then(|later| later.from).map(|from| from - Days::new(1));
            let until = publication.until.into_iter().chain(before_later).min();
            let from = publication.from;
            let ever = from.zip(until).is_none_or(|(from, until)| from <= until);
            ever.then(|| Span { agreement: publication.agreement.clone(), from, until })
        };
        of_it.filter_map(span).collect()
    }
}

/// What two spans have in common.
fn within(span: &Span, base: &Span) -> Option<Span> {
    let same = span.agreement.is_none() || base.agreement.is_none() || span.agreement == base.agreement;
    let agreement = span.agreement.clone().or_else(|| base.agreement.clone());
    let (from, until) = (span.from.max(base.from), span.until.into_iter().chain(base.until).min());
    let ever = from.zip(until).is_none_or(|(from, until)| from <= until);
    (same && ever).then_some(Span { agreement, from, until })
}

/// What is left of a span before and after another one; all of it where that holds under another agreement.
fn without(span: Span, taken: &Span) -> Vec<Span> {
    let is_taken = taken.agreement.is_none() || taken.agreement == span.agreement;
    if !is_taken || within(&span, taken).is_none() {
        return vec![span];
    }
    let before = taken.from.map(|from| Span { until: Some(from - Days::new(1)), ..span.clone() });
    let before = before.filter(|before| before.from.zip(before.until).is_none_or(|(from, until)| from <= until));
    let after = taken.until.filter(|until| span.until.is_none_or(|last| *until < last));
    let after = after.map(|until| Span { from: Some(until + Days::new(1)), ..span.clone() });
    before.into_iter().chain(after).collect()
}
