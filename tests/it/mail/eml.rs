//! Mails as documents: in memory, and in a folder.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use chrono::Duration;
use mailparse::MailHeaderMap;
use samsyn::mail::{Calendared, Outgoing, Sender, TEMPLATES, Thread, Transport, Verdict};

use super::{about_a_deadline, outgoing};

fn names_in(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// Every template as a file in `target/tmp/mail`, where `.ci/mail_lint.py` can look at them afterwards.
#[test]
fn every_template_becomes_a_file() {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("mail");
    fs::remove_dir_all(&folder).ok();
    let files = Transport::files(&folder).unwrap();
    let thread = Thread { case: "0192aa".to_owned(), first: None };
    files.send(&Outgoing { thread: Some(thread), ..outgoing("row-0", "your_turn") }).unwrap();
    for name in TEMPLATES {
        files.send(&outgoing(name, name)).unwrap();
        files.send(&about_a_deadline(&format!("{name}.deadline"), name)).unwrap();
    }
    let names = TEMPLATES.iter().flat_map(|name| [(*name).to_owned(), format!("{name}.deadline")]);
    let names = names.chain(["row-0".to_owned()]);
    let mut expected: Vec<String> = names.map(|name| format!("20270104T070000Z-{name}.eml")).collect();
    expected.sort();
    assert_eq!(names_in(&folder), expected);
}

#[test]
fn the_document() {
    let folder = tempfile::tempdir().unwrap();
    Transport::files(folder.path()).unwrap().send(&outgoing("row-1", "your_turn")).unwrap();
    let bytes = fs::read(folder.path().join("20270104T070000Z-row-1.eml")).unwrap();
    let text = String::from_utf8(bytes).unwrap();
    assert!(text.is_ascii());
    assert_eq!(text.matches('\n').count(), text.matches("\r\n").count());
    let (headers, _) = text.split_once("\r\n\r\n").unwrap();
    insta::assert_snapshot!("headers", headers.replace("\r\n", "\n"));
}

/// The bytes of a mail, as they leave.
fn bytes(mail: &Outgoing) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    Transport::files(folder.path()).unwrap().send(mail).unwrap();
    fs::read(folder.path().join(names_in(folder.path()).pop().unwrap())).unwrap()
}

#[test]
fn a_later_mail_of_a_case_answers_the_first_and_all_have_one_root() {
    let headers = |mail: &Outgoing| {
        let bytes = bytes(mail);
        let mail = mailparse::parse_mail(&bytes).unwrap();
        ["Message-ID", "References", "In-Reply-To"].map(|name| mail.headers.get_all_values(name).join(" | "))
    };
    let thread = |first: Option<&str>| Some(Thread { case: "0192aa".to_owned(), first: first.map(str::to_owned) });
    let first = headers(&Outgoing { thread: thread(None), ..outgoing("1", "your_turn") });
    assert_eq!(first, ["<1@dalarna.example>", "<case.0192aa@dalarna.example>", ""]);
    let later = headers(&Outgoing { thread: thread(Some("1")), ..outgoing("2", "overdue") });
    let references = "<case.0192aa@dalarna.example> <1@dalarna.example>";
    assert_eq!(later, ["<2@dalarna.example>", references, "<1@dalarna.example>"]);
    assert_eq!(headers(&outgoing("3", "ended"))[1..], ["", ""], "a mail about no case");
}

/// The words come first, then the entry: of that day, the same for the same deadline, a higher one where it began anew.
#[test]
fn a_mail_about_a_deadline_brings_its_day_for_the_calendar() {
    let mail = about_a_deadline("7", "reminder");
    let raw = bytes(&mail);
    assert_eq!(raw, bytes(&mail), "the same bytes at each attempt");
    let parsed = mailparse::parse_mail(&raw).unwrap();
    assert_eq!(parsed.ctype.mimetype, "multipart/mixed");
    let kinds: Vec<_> = parsed.subparts.iter().map(|part| part.ctype.mimetype.as_str()).collect();
    assert_eq!(kinds, ["multipart/alternative", "text/calendar"]);
    assert_eq!(parsed.subparts[0].subparts.len(), 2);
    assert_eq!(parsed.subparts[1].ctype.params["method"], "PUBLISH");
    let calendar = parsed.subparts[1].get_body().unwrap();
    assert_eq!(calendar.matches('\n').count(), calendar.matches("\r\n").count());
    insta::assert_snapshot!("calendar", calendar.replace("\r\n", "\n"));
    let again = Calendared { generation: 4, ..mail.calendared.clone().unwrap() };
    let again = bytes(&Outgoing { calendared: Some(again), ..about_a_deadline("8", "overdue") });
    let again = mailparse::parse_mail(&again).unwrap().subparts[1].get_body().unwrap();
    let line = |text: &str, name: &str| text.lines().find(|line| line.starts_with(name)).unwrap().to_owned();
    assert_eq!(line(&again, "UID:"), line(&calendar, "UID:"));
    assert_eq!(line(&again, "SEQUENCE:"), "SEQUENCE:4");
}

