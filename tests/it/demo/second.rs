//! The second versions: a story each from start to end, on the engine alone and on a database; those of the first that need
//! nothing the second has not; and what each side assesses for itself, unseen by the other.

use std::sync::Arc;

use samsyn::demo::player::play;
use samsyn::demo::scenario::Scenario;
use samsyn::demo::stage::AppStage;
use samsyn::mail::Transport;

use super::rehearsal::{Cast, Rehearsal};
use super::scenarios::{name, read, rehearse, stories, up_to};
use crate::support::cases::{actor, publish};
use crate::support::database::TestApp;

/// A story of each second version.
pub fn second() -> [Scenario; 2] {
    [
        read("second/deviation.yaml", include_str!("second/deviation.yaml")),
        read("second/local-dispute.yaml", include_str!("second/local-dispute.yaml")),
    ]
}

#[test]
fn the_second_versions_play_and_so_do_the_stories_that_fit_both() {
    let (cast, definitions) = (Cast::new(), up_to(2));
    let of_disputes = stories().into_iter().filter(|story| ["4-court", "5-regional"].contains(&name(story).as_str()));
    for story in second().into_iter().chain(of_disputes) {
        let (stage, played): (Rehearsal, _) = rehearse(&cast, &definitions, &story, None);
        played.unwrap_or_else(|error| panic!("{error}"));
        assert!(stage.replays(), "{}", story.file);
    }
}

#[test]
fn on_a_database_each_side_reads_its_own_lex_marks_alone() {
    let test = TestApp::at("2027-01-11T07:00:00Z");
    for workflow in ["deviation", "local-dispute"] {
        publish(&test.app, workflow, 2, |_| {}).unwrap();
    }
    let (transport, sender) = (Transport::Memory(Arc::default()), "samsyn@localhost".parse().unwrap());
    let mut stage = AppStage { app: test.app.clone(), clock: test.clock.clone(), transport, sender };
    let [deviation, _] = second();
    play(&deviation, &mut stage).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(test.app.verify_log(&[], |_| ()).unwrap().problems, [""; 0]);

    let number = "FALUN-2027-0001".into();
    let seen = |person: &str| {
        let actor = actor(&test.app, person);
        let case = serde_json::to_string(&test.app.case(&actor, &number).unwrap()).unwrap();
        case + &serde_json::to_string(&test.app.timeline(&actor, &number).unwrap()).unwrap()
    };
    let (falun, region) = (seen("sas-falun"), seen("avvikelsehandlaggare-psykiatri"));
    for (own, other, marks) in [
        (&region, &falun, ["RD-LEX-77", "Chefläkaren", "no_report", "lex_maria"]),
        (&falun, &region, ["FALUN-LEX-12", "2027-01-20\",\"by_whom", "\"assessed\":\"investigating\"", "lex_sarah"]),
    ] {
        for mark in marks {
            assert!(own.contains(mark), "its own principal reads {mark}");
            assert!(!other.contains(mark), "{mark} is on the other side");
        }
    }
    assert!(falun.contains("Har ni bedömt") && region.contains("Har ni bedömt"), "both read that it was asked");
}

#[test]
fn on_a_database_each_level_has_its_time() {
    let test = TestApp::at("2027-01-11T07:00:00Z");
    publish(&test.app, "local-dispute", 2, |_| {}).unwrap();
    let (transport, sender) = (Transport::Memory(Arc::default()), "samsyn@localhost".parse().unwrap());
    let mut stage = AppStage { app: test.app.clone(), clock: test.clock.clone(), transport, sender };
    let [_, dispute] = second();
    play(&dispute, &mut stage).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(test.app.verify_log(&[], |_| ()).unwrap().problems, [""; 0]);
}
