//! Ways in which somebody once came by more than is hers, and does so no more.

use chrono::NaiveDate;
use samsyn::app::absences::NewAbsence;
use samsyn::app::documents::DocumentCommand;
use samsyn::app::drafts::DraftFor;
use samsyn::app::notes::NoteRoom;
use samsyn::app::removals::RemovalOrder;
use samsyn::app::{App, AppError};
use samsyn::store::absences::Reason;
use samsyn::workflow::log::RemovalReason;
use serde_json::json;

use crate::support::cases::{RECEIVER, SENDER, actor, deviation, dispute, take};
use crate::support::database::{TestApp, add_people};
use crate::support::files::PDF;
use crate::support::sql;

fn app() -> TestApp {
    TestApp::at("2026-03-02T09:00:00Z")
}

fn away(app: &App, by: &str, person: &str, substitute: &str) -> Result<(), AppError> {
    let day = |text: &str| Some(text.parse::<NaiveDate>().unwrap());
    let (from, until) = (day("2026-03-02"), day("2026-03-20"));
    let (person, substitute) = (person.into(), Some(substitute.into()));
    let absence = NewAbsence { person, from, until, substitute, cause: Some(Reason::Leave) };
    app.record_absence(&actor(app, by), &absence, None)
}

#[test]
fn an_administrator_hands_on_nothing_that_another_principal_gave() {
    let TestApp { app, database: _database, .. } = app();
    add_people(
        &app,
        "- {id: anna, name: Anna, memberships: [{role: employee, principal: falun, until: 2020-12-31}, {role: management, principal: mora}]}
  - {id: bo, name: Bo, memberships: [{role: employee, principal: mora}]}
  - {id: adm, name: Adm, memberships: [{role: administrator, principal: falun}]}",
    );
    assert!(app.possible_substitutes(&actor(&app, "adm"), &"anna".into()).is_err());
    assert!(away(&app, "adm", "anna", "bo").is_err());
    assert_eq!(actor(&app, "bo").seats.len(), 1);
    assert!(away(&app, "anna", "anna", "bo").is_ok(), "she herself may");
}

#[test]
fn nobody_comes_to_act_for_two_principals_by_standing_in() {
    let TestApp { app, database: _database, .. } = app();
    add_people(
        &app,
        "- {id: cia, name: Cia, memberships: [{role: employee, principal: mora}, {role: employee, principal: falun}]}",
    );
    away(&app, "socialchef-falun", "socialchef-falun", "cia").unwrap();
    let _ = away(&app, "socialchef-mora", "socialchef-mora", "cia");
    let acting: Vec<_> = actor(&app, "cia").seats.into_iter().filter(|seat| seat.role.name() == "management").collect();
    assert_eq!(acting.len(), 1, "{acting:?}");
}

#[test]
fn whoever_watches_or_administers_stands_in_for_nobody() {
    let TestApp { app, database: _database, .. } = app();
    add_people(
        &app,
        "- {id: rev, name: Rev, memberships: [{role: auditor, principal: falun, from: 2026-01-01, until: 2026-12-31}]}
  - {id: adm, name: Adm, memberships: [{role: administrator, principal: falun}, {role: employee, principal: falun}]}
  - {id: quinn, name: Quinn, memberships: [{role: registrar, principal: falun}]}",
    );
    assert!(away(&app, "socialchef-falun", "socialchef-falun", "rev").is_err());
    assert!(away(&app, "quinn", "quinn", "adm").is_err(), "the first link of a chain to herself");
    away(&app, "adm", "socialchef-falun", "quinn").unwrap();
    assert!(actor(&app, "adm").seats.iter().all(|seat| seat.role.name() != "management"));
}

