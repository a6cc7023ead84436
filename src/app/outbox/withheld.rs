//! What is kept from somebody to whom a mail was written when she might still know of the case: it waits overnight, or for a
//! server, or until an operator lets it be tried again, and she may have lost the role meanwhile. Judged each time that a mail
//! is about to leave, by her seats of that day, those of whoever's place she takes among them; so a retry brings it to nobody
//! whom the first try kept it from.
//!
//! Of a digest only those cases are taken out, for good: what is left of it is what goes out at every further try.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use crate::app::{AppError, access};
use crate::authz::Actor;
use crate::ids::{CaseId, CaseNumber, PersonId};
use crate::mail::{DIGEST, DigestContent};
use crate::store::outbox::{self, ClaimedMail};
use crate::store::{Db, StoreError, cases, people, reminders};

/// Takes out of a claimed mail what its recipient may not know of on the day; true where nothing is left of it.
pub(super) fn withhold(db: &mut Db, mail: &mut ClaimedMail, day: NaiveDate) -> Result<bool, AppError> {
    let person = PersonId(mail.person_id.clone());
    if let Some(case) = mail.case_id.clone().map(CaseId) {
        return Ok(!unknown(db, &person, BTreeSet::from([case]), day)?.is_empty());
    }
    // What cannot be read goes to nobody either, and is told as that.
    let Some(digest) = digest(mail) else { return Ok(false) };
    let listed: BTreeSet<_> = digest.numbers().cloned().collect();
    let of = cases::ids_of(db, &listed)?;
    let unknown = unknown(db, &person, of.values().cloned().collect(), day)?;
    if unknown.is_empty() {
        return Ok(false);
    }
    let stays = |number: &CaseNumber| of.get(number).is_some_and(|case| !unknown.contains(case));
    let Some(left) = digest.only(stays) else { return Ok(true) };
    mail.content = serde_json::to_string(&left).map_err(|error| AppError::Internal(error.to_string()))?;
    outbox::rewrite(db, &mail.id, &mail.content)?;
    for case in &unknown {
        reminders::drop_from_digest(db, case, &mail.id)?;
    }
    Ok(false)
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
