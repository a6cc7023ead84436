//! The log and the definitions are never changed, a text is only ever emptied: by the database's own refusal.

use samsyn::app::documents::DocumentCommand;
use samsyn::app::notes::NoteRoom;
use samsyn::store::Store;

use crate::support::cases::{actor, received};
use crate::support::database::TestApp;
use crate::support::files::PDF;
use crate::support::sql;

/// The tables, each with its key.
const TABLES: [(&str, &str); 4] = [
    ("entries", "case_id, room, n"),
    ("texts", "case_id, room, n, path"),
    ("definitions", "digest"),
    ("documents", "id"),
];

/// Statements that would change what stands in a table.
fn changes(store: &Store, table: &str, key: &str) -> Vec<String> {
    let columns = sql::columns(store, table);
    let same = |column: &String| format!("update {table} set {column} = {column}");
    let mut statements: Vec<_> = columns.iter().map(same).collect();
    statements.push(format!("delete from {table}"));
    let first = key.split(", ").next().unwrap();
    statements.push(format!("delete from {table} where {first} = (select max({first}) from {table})"));
    for column in &columns {
        let again = format!("insert into {table} select * from {table} where true");
        statements.push(format!("{again} on conflict ({key}) do update set {column} = excluded.{column}"));
    }
    match sql::is_postgres(store) {
        true => statements.push(format!("truncate {table} cascade")),
        false => {
            statements.push(format!("replace into {table} select * from {table}"));
            statements.push(format!("insert or replace into {table} select * from {table}"));
            let one = columns.last().unwrap();
            statements.push(format!("update or replace {table} set {one} = {one}"));
        }
    }
    statements
}

#[test]
fn no_statement_changes_what_was_written() {
    let test = TestApp::at("2026-03-02T08:00:00Z");
    let number = received(&test.app).number;
    let description = "Ett brev.".to_owned();
    let command =
        DocumentCommand { number, room: NoteRoom::Shared, name: "a.pdf".to_owned(), description, bytes: PDF.to_vec() };
    test.app.attach_document(&actor(&test.app, "mas-falun"), &command, None).unwrap();
    let before = sql::dump(&test.app.store);
    for (table, key) in TABLES {
        for statement in changes(&test.app.store, table, key) {
            let error = sql::execute(&test.app.store, &statement).expect_err(&statement).to_string();
            let refused = ["append-only", "never change", "never deleted", "emptied"];
            assert!(refused.iter().any(|word| error.contains(word)), "{statement}: {error}");
        }
    }
    assert_eq!(sql::dump(&test.app.store), before);
}

#[test]
fn a_text_is_emptied_whole_and_stays_empty() {
    let test = TestApp::at("2026-03-02T08:00:00Z");
    received(&test.app);
    let store = &test.app.store;
    for half in ["text = null", "salt = null", "text = null, salt = null, n = n + 100", "text = '', salt = ''"] {
        assert!(sql::execute(store, &format!("update texts set {half}")).is_err(), "{half}");
    }
    assert!(sql::execute(store, "update texts set text = null, salt = null").unwrap() > 3);
    assert!(sql::execute(store, "update texts set text = 'back', salt = '00'").is_err());
    assert_eq!(sql::lines(store, "select text as line from texts where text is not null"), Vec::<String>::new());
}
