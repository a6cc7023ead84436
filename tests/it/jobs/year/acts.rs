//! What people do with cases, by dice: they open them, and take steps that they may take.

use std::collections::BTreeMap;

use chrono::Duration;
use samsyn::app::cases::{Registration, StepCommand, What};
use samsyn::authz::Actor;
use samsyn::calendar::local_date;
use samsyn::ids::{CaseNumber, PersonId, PrincipalId};
use samsyn::workflow::definition::Definition;
use samsyn::workflow::engine::Happened;
use serde_json::{Map, Value, json};

use super::{CASES, Year};
use crate::support::cases::{FALUN, RECEIVER, REGION, actor, deviation, raised};
use crate::support::judge::stand;
use crate::support::people::PRINCIPALS;
use crate::support::values::{Values, pick};

/// Of how many people it is asked what they can do, at each turn.
const ASKED: usize = 5;
/// One step in so many that lead to an end is taken.
const ENDS: usize = 8;

impl Year {
    /// Somebody opens a case where few are open, or takes a step.
    pub fn somebody_acts(&mut self) {
        let open = self.open_cases();
        if open.len() < CASES && self.roll(6) == 0 {
            self.open();
        }
        if !open.is_empty() && self.roll(2) == 0 {
            let number = pick(&self.dice, &open).clone();
            self.act(&number);
        }
        self.judge.nobody_reminded(&self.test.app, "acting");
    }

    fn open_cases(&self) -> Vec<CaseNumber> {
        let stand = stand(&self.test.app, &self.cases);
        stand.into_iter().filter(|(_, stored)| stored.case.outcome.is_none()).map(|(number, _)| number).collect()
    }

    /// Values for every field of a form.
    fn fill(&self, definition: &Definition, form: &[&String], actor: &Actor) -> Map<String, Value> {
        let units = self.test.app.names_for(actor).unwrap().units.into_keys().collect::<Vec<_>>();
        let units: Vec<_> = units.first().into_iter().map(|_| pick(&self.dice, &units).clone()).collect();
        let principals = PRINCIPALS.map(str::to_owned);
        let case = self.cases.first().map_or(String::new(), |number| number.0.clone());
        let values = Values {
            dice: &self.dice,
            day: local_date(self.now()),
            principals: &principals,
            units: &units,
            case: &case,
            documents: &[],
            text: &|_| "Så här är det.".to_owned(),
        };
        form.iter().map(|name| ((*name).clone(), values.of(&definition.fields[*name]))).collect()
    }

    fn open(&mut self) {
        let (who, registration) = match self.roll(8) {
            0..=4 => self.deviation(),
            5 | 6 => self.dispute(),
            _ => return self.open_any(["regional-dispute", "tip"][self.roll(2)]),
        };
        let Ok(actor) = self.test.app.actor(&who.into()) else { return };
        if let Ok(done) = self.test.app.register(&actor, &registration, None) {
            self.cases.push(done.number);
            self.note(&format!("open {}", registration.workflow));
        }
    }

    fn deviation(&self) -> (&'static str, Registration) {
        let pairs = [("mas-falun", "region-dalarna"), ("mas-mora", "region-dalarna"), (RECEIVER, "falun")];
        let (who, to) = *pick(&self.dice, &pairs);
        let mut registration = deviation("Något gick fel.");
        registration.parties = BTreeMap::from([("receiver".to_owned(), vec![PrincipalId::from(to)])]);
        if self.roll(3) == 0 {
            registration.given.insert("urgency".to_owned(), json!("urgent"));
            registration.given.insert("need_now".to_owned(), json!("En plats i dag."));
        }
        (who, registration)
    }

    fn dispute(&self) -> (&'static str, Registration) {
        let pairs = [(FALUN, "region-dalarna"), ("socialchef-mora", "region-dalarna"), (REGION, "falun")];
        let (who, against) = *pick(&self.dice, &pairs);
        (who, raised(against, &[]))
    }

