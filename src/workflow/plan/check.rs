//! Whether a plan fits the two versions that it names: every fault that can be found before a case is looked at, all of them at
//! once. What depends on what one case holds is judged for each ([`crate::workflow::migration`]).

use std::collections::BTreeMap;
use std::path::Path;

use super::classes::{
    ENDED, FILE_NAME, FORMAT, NO_WAY_TO_END, PARTY, SHOWS_MORE, STATE_MISSING, STATE_TWICE, TO_END, TRANSITION,
    TWO_INTO_ONE, UNKNOWN_NAME, VERSION, WHY,
};
use super::{DROP, Plan, PlanVersion, deadlines, fields, leads};
use crate::personal_number;
use crate::workflow::check::graph::Graph;
use crate::workflow::definition::{COUNTY, Definition};
use crate::workflow::problem::{Class, Position, Problem, did_you_mean};
use crate::workflow::reference::{Reference, in_folder};
use crate::workflow::source::{Node, Segment, at};

/// The one format that this program reads.
const READS: u32 = 1;

/// A plan under examination, with both versions.
pub(super) struct Judge<'a> {
    file: &'a str,
    root: &'a Node,
    pub plan: &'a Plan,
    pub old: &'a Definition,
    pub new: &'a Definition,
    problems: Vec<Problem>,
}

pub fn check(file: &str, root: &Node, plan: &Plan, known: &[&Definition]) -> Vec<Problem> {
    let mut problems = alone(file, root, plan);
    let (old, new) = match versions(file, root, plan, known) {
        Ok(versions) => versions,
        Err(found) => return [problems, found].concat(),
    };
    let mut judge = Judge { file, root, plan, old, new, problems: Vec::new() };
    judge.states();
    judge.parties();
    judge.transitions();
    fields::check(&mut judge);
    deadlines::check(&mut judge);
    problems.append(&mut judge.problems);
    problems
}

pub fn file_name(file: &str, plan: &Plan) -> Option<Problem> {
    let expected = format!("{}.yaml", plan.name().replace(' ', "/"));
    let fits = Path::new(in_folder(file, &plan.workflow).as_ref()).ends_with(&expected);
    let message = format!("this is the plan {}: the file belongs at `{expected}`", plan.name());
    (!fits).then(|| Problem::new(&FILE_NAME, file, Position::START, message))
}

fn alone(file: &str, root: &Node, plan: &Plan) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut report = |class, path: &[Segment], message: &str| {
        problems.push(Problem::new(class, file, root.find(path), message));
    };
    if plan.format != READS {
        report(&FORMAT, at!["format"], "this program reads format 1: write `format: 1`, or use a newer program");
    }
    if plan.why.trim().is_empty() {
        report(&WHY, at!["why"], "say why, in Swedish: it stands in the record of each case");
    }
    if personal_number::contains(&plan.why) {
        report(&WHY, at!["why"], "a personal identity number: what stands here cannot be removed from any case");
    }
    for state in plan.unchanged.iter().filter(|state| plan.states.contains_key(*state)) {
        report(&STATE_TWICE, at!["states", state], &format!("`{state}` stands in `unchanged` too: leave out one"));
    }
    problems
}

fn versions<'a>(
    file: &str,
    root: &Node,
    plan: &Plan,
    known: &[&'a Definition],
) -> Result<(&'a Definition, &'a Definition), Vec<Problem>> {
    let one = |key: &str, message: String| vec![Problem::new(&VERSION, file, root.find(at![key]), message)];
    let of_workflow: Vec<_> = known.iter().copied().filter(|known| known.workflow == plan.workflow).collect();
    if of_workflow.is_empty() {
        let hint = did_you_mean(&plan.workflow, known.iter().map(|known| known.workflow.as_str()));
        return Err(one("workflow", format!("there is no workflow `{}`{hint}", plan.workflow)));
    }
    if let (Some(from), Some(to)) = (plan.from.of(&plan.workflow), plan.to.of(&plan.workflow))
        && !leads(&from, &to)
    {
        return Err(one("to", format!("{} is not above {}: {}", plan.to, plan.from, why_not(&from, &to))));
    }
    let find = |key: &str, version: &PlanVersion| {
        let named = version.of(&plan.workflow);
        let found = of_workflow.iter().copied().find(|known| Some(Reference::from(*known)) == named);
        let there: Vec<_> = of_workflow.iter().map(|known| Reference::from(*known).version_text()).collect();
        let there = there.join(", ");
        found.ok_or_else(|| one(key, format!("`{}` has no version {version}; there are {there}", plan.workflow)))
    };
    Ok((find("from", &plan.from)?, find("to", &plan.to)?))
}

