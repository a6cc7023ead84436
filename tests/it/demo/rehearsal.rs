//! A stage without a database: the engine alone, folding step after step. It is fast enough to play every scenario under
//! thousands of changed definitions, and leaves a trace that a snapshot can hold: each step with what it did to the state
//! and to every clock, each refusal with its codes.
//!
//! What a rehearsal leaves out is what the definitions do not decide: rooms, mails, the order of the log.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::NaiveDate;
use samsyn::app::AppError;
use samsyn::app::cases::{Registration, What};
use samsyn::app::notes::{NoteCommand, NoteRoom};
use samsyn::app::organisation::{self, AgreementItem, AgreementVersionItem, OrganisationFile};
use samsyn::authz::{Actor, Role, Seat};
use samsyn::calendar::{Calendar, local_date};
use samsyn::clock::Timestamp;
use samsyn::demo::player::{Stage, Standing};
use samsyn::ids::{CaseNumber, PersonId, PrincipalId};
use samsyn::workflow::case::{Case, Made, replay};
use samsyn::workflow::context::{Acting, AgreementPeriod, AgreementVersion, Agreements, Context, Organisation};
use samsyn::workflow::definition::{Definition, FromCase, Transition};
use samsyn::workflow::engine::{self, Begin, Command, Decided, Happened, Origin};
use samsyn::workflow::step::{Act, By, Running, Step, TimerChange};

/// The definitions of a rehearsal, by name.
pub type Definitions = BTreeMap<String, Arc<Definition>>;

/// The organisation, as far as the engine and the stage ask.
pub struct Cast {
    file: OrganisationFile,
    pub organisation: Organisation,
    pub agreements: Agreements,
}

impl Cast {
    pub fn new() -> Cast {
        let (name, text) = samsyn::demo::ORGANISATION;
        let file = organisation::read(name, text).unwrap();
        let principals = file.principals.iter().map(|item| (item.id.clone(), item.kind)).collect();
        let units =
            file.principals.iter().flat_map(|item| item.units.iter().map(|unit| (unit.id.clone(), item.id.clone())));
        let organisation = Organisation { principals, units: units.collect() };
        let versions = file.agreements.iter().flat_map(|item| item.versions.iter().map(move |version| (item, version)));
        let period = |(item, version): (&AgreementItem, &AgreementVersionItem)| AgreementPeriod {
            version: AgreementVersion { agreement: item.id.clone(), version: version.version.clone() },
            from: version.from,
            until: version.until,
        };
        let agreements = Agreements(versions.map(period).collect());
        Cast { file, organisation, agreements }
    }

    fn actor(&self, who: &PersonId, day: NaiveDate) -> Result<Actor, AppError> {
        let person = self.file.people.iter().find(|person| person.id == *who).ok_or(AppError::NotFound)?;
        let held = person
            .memberships
            .iter()
            .filter(|held| held.from.is_none_or(|from| from <= day) && held.until.is_none_or(|until| until >= day));
        let seats = held.map(|held| Seat {
            role: held.role,
            principal: held.principal.clone().or_else(|| self.organisation.units.get(held.unit.as_ref()?).cloned()),
            authority: held.authority.clone(),
            unit: held.unit.clone(),
            body: held.body.clone(),
        });
        Ok(Actor::new(who.clone(), seats.collect()))
    }
}

/// A case of the rehearsal, with its log.
pub struct Rehearsed {
    number: CaseNumber,
    pub workflow: String,
    pub case: Case,
    pub steps: Vec<(u64, Step)>,
    next_entry: u64,
}

/// The stage.
pub struct Rehearsal<'a> {
    cast: &'a Cast,
    definitions: &'a Definitions,
    calendar: Calendar,
    now: Timestamp,
    pub cases: Vec<Rehearsed>,
    /// What happened, a line each.
    pub trace: Vec<String>,
    /// The trace that is expected: at the first difference the play ends.
    expected: Option<&'a [String]>,
    pub differs: bool,
}

