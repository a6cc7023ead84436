//! What each scenario does to its cases, on record: every state, every due day, every reminder, every refusal. A change of
//! a workflow file shows here as what it means.

use std::collections::BTreeSet;

use samsyn::workflow::definition::{Definition, Effect};
use samsyn::workflow::step::{Act, Step, TimerChange};

use super::rehearsal::Cast;
use super::scenarios::{all, name, rehearse, shipped};

#[test]
fn each_scenario_leaves_the_trace_on_record() {
    let (cast, definitions) = (Cast::new(), shipped());
    for scenario in all() {
        let (stage, played) = rehearse(&cast, &definitions, &scenario, None);
        played.unwrap_or_else(|error| panic!("{error}"));
        assert!(stage.replays(), "{}", scenario.file);
        insta::assert_snapshot!(name(&scenario), stage.trace.join("\n"));
    }
}

#[test]
fn every_transition_of_every_workflow_is_walked() {
    let (cast, definitions) = (Cast::new(), shipped());
    let mut walked: BTreeSet<(String, String, bool)> = BTreeSet::new();
    let mut armed: BTreeSet<(String, String)> = BTreeSet::new();
    for scenario in all() {
        let (stage, _) = rehearse(&cast, &definitions, &scenario, None);
        for held in &stage.cases {
            for (_, step) in held.steps.iter().filter(|(_, step)| step.act == Act::Transition) {
                let by_machine = step.by.person().is_none();
                walked.insert((held.workflow.clone(), step.transition.clone(), by_machine));
                armed.extend(step.deadlines.keys().map(|name| (held.workflow.clone(), name.clone())));
            }
        }
    }
    let missing = definitions.values().flat_map(|definition| missing(definition, &walked, &armed));
    assert_eq!(missing.collect::<Vec<_>>(), [""; 0]);
}

/// Starts, transitions - those that a person or a machine may take, by both - and deadlines that no scenario comes by.
fn missing(
    definition: &Definition,
    walked: &BTreeSet<(String, String, bool)>,
    armed: &BTreeSet<(String, String)>,
) -> Vec<String> {
    use samsyn::workflow::definition::By;
    let name = &definition.workflow;
    let walks = |id: &str, machine: bool| walked.contains(&(name.clone(), id.to_owned(), machine));
    let mut missing = Vec::new();
    missing.extend(
        definition.start.iter().filter(|start| !walks(&start.id, false)).map(|start| format!("{name}: {}", start.id)),
    );
    for transition in &definition.transitions {
        let machine = transition.by.iter().any(|by| matches!(by, By::Machine(_)));
        let person = transition.by.iter().any(|by| !matches!(by, By::Machine(_)));
        let by = [(person, false), (machine, true)];
        let never = by.into_iter().filter(|(may, machine)| *may && !walks(&transition.id, *machine));
        missing.extend(never.map(|(_, machine)| {
            format!("{name}: {} by {}", transition.id, if machine { "the system" } else { "a person" })
        }));
    }
    let never = definition.deadlines.keys().filter(|deadline| !armed.contains(&(name.clone(), (*deadline).clone())));
    missing.extend(never.map(|deadline| format!("{name}: the deadline {deadline}")));
    missing
}

/// What `stay` promises: a clock begins anew only where a date or a condition that it hangs on has changed, or by an effect.
#[test]
fn a_step_that_stays_touches_no_clock_but_those_that_hang_on_its_fields() {
    let (cast, definitions) = (Cast::new(), shipped());
    for scenario in all() {
        let (stage, _) = rehearse(&cast, &definitions, &scenario, None);
        for held in &stage.cases {
            let definition = &definitions[&held.workflow];
            for (_, step) in &held.steps {
                let stays = step.from.as_deref() == Some(step.to.as_str());
                let touched = touched(definition, step);
                assert!(!stays || touched.is_empty(), "{}: {} touches {touched:?}", scenario.file, step.transition);
            }
        }
    }
}

/// The clocks that a step changes though they hang on no field and no condition, and no effect of it sets them.
fn touched(definition: &Definition, step: &Step) -> Vec<String> {
    let effects = definition.transition(&step.transition).into_iter().flat_map(|transition| &transition.effects);
    let set: Vec<_> = effects.flat_map(Effect::deadlines).collect();
    let plain = |name: &&String| {
        let deadline = &definition.deadlines[*name];
        !set.contains(name) && deadline.when.is_none() && deadline.from.is_empty() && deadline.at.is_none()
    };
    let changed = step.deadlines.iter().filter(|(_, change)| !matches!(change, TimerChange::RanOut));
    changed.map(|(name, _)| name).filter(plain).cloned().collect()
}
