//! The open cases: whatever day they are loaded on, one stands in each state that is not final.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use samsyn::calendar::end_of_day;
use samsyn::demo::OPEN_CASES;
use samsyn::demo::player::{Stage, play};
use samsyn::demo::scenario;

use super::rehearsal::{Cast, Definitions, Rehearsal};
use super::scenarios::shipped;

/// The states that are not final, and those in which a case is left on that day.
fn states(cast: &Cast, definitions: &Definitions, today: NaiveDate) -> (BTreeSet<String>, BTreeSet<String>) {
    let scenario = scenario::read(OPEN_CASES.0, OPEN_CASES.1, Some(today)).unwrap_or_else(|problems| {
        panic!("{}", problems.iter().map(|problem| format!("{problem}\n")).collect::<String>())
    });
    let mut stage = Rehearsal::new(cast, definitions, None);
    play(&scenario, &mut stage).unwrap_or_else(|error| panic!("on {today}: {error}"));
    stage.wait(end_of_day(today)).unwrap();
    let of = |workflow: &str, state: &str| format!("{workflow}/{state}");
    let open = definitions.values().flat_map(|definition| {
        let states = definition.states.iter().filter(|(_, state)| state.outcome.is_none());
        states.map(|(state, _)| of(&definition.workflow, state))
    });
    let left = stage.cases.iter().map(|held| of(&held.workflow, &held.case.state));
    (open.collect(), left.collect())
}

#[test]
fn every_state_holds_a_case_whatever_day_it_is() {
    let (cast, definitions) = (Cast::new(), shipped());
    let first = NaiveDate::from_ymd_opt(2026, 1, 1).unwrap();
    for today in first.iter_days().take(2 * 365).step_by(17) {
        let (open, left) = states(&cast, &definitions, today);
        let missing: Vec<_> = open.difference(&left).collect();
        assert!(missing.is_empty(), "on {today}: {missing:?}");
    }
}
