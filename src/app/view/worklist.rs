//! The worklists, as filters; and which of them, and whose, somebody is offered by the seats that she holds.
//!
//! *Mine* is what waits for one of my roles, and what I registered. A MAS shares her role with colleagues: what waits for
//! one of them waits for all. *My unit's* is what is routed to it; *my organisation's* all that is shared with it, and for
//! a secretary all that has come to her bodies: there "to do" is what waits for anybody of them.

use super::list::{Filter, Turn, Whose};
use crate::app::App;
use crate::authz::{Actor, Role, Scope};
use crate::clock::Timestamp;
use crate::workflow::definition::By;

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

/// Worklists that somebody is offered: whose, and which of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// Whose cases.
    pub whose: Whose,
    /// The lists, in order.
    pub lists: Vec<Worklist>,
}

impl App {
    /// The worklists that can ever hold anything for the actor, where her own work shows first before all else: to whoever
    /// registers and answers, hers; to those of a unit, the unit's; to a registrar what has no number; to a secretary what
    /// has come to her bodies.
    pub fn worklists(&self, actor: &Actor) -> Vec<Offer> {
        let mut offers: Vec<_> = [Whose::Mine, Whose::Unit, Whose::Organisation]
            .into_iter()
            .map(|whose| Offer { whose, lists: self.lists(actor, whose) })
            .filter(|offer| !offer.lists.is_empty())
            .collect();
        let holds = |role: Role| actor.seats.iter().any(|seat| seat.role == role);
        if !holds(Role::Handler) && !holds(Role::Management) {
            let later = |whose| match whose {
                Whose::Unit => 0,
                // An employee follows what she sent; keeping the register is work.
                Whose::Organisation if holds(Role::Registrar) || holds(Role::Secretary) => 1,
                _ => 2,
            };
            offers.sort_by_key(|offer| later(offer.whose));
        }
        offers
    }

    /// The lists of these cases that can hold anything for the actor.
    fn lists(&self, actor: &Actor, whose: Whose) -> Vec<Worklist> {
        let reads = |scope: Scope| actor.seats.iter().any(|seat| seat.role.scope() == scope);
        let all = vec![Worklist::ToDo, Worklist::Waiting, Worklist::Overdue, Worklist::Done];
        match whose {
            // What waits for others, and what is done, is hers where she registered it.
            Whose::Mine if self.role_registers(actor) => all,
            // Of what is her unit's, that which waits for her role. To other roles nothing waits that is not in a wider list.
            Whose::Mine if reads(Scope::Unit) => vec![Worklist::ToDo, Worklist::Overdue],
            Whose::Unit if reads(Scope::Unit) => all,
            Whose::Organisation if actor.only_watches() => vec![Worklist::Ongoing, Worklist::Overdue, Worklist::Done],
            Whose::Organisation if reads(Scope::Principal) || reads(Scope::Body) => {
                let role = |role: Role| actor.seats.iter().any(|seat| seat.role == role);
                let register = role(Role::Registrar).then_some(Worklist::Unregistered);
                let first = !role(Role::Handler) && !role(Role::Management);
                let (before, after) = if first { (register, None) } else { (None, register) };
                before.into_iter().chain(all).chain(after).collect()
            }
            _ => Vec::new(),
        }
    }

    /// Whether any of the actor's roles begins cases. Where it does, her lists are there also on a day on which she has nobody
    /// to begin one with (which `Signed::registers` tells).
    pub fn role_registers(&self, actor: &Actor) -> bool {
        let mut starts = self.workflows.all().flat_map(|known| &known.definition.start);
        let named =
            |by: &By, role: Role| matches!(by, By::Party(party) if party.role.iter().any(|named| *named == role));
        starts.any(|start| start.by.iter().any(|by| actor.seats.iter().any(|seat| named(by, seat.role))))
    }
}