impl<'a> Rehearsal<'a> {
    pub fn new(cast: &'a Cast, definitions: &'a Definitions, expected: Option<&'a [String]>) -> Rehearsal<'a> {
        Rehearsal {
            cast,
            definitions,
            calendar: Calendar::swedish(),
            now: Timestamp::default(),
            cases: Vec::new(),
            trace: Vec::new(),
            expected,
            differs: false,
        }
    }

    /// Whether each case is the fold of its log.
    pub fn replays(&self) -> bool {
        self.cases.iter().all(|held| {
            let definition = &self.definitions[&held.workflow];
            let steps = held.steps.iter().map(|(n, step)| Made { entry: *n, definition, step });
            replay(steps).unwrap().as_ref() == Some(&held.case)
        })
    }

    fn write(&mut self, line: String) -> Result<(), AppError> {
        self.differs |= self.expected.is_some_and(|expected| expected.get(self.trace.len()) != Some(&line));
        self.trace.push(line);
        if self.differs { Err(AppError::Internal("the trace differs".to_owned())) } else { Ok(()) }
    }

    fn definition(&self, workflow: &str) -> Arc<Definition> {
        self.definitions[workflow].clone()
    }

    fn place(&self, number: &CaseNumber) -> Result<usize, AppError> {
        self.cases.iter().position(|held| held.number == *number).ok_or(AppError::NotFound)
    }

    fn sees(&self, actor: &Actor, held: &Rehearsed) -> bool {
        let definition = &self.definitions[&held.workflow];
        let reads = |principal: &PrincipalId| {
            let party = held.case.principals(None).find(|party| party.principal == *principal);
            let from = party.map(|party| definition.parties[&party.side].sees_from.as_deref());
            from.is_some_and(|from| {
                from.is_none_or(|group| held.steps.iter().any(|(_, step)| definition.group_holds(group, &step.to)))
            })
        };
        held.case.reporter.as_ref() == Some(&actor.person)
            || actor.seats.iter().any(|seat| match seat.role {
                Role::Handler | Role::Management | Role::Registrar => seat.principal.as_ref().is_some_and(reads),
                role if role.watches() => seat.principal.as_ref().is_some_and(reads),
                Role::Investigator | Role::Manager => {
                    seat.unit.as_ref().is_some_and(|unit| held.case.is_assigned_to(unit))
                }
                Role::Secretary => seat.body.as_ref().is_some_and(|body| held.case.sent_to.contains_key(body)),
                _ => false,
            })
    }

    /// Whether the case was the actor's principal's, or her unit's, once.
    fn saw(&self, actor: &Actor, held: &Rehearsed) -> bool {
        let routed = |seat: &Seat| {
            let units = held.steps.iter().filter_map(|(_, step)| step.assigned.as_ref());
            let mut units = units.flat_map(|assigned| std::iter::once(&assigned.lead).chain(&assigned.also));
            units.any(|unit| seat.unit.as_ref() == Some(unit))
        };
        let party =
            |seat: &Seat| held.case.parties.iter().any(|party| seat.principal.as_ref() == Some(&party.principal));
        actor.seats.iter().any(|seat| if seat.unit.is_some() { routed(seat) } else { party(seat) })
    }

    fn decide<T>(
        &self,
        acting: Acting,
        work: impl FnOnce(&Context) -> Result<T, samsyn::workflow::rejection::Rejection>,
    ) -> Result<T, AppError> {
        let cases: BTreeSet<_> = self.cases.iter().map(|held| held.number.clone()).collect();
        let context = Context {
            now: self.now,
            acting,
            organisation: &self.cast.organisation,
            calendar: &self.calendar,
            agreements: &self.cast.agreements,
            cases: &cases,
            documents: &BTreeSet::new(),
            // The same text has the same digest whatever else a mutant does.
            seed: [7; 32],
        };
        Ok(work(&context)?)
    }

    /// Takes a step into the case, then what follows from it in others.
    fn apply(&mut self, at: usize, decided: Decided) -> Result<(), AppError> {
        let definition = self.definition(&self.cases[at].workflow);
        let held = &mut self.cases[at];
        let step = decided.step;
        let entry = held.next_entry;
        held.next_entry += 1;
        if step.opened.is_none() {
            held.case = held.case.clone().evolve(&definition, entry, &step);
        }
        held.steps.push((entry, step.clone()));
        let number = held.number.clone();
        let transition = definition.transition(&step.transition).filter(|_| step.act == Act::Transition);
        let came = step.act == Act::Transition && !transition.is_some_and(Transition::stays);
        let of_state = definition.states[&step.to].notify.as_ref().filter(|_| came);
        let notify = transition.and_then(|transition| transition.notify.as_ref()).or(of_state);
        let mail = notify.map(|notify| notify.mail.clone());
        self.write(line(&number, &step, decided.own.data.keys(), mail))?;
        self.raise(&definition, at, &step)
    }

    fn raise(&mut self, definition: &Definition, at: usize, step: &Step) -> Result<(), AppError> {
        let held = &self.cases[at];
        let start = definition.start.iter().find(|start| held.case.taken.contains_key(&start.id));
        let Some(from_case) = start.and_then(|start| start.from_case.clone()) else { return Ok(()) };
        let (number, origins) = (held.number.clone(), held.case.origins.clone());
        let wanted = raised(&from_case, step);
        for origin in origins {
            let place = self.place(&origin)?;
            let decided = wanted.iter().map(|id| self.system(place, Acting::Case(&number), id));
            match decided.reduce(|first, next| first.or(next)) {
                Some(Ok(decided)) => self.apply(place, decided)?,
                Some(Err(error)) if step.opened.is_some() => return Err(error),
                Some(Err(_)) | None => {}
            }
        }
        Ok(())
    }

    fn system(&self, at: usize, acting: Acting, transition: &str) -> Result<Decided, AppError> {
        let nothing = serde_json::Map::new();
        let command = Command { transition, happened: Happened::Now, given: &nothing };
        let held = &self.cases[at];
        self.decide(acting, |context| engine::decide(&self.definitions[&held.workflow], context, &held.case, &command))
    }

    /// The deadline that runs out first and raises something, no later than `to`.
    fn next_end(&self, to: Timestamp) -> Option<(Timestamp, usize, String)> {
        let of_case = |(at, held): (usize, &Rehearsed)| {
            let definition = self.definitions[&held.workflow].clone();
            let running: Vec<_> = held.case.running().map(|(name, running)| (name.clone(), running.clone())).collect();
            running.into_iter().filter_map(move |(name, running)| {
                let fires = definition.deadlines[&name].then.is_some() && !running.ran_out && running.runs_out <= to;
                fires.then_some((running.runs_out, at, name))
            })
        };
        self.cases.iter().enumerate().flat_map(of_case).min()
    }

    /// Writes down why not.
    fn refuse(&mut self, what: String, error: AppError) -> AppError {
        let codes = match &error {
            AppError::Rejected(rejection) => rejection.to_string(),
            other => other.to_string(),
        };
        let line = format!("{} {what} {codes}", stamp(self.now));
        self.write(line).err().unwrap_or(error)
    }
}

impl Stage for Rehearsal<'_> {
    fn wait(&mut self, to: Timestamp) -> Result<(), AppError> {
        while let Some((runs_out, at, name)) = self.next_end(to) {
            self.now = self.now.max(runs_out);
            let transition = self.definition(&self.cases[at].workflow).deadlines[&name].then.clone().unwrap();
            let decided = self.system(at, Acting::Deadline(&name), &transition);
            let failed = |error: AppError| AppError::Internal(format!("{name} raises {transition}: {error}"));
            self.apply(at, decided.map_err(failed)?)?;
        }
        self.now = self.now.max(to);
        Ok(())
    }

