//! Each story plays to its end.

use std::sync::{Arc, Mutex};

use samsyn::demo::STORIES;
use samsyn::demo::player::{Played, play};
use samsyn::demo::scenario::Scenario;
use samsyn::demo::stage::AppStage;
use samsyn::mail::Transport;

use super::scenarios::read;
use crate::support::database::TestApp;

fn played(scenario: &Scenario) -> (TestApp, AppStage, Played) {
    let begin = scenario.scenes[0].at;
    let test = TestApp::at(&begin.to_string());
    let transport = Transport::Memory(Arc::new(Mutex::new(Vec::new())));
    let sender = "samsyn@localhost".parse().unwrap();
    let mut stage = AppStage { app: test.app.clone(), clock: test.clock.clone(), transport, sender };
    let played = play(scenario, &mut stage).unwrap_or_else(|error| panic!("{error}"));
    (test, stage, played)
}

#[test]
fn each_story_plays_to_its_end() {
    for (file, text) in STORIES {
        let (test, _, _) = played(&read(file, text));
        let verified = test.app.verify_log(&[], |_| ()).unwrap();
        assert_eq!(verified.problems, [""; 0], "{file}");
    }
}

#[test]
fn transcripts_are_told() {
    for (file, text) in STORIES {
        let scenario = read(file, text);
        let (test, _, played) = played(&scenario);
        let told = samsyn::demo::report::transcript(&test.app, &scenario, &played).unwrap();
        std::fs::write(format!("/tmp/{}.txt", file.rsplit('/').next().unwrap()), told).unwrap();
    }
}
