//! The outbox at work against a mail server that fails in every way.

use std::sync::{Arc, Mutex};

use chrono::Duration;
use samsyn::app::outbox::Delivered;
use samsyn::mail::{Sender, Transport};
use samsyn::store::outbox;

use crate::support::cases::register;
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
        let test = TestApp::at("2026-03-02T08:00:00Z");
        register(&test.app);
        let server = SmtpListener::start();
        let url = format!("smtp://127.0.0.1:{}?tls=none", server.port());
        let transport = Transport::smtp(&url.parse().unwrap(), std::time::Duration::from_secs(10));
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
        waiting.test.clock.advance(Duration::seconds(1));
    }
    assert_eq!(waiting.deliver(), Delivered { failed: 2, ..NONE });
    assert_eq!(waiting.queue(), ["failed 40", "failed 40"]);
    waiting.server.set_fault(None);
    waiting.test.clock.advance(Duration::days(30));
    assert_eq!(waiting.deliver(), NONE);
    let told = sql::lines(&waiting.test.app.store, "select distinct error as line from outbox");
    assert_eq!(told, ["the mail server answered 450 4.1.1"]);
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
            waiting.test.clock.advance(Duration::hours(6));
        }
        waiting.server.set_fault(None);
        assert_eq!(waiting.deliver(), Delivered { sent: 2, ..NONE }, "{fault:?}");
    }
}

#[test]
fn who_dies_between_sending_and_marking_sends_the_same_mail_again() {
    let waiting = Waiting::new();
    waiting.server.set_fault(Some(Fault::DropAfterData));
    assert_eq!(waiting.deliver(), Delivered { retried: 2, ..NONE });
    waiting.server.set_fault(None);
    waiting.test.clock.advance(Duration::minutes(1));
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
