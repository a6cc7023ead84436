//! Digests: the same reminders as without, in fewer mails; what is urgent or due waits for none, and nothing is lost when
//! somebody acts, goes away or loses the role while they wait.

use chrono::Duration;
use samsyn::app::absences::NewAbsence;
use samsyn::app::cases::Done;
use samsyn::app::deadlines::Digested;
use samsyn::app::outbox::MailStatus;
use samsyn::clock::Timestamp;
use samsyn::mail::{DIGEST, DigestContent, render_stored};
use samsyn::store::absences::Reason;
use serde_json::json;

use crate::support::cases::{RECEIVER, actor, deviation, object, received, register, take};
use crate::support::database::TestApp;
use crate::support::sql;

/// Has the same role, and gets her mails at once.
const COLLEAGUE: &str = "avvikelsehandlaggare-psykiatri";

fn wants_digest(test: &TestApp, person: &str) {
    test.app.choose_reminders(&actor(&test.app, person), true).unwrap();
}

/// Where the handler of the region gets digests, on a Monday morning.
fn begin() -> TestApp {
    let test = TestApp::at("2026-03-02T08:00:00Z");
    wants_digest(&test, RECEIVER);
    test
}

fn lines(test: &TestApp, query: &str) -> Vec<String> {
    sql::lines(&test.app.store, query)
}

/// The digests of a person, oldest first.
fn digests(test: &TestApp, person: &str) -> Vec<DigestContent> {
    let query = format!(
        "select content as line from outbox where template = '{DIGEST}' and person_id = '{person}' order by created_at"
    );
    lines(test, &query).iter().map(|content| serde_json::from_str(content).unwrap()).collect()
}

/// What of a digest's reminders became of a person's ledger rows.
fn ledger(test: &TestApp, person: &str) -> Vec<String> {
    let mail = "case when outbox_id is null then 'no mail' else 'mail' end";
    let query = format!(
        "select deadline || ' ' || step || ' ' || coalesce(digest, 'by itself') || ', ' || {mail} as line
         from reminders where person_id = '{person}' order by 1"
    );
    lines(test, &query)
}

fn numbers(part: &[samsyn::mail::DigestMatter]) -> Vec<String> {
    part.iter().map(|matter| matter.number.to_string()).collect()
}

fn at(test: &TestApp, instant: &str) {
    test.clock.set(instant.parse().unwrap());
}

/// Everything that is due at eight, and the digests five minutes later, for so many days.
fn live(test: &TestApp, days: i64) {
    for _ in 0..days {
        let next = test.app.now() + Duration::days(1);
        for minutes in [0, 5] {
            test.clock.set(next + Duration::minutes(minutes));
            test.app.sweep_deadlines().unwrap();
            test.app.write_digests().unwrap();
        }
        test.clock.set(next);
    }
}

#[test]
fn the_same_reminders_are_told_with_a_digest_and_without() {
    let [with, without] = [true, false].map(|digest| {
        let test = TestApp::at("2026-03-02T06:00:00Z");
        for person in [RECEIVER, "divisionschef-psykiatri", "mas-falun"] {
            test.app.choose_reminders(&actor(&test.app, person), digest).unwrap();
        }
        for day in 0..4 {
            register(&test.app);
            received(&test.app);
            live(&test, 1 + day);
        }
        live(&test, 120);
        test
    });
    let key =
        "number || deadline || generation || ' ' || step || ' ' || round || person_id || cast(planned_at as text)";
    let query = format!("select {key} as line from reminders join cases on cases.id = case_id order by 1");
    let [told, expected] = [&with, &without].map(|test| lines(test, &query));
    assert!(told == expected && told.len() > 100, "{} and {}", told.len(), expected.len());
    assert_eq!(lines(&with, "select cast(count(*) as text) as line from reminders where digest = 'waiting'"), ["0"]);
    let told = "select distinct reminders.digest || ' ' || template as line from reminders
        left join outbox on outbox.id = outbox_id and outbox.person_id = reminders.person_id
        where reminders.digest is not null";
    assert_eq!(lines(&with, told), ["told digest"]);
    let count =
        |test: &TestApp| lines(test, &format!("select id as line from outbox where person_id = '{RECEIVER}'")).len();
    assert!(count(&with) < count(&without));
    assert_eq!(digests(&without, RECEIVER), []);
    // What was overdue, or due by the morning, never waited.
    let late = "select deadline as line from reminders r join cases on cases.id = r.case_id where digest is not null and step > 1";
    assert_eq!(lines(&with, late), Vec::<String>::new());
}

