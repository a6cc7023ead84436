//! Two databases, one schema: the migrations of both, and what the program takes it to be.

use std::collections::BTreeMap;
use std::fs;

use samsyn::store::Store;

use crate::support::database::{Database, TestApp};
use crate::support::sql;

/// The columns of each table in their order: name, type, and whether there may be nothing in it.
type Schema = BTreeMap<String, Vec<(String, String, bool)>>;

fn schema(store: &Store) -> Schema {
    sql::tables(store).into_iter().map(|table| (table.clone(), columns(store, &table))).collect()
}

fn columns(store: &Store, table: &str) -> Vec<(String, String, bool)> {
    let query = match sql::is_postgres(store) {
        true => format!(
            "select column_name || ' ' || split_part(data_type, ' ', 1) || ' ' || is_nullable as line
             from information_schema.columns where table_schema = 'public' and table_name = '{table}'
             order by ordinal_position"
        ),
        false => format!(
            "select name || ' ' || lower(type) || ' ' || case when \"notnull\" then 'NO' else 'YES' end as line
             from pragma_table_info('{table}') order by cid"
        ),
    };
    let lines = sql::lines(store, &query);
    let parts = lines.iter().map(|line| line.split(' ').map(str::to_owned).collect::<Vec<_>>());
    parts.map(|parts| (parts[0].clone(), parts[1].replace("bytea", "blob"), parts[2] == "YES")).collect()
}

/// The schema as `src/store/schema.rs` and what it is made of write it for diesel.
fn written() -> Schema {
    let parts = ["schema", "schema/migrations", "schema/shelves", "schema/sign_in"];
    let files = parts.map(|part| format!("src/store/{part}.rs"));
    let text = files.map(|file| fs::read_to_string(file).unwrap()).join("\n");
    let tables = text.split("diesel::table! {").skip(1).map(|table| {
        let mut lines = table.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("//"));
        let name = lines.next().unwrap().split(' ').next().unwrap().to_owned();
        let columns = lines.take_while(|line| *line != "}").map(|line| {
            let (column, kind) = line.trim_end_matches(',').split_once(" -> ").unwrap();
            let bare = kind.strip_prefix("Nullable<").and_then(|kind| kind.strip_suffix('>'));
            (column.to_owned(), sql_type(bare.unwrap_or(kind)).to_owned(), bare.is_some())
        });
        (name, columns.collect())
    });
    tables.collect()
}

fn sql_type(diesel: &str) -> &'static str {
    match diesel {
        "Text" => "text",
        "Integer" => "integer",
        "BigInt" => "bigint",
        "Bool" => "boolean",
        "Date" => "date",
        "Timestamp" => "timestamp",
        "Binary" => "blob",
        other => panic!("the type {other} is new here"),
    }
}

#[test]
fn the_program_knows_the_columns_that_the_migrations_make() {
    let database = Database::new();
    let (made, written) = (schema(&database.store()), written());
    assert!(written.len() > 20);
    assert_eq!(made.keys().collect::<Vec<_>>(), written.keys().collect::<Vec<_>>());
    for (table, columns) in made {
        assert_eq!(columns, written[&table], "{table}");
    }
}

#[test]
fn both_databases_have_migrations_of_the_same_names() {
    let names = |database: &str| {
        let entries = fs::read_dir(format!("migrations/{database}")).unwrap();
        let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    };
    assert_eq!(names("sqlite"), names("postgres"));
    for name in names("sqlite") {
        for file in ["up.sql", "down.sql"] {
            for database in ["sqlite", "postgres"] {
                assert!(
                    fs::exists(format!("migrations/{database}/{name}/{file}")).unwrap(),
                    "{database} {name} {file}"
                );
            }
        }
    }
}

#[test]
#[ignore = "needs PostgreSQL"]
fn sqlite_and_postgres_have_the_same_columns_keys_and_indices() {
    let database = Database::new();
    assert!(database.is_postgres(), "TEST_DATABASE_URL names no PostgreSQL");
    let postgres = database.store();
    let url = format!("sqlite:{}", database.folder().join("samsyn.db").display()).parse().unwrap();
    let sqlite = Store::open(&url, 1).unwrap();
    sqlite.migrate().unwrap();
    assert_eq!(schema(&sqlite), schema(&postgres));
    for (table, _) in schema(&sqlite) {
        assert_eq!(key(&sqlite, &table), key(&postgres, &table), "{table}");
    }
    let of_sqlite = "select name as line from sqlite_schema where type = 'index' and sql is not null order by 1";
    let of_postgres = "select indexname::text as line from pg_indexes where schemaname = 'public'
         and indexname not like '%\\_pkey' and indexname not like '%\\_key' order by 1";
    assert_eq!(sql::lines(&sqlite, of_sqlite), sql::lines(&postgres, of_postgres));
}

fn key(store: &Store, table: &str) -> Vec<String> {
    let query = match sql::is_postgres(store) {
        true => format!(
            "select attname::text as line from pg_index, unnest(indkey) with ordinality as keys (number, place), pg_attribute
             where indrelid = '{table}'::regclass and indisprimary and attrelid = indrelid and attnum = number order by place"
        ),
        false => format!("select name as line from pragma_table_info('{table}') where pk > 0 order by pk"),
    };
    sql::lines(store, &query)
}

#[test]
fn a_database_can_begin_afresh() {
    let test = TestApp::at("2026-03-02T08:00:00Z");
    let before = schema(&test.app.store);
    assert!(!sql::dump(&test.app.store).is_empty());
    test.app.store.begin_afresh().unwrap();
    assert_eq!(sql::dump(&test.app.store), Vec::<String>::new());
    assert_eq!(schema(&test.app.store), before);
    assert_eq!(test.app.store.pending_migrations().unwrap(), 0);
}
