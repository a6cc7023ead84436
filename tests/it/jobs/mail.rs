//! The outbox at work against a mail server that fails in every way.

use std::sync::{Arc, Mutex};

use chrono::Duration;
use samsyn::app::AppError;
use samsyn::app::administration::MailError;
use samsyn::app::outbox::{Delivered, MailStatus};
use samsyn::app::outbox_list::QueuedMail;
use samsyn::calendar::{OfficeHours, at};
use samsyn::clock::Timestamp;
use samsyn::mail::{Outgoing, Sender, Thread, Transport};
use samsyn::store::outbox;

use crate::support::cases::{actor, register};
use crate::support::database::TestApp;
use crate::support::smtp::{Fault, SmtpListener};
use crate::support::sql;

/// Two mails wait: a registration tells two people that it is their turn.
struct Waiting {
    test: TestApp,
    server: SmtpListener,
    transport: Transport,
    from: Sender,
}

const NONE: Delivered = Delivered { sent: 0, retried: 0, failed: 0 };

impl Waiting {
    fn new() -> Self {
        Waiting::with_patience(std::time::Duration::from_secs(10))
    }

    fn with_patience(patience: std::time::Duration) -> Self {
        let mut test = TestApp::at("2026-03-02T08:00:00Z");
        test.app.hours = OfficeHours::Always;
        register(&test.app);
        let server = SmtpListener::start();
        let url = format!("smtp://127.0.0.1:{}?tls=none", server.port());
        let transport = Transport::smtp(&url.parse().unwrap(), patience);
        Waiting { test, server, transport, from: "samsyn <samsyn@samsyn.example>".parse().unwrap() }
    }

    fn deliver(&self) -> Delivered {
        self.test.app.deliver_mail(&self.transport, &self.from).unwrap()
    }

    /// Status and attempts of each mail.
    fn queue(&self) -> Vec<String> {
        sql::lines(&self.test.app.store, "select status || ' ' || attempts as line from outbox order by id")
    }
}

#[test]
fn mails_leave_once() {
    let waiting = Waiting::new();
    assert_eq!(waiting.deliver(), Delivered { sent: 2, ..NONE });
    assert_eq!(waiting.deliver(), NONE);
    assert_eq!(waiting.queue(), ["sent 1", "sent 1"]);
    let to: Vec<_> = waiting.server.mails().into_iter().flat_map(|mail| mail.to).collect();
    assert_eq!(to.len(), 2);
}

#[test]
fn a_mail_to_who_was_disabled_since_does_not_leave_and_is_seen_not_to() {
    let waiting = Waiting::new();
    let app = &waiting.test.app;
    app.disable_person(&"avvikelsehandlaggare-psykiatri".into()).unwrap();
    assert_eq!(waiting.deliver(), Delivered { sent: 1, failed: 1, ..NONE });
    let failed =
        sql::lines(&app.store, "select person_id || ': ' || error as line from outbox where status = 'failed'");
    assert_eq!(failed, ["avvikelsehandlaggare-psykiatri: the person is disabled"]);
}

#[test]
fn what_fails_is_tried_again_after_pauses_that_grow_and_given_up_in_the_end() {
    let waiting = Waiting::new();
    waiting.server.set_fault(Some(Fault::RefuseRecipient(450)));
    let growing = (0..9).map(|tries| 1 << tries).chain(std::iter::repeat_n(360, 30));
    for minutes in growing {
        assert_eq!(waiting.deliver(), Delivered { retried: 2, ..NONE });
        waiting.test.clock.advance(Duration::minutes(minutes) - Duration::seconds(1));
        assert_eq!(waiting.deliver(), NONE, "not before {minutes} minutes");
        waiting.test.clock.advance(Duration::seconds(1) + Duration::minutes(minutes) / 4);
    }
    assert_eq!(waiting.deliver(), Delivered { failed: 2, ..NONE });
    assert_eq!(waiting.queue(), ["failed 40", "failed 40"]);
    waiting.server.set_fault(None);
    waiting.test.clock.advance(Duration::days(30));
    assert_eq!(waiting.deliver(), NONE);
    let told = sql::lines(&waiting.test.app.store, "select distinct error as line from outbox");
    assert_eq!(told, ["the mail server answered 450 4.1.1"]);
}

