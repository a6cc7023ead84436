//! Administration: units, people, roles, mails and workflows, without any content of any case.
//!
//! Whoever administers a principal changes what is that principal's; whoever administers the county, all of it, its bodies,
//! and who else administers. What one does not administer answers as what does not exist. Nobody gives herself a role. Every
//! change is recorded in its transaction ([`super::changes`]), and holds from the next request on: seats are looked up anew
//! each time. Passwords are the operator's (`samsyn user password`).

mod closing_days;
mod organisation;
mod outbox;
mod person;
mod roles;
mod typed;
mod workflows;

pub(super) use closing_days::calendar;
pub use closing_days::{ClosingDayOrder, Preview};
pub use organisation::{AuthorityView, PlaceOrder, PrincipalView, UnitView};
pub use outbox::{MailError, OutgoingMail};
pub(super) use person::wholly;
pub use person::{MembershipView, PersonOrder, PersonSummary, PersonView, SignIn};
pub use roles::{RoleChoices, RoleOrder};
pub use workflows::{StateCount, WorkflowOverview};

use super::AppError;
use crate::authz::{Actor, Role, Seat};
use crate::ids::PersonId;
use crate::store::people::{self, Membership, Person};
use crate::store::{Db, StoreError};
use crate::workflow::rejection::Reason;

/// Whether the actor may give and end such a seat: those of her principals; bodies' and administrators' are the county's.
fn may_fill(actor: &Actor, seat: &Seat) -> bool {
    let county = seat.role == Role::Administrator && seat.principal.is_none();
    match &seat.principal {
        Some(principal) if !county => actor.administers(principal),
        _ => actor.administers_county(),
    }
}

/// A person whom the actor administers: who holds or held a role that is hers to give.
///
/// # Errors
/// [`AppError::NotFound`] alike where there is no such person and where she is not the actor's to know.
pub(super) fn known(db: &mut Db, actor: &Actor, person: &PersonId) -> Result<Person, AppError> {
    if !actor.is_administrator() {
        return Err(AppError::NotFound);
    }
    let found = people::person(db, person)?.ok_or(AppError::NotFound)?;
    let hers = actor.administers_county() || held(db, actor, person)?.next().is_some();
    if hers { Ok(found) } else { Err(AppError::NotFound) }
}

/// What a person holds, held or will hold, of what the actor administers.
fn held<'a>(
    db: &mut Db,
    actor: &'a Actor,
    person: &PersonId,
) -> Result<impl Iterator<Item = Membership> + 'a, StoreError> {
    let all = people::memberships(db, person)?.into_iter();
    Ok(all.filter(|membership| may_fill(actor, &membership.seat)))
}

/// Whether the actor administers all that there is to administer.
pub(super) fn county(actor: &Actor) -> Result<(), AppError> {
    if actor.administers_county() { Ok(()) } else { Err(AppError::NotFound) }
}

/// What was found out about a form: nothing, or every reason why it is not taken.
fn judged(reasons: Vec<Reason>) -> Result<(), AppError> {
    if reasons.is_empty() { Ok(()) } else { Err(AppError::Rejected(reasons.into())) }
}
