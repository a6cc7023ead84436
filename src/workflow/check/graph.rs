//! The states and steps of a definition as a graph: what can be reached, on which shortest way, and what is certain there.
//!
//! Since one state is active at a time, soundness is plain reachability: exact, and linear in the number of steps. Guards are
//! not weighed (any guard may hold), but a step that only a deadline raises exists only where such a deadline runs.

use std::collections::VecDeque;

use crate::workflow::definition::{By, Definition, Raiser, Start, Transition};

/// States by their place in the file, and every step between them.
pub struct Graph<'a> {
    /// The names of the states.
    pub states: Vec<&'a str>,
    /// Whether each state is final.
    pub finals: Vec<bool>,
    /// The starts whose target exists, with the state that they lead to.
    pub starts: Vec<(&'a Start, usize)>,
    /// The steps, those that stay included.
    pub edges: Vec<Edge<'a>>,
    /// Whether every name could be resolved; where not, nothing certain can be said of reachability.
    pub complete: bool,
}

/// One transition from one state.
pub struct Edge<'a> {
    /// The state it leaves.
    pub from: usize,
    /// The state it leads to; the same for `stay`.
    pub to: usize,
    /// The transition.
    pub step: &'a Transition,
}

impl<'a> Graph<'a> {
    /// The graph of a definition.
    pub fn new(definition: &'a Definition) -> Self {
        let states: Vec<&str> = definition.states.keys().map(String::as_str).collect();
        let finals: Vec<bool> = definition.states.values().map(|state| state.outcome.is_some()).collect();
        let place = |name: &str| states.iter().position(|state| *state == name);
        let starts: Vec<_> =
            definition.start.iter().filter_map(|start| place(&start.target).map(|target| (start, target))).collect();
        let mut graph = Graph { complete: names_resolve(definition), edges: Vec::new(), starts, finals, states };
        for step in &definition.transitions {
            for name in definition.states_of(&step.from) {
                let Some(from) = graph.place(name) else { continue };
                let target = if step.stays() { Some(from) } else { graph.place(&step.target) };
                let possible = !graph.finals[from] && can_happen(definition, step, graph.states[from]);
                graph.edges.extend(target.filter(|_| possible).map(|to| Edge { from, to, step }));
            }
        }
        graph
    }

    /// The place of a state.
    pub fn place(&self, name: &str) -> Option<usize> {
        self.states.iter().position(|state| *state == name)
    }

    /// The shortest ways from the beginning to every state.
    pub fn reach(&self) -> Ways<'a> {
        self.ways(|_| false, |_, _| Some(false))
    }

    /// The shortest ways while a fact about the case is followed along: whether it holds after a start, and after a step,
    /// given whether it held before; `None` where the step is impossible so.
    pub fn ways(&self, begin: impl Fn(&Start) -> bool, step: impl Fn(&Edge<'a>, bool) -> Option<bool>) -> Ways<'a> {
        let mut ways = Ways { origins: vec![[None; 2]; self.states.len()] };
        let mut queue = VecDeque::new();
        for (start, target) in &self.starts {
            ways.arrive(&mut queue, (*target, begin(start)), (&start.id, None));
        }
        while let Some((state, held)) = queue.pop_front() {
            for edge in self.edges.iter().filter(|edge| edge.from == state) {
                if let Some(holds) = step(edge, held) {
                    ways.arrive(&mut queue, (edge.to, holds), (&edge.step.id, Some((state, held))));
                }
            }
        }
        ways
    }

    /// Whether each state can reach a final one.
    pub fn can_end(&self) -> Vec<bool> {
        let mut can = self.finals.clone();
        loop {
            let found: Vec<usize> =
                self.edges.iter().filter(|edge| can[edge.to] && !can[edge.from]).map(|edge| edge.from).collect();
            if found.is_empty() {
                return can;
            }
            found.into_iter().for_each(|state| can[state] = true);
        }
    }
}

/// A state, and whether the fact holds there.
type Spot = (usize, bool);
/// The step that first led to a spot, and from where; nowhere for a start.
type Origin<'a> = (&'a str, Option<Spot>);

/// Shortest ways from the beginning of a case.
pub struct Ways<'a> {
    origins: Vec<[Option<Origin<'a>>; 2]>,
}

impl<'a> Ways<'a> {
    fn arrive(&mut self, queue: &mut VecDeque<Spot>, spot: Spot, origin: Origin<'a>) {
        let known = &mut self.origins[spot.0][usize::from(spot.1)];
        if known.is_none() {
            *known = Some(origin);
            queue.push_back(spot);
        }
    }

    /// The shortest way to the state with the fact so, where there is one.
    pub fn to(&self, state: usize, holds: bool) -> Option<Vec<String>> {
        let mut way = Vec::new();
        let mut spot = Some((state, holds));
        while let Some((state, holds)) = spot {
            let (step, before) = self.origins[state][usize::from(holds)]?;
            way.push(step.to_owned());
            spot = before;
        }
        way.reverse();
        Some(way)
    }
}

/// Whether something could ever raise the step in this state: people and linked cases might, a deadline only where it runs.
fn can_happen(definition: &Definition, step: &Transition, state: &str) -> bool {
    step.by.iter().any(|by| match by {
        By::Machine(machine) if machine.raised_by == Raiser::Deadline => definition
            .deadlines
            .values()
            .any(|deadline| deadline.then.as_ref() == Some(&step.id) && definition.holds(&deadline.during, state)),
        _ => true,
    })
}

fn names_resolve(definition: &Definition) -> bool {
    let state = |name: &String| definition.states.contains_key(name);
    let set = |name: &String| state(name) || definition.groups.contains_key(name);
    definition.start.iter().all(|start| state(&start.target))
        && definition.groups.values().flatten().all(state)
        && definition.transitions.iter().all(|step| (step.stays() || state(&step.target)) && step.from.iter().all(set))
        && definition.deadlines.values().all(|deadline| deadline.during.iter().all(set))
}
