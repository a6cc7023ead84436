//! The demonstration: stories out of the life of a county, played on the application as it is.
//!
//! [`scenario`] is the format of a story, [`player`] plays one on a stage, [`stage`] is the application as a stage,
//! [`report`] tells what came of it, [`run`] does it all. The stories are data, compiled in; the tests play the same.
//!
//! No command line and no settings: see `cli/`. Nothing here knows more of a case than the use cases and the store tell.

pub mod player;
pub mod report;
pub mod run;
pub mod scenario;
pub mod stage;

/// The organisation in which the stories take place: name and text of the file.
pub const ORGANISATION: (&str, &str) = ("src/demo/organisation.yaml", include_str!("organisation.yaml"));

/// The stories: name and text of each file.
pub const STORIES: &[(&str, &str)] = &[
    ("src/demo/scenarios/1-sip.yaml", include_str!("scenarios/1-sip.yaml")),
    ("src/demo/scenarios/2-discharge.yaml", include_str!("scenarios/2-discharge.yaml")),
    ("src/demo/scenarios/3-placement.yaml", include_str!("scenarios/3-placement.yaml")),
    ("src/demo/scenarios/4-court.yaml", include_str!("scenarios/4-court.yaml")),
    ("src/demo/scenarios/5-regional.yaml", include_str!("scenarios/5-regional.yaml")),
];

/// Cases left open in every state of every workflow, dates counted back from the day on which they are loaded.
pub const OPEN_CASES: (&str, &str) = ("src/demo/scenarios/open-cases.yaml", include_str!("scenarios/open-cases.yaml"));
