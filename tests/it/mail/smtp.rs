//! The mail server: what it gets, and what its faults mean for the queue.

use std::time::{Duration, Instant};

use mailparse::MailHeaderMap;
use samsyn::mail::{SendError, SmtpServer, SmtpUrlError, Transport, Verdict};

use super::{RECIPIENT, outgoing};
use crate::support::smtp::{Fault, SmtpListener};

const PATIENCE: Duration = Duration::from_secs(10);

fn transport(url: &str) -> Transport {
    Transport::smtp(&url.parse().unwrap(), PATIENCE)
}

fn to(server: &SmtpListener) -> Transport {
    transport(&format!("smtp://127.0.0.1:{}?tls=none", server.port()))
}

/// The failure with that fault, checked for addresses.
fn failure(transport: &Transport) -> SendError {
    let error = transport.send(&outgoing("7", "reminder")).unwrap_err();
    assert!(!error.detail.contains('@'), "{error}");
    error
}

fn error(verdict: Verdict, detail: &str) -> SendError {
    SendError { verdict, detail: detail.to_owned() }
}

#[test]
fn what_arrives_is_what_was_rendered() {
    let server = SmtpListener::start();
    let transport = to(&server);
    let first = outgoing("row-1", "your_turn");
    let mut session = transport.session();
    session.send(&first).unwrap();
    session.send(&outgoing("row-2", "overdue")).unwrap();
    drop(session);
    assert_eq!(server.sessions(), 1, "over the same connection");
    let mails = server.wait_for(2);
    assert_eq!(mails[0].from, "samsyn@dalarna.example");
    assert_eq!(mails[0].to, [RECIPIENT]);

    let mail = mailparse::parse_mail(mails[0].data.as_bytes()).unwrap();
    let header = |name: &str| mail.headers.get_all_values(name).join(" | ");
    assert_eq!(header("Subject"), first.rendered.subject);
    assert_eq!(header("From"), "Samsyn för Dalarna <samsyn@dalarna.example>");
    assert_eq!(header("To"), RECIPIENT);
    assert_eq!(header("Date"), "Mon, 04 Jan 2027 07:00:00 +0000");
    assert_eq!(header("Message-ID"), "<row-1@dalarna.example>");
    assert_eq!(header("Auto-Submitted"), "auto-generated");
    assert_eq!(mail.ctype.mimetype, "multipart/alternative");
    let parts: Vec<(String, String)> = mail
        .subparts
        .iter()
        .map(|part| (part.ctype.mimetype.clone(), part.get_body().unwrap().replace("\r\n", "\n")))
        .collect();
    let plain = ("text/plain".to_owned(), first.rendered.text);
    assert_eq!(parts, [plain, ("text/html".to_owned(), first.rendered.html)]);
}

/// A dot alone on a line would end the mail.
#[test]
fn lines_that_begin_with_a_dot_arrive_whole() {
    let server = SmtpListener::start();
    let mut mail = outgoing("row-1", "your_turn");
    mail.rendered.text = ".\n.one\n..two\n\n.\n".to_owned();
    to(&server).send(&mail).unwrap();
    let taken = server.mails().remove(0);
    let parsed = mailparse::parse_mail(taken.data.as_bytes()).unwrap();
    assert_eq!(parsed.subparts[0].get_body().unwrap().replace("\r\n", "\n"), mail.rendered.text);
}

/// What breaks the connection costs one, and no other mail; a no costs none.
#[test]
fn after_a_connection_broke_the_server_is_reached_anew_and_after_a_no_it_goes_on() {
    let server = SmtpListener::with_fault(Fault::DropInData);
    let transport = to(&server);
    let mut session = transport.session();
    let mut send = |fault, id: &str| {
        server.set_fault(fault);
        let verdict = session.send(&outgoing(id, "reminder")).err().map(|error| error.verdict);
        (verdict, server.sessions())
    };
    assert_eq!(send(Some(Fault::DropInData), "1"), (Some(Verdict::Retry), 1));
    assert_eq!(send(Some(Fault::RefuseData(451)), "2"), (Some(Verdict::Retry), 2));
    assert_eq!(send(Some(Fault::RefuseData(554)), "3"), (Some(Verdict::Refused), 2));
    assert_eq!(send(Some(Fault::RefuseRecipient(450)), "4"), (Some(Verdict::Retry), 2));
    assert_eq!(send(Some(Fault::RefuseRecipient(550)), "5"), (Some(Verdict::Refused), 2));
    assert_eq!(send(None, "6"), (None, 2));
    let ids: Vec<_> = server.mails().into_iter().map(|mail| mail.data.contains("Message-ID: <6@")).collect();
    assert_eq!(ids, [true], "whole, and of what was refused nothing");
}

#[test]
fn only_a_permanent_answer_to_the_mail_itself_refuses_it() {
    let server = SmtpListener::with_fault(Fault::RefuseRecipient(550));
    assert_eq!(failure(&to(&server)), error(Verdict::Refused, "the mail server answered 550 5.1.1"));
    server.set_fault(Some(Fault::RefuseRecipient(450)));
    assert_eq!(failure(&to(&server)), error(Verdict::Retry, "the mail server answered 450 4.1.1"));
}

