//! What is kept from somebody to whom a mail was written when she might still know of the case: it waits overnight, or for a
//! server, or until an operator lets it be tried again, and she may have lost the role meanwhile. Judged each time that a mail
//! is about to leave, by her seats of that day, those of whoever's place she takes among them; so a retry brings it to nobody
//! whom the first try kept it from.
//!
//! Of a digest only those cases are taken out, for good: what is left of it is what goes out at every further try.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use crate::app::{AppError, access};
use crate::authz::Actor;
use crate::calendar::local_date;
use crate::clock::Timestamp;
use crate::ids::{CaseId, CaseNumber, PersonId};
use crate::mail::{DIGEST, DigestContent};
use crate::store::outbox::{self, ClaimedMail};
use crate::store::{Db, StoreError, cases, people, reminders};

/// What is kept from the recipient of a mail.
pub(super) struct Withheld {
    /// The cases that she may not know of.
    pub unknown: BTreeSet<CaseId>,
    /// What is left of a digest; none where nothing goes to her.
    pub left: Option<DigestContent>,
}

/// What is to be kept from the recipient of a claimed mail now; none where nothing is.
pub(super) fn withheld(db: &mut Db, mail: &ClaimedMail, now: Timestamp) -> Result<Option<Withheld>, AppError> {
    // What cannot be read goes to nobody, and is told as that.
    let Some(told) = Told::by(db, mail)? else { return Ok(None) };
    if mail.disabled {
        return Ok(Some(Withheld { unknown: told.cases(), left: None }));
    }
    let unknown = unknown(db, &PersonId(mail.person_id.clone()), told.cases(), local_date(now))?;
    match unknown.is_empty() {
        true => Ok(None),
        false => Ok(Some(Withheld { left: told.left(&unknown), unknown })),
    }
}

impl Withheld {
    /// Takes out of a digest what is kept from its recipient.
    pub fn take_out(&self, db: &mut Db, mail: &mut ClaimedMail, left: &DigestContent) -> Result<(), AppError> {
        mail.content = serde_json::to_string(left).map_err(|error| AppError::Internal(error.to_string()))?;
        outbox::rewrite(db, &mail.id, &mail.content)?;
        for case in &self.unknown {
            reminders::drop_from_digest(db, case, &mail.id)?;
        }
        Ok(())
    }
}

/// What a mail tells of.
enum Told {
    /// One case.
    Case(CaseId),
    /// What a digest lists, and the cases that it only counts among what is new.
    Digest { content: DigestContent, listed: BTreeMap<CaseNumber, CaseId>, counted: BTreeSet<CaseId> },
}

impl Told {
    fn by(db: &mut Db, mail: &ClaimedMail) -> Result<Option<Told>, StoreError> {
        if let Some(case) = mail.case_id.clone() {
            return Ok(Some(Told::Case(CaseId(case))));
        }
        let Some(content) = digest(mail) else { return Ok(None) };
        let listed = cases::ids_of(db, &content.numbers().cloned().collect())?;
        let new = reminders::of_mail(db, &PersonId(mail.person_id.clone()), &mail.id)?;
        let is_listed: BTreeSet<_> = listed.values().collect();
        let counted = new.into_iter().map(|noted| noted.case_id).filter(|case| !is_listed.contains(case)).collect();
        Ok(Some(Told::Digest { content, listed, counted }))
    }

    fn cases(&self) -> BTreeSet<CaseId> {
        match self {
            Told::Case(case) => BTreeSet::from([case.clone()]),
            Told::Digest { listed, counted, .. } => listed.values().chain(counted).cloned().collect(),
        }
    }

    /// What is left of a digest without these.
    fn left(self, unknown: &BTreeSet<CaseId>) -> Option<DigestContent> {
        let Told::Digest { content, listed, counted } = self else { return None };
        let stays = |number: &CaseNumber| listed.get(number).is_some_and(|case| !unknown.contains(case));
        content.only(stays, counted.intersection(unknown).count())
    }
}

fn digest(mail: &ClaimedMail) -> Option<DigestContent> {
    (mail.template == DIGEST).then(|| serde_json::from_str(&mail.content).ok()).flatten()
}

/// Which of these cases a person may not know of on the day.
fn unknown(
    db: &mut Db,
    person: &PersonId,
    cases: BTreeSet<CaseId>,
    day: NaiveDate,
) -> Result<BTreeSet<CaseId>, StoreError> {
    // By far the most people know of a case by seats of their own: so for each mail two questions are asked, not four.
    let herself = Actor::new(person.clone(), people::seats(db, person, day)?);
    let unknown = unknown_to(db, &herself, cases)?;
    match unknown.is_empty() {
        true => Ok(unknown),
        false => match people::actor(db, person, day)? {
            Some(actor) => unknown_to(db, &actor, unknown),
            None => Ok(unknown),
        },
    }
}

fn unknown_to(db: &mut Db, actor: &Actor, cases: BTreeSet<CaseId>) -> Result<BTreeSet<CaseId>, StoreError> {
    let mut unknown = BTreeSet::new();
    for case in cases {
        if !access::knows(db, actor, &case)? {
            unknown.insert(case);
        }
    }
    Ok(unknown)
}
