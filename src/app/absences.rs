//! Absence: who is away, and who acts in her place meanwhile. What standing in gives, and to whom it cannot be given, is
//! `authz::may_stand_in`; every seat is looked up at each request, so an absence begins and ends with its days.

use chrono::{Duration, NaiveDate};

use super::cases::CommandKey;
use super::changes::{self, Change, Kind};
use super::{App, AppError};
use crate::authz::{Actor, may_stand_in};
use crate::calendar::local_date;
use crate::ids::{PersonId, PrincipalId};
use crate::store::absences::{self, Absence, Reason as Cause};
use crate::store::{Db, StoreError, people};
use crate::texts::administration as texts;
use crate::texts::order::by_name;
use crate::workflow::rejection::{Code, Reason};

/// The longest absence: whoever is away for longer has another holder of her roles.
const LONGEST: Duration = Duration::days(366);

/// An absence to be recorded, as it was typed.
#[derive(Debug, Clone)]
pub struct NewAbsence {
    /// Who is away.
    pub person: PersonId,
    /// The first day.
    pub from: Option<NaiveDate>,
    /// The last day.
    pub until: Option<NaiveDate>,
    /// Who acts in her place.
    pub substitute: Option<PersonId>,
    /// Why.
    pub cause: Option<Cause>,
}

/// An absence that is not over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AbsenceView {
    /// Its id.
    pub id: String,
    /// The first day.
    pub from: NaiveDate,
    /// The last day.
    pub until: NaiveDate,
    /// The name of who acts in her place.
    pub substitute: String,
    /// Why.
    pub cause: Cause,
}

impl App {
    /// A person's absences that are not over: her own, or those of somebody whom the actor administers.
    ///
    /// # Errors
    /// [`AppError::NotFound`] alike where there is no such person and where she is not the actor's to know.
    pub fn absences(&self, actor: &Actor, person: &PersonId) -> Result<Vec<AbsenceView>, AppError> {
        let day = local_date(self.now());
        self.store.read(|db| {
            if *person != actor.person {
                super::administration::known(db, actor, person)?;
            }
            let coming = absences::coming(db, person, day)?.into_iter();
            coming.map(|absence| view(db, absence)).collect()
        })
    }

    /// Those who could act in a person's place today, with their names, by name.
    ///
    /// # Errors
    /// [`AppError::NotFound`] alike where there is no such person and where she is not the actor's to know.
    pub fn possible_substitutes(&self, actor: &Actor, person: &PersonId) -> Result<Vec<(PersonId, String)>, AppError> {
        let day = local_date(self.now());
        self.store.read(|db| {
            concerns(db, actor, person, day)?;
            let seats = people::seats(db, person, day)?;
            let mut found = people::belonging(db, &seats, day)?;
            found.retain(|(other, _, own)| {
                let fits = seats.iter().any(|seat| may_stand_in(own, seat));
                fits && other != person && (*person == actor.person || *other != actor.person)
            });
            found.sort_by_cached_key(|(_, name, _)| by_name(name));
            Ok(found.into_iter().map(|(id, name, _)| (id, name)).collect())
        })
    }

    /// Records an absence: one's own, or as her administrator.
    ///
    /// # Errors
    /// Every reason why not; [`AppError::NotFound`] where she is not the actor's to know.
    pub fn record_absence(&self, actor: &Actor, new: &NewAbsence, key: Option<&CommandKey>) -> Result<(), AppError> {
        self.command(actor, key, |db, now| {
            concerns(db, actor, &new.person, local_date(now))?;
            let absence = self.fitting(db, actor, new)?;
            absences::insert(db, &absence)?;
            let principal = home(db, &new.person, absence.from)?;
            let change = Change::new(Kind::AbsenceRecorded, principal, absence.person.as_str())
                .with("substitute", absence.substitute.as_str())
                .with("from", absence.from)
                .with("until", absence.until);
            Ok(changes::record(self, db, actor, now, change)?)
        })
    }

