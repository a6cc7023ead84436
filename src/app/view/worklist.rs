//! The worklists, as filters; and whose they can be, by the seats that somebody holds.
//!
//! *Mine* is what waits for one of my roles, and what I registered. A MAS shares her role with colleagues: what waits for
//! one of them waits for all. *My unit's* is what is routed to it; *my organisation's* all that is shared with it, and for
//! a secretary all that has come to her bodies: there "to do" is what waits for anybody of them.

use super::list::{Filter, Turn, Whose};
use crate::authz::{Actor, Role, Scope};
use crate::clock::Timestamp;

/// A worklist.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Worklist {
    /// What waits for them.
    ToDo,
    /// What waits for others.
    Waiting,
    /// What is open, whoever it waits for: for whoever only watches over cases.
    Ongoing,
    /// What has a deadline that has run out, latest last.
    Overdue,
    /// What has ended.
    Done,
    /// What has no number yet in the register that the actor keeps, open or ended.
    Unregistered,
}

impl Worklist {
    /// The list as a filter.
    pub fn filter(self, whose: Whose, now: Timestamp) -> Filter {
        let (ours, others) = match whose {
            Whose::Mine | Whose::All => (Turn::Mine, Turn::NotMine),
            Whose::Unit | Whose::Organisation | Whose::Unregistered => (Turn::Ours, Turn::Others),
        };
        let open = Filter { whose, ended: Some(false), present: true, ..Filter::default() };
        match self {
            Worklist::ToDo => Filter { turn: Some(ours), ..open },
            Worklist::Waiting => Filter { turn: Some(others), ..open },
            Worklist::Ongoing => open,
            Worklist::Overdue => Filter { overdue_at: Some(now), ..open },
            Worklist::Done => Filter { ended: Some(true), ..open },
            Worklist::Unregistered => Filter { whose: Whose::Unregistered, ended: None, ..open },
        }
    }
}

/// Whose cases the actor can choose between: her own, and what her seats show her more. Whoever only watches over cases has
/// none of her own.
pub fn scopes(actor: &Actor) -> Vec<Whose> {
    let has = |scopes: &[Scope]| actor.seats.iter().any(|seat| scopes.contains(&seat.role.scope()));
    let unit = has(&[Scope::Unit]).then_some(Whose::Unit);
    let organisation = has(&[Scope::Principal, Scope::Body]).then_some(Whose::Organisation);
    let mine = (!actor.only_watches()).then_some(Whose::Mine);
    mine.into_iter().chain(unit).chain(organisation).collect()
}

/// Whether the actor keeps a register.
pub fn keeps_register(actor: &Actor) -> bool {
    actor.seats.iter().any(|seat| seat.role == Role::Registrar)
}
