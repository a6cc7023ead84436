//! Who may do what, apart from the steps of a workflow: roles, seats, actors, and a pure table of permissions.
//!
//! A workflow file says who may take which step; this module says what a role *is*: where it is held and how far it
//! reads. No database, no clock: the caller loads the seats that a person holds on the day.

mod standing_in;

use std::collections::{BTreeMap, BTreeSet};

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Serialize};
pub use standing_in::{may_stand_in, stand_in};

use crate::ids::{AuthorityId, BodyId, PersonId, PrincipalId, UnitId};
use crate::texts::roles;

/// What a person may be in the system, with dates, at one organisation. Titles (MAS, MAR, SAS) are data on the membership.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Any employee: registers (region) or tips (municipality), and follows what she sent.
    Employee,
    /// Behörig handläggare (MAS, MAR, SAS) or the region's avvikelsehandläggare: registers, routes, answers.
    Handler,
    /// Investigates what is routed to her unit.
    Investigator,
    /// Manager of a unit.
    Manager,
    /// Tjänsteledning: speaks for the principal in a dispute.
    Management,
    /// Keeps the principal's register.
    Registrar,
    /// Network secretary: acts for a body and records what it decided.
    Secretary,
    /// Administrator: keeps units, people and roles, and sees no case. At a principal, that principal's; without one, the
    /// whole county's, with bodies, workflows and the outbox. No workflow file can name it.
    #[schemars(skip)]
    Administrator,
    /// Revisor: reads what the principal sees, for a time, and looks into the log.
    Auditor,
    /// Dataskyddsombud: reads what the principal sees, for a time, and who of its people has read what.
    DataProtection,
    /// Arkivansvarig: removes what the principal's people wrote, where the law has it gone.
    Archivist,
}

impl Role {
    /// Every role.
    pub const ALL: [Role; 11] = [
        Role::Employee,
        Role::Handler,
        Role::Investigator,
        Role::Manager,
        Role::Management,
        Role::Registrar,
        Role::Secretary,
        Role::Administrator,
        Role::Auditor,
        Role::DataProtection,
        Role::Archivist,
    ];

    /// The name in files, in the database and in the API.
    pub fn name(self) -> &'static str {
        match self {
            Role::Employee => "employee",
            Role::Handler => "handler",
            Role::Investigator => "investigator",
            Role::Manager => "manager",
            Role::Management => "management",
            Role::Registrar => "registrar",
            Role::Secretary => "secretary",
            Role::Administrator => "administrator",
            Role::Auditor => "auditor",
            Role::DataProtection => "data_protection",
            Role::Archivist => "archivist",
        }
    }

    /// The role of that name.
    pub fn from_name(name: &str) -> Option<Role> {
        Role::ALL.into_iter().find(|role| role.name() == name)
    }

    /// What users read.
    pub fn title(self) -> &'static str {
        match self {
            Role::Employee => roles::EMPLOYEE,
            Role::Handler => roles::HANDLER,
            Role::Investigator => roles::INVESTIGATOR,
            Role::Manager => roles::MANAGER,
            Role::Management => roles::MANAGEMENT,
            Role::Registrar => roles::REGISTRAR,
            Role::Secretary => roles::SECRETARY,
            Role::Administrator => roles::ADMINISTRATOR,
            Role::Auditor => roles::AUDITOR,
            Role::DataProtection => roles::DATA_PROTECTION,
            Role::Archivist => roles::ARCHIVIST,
        }
    }

    /// How far the role reads.
    pub fn scope(self) -> Scope {
        match self {
            Role::Employee => Scope::Own,
            Role::Investigator | Role::Manager => Scope::Unit,
            Role::Handler | Role::Management | Role::Registrar => Scope::Principal,
            Role::Auditor | Role::DataProtection | Role::Archivist => Scope::Principal,
            Role::Secretary => Scope::Body,
            Role::Administrator => Scope::Nothing,
        }
    }

    /// The schema where a role that people hold stands: every one. Where a workflow names who acts, those that no workflow
    /// can name are missing.
    pub fn any(_: &mut SchemaGenerator) -> Schema {
        schemars::json_schema!({ "type": "string", "enum": Role::ALL.map(Role::name) })
    }

    /// Whether it only watches over the cases: no workflow can name it, and whoever holds it writes nothing into one. (That
    /// an archivist removes is a right of its own.)
    pub fn watches(self) -> bool {
        matches!(self, Role::Auditor | Role::DataProtection | Role::Archivist)
    }

    /// Whether it is given for a time only: at most [`LONGEST_TERM`] days at once.
    pub fn is_for_a_time(self) -> bool {
        matches!(self, Role::Auditor | Role::DataProtection)
    }
}

