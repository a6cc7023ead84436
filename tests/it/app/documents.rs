//! Documents: what is taken, who sees them, what is approved with a statement, and what seals them.

use std::io::{Cursor, Write};

use samsyn::app::documents::media::Media;
use samsyn::app::documents::{DocumentCommand, LARGEST, MOST};
use samsyn::app::notes::NoteRoom;
use samsyn::app::removals::RemovalOrder;
use samsyn::app::view::DocumentView;
use samsyn::app::{App, AppError};
use samsyn::ids::{CaseNumber, DocumentId};
use samsyn::workflow::log::{RemovalReason, Room};
use samsyn::workflow::rejection::Code;
use serde_json::{Value, json};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use crate::support::cases::{FALUN, REGION, actor, deviation, dispute, object, take};
use crate::support::database::{TestApp, add_people};
use crate::support::files::{EXCEL, PDF, WORD, archive, contents, docx};
use crate::support::sql;

/// Who approves what the chief of Falun writes.
const OTHER: &str = "bitradande-falun";
const SECRETARY: &str = "natverkssekreterare";
/// Somebody of a principal that has nothing to do with it.
const STRANGER: &str = "mas-borlange";

fn command(number: &CaseNumber, room: NoteRoom, name: &str, bytes: &[u8]) -> DocumentCommand {
    let (name, description) = (name.to_owned(), "Protokoll från mötet.".to_owned());
    DocumentCommand { number: number.clone(), room, name, description, bytes: bytes.to_owned() }
}

/// Attaches a PDF of this name, whose content is its name.
fn attach(app: &App, person: &str, number: &CaseNumber, room: NoteRoom, name: &str) -> DocumentId {
    let bytes = [PDF, name.as_bytes()].concat();
    app.attach_document(&actor(app, person), &command(number, room, name, &bytes), None).unwrap();
    let seen = documents(app, person, number);
    seen.into_iter().find(|seen| seen.name.as_deref() == Some(name)).unwrap().id
}

fn documents(app: &App, person: &str, number: &CaseNumber) -> Vec<DocumentView> {
    app.case(&actor(app, person), number).unwrap().documents
}

/// The names of the documents that somebody sees and can download; each that she sees she can.
fn names(app: &App, person: &str, number: &CaseNumber) -> Vec<String> {
    let who = actor(app, person);
    let name = |seen: DocumentView| {
        let download = app.document(&who, number, &seen.id).unwrap();
        assert!(download.bytes.starts_with(b"%PDF-") && download.bytes.ends_with(download.name.as_bytes()));
        assert_eq!(seen.name.as_ref(), Some(&download.name));
        download.name
    };
    let mut names: Vec<_> = documents(app, person, number).into_iter().map(name).collect();
    names.sort();
    names
}

fn is_hidden(app: &App, person: &str, number: &CaseNumber, id: &DocumentId) -> bool {
    matches!(app.document(&actor(app, person), number, id), Err(AppError::NotFound))
}

fn refused(outcome: Result<samsyn::app::cases::Done, AppError>) -> Vec<(Code, String)> {
    let Err(AppError::Rejected(rejection)) = outcome else { panic!("{outcome:?}") };
    rejection.reasons.into_iter().map(|reason| (reason.code, reason.field.unwrap_or_default())).collect()
}

/// A dispute with local management, whose Falun has a second chief.
fn local() -> (TestApp, samsyn::app::cases::Done) {
    let test = TestApp::at("2026-03-02T08:00:00Z");
    add_people(
        &test.app,
        "- {id: bitradande-falun, name: Biträdande, memberships: [{role: management, principal: falun}]}",
    );
    let done = dispute(&test.app, json!({}));
    (test, done)
}

