//! What the engine does with a definition, told so that another interpreter can be held against it: what was sent when, and
//! after each event and each wait where the case stands, and which steps are possible there.

use chrono::Duration;
use samsyn::calendar::local_date;
use samsyn::clock::Timestamp;
use samsyn::workflow::context::Acting;
use samsyn::workflow::definition::{Definition, Effect, Raiser};
use samsyn::workflow::engine::{self, Command, Happened};
use samsyn::workflow::guard::Scene;
use samsyn::workflow::step::{Act, Step, TimerChange};
use serde_json::{Map, Value, json};

use crate::workflow::random::{Walk, World};

/// The longest that a walk waits between steps, in hours.
const WAIT: usize = 24 * 12;

/// A random walk of at most so many steps.
pub fn trace(world: &World, definition: &Definition, steps: usize) -> Vec<Value> {
    let begun: Timestamp = "2026-03-02T08:00:00Z".parse().unwrap();
    let walk = Walk::begin(world, definition, begun + Duration::days(i64::try_from(world.roll(300)).unwrap()));
    let mut trace = Trace { told: vec![sent(&walk, &walk.log[0].2.clone())], walk };
    trace.settle();
    for _ in 0..steps {
        let wait = Duration::minutes(i64::try_from(60 * world.roll(WAIT)).unwrap());
        trace.pass(trace.walk.now + wait);
        let possible = trace.walk.try_all();
        if trace.walk.case.outcome.is_some() {
            break;
        }
        let moving: Vec<_> = possible.iter().filter(|step| step.to != trace.walk.case.state).collect();
        let step = match (possible.is_empty(), moving.is_empty() || world.roll(2) == 0) {
            (true, _) => continue,
            (false, true) => world.pick(&possible).clone(),
            (false, false) => (*world.pick(&moving)).clone(),
        };
        trace.told.push(sent(&trace.walk, &step));
        trace.walk.take(step);
        trace.settle();
    }
    trace.told
}

struct Trace<'a> {
    told: Vec<Value>,
    walk: Walk<'a>,
}

impl Trace<'_> {
    /// Lets time pass: what runs out on the way raises its event at the very instant, and not a millisecond before.
    fn pass(&mut self, until: Timestamp) {
        while let Some(at) = self.next().filter(|at| *at <= until) {
            if at > self.walk.now {
                self.walk.now = at + Duration::milliseconds(-1);
                self.look("wait");
            }
            self.walk.now = at;
            self.told.push(json!({"kind": "wait"}));
            self.settle();
        }
        self.walk.now = until;
        self.told.push(json!({"kind": "wait"}));
        self.tell();
    }

    fn next(&self) -> Option<Timestamp> {
        let runs = |name: &String| self.walk.definition.deadlines[name].then.is_some();
        self.walk.case.running().filter(|(name, run)| runs(name) && !run.ran_out).map(|(_, run)| run.runs_out).min()
    }

    /// Raises what is due now, what is due together in the order of the names, and tells where the case stands then.
    fn settle(&mut self) {
        let mut raised = Vec::new();
        loop {
            let (walk, now) = (&self.walk, self.walk.now);
            let due: Vec<_> = walk
                .definition
                .deadlines
                .iter()
                .filter_map(|(name, deadline)| {
                    let running = walk.case.deadlines.get(name)?.running.as_ref()?;
                    let then = deadline.then.as_ref()?;
                    (running.runs_out <= now && !running.ran_out).then_some((running.runs_out, name, then))
                })
                .collect();
            // The earlier before the later; of those at one instant the first by name.
            let Some((at, name, then)) = due.iter().min_by_key(|(at, name, _)| (*at, *name)).copied() else { break };
            let target = |then: &String| walk.definition.transition(then).unwrap().target.clone();
            let mut rivals = due.iter().filter(|(other, rival, _)| *rival != name && *other == at).peekable();
            // Whether the case would have ended elsewhere in another order.
            let ends = |state: &String| walk.definition.states[state].outcome.is_some() && *state != target(then);
            let alone = rivals.peek().is_none();
            let tied = !alone && rivals.all(|(_, _, step)| ends(&target(step)));
            let context = walk.world.context(Acting::Deadline(name), now);
            let command = Command { transition: then, happened: Happened::Now, given: &Map::new() };
            let step = engine::decide(walk.definition, &context, &walk.case, &command).unwrap().step;
            raised.push(json!({"deadline": name, "from": walk.case.state, "alone": alone, "tied": tied}));
            self.walk.take(step);
        }
        if !raised.is_empty() {
            self.told.last_mut().unwrap()["raised"] = json!(raised);
        }
        self.tell();
    }

    fn look(&mut self, kind: &str) {
        self.told.push(json!({"kind": kind}));
        self.tell();
    }

    /// Where the case stands, and what some actor's principal could send there.
    fn tell(&mut self) {
        let walk = &self.walk;
        let seat = &walk.world.pick(&walk.world.actors).seats[0];
        let (principal, day) = (seat.principal.as_ref(), local_date(walk.now));
        let calendar = &walk.world.calendar;
        let scene =
            Scene { definition: walk.definition, case: Some(&walk.case), given: None, principal, day, calendar };
        let sendable = walk.definition.transitions.iter().filter(|step| {
            !step.by.iter().all(|by| by.raised_by() == Some(Raiser::Deadline))
                && walk.definition.holds(&step.from, &walk.case.state)
                && step.when.as_ref().is_none_or(|when| scene.holds(when))
        });
        let can: Vec<_> = sendable.map(|step| &step.id).collect();
        let parties: Vec<_> = walk.case.principals(None).map(|party| &party.principal).collect();
        let told = self.told.last_mut().unwrap();
        told["time"] = json!(walk.now.unix_millis());
        told["state"] = json!(walk.case.state);
        told["can"] = json!({"principal": principal, "day": day, "parties": parties, "events": can});
    }
}

/// An event as it is sent.
fn sent(walk: &Walk, step: &Step) -> Value {
    let mut sent = json!({
        "kind": "event", "time": walk.now.unix_millis(), "event": step.transition, "day": local_date(step.happened),
        "principal": step.by.principal(), "last": step.act == Act::Transition, "data": step.data,
        "parties": walk.case.principals(None).map(|party| &party.principal).collect::<Vec<_>>(),
    });
    let sets_clocks = |effect: &Effect| effect.deadlines().next().is_some();
    let transition = walk.definition.transition(&step.transition);
    if transition.is_some_and(|transition| transition.effects.iter().any(sets_clocks)) {
        // How far a clock may be moved is judged elsewhere: the other interpreter is told.
        let moved = step.deadlines.iter().filter_map(|(name, change)| match change {
            TimerChange::Armed(run) => {
                let told =
                    json!({"start": run.derivation.start, "due": run.due(), "runs_out": run.runs_out.unix_millis()});
                Some((name.clone(), told))
            }
            TimerChange::Stopped | TimerChange::RanOut => None,
        });
        sent["clocks"] = Value::Object(moved.collect());
    }
    sent
}
