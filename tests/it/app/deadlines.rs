//! Deadlines at work: what a sweep does while people act, and after a stop.

use std::sync::Arc;
use std::thread;

use chrono::Duration;
use samsyn::app::Workflows;
use samsyn::app::cases::{Done, Registration};
use samsyn::clock::{Clock, Timestamp};
use samsyn::mail::TEMPLATES;
use samsyn::workflow::digest::definition_digest;
use samsyn::workflow::{shipped, source};
use serde_json::json;

use crate::support::cases::{RECEIVER, actor, deviation, mails_about, object, publish, received, take};
use crate::support::database::{TestApp, add_people};
use crate::support::log::logged;
use crate::support::sql;

#[test]
fn a_deadline_that_begins_anew_during_a_sweep_wakes_again() {
    let test = TestApp::at("2026-03-02T08:00:00Z");
    let app = &test.app;
    let in_group = |meeting: &str| -> Done {
        let raised = json!({"grounds": "En gråzon.", "group_on": meeting});
        take(app, RECEIVER, &received(app), "raise_to_group", raised).unwrap()
    };
    // Enough to do before the last, so that the sweep is still at it when the meeting is moved.
    let (others, last) = ((0..40).map(|_| in_group("2026-03-12")).collect::<Vec<_>>(), in_group("2026-03-13"));
    test.clock.set("2026-03-11T08:00:00Z".parse().unwrap());
    let mails = |done: &Done| mails_about(app, done, "Samverkansgruppens möte").len();
    thread::scope(|scope| {
        let sweep = scope.spawn(|| app.sweep_deadlines().unwrap());
        while mails(&others[0]) == 0 && !sweep.is_finished() {
            thread::yield_now();
        }
        take(app, RECEIVER, &last, "set_group_meeting", json!({"group_on": "2026-06-10"})).unwrap();
        sweep.join().unwrap();
    });
    let before = mails(&last);
    test.clock.set("2026-06-05T08:00:00Z".parse().unwrap());
    app.sweep_deadlines().unwrap();
    assert!(mails(&last) > before, "a reminder three working days before the meeting as it was moved");
}

/// Who was reminded of a step of the investigation's ladder; nobody is nobody.
fn reminded(test: &TestApp, deadline: &str, step: u32) -> Vec<String> {
    let query = format!(
        "select distinct '[' || person_id || ']' as line from reminders where deadline = '{deadline}' and step = {step}
         and round = 0 order by 1"
    );
    sql::lines(&test.app.store, &query)
}

/// Sweeps each morning until the day.
fn live_until(test: &TestApp, day: &str) {
    let end: Timestamp = format!("{day}T08:00:00Z").parse().unwrap();
    while test.clock.now() < end {
        test.clock.advance(Duration::days(1));
        test.app.sweep_deadlines().unwrap();
    }
}

fn end_role(test: &TestApp, person: &str, last_day: &str) {
    let ended = format!("update memberships set valid_until = '{last_day}' where person_id = '{person}'");
    sql::execute(&test.app.store, &ended).unwrap();
}

/// From the unit to its manager, to the principal's handlers, and to the management, each by role on the day.
#[test]
fn the_ladder_climbs_from_whose_turn_it_is_to_the_manager_the_handler_and_the_management() {
    let test = TestApp::at("2026-03-02T08:00:00Z");
    take(&test.app, RECEIVER, &received(&test.app), "route", json!({"lead_unit": "psykiatri-falun"})).unwrap();
    live_until(&test, "2026-06-01");
    let handlers = ["[avvikelsehandlaggare-psykiatri]", "[avvikelsehandlaggare-region]"];
    let turn = reminded(&test, "investigation", 1);
    assert!(turn.contains(&"[utredare-psykiatri-falun]".to_owned()), "{turn:?}");
    assert_eq!(reminded(&test, "investigation", 2), ["[chef-psykiatri-falun]"]);
    assert_eq!(reminded(&test, "investigation", 3), handlers);
    assert_eq!(reminded(&test, "answer", 4), ["[divisionschef-psykiatri]", "[halso-och-sjukvardsdirektor]"]);
}

