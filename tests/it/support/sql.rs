//! SQL against either database, for tests that look behind the store or break what it keeps.

use diesel::connection::SimpleConnection;
use diesel::sql_types::Text;
use diesel::{Connection, PgConnection, QueryResult, QueryableByName, RunQueryDsl, SqliteConnection, sql_query};
use samsyn::app::AppError;
use samsyn::store::{DatabaseUrl, Db, Store};

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

/// Runs a statement on a connection with the store's settings; how many rows it touched.
pub fn execute(store: &Store, statement: &str) -> QueryResult<usize> {
    let mut outcome = Ok(0);
    // The transaction is kept only where the statement was carried out.
    let _ = store.write(|db| {
        outcome = match db {
            Db::Sqlite(sqlite) => sql_query(statement).execute(sqlite),
            Db::Postgres(postgres) => sql_query(statement).execute(postgres),
        };
        if outcome.is_ok() { Ok(()) } else { Err(AppError::Forbidden) }
    });
    outcome
}

/// Runs a statement as somebody else does, who opens the database with a tool of her own: on SQLite no reference is
/// checked then.
pub fn tamper(store: &Store, statement: &str) {
    let done = match store.url() {
        DatabaseUrl::Sqlite(path) => {
            let mut sqlite = SqliteConnection::establish(path.to_str().unwrap()).unwrap();
            sqlite.batch_execute("pragma busy_timeout = 10000; pragma foreign_keys = off").unwrap();
            sql_query(statement).execute(&mut sqlite)
        }
        DatabaseUrl::Postgres(url) => sql_query(statement).execute(&mut PgConnection::establish(url).unwrap()),
    };
    done.unwrap_or_else(|error| panic!("{statement}: {error}"));
}

/// The rows of a query whose one column is a text named `line`.
pub fn lines(store: &Store, query: &str) -> Vec<String> {
    let rows = store.read(|db| {
        let rows = match db {
            Db::Sqlite(sqlite) => sql_query(query).load::<Line>(sqlite),
            Db::Postgres(postgres) => sql_query(query).load::<Line>(postgres),
        };
        Ok::<_, AppError>(rows.unwrap_or_else(|error| panic!("{query}: {error}")))
    });
    rows.unwrap().into_iter().map(|row| row.line).collect()
}

/// Whether the store is on PostgreSQL.
pub fn is_postgres(store: &Store) -> bool {
    matches!(store.url(), DatabaseUrl::Postgres(_))
}

/// The tables, without the migrations' own.
pub fn tables(store: &Store) -> Vec<String> {
    let query = match is_postgres(store) {
        true => "select tablename::text as line from pg_tables where schemaname = 'public' order by 1",
        false => "select name as line from sqlite_schema where type = 'table' and name not like 'sqlite_%' order by 1",
    };
    lines(store, query).into_iter().filter(|table| !table.starts_with("__diesel")).collect()
}

/// The columns of a table, by name.
pub fn columns(store: &Store, table: &str) -> Vec<String> {
    let query = match is_postgres(store) {
        true => format!(
            "select column_name::text as line from information_schema.columns
             where table_schema = 'public' and table_name = '{table}' order by 1"
        ),
        false => format!("select name as line from pragma_table_info('{table}') order by 1"),
    };
    lines(store, &query)
}

/// Every row of every table as a line.
pub fn dump(store: &Store) -> Vec<String> {
    let rows = |table: &String| {
        let quoted: Vec<_> = columns(store, table).iter().map(|column| format!("\"{column}\"")).collect();
        let array = match is_postgres(store) {
            true => format!("jsonb_build_array({})::text", quoted.join(", ")),
            false => {
                let plain = |name: &String| format!("case typeof({name}) when 'blob' then hex({name}) else {name} end");
                format!("json_array({})", quoted.iter().map(plain).collect::<Vec<_>>().join(", "))
            }
        };
        lines(store, &format!("select '{table} ' || {array} as line from {table} order by 1"))
    };
    tables(store).iter().flat_map(rows).collect()
}

/// Takes away what keeps rows from being changed, as whoever owns the database can: triggers, and references.
pub fn drop_guards(store: &Store) {
    let statements = match is_postgres(store) {
        true => {
            "select 'drop trigger ' || tgname || ' on ' || tgrelid::regclass as line from pg_trigger where not tgisinternal
             union select 'alter table ' || conrelid::regclass || ' drop constraint ' || conname from pg_constraint
             where contype = 'f'"
        }
        false => "select 'drop trigger ' || name as line from sqlite_schema where type = 'trigger'",
    };
    for statement in lines(store, statements) {
        tamper(store, &statement);
    }
}