    /// A case of whatever start, by whoever may.
    fn open_any(&mut self, workflow: &str) {
        let definition = self.test.app.workflows.version(workflow, 1).unwrap().definition.clone();
        let start = pick(&self.dice, &definition.start);
        let form: Vec<_> = start.require.iter().chain(&start.ask).collect();
        let here = PRINCIPALS.map(PrincipalId::from);
        for _ in 0..20 {
            let person = pick(&self.dice, &self.people.around(&here)).clone();
            let actor = actor(&self.test.app, person.as_str());
            let others = definition.parties.keys().skip(1);
            let parties: BTreeMap<_, _> =
                others.map(|side| (side.clone(), vec![PrincipalId::from(*pick(&self.dice, &PRINCIPALS))])).collect();
            let given = self.fill(&definition, &form, &actor);
            let (workflow, start) = (workflow.to_owned(), start.id.clone());
            let registration = Registration { workflow, start, parties, given, ..deviation("") };
            if let Ok(done) = self.test.app.register(&actor, &registration, None) {
                self.cases.push(done.number);
                return self.note(&format!("open {}", registration.workflow));
            }
        }
    }

    fn act(&mut self, number: &CaseNumber) {
        let stored = stand(&self.test.app, std::slice::from_ref(number)).remove(number).unwrap();
        let definition =
            self.test.app.store.read(|db| self.test.app.workflows.of(db, &stored.definition)).unwrap().definition;
        let concerned: Vec<_> = stored.case.principals(None).map(|party| party.principal.clone()).collect();
        let around = self.people.around(&concerned);
        let mut possible: Vec<(PersonId, String)> = Vec::new();
        // Rather on than to and fro, as far as anything leads on.
        let stays_too = self.roll(3) == 0;
        for _ in 0..ASKED {
            let person = pick(&self.dice, &around).clone();
            let steps = self.test.app.transitions(&actor(&self.test.app, person.as_str()), number).unwrap_or_default();
            let steps = steps.into_iter().filter(|step| step.enabled && (step.moves || stays_too));
            possible.extend(steps.map(|step| (person.clone(), step.id)));
        }
        let ends = |id: &str| {
            let target = definition.transition(id).map(|transition| &transition.target);
            target.and_then(|target| definition.states.get(target)).is_some_and(|state| state.outcome.is_some())
        };
        possible.retain(|(_, id)| !ends(id) || self.roll(ENDS) == 0);
        // What was done least comes first, so that a case goes on instead of round and round.
        let times = |id: &String| self.tried.get(&(number.clone(), id.clone())).copied().unwrap_or(0);
        let Some(least) = possible.iter().map(|(_, id)| times(id)).min() else { return };
        let least: Vec<_> = possible.iter().filter(|(_, id)| times(id) == least).cloned().collect();
        let (person, transition) = pick(&self.dice, if self.roll(4) == 0 { &possible } else { &least }).clone();
        *self.tried.entry((number.clone(), transition.clone())).or_default() += 1;
        self.take(&definition, number, &person, &transition);
    }

    fn take(&mut self, definition: &Definition, number: &CaseNumber, person: &PersonId, transition: &str) {
        let actor = actor(&self.test.app, person.as_str());
        let form: Vec<_> = definition.transition(transition).unwrap().form().collect();
        let mut given = self.fill(definition, &form, &actor);
        // By far the most days would be too far off.
        if let Some(day) = ["new_due", "paused_until"].into_iter().find(|day| given.contains_key(*day)) {
            let days = Duration::days(1 + i64::try_from(self.roll(25)).unwrap());
            let outline = self.test.app.case_outline(number).unwrap();
            let due = outline.deadlines.iter().find(|deadline| transition.contains(&deadline.id));
            let base = if day == "new_due" { due.map(|deadline| deadline.due) } else { None };
            given.insert(day.to_owned(), json!(base.unwrap_or(local_date(self.now())) + days));
        }
        let what = What::Take { transition: transition.to_owned(), happened: Happened::Now, given };
        let revision = self.test.app.revision(&actor, number).unwrap();
        let command = StepCommand { number: number.clone(), revision, what };
        if self.test.app.take_step(&actor, &command, None).is_ok() {
            self.note(transition);
        }
    }
}