/// A step is for who holds the role on its day, not for who held it when the deadline began.
#[test]
fn a_step_is_for_who_holds_the_role_on_its_day() {
    let test = TestApp::at("2026-03-02T08:00:00Z");
    take(&test.app, RECEIVER, &received(&test.app), "route", json!({"lead_unit": "psykiatri-falun"})).unwrap();
    end_role(&test, "chef-psykiatri-falun", "2026-03-15");
    let new = "- {id: ny-chef, name: Ny chef, email: ny@region.example,
        memberships: [{role: manager, unit: psykiatri-falun, from: 2026-03-16}]}";
    add_people(&test.app, new);
    end_role(&test, "chef-psykiatri-falun", "2026-03-15");
    live_until(&test, "2026-06-01");
    assert_eq!(reminded(&test, "investigation", 2), ["[ny-chef]"]);
}

/// A role that nobody holds that day: the sweep names it, in the ledger and in the program's log, and the next step goes
/// out in its time, to its own role.
#[test]
fn a_role_that_nobody_holds_is_named_and_the_next_step_goes_to_its_own() {
    let test = TestApp::at("2026-03-02T08:00:00Z");
    logged();
    take(&test.app, RECEIVER, &received(&test.app), "route", json!({"lead_unit": "psykiatri-falun"})).unwrap();
    end_role(&test, "chef-psykiatri-falun", "2026-03-15");
    let planned = "select distinct step || ' ' || cast(planned_at as text) || ' ' || cast(recorded_at as text) as line
        from reminders where deadline = 'investigation' and step > 1 and round = 0 order by 1";
    live_until(&test, "2026-06-01");
    assert_eq!(reminded(&test, "investigation", 2), ["[]"]);
    assert_eq!(reminded(&test, "investigation", 3).len(), 2);
    let lines = sql::lines(&test.app.store, planned);
    assert_eq!(lines.len(), 2, "each in its own time: {lines:?}");
    let named =
        |line: &str| ["nobody holds", "FALUN-2026-0001", "investigation", "Manager"].iter().all(|it| line.contains(it));
    assert!(logged().lines().any(named));
    let before = sql::dump(&test.app.store);
    test.app.sweep_deadlines().unwrap();
    assert_eq!(sql::dump(&test.app.store), before);
}

/// A tip at the end of whose file a second deadline, whose name comes first, runs out together with that for the answer.
fn with_two_clocks() -> Workflows {
    let (_, text) = shipped::FILES.iter().find(|(name, _)| name.contains("tip")).unwrap();
    let step = "\n  - {id: give_up, title: Ge upp, from: asked, target: closed, by: {raised_by: deadline}, source: ours}\n\ndeadlines:\n";
    let text = text.replacen("\nversion: 1\n", "\nversion: 9\n", 1).replacen("\ndeadlines:\n", step, 1)
        + "  a_fortnight:\n    {title: Två veckor, while: [asked], after: 14d, end: next_working_day, then: give_up, source: ours}\n";
    let name = "workflows/tip/9.yaml";
    let digest = definition_digest(&source::read(name, &text).root.unwrap().to_json());
    let lock = format!("{}tip@9: {{digest: \"{digest}\", final: true}}\n", shipped::LOCK.1);
    let files: Vec<_> = shipped::FILES.iter().copied().chain([(name, text.as_str())]).collect();
    Workflows::read(&files, shipped::RULES, (shipped::LOCK.0, &lock), TEMPLATES).unwrap()
}

#[test]
fn of_two_that_run_out_together_the_first_by_name_goes_first() {
    let mut test = TestApp::at("2026-03-02T08:00:00Z");
    test.app.workflows = Arc::new(with_two_clocks());
    let app = &test.app;
    publish(app, "tip", 9, |_| {}).unwrap();
    let given = json!({"what_happened": "Något gick fel", "event_on": "2026-03-01", "place": "Falun"});
    let told = Registration {
        workflow: "tip".to_owned(),
        start: "tell".to_owned(),
        parties: [].into(),
        given: object(given),
        ..deviation("")
    };
    let done = app.register(&actor(app, "boendestodjare-mora"), &told, None).unwrap();
    take(app, "mas-mora", &done, "ask", json!({"question": "Var?"})).unwrap();
    let due = app.case_outline(&done.number).unwrap().deadlines;
    let due: Vec<_> = due.iter().filter(|deadline| deadline.id != "handling").map(|deadline| deadline.due).collect();
    assert_eq!(due.len(), 2);
    assert_eq!(due[0], due[1]);
    let foreseen = app.preview_reminders(&done.number).unwrap();
    assert_eq!(foreseen.state, "closed", "what is foreseen is what happens");
    live_until(&test, "2026-03-20");
    let outline = app.case_outline(&done.number).unwrap();
    assert_eq!(outline.state, "closed", "somebody gave up, whatever the order of the file");
}