    fn register(&mut self, who: &PersonId, what: &Registration) -> Result<CaseNumber, AppError> {
        let actor = self.cast.actor(who, local_date(self.now))?;
        let definition = self.definition(&what.workflow);
        let origins = what.origins.iter().map(|number| {
            let held = &self.cases[self.place(number)?];
            Ok(Origin { number: number.clone(), case: held.case.clone() })
        });
        let origins = origins.collect::<Result<Vec<_>, AppError>>()?;
        let begin = Begin {
            start: &what.start,
            happened: what.happened,
            parties: &what.parties,
            origins: &origins,
            given: &what.given,
        };
        let decided = self.decide(Acting::Person(&actor), |context| engine::start(&definition, context, &begin));
        let decided = match decided {
            Ok(decided) => decided,
            Err(error) => return Err(self.refuse(format!("{who} {}", what.start), error)),
        };
        let number = CaseNumber(format!("CASE-{:02}", self.cases.len() + 1));
        let case = Case::begin(1, &decided.step).unwrap();
        let workflow = what.workflow.clone();
        self.cases.push(Rehearsed { number: number.clone(), workflow, case, steps: Vec::new(), next_entry: 1 });
        self.apply(self.cases.len() - 1, decided)?;
        Ok(number)
    }

    fn act(&mut self, who: &PersonId, case: &CaseNumber, what: &What) -> Result<(), AppError> {
        let actor = self.cast.actor(who, local_date(self.now))?;
        let at = self.place(case)?;
        let held = &self.cases[at];
        let definition = &self.definitions[&held.workflow];
        let named = match what {
            What::Take { transition, .. } | What::Withdraw { transition } => transition,
        };
        let decided = match self.sees(&actor, held) {
            false if self.saw(&actor, held) => Err(AppError::Forbidden),
            false => Err(AppError::NotFound),
            true => self.decide(Acting::Person(&actor), |context| match what {
                What::Take { transition, happened, given } => {
                    engine::decide(definition, context, &held.case, &Command { transition, happened: *happened, given })
                }
                What::Withdraw { transition } => {
                    engine::withdraw_confirmation(definition, context, &held.case, transition)
                }
            }),
        };
        match decided {
            Ok(decided) => self.apply(at, decided),
            Err(error) => Err(self.refuse(format!("{case} {who} {named}"), error)),
        }
    }