#[test]
fn a_digest_lists_what_is_new_first_and_each_part_by_how_long_the_person_has_waited() {
    let test = begin();
    let first = received(&test.app);
    at(&test, "2026-03-09T08:00:00Z");
    let (second, third) = (received(&test.app), received(&test.app));
    // Their answers are due a week later, and so is the first reminder of it.
    at(&test, "2026-03-31T06:00:00Z");
    live(&test, 3);
    let all = digests(&test, RECEIVER);
    assert_eq!(all.len(), 1, "{all:#?}");
    // Of the other two she was reminded by mails of their own, when the time for another step was over.
    let others = [second.number.to_string(), third.number.to_string()];
    assert_eq!((numbers(&all[0].new), numbers(&all[0].earlier)), (vec![first.number.to_string()], others.to_vec()));
    live(&test, 8);
    let all = digests(&test, RECEIVER);
    let last = all.last().unwrap();
    assert_eq!(numbers(&last.new), others);
    assert_eq!(numbers(&last.earlier), [first.number.to_string()]);
    assert_eq!((last.matters, last.new_matters, last.overdue_matters, last.unlisted), (3, 2, 3, 0));
    let matter = &last.earlier[0];
    // Of its two deadlines, the one whose day comes first.
    assert_eq!(matter.due.unwrap().to_string(), "2026-03-09");
    assert_eq!((matter.overdue_days, matter.days_left), (Some(31), None));
    assert!(matter.waited_days.unwrap() > last.new[0].waited_days.unwrap());
    assert!(matter.link.ends_with(&format!("/cases/{}/next", first.number)));
}

/// The first reminder of the answer has been noted, and waits for the digest of the morning.
fn noted() -> (TestApp, Done) {
    let test = begin();
    let done = received(&test.app);
    at(&test, "2026-04-01T06:00:00Z");
    test.app.sweep_deadlines().unwrap();
    let waiting = ledger(&test, RECEIVER);
    assert!(waiting.contains(&"answer 0 waiting, no mail".to_owned()), "{waiting:?}");
    (test, done)
}

fn write_after_five_minutes(test: &TestApp) -> Digested {
    test.clock.advance(Duration::minutes(5));
    test.app.write_digests().unwrap()
}

#[test]
fn a_digest_waits_for_its_minute_and_is_written_once_a_day() {
    let (test, _) = noted();
    assert_eq!(test.app.write_digests().unwrap(), Digested::default(), "at eight sharp");
    assert_eq!(write_after_five_minutes(&test), Digested { written: 1, dropped: 0, failed: 0 });
    let before = sql::dump(&test.app.store);
    assert_eq!(test.app.write_digests().unwrap(), Digested::default());
    assert_eq!(sql::dump(&test.app.store), before);
    let own = "select template as line from outbox where template = 'reminder' order by 1";
    assert_eq!(lines(&test, own), ["reminder"], "her colleague's, who wants hers at once");
}

#[test]
fn a_digest_is_written_in_office_hours_only() {
    let (test, _) = noted();
    let evening = test.app.now() + Duration::hours(10);
    test.clock.set(evening);
    assert_eq!(test.app.write_digests().unwrap(), Digested::default());
    test.clock.set(evening + Duration::hours(14));
    assert_eq!(test.app.write_digests().unwrap().written, 1, "after a night that nobody worked in");
}

/// What fell due at eight is told on the same day as long as anything can leave on it; otherwise on the next, and what is due
/// by then does not wait.
#[test]
fn an_office_that_closes_soon_after_eight_gets_its_digest_before() {
    for (hours, told_at, next) in
        [("07:00-08:04", "06:02", false), ("07:00-08:03", "06:01", false), ("07:00-08:02", "05:05", true)]
    {
        let (mut test, _) = noted();
        test.app.hours = hours.parse().unwrap();
        let day = if next { "2026-04-02" } else { "2026-04-01" };
        let told = format!("{day}T{told_at}:00Z").parse::<Timestamp>().unwrap();
        test.clock.set(told + -Duration::minutes(1));
        assert_eq!(test.app.write_digests().unwrap().written, 0, "{hours}: too early");
        test.clock.set(told);
        assert_eq!(test.app.write_digests().unwrap().written, 1, "{hours}");
    }
}

#[test]
fn what_somebody_has_done_meanwhile_is_in_no_digest() {
    let (test, done) = noted();
    take(&test.app, COLLEAGUE, &done, "route", json!({"lead_unit": "psykiatri-falun"})).unwrap();
    assert_eq!(write_after_five_minutes(&test).written, 0);
    let dropped = ledger(&test, RECEIVER);
    assert!(dropped.iter().any(|line| line.ends_with("dropped, no mail")), "{dropped:?}");
    assert_eq!(digests(&test, RECEIVER), []);
}

#[test]
fn who_stands_in_for_somebody_gets_what_waited_for_her() {
    let (test, done) = noted();
    // A manager of the region, who has no role of her own in this.
    let substitute = "divisionschef-psykiatri";
    wants_digest(&test, substitute);
    let absence = NewAbsence {
        person: RECEIVER.into(),
        from: Some("2026-04-01".parse().unwrap()),
        until: Some("2026-04-30".parse().unwrap()),
        substitute: Some(substitute.into()),
        cause: Some(Reason::Leave),
    };
    test.app.record_absence(&actor(&test.app, RECEIVER), &absence, None).unwrap();
    assert_eq!(write_after_five_minutes(&test), Digested { written: 1, dropped: 1, failed: 0 });
    assert_eq!(digests(&test, RECEIVER), []);
    assert_eq!(numbers(&digests(&test, substitute)[0].new), [done.number.to_string()]);
}