/// In seconds, when each mail that waits is tried next.
fn waits(waiting: &Waiting) -> Vec<i64> {
    let now = waiting.test.app.now();
    let mut waits = Vec::new();
    let each = |mail: QueuedMail| {
        waits.push((mail.next.unwrap().utc() - now.utc()).num_seconds());
        Ok::<_, AppError>(())
    };
    waiting.test.app.each_queued_mail(Some(MailStatus::Pending), each).unwrap();
    waits
}

/// Forty mails that fail at one moment come back at many, none early, none more than a quarter late; and the same mails at
/// the same, whoever computes it.
#[test]
fn pauses_are_spread() {
    let spread = || {
        let waiting = Waiting::new();
        (0..19).for_each(|_| drop(register(&waiting.test.app)));
        waiting.server.set_fault(Some(Fault::RefuseRecipient(450)));
        waiting.deliver();
        waiting.test.clock.advance(Duration::minutes(2));
        waiting.deliver();
        waits(&waiting)
    };
    let mut found = spread();
    assert_eq!(found, spread());
    assert!(found.iter().all(|wait| (120..=150).contains(wait)), "{found:?}");
    found.sort();
    found.dedup();
    assert!(found.len() > 15, "{found:?}");
}

#[test]
fn a_real_no_is_final_and_others_go_on() {
    let waiting = Waiting::new();
    waiting.server.set_fault(Some(Fault::RefuseRecipient(550)));
    assert_eq!(waiting.deliver(), Delivered { failed: 2, ..NONE });
    assert_eq!(waiting.queue(), ["failed 1", "failed 1"]);
    register(&waiting.test.app);
    waiting.server.set_fault(None);
    assert_eq!(waiting.deliver(), Delivered { sent: 2, ..NONE });
}

#[test]
fn a_fault_of_configuration_stops_the_queue_and_loses_nothing() {
    for fault in [Fault::RefuseService, Fault::RefuseLogin] {
        let waiting = Waiting::new();
        let port = waiting.server.port();
        waiting.server.set_fault(Some(fault));
        let url = format!("smtp://samsyn:hemligt@127.0.0.1:{port}?tls=none");
        let transport = Transport::smtp(&url.parse().unwrap(), std::time::Duration::from_secs(10));
        for _ in 0..100 {
            let delivered = waiting.test.app.deliver_mail(&transport, &waiting.from).unwrap();
            assert_eq!(delivered, Delivered { retried: 1, ..NONE }, "one try tells enough");
            waiting.test.clock.advance(Duration::hours(8));
        }
        // It was no try of any mail, so that each has all of its own left.
        assert_eq!(waiting.queue(), ["pending 0", "pending 0"]);
        waiting.server.set_fault(Some(Fault::RefuseData(451)));
        assert_eq!(waiting.deliver(), Delivered { retried: 2, ..NONE });
        waiting.server.set_fault(None);
        waiting.test.clock.advance(Duration::minutes(2));
        assert_eq!(waiting.deliver(), Delivered { sent: 2, ..NONE }, "{fault:?}");
    }
}

#[test]
fn who_dies_between_sending_and_marking_sends_the_same_mail_again() {
    let waiting = Waiting::new();
    waiting.server.set_fault(Some(Fault::DropAfterData));
    assert_eq!(waiting.deliver(), Delivered { retried: 2, ..NONE });
    waiting.server.set_fault(None);
    waiting.test.clock.advance(Duration::minutes(2));
    assert_eq!(waiting.deliver(), Delivered { sent: 2, ..NONE });
    let mails = waiting.server.mails();
    assert_eq!(mails.len(), 4);
    assert_eq!((&mails[0], &mails[1]), (&mails[2], &mails[3]), "byte for byte, the Message-ID too");
}

