//! Calendars of people's own deadlines: what is in them, and whom their addresses let in.

use std::path::Path;

use samsyn::app::AppError;
use samsyn::ids::PersonId;
use samsyn::mail::Transport;
use serde_json::json;

use crate::support::cases::{FALUN, RECEIVER, SENDER, actor, deviation, dispute, received, register, take};
use crate::support::database::TestApp;
use crate::support::sql;

fn open(test: &TestApp, person: &str) -> String {
    test.app.open_feed(&actor(&test.app, person)).unwrap()
}

/// The lines of a property in a calendar, unfolded.
fn values(calendar: &str, property: &str) -> Vec<String> {
    let whole = calendar.replace("\r\n ", "");
    let lines = whole.lines().filter_map(|line| line.split_once(':'));
    lines.filter(|(name, _)| name.split(';').next() == Some(property)).map(|(_, value)| value.to_owned()).collect()
}

#[test]
fn a_calendar_holds_what_is_her_move_and_what_she_was_reminded_of() {
    let test = TestApp::at("2026-03-02T08:00:00Z");
    let (sent, read) = (register(&test.app), received(&test.app));
    let (handler, manager, unit) =
        (open(&test, RECEIVER), open(&test, "divisionschef-psykiatri"), open(&test, "chef-psykiatri-falun"));
    let feed = |secret: &str| test.app.feed(secret).unwrap();
    let mut told = values(&feed(&handler), "SUMMARY");
    told.sort();
    let (first, second) = (&sent.number, &read.number);
    assert_eq!(
        told,
        [
            format!("{first}: Svar till avsändaren (Avvikelse i samverkan)"),
            format!("{first}: Ta emot (Avvikelse i samverkan)"),
            format!("{second}: Fördela eller svara (Avvikelse i samverkan)"),
            format!("{second}: Svar till avsändaren (Avvikelse i samverkan)"),
        ]
    );
    assert_eq!(values(&feed(&handler), "DTSTART").len(), 4);
    assert_eq!((values(&feed(&manager), "UID").len(), values(&feed(&unit), "UID").len()), (0, 0));
    // Nobody has received the first in ten days, and her manager is reminded of it.
    test.clock.set("2026-03-12T08:00:00Z".parse().unwrap());
    test.app.sweep_deadlines().unwrap();
    assert_eq!(
        values(&feed(&manager), "SUMMARY"),
        [
            format!("{first}: Svar till avsändaren (Avvikelse i samverkan)"),
            format!("{first}: Ta emot (Avvikelse i samverkan)")
        ]
    );
    take(&test.app, RECEIVER, &sent, "receive", json!({})).unwrap();
    assert!(!values(&feed(&handler), "SUMMARY").contains(&format!("{first}: Ta emot (Avvikelse i samverkan)")));
    take(&test.app, RECEIVER, &read, "route", json!({"lead_unit": "psykiatri-falun"})).unwrap();
    assert_eq!(values(&feed(&unit), "UID").len(), 2, "the investigation's and the answer's");
}

#[test]
fn an_entry_keeps_its_name_and_counts_up_when_the_deadline_begins_anew() {
    let test = TestApp::at("2026-03-02T08:00:00Z");
    let raised = json!({"grounds": "En gråzon.", "group_on": "2026-03-12"});
    let done = take(&test.app, RECEIVER, &received(&test.app), "raise_to_group", raised).unwrap();
    let secret = open(&test, RECEIVER);
    let of_meeting = |property: &str| {
        let calendar = test.app.feed(&secret).unwrap();
        let at = values(&calendar, "SUMMARY").iter().position(|what| what.contains("möte")).unwrap();
        values(&calendar, property)[at].clone()
    };
    let before = ["UID", "SEQUENCE", "DTSTART"].map(of_meeting);
    take(&test.app, RECEIVER, &done, "set_group_meeting", json!({"group_on": "2026-06-10"})).unwrap();
    let after = ["UID", "SEQUENCE", "DTSTART"].map(of_meeting);
    assert_eq!((&before[0], &before[2], &after[2]), (&after[0], &"20260312".to_owned(), &"20260610".to_owned()));
    assert!(before[1].parse::<u32>().unwrap() < after[1].parse().unwrap());
}