#[test]
fn whoever_stands_in_for_two_approves_what_neither_of_them_wrote() {
    let TestApp { app, database: _database, .. } = app();
    add_people(
        &app,
        "- {id: pia, name: Pia, memberships: [{role: management, principal: falun}]}
  - {id: qia, name: Qia, memberships: [{role: management, principal: falun}]}",
    );
    let written = dispute(&app, json!({}));
    let bo = "boendestodjare-falun";
    away(&app, "qia", "qia", bo).unwrap();
    away(&app, "pia", "pia", bo).unwrap();
    let written = take(&app, "qia", &written, "write_statement", json!({"statement": "Qias text."})).unwrap();
    assert!(take(&app, bo, &written, "approve_statement", json!({})).is_err());
    let written = take(&app, "mas-falun", &written, "write_statement", json!({"statement": "MAS text."})).unwrap();
    assert!(take(&app, bo, &written, "approve_statement", json!({})).is_ok());
}

#[test]
fn what_is_removed_stays_in_no_draft_that_began_as_a_copy() {
    let TestApp { app, database: _database, .. } = app();
    let done = app.register(&actor(&app, SENDER), &deviation("Hemligt namn Xyzzy"), None).unwrap();
    let done = take(&app, RECEIVER, &done, "receive", json!({})).unwrap();
    let copied = app.copy_of(&actor(&app, SENDER), &done.number, "deviation", "register").unwrap();
    let content = json!({"parties": copied.parties, "origins": [], "data": copied.data});
    let what = DraftFor { workflow: "deviation".into(), start: "register".into() };
    app.keep_draft(&actor(&app, SENDER), &what, content.as_object().unwrap(), None).unwrap();
    let archivist = actor(&app, "arkivansvarig-falun");
    for text in app.removable(&archivist, &done.number).unwrap() {
        let (number, room, entry, path) = (done.number.clone(), text.room, text.entry, text.path);
        let order = RemovalOrder { number, room, entry, path, reason: RemovalReason::Identity };
        app.remove_content(&archivist, &order, "", None).unwrap();
    }
    let left: Vec<_> = sql::dump(&app.store).into_iter().filter(|row| row.contains("Xyzzy")).collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn no_party_sends_the_others_document_to_a_body() {
    let TestApp { app, database: _database, .. } = app();
    let done = dispute(&app, json!({}));
    let (falun, region) = ("socialchef-falun", "divisionschef-psykiatri");
    let (number, room) = (done.number.clone(), NoteRoom::Own);
    let (name, description, bytes) = ("unsent.pdf".to_owned(), String::new(), PDF.to_vec());
    let command = DocumentCommand { number, room, name, description, bytes };
    app.attach_document(&actor(&app, region), &command, None).unwrap();
    let id = app.case(&actor(&app, region), &done.number).unwrap().documents[0].id.clone();
    let given = json!({"statement": "Utkast", "enclosures": [id.as_str()]});
    let done = take(&app, region, &done, "write_statement", given).unwrap();
    assert_eq!(app.case(&actor(&app, falun), &done.number).unwrap().documents.len(), 1, "she reads it");
    let given = json!({"statement": "Vi är oense", "enclosures": [id.as_str()]});
    assert!(take(&app, falun, &done, "write_statement", given).is_err());
}

#[test]
fn a_file_that_leads_its_reader_in_circles_is_refused_at_once() {
    let TestApp { app, database: _database, .. } = app();
    let done = dispute(&app, json!({}));
    // Many ends, each of which claims many files.
    let mut bytes = b"PK\x03\x04".to_vec();
    bytes.extend(b"PK\x01\x02".repeat(2_000));
    bytes.extend([b"PK\x05\x06".as_slice(), &[0; 4], &[0xff; 4], &[0; 10]].concat().repeat(2_000));
    let (number, room) = (done.number.clone(), NoteRoom::Own);
    let (name, description) = ("brev.docx".to_owned(), String::new());
    let command = DocumentCommand { number, room, name, description, bytes };
    assert!(matches!(app.attach_document(&actor(&app, SENDER), &command, None), Err(AppError::Rejected(_))));
}