impl std::fmt::Display for Role {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

/// The most days for which a role that is for a time can be given at once: a leap year.
pub const LONGEST_TERM: i64 = 366;

/// How far a role reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Only what the person registered herself.
    Own,
    /// What is routed to the unit.
    Unit,
    /// All that is shared with the principal, and the principal's own room.
    Principal,
    /// What was sent to the body.
    Body,
    /// No case at all.
    Nothing,
}

/// Whether a principal is the region or a municipality.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PrincipalKind {
    /// The region.
    Region,
    /// A municipality.
    Municipality,
}

/// One role that a person holds at one organisation on the day.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Seat {
    /// The role.
    pub role: Role,
    /// The principal, for every role but the secretary's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub principal: Option<PrincipalId>,
    /// The authority within the principal, where the role is held in one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authority: Option<AuthorityId>,
    /// The unit, for investigators and managers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<UnitId>,
    /// The body, for a secretary.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<BodyId>,
}

/// A person with the seats she holds on the day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// The person.
    pub person: PersonId,
    /// Her seats, in a stable order: her own, then those of others whose place she takes.
    pub seats: Vec<Seat>,
    /// Of the seats that are not her own, the absent person's in whose place she holds it.
    pub in_place_of: BTreeMap<Seat, BTreeSet<PersonId>>,
}

/// What a visibility row names: somebody who may read a room of a case.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reader {
    /// Those who read for a principal.
    Principal(PrincipalId),
    /// The people of a unit.
    Unit(UnitId),
    /// A body, through its secretary.
    Body(BodyId),
    /// One person, for as long as she holds a role at the principal: what she registered for it is not hers to take along.
    Person(PersonId, PrincipalId),
}

impl Reader {
    /// The text that a visibility row holds, such as `principal:falun` or `person:mas-falun@falun`.
    pub fn key(&self) -> String {
        match self {
            Reader::Principal(id) => format!("principal:{id}"),
            Reader::Unit(id) => format!("unit:{id}"),
            Reader::Body(id) => format!("body:{id}"),
            Reader::Person(id, principal) => format!("person:{id}@{principal}"),
        }
    }

    /// The reader of a key.
    pub fn of_key(key: &str) -> Option<Reader> {
        let (kind, id) = key.split_once(':')?;
        match kind {
            "principal" => Some(Reader::Principal(id.into())),
            "unit" => Some(Reader::Unit(id.into())),
            "body" => Some(Reader::Body(id.into())),
            "person" => id.split_once('@').map(|(id, principal)| Reader::Person(id.into(), principal.into())),
            _ => None,
        }
    }
}

/// The key of a role at a place, such as `handler@principal:falun`: whose move it can be.
pub fn holder(role: Role, at: &Reader) -> String {
    format!("{role}@{}", at.key())
}

impl Actor {
    /// Somebody with seats of her own.
    pub fn new(person: PersonId, seats: Vec<Seat>) -> Actor {
        Actor { person, seats, in_place_of: BTreeMap::new() }
    }

    /// Adds the seats of somebody absent in whose place this actor may act ([`may_stand_in`]). What she holds herself she
    /// does not hold for another.
    pub fn take_place_of(&mut self, absent: &PersonId, seats: Vec<Seat>) {
        let own: Vec<_> = self.seats.iter().filter(|seat| !self.in_place_of.contains_key(*seat)).cloned().collect();
        for seat in seats.into_iter().filter(|seat| may_stand_in(&own, seat)) {
            // Those whose place she takes already count too: she comes to act for no second principal.
            if own.contains(&seat) || !may_stand_in(&self.seats, &seat) {
                continue;
            }
            self.in_place_of.entry(seat.clone()).or_default().insert(absent.clone());
            if !self.seats.contains(&seat) {
                self.seats.push(seat);
            }
        }
    }

    /// The absent person in whose place she holds a seat; none where it is her own.
    pub fn on_behalf_of(&self, seat: &Seat) -> Option<&PersonId> {
        self.in_place_of.get(seat)?.first()
    }

    /// Everybody in whose place she acts.
    pub fn absent(&self) -> impl Iterator<Item = &PersonId> {
        self.in_place_of.values().flatten()
    }

    /// Whether she administers anything at all.
    pub fn is_administrator(&self) -> bool {
        self.seats.iter().any(|seat| seat.role == Role::Administrator)
    }

    /// Whether she administers, and does nothing else.
    pub fn only_administers(&self) -> bool {
        self.is_administrator() && self.seats.iter().all(|seat| seat.role == Role::Administrator)
    }