#[test]
fn a_dropped_connection_is_tried_again_with_the_same_message_id() {
    for (fault, arrived) in [(Fault::DropInData, 0), (Fault::DropAfterData, 1)] {
        let server = SmtpListener::with_fault(fault);
        let transport = to(&server);
        let broken = "the mail server broke off, or its answer could not be read";
        assert_eq!(failure(&transport), error(Verdict::Retry, broken));
        assert_eq!(server.mails().len(), arrived);
        server.set_fault(None);
        transport.send(&outgoing("7", "reminder")).unwrap();
        let mails = server.wait_for(arrived + 1);
        assert!(mails.iter().all(|mail| *mail == mails[0]), "a repeat that cannot be recognised");
    }
}

#[test]
fn a_server_that_wants_nothing_from_us_stops_the_queue() {
    let server = SmtpListener::with_fault(Fault::RefuseService);
    assert_eq!(failure(&to(&server)), error(Verdict::Configuration, "the mail server answered 554"));
}

#[test]
fn a_refused_login_stops_the_queue() {
    let server = SmtpListener::with_fault(Fault::RefuseLogin);
    let transport = transport(&format!("smtp://samsyn:hemligt@localhost:{}?tls=none", server.port()));
    assert_eq!(failure(&transport), error(Verdict::Configuration, "the mail server answered 535 5.7.8"));
    server.set_fault(None); // and now it offers no login at all
    let none =
        "the mail server cannot be used: internal client error: No compatible authentication mechanism was found";
    assert_eq!(failure(&transport), error(Verdict::Configuration, none));
    assert_eq!(server.mails(), []);
}

#[test]
fn without_starttls_nothing_is_sent_that_asks_for_it() {
    let server = SmtpListener::start();
    let transport = transport(&format!("smtp://127.0.0.1:{}?tls=required", server.port()));
    let none = "the mail server cannot be used: internal client error: STARTTLS is not supported on this server";
    assert_eq!(failure(&transport), error(Verdict::Configuration, none));
    assert_eq!(server.mails(), []);
}

#[test]
fn a_server_that_is_away_or_silent_is_tried_again() {
    let gone = SmtpListener::start();
    let away = to(&gone);
    drop(gone);
    assert_eq!(failure(&away).verdict, Verdict::Away);

    let server = SmtpListener::with_fault(Fault::FallSilent);
    let url = format!("smtp://127.0.0.1:{}?tls=none", server.port());
    let hurried = Transport::smtp(&url.parse().unwrap(), Duration::from_millis(100));
    let start = Instant::now();
    assert_eq!(failure(&hurried).verdict, Verdict::Away);
    assert!(start.elapsed() < PATIENCE);
}

#[test]
fn a_server_speaks_no_tls_where_tls_is_wanted() {
    let server = SmtpListener::start();
    let url = format!("smtps://127.0.0.1:{}", server.port());
    let hurried = Transport::smtp(&url.parse().unwrap(), Duration::from_millis(500));
    assert_eq!(failure(&hurried).verdict, Verdict::Away);
}

#[test]
fn urls_show_no_login() {
    let shown = [
        ("smtp://samsyn:hem%40ligt@mail.example:587?tls=required", "smtp://mail.example:587?tls=required"),
        ("smtp://mail.example", "smtp://mail.example?tls=required"),
        ("smtp://10.0.0.7:25?tls=none", "smtp://10.0.0.7:25?tls=none"),
        ("smtp://samsyn:hemligt@127.0.0.1?tls=none", "smtp://127.0.0.1?tls=none"),
        ("smtps://samsyn:hemligt@mail.example:465/", "smtps://mail.example:465"),
    ];
    for (url, expected) in shown {
        let server: SmtpServer = url.parse().unwrap();
        assert_eq!(server.to_string(), expected);
        assert_eq!(format!("{server:?}"), expected);
    }
}

#[test]
fn urls_that_name_no_server() {
    let problems = [
        ("", SmtpUrlError::Unreadable),
        ("mail.example", SmtpUrlError::Unreadable),
        ("mail.example:587", SmtpUrlError::Scheme),
        ("http://mail.example", SmtpUrlError::Scheme),
        ("smtp://", SmtpUrlError::Host),
        ("smtp:mail.example", SmtpUrlError::Host),
        ("smtp://[::1]:25?tls=none", SmtpUrlError::Host),
        ("smtp://mail.example?tls=opportunistic", SmtpUrlError::Surplus),
        ("smtp://mail.example?tls=required&x=1", SmtpUrlError::Surplus),
        ("smtps://mail.example?tls=none", SmtpUrlError::Surplus),
        ("smtp://mail.example/path", SmtpUrlError::Surplus),
        ("smtp://mail.example#part", SmtpUrlError::Surplus),
        ("smtp://samsyn@mail.example", SmtpUrlError::HalfALogin),
        ("smtp://:hemligt@mail.example", SmtpUrlError::HalfALogin),
        ("smtp://samsyn:hemligt@mail.example?tls=none", SmtpUrlError::OpenLogin),
        ("smtp://samsyn:hemligt@127.evil.example?tls=none", SmtpUrlError::OpenLogin),
    ];
    for (url, problem) in problems {
        assert_eq!(url.parse::<SmtpServer>().err(), Some(problem), "{url}");
    }
    let odd = "smtp://samsyn:%ff@mail.example".parse::<SmtpServer>().unwrap_err();
    assert!(matches!(odd, SmtpUrlError::Unusable(_)), "{odd}");
}