#[test]
fn a_claim_of_a_process_that_died_runs_out() {
    let waiting = Waiting::new();
    let (store, now) = (&waiting.test.app.store, waiting.test.app.now());
    let id = store.read(|db| outbox::ready(db, now, 1)).unwrap().remove(0);
    let claim = |holder| store.write(|db| outbox::claim(db, &id, holder, now, now + Duration::minutes(10))).unwrap();
    assert!(claim("dead").is_some() && claim("other").is_none());
    assert_eq!(waiting.deliver(), Delivered { sent: 1, ..NONE });
    waiting.test.clock.advance(Duration::minutes(10));
    assert_eq!(waiting.deliver(), Delivered { sent: 1, ..NONE });
    // What the dead one would say now counts for nothing.
    let gone = outbox::Outcome::Failed("late".to_owned());
    store.write(|db| outbox::mark(db, &id, "dead", now, &gone)).unwrap();
    assert_eq!(waiting.queue(), ["sent 1", "sent 1"]);
}

/// Monday 2 March 2026 at a time of the day, in Sweden.
fn monday(time: &str) -> Timestamp {
    at("2026-03-02".parse().unwrap(), format!("{time}:00").parse().unwrap())
}

/// What could not leave in the last minute of the working day waits for the next morning, and so does what was never tried
/// because nothing ran.
#[test]
fn what_a_failure_or_a_stop_kept_past_office_hours_waits_for_the_morning() {
    let mut waiting = Waiting::new();
    waiting.test.app.hours = OfficeHours::default();
    waiting.test.clock.set(monday("16:59"));
    waiting.server.set_fault(Some(Fault::RefuseRecipient(450)));
    assert_eq!(waiting.deliver(), Delivered { retried: 2, ..NONE });
    assert!(
        waits(&waiting).iter().all(|wait| *wait == 15 * 3600 + 60),
        "08:00 is when the outbox says that they leave"
    );
    register(&waiting.test.app); // ready at once, and nobody is there to send it
    waiting.server.set_fault(None);
    for evening in ["17:00", "17:05", "23:59"] {
        waiting.test.clock.set(monday(evening));
        assert_eq!(waiting.deliver(), NONE, "{evening}");
    }
    waiting.test.clock.set(monday("08:00") + Duration::days(1));
    assert_eq!(waiting.deliver(), Delivered { sent: 4, ..NONE });
}

/// Nor does a mail that an operator lets be tried again at night.
#[test]
fn what_an_operator_asks_for_at_night_leaves_in_the_morning() {
    let mut waiting = Waiting::new();
    waiting.server.set_fault(Some(Fault::RefuseRecipient(550)));
    waiting.deliver();
    waiting.server.set_fault(None);
    waiting.test.app.hours = OfficeHours::default();
    waiting.test.clock.set(monday("22:00"));
    assert_eq!(waiting.test.app.retry_failed_mails().unwrap(), 2);
    assert_eq!(waiting.deliver(), NONE);
    waiting.test.clock.set(monday("08:00") + Duration::days(1));
    assert_eq!(waiting.deliver(), Delivered { sent: 2, ..NONE });
}

#[test]
fn eight_deliveries_at_once_send_each_mail_once() {
    let test = TestApp::at("2026-03-02T08:00:00Z");
    (0..20).for_each(|_| drop(register(&test.app)));
    let sent = Arc::new(Mutex::new(Vec::new()));
    let transport = Transport::Memory(Arc::clone(&sent));
    let from = "samsyn <samsyn@samsyn.example>".parse().unwrap();
    let begin = std::sync::Barrier::new(8);
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                begin.wait();
                test.app.deliver_mail(&transport, &from).unwrap();
            });
        }
    });
    let mut ids: Vec<_> = sent.lock().unwrap().iter().map(|mail| mail.id.clone()).collect();
    ids.sort();
    ids.dedup();
    assert_eq!((ids.len(), sent.lock().unwrap().len()), (40, 40));
}