    /// Whether she administers the whole county.
    pub fn administers_county(&self) -> bool {
        self.seats.iter().any(|seat| seat.role == Role::Administrator && seat.principal.is_none())
    }

    /// Whether she administers this principal, alone or with the whole county.
    pub fn administers(&self, principal: &PrincipalId) -> bool {
        let this = |seat: &Seat| seat.role == Role::Administrator && seat.principal.as_ref() == Some(principal);
        self.administers_county() || self.seats.iter().any(this)
    }

    /// The actor in a session that speaks for one principal alone: with her seats there, those at bodies, and the
    /// county's. Who holds no role there is an employee of it, for as long as the session lasts.
    pub fn speaking_for(mut self, principal: &PrincipalId) -> Actor {
        let elsewhere = |seat: &Seat| seat.principal.as_ref().is_some_and(|other| other != principal);
        self.seats.retain(|seat| !elsewhere(seat));
        if self.seats.iter().all(|seat| seat.principal.is_none()) {
            let principal = Some(principal.clone());
            self.seats.push(Seat { role: Role::Employee, principal, authority: None, unit: None, body: None });
        }
        self
    }

    /// The keys of all whose move is hers.
    pub fn holders(&self) -> Vec<String> {
        in_order(self.seats.iter().flat_map(|seat| seat.holders(&self.person)))
    }

    /// Everything this actor reads as: herself at each of her principals, and what each seat gives.
    pub fn readers(&self) -> Vec<Reader> {
        let reading = self.seats.iter().filter(|seat| seat.role.scope() != Scope::Nothing);
        let principals = reading.filter_map(|seat| seat.principal.clone());
        let herself = principals.map(|principal| Reader::Person(self.person.clone(), principal));
        in_order(herself.chain(self.seats.iter().filter_map(Seat::reader)))
    }

    /// The principals that the actor acts for.
    pub fn principals(&self) -> Vec<PrincipalId> {
        in_order(self.seats.iter().filter_map(|seat| seat.principal.clone()))
    }

    /// Whether she only watches over the cases: she holds roles, and none of them acts in one.
    pub fn only_watches(&self) -> bool {
        !self.seats.is_empty() && self.seats.iter().all(|seat| seat.role.watches())
    }

    /// The principals whose own room the actor reads.
    pub fn principals_read(&self) -> Vec<PrincipalId> {
        let wide = self.seats.iter().filter(|seat| seat.role.scope() == Scope::Principal);
        in_order(wide.filter_map(|seat| seat.principal.clone()))
    }
}

/// Whether one person may hold both seats on the same day. Who keeps the matters of a body sees no party's room: she neither
/// acts for a principal nor reads for one.
pub fn may_hold_both(one: &Seat, other: &Seat) -> bool {
    let of_body = |seat: &Seat| seat.role.scope() == Scope::Body;
    let of_party = |seat: &Seat| matches!(seat.role.scope(), Scope::Unit | Scope::Principal);
    !(of_body(one) && of_party(other) || of_party(one) && of_body(other))
}

/// The seat in which somebody may let running cases go over to another version: that of whoever administers the county. She
/// sees no more of them by that.
pub fn may_migrate_cases(actor: &Actor) -> Option<&Seat> {
    actor.seats.iter().find(|seat| seat.role == Role::Administrator && seat.principal.is_none())
}

/// Each once, in order.
fn in_order<T: Ord>(all: impl Iterator<Item = T>) -> Vec<T> {
    all.collect::<BTreeSet<_>>().into_iter().collect()
}

impl Seat {
    /// The keys of all whose move is that of a person in this seat: the role at its unit and at its principal alike.
    fn holders(&self, person: &PersonId) -> Vec<String> {
        if self.role.scope() == Scope::Nothing {
            return Vec::new();
        }
        let unit = self.unit.clone().map(Reader::Unit);
        let principal = self.principal.clone().map(|principal| match self.role.scope() {
            Scope::Own => Reader::Person(person.clone(), principal),
            Scope::Unit | Scope::Principal | Scope::Body | Scope::Nothing => Reader::Principal(principal),
        });
        let body = self.body.clone().map(Reader::Body);
        [unit, principal, body].iter().flatten().map(|at| holder(self.role, at)).collect()
    }

    /// What the seat reads as, beyond what the person registered herself.
    pub fn reader(&self) -> Option<Reader> {
        match self.role.scope() {
            Scope::Own | Scope::Nothing => None,
            Scope::Unit => self.unit.clone().map(Reader::Unit),
            Scope::Principal => self.principal.clone().map(Reader::Principal),
            Scope::Body => self.body.clone().map(Reader::Body),
        }
    }
}
