//! The baseline: the rows of one step, written by prepared statements and nothing else. No rights, no engine, no chain to
//! compute; the same sizes, read and written in the same order, in the same kind of transaction.

use diesel::connection::{AnsiTransactionManager, SimpleConnection, TransactionManager};
use diesel::prelude::*;
use samsyn::ids::{CaseNumber, IdSource};
use samsyn::store::{DatabaseUrl, Store, cases as stored};

diesel::table! { bare_cases (id) { id -> Text, revision -> BigInt, state -> Text, snapshot -> Text, } }
diesel::table! { bare_chains (case_id) { case_id -> Text, length -> BigInt, head -> Text, } }
diesel::table! {
    bare_entries (case_id, n) {
        case_id -> Text, n -> BigInt, kind -> Text, transition -> Text, person_id -> Text, document -> Text, hash -> Text,
    }
}
diesel::table! { bare_texts (case_id, n, path) { case_id -> Text, n -> BigInt, path -> Text, salt -> Text, text -> Text, } }
diesel::table! { bare_commands (key) { key -> Text, request -> Text, response -> Text, } }

const TABLES: &str = "
    create table if not exists bare_cases (id text primary key not null, revision bigint not null, state text not null, snapshot text not null);
    create table if not exists bare_chains (case_id text primary key not null, length bigint not null, head text not null);
    create table if not exists bare_entries (case_id text not null, n bigint not null, kind text not null, transition text not null,
        person_id text not null, document text not null, hash text not null, primary key (case_id, n));
    create table if not exists bare_texts (case_id text not null, n bigint not null, path text not null, salt text not null,
        text text not null, primary key (case_id, n, path));
    create table if not exists bare_commands (key text primary key not null, request text not null, response text not null);
";

/// A connection to either database, as the application makes it.
#[derive(diesel::MultiConnection)]
pub enum Bench {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

/// A connection under the durability that the application has.
pub fn connect(url: &DatabaseUrl) -> Bench {
    match url {
        DatabaseUrl::Sqlite(path) => {
            let mut sqlite = SqliteConnection::establish(path.to_str().unwrap()).unwrap();
            let settings = "pragma journal_mode = wal; pragma synchronous = full; pragma busy_timeout = 10000";
            sqlite.batch_execute(settings).unwrap();
            Bench::Sqlite(sqlite)
        }
        DatabaseUrl::Postgres(url) => Bench::Postgres(PgConnection::establish(url).unwrap()),
    }
}

/// A bare program on a connection of its own.
pub struct Bare {
    connection: Bench,
    id: String,
    snapshot: String,
    document: String,
    text: String,
}

impl Bare {
    /// Writes what a step on this case writes.
    pub fn open(url: &DatabaseUrl, store: &Store, number: &CaseNumber, text: &str) -> Bare {
        let case = store.read(|db| stored::by_number(db, number)).unwrap().unwrap();
        let snapshot = stored::snapshot(&case.case);
        let entries = store.read(|db| samsyn::store::log::all_entries(db, &case.id)).unwrap();
        let document = entries.last().unwrap().document.clone();
        let mut bare = Bare { connection: connect(url), id: case.id.0, snapshot, document, text: text.to_owned() };
        bare.connection.batch_execute(TABLES).unwrap();
        bare.begin();
        bare
    }

    fn begin(&mut self) {
        let case = (
            bare_cases::id.eq(&self.id),
            bare_cases::revision.eq(0),
            bare_cases::state.eq("local"),
            bare_cases::snapshot.eq(&self.snapshot),
        );
        diesel::insert_into(bare_cases::table).values(case).execute(&mut self.connection).unwrap();
        let chain = (bare_chains::case_id.eq(&self.id), bare_chains::length.eq(0), bare_chains::head.eq("-"));
        diesel::insert_into(bare_chains::table).values(chain).execute(&mut self.connection).unwrap();
    }

    /// The rows of one step.
    pub fn step(&mut self) {
        let key = IdSource::random().secret();
        let db = &mut self.connection;
        match &mut *db {
            Bench::Sqlite(sqlite) => AnsiTransactionManager::begin_transaction_sql(sqlite, "BEGIN IMMEDIATE").unwrap(),
            db => Bench::begin_transaction(db).unwrap(),
        }
        let case = bare_cases::table.find(&self.id).get_result::<(String, i64, String, String)>(db).unwrap();
        let (length, _head) = bare_chains::table
            .find(&self.id)
            .select((bare_chains::length, bare_chains::head))
            .get_result::<(i64, String)>(db)
            .unwrap();
        let row = bare_cases::table.filter(bare_cases::id.eq(&self.id)).filter(bare_cases::revision.eq(case.1));
        let set = (
            bare_cases::revision.eq(case.1 + 1),
            bare_cases::state.eq("local"),
            bare_cases::snapshot.eq(&self.snapshot),
        );
        assert_eq!(diesel::update(row).set(set).execute(db).unwrap(), 1);
        let chain = bare_chains::table.find(&self.id).filter(bare_chains::length.eq(length));
        diesel::update(chain)
            .set((bare_chains::length.eq(length + 1), bare_chains::head.eq(&key)))
            .execute(db)
            .unwrap();
        let entry = (
            bare_entries::case_id.eq(&self.id),
            bare_entries::n.eq(length + 1),
            bare_entries::kind.eq("step"),
            bare_entries::transition.eq("revise_position"),
            bare_entries::person_id.eq("socialchef-falun"),
            bare_entries::document.eq(&self.document),
            bare_entries::hash.eq(&key),
        );
        diesel::insert_into(bare_entries::table).values(entry).execute(db).unwrap();
        let text = (
            bare_texts::case_id.eq(&self.id),
            bare_texts::n.eq(length + 1),
            bare_texts::path.eq("position@falun"),
            bare_texts::salt.eq("0123456789abcdef0123456789abcdef"),
            bare_texts::text.eq(&self.text),
        );
        diesel::insert_into(bare_texts::table).values(text).execute(db).unwrap();
        let command = (
            bare_commands::key.eq(&key),
            bare_commands::request.eq(""),
            bare_commands::response.eq("{\"number\":\"FALUN-2026-0001\",\"revision\":1,\"state\":\"local\"}"),
        );
        diesel::insert_into(bare_commands::table).values(command).execute(db).unwrap();
        Bench::commit_transaction(db).unwrap();
    }
}
