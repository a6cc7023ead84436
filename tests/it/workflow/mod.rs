//! The workflow format: reading, checking, digests, diagrams, exports.

mod check;
mod county;
mod diagram;
mod diff;
mod digest;
mod export;
mod mutants;
mod overlay;
mod random;
mod readme;
mod schema;
mod shipped;
mod soundness;
mod source;
mod walk;

use samsyn::workflow::lock::Lock;
use samsyn::workflow::rules::Rules;
use samsyn::workflow::{Environment, Loaded, Problem, load};

/// The rules that the small files of these tests rest on.
pub fn rules() -> Rules {
    Rules::read("rules.yaml", "- {id: R1, force: ska, lines: '1', sentence: En regel.}\n").unwrap()
}

/// Loads one file in the surroundings of these tests.
pub fn load_alone(file: &str, text: &str) -> Result<Loaded, Vec<Problem>> {
    let (rules, lock) = (rules(), Lock::default());
    let env = Environment {
        rules: &rules,
        templates: &["reminder", "overdue", "your_turn"],
        calendars: &["swedish"],
        lock: &lock,
    };
    load(file, text, &env)
}