#[test]
fn each_kind_is_known_by_its_content_and_nothing_else_is_taken() {
    let office = |main: &str, more: &[(&str, &str)]| {
        let contents = contents(main);
        archive(&[&[("[Content_Types].xml", contents.as_str()), ("main.xml", "<x/>")][..], more].concat())
    };
    let open = |kind: &str, more: &[(&str, &str)]| archive(&[&[("mimetype", kind)][..], more].concat());
    let (odt, ods) = ("application/vnd.oasis.opendocument.text", "application/vnd.oasis.opendocument.spreadsheet");
    let mut hidden = contents(WORD);
    hidden.push_str("<!-- application/vnd.ms-office.&#118;baProject -->");
    let long = format!("{}{}macroEnabled", contents(WORD), " ".repeat(1024 * 1024));
    let table: &[(&str, Vec<u8>, Option<Media>)] = &[
        ("a.pdf", PDF.to_owned(), Some(Media::Pdf)),
        ("a.exe", PDF.to_owned(), Some(Media::Pdf)),
        ("a.png", b"\x89PNG\r\n\x1a\n...".to_vec(), Some(Media::Png)),
        ("a.jpg", b"\xff\xd8\xff\xe0...".to_vec(), Some(Media::Jpeg)),
        ("a.txt", "Hej på dig.\r\n\tRad två".as_bytes().to_vec(), Some(Media::Text)),
        ("a", "\u{feff}Hej".as_bytes().to_vec(), Some(Media::Text)),
        ("a.docx", docx(), Some(Media::Docx)),
        ("a.xlsx", office(EXCEL, &[]), Some(Media::Xlsx)),
        ("a.odt", open(odt, &[("content.xml", "<x/>")]), Some(Media::Odt)),
        ("a.ods", open(ods, &[("content.xml", "<x/>")]), Some(Media::Ods)),
        ("a.pdf", b"MZ\x90\0\x03...This program cannot be run in DOS mode".to_vec(), None),
        ("a.pdf", b"\x7fELF\x02\x01\x01".to_vec(), None),
        ("a.pdf", b" %PDF-1.7".to_vec(), None),
        ("a.txt", b"<!DOCTYPE html><p>Hej".to_vec(), None),
        ("a.txt", b"Hej <SCRIPT>alert(1)</SCRIPT>".to_vec(), None),
        ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>".to_vec(), None),
        ("a.txt", b"#!/bin/sh\nrm -r x".to_vec(), None),
        ("a.bat", b"del *.*".to_vec(), None),
        ("a.txt", "Hej på dig".encode_utf16().flat_map(u16::to_le_bytes).collect(), None),
        ("a.txt", b"Hej p\xe5 dig".to_vec(), None),
        ("a.txt", b"Hej\0".to_vec(), None),
        ("a.docx", office(WORD, &[("word/vbaProject.bin", "x")]), None),
        ("a.docx", office("application/vnd.ms-word.document.macroEnabled.main+xml", &[]), None),
        ("a.docx", archive(&[("[Content_Types].xml", &hidden)]), None),
        ("a.docx", archive(&[("[Content_Types].xml", &long)]), None),
        ("a.xlsx", office(EXCEL, &[("xl/macrosheets/sheet1.xml", "x")]), None),
        ("a.odt", open(odt, &[("Basic/Standard/Module1.xml", "x")]), None),
        ("a.odt", open("application/vnd.oasis.opendocument.graphics", &[]), None),
        ("a.zip", archive(&[("hej.txt", "hej")]), None),
        ("a.docx", docx()[..40].to_vec(), None),
        ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec(), None),
        ("a.txt", Vec::new(), None),
    ];
    for (name, bytes, media) in table {
        assert_eq!(Media::of(name, bytes), *media, "{name} {:?}", String::from_utf8_lossy(bytes));
    }
}

/// What somebody put into a letter - a table, another letter - lies in it as it is, with an end of its own.
#[test]
fn an_office_file_may_hold_others_but_not_very_many() {
    let holding = |inner: &[u8], count: usize| {
        let mut writer = ZipWriter::new_append(Cursor::new(docx())).unwrap();
        let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
        for n in 0..count {
            writer.start_file(format!("word/embeddings/{n}.xlsx"), stored).unwrap();
            writer.write_all(inner).unwrap();
        }
        writer.finish().unwrap().into_inner()
    };
    assert_eq!(Media::of("a.docx", &holding(&docx(), 1)), Some(Media::Docx));
    assert_eq!(Media::of("a.docx", &holding(&docx(), 7)), Some(Media::Docx));
    assert_eq!(Media::of("a.docx", &holding(&docx(), 8)), None, "a reader would be busy with them for hours");
}