/// What an administrator of the county is told of the mails, the newest first.
fn told(waiting: &Waiting) -> Vec<(MailStatus, i32, Option<MailError>)> {
    let administrator = actor(&waiting.test.app, "systemadministrator-lanet");
    let (mails, _) = waiting.test.app.outbox(&administrator, None, None).unwrap();
    mails.into_iter().map(|mail| (mail.status, mail.attempts, mail.error)).collect()
}

/// Every way in which a delivery fails has a name of its own, and those that pass end with the mail at its recipient.
#[test]
fn each_failure_is_told_apart_and_those_that_pass_lose_nothing() {
    use MailError::{BrokeOff, Code};
    use MailStatus::{Failed, Pending};
    for (fault, status, error) in [
        (Fault::RefuseRecipient(550), Failed, Code(550)),
        (Fault::RefuseData(554), Failed, Code(554)),
        (Fault::RefuseRecipient(451), Pending, Code(451)),
        (Fault::RefuseData(452), Pending, Code(452)),
        (Fault::DropInData, Pending, BrokeOff),
        (Fault::DropAfterData, Pending, BrokeOff),
    ] {
        let waiting = Waiting::with_patience(std::time::Duration::from_millis(200));
        waiting.server.set_fault(Some(fault));
        waiting.deliver();
        let each = (status, 1, Some(error));
        assert_eq!(told(&waiting), [each.clone(), each], "{fault:?}");
        waiting.server.set_fault(None);
        waiting.test.clock.advance(Duration::minutes(2));
        let sent = if status == Pending { 2 } else { 0 };
        assert_eq!(waiting.deliver(), Delivered { sent, ..NONE }, "{fault:?}");
    }
}

/// A server that is away or too slow costs one wait a run, whatever waits, and no mail: once it is back, the first run
/// sends those that were not tried, and the next the one that was.
#[test]
fn a_dead_server_is_waited_for_once_a_run() {
    let waiting = Waiting::with_patience(std::time::Duration::from_millis(200));
    (0..10).for_each(|_| drop(register(&waiting.test.app)));
    waiting.server.set_fault(Some(Fault::FallSilent));
    assert_eq!(waiting.deliver(), Delivered { retried: 1, ..NONE });
    let (mut failed, others): (Vec<_>, Vec<_>) = told(&waiting).into_iter().partition(|(_, tries, _)| *tries > 0);
    assert_eq!((failed.pop(), others.len()), (Some((MailStatus::Pending, 1, Some(MailError::TooSlow))), 21));
    assert_eq!(waiting.deliver(), Delivered { retried: 1, ..NONE }, "another one: none stands in the others' way");
    waiting.server.set_fault(None);
    assert_eq!(waiting.deliver(), Delivered { sent: 20, ..NONE });
    waiting.test.clock.advance(Duration::minutes(2));
    assert_eq!(waiting.deliver(), Delivered { sent: 2, ..NONE });
}

/// A mail server that is busy for an hour costs an hour, and a try the fewer the longer it lasts.
#[test]
fn a_server_that_is_busy_for_an_hour_gets_every_mail_once_afterwards() {
    let waiting = Waiting::new();
    waiting.server.set_fault(Some(Fault::RefuseData(451)));
    for _ in 0..60 {
        waiting.deliver();
        waiting.test.clock.advance(Duration::minutes(1));
    }
    assert!(told(&waiting).iter().all(|(status, tries, _)| *status == MailStatus::Pending && (5..=6).contains(tries)));
    waiting.server.set_fault(None);
    waiting.test.clock.advance(Duration::minutes(30));
    assert_eq!(waiting.deliver(), Delivered { sent: 2, ..NONE });
    assert_eq!(waiting.server.mails().len(), 2);
    assert!(told(&waiting).iter().all(|(status, _, error)| *status == MailStatus::Sent && error.is_none()));
}

