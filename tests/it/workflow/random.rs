//! Random walks over the shipped workflows: by every kind of actor, with every transition tried at every step.
//!
//! What must hold for any walk: `enabled` and `decide` agree; a step raises the revision by one; a final state absorbs;
//! the steps, read back from their JSON, replay to the same bytes.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Duration, NaiveDate};
use samsyn::authz::{Actor, PrincipalKind, Role, Seat};
use samsyn::calendar::{Calendar, local_date};
use samsyn::clock::Timestamp;
use samsyn::ids::{AgreementId, BodyId, CaseNumber, Digest, DocumentId, IdSource, PersonId, PrincipalId, UnitId};
use samsyn::workflow::case::{Case, Made, replay};
use samsyn::workflow::context::{Acting, AgreementPeriod, AgreementVersion, Agreements, Context, Organisation};
use samsyn::workflow::definition::{Deadline, Definition};
use samsyn::workflow::digest::canonical;
use samsyn::workflow::engine::{self, Begin, Command, Happened};
use samsyn::workflow::migration::{Around, Journey, migrate};
use samsyn::workflow::plan::{self, DeadlinePlan, LoadedPlan, Plan, PlanVersion, Policy};
use samsyn::workflow::rejection::Class;
use samsyn::workflow::step::{By, Step};
use serde_json::{Map, Value};

use crate::support::values::{self, Values};

const WALKS: u64 = 40;
const STEPS: usize = 30;

pub struct World {
    organisation: Organisation,
    pub calendar: Calendar,
    agreements: Agreements,
    cases: BTreeSet<CaseNumber>,
    documents: BTreeSet<DocumentId>,
    pub actors: Vec<Actor>,
    pub dice: IdSource,
}

impl World {
    pub fn new(seed: u64) -> World {
        let kinds = [
            ("region", PrincipalKind::Region),
            ("falun", PrincipalKind::Municipality),
            ("mora", PrincipalKind::Municipality),
        ];
        let principals = kinds.map(|(id, kind)| (PrincipalId::from(id), kind)).into();
        let units = [("klinik", "region"), ("mottagning", "region"), ("boende", "falun"), ("hemtjanst", "mora")];
        let units = units.map(|(unit, home)| (UnitId::from(unit), PrincipalId::from(home))).into();
        World {
            organisation: Organisation { principals, units },
            calendar: Calendar::swedish(),
            agreements: Agreements(vec![AgreementPeriod {
                version: AgreementVersion { agreement: AgreementId::from("samverkan"), version: "1".to_owned() },
                from: NaiveDate::MIN,
                until: None,
            }]),
            cases: BTreeSet::from([CaseNumber::from("FALUN-2026-0001")]),
            documents: ["a", "b", "c"].map(DocumentId::from).into(),
            actors: actors(),
            dice: IdSource::seeded(seed),
        }
    }

    pub fn roll(&self, sides: usize) -> usize {
        values::roll(&self.dice, sides)
    }

    pub fn pick<'a, T>(&self, items: &'a [T]) -> &'a T {
        values::pick(&self.dice, items)
    }

    pub fn context<'a>(&'a self, acting: Acting<'a>, now: Timestamp) -> Context<'a> {
        Context {
            now,
            acting,
            organisation: &self.organisation,
            calendar: &self.calendar,
            agreements: &self.agreements,
            cases: &self.cases,
            documents: &self.documents,
            seed: self.dice.bytes(),
        }
    }

    /// Values for every field of a form, of the right type, for a person of this principal.
    fn fill(&self, definition: &Definition, form: &[&String], actor: &Actor, now: Timestamp) -> Map<String, Value> {
        let home = actor.seats[0].principal.clone();
        let units = self.organisation.units.iter().filter(|(_, of)| Some(*of) == home.as_ref());
        let units: Vec<_> = units.map(|(id, _)| id.0.clone()).collect();
        let principals: Vec<_> = self.organisation.principals.keys().map(|id| id.0.clone()).collect();
        let documents: Vec<_> = self.documents.iter().map(|id| id.0.clone()).collect();
        let values = Values {
            dice: &self.dice,
            day: local_date(now),
            principals: &principals,
            units: &units,
            case: "FALUN-2026-0001",
            documents: &documents,
            text: &|_| format!("text {}", self.roll(1000)),
        };
        form.iter().map(|name| ((*name).clone(), values.of(&definition.fields[*name]))).collect()
    }
}

fn actors() -> Vec<Actor> {
    let seat = |role, principal: &str, unit: Option<&str>| Seat {
        role,
        principal: Some(PrincipalId::from(principal)),
        authority: None,
        unit: unit.map(UnitId::from),
        body: None,
    };
    let actor = |name: String, seat: Seat| Actor::new(PersonId(name), vec![seat]);
    let mut actors = Vec::new();
    for principal in ["region", "falun", "mora"] {
        for role in [Role::Employee, Role::Handler, Role::Management, Role::Registrar] {
            actors.push(actor(format!("{role}-{principal}"), seat(role, principal, None)));
        }
        actors.push(actor(format!("other-management-{principal}"), seat(Role::Management, principal, None)));
    }
    for (unit, home) in [("klinik", "region"), ("mottagning", "region"), ("boende", "falun")] {
        for role in [Role::Manager, Role::Investigator] {
            actors.push(actor(format!("{role}-{unit}"), seat(role, home, Some(unit))));
        }
    }
    for body in ["steering", "network", "presidium", "council"] {
        let seat = Seat {
            role: Role::Secretary,
            principal: None,
            authority: None,
            unit: None,
            body: Some(BodyId::from(body)),
        };
        actors.push(actor(format!("secretary-{body}"), seat));
    }
    actors
}