/// Why no plan leads from the one to the other.
fn why_not(from: &Reference, to: &Reference) -> &'static str {
    let whose = |version: &Reference| version.local.as_ref().map(|(whose, _)| whose.clone());
    match (whose(from), whose(to)) {
        _ if from == to => "it is the same",
        (Some(own), Some(other)) if own != other => "no case goes over from one's local agreement to another's",
        (None, Some(other)) if other != COUNTY => "what one municipality has agreed is for no cases but its own",
        _ => "cases go on, not back",
    }
}

impl Judge<'_> {
    pub fn report(&mut self, class: &'static Class, path: &[Segment], message: String) {
        self.problems.push(Problem::new(class, self.file, self.root.find(path), message));
    }

    /// Reports a name that one of the versions does not have; true where it has it.
    pub fn known<'n>(
        &mut self,
        path: &[Segment],
        (what, name, version): (&str, &str, &PlanVersion),
        mut names: impl Iterator<Item = &'n str> + Clone,
    ) -> bool {
        let hint = did_you_mean(name, names.clone());
        let found = names.any(|known| known == name);
        if !found {
            self.report(&UNKNOWN_NAME, path, format!("version {version} has no {what} `{name}`{hint}"));
        }
        found
    }

    /// The states in which cases can stand, each with the state that it becomes, where that is known.
    pub fn pairs(&self) -> Vec<(&str, &str)> {
        let open = self.old.states.iter().filter(|(_, state)| state.outcome.is_none());
        let pairs = open.filter_map(|(old, _)| Some((old.as_str(), self.plan.state(old)?)));
        pairs.filter(|(_, new)| self.new.states.contains_key(*new)).collect()
    }

    fn states(&mut self) {
        let (plan, old, new) = (self.plan, self.old, self.new);
        let named =
            plan.states.iter().map(|(from, to)| (from, to, vec![Segment::from("states"), from.as_str().into()]));
        let unchanged = (0..).zip(&plan.unchanged);
        let unchanged =
            unchanged.map(|(n, state): (usize, _)| (state, state, vec![Segment::from("unchanged"), n.into()]));
        let graph = Graph::new(new);
        let can_end = graph.can_end();
        for (from, to, path) in named.chain(unchanged) {
            let is_there = self.known(&path, ("state", from, &plan.from), old.states.keys().map(String::as_str));
            if is_there && old.states[from].outcome.is_some() {
                let message = format!("`{from}` is final: a case that has ended is left alone; remove it");
                self.report(&ENDED, &path, message);
            } else if self.known(&path, ("state", to, &plan.to), new.states.keys().map(String::as_str)) && is_there {
                self.state_pair(from, to, &path, graph.place(to).is_some_and(|place| can_end[place]));
            }
        }
        let open = old.states.iter().filter(|(_, state)| state.outcome.is_none());
        for state in open.map(|(id, _)| id).filter(|id| plan.state(id).is_none()) {
            let same =
                if new.states.contains_key(state) { "; if it is what it was, list it in `unchanged`" } else { "" };
            let message = format!("cases stand in `{state}`, and nothing says where they stand afterwards{same}");
            self.report(&STATE_MISSING, at!["states"], message);
        }
    }

    fn state_pair(&mut self, from: &str, to: &str, path: &[Segment], can_end: bool) {
        let (old, new) = (self.old, self.new);
        if new.states[to].outcome.is_some() {
            self.report(&TO_END, path, format!("`{to}` is final: a migration ends no case"));
        } else if !can_end {
            self.report(&NO_WAY_TO_END, path, format!("from `{to}` no final state can be reached"));
        }
        let had: Vec<_> = old.bodies_reached(from).collect();
        let further: Vec<_> = new.bodies_reached(to).filter(|body| !had.contains(body)).collect();
        for body in further {
            let message =
                format!("in `{to}` the body `{body}` reads the case, in `{from}` it does not: only a step may");
            self.report(&SHOWS_MORE, path, message);
        }
        for (side, party) in &new.parties {
            let Some(group) = &party.sees_from else { continue };
            let saw = |party: &crate::workflow::definition::Party| match &party.sees_from {
                None => true,
                Some(group) => old.group_holds(group, from),
            };
            if new.group_holds(group, to) && !old.parties.get(side).is_some_and(saw) {
                let message =
                    format!("in `{to}` the side `{side}` sees the case, in `{from}` not yet: only a step may");
                self.report(&SHOWS_MORE, path, message);
            }
        }
    }

    fn parties(&mut self) {
        let (old, new) = (self.old, self.new);
        for side in old.parties.keys().filter(|side| !new.parties.contains_key(*side)) {
            let message = format!("version {} has no side `{side}`, and cases have it", self.plan.to);
            self.report(&PARTY, at!["to"], message);
        }
    }

    fn transitions(&mut self) {
        let (plan, old, new) = (self.plan, self.old, self.new);
        for (from, to) in &plan.transitions {
            let path = at!["transitions", from];
            self.known(path, ("start or transition", from, &plan.from), steps(old));
            if to != DROP {
                self.known(path, ("start or transition", to, &plan.to), steps(new));
            } else if steps(new).any(|id| id == from) {
                let message = format!(
                    "version {} has a `{from}` too, which would count as taken: call it otherwise there",
                    plan.to
                );
                self.report(&TRANSITION, path, message);
            }
        }
        for id in steps(old).filter(|id| !plan.transitions.contains_key(*id) && !steps(new).any(|other| other == *id)) {
            let message = format!("version {} has no `{id}`: name what it is called there, or `drop`", plan.to);
            self.report(&TRANSITION, at!["transitions"], message);
        }
        for (n, start) in old.start.iter().enumerate() {
            let name = plan.transition(&start.id).name();
            let becomes = new.start.iter().find(|other| Some(other.id.as_str()) == name);
            let ends = |from: &crate::workflow::definition::FromCase| (from.workflow.clone(), from.at_end.is_some());
            let had = start.from_case.as_ref().map(ends);
            let fits = becomes.is_some_and(|other| had.is_none() || other.from_case.as_ref().map(ends) == had);
            if !fits && (name.is_none() || steps(new).any(|other| Some(other) == name)) {
                let message = format!(
                    "the start `{}` (the {}. of version {}) must become a start that grows out of the same: a case ends as it began",
                    start.id,
                    n + 1,
                    plan.from
                );
                self.report(&TRANSITION, at!["transitions", start.id.as_str()], message);
            }
        }
        let names = steps(old).filter_map(|id| Some((id, plan.transition(id).name()?)));
        self.once("transitions", names.collect());
    }

    /// Reports two that would be called the same.
    pub fn once(&mut self, key: &str, names: Vec<(&str, &str)>) {
        let mut taken: BTreeMap<&str, &str> = BTreeMap::new();
        for (old, new) in names {
            if let Some(other) = taken.insert(new, old) {
                let message = format!("`{other}` and `{old}` would both be called `{new}`");
                self.report(&TWO_INTO_ONE, at![key, old], message);
            }
        }
    }
}

/// The ids of starts and transitions.
fn steps(definition: &Definition) -> impl Iterator<Item = &str> + Clone {
    let starts = definition.start.iter().map(|start| start.id.as_str());
    starts.chain(definition.transitions.iter().map(|step| step.id.as_str()))
}
