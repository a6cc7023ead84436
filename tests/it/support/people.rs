//! Who holds which role on which day, as the test itself remembers it, and what changes in it. Whom a reminder is meant for
//! is said here anew, from the person's side, and not taken from what the sweep goes by.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Duration, NaiveDate};
use samsyn::app::App;
use samsyn::app::absences::NewAbsence;
use samsyn::app::administration::RoleOrder;
use samsyn::app::organisation;
use samsyn::authz::{Actor, Role, Scope, Seat, stand_in};
use samsyn::calendar::local_date;
use samsyn::ids::{BodyId, IdSource, PersonId, PrincipalId, UnitId};
use samsyn::store::absences::Reason;
use samsyn::store::people;
use samsyn::workflow::case::Case;
use samsyn::workflow::definition::{By, Definition, Recipient};
use samsyn::workflow::turn::{principals, still_to_move};

use super::cases::actor;
use super::database::ORGANISATION;
use super::values::{pick, roll};

/// The principals that take part.
pub const PRINCIPALS: [&str; 3] = ["region-dalarna", "falun", "mora"];
/// Who administers the county.
pub const COUNTY: &str = "systemadministrator-lanet";
/// How many numbers changes have, some of them several.
const CHANGES: usize = 14;
/// That somebody goes away.
pub const AWAY: usize = 5;
/// That somebody may sign in no more, and that she may again.
pub const DISABLED: usize = 8;
pub const ENABLED: usize = 11;
/// That somebody chooses between mails and digests.
pub const DIGEST: usize = 9;

/// A role that somebody holds, or held.
#[derive(Clone)]
struct Held {
    person: PersonId,
    seat: Seat,
    from: Option<NaiveDate>,
    until: Option<NaiveDate>,
}

impl Held {
    fn on(&self, day: NaiveDate) -> bool {
        self.from.is_none_or(|from| from <= day) && self.until.is_none_or(|until| until >= day)
    }
}

struct Away {
    person: PersonId,
    substitute: PersonId,
    from: NaiveDate,
    until: NaiveDate,
}

pub struct People {
    held: Vec<Held>,
    away: Vec<Away>,
    disabled: BTreeSet<PersonId>,
    addresses: BTreeMap<String, String>,
}

/// A role at a place for which a mail is.
struct Wanted {
    role: Role,
    principal: Option<PrincipalId>,
    body: Option<BodyId>,
    assigned: bool,
}

impl People {
    pub fn new() -> People {
        let file = organisation::read("organisation.yaml", ORGANISATION).unwrap();
        let units =
            file.principals.iter().flat_map(|item| item.units.iter().map(|unit| (unit.id.clone(), item.id.clone())));
        let homes: BTreeMap<_, _> = units.collect();
        let mut people =
            People { held: Vec::new(), away: Vec::new(), disabled: BTreeSet::new(), addresses: BTreeMap::new() };
        for person in &file.people {
            people.addresses.insert(person.id.0.clone(), person.email.clone().unwrap_or_default());
            for item in &person.memberships {
                let home = item.unit.as_ref().and_then(|unit| homes.get(unit)).cloned();
                let principal = item.principal.clone().or(home);
                let (unit, body, authority) = (item.unit.clone(), item.body.clone(), item.authority.clone());
                let seat = Seat { role: item.role, principal, authority, unit, body };
                people.held.push(Held { person: person.id.clone(), seat, from: item.from, until: item.until });
            }
        }
        people
    }

    /// The address of a person.
    pub fn address(&self, person: &str) -> &str {
        &self.addresses[person]
    }