#[test]
fn what_may_not_be_kept_is_refused_with_its_field() {
    let (TestApp { app, database: _database, .. }, done) = local();
    let number = &done.number;
    let attach = |name: &str, bytes: &[u8]| {
        app.attach_document(&actor(&app, FALUN), &command(number, NoteRoom::Own, name, bytes), None)
    };
    let file = |code| vec![(code, "file".to_owned())];
    assert_eq!(refused(attach("a.pdf", b"MZ\x90")), file(Code::WrongType));
    assert_eq!(refused(attach("a.pdf", b"")), file(Code::Required));
    assert_eq!(refused(attach("a.pdf", &[PDF, &vec![0; LARGEST]].concat())), file(Code::TooLong));
    assert_eq!(refused(attach("19121212-1212.pdf", PDF)), file(Code::PersonalNumber));
    assert_eq!(refused(attach("a.txt", b"Hon, 19121212-1212, kom.")), file(Code::PersonalNumber));
    let mut identity = command(number, NoteRoom::Own, "a.pdf", PDF);
    identity.description = "Gäller 19121212-1212".to_owned();
    let described = app.attach_document(&actor(&app, FALUN), &identity, None);
    assert_eq!(refused(described), [(Code::PersonalNumber, "description".to_owned())]);
    assert_eq!(documents(&app, FALUN, number), []);
    for n in 0..MOST {
        attach(&format!("{n}.pdf"), PDF).unwrap();
    }
    assert_eq!(refused(attach("a.pdf", PDF)), file(Code::TooLong));
    // The other side is not told how many there are.
    app.attach_document(&actor(&app, REGION), &command(number, NoteRoom::Own, "a.pdf", PDF), None).unwrap();
}

#[test]
fn a_name_is_shown_without_what_cannot_be_seen_and_ends_as_its_kind_does() {
    let (TestApp { app, database: _database, .. }, done) = local();
    let named = |name: &str| {
        let before = documents(&app, FALUN, &done.number);
        app.attach_document(&actor(&app, FALUN), &command(&done.number, NoteRoom::Own, name, PDF), None).unwrap();
        let after = documents(&app, FALUN, &done.number);
        let new = after.iter().find(|seen| before.iter().all(|old| old.id != seen.id)).unwrap();
        app.document(&actor(&app, FALUN), &done.number, &new.id).unwrap().name
    };
    assert_eq!(named("C:\\Users\\anna\\Möte 3.PDF"), "Möte 3.PDF");
    assert_eq!(named("../../etc/passwd"), "passwd.pdf");
    assert_eq!(named("faktura\u{202e}fdp.exe"), "fakturafdp.exe.pdf");
    assert_eq!(named("a\r\nSet-Cookie: x=\"1\"\u{0}.pdf"), "a Set-Cookie x=1.pdf");
    assert_eq!(named("\u{200b}..."), "handling.pdf");
    assert_eq!(named(&format!("{}.pdf", "å".repeat(400))).chars().count(), 150);
}

