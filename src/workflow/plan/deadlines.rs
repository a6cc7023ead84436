//! Whether a plan says what becomes of every deadline, and whether the new version can hold to it: what it would stop or begin
//! at the very next step is no policy.

use super::check::Judge;
use super::classes::{DEADLINE_BEGINS, DEADLINE_MISSING, DEADLINE_POLICY};
use super::{Plan, Policy};
use crate::workflow::definition::{Deadline, Definition};
use crate::workflow::source::at;

pub(super) fn check(judge: &mut Judge<'_>) {
    let (plan, old, new) = (judge.plan, judge.old, judge.new);
    for (name, said) in &plan.deadlines {
        let path = at!["deadlines", name];
        judge.known(path, ("deadline", name, &plan.from), old.deadlines.keys().map(String::as_str));
        if let Some(to) = &said.to {
            judge.known(path, ("deadline", to, &plan.to), new.deadlines.keys().map(String::as_str));
        }
    }
    for (n, name) in plan.begin.iter().enumerate() {
        judge.known(at!["begin", n], ("deadline", name, &plan.to), new.deadlines.keys().map(String::as_str));
    }
    for (name, deadline) in &old.deadlines {
        match plan.deadlines.get(name) {
            None => {
                let message = format!("`{name}` can run, and nothing says what becomes of it");
                judge.report(&DEADLINE_MISSING, at!["deadlines"], message);
            }
            Some(said) => {
                for message in policy(judge, name, deadline, (said.policy, said.to.as_deref())) {
                    judge.report(&DEADLINE_POLICY, at!["deadlines", name.as_str(), "policy"], message);
                }
            }
        }
    }
    let becoming = plan.deadlines.iter().filter_map(|(name, said)| Some((name.as_str(), said.to.as_deref()?)));
    judge.once("deadlines", becoming.collect());
    begun(judge);
}

/// What is wrong with what becomes of one deadline.
fn policy(judge: &Judge<'_>, name: &str, deadline: &Deadline, said: (Policy, Option<&str>)) -> Vec<String> {
    let (plan, new) = (judge.plan, judge.new);
    let (policy, to) = match said {
        (Policy::Cancel, Some(_)) => return vec!["what is cancelled becomes nothing: remove `to`".to_owned()],
        (Policy::Cancel, None) => {
            let revives = |new: &Definition| {
                new.deadlines
                    .get(name)
                    .is_some_and(|same| judge.pairs().iter().any(|(_, to)| new.holds(&same.during, to)))
            };
            let becomes_it = plan.deadlines.values().any(|other| other.to.as_deref() == Some(name));
            let message =
                format!("version {} has a `{name}` too, and would begin it anew: say what this one becomes", plan.to);
            return if revives(new) && !becomes_it { vec![message] } else { Vec::new() };
        }
        (_, None) => return vec!["say which deadline of the new version it becomes, in `to`".to_owned()],
        (policy, Some(to)) => (policy, to),
    };
    let Some(becomes) = new.deadlines.get(to) else { return Vec::new() };
    let mut found = Vec::new();
    if policy != Policy::Restart && anchor(plan, deadline) != anchor_of(becomes) {
        found.push(format!("`{to}` counts from something else than `{name}`: restart it, or cancel it"));
    }
    if policy == Policy::Remaining && becomes.after.is_none() {
        found.push(format!("`{to}` has no length of which anything could remain: keep it"));
    }
    let runs =
        |(from, state): &(&str, &str)| judge.old.holds(&deadline.during, from) && new.holds(&becomes.during, state);
    let mut ran = judge.old.states_of(&deadline.during).into_iter();
    let all_known = ran.all(|state| plan.state(state).is_some_and(|state| new.states.contains_key(state)));
    if all_known && !judge.pairs().iter().any(runs) {
        found.push(format!("`{to}` runs in none of the states where `{name}` ran: cancel it"));
    }
    found
}

/// From what a deadline counts: the date fields, by their new names, and whether one of them is the day itself.
fn anchor<'a>(plan: &'a Plan, deadline: &'a Deadline) -> (Vec<Option<&'a str>>, bool) {
    let fields = deadline.from.iter().chain(&deadline.at);
    (fields.map(|field| plan.field(field).name()).collect(), deadline.at.is_some())
}

fn anchor_of(deadline: &Deadline) -> (Vec<Option<&str>>, bool) {
    let fields = deadline.from.iter().chain(&deadline.at);
    (fields.map(|field| Some(field.as_str())).collect(), deadline.at.is_some())
}

/// The deadlines of the new version that run where cases will stand: each is what another becomes there, or begins.
fn begun(judge: &mut Judge<'_>) {
    let (plan, old, new) = (judge.plan, judge.old, judge.new);
    let mut found = Vec::new();
    for (name, deadline) in new.deadlines.iter().filter(|(name, _)| !plan.begin.contains(name)) {
        let carried = |state: &str| {
            let becoming = plan.deadlines.iter().filter(|(_, said)| said.to.as_ref() == Some(name));
            let mut sources = becoming.filter_map(|(from, _)| old.deadlines.get(from));
            sources.any(|source| old.holds(&source.during, state))
        };
        let pairs = judge.pairs();
        let open = pairs.iter().find(|(from, to)| new.holds(&deadline.during, to) && !carried(from));
        if let Some((from, to)) = open {
            found.push(format!(
                "`{name}` runs in `{to}`, and for cases from `{from}` nothing says whether it begins: list it in `begin`, or let a deadline become it"
            ));
        }
    }
    found.into_iter().for_each(|message| judge.report(&DEADLINE_BEGINS, at!["begin"], message));
}