/// What a mail brought and what her calendar fetches is one entry.
#[test]
fn a_deadline_has_one_name_in_mails_and_in_calendars() {
    let test = TestApp::at("2026-03-02T08:00:00Z");
    register(&test.app);
    test.clock.set("2026-03-05T08:00:00Z".parse().unwrap());
    test.app.sweep_deadlines().unwrap();
    let sent = std::sync::Arc::default();
    let from = "samsyn <samsyn@elsewhere.example>".parse().unwrap();
    test.app.deliver_mail(&Transport::Memory(std::sync::Arc::clone(&sent)), &from).unwrap();
    let mailed: Vec<_> = sent.lock().unwrap().iter().filter_map(|mail| mail.calendared.clone()).collect();
    let fetched = values(&test.app.feed(&open(&test, RECEIVER)).unwrap(), "UID");
    assert!(!mailed.is_empty() && mailed.iter().all(|entry| fetched.contains(&entry.uid)), "{mailed:?} {fetched:?}");
}

#[test]
fn an_address_that_is_worth_nothing_tells_the_same_as_one_that_never_was() {
    let test = TestApp::at("2026-03-02T08:00:00Z");
    let gone = |secret: &str| matches!(test.app.feed(secret), Err(AppError::NotFound));
    assert!(gone("") && gone("hemligt"));
    let first = open(&test, RECEIVER);
    assert!(!gone(&first));
    let second = open(&test, RECEIVER);
    assert!(gone(&first) && !gone(&second), "the new one takes the place of the old");
    test.app.close_feed(&actor(&test.app, RECEIVER)).unwrap();
    assert!(gone(&second));
    let third = open(&test, RECEIVER);
    test.app.disable_person(&PersonId::from(RECEIVER)).unwrap();
    assert!(gone(&third));
    test.app.enable_person(&PersonId::from(RECEIVER)).unwrap();
    assert!(gone(&third), "what ended when she was disabled has ended");
    let kinds = sql::lines(&test.app.store, "select kind as line from changes order by id");
    assert_eq!(kinds, ["calendar_opened", "calendar_opened", "calendar_closed", "calendar_opened"]);
    assert!(!sql::dump(&test.app.store).iter().any(|row| [&first, &second, &third].iter().any(|it| row.contains(*it))));
}

#[test]
fn who_holds_a_role_no_more_has_an_empty_calendar() {
    let test = TestApp::at("2026-03-02T08:00:00Z");
    received(&test.app);
    let secret = open(&test, RECEIVER);
    assert!(!values(&test.app.feed(&secret).unwrap(), "UID").is_empty());
    test.clock.set("2026-04-01T08:00:00Z".parse().unwrap());
    test.app.sweep_deadlines().unwrap();
    let ended = format!("update memberships set valid_until = '2026-03-31' where person_id = '{RECEIVER}'");
    sql::execute(&test.app.store, &ended).unwrap();
    assert_eq!(values(&test.app.feed(&secret).unwrap(), "UID"), Vec::<String>::new());
}

/// What every calendar of these cases says, left for an independent parser: `.ci/feed_lint.py`.
#[test]
fn nothing_that_anybody_wrote_is_in_a_calendar() {
    let test = TestApp::at("2026-03-02T08:00:00Z");
    let done = test.app.register(&actor(&test.app, SENDER), &deviation("Märkord"), None).unwrap();
    take(&test.app, RECEIVER, &done, "receive", json!({})).unwrap();
    dispute(&test.app, json!({"position": "Märkord"}));
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("feed");
    std::fs::create_dir_all(&folder).unwrap();
    for person in [RECEIVER, SENDER, FALUN] {
        let calendar = test.app.feed(&open(&test, person)).unwrap();
        assert!(!calendar.replace("\r\n ", "").contains("Märkord"), "{calendar}");
        std::fs::write(folder.join(format!("{person}.ics")), calendar).unwrap();
    }
}