/// A case on its walk, with what the log holds of it.
pub struct Walk<'a> {
    pub world: &'a World,
    pub definition: &'a Definition,
    pub now: Timestamp,
    pub case: Case,
    pub log: Vec<(&'a Definition, u64, Step)>,
}

impl<'a> Walk<'a> {
    /// A while passes, and one step is taken if any is possible.
    fn go(&mut self) {
        self.now = self.now + Duration::hours(i64::try_from(self.world.roll(24 * 20)).unwrap());
        while let Some(step) = self.ran_out() {
            self.take(step);
        }
        let possible = self.try_all();
        if !possible.is_empty() {
            self.take(self.world.pick(&possible).clone());
        }
    }

    pub fn begin(world: &'a World, definition: &'a Definition, now: Timestamp) -> Walk<'a> {
        let start = world.pick(&definition.start);
        let form: Vec<_> = start.require.iter().chain(&start.ask).collect();
        let sides: Vec<_> = definition.parties.keys().cloned().collect();
        let begun = (0..500).find_map(|_| {
            let actor = world.pick(&world.actors);
            let other = world.pick(&["region", "falun", "mora"]);
            let parties: BTreeMap<_, _> =
                sides.iter().skip(1).map(|side| (side.clone(), vec![PrincipalId::from(*other)])).collect();
            let given = world.fill(definition, &form, actor, now);
            let begin =
                Begin { start: &start.id, happened: Happened::Now, parties: &parties, origins: &[], given: &given };
            engine::start(definition, &world.context(Acting::Person(actor), now), &begin).ok()
        });
        let step = begun.unwrap_or_else(|| panic!("{} never began by {}", definition.workflow, start.id)).step;
        Walk { world, definition, now, case: Case::begin(1, &step).unwrap(), log: vec![(definition, 1, step)] }
    }

    /// Tries every transition by every actor; `enabled` and `decide` must agree. Answers with the steps that are possible.
    pub fn try_all(&self) -> Vec<Step> {
        let mut possible = Vec::new();
        for actor in &self.world.actors {
            let context = self.world.context(Acting::Person(actor), self.now);
            for answer in engine::enabled(self.definition, &context, &self.case) {
                let form: Vec<_> = answer.transition.form().collect();
                let given = self.world.fill(self.definition, &form, actor, self.now);
                let command = Command { transition: &answer.transition.id, happened: Happened::Now, given: &given };
                let place = format!("{} by {} in {}", answer.transition.id, actor.person, self.case.state);
                match engine::decide(self.definition, &context, &self.case, &command) {
                    Ok(decided) => {
                        assert!(answer.reasons.is_empty(), "{place} was done, though {:?}", answer.reasons);
                        possible.push(decided.step);
                    }
                    Err(rejection) if answer.reasons.is_empty() => {
                        assert_eq!(rejection.class(), Class::Invalid, "{place}: {rejection:?}");
                    }
                    Err(rejection) => assert_eq!(rejection.reasons, answer.reasons, "{place}"),
                }
            }
        }
        possible
    }

    /// What deadlines raise by now.
    fn ran_out(&self) -> Option<Step> {
        let due = |(name, running): (&String, &samsyn::workflow::step::Running)| {
            let then = self.definition.deadlines[name].then.clone()?;
            (!running.ran_out && running.runs_out <= self.now).then(|| (name.clone(), then))
        };
        let (name, transition) = self.case.running().find_map(due)?;
        let context = self.world.context(Acting::Deadline(&name), self.now);
        let command = Command { transition: &transition, happened: Happened::Now, given: &Map::new() };
        let decided = engine::decide(self.definition, &context, &self.case, &command);
        Some(decided.unwrap_or_else(|rejection| panic!("{name} could not raise {transition}: {rejection:?}")).step)
    }

    pub fn take(&mut self, step: Step) {
        let entry = self.log.last().map_or(1, |(_, entry, _)| entry + 1);
        let before = self.case.revision;
        self.case = self.case.clone().evolve(self.definition, entry, &step);
        assert_eq!(self.case.revision, before + 1);
        assert!(self.definition.states.contains_key(&self.case.state));
        self.log.push((self.definition, entry, step));
    }

    /// The steps, read back from their JSON, give the same case, byte for byte.
    fn replays(&self) {
        let read: Vec<_> = self.log.iter().map(|(definition, n, step)| (*definition, *n, reread(step))).collect();
        let made = read.iter().map(|(definition, entry, step)| Made { entry: *entry, definition, step });
        let case = replay(made).unwrap().unwrap();
        let bytes = |case: &Case| canonical(&serde_json::to_value(case).unwrap());
        assert_eq!(bytes(&case), bytes(&self.case));
    }
}

