//! Whoever owns the database can take the triggers away and change what she likes; `log verify` says where.

use samsyn::app::log::Verified;
use samsyn::app::notes::{NoteCommand, NoteRoom};
use samsyn::store::Store;
use samsyn::workflow::log::Room;
use samsyn::workflow::proof::ChainHead;

use crate::support::binary::Binary;
use crate::support::cases::{actor, received, register};
use crate::support::database::TestApp;
use crate::support::sql;

/// Two cases, with three steps and two notes in the first, and nothing that protects them.
fn unprotected() -> TestApp {
    let test = TestApp::at("2026-03-02T08:00:00Z");
    let number = received(&test.app).number;
    for room in [NoteRoom::Shared, NoteRoom::Own] {
        let command = NoteCommand { number: number.clone(), room, text: "Ringt.".to_owned(), corrects: None };
        test.app.write_note(&actor(&test.app, "mas-falun"), &command, None).unwrap();
    }
    register(&test.app);
    sql::drop_guards(&test.app.store);
    assert_eq!(verify(&test, &[]).problems, Vec::<String>::new());
    test
}

fn verify(test: &TestApp, heads: &[ChainHead]) -> Verified {
    test.app.verify_log(heads, |_| {}).unwrap()
}

/// What a column may hold instead: something of its type that is not what it holds.
fn other(store: &Store, table: &str, column: &str) -> Vec<String> {
    let is_text = !["n", "version", "recorded_at"].contains(&column);
    let mut others = match column {
        "n" | "version" => vec![format!("{column} + 1000"), format!("-{column}")],
        "recorded_at" if sql::is_postgres(store) => vec!["recorded_at + interval '1 microsecond'".to_owned()],
        "recorded_at" => vec!["'2026-03-02 08:00:00.000001'".to_owned()],
        _ => vec![format!("coalesce({column}, '') || ' '"), format!("'x' || coalesce({column}, '')")],
    };
    let nullable = ["transition", "person_id", "salt", "text"].contains(&column) && table != "definitions";
    if nullable {
        others.push("null".to_owned());
    }
    if column == "salt" {
        others.push("upper(salt)".to_owned());
    }
    if is_text && column == "text" && table == "definitions" {
        others.push("replace(text, 'title: ', 'title:  ')".to_owned());
    }
    others
}

#[test]
fn a_change_in_any_column_of_the_log_is_found_and_named() {
    let test = unprotected();
    let store = &test.app.store;
    let mut tried = 0;
    for (table, order) in
        [("entries", "case_id, room, n"), ("texts", "case_id, room, n, path"), ("definitions", "digest")]
    {
        sql::tamper(store, &format!("create table kept as select * from {table}"));
        for column in sql::columns(store, table) {
            for other in other(store, table, &column) {
                for row in rows(store, table, order) {
                    let change = format!("update {table} set {column} = {other} where {}", row.condition);
                    let changed = format!("{} and {column} is distinct from {other}", row.condition);
                    if sql::lines(store, &format!("select 'x' as line from {table} where {changed}")).is_empty() {
                        continue;
                    }
                    sql::tamper(store, &change);
                    let problems = verify(&test, &[]).problems;
                    assert!(problems.iter().any(|problem| row.is_named_in(problem)), "{change}: {problems:#?}");
                    sql::tamper(store, &format!("delete from {table}"));
                    sql::tamper(store, &format!("insert into {table} select * from kept"));
                    tried += 1;
                }
            }
        }
        sql::tamper(store, "drop table kept");
    }
    assert!(tried > 150, "{tried}");
    assert_eq!(verify(&test, &[]).problems, Vec::<String>::new());
}

/// A better word is no new version, so the digest of a definition leaves words out. What people read when they began a case is
/// in its chain all the same.
#[test]
fn the_words_of_a_definition_cannot_be_changed_unseen() {
    let test = unprotected();
    let store = &test.app.store;
    let text = sql::lines(store, "select text as line from definitions where workflow = 'deviation'").pop().unwrap();
    let changed = text.replace("title: Registrera avvikelse", "title: Erkänn fel");
    assert_ne!(text, changed);
    let hash = samsyn::workflow::digest::sha256(changed.as_bytes());
    let quoted = changed.replace('\'', "''");
    sql::tamper(
        store,
        &format!("update definitions set text = '{quoted}', text_hash = '{}' where workflow = 'deviation'", hash.0),
    );
    let problems = verify(&test, &[]).problems;
    assert_eq!(problems.len(), 2, "one for each case: {problems:#?}");
    assert!(problems.iter().all(|problem| problem.contains("is not the one under which the case began")));
}

/// A row of one of the three tables.
struct Row {
    condition: String,
    /// What a problem with it may be told of: its own place or that of what it was.
    names: Vec<String>,
}