#[test]
fn each_party_sees_its_own_room_and_what_is_shared_and_nobody_else_any() {
    let (TestApp { app, database: _database, .. }, done) = local();
    let number = &done.number;
    let own = attach(&app, FALUN, number, NoteRoom::Own, "own.pdf");
    let other = attach(&app, REGION, number, NoteRoom::Own, "other.pdf");
    let shared = attach(&app, REGION, number, NoteRoom::Shared, "shared.pdf");
    assert_eq!(names(&app, FALUN, number), ["own.pdf", "shared.pdf"]);
    assert_eq!(names(&app, "mas-falun", number), ["own.pdf", "shared.pdf"]);
    assert_eq!(names(&app, REGION, number), ["other.pdf", "shared.pdf"]);
    assert!(is_hidden(&app, FALUN, number, &other) && is_hidden(&app, REGION, number, &own));
    for person in [STRANGER, SECRETARY] {
        for id in [&own, &other, &shared, &DocumentId::from("0")] {
            assert!(is_hidden(&app, person, number, id), "{person} {id}");
        }
        let attached =
            app.attach_document(&actor(&app, person), &command(number, NoteRoom::Shared, "a.pdf", PDF), None);
        assert!(matches!(attached, Err(AppError::NotFound)));
    }
    // In another case its id is none.
    let elsewhere = app.register(&actor(&app, "mas-falun"), &deviation("Något."), None).unwrap();
    assert!(is_hidden(&app, "mas-falun", &elsewhere.number, &own));
}

#[test]
fn a_former_party_sees_what_there_was_when_the_case_left_it() {
    let test = TestApp::at("2026-03-02T08:00:00Z");
    let app = &test.app;
    let (sender, mora) = ("avvikelsehandlaggare-region", "mas-mora");
    let mut registration = deviation("Något gick fel.");
    registration.parties = [("receiver".to_owned(), vec!["mora".into()])].into();
    let done = app.register(&actor(app, sender), &registration, None).unwrap();
    let number = &done.number;
    attach(app, sender, number, NoteRoom::Shared, "before.pdf");
    attach(app, mora, number, NoteRoom::Own, "moras.pdf");
    let done = take(app, mora, &done, "receive", json!({})).unwrap();
    let done = take(app, mora, &done, "wrong_principal", json!({"grounds": "Inte vår."})).unwrap();
    let done = take(app, sender, &done, "redirect", json!({"new_receiver": "falun", "grounds": "Er."})).unwrap();
    let after = attach(app, sender, number, NoteRoom::Shared, "after.pdf");
    take(app, "mas-falun", &done, "receive", json!({})).unwrap();
    assert_eq!(names(app, mora, number), ["before.pdf", "moras.pdf"]);
    assert!(is_hidden(app, mora, number, &after));
    let attached = app.attach_document(&actor(app, mora), &command(number, NoteRoom::Own, "a.pdf", PDF), None);
    assert!(matches!(attached, Err(AppError::Forbidden)));
    assert_eq!(names(app, "mas-falun", number), ["after.pdf", "before.pdf"]);
}

#[test]
fn a_body_sees_the_documents_that_were_handed_in_and_no_others() {
    let (TestApp { app, database: _database, .. }, mut done) = local();
    let number = done.number.clone();
    let picked = attach(&app, FALUN, &number, NoteRoom::Own, "picked.pdf");
    let kept = attach(&app, FALUN, &number, NoteRoom::Own, "kept.pdf");
    attach(&app, REGION, &number, NoteRoom::Shared, "shared.pdf");
    let unsent = attach(&app, REGION, &number, NoteRoom::Own, "unsent.pdf");
    let mut step = |who: &str, transition: &str, given: Value| {
        done = take(&app, who, &done, transition, given).unwrap();
    };
    step(REGION, "write_statement", json!({"statement": "Vårt.", "enclosures": [unsent.as_str()]}));
    step(FALUN, "write_statement", json!({"statement": "Första.", "enclosures": [kept.as_str()]}));
    assert_eq!(names(&app, REGION, &number), ["kept.pdf", "shared.pdf", "unsent.pdf"], "as it reads the statement");
    step(FALUN, "write_statement", json!({"statement": "Vi är oense.", "enclosures": [picked.as_str()]}));
    step(OTHER, "approve_statement", json!({}));
    assert!(is_hidden(&app, SECRETARY, &number, &picked), "before it was sent");
    step(FALUN, "escalate", json!({"tried": ["staff"], "grounds": "Ingen lösning."}));
    assert_eq!(names(&app, SECRETARY, &number), ["picked.pdf"]);
    let seen = documents(&app, SECRETARY, &number).remove(0);
    assert_eq!(seen.description, None, "what was said of it in the own room stays there");
    let by = seen.by.unwrap();
    assert_eq!((by.name, by.organisation.as_deref()), (None, Some("Falu kommun")));
    // What is written later is not hers before it is handed in.
    step(FALUN, "write_statement", json!({"statement": "Nytt.", "enclosures": [kept.as_str()]}));
    assert_eq!(names(&app, SECRETARY, &number), ["picked.pdf"]);
    step(OTHER, "approve_statement", json!({}));
    step(FALUN, "hand_in_statement", json!({}));
    assert_eq!(names(&app, SECRETARY, &number), ["kept.pdf", "picked.pdf"]);
    let attached = command(&number, NoteRoom::Shared, "a.pdf", PDF);
    assert!(matches!(app.attach_document(&actor(&app, SECRETARY), &attached, None), Err(AppError::Forbidden)));
}