    /// Ends an absence with yesterday, or takes it back where it has not begun before today.
    ///
    /// # Errors
    /// [`AppError::NotFound`] alike where there is no such absence that is not over and where it is not the actor's to know.
    pub fn end_absence(&self, actor: &Actor, id: &str) -> Result<PersonId, AppError> {
        let now = self.now();
        let today = local_date(now);
        let yesterday = today - Duration::days(1);
        self.store.write(|db| {
            let absence = absences::find(db, id)?.filter(|absence| absence.until >= today).ok_or(AppError::NotFound)?;
            concerns(db, actor, &absence.person, today)?;
            match absence.from < today {
                true => absences::end(db, id, yesterday)?,
                false => absences::drop(db, id)?,
            }
            let principal = home(db, &absence.person, today)?;
            let change = Change::new(Kind::AbsenceEnded, principal, absence.person.as_str())
                .with("substitute", absence.substitute.as_str())
                .with("from", absence.from)
                .with("until", absence.until);
            changes::record(self, db, actor, now, change)?;
            Ok(absence.person)
        })
    }

    fn fitting(&self, db: &mut Db, actor: &Actor, new: &NewAbsence) -> Result<Absence, AppError> {
        let now = self.now();
        let today = local_date(now);
        let mut reasons = Vec::new();
        let mut refuse = |field: &str, detail: &str| reasons.push(Reason::field(Code::WrongType, field, detail));
        let (from, until) = (new.from.unwrap_or(today), new.until.unwrap_or(today));
        if new.from.is_none() {
            refuse("from", texts::FROM_DAY);
        }
        if new.until.is_none() {
            refuse("until", texts::NO_UNTIL_DAY);
        } else if until < from || until < today || until - from > LONGEST {
            refuse("until", texts::ABSENCE_UNTIL);
        }
        if new.cause.is_none() {
            refuse("cause", texts::CAUSE);
        }
        if absences::coming(db, &new.person, from)?.iter().any(|other| other.from <= until) {
            refuse("from", texts::OVERLAPS);
        }
        let substitute = new.substitute.clone().unwrap_or_else(|| new.person.clone());
        if !self.can_stand_in(db, actor, &new.person, &substitute, from)? {
            refuse("substitute", texts::SUBSTITUTE);
        }
        match (reasons.is_empty(), new.cause) {
            (true, Some(reason)) => Ok(Absence {
                id: self.ids.next(now),
                person: new.person.clone(),
                from,
                until,
                substitute,
                reason,
                recorded_by: actor.person.clone(),
                recorded: now,
            }),
            _ => Err(AppError::Rejected(reasons.into())),
        }
    }

    /// Whether somebody can act in a person's place on the day. Nobody names herself for another: that would be a way for an
    /// administrator to what she may not see.
    fn can_stand_in(
        &self,
        db: &mut Db,
        actor: &Actor,
        person: &PersonId,
        other: &PersonId,
        day: NaiveDate,
    ) -> Result<bool, StoreError> {
        if other == person || (*other == actor.person && *person != actor.person) {
            return Ok(false);
        }
        if people::disabled(db, other)?.is_some() {
            return Ok(false);
        }
        let own = people::seats(db, other, day)?;
        Ok(people::seats(db, person, day)?.iter().any(|seat| may_stand_in(&own, seat)))
    }
}

fn view(db: &mut Db, absence: Absence) -> Result<AbsenceView, AppError> {
    let substitute = people::person(db, &absence.substitute)?.ok_or(AppError::NotFound)?.name;
    let Absence { id, from, until, reason, .. } = absence;
    Ok(AbsenceView { id, from, until, substitute, cause: reason })
}

/// Her own, or somebody's whom she administers, in all that she holds: what another principal's administrator gave is not
/// hers to hand on.
fn concerns(db: &mut Db, actor: &Actor, person: &PersonId, day: NaiveDate) -> Result<(), AppError> {
    if *person == actor.person {
        return Ok(());
    }
    super::administration::wholly(db, actor, person, day).map(drop)
}

/// The principal whose administrators are to read of it.
pub(super) fn home(db: &mut Db, person: &PersonId, day: NaiveDate) -> Result<Option<PrincipalId>, StoreError> {
    Ok(people::seats(db, person, day)?.into_iter().find_map(|seat| seat.principal))
}