impl Row {
    fn is_named_in(&self, problem: &str) -> bool {
        self.names.iter().any(|name| problem.contains(name.as_str()))
    }
}

fn rows(store: &Store, table: &str, key: &str) -> Vec<Row> {
    let parts: Vec<_> = key.split(", ").collect();
    let condition =
        parts.iter().map(|part| format!("'{part} = ''' || {part} || ''''")).collect::<Vec<_>>().join(" || ' and ' || ");
    let name = if table == "definitions" { "'definition '" } else { "' entry ' || n" };
    let query = format!("select {condition} || '#' || {name} as line from {table} order by {key}");
    let lines = sql::lines(store, &query);
    let split = lines.iter().map(|line| line.split_once('#').unwrap());
    split.map(|(condition, name)| Row { condition: condition.to_owned(), names: vec![name.to_owned()] }).collect()
}

#[test]
fn two_swapped_entries_are_found() {
    let test = unprotected();
    let swap = |one: i32, other: i32| format!("update entries set n = {other} where room = 'shared' and n = {one}");
    for (one, other) in [(2, 99), (3, 2), (99, 3)] {
        sql::tamper(&test.app.store, &swap(one, other));
    }
    let problems = verify(&test, &[]).problems;
    for n in [2, 3] {
        let name = format!("FALUN-2026-0001 shared entry {n}: ");
        assert!(problems.iter().any(|problem| problem.starts_with(&name)), "{problems:#?}");
    }
}

/// Deletes the last entry of the first case's shared room, and what refers to it.
fn delete_last(store: &Store, case: &str) {
    let n = "(select max(n) from entries as others where others.case_id = entries.case_id and room = 'shared')";
    let text = n.replace("entries.case_id", "texts.case_id");
    sql::tamper(store, &format!("delete from texts where case_id = {case} and room = 'shared' and n = {text}"));
    sql::tamper(store, &format!("delete from entries where case_id = {case} and room = 'shared' and n = {n}"));
}

/// Makes the head of the chain that of the entry that is now the last.
fn adjust_head(store: &Store) {
    let last = "from entries where entries.case_id = chains.case_id and entries.room = chains.room";
    let set = format!("length = (select count(*) {last}), head = (select hash {last} order by n desc limit 1)");
    sql::tamper(store, &format!("update chains set {set}"));
}

const FIRST: &str = "(select id from cases where number = 'FALUN-2026-0001')";

#[test]
fn a_last_entry_that_was_cut_off_is_found_even_where_the_head_was_adjusted() {
    let test = unprotected();
    let store = &test.app.store;
    let heads = test.app.chain_heads().unwrap();
    // The note.
    delete_last(store, FIRST);
    let cut = verify(&test, &[]).problems;
    assert_eq!(cut, ["FALUN-2026-0001: shared: the chain does not end with entry 4 as the database says"]);
    adjust_head(store);
    assert_eq!(verify(&test, &[]).problems, Vec::<String>::new(), "only heads noted elsewhere can tell");
    let noted = verify(&test, &heads).problems;
    assert_eq!(noted, ["FALUN-2026-0001: shared entry 4: it is not what was noted earlier"]);
    // A step, which the case's state rests on.
    delete_last(store, FIRST);
    adjust_head(store);
    let step = verify(&test, &[]).problems;
    assert_eq!(step, ["FALUN-2026-0001: the stored state is not what the log says"]);
}

#[test]
fn a_chain_or_a_case_that_is_gone_is_found() {
    let test = unprotected();
    let store = &test.app.store;
    let heads = test.app.chain_heads().unwrap();
    assert_eq!(heads.iter().filter(|head| matches!(head.room, Room::Own(_))).count(), 2);
    for table in ["texts", "entries", "chains"] {
        sql::tamper(store, &format!("delete from {table} where case_id = {FIRST} and room = 'own:falun'"));
    }
    let noted = verify(&test, &heads).problems;
    assert_eq!(noted, ["FALUN-2026-0001: own:falun entry 2: it is not what was noted earlier"]);
    sql::tamper(store, &format!("delete from cases where id = {FIRST}"));
    let gone = verify(&test, &heads).problems;
    assert!(gone.contains(&"FALUN-2026-0001: the case is gone".to_owned()), "{gone:#?}");
    assert!(gone.iter().any(|problem| problem.ends_with(" entry 1: no such case")), "{gone:#?}");
}

#[test]
fn the_command_ends_1_and_names_the_entry() {
    let test = unprotected();
    let binary = Binary::on(&test.database);
    sql::tamper(&test.app.store, "update texts set text = 'Ingenting.' where path = 'more_facts'");
    let ran = binary.run(&["log", "verify"]);
    assert_eq!(ran.code, Some(1));
    assert!(
        ran.out.starts_with("problem: FALUN-2026-0001 shared entry 3: text more_facts: it has been changed\n"),
        "{}",
        ran.out
    );
}
