//! `samsyn run-job`.

use std::fs;

use crate::support::binary::Binary;
use crate::support::cases::register;
use crate::support::database::TestApp;
use crate::support::smtp::{Fault, SmtpListener};

#[test]
fn a_job_runs_once_now_and_the_second_time_changes_nothing() {
    // Registered so long ago that by the computer's clock everything about it is due.
    let test = TestApp::at("2026-01-05T08:00:00Z");
    register(&test.app);
    let server = SmtpListener::start();
    let url = format!("smtp://127.0.0.1:{}?tls=none", server.port());
    let binary = Binary::on(&test.database).set("SAMSYN_SMTP_URL", &url);
    let swept = binary.json(&["run-job", "deadlines", "--json"]);
    assert!(swept["reminded"].as_u64() > Some(5), "{swept}");
    insta::assert_snapshot!(binary.printed(&["run-job", "deadlines"]).trim_end(), @"deadlines: 0 reminded, 0 ran out");
    insta::assert_snapshot!(binary.printed(&["run-job", "log_verify"]).trim_end(), @"log_verify: 1 cases, 2 entries, 0 removed");
    server.set_fault(Some(Fault::RefuseService));
    let refused = binary.json(&["run-job", "mail", "--json"]);
    assert!(refused["sent"] == 0 && refused["failed"] == 0, "{refused}");
}

#[test]
fn without_a_mail_server_mails_become_files() {
    let test = TestApp::at("2026-01-05T08:00:00Z");
    register(&test.app);
    let binary = Binary::on(&test.database);
    let delivered = binary.json(&["run-job", "mail", "--json"]);
    let files = fs::read_dir(test.database.folder().join("samsyn-mail")).unwrap().count();
    assert_eq!(delivered["sent"], files);
    assert!(files > 0);
    fs::write(test.database.folder().join("taken"), "").unwrap();
    let nowhere = Binary::on(&test.database).set("SAMSYN_MAIL_DIR", "taken");
    insta::assert_snapshot!(nowhere.refused(&["run-job", "mail"]), @"error: the mail folder `taken` cannot be written: File exists (os error 17)");
    assert_eq!(binary.run(&["run-job", "dreams"]).code, Some(2));
}