    /// Whoever could have to do with a case of these principals.
    pub fn around(&self, concerned: &[PrincipalId]) -> Vec<PersonId> {
        let acts = |seat: &Seat| !seat.role.watches() && seat.role != Role::Administrator;
        let here = |seat: &Seat| seat.principal.as_ref().is_none_or(|principal| concerned.contains(principal));
        let held = self.held.iter().filter(|held| acts(&held.seat) && here(&held.seat));
        held.map(|held| held.person.clone()).collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// Whom a reminder of a case is meant for on a day.
    pub fn meant(&self, definition: &Definition, case: &Case, to: &Recipient, day: NaiveDate) -> BTreeSet<String> {
        let wanted = wanted(definition, case, to);
        let away = self.away_on(day);
        let mut meant = BTreeSet::new();
        for held in self.held.iter().filter(|held| held.on(day)) {
            if !wanted.iter().any(|wanted| wanted.is(case, &held.seat)) {
                continue;
            }
            let other = stand_in(&away, &held.person).filter(|other| !self.disabled.contains(*other));
            let person = match other.filter(|other| self.acts_as(other, &held.seat, day)) {
                Some(other) => other,
                None if self.disabled.contains(&held.person) => continue,
                None => &held.person,
            };
            // What somebody sent of herself passes to nobody.
            if held.seat.role.scope() != Scope::Own || case.reporter.as_ref() == Some(person) {
                meant.insert(person.0.clone());
            }
        }
        meant
    }

    /// Whether somebody may know of a case on a day: for one of its principals, present or former, for a unit that it was
    /// ever routed to, for a body that it was sent to, or because she opened it and still belongs there.
    pub fn know(&self, person: &str, (case, units): (&Case, &BTreeSet<UnitId>), day: NaiveDate) -> bool {
        let is_party = |seat: &Seat| case.parties.iter().any(|party| Some(&party.principal) == seat.principal.as_ref());
        let reads = |seat: &Seat| match seat.role.scope() {
            Scope::Principal => is_party(seat),
            Scope::Unit => seat.unit.as_ref().is_some_and(|unit| units.contains(unit)),
            Scope::Body => seat.body.as_ref().is_some_and(|body| case.sent_to.contains_key(body)),
            Scope::Own | Scope::Nothing => false,
        };
        let person = PersonId::from(person);
        let opened = case.reporter.as_ref() == Some(&person);
        let follows = |seat: &Seat| seat.role.scope() != Scope::Nothing && is_party(seat);
        self.seats(&person, day).iter().any(reads) || opened && self.own(&person, day).iter().any(follows)
    }

    /// Who is away on a day, each with whom she named.
    fn away_on(&self, day: NaiveDate) -> BTreeMap<PersonId, PersonId> {
        let away = self.away.iter().filter(|away| away.from <= day && day <= away.until);
        away.map(|away| (away.person.clone(), away.substitute.clone())).collect()
    }

    /// The seats that somebody holds herself on a day.
    fn own(&self, person: &PersonId, day: NaiveDate) -> Vec<Seat> {
        let held = self.held.iter().filter(|held| held.person == *person && held.on(day));
        held.map(|held| held.seat.clone()).collect()
    }

    /// The seats in which somebody acts on a day: her own, and those of whom she stands in for.
    pub fn seats(&self, person: &PersonId, day: NaiveDate) -> Vec<Seat> {
        let mut actor = Actor::new(person.clone(), self.own(person, day));
        let away = self.away_on(day);
        for absent in away.keys().filter(|absent| stand_in(&away, absent) == Some(person)) {
            actor.take_place_of(absent, self.own(absent, day));
        }
        actor.seats
    }

    /// Whether somebody acts on a day in a seat, in whoever's place.
    fn acts_as(&self, person: &PersonId, seat: &Seat, day: NaiveDate) -> bool {
        let same = |held: &Seat| {
            (held.role, &held.principal, &held.unit, &held.body) == (seat.role, &seat.principal, &seat.unit, &seat.body)
        };
        self.seats(person, day).iter().any(same)
    }

    /// Something in the organisation changes; answers what.
    pub fn change(&mut self, app: &App, dice: &IdSource) -> Option<&'static str> {
        let here = PRINCIPALS.map(PrincipalId::from);
        let person = pick(dice, &self.around(&here)).clone();
        self.change_as(roll(dice, CHANGES), app, &person, dice)
    }

