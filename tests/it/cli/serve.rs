//! `samsyn serve`.

use std::net::TcpListener;
use std::process::{Command, Stdio};

use crate::support::binary::Binary;
use crate::support::cases::register;
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
