//! `samsyn serve`.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Command, Stdio};

use samsyn::clock::{Clock, SystemClock};
use samsyn::store;

use crate::support::binary::Binary;
use crate::support::cases::{SENDER, register};
use crate::support::database::{Database, TestApp};
use crate::support::smtp::SmtpListener;

#[test]
fn serve_brings_an_empty_database_up_to_date_and_answers() {
    let database = Database::new();
    let binary = Binary::on(&database);
    let served = binary.serve(&["--no-jobs"]);
    let answer = ureq::get(format!("{}/nowhere", served.url)).call();
    assert!(matches!(answer, Err(ureq::Error::StatusCode(404 | 401))), "{answer:?}");
    assert!(binary.printed(&["migrate"]).ends_with("is up to date\n"));
}

#[test]
fn serve_does_the_jobs_unless_told_not_to() {
    let test = TestApp::at("2026-01-05T08:00:00Z");
    register(&test.app);
    let server = SmtpListener::start();
    let url = format!("smtp://127.0.0.1:{}?tls=none", server.port());
    let mut served = Binary::on(&test.database).set("SAMSYN_SMTP_URL", &url).serve(&[]);
    // The one that the registration wrote; it left in January.
    server.wait_for(1);
    served.kill();
}

#[test]
fn serve_ends_0_when_it_is_told_to_end() {
    let database = Database::new();
    let binary = Binary::on(&database);
    for signal in ["-TERM", "-INT"] {
        let mut served = binary.serve(&[]);
        drop(ureq::get(&served.url).call()); // it answers, so it also listens to signals
        let told = Command::new("kill").args([signal, &served.child.id().to_string()]).status().unwrap();
        assert!(told.success());
        assert_eq!(served.child.wait().unwrap().code(), Some(0), "{signal}");
    }
}

#[test]
fn serve_says_where_mails_go_and_where_it_cannot_listen() {
    let database = Database::new();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let said = |binary: &Binary| {
        let mut command = binary.command(&["serve", "--listen", &address]);
        let output = command.stdout(Stdio::null()).output().unwrap();
        assert_eq!(output.status.code(), Some(1));
        let text = String::from_utf8(output.stderr).unwrap().replace(&address, "ADDRESS");
        let lines = text.lines().filter(|line| !line.contains("migration"));
        lines.collect::<Vec<_>>().join("\n")
    };
    let binary = Binary::on(&database);
    insta::assert_snapshot!(said(&binary), @r"
    SAMSYN_SMTP_URL is not set: mails are not sent, but written to samsyn-mail/*.eml
    error: cannot listen on ADDRESS: Address already in use (os error 98)
    ");
    let server = "smtp://samsyn:hemligt@mail.example:587";
    insta::assert_snapshot!(said(&binary.set("SAMSYN_SMTP_URL", server)), @r"
    mails go to smtp://mail.example:587?tls=required
    error: cannot listen on ADDRESS: Address already in use (os error 98)
    ");
}

/// A file on its way fills memory: where sixteen are, the seventeenth is told to come back, and is taken when one is through.
#[test]
fn so_many_files_are_on_their_way_at_once_and_no_more() {
    let test = TestApp::at(&SystemClock.now().to_string());
    test.app.store.write(|db| store::note_fact(db, store::DEMONSTRATION, "1")).unwrap();
    let number = register(&test.app).number;
    let session = test.app.sign_in_as(&SENDER.into(), None).unwrap();
    let served = Binary::on(&test.database).serve(&["--no-jobs"]);
    let server = served.url.strip_prefix("http://").unwrap();
    let upload = |from: usize, rest: &str| {
        let begun = "--X\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.pdf\"\r\n\r\n%PDF-1.7";
        let body = format!("{begun}{rest}");
        let length = if rest.is_empty() { 1_000_000 } else { body.len() };
        // Each from an address of its own, as a reverse proxy tells it: how often one may send is another limit.
        let head = format!(
            "POST /cases/{number}/documents HTTP/1.1\r\nHost: {server}\r\nCookie: samsyn={}\r\nConnection: close\r\n\
             X-Forwarded-For: 192.0.{}.{}\r\nContent-Type: multipart/form-data; boundary=X\r\n\
             Content-Length: {length}\r\n\r\n{body}",
            session.secret,
            from / 256,
            from % 256
        );
        let mut stream = TcpStream::connect(server).unwrap();
        stream.write_all(head.as_bytes()).unwrap();
        stream
    };
    // Whole, but not of a form of ours: it is refused, once it has been read.
    let status = |from: usize| {
        let mut answer = String::new();
        let _ = upload(from, "\r\n--X--\r\n").read_to_string(&mut answer);
        answer.split(' ').nth(1).unwrap_or_default().to_owned()
    };
    assert_ne!(status(0), "429");
    let mut on_their_way: Vec<_> = (1..=16).map(|from| upload(from, "")).collect();
    let refused = (100..2_000).find(|from| status(*from) == "429");
    assert!(refused.is_some(), "a seventeenth was read");
    drop(on_their_way.pop());
    assert!((2_000..4_000).any(|from| status(from) != "429"), "none was read when one was through");
}