#[test]
fn other_documents_need_another_approval() {
    let (TestApp { app, database: _database, .. }, mut done) = local();
    let number = done.number.clone();
    let one = attach(&app, FALUN, &number, NoteRoom::Own, "one.pdf");
    let two = attach(&app, FALUN, &number, NoteRoom::Own, "two.pdf");
    let mut step = |who: &str, transition: &str, given: Value| {
        let outcome = take(&app, who, &done, transition, given);
        if let Ok(next) = &outcome {
            done = next.clone();
        }
        outcome
    };
    let statement = |ids: &[&DocumentId]| json!({"statement": "Vi är oense.", "enclosures": ids});
    let send = json!({"tried": ["staff"], "grounds": "Ingen lösning."});
    step(FALUN, "write_statement", statement(&[&two, &one, &two])).unwrap();
    step(OTHER, "approve_statement", json!({})).unwrap();
    step(FALUN, "write_statement", statement(&[&one])).unwrap();
    assert_eq!(refused(step(FALUN, "escalate", send.clone())), [(Code::RestsOn, String::new())]);
    step(OTHER, "approve_statement", json!({})).unwrap();
    // The same words without any document are another statement too, and the old documents are gone from it.
    step(FALUN, "write_statement", json!({"statement": "Vi är oense."})).unwrap();
    let held = app.case(&actor(&app, FALUN), &number).unwrap().fields;
    assert!(held.iter().all(|field| field.field != "enclosures"), "{held:?}");
    assert_eq!(refused(step(FALUN, "escalate", send.clone())), [(Code::RestsOn, String::new())]);
    step(OTHER, "approve_statement", json!({})).unwrap();
    step(FALUN, "escalate", send).unwrap();
    assert_eq!(documents(&app, SECRETARY, &number), []);
}

#[test]
fn only_documents_that_one_sees_can_be_picked() {
    let (TestApp { app, database: _database, .. }, done) = local();
    let theirs = attach(&app, REGION, &done.number, NoteRoom::Own, "theirs.pdf");
    let write = |ids: Value| {
        let given = object(json!({"statement": "Vi är oense.", "enclosures": ids}));
        take(&app, FALUN, &done, "write_statement", Value::Object(given))
    };
    let (theirs, none) = (write(json!([theirs.as_str()])), write(json!(["0"])));
    let reasons = |outcome: &Result<_, AppError>| match outcome {
        Err(AppError::Rejected(rejection)) => rejection.reasons.clone(),
        other => panic!("{other:?}"),
    };
    assert_eq!(reasons(&theirs), reasons(&none));
    assert_eq!(refused(theirs), [(Code::WrongType, "enclosures.0".to_owned())]);
}

