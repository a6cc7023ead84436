//! Mails that come back: reports in a Maildir, as mail servers write them, and everything else that may lie there.

use std::fs;
use std::path::Path;

use samsyn::app::bounces::Returned;
use samsyn::app::outbox::MailStatus;
use samsyn::mail::Sender;
use samsyn::mail::maildir::Maildir;

use crate::support::cases::{actor, register};
use crate::support::database::TestApp;
use crate::support::sql;

const RECEIVER: &str = "avvikelsehandlaggare-region";

/// A case whose two mails have been sent, and a folder for what comes back.
struct Sent {
    test: TestApp,
    folder: tempfile::TempDir,
    from: Sender,
    ids: Vec<String>,
    number: samsyn::ids::CaseNumber,
}

impl Sent {
    fn new() -> Sent {
        let test = TestApp::at("2026-03-02T08:00:00Z");
        let number = register(&test.app).number;
        let from: Sender = "samsyn <samsyn@samsyn.example>".parse().unwrap();
        test.app.deliver_mail(&samsyn::mail::Transport::Memory(std::sync::Arc::default()), &from).unwrap();
        let ids = sql::lines(&test.app.store, "select id as line from outbox order by id");
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("new")).unwrap();
        Sent { test, folder, from, ids, number }
    }

    fn arrives(&self, name: &str, mail: &str) {
        fs::write(self.folder.path().join("new").join(name), mail.replace('\n', "\r\n")).unwrap();
    }

    fn read(&self) -> Returned {
        self.test.app.read_returns(&Maildir::new(self.folder.path()), &self.from).unwrap()
    }

    fn statuses(&self) -> Vec<String> {
        let query = "select status || ' ' || coalesce(error, '') as line from outbox order by id";
        sql::lines(&self.test.app.store, query)
    }
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// As Postfix writes it: the headers of the mail alone.
fn report(action: &str, status: &str, returned_kind: &str, returned: &str) -> String {
    format!(
        "From: MAILER-DAEMON@mail.example (Mail Delivery System)
To: samsyn@samsyn.example
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary=\"x/y\"

--x/y
Content-Type: text/plain; charset=us-ascii

<mas@falun.example>: host mx.falun.example said: 550 5.1.1 no such user

--x/y
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example
Arrival-Date: Mon,  2 Mar 2026 08:00:01 +0000 (UTC)

Final-Recipient: rfc822; mas@falun.example
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 5.1.1 no such user

--x/y
Content-Type: {returned_kind}

{returned}
--x/y--
"
    )
}

fn headers(id: &str, domain: &str) -> String {
    format!("Message-ID: <{id}@{domain}>\nSubject: Din tur\nReferences: <case.0192@{domain}>\n")
}

#[test]
fn a_report_is_tied_to_its_mail_and_case_once() {
    let sent = Sent::new();
    sent.arrives("1", &report("failed", "5.1.1", "text/rfc822-headers", &headers(&sent.ids[1], "samsyn.example")));
    assert_eq!(sent.read(), Returned { bounced: 1, other: 0 });
    assert_eq!(sent.statuses(), ["sent ", "bounced the mail came back: 5.1.1"]);
    assert_eq!(
        (names(&sent.folder.path().join("new")), names(&sent.folder.path().join("cur"))),
        (vec![], vec!["1:2,S".to_owned()])
    );
    assert_eq!(sent.read(), Returned::default());
    sent.arrives("2", &report("failed", "5.2.2", "text/rfc822-headers", &headers(&sent.ids[1], "samsyn.example")));
    assert_eq!(sent.read(), Returned { bounced: 0, other: 1 }, "the same mail is lost once");
    let shown = sent.test.app.mails(&actor(&sent.test.app, RECEIVER), &sent.number).unwrap();
    assert_eq!(shown.iter().filter(|mail| mail.status == MailStatus::Bounced).count(), 1);
    let county = actor(&sent.test.app, "systemadministrator-lanet");
    let (told, _) = sent.test.app.outbox(&county, Some(MailStatus::Bounced), None).unwrap();
    assert_eq!(told[0].error, Some(samsyn::app::administration::MailError::CameBack));
    sent.test.app.retry_mail(Some(&county), &sent.ids[1]).unwrap();
    assert_eq!(sent.statuses()[1].split(' ').next(), Some("pending"), "once the address is mended");
}

