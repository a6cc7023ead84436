//! The walk of `workflows/README.md`: a new workflow, from its file to a case that begins and is answered, and one of which
//! time runs out.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use chrono::Duration;
use samsyn::app::cases::{Done, Registration};
use samsyn::app::{App, AppError, Workflows};
use samsyn::clock::Timestamp;
use samsyn::ids::PrincipalId;
use samsyn::mail::TEMPLATES;
use samsyn::workflow::diagram;
use samsyn::workflow::shipped;
use serde_json::json;

use super::readme;
use crate::support::binary::Binary;
use crate::support::cases::{RECEIVER, SENDER, actor, deviation, object, take};
use crate::support::database::TestApp;
use crate::support::sql;

fn block(kind: &str) -> String {
    let mut blocks = readme::blocks().into_iter();
    blocks.find(|(says, ..)| *says == kind).map(|(_, _, text)| text).unwrap()
}

/// A copy of the folder, as a developer has it.
fn copied(to: &Path) {
    for (name, text) in shipped::FILES.iter().chain([&shipped::RULES, &shipped::LOCK]) {
        let path = to.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
}

fn append(path: &Path, text: &str) {
    let before = fs::read_to_string(path).unwrap();
    fs::write(path, before + text).unwrap();
}

/// Steps 1 to 3: what `samsyn workflow check` says on the way. Answers with the folder's rules and lock at the end.
fn written_and_checked(folder: &Path) -> (String, String) {
    let check = || Binary::in_folder(folder).run(&["workflow", "check", "workflows"]);
    let (file, lock) = (folder.join("workflows/question/1.yaml"), folder.join("workflows/digests.lock"));
    assert_eq!(check().code, Some(0));
    fs::create_dir(file.parent().unwrap()).unwrap();
    fs::write(&file, block("yaml workflow")).unwrap();
    append(&folder.join("workflows/rules.yaml"), &block("yaml rules"));
    let (line, ran) = (block("yaml lock"), check());
    let digest = line.split('"').nth(1).unwrap();
    assert!(ran.out.contains("does not hold the digest") && ran.out.contains(digest), "{}", ran.out);
    append(&lock, &line);
    assert_eq!((check().code, check().out.as_str()), (Some(0), ""));
    let broken = block("yaml workflow").replace("target: answered", "target: anwsered").replace("{opposite", "");
    fs::write(&file, broken.replace(", notify: {to: turn, mail: your_turn}", "")).unwrap();
    let told = check().out;
    assert!(told.contains("did you mean `answered`?") && told.contains("question/1.yaml:"), "{told}");
    fs::write(&file, block("yaml workflow")).unwrap();
    let read = |name: &str| fs::read_to_string(folder.join(name)).unwrap();
    (read("workflows/rules.yaml"), read("workflows/digests.lock"))
}

#[test]
fn a_workflow_is_added_by_the_page_alone() {
    let folder = tempfile::tempdir().unwrap();
    copied(folder.path());
    let (rules, lock) = written_and_checked(folder.path());
    let text = block("yaml workflow");
    let files: Vec<_> = shipped::FILES.iter().copied().chain([("workflows/question/1.yaml", text.as_str())]).collect();
    let built =
        |lock: &str| Workflows::read(&files, (shipped::RULES.0, &rules), (shipped::LOCK.0, lock), TEMPLATES).unwrap();
    let mut test = TestApp::at("2026-03-02T08:00:00Z");
    let begins = |test: &TestApp| {
        let starts = test.app.starts(&actor(&test.app, SENDER)).unwrap().into_iter();
        starts.map(|choice| choice.start.title).any(|title| title == "Ställ fråga")
    };
    // A draft is drawn, and begins no case.
    test.app.workflows = Arc::new(built(&lock));
    let draft = test.app.workflows.newest("question").unwrap();
    assert!(diagram::svg(&draft.definition).contains("Väntar på svar"));
    test.app.publish_first().unwrap();
    assert!(!begins(&test));
    // Final, it is published with the database.
    test.app.workflows = Arc::new(built(&lock.replace("f9\", final: false", "f9\", final: true")));
    test.app.publish_first().unwrap();
    assert!(begins(&test));
    let asked = ask(&test.app);
    let answered = take(&test.app, RECEIVER, &asked, "reply", json!({"answer": "Klockan åtta."})).unwrap();
    assert_eq!(answered.state, "answered");
    assert_eq!(outcome(&test.app, &answered).as_deref(), Some("answered"));
    time_runs_out(&test);
}

fn ask(app: &App) -> Done {
    let registration = Registration {
        workflow: "question".to_owned(),
        start: "ask".to_owned(),
        parties: BTreeMap::from([("answerer".to_owned(), vec![PrincipalId::from("region-dalarna")])]),
        given: object(json!({"question": "När öppnar mottagningen?"})),
        ..deviation("")
    };
    app.register(&actor(app, SENDER), &registration, None).unwrap()
}

fn outcome(app: &App, done: &Done) -> Option<String> {
    app.case(&actor(app, SENDER), &done.number).unwrap().outcome
}

/// Step 7: nobody answers, and the question ends by itself; one that is answered on the last day does not.
fn time_runs_out(test: &TestApp) {
    let (asked, late) = (ask(&test.app), ask(&test.app));
    let sweep_until = |moment: &str| {
        let moment: Timestamp = moment.parse().unwrap();
        while test.app.now() < moment {
            test.clock.set(moment.min(test.app.now() + Duration::hours(12)));
            assert_eq!(test.app.sweep_deadlines().unwrap().failed, 0);
        }
    };
    // A minute before the fifth of May in Sweden.
    sweep_until("2026-05-04T21:59:00Z");
    let answered = take(&test.app, RECEIVER, &late, "reply", json!({"answer": "Klockan nio."})).unwrap();
    assert_eq!(answered.state, "answered");
    assert_eq!(outcome(&test.app, &asked), None);
    sweep_until("2026-05-04T22:00:00Z");
    assert_eq!(outcome(&test.app, &asked).as_deref(), Some("unanswered"));
    let refused = take(&test.app, RECEIVER, &Done { revision: 2, ..asked }, "reply", json!({"answer": "Nu."}));
    assert!(matches!(refused, Err(AppError::Rejected(_))), "{refused:?}");
    let day = "substr(cast(planned_at as text), 1, 10) || ' step ' || cast(step as text)";
    let reminded = sql::lines(&test.app.store, &format!("select distinct {day} as line from reminders order by 1"));
    assert_eq!(reminded, ["2026-04-24 step 0", "2026-04-30 step 1"]);
}
