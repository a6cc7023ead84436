//! Without any one transition of the local ladder, story 3 or 4 does not play: it fails, and names what is missing.

use std::collections::BTreeMap;
use std::sync::Arc;

use samsyn::workflow::{shipped, source};

use super::rehearsal::{Cast, Definitions};
use super::scenarios::{name, rehearse, shipped as definitions, stories};

const FILE: &str = "workflows/local-dispute/1.yaml";

fn text() -> &'static str {
    shipped::FILES.iter().find(|(file, _)| *file == FILE).unwrap().1
}

/// The file without one transition: its lines from `- id:` to the next item or heading.
fn without(id: &str) -> String {
    let begin = format!("  - id: {id}\n");
    let (before, rest) = text().split_once(&begin).unwrap();
    let lines: Vec<&str> = rest.lines().collect();
    let end = lines.iter().position(|line| !line.starts_with("    ")).unwrap();
    format!("{before}{}\n", lines[end..].join("\n"))
}

/// What the first of the two stories that fails says.
///
/// The checker, which refuses most of these files for what then hangs in the air, is not asked: the stories must notice.
fn said(cast: &Cast, shipped: &Definitions, id: &str) -> Option<String> {
    let document = source::read(FILE, &without(id)).root.unwrap().to_json();
    let mut definitions = shipped.clone();
    definitions.insert("local-dispute".to_owned(), Arc::new(serde_json::from_value(document).unwrap()));
    let two = stories().into_iter().filter(|story| ["3-placement", "4-court"].contains(&name(story).as_str()));
    let mut failed = two.filter_map(|story| rehearse(cast, &definitions, &story, None).1.err());
    failed.next().map(|error| error.to_string())
}

#[test]
fn without_any_one_transition_of_the_local_ladder_a_story_fails_and_names_it() {
    let (cast, shipped) = (Cast::new(), definitions());
    let mut wrong = BTreeMap::new();
    for transition in &shipped["local-dispute"].transitions {
        let id = &transition.id;
        match said(&cast, &shipped, id) {
            Some(said) if said.contains(id.as_str()) => {}
            said => drop(wrong.insert(id.clone(), said)),
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