    /// The change of this number; of this person, where it is one person's.
    pub fn change_as(&mut self, what: usize, app: &App, person: &PersonId, dice: &IdSource) -> Option<&'static str> {
        match what {
            0 => self.end_role(app, None, dice),
            1..=4 => self.give_back(app, dice),
            5..=7 => self.go_away(app, person, dice),
            8 => {
                app.disable_person(person).ok()?;
                self.disabled.insert(person.clone());
                Some("disabled")
            }
            9 | 10 => {
                let digest = roll(dice, 4) != 0;
                app.choose_reminders(&actor(app, person.as_str()), digest).ok()?;
                Some(if digest { "digest chosen" } else { "mails chosen" })
            }
            _ => {
                let person = self.disabled.first()?.clone();
                app.enable_person(&person).ok()?;
                self.disabled.remove(&person);
                Some("enabled")
            }
        }
    }

    /// A role ends, one of this person's if one is named, at once or within days.
    pub fn end_role(&mut self, app: &App, whose: Option<&PersonId>, dice: &IdSource) -> Option<&'static str> {
        let today = local_date(app.now());
        let present = |held: &&mut Held| {
            held.on(today)
                && whose.is_none_or(|person| held.person == *person)
                && held.until.is_none()
                && held.seat.role != Role::Administrator
                && held.seat.principal.as_ref().is_none_or(|principal| PRINCIPALS.contains(&principal.as_str()))
        };
        let mut all: Vec<_> = self.held.iter_mut().filter(present).collect();
        let at = if all.is_empty() { return None } else { roll(dice, all.len()) };
        let held = all.swap_remove(at);
        let memberships = app.store.read(|db| people::memberships(db, &held.person)).unwrap();
        let same = memberships.into_iter().find(|other| other.seat == held.seat && other.until.is_none())?;
        let until = today - Duration::days(1) + Duration::days(i64::try_from(roll(dice, 8)).unwrap());
        app.end_role(&actor(app, COUNTY), &held.person, &same.id, Some(until)).ok()?;
        held.until = Some(until);
        Some("role ended")
    }

    /// Somebody gets a role again that has ended.
    pub fn give_back(&mut self, app: &App, dice: &IdSource) -> Option<&'static str> {
        let today = local_date(app.now());
        let ended: Vec<_> =
            self.held.iter().filter(|held| held.until.is_some_and(|until| until < today)).cloned().collect();
        let held = if ended.is_empty() { return None } else { pick(dice, &ended) };
        let Seat { role, principal, unit, body, .. } = &held.seat;
        let place = match (unit, principal, body) {
            (Some(unit), ..) => format!("unit:{unit}"),
            (_, Some(principal), _) => format!("principal:{principal}"),
            (_, _, Some(body)) => format!("body:{body}"),
            _ => return None,
        };
        let order = RoleOrder { role: role.name().to_owned(), place, from: Some(today), ..RoleOrder::default() };
        app.give_role(&actor(app, COUNTY), &held.person, &order, None).ok()?;
        let seat = Seat { authority: None, ..held.seat.clone() };
        self.held.push(Held { person: held.person.clone(), seat, from: Some(today), until: None });
        Some("role given")
    }

    fn go_away(&mut self, app: &App, person: &PersonId, dice: &IdSource) -> Option<&'static str> {
        let (today, herself) = (local_date(app.now()), actor(app, person.as_str()));
        let days = |most| Duration::days(i64::try_from(roll(dice, most)).unwrap());
        let from = today + days(4);
        let until = from + days(35);
        let possible = app.possible_substitutes(&herself, person).ok()?;
        let substitute = if possible.is_empty() { return None } else { pick(dice, &possible).0.clone() };
        let new = NewAbsence {
            person: person.clone(),
            from: Some(from),
            until: Some(until),
            substitute: Some(substitute.clone()),
            cause: Some(Reason::Leave),
        };
        app.record_absence(&herself, &new, None).ok()?;
        self.away.push(Away { person: person.clone(), substitute, from, until });
        Some("away")
    }
}

impl Wanted {
    fn is(&self, case: &Case, seat: &Seat) -> bool {
        let narrow = self.assigned || (self.role.scope() == Scope::Unit && case.assigned.is_some());
        let routed = seat.unit.as_ref().is_some_and(|unit| case.is_assigned_to(unit));
        seat.role == self.role
            && self.principal.as_ref().is_none_or(|principal| seat.principal.as_ref() == Some(principal))
            && self.body.as_ref().is_none_or(|body| seat.body.as_ref() == Some(body))
            && (!narrow || routed || self.role.scope() == Scope::Own)
    }
}

fn wanted(definition: &Definition, case: &Case, to: &Recipient) -> Vec<Wanted> {
    let turn = definition.states.get(&case.state).and_then(|state| state.turn.as_ref());
    let of_turn = |turn: Option<&By>| match turn {
        Some(By::Party(party)) => principals(definition, case, Some(&party.party)),
        Some(By::Each(each)) => still_to_move(definition, case, each),
        _ => principals(definition, case, None),
    };
    let at = |roles: Vec<Role>, principals: Vec<PrincipalId>, assigned: bool| -> Vec<Wanted> {
        let pairs =
            principals.into_iter().flat_map(|principal| roles.iter().map(move |role| (*role, principal.clone())));
        pairs.map(|(role, principal)| Wanted { role, principal: Some(principal), body: None, assigned }).collect()
    };
    let secretary = |body: &str| {
        vec![Wanted { role: Role::Secretary, principal: None, body: Some(BodyId::from(body)), assigned: false }]
    };
    match (to, turn) {
        (Recipient::Whose(_), Some(By::Party(party))) => {
            at(party.role.iter().copied().collect(), of_turn(turn), party.assigned)
        }
        (Recipient::Whose(_), Some(By::Each(each))) => at(vec![each.each_party], of_turn(turn), false),
        (Recipient::Whose(_), Some(By::Body(body))) => secretary(&body.body),
        (Recipient::Whose(_), _) => Vec::new(),
        (Recipient::Body(body), _) if case.sent_to.contains_key(&BodyId::from(body.body.as_str())) => {
            secretary(&body.body)
        }
        (Recipient::Body(_), _) => Vec::new(),
        (Recipient::Role(role), _) => {
            let side = role.party.as_ref().map(|side| principals(definition, case, Some(side)));
            at(role.role.iter().copied().collect(), side.unwrap_or_else(|| of_turn(turn)), role.assigned)
        }
    }
}