/// What cannot be written, and whom no mail can reach, is told apart from what a server says; the other mail goes.
#[test]
fn a_mail_that_cannot_be_written_stops_no_other() {
    let spoilt = [
        ("update outbox set template = 'nothing' where id = '{id}'", MailError::Unwritten),
        ("update outbox set content = '{}' where id = '{id}'", MailError::Unwritten),
        ("update persons set email = 'nowhere' where id = '{person}'", MailError::BadAddress),
        ("update persons set email = null where id = '{person}'", MailError::NoAddress),
    ];
    for (spoil, error) in spoilt {
        let waiting = Waiting::new();
        let store = &waiting.test.app.store;
        let of =
            |column: &str| sql::lines(store, &format!("select {column} as line from outbox order by id")).remove(0);
        sql::execute(store, &spoil.replace("{id}", &of("id")).replace("{person}", &of("person_id"))).unwrap();
        assert_eq!(waiting.deliver(), Delivered { sent: 1, failed: 1, ..NONE }, "{spoil}");
        let failed: Vec<_> = told(&waiting).into_iter().filter(|told| told.0 == MailStatus::Failed).collect();
        assert_eq!(failed, [(MailStatus::Failed, 1, Some(error))]);
    }
}

/// While a mail server lets us wait, cases are registered, reminders written and other jobs done: nothing is locked.
#[test]
fn a_slow_server_holds_up_nothing_else() {
    let waiting = Waiting::new();
    waiting.server.set_fault(Some(Fault::Hold));
    std::thread::scope(|scope| {
        let delivery = scope.spawn(|| waiting.deliver());
        waiting.server.wait_until_held();
        register(&waiting.test.app);
        waiting.test.app.sweep_deadlines().unwrap();
        waiting.test.app.verify_log(&[], |_| {}).unwrap();
        assert!(!delivery.is_finished());
        waiting.server.set_fault(None);
        assert_eq!(delivery.join().unwrap(), Delivered { sent: 4, ..NONE }, "those written meanwhile too");
    });
}

/// The mails that leave, as they are built, those of one person, in the order of leaving.
fn built_for(test: &TestApp, person: &str) -> Vec<Outgoing> {
    let sent = Arc::new(Mutex::new(Vec::new()));
    let from = "samsyn <samsyn@samsyn.example>".parse().unwrap();
    test.app.deliver_mail(&Transport::Memory(Arc::clone(&sent)), &from).unwrap();
    let query = format!("select id as line from outbox where person_id = '{person}' order by id");
    let ids = sql::lines(&test.app.store, &query);
    sent.lock().unwrap().iter().filter(|mail| ids.contains(&mail.id)).cloned().collect()
}

/// The reminders of a case that nobody answers: each answers the first mail, and keeps one entry in the calendar for as
/// long as its day is to come.
#[test]
fn reminders_belong_to_the_thread_of_their_case_and_bring_the_day() {
    let test = TestApp::at("2026-03-02T08:00:00Z");
    let done = register(&test.app);
    let person = "avvikelsehandlaggare-region";
    let mut mails = built_for(&test, person);
    for _ in 0..20 {
        test.clock.advance(Duration::days(1));
        test.app.sweep_deadlines().unwrap();
        mails.extend(built_for(&test, person));
    }
    let case = sql::lines(&test.app.store, &format!("select id as line from cases where number = '{}'", done.number));
    let (first, later) = mails.split_first().unwrap();
    assert!(later.len() >= 2, "{mails:?}");
    let thread = |first: Option<&Outgoing>| Thread { case: case[0].clone(), first: first.map(|mail| mail.id.clone()) };
    assert_eq!(first.thread, Some(thread(None)));
    assert!(later.iter().all(|mail| mail.thread == Some(thread(Some(first)))));
    let days: Vec<_> = later.iter().filter_map(|mail| mail.calendared.as_ref()).collect();
    assert!(!days.is_empty() && days.len() < later.len(), "some are about a day to come, some about one that is gone");
    assert!(days.iter().all(|day| day.uid == days[0].uid && day.day == days[0].day), "{days:?}");
    test.clock.advance(Duration::days(1)); // a Monday
    register(&test.app);
    let other = built_for(&test, person).pop().unwrap();
    assert_ne!(other.thread.unwrap().case, case[0], "another case, another thread");
}