    fn note(&mut self, _: &PersonId, what: &NoteCommand) -> Result<(), AppError> {
        let at = self.place(&what.number)?;
        self.cases[at].next_entry += u64::from(what.room == NoteRoom::Shared);
        Ok(())
    }

    fn look(&mut self, who: &PersonId, case: &CaseNumber) -> Result<(), AppError> {
        let actor = self.cast.actor(who, local_date(self.now))?;
        let held = &self.cases[self.place(case)?];
        if self.sees(&actor, held) { Ok(()) } else { Err(AppError::NotFound) }
    }

    fn standing(&mut self, case: &CaseNumber) -> Result<Standing, AppError> {
        let held = &self.cases[self.place(case)?].case;
        let due = held.running().map(|(name, running)| (name.clone(), running.due())).collect();
        Ok(Standing { state: held.state.clone(), due, mails: None, outcome: held.outcome.clone() })
    }
}

fn raised(from_case: &FromCase, step: &Step) -> Vec<String> {
    match (&step.opened, &step.outcome) {
        (Some(_), _) => from_case.raises.iter().cloned().collect(),
        (None, Some(outcome)) => from_case.at_end.iter().flat_map(|at_end| at_end.of(outcome)).cloned().collect(),
        (None, None) => Vec::new(),
    }
}

fn stamp(at: Timestamp) -> String {
    at.utc().format("%Y-%m-%d %H:%M").to_string()
}

/// A step in one line and a line for each clock.
fn line<'a>(number: &CaseNumber, step: &Step, own: impl Iterator<Item = &'a String>, mail: Option<String>) -> String {
    let who = match &step.by {
        By::Person { person, seat, .. } => {
            let place = seat.body.as_ref().map_or("", |body| body.as_str());
            format!("{person}({}{place})", seat.role)
        }
        By::Deadline { deadline } => format!("<{deadline}>"),
        By::Calendar { day } => format!("<{day}>"),
        By::Case { case, .. } => format!("<{case}>"),
    };
    let act = match step.act {
        Act::Transition if step.from.as_deref() == Some(step.to.as_str()) => "stays in",
        Act::Transition => "->",
        Act::Confirmation => "confirms, in",
        Act::Withdrawal => "withdraws, in",
        Act::Migration => "goes over, to",
        Act::Recount => "is counted anew in",
    };
    let mut line = format!("{} {number} {who} {} {act} {}", stamp(step.recorded), step.transition, step.to);
    let happened = local_date(step.happened);
    let mut add = |what: &str, items: Vec<String>| {
        if !items.is_empty() {
            line += &format!(" {what}[{}]", items.join(" "));
        }
    };
    add("on", (happened != local_date(step.recorded)).then(|| happened.to_string()).into_iter().collect());
    add("gives", step.data.keys().cloned().collect());
    add("keeps", own.cloned().collect());
    add("clears", step.cleared.clone());
    add("of", step.of.iter().map(|of| format!("{}@{}", of.name, of.entry)).collect());
    add("rests_on", step.rests_on.iter().map(|of| format!("{}@{}", of.name, of.entry)).collect());
    add(
        "parties",
        step.parties.iter().map(|party| format!("{:?} {} {}", party.change, party.side, party.principal)).collect(),
    );
    add("assigned", step.assigned.iter().map(|units| format!("{} {:?}", units.lead, units.also)).collect());
    add("links", step.links.iter().map(|link| format!("{} {}", link.relation, link.case)).collect());
    add("sent_to", step.sent_to.iter().map(ToString::to_string).collect());
    add("mails", mail.into_iter().collect());
    add("outcome", step.outcome.iter().cloned().collect());
    for (name, change) in &step.deadlines {
        line += "\n    ";
        line += &match change {
            TimerChange::Armed(running) => clock(name, running),
            TimerChange::Stopped => format!("{name} stops"),
            TimerChange::RanOut => format!("{name} has run out"),
        };
    }
    line
}

fn clock(name: &str, running: &Running) -> String {
    let reminders = running
        .reminders
        .iter()
        .map(|planned| format!("{}/{}:{}", planned.step, planned.round, planned.at.utc().format("%y-%m-%d %H")));
    let reminders: Vec<_> = reminders.collect();
    format!("{name} #{} due {} reminds [{}]", running.generation, running.due(), reminders.join(", "))
}