fn reread(step: &Step) -> Step {
    serde_json::from_str(&serde_json::to_string(step).unwrap()).unwrap()
}

#[test]
fn enabled_is_what_decide_does_and_the_log_replays() {
    let mut ended = BTreeSet::new();
    let workflows = crate::support::database::shipped();
    for definition in workflows.all().map(|known| &*known.definition) {
        for seed in 0..WALKS {
            let world = World::new(seed);
            let mut walk = Walk::begin(&world, definition, "2026-03-02T08:00:00Z".parse().unwrap());
            for _ in 0..STEPS {
                walk.now = walk.now + Duration::hours(i64::try_from(world.roll(24 * 20)).unwrap());
                while let Some(step) = walk.ran_out() {
                    walk.take(step);
                }
                let possible = walk.try_all();
                if walk.case.outcome.is_some() {
                    assert_eq!(possible.len(), 0, "a final state let something be done");
                    assert_eq!(walk.case.running().count(), 0, "a deadline runs after the end");
                    ended.insert(format!("{} {}", definition.workflow, walk.case.state));
                    break;
                }
                if possible.is_empty() {
                    continue;
                }
                // Rather on than to and fro: steps that stay are many.
                let moving: Vec<_> = possible.iter().filter(|step| step.to != walk.case.state).collect();
                let step =
                    if moving.is_empty() || world.roll(3) == 0 { world.pick(&possible) } else { *world.pick(&moving) };
                walk.take(step.clone());
            }
            walk.replays();
        }
    }
    assert!(ended.len() > 5, "the walks end nowhere: {ended:?}");
}

/// The same workflow as another version, and a plan between them that names everything and throws dice for what becomes of time.
fn next_version(world: &World, old: &Definition) -> (Definition, LoadedPlan) {
    let new = Definition { version: old.version + 1, ..old.clone() };
    let open = old.states.iter().filter(|(_, state)| state.outcome.is_none()).map(|(id, _)| id.clone());
    let becomes = |(id, deadline): (&String, &Deadline)| {
        let policies = [Policy::Keep, Policy::Restart, Policy::Remaining];
        let policy = policies[world.roll(if deadline.after.is_some() { 3 } else { 2 })];
        (id.clone(), DeadlinePlan { to: Some(id.clone()), policy })
    };
    let plan = Plan {
        format: 1,
        workflow: old.workflow.clone(),
        from: PlanVersion::Version(old.version),
        to: PlanVersion::Version(new.version),
        why: "På prov.".to_owned(),
        states: Default::default(),
        unchanged: open.collect(),
        deadlines: old.deadlines.iter().map(becomes).collect(),
        begin: Vec::new(),
        fields: Default::default(),
        transitions: Default::default(),
    };
    let text = serde_json::to_string(&plan).unwrap();
    let loaded = plan::load("1-2.yaml", &text, &[old, &new]).unwrap_or_else(|problems| panic!("{problems:?}"));
    (new, loaded)
}

/// Wherever a walk goes over it goes on under the new version, what ran runs, and the whole log replays.
#[test]
fn a_walk_goes_over_midway_and_the_log_replays() {
    let workflows = crate::support::database::shipped();
    let (mut over, mut refused) = (0, BTreeSet::new());
    for old in workflows.bases().map(|known| &*known.definition) {
        for seed in 0..WALKS / 2 {
            let world = World::new(seed);
            let (new, plan) = next_version(&world, old);
            let mut walk = Walk::begin(&world, old, "2026-03-02T08:00:00Z".parse().unwrap());
            (0..world.roll(8)).for_each(|_| walk.go());
            let seat = Seat { role: Role::Administrator, principal: None, authority: None, unit: None, body: None };
            let by = By::actor(&Actor::new(PersonId::from("county"), vec![seat.clone()]), &seat);
            let (now, calendar) = (walk.now, &world.calendar);
            let around = Around { now, calendar, by, due: false, in_digest: false, expected: vec![], origins: vec![] };
            let text = Digest::from("0");
            let journey = Journey { plan: &plan, old, new: &new, text: &text };
            let decided = migrate(&journey, &walk.case, &around);
            assert_eq!(decided, migrate(&journey, &walk.case, &around));
            let step = match decided {
                Ok(step) => step,
                Err(obstacles) => {
                    refused.extend(obstacles.into_iter().map(|obstacle| obstacle.code));
                    continue;
                }
            };
            over += 1;
            let running = |case: &Case| case.running().map(|(id, _)| id.clone()).collect::<Vec<_>>();
            let (state, ran) = (walk.case.state.clone(), running(&walk.case));
            walk.definition = &new;
            walk.take(step);
            assert_eq!((walk.case.version, &walk.case.state), (new.version, &state));
            assert_eq!(running(&walk.case), ran, "{} in {state}", old.workflow);
            (0..4).for_each(|_| walk.go());
            walk.replays();
        }
    }
    assert!(over > 40, "{over} went over; {refused:?}");
}
