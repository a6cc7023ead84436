//! Confirmations of a joint step: they are of one text, and of no other.

use samsyn::app::AppError;
use samsyn::app::cases::{Done, StepCommand, What};
use samsyn::ids::PrincipalId;
use samsyn::workflow::rejection::Code;
use serde_json::{Value, json};

use crate::support::cases::{FALUN, REGION, actor, dispute, take};
use crate::support::database::TestApp;

fn step(test: &TestApp, person: &str, before: &Done, transition: &str, given: Value) -> Done {
    take(&test.app, person, before, transition, given).unwrap()
}

/// Who has confirmed what, as the parties see it.
fn confirmed(test: &TestApp, done: &Done) -> Vec<(String, Vec<PrincipalId>)> {
    let case = test.app.case(&actor(&test.app, FALUN), &done.number).unwrap();
    case.confirmations.into_iter().map(|waiting| (waiting.transition, waiting.confirmed)).collect()
}

#[test]
fn a_confirmation_does_not_come_back_with_the_words_that_it_was_of() {
    let test = TestApp::at("2026-03-02T08:00:00Z");
    let interim = |pays: &str| {
        let terms = json!({"provides": "falun", "pays": pays, "from_on": "2026-03-02", "without_admission": true});
        json!({"interim": terms})
    };
    let done = step(&test, FALUN, &dispute(&test.app, json!({})), "propose_interim", interim("region-dalarna"));
    let done = step(&test, REGION, &done, "agree_interim", json!({}));
    assert_eq!(confirmed(&test, &done), [("agree_interim".to_owned(), vec![PrincipalId::from("region-dalarna")])]);
    let done = step(&test, FALUN, &done, "propose_interim", interim("falun"));
    assert_eq!(confirmed(&test, &done), []);
    let done = step(&test, FALUN, &done, "propose_interim", interim("region-dalarna"));
    let done = step(&test, FALUN, &done, "agree_interim", json!({}));
    assert_eq!(confirmed(&test, &done), [("agree_interim".to_owned(), vec![PrincipalId::from("falun")])]);
}

#[test]
fn a_new_text_leaves_no_confirmation_of_the_old_to_be_seen_or_withdrawn() {
    let test = TestApp::at("2026-03-02T08:00:00Z");
    for (who, change, given) in [
        (REGION, "propose_settlement", json!({"settlement": "Hälften var från mars."})),
        (REGION, "decline_settlement", json!({"grounds": "Vi kan inte."})),
    ] {
        let done = step(
            &test,
            FALUN,
            &dispute(&test.app, json!({})),
            "propose_settlement",
            json!({"settlement": "Hälften var."}),
        );
        let done = step(&test, FALUN, &done, "confirm_settlement", json!({}));
        let done = step(&test, who, &done, change, given);
        assert_eq!(confirmed(&test, &done), [], "{change}");
        let what = What::Withdraw { transition: "confirm_settlement".to_owned() };
        let command = StepCommand { number: done.number.clone(), revision: done.revision, what };
        match test.app.take_step(&actor(&test.app, FALUN), &command, None) {
            Err(AppError::Rejected(rejection)) => assert_eq!(rejection.reasons[0].code, Code::NotConfirmed),
            other => panic!("{change}: {other:?}"),
        }
    }
}
