//! Who may do what, apart from the steps of a workflow: roles, seats, actors, and a pure table of permissions.
//!
//! A workflow file says who may take which step; this module says what a role *is*: where it is held and how far it
//! reads. No database, no clock: the caller loads the seats that a person holds on the day.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::ids::{AuthorityId, BodyId, PersonId, PrincipalId, UnitId};

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
}

impl Role {
    /// Every role.
    pub const ALL: [Role; 7] = [
        Role::Employee,
        Role::Handler,
        Role::Investigator,
        Role::Manager,
        Role::Management,
        Role::Registrar,
        Role::Secretary,
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
        }
    }

    /// The role of that name.
    pub fn from_name(name: &str) -> Option<Role> {
        Role::ALL.into_iter().find(|role| role.name() == name)
    }

    /// What users read.
    pub fn title(self) -> &'static str {
        match self {
            Role::Employee => "medarbetare",
            Role::Handler => "behörig handläggare",
            Role::Investigator => "utredare",
            Role::Manager => "chef",
            Role::Management => "tjänsteledning",
            Role::Registrar => "registrator",
            Role::Secretary => "nätverkssekreterare",
        }
    }

    /// How far the role reads.
    pub fn scope(self) -> Scope {
        match self {
            Role::Employee => Scope::Own,
            Role::Investigator | Role::Manager => Scope::Unit,
            Role::Handler | Role::Management | Role::Registrar => Scope::Principal,
            Role::Secretary => Scope::Body,
        }
    }
}

impl std::fmt::Display for Role {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

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
    /// Her seats, in a stable order.
    pub seats: Vec<Seat>,
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
    /// The actor in a session that speaks for one principal alone: with her seats there, and those at bodies. Who holds no
    /// role there is an employee of it, for as long as the session lasts.
    pub fn speaking_for(mut self, principal: &PrincipalId) -> Actor {
        self.seats.retain(|seat| seat.body.is_some() || seat.principal.as_ref() == Some(principal));
        if self.seats.iter().all(|seat| seat.body.is_some()) {
            let principal = Some(principal.clone());
            self.seats.push(Seat { role: Role::Employee, principal, authority: None, unit: None, body: None });
        }
        self
    }

    /// The keys of all whose move is hers.
    pub fn holders(&self) -> Vec<String> {
        let mut holders: Vec<_> = self.seats.iter().flat_map(|seat| seat.holders(&self.person)).collect();
        holders.sort();
        holders.dedup();
        holders
    }

    /// Everything this actor reads as: herself at each of her principals, and what each seat gives.
    pub fn readers(&self) -> Vec<Reader> {
        let principals = self.seats.iter().filter_map(|seat| seat.principal.clone());
        let mut readers: Vec<_> = principals.map(|principal| Reader::Person(self.person.clone(), principal)).collect();
        readers.extend(self.seats.iter().filter_map(Seat::reader));
        readers.sort();
        readers.dedup();
        readers
    }

    /// The principals whose own room the actor reads and writes in.
    pub fn principals_read(&self) -> Vec<PrincipalId> {
        let wide = self.seats.iter().filter(|seat| seat.role.scope() == Scope::Principal);
        let mut principals: Vec<_> = wide.filter_map(|seat| seat.principal.clone()).collect();
        principals.sort();
        principals.dedup();
        principals
    }
}

impl Seat {
    /// The keys of all whose move is that of a person in this seat: the role at its unit and at its principal alike.
    fn holders(&self, person: &PersonId) -> Vec<String> {
        let unit = self.unit.clone().map(Reader::Unit);
        let principal = self.principal.clone().map(|principal| match self.role.scope() {
            Scope::Own => Reader::Person(person.clone(), principal),
            Scope::Unit | Scope::Principal | Scope::Body => Reader::Principal(principal),
        });
        let body = self.body.clone().map(Reader::Body);
        [unit, principal, body].iter().flatten().map(|at| holder(self.role, at)).collect()
    }

    fn reader(&self) -> Option<Reader> {
        match self.role.scope() {
            Scope::Own => None,
            Scope::Unit => self.unit.clone().map(Reader::Unit),
            Scope::Principal => self.principal.clone().map(Reader::Principal),
            Scope::Body => self.body.clone().map(Reader::Body),
        }
    }
}
