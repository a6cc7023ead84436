//! The scenarios: the stories of the demonstration, and those that walk what no story does.

use std::path::Path;

use samsyn::demo::STORIES;
use samsyn::demo::player::{PlayError, play};
use samsyn::demo::scenario::{self, Scenario};

use super::rehearsal::{Cast, Definitions, Rehearsal};

/// Reads a scenario that must be right.
pub fn read(file: &str, text: &str) -> Scenario {
    scenario::read(file, text, None).unwrap_or_else(|problems| {
        panic!("{}", problems.iter().map(|problem| format!("{problem}\n")).collect::<String>())
    })
}

/// The stories of the demonstration.
pub fn stories() -> Vec<Scenario> {
    STORIES.iter().map(|(file, text)| read(file, text)).collect()
}

/// The stories, and the scenarios of this folder.
pub fn all() -> Vec<Scenario> {
    let (root, folder) = (Path::new(env!("CARGO_MANIFEST_DIR")), "tests/it/demo/scenarios");
    let names = std::fs::read_dir(root.join(folder)).unwrap().map(|entry| entry.unwrap().file_name());
    let mut files: Vec<String> = names.map(|name| format!("{folder}/{}", name.to_str().unwrap())).collect();
    files.sort();
    let of_tests = files.iter().map(|file| read(file, &std::fs::read_to_string(root.join(file)).unwrap()));
    let of_tests: Vec<_> = of_tests.collect();
    stories().into_iter().chain(of_tests).collect()
}

/// The scenario's name, such as `3-placement`.
pub fn name(scenario: &Scenario) -> String {
    Path::new(&scenario.file).file_stem().unwrap().to_str().unwrap().to_owned()
}

/// The shipped definitions, of each workflow the first: the stories are told of those.
pub fn shipped() -> Definitions {
    up_to(1)
}

/// The shipped definitions, of each workflow the newest up to this version.
pub fn up_to(version: u32) -> Definitions {
    let workflows = crate::support::database::shipped();
    let known = workflows.bases().filter(|known| known.definition.version <= version);
    known.map(|known| (known.definition.workflow.clone(), known.definition.clone())).collect()
}

/// Plays a scenario on the engine alone.
pub fn rehearse<'a>(
    cast: &'a Cast,
    definitions: &'a Definitions,
    scenario: &Scenario,
    expected: Option<&'a [String]>,
) -> (Rehearsal<'a>, Result<(), PlayError>) {
    let mut stage = Rehearsal::new(cast, definitions, expected);
    let played = play(scenario, &mut stage).map(|_| ());
    (stage, played)
}