#[test]
fn a_repeat_is_no_second_mail() {
    let folder = tempfile::tempdir().unwrap();
    let files = Transport::files(folder.path()).unwrap();
    let first = outgoing("7", "reminder");
    files.send(&first).unwrap();
    let name = names_in(folder.path()).pop().unwrap();
    let bytes = fs::read(folder.path().join(&name)).unwrap();
    files.send(&first).unwrap();
    files.send(&Outgoing { at: first.at + Duration::hours(1), ..first }).unwrap();
    assert_eq!(names_in(folder.path()), [name.as_str()]);
    assert_eq!(fs::read(folder.path().join(&name)).unwrap(), bytes);
    // Another mail, though its identifier ends the same.
    files.send(&outgoing("1-7", "reminder")).unwrap();
    files.send(&outgoing("8", "reminder")).unwrap();
    assert_eq!(names_in(folder.path()).len(), 3);
}

#[test]
fn what_an_interrupted_attempt_left_is_written_over() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join(".7.part"), "half a mail").unwrap();
    Transport::files(folder.path()).unwrap().send(&outgoing("7", "reminder")).unwrap();
    assert_eq!(names_in(folder.path()), ["20270104T070000Z-7.eml"]);
}

#[test]
fn a_folder_that_cannot_be_written_is_told_at_once_and_later() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    let error = Transport::files(&file).err().unwrap().to_string();
    assert!(error.starts_with(&format!("the mail folder `{}` cannot be written: ", file.display())), "{error}");
    let gone = Transport::Files(folder.path().join("gone")).send(&outgoing("7", "reminder")).unwrap_err();
    assert_eq!(gone.verdict, Verdict::Retry);
}

#[test]
fn memory_keeps_what_was_sent() {
    let sent = Arc::new(Mutex::new(Vec::new()));
    Transport::Memory(Arc::clone(&sent)).send(&outgoing("7", "silence")).unwrap();
    let sent = sent.lock().unwrap();
    assert_eq!(sent[0].rendered, outgoing("7", "silence").rendered);
    assert_eq!(format!("{:?}", sent[0]).matches('@').count(), 0);
}

#[test]
fn a_mail_that_can_never_go_is_refused_on_every_way() {
    let memory = Transport::Memory(Arc::default());
    let mut bad: Vec<Outgoing> = Vec::new();
    for id in ["", "../up", "a b", "a\r\nBcc: x", "å", ".a", "a..b", &"a".repeat(65)] {
        bad.push(outgoing(id, "reminder"));
    }
    let thread = Thread { case: "a b".to_owned(), first: None };
    bad.push(Outgoing { thread: Some(thread), ..outgoing("7", "reminder") });
    let thread = Thread { case: "a".to_owned(), first: Some(">\r\nBcc: x".to_owned()) };
    bad.push(Outgoing { thread: Some(thread), ..outgoing("7", "reminder") });
    for to_address in ["", "nobody", "a@b@c", "mås@falun.example", "mas@malmö.example", "a@b.se\r\nBcc: c@d.se"] {
        bad.push(Outgoing { to_address: to_address.to_owned(), ..outgoing("7", "reminder") });
    }
    for mail in bad {
        let error = memory.send(&mail).unwrap_err();
        assert_eq!(error.verdict, Verdict::Refused, "{} {}", mail.id, mail.to_address);
        assert!(!error.detail.contains('@'), "{error}");
    }
}

#[test]
fn a_sender_is_an_address_in_ascii() {
    for good in ["samsyn@localhost", "samsyn <samsyn@localhost>", "Samsyn på nätet <s@dalarna.example>"] {
        assert!(good.parse::<Sender>().is_ok(), "{good}");
    }
    for bad in ["", "samsyn", "samsyn <samsyn>", "sam@syn@dalarna.example", "å@dalarna.example", "a@b.se, c@d.se"] {
        assert!(bad.parse::<Sender>().is_err(), "{bad}");
    }
}