/// The whole mail, as Exchange returns it; and a Message-ID that only the words of the report quote.
#[test]
fn the_mail_is_found_in_what_is_returned_and_else_in_the_words() {
    let sent = Sent::new();
    let whole = format!("From: samsyn@samsyn.example\n{}\nÖppna ärendet", headers(&sent.ids[0], "SAMSYN.example"));
    sent.arrives("1", &report("Failed", "5.7.1 (blocked)", "message/rfc822", &whole));
    let words = format!("Your mail <{}@samsyn.example> is lost.", sent.ids[1]);
    sent.arrives("2", &report("failed", "unknown", "text/plain", &words));
    assert_eq!(sent.read(), Returned { bounced: 2, other: 0 });
    assert_eq!(sent.statuses(), ["bounced the mail came back: 5.7.1", "bounced the mail came back"]);
}

/// What is late, delivered, foreign, an answer of a person, cut off, or no mail at all changes nothing, and is put away.
#[test]
fn everything_else_is_put_away_and_changes_nothing() {
    let sent = Sent::new();
    let ours = headers(&sent.ids[0], "samsyn.example");
    let whole = report("failed", "5.1.1", "text/rfc822-headers", &ours);
    let others = [
        report("delayed", "4.4.1", "text/rfc822-headers", &ours),
        report("delivered", "2.0.0", "text/rfc822-headers", &ours),
        report("failed", "5.1.1", "text/rfc822-headers", &headers(&sent.ids[0], "other.example")),
        report("failed", "5.1.1", "text/rfc822-headers", &headers("case.0192", "samsyn.example")),
        report("failed", "5.1.1", "text/rfc822-headers", &headers(&"0".repeat(32), "samsyn.example")),
        whole.replace("report-type=delivery-status", "report-type=disposition-notification"),
        whole.replace("message/delivery-status", "text/plain"),
        whole.split("Final-Recipient").next().unwrap().to_owned(),
        format!("From: mas@falun.example\nIn-Reply-To: <{}@samsyn.example>\n\nTack!\n", sent.ids[0]),
        "Content-Type: multipart/report; report-type=delivery-status\n\n".to_owned(),
        "\0\u{1}\u{fffd}".to_owned(),
        String::new(),
    ];
    for (at, mail) in others.iter().enumerate() {
        sent.arrives(&format!("{at:02}"), mail);
    }
    sent.arrives(".half", &whole);
    assert_eq!(sent.read(), Returned { bounced: 0, other: 12 });
    assert_eq!(sent.statuses(), ["sent ", "sent "]);
    assert_eq!(names(&sent.folder.path().join("new")), [".half"]);
    assert_eq!(names(&sent.folder.path().join("cur")).len(), 12);
}

#[test]
fn a_folder_that_is_not_there_yet_is_empty_and_a_file_in_its_place_is_told() {
    let sent = Sent::new();
    let read = |folder: &Path| sent.test.app.read_returns(&Maildir::new(folder), &sent.from);
    assert_eq!(read(&sent.folder.path().join("none")).unwrap(), Returned::default());
    fs::write(sent.folder.path().join("file"), "").unwrap();
    let error = read(&sent.folder.path().join("file")).unwrap_err().to_string();
    assert!(error.starts_with("the folder of mails that came back cannot be used: "), "{error}");
}

/// A mail that waits for another try may have arrived, and come back: it is not sent a second time, and who is at it
/// meanwhile has no say any more.
#[test]
fn a_mail_that_came_back_before_it_was_marked_is_not_sent_again() {
    let sent = Sent::new();
    let (store, now) = (&sent.test.app.store, sent.test.app.now());
    sql::execute(store, "update outbox set status = 'pending', next_at = created_at, sent_at = null").unwrap();
    let claim = |id: &str| {
        use samsyn::store::outbox;
        store.write(|db| outbox::claim(db, id, "one", now, now + chrono::Duration::minutes(10))).unwrap()
    };
    claim(&sent.ids[0]).unwrap();
    assert!(sent.test.app.note_bounce(&sent.ids[0], Some("5.1.1")).unwrap());
    store
        .write(|db| samsyn::store::outbox::mark(db, &sent.ids[0], "one", now, &samsyn::store::outbox::Outcome::Sent))
        .unwrap();
    assert_eq!(sent.statuses()[0], "bounced the mail came back: 5.1.1");
    assert!(claim(&sent.ids[0]).is_none());
}
