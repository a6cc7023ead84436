//! When a step happened: what it may be, and what follows from it.

use samsyn::app::AppError;
use samsyn::app::cases::Registration;
use samsyn::workflow::engine::Happened;
use samsyn::workflow::rejection::Code;

use crate::support::cases::{SENDER, actor, deviation};
use crate::support::database::TestApp;

fn on(date: &str) -> Happened {
    Happened::On(date.parse().unwrap())
}

#[test]
fn no_case_begins_before_the_days_that_can_be_counted() {
    let test = TestApp::at("2026-03-02T08:00:00Z");
    let register = |happened| {
        let registration = Registration { happened, ..deviation("Något gick fel.") };
        test.app.register(&actor(&test.app, SENDER), &registration, None)
    };
    for happened in [on("2004-12-31"), Happened::At("1970-01-01T00:00:00Z".parse().unwrap())] {
        match register(happened) {
            Err(AppError::Rejected(rejection)) => assert_eq!(rejection.reasons[0].code, Code::Happened),
            other => panic!("{happened:?}: {other:?}"),
        }
    }
    let done = register(on("2005-01-01")).unwrap();
    let case = test.app.case(&actor(&test.app, SENDER), &done.number).unwrap();
    assert_eq!(case.deadlines.len(), 2, "a receipt and an answer");
}