#[test]
fn the_chain_seals_the_bytes() {
    let (test, done) = local();
    let app = &test.app;
    let verify = || app.verify_log(&[], |_| {}).unwrap();
    attach(app, FALUN, &done.number, NoteRoom::Own, "a.pdf");
    attach(app, FALUN, &done.number, NoteRoom::Shared, "b.pdf");
    assert_eq!(verify().problems, Vec::<String>::new());
    assert!(sql::execute(&app.store, "update documents set bytes = salt").is_err());
    assert!(sql::execute(&app.store, "delete from documents").is_err());
    sql::drop_guards(&app.store);
    sql::tamper(&app.store, "create table kept as select * from documents");
    let one = "room = 'own:falun'";
    let cut = if sql::is_postgres(&app.store) { "set_byte(bytes, 12, 65)" } else { "cast(substr(bytes, 2) as blob)" };
    for (change, what) in [
        (format!("update documents set bytes = {cut} where {one}"), "own:falun entry 1: document: it has been changed"),
        (format!("update documents set salt = null where {one}"), "own:falun entry 1: document: it has been changed"),
        (
            format!("update documents set salt = upper(salt) || '00' where {one}"),
            "own:falun entry 1: document: it has been changed",
        ),
        (
            format!("update documents set salt = null, bytes = null where {one}"),
            "own:falun entry 1: document: it is gone, and no entry says so",
        ),
        (format!("update documents set n = 77 where {one}"), "own:falun entry 77: document: no entry refers to it"),
        (format!("update documents set id = 'x' where {one}"), "own:falun entry 1: document: no entry refers to it"),
        (format!("update documents set case_id = 'x' where {one}"), "own:falun entry 1: document: it is missing"),
        (format!("delete from documents where {one}"), "own:falun entry 1: document: it is missing"),
    ] {
        sql::tamper(&app.store, &change);
        let problems = verify().problems;
        assert!(problems.contains(&format!("{} {what}", done.number)), "{change}: {problems:#?}");
        sql::tamper(&app.store, "delete from documents");
        sql::tamper(&app.store, "insert into documents select * from kept");
    }
    assert_eq!(verify().problems, Vec::<String>::new());
}

#[test]
fn a_document_that_is_removed_leaves_its_entry_and_nothing_else() {
    let (TestApp { app, database: _database, .. }, done) = local();
    let number = &done.number;
    let id = attach(&app, FALUN, number, NoteRoom::Shared, "hemligt.pdf");
    let entry = documents_entry(&app, number);
    let order = |path: &str| RemovalOrder {
        number: number.clone(),
        room: Room::Shared,
        entry,
        path: path.to_owned(),
        reason: RemovalReason::Identity,
    };
    // Its name goes with it, and never alone: a document without a name would still be there.
    for path in ["name", "description"] {
        assert!(matches!(app.remove_as_operator(&order(path), "driften"), Err(AppError::NotFound)), "{path}");
        let archivist = actor(&app, "arkivansvarig-falun");
        assert!(matches!(app.remove_content(&archivist, &order(path), "", None), Err(AppError::NotFound)), "{path}");
    }
    assert_eq!(documents(&app, FALUN, number)[0].name.as_deref(), Some("hemligt.pdf"));
    app.remove_as_operator(&order("content"), "driften").unwrap();
    assert!(is_hidden(&app, FALUN, number, &id));
    let seen = documents(&app, FALUN, number).remove(0);
    assert_eq!((seen.name, seen.description, seen.removed), (None, None, true));
    for path in ["content", "name", "description"] {
        assert!(matches!(app.remove_as_operator(&order(path), "driften"), Err(AppError::NotFound)), "{path}");
    }
    let verified = app.verify_log(&[], |_| {}).unwrap();
    assert_eq!(verified.problems, Vec::<String>::new());
    assert_eq!(verified.removed.len(), 3, "{:?}", verified.removed);
    assert!(verified.removed.contains(&format!("{number} shared entry {entry} document")));
    let left = "select id as line from documents where bytes is not null or salt is not null";
    assert_eq!(sql::lines(&app.store, left), Vec::<String>::new());
    let pick = json!({"statement": "Vi är oense.", "enclosures": [id.as_str()]});
    assert_eq!(
        refused(take(&app, FALUN, &done, "write_statement", pick)),
        [(Code::WrongType, "enclosures.0".to_owned())]
    );
}

fn documents_entry(app: &App, number: &CaseNumber) -> u64 {
    let entries = app.timeline(&actor(app, FALUN), number).unwrap();
    entries.iter().find(|entry| entry.kind == "document").unwrap().n
}
