//! Clock control: an answer's time is put off, rests and goes on again, with its reminders, and never further than the
//! workflow's file says.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Duration, NaiveDate};
use samsyn::app::AppError;
use samsyn::app::administration::ClosingDayOrder;
use samsyn::app::cases::{Done, Registration, StepCommand, What};
use samsyn::app::reminders::Cause;
use samsyn::ids::PrincipalId;
use samsyn::workflow::engine::Happened;
use samsyn::workflow::rejection::Code;
use serde_json::{Value, json};

use crate::support::cases::{RECEIVER, SENDER, actor, deviation, mails_about, object, received, take};
use crate::support::database::TestApp;
use crate::support::sql;

/// Registered on 2 March 2026, to be answered within 60 days: on Monday 4 May, since 1 May is a holiday.
fn scene() -> (TestApp, Done) {
    let test = TestApp::at("2026-03-02T08:00:00Z");
    let done = received(&test.app);
    (test, done)
}

fn due(test: &TestApp, done: &Done) -> NaiveDate {
    let outline = test.app.case_outline(&done.number).unwrap();
    outline.deadlines.iter().find(|deadline| deadline.id == "answer").unwrap().due
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn put_off(until: &str) -> Value {
    json!({"new_due": until, "grounds": "Loggarna dröjer."})
}

fn codes(refused: Result<Done, AppError>) -> Vec<Code> {
    match refused {
        Err(AppError::Rejected(rejection)) => rejection.reasons.iter().map(|reason| reason.code).collect(),
        other => panic!("{other:?}"),
    }
}

/// The days for which reminders of the answer were planned that the ledger holds, with generation and step.
fn reminded(test: &TestApp) -> Vec<String> {
    let line = "generation || '.' || step || ' ' || substr(cast(planned_at as text), 1, 10)";
    let query = format!("select distinct {line} as line from reminders where deadline = 'answer' order by 1");
    sql::lines(&test.app.store, &query)
}

fn sleep_until(test: &TestApp, date: &str) {
    while samsyn::calendar::local_date(test.app.now()) < day(date) {
        test.clock.advance(Duration::days(1));
        test.app.sweep_deadlines().unwrap();
    }
}

#[test]
fn an_extension_puts_the_day_off_reminds_anew_and_tells_the_other_side() {
    let (test, done) = scene();
    assert_eq!(due(&test, &done), day("2026-05-04"));
    sleep_until(&test, "2026-04-20");
    assert_eq!(reminded(&test), ["1.0 2026-04-01"]);
    let done = take(&test.app, RECEIVER, &done, "extend_answer", put_off("2026-05-29")).unwrap();
    assert_eq!(due(&test, &done), day("2026-05-29"));
    let told: Vec<_> =
        mails_about(&test.app, &done, "Svar till").into_iter().filter(|m| m.template == "new_day").collect();
    assert!(!told.is_empty() && told.iter().all(|mail| mail.content.contains("2026-05-29")), "{told:?}");
    assert!(told.iter().all(|mail| mail.person_id != RECEIVER));
    assert!(told.iter().all(|mail| mail.content.contains("\"was\":\"2026-05-04\"")), "{told:?}");
    sleep_until(&test, "2026-05-29");
    // Nothing on 24 April and 4 May, which were five working days before the old day, and that day.
    assert_eq!(reminded(&test), ["1.0 2026-04-01", "2.0 2026-04-29", "2.1 2026-05-22", "2.2 2026-05-29"]);
}

#[test]
fn an_extension_goes_no_further_and_no_more_often_than_the_file_says() {
    let (test, done) = scene();
    for refused in ["2026-05-04", "2026-04-01", "2026-06-04"] {
        assert_eq!(
            codes(take(&test.app, RECEIVER, &done, "extend_answer", put_off(refused))),
            [Code::Happened],
            "{refused}"
        );
    }
    let without = json!({"new_due": "2026-05-29"});
    assert_eq!(codes(take(&test.app, RECEIVER, &done, "extend_answer", without)), [Code::Required]);
    assert_eq!(codes(take(&test.app, SENDER, &done, "extend_answer", put_off("2026-05-29"))), [Code::Permission]);
    let done = take(&test.app, RECEIVER, &done, "extend_answer", put_off("2026-06-03")).unwrap();
    let done = take(&test.app, RECEIVER, &done, "extend_answer", put_off("2026-07-03")).unwrap();
    assert_eq!(codes(take(&test.app, RECEIVER, &done, "extend_answer", put_off("2026-07-10"))), [Code::Guard]);
}

#[test]
fn time_that_rests_does_not_count_and_reminds_nobody() {
    let (test, done) = scene();
    sleep_until(&test, "2026-03-30");
    let rest = |until: &str| json!({"paused_until": until, "grounds": "Vi väntar på polisen."});
    assert_eq!(codes(take(&test.app, RECEIVER, &done, "pause_answer", rest("2026-04-30"))), [Code::Happened]);
    let done = take(&test.app, RECEIVER, &done, "pause_answer", rest("2026-04-29")).unwrap();
    // 32 days were left on 30 March, to 1 May; from 29 April they reach a Sunday.
    assert_eq!(due(&test, &done), day("2026-06-01"));
    assert_eq!(codes(take(&test.app, RECEIVER, &done, "extend_answer", put_off("2026-06-20"))), [Code::Guard]);
    sleep_until(&test, "2026-04-19");
    assert_eq!(reminded(&test), [""; 0], "while it rests nobody is reminded");
    let done = take(&test.app, RECEIVER, &done, "resume_answer", json!({"grounds": "Svaret har kommit."})).unwrap();
    assert_eq!(due(&test, &done), day("2026-05-21"));
    assert_eq!(codes(take(&test.app, RECEIVER, &done, "resume_answer", json!({"grounds": "Igen."}))), [Code::Guard]);
    // Twenty of thirty days are used up.
    assert_eq!(codes(take(&test.app, RECEIVER, &done, "pause_answer", rest("2026-04-30"))), [Code::Happened]);
    let done = take(&test.app, RECEIVER, &done, "pause_answer", rest("2026-04-29")).unwrap();
    assert_eq!(due(&test, &done), day("2026-06-01"));
    sleep_until(&test, "2026-06-01");
    assert_eq!(reminded(&test), ["4.0 2026-04-30", "4.1 2026-05-25", "4.2 2026-06-01"]);
}

/// The form says what the day is now, and how far it may be moved; lists and the case say that it rests.
#[test]
fn the_form_says_how_far_and_a_rest_is_seen() {
    let (test, done) = scene();
    let actor = actor(&test.app, RECEIVER);
    let help = |step: &str| test.app.step_form(&actor, &done.number, step).unwrap().fields[0].0.help.clone().unwrap();
    let now = "”Svar till avsändaren” ska vara klart senast måndag 4 maj 2026.";
    let most = "Tiden kan förlängas längst till och med onsdag 3 juni 2026.";
    assert!(help("extend_answer").ends_with(&format!("{now} {most}")), "{}", help("extend_answer"));
    let most = "Tiden kan pausas längst till och med onsdag 1 april 2026.";
    assert!(help("pause_answer").ends_with(&format!("{now} {most}")), "{}", help("pause_answer"));
    let rests = || {
        let case = test.app.case(&actor, &done.number).unwrap();
        case.deadlines
            .iter()
            .filter(|deadline| deadline.rests_until.is_some())
            .map(|d| d.id.clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(rests(), [""; 0]);
    let rest = json!({"paused_until": "2026-03-12", "grounds": "Vi väntar på polisen."});
    take(&test.app, RECEIVER, &done, "pause_answer", rest).unwrap();
    assert_eq!(rests(), ["answer"]);
}

/// Whoever a case is redirected to takes the time over as it stands: the person waits no longer for that.
#[test]
fn a_new_receiver_inherits_what_the_former_has_used() {
    let test = TestApp::at("2026-03-02T08:00:00Z");
    let to_falun = BTreeMap::from([("receiver".to_owned(), vec![PrincipalId::from("falun")])]);
    let what = Registration { parties: to_falun, ..deviation("Något gick fel.") };
    let done = test.app.register(&actor(&test.app, RECEIVER), &what, None).unwrap();
    let done = take(&test.app, SENDER, &done, "receive", json!({})).unwrap();
    let done = take(&test.app, SENDER, &done, "extend_answer", put_off("2026-05-29")).unwrap();
    let done = take(&test.app, SENDER, &done, "wrong_principal", json!({"grounds": "Det är Borlänges."})).unwrap();
    let new = json!({"new_receiver": "borlange", "grounds": "Borlänge har boendet."});
    let done = take(&test.app, RECEIVER, &done, "redirect", new).unwrap();
    assert_eq!(due(&test, &done), day("2026-05-29"));
    let (new, further) = ("mas-borlange", put_off("2026-06-20"));
    let done = take(&test.app, new, &done, "extend_answer", further).unwrap();
    assert_eq!(codes(take(&test.app, new, &done, "extend_answer", put_off("2026-07-10"))), [Code::Guard]);
}

/// Each rest costs a day of the thirty, however short it was.
#[test]
fn a_rest_that_ends_on_its_first_day_cannot_be_had_without_end() {
    let (test, mut done) = scene();
    let rest = || json!({"paused_until": "2026-03-03", "grounds": "Vi väntar på polisen."});
    for _ in 0..30 {
        done = take(&test.app, RECEIVER, &done, "pause_answer", rest()).unwrap();
        done = take(&test.app, RECEIVER, &done, "resume_answer", json!({"grounds": "Redan i dag."})).unwrap();
        assert_eq!(due(&test, &done), day("2026-05-04"));
    }
    assert_eq!(codes(take(&test.app, RECEIVER, &done, "pause_answer", rest())), [Code::Guard]);
}

/// Five working days before the day, which nobody has been told of when the rest begins, would fall into it: the eight days
/// that are left then have a holiday among them.
#[test]
fn a_reminder_that_falls_into_a_rest_goes_out_after_it_as_it_was_foreseen() {
    let (test, done) = scene();
    sleep_until(&test, "2026-04-23");
    assert_eq!(reminded(&test), ["1.0 2026-04-01"]);
    let rest = json!({"paused_until": "2026-05-12", "grounds": "Vi väntar på polisen."});
    let done = take(&test.app, RECEIVER, &done, "pause_answer", rest).unwrap();
    assert_eq!(due(&test, &done), day("2026-05-20"));
    let preview = test.app.preview_reminders(&done.number).unwrap();
    let foreseen: BTreeSet<_> = preview
        .mails
        .iter()
        .filter_map(|mail| match &mail.cause {
            Cause::Reminder { deadline, generation, step, .. }
                if deadline == "answer" && mail.day <= day("2026-05-20") =>
            {
                Some(format!("{generation}.{step} {}", mail.day))
            }
            _ => None,
        })
        .collect();
    let planned = ["2.1 2026-05-13", "2.2 2026-05-20"].map(str::to_owned);
    assert_eq!(foreseen, planned.clone().into());
    // A day that becomes a day off meanwhile changes nothing of that.
    let county = actor(&test.app, "systemadministrator-lanet");
    let closed = ClosingDayOrder { day: Some(day("2026-06-05")), name: "klämdag".to_owned() };
    test.app.add_closing_day(&county, &closed).unwrap();
    test.app.recount_deadlines().unwrap();
    sleep_until(&test, "2026-05-20");
    assert_eq!(reminded(&test), ["1.0 2026-04-01", &planned[0], &planned[1]]);
}

#[test]
fn the_case_says_in_words_what_moved_its_day() {
    let (test, done) = scene();
    let rest = json!({"paused_until": "2026-03-12", "grounds": "Vi väntar på polisen."});
    let done = take(&test.app, RECEIVER, &done, "pause_answer", rest).unwrap();
    let done = take(&test.app, RECEIVER, &done, "resume_answer", json!({"grounds": "Redan i dag."})).unwrap();
    assert_eq!(due(&test, &done), day("2026-05-04"), "a rest that ends on its first day moves nothing");
    let rest = json!({"paused_until": "2026-03-12", "grounds": "Vi väntar på polisen."});
    let done = take(&test.app, RECEIVER, &done, "pause_answer", rest).unwrap();
    test.clock.advance(Duration::days(11));
    let done = take(&test.app, RECEIVER, &done, "extend_answer", put_off("2026-05-29")).unwrap();
    let outline = test.app.case_outline(&done.number).unwrap();
    let answer = outline.deadlines.iter().find(|deadline| deadline.id == "answer").unwrap();
    assert_eq!(
        answer.sentence,
        "60 dagar från måndag 2 mars 2026 slutar fredag 1 maj 2026 (första maj), som inte är en arbetsdag, därför måndag 4 \
         maj 2026. Pausad måndag 2 mars 2026 och igång samma dag. Pausad från måndag 2 mars 2026 till och med torsdag 12 \
         mars 2026: därför måndag 11 maj 2026. Förlängd till fredag 29 maj 2026."
    );
}

#[test]
fn nobody_goes_round_a_limit_by_saying_that_it_happened_earlier() {
    let (test, done) = scene();
    test.clock.advance(Duration::days(70));
    let command = StepCommand {
        number: done.number.clone(),
        revision: done.revision,
        what: What::Take {
            transition: "pause_answer".to_owned(),
            happened: Happened::On(day("2026-05-01")),
            given: object(json!({"paused_until": "2026-05-20", "grounds": "Vi glömde det."})),
        },
    };
    assert_eq!(codes(test.app.take_step(&actor(&test.app, RECEIVER), &command, None)), [Code::Guard]);
}