#[test]
fn who_has_lost_the_role_gets_no_digest() {
    let (test, _) = noted();
    let yesterday = "update memberships set valid_until = '2026-03-31' where person_id = 'avvikelsehandlaggare-region'";
    sql::execute(&test.app.store, yesterday).unwrap();
    assert_eq!(write_after_five_minutes(&test), Digested { written: 0, dropped: 1, failed: 0 });
    assert_eq!(digests(&test, RECEIVER), []);
}

#[test]
fn what_she_was_reminded_of_and_is_no_longer_hers_is_in_no_later_digest() {
    let (test, passed) = noted();
    at(&test, "2026-04-01T05:00:00Z");
    received(&test.app);
    at(&test, "2026-04-01T06:00:00Z");
    assert_eq!(write_after_five_minutes(&test).written, 1);
    take(&test.app, COLLEAGUE, &passed, "route", json!({"lead_unit": "psykiatri-falun"})).unwrap();
    at(&test, "2026-04-02T06:00:00Z");
    live(&test, 50);
    let all = digests(&test, RECEIVER);
    let named = |content: &DigestContent| [numbers(&content.new), numbers(&content.earlier)].concat();
    assert_eq!(named(&all[0]), [passed.number.to_string()]);
    assert!(all.len() > 1 && all[1..].iter().all(|content| !named(content).contains(&passed.number.to_string())));
}

#[test]
fn what_is_urgent_or_due_waits_for_no_digest() {
    let test = begin();
    let mut urgent = deviation("Något gick fel.");
    urgent.given.extend(object(json!({"urgency": "urgent", "need_now": "En plats i dag."})));
    test.app.register(&actor(&test.app, "mas-falun"), &urgent, None).unwrap();
    live(&test, 40);
    let all = ledger(&test, RECEIVER);
    assert!(all.len() > 4 && all.iter().all(|line| line.contains("by itself")), "{all:#?}");
    assert!(all.contains(&"answer 0 by itself, mail".to_owned()), "weeks before its day: {all:#?}");
    assert_eq!(digests(&test, RECEIVER), []);
}

#[test]
fn a_reminder_whose_day_has_come_by_the_morning_of_the_digest_goes_at_once() {
    // The day before the answer is due, swept only after the digests of the morning.
    let test = begin();
    received(&test.app);
    at(&test, "2026-04-30T10:00:00Z");
    test.app.sweep_deadlines().unwrap();
    let all = ledger(&test, RECEIVER);
    assert!(all.iter().any(|line| line.starts_with("answer") && line.ends_with("by itself, mail")), "{all:?}");
}

#[test]
fn nothing_that_anybody_wrote_is_in_a_digest() {
    let test = begin();
    let marked = test.app.register(&actor(&test.app, "mas-falun"), &deviation("Märkord"), None).unwrap();
    take(&test.app, RECEIVER, &marked, "receive", json!({})).unwrap();
    at(&test, "2026-03-31T06:00:00Z");
    live(&test, 10);
    let contents = lines(&test, &format!("select content as line from outbox where template = '{DIGEST}'"));
    assert!(!contents.is_empty());
    for content in contents {
        let mail = render_stored(DIGEST, &content).unwrap();
        for part in [content, mail.subject, mail.text, mail.html] {
            assert!(!part.contains("Märkord"), "{part}");
        }
    }
}

#[test]
fn a_choice_is_recorded_once_and_read_by_her_administrator() {
    let test = begin();
    wants_digest(&test, RECEIVER);
    let changes = "select kind || ' ' || subject || ' ' || details as line from changes";
    assert_eq!(lines(&test, changes), [format!("reminders_chosen {RECEIVER} {{\"reminders\":\"digest\"}}")]);
    assert!(test.app.wants_digest(&actor(&test.app, RECEIVER)).unwrap());
    assert!(!test.app.wants_digest(&actor(&test.app, COLLEAGUE)).unwrap());
    assert!(test.app.now() > Timestamp::default());
}

#[test]
fn a_digest_that_was_given_up_shows_on_each_case_that_it_told_of_and_nothing_of_the_others() {
    let (test, done) = noted();
    assert_eq!(write_after_five_minutes(&test).written, 1);
    sql::execute(&test.app.store, "update outbox set status = 'failed' where template = 'digest'").unwrap();
    let other = register(&test.app);
    let shown = |person: &str, done: &Done| {
        let mails = test.app.mails(&actor(&test.app, person), &done.number).unwrap().into_iter();
        mails.filter(|mail| mail.template == DIGEST).map(|mail| mail.status).collect::<Vec<_>>()
    };
    assert_eq!(shown(COLLEAGUE, &done), [MailStatus::Failed]);
    assert_eq!((shown(COLLEAGUE, &other), shown("mas-falun", &done)), (vec![], vec![]), "not hers to know");
    let outline = test.app.case_outline(&done.number).unwrap();
    assert!(outline.mails.iter().any(|mail| mail.template == DIGEST && mail.status == "failed"), "{outline:?}");
}
