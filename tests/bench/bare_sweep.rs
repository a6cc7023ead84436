//! The baseline of a sweep: of each due deadline it reads the rows that ours must read and writes those that ours wrote, of
//! the same size, in a transaction of its own, by prepared statements and nothing else.

use diesel::connection::{AnsiTransactionManager, SimpleConnection, TransactionManager};
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{BigInt, Text};
use samsyn::store::DatabaseUrl;

use crate::bare::{Bench, connect};
use crate::scene::Scene;

diesel::table! { bare_waking (case_id) { case_id -> Text, snapshot -> Text, wake_at -> Text, } }
diesel::table! {
    bare_outbox (id) { id -> Text, dedupe -> Text, person_id -> Text, case_id -> Text, content -> Text, status -> Text, next_at -> Text, }
}
diesel::table! {
    bare_reminders (case_id, step, person_id) {
        case_id -> Text, step -> BigInt, person_id -> Text, planned_at -> Text, recorded_at -> Text, outbox_id -> Text,
    }
}

const TABLES: &str = "
    drop table if exists bare_waking; drop table if exists bare_outbox; drop table if exists bare_reminders;
    create table bare_waking (case_id text primary key not null, snapshot text not null, wake_at text not null);
    create index bare_waking_at on bare_waking (wake_at);
    create table bare_outbox (id text primary key not null, dedupe text not null unique, person_id text not null,
        case_id text not null, content text not null, status text not null, next_at text not null);
    create index bare_outbox_at on bare_outbox (next_at);
    create table bare_reminders (case_id text not null, step bigint not null, person_id text not null,
        planned_at text not null, recorded_at text not null, outbox_id text not null, primary key (case_id, step, person_id));
";

const INSTANT: &str = "2026-04-01 06:00:00.000";

/// How many rows there are of mails and of reminders.
pub struct Written {
    mails: i64,
    reminders: i64,
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = BigInt)]
    mails: i64,
    #[diesel(sql_type = BigInt)]
    reminders: i64,
}

#[derive(QueryableByName)]
struct Sizes {
    #[diesel(sql_type = Text)]
    content: String,
    #[diesel(sql_type = Text)]
    snapshot: String,
}

/// The rows so far.
pub fn written(url: &DatabaseUrl) -> Written {
    let query = "select (select count(*) from outbox) as mails, (select count(*) from reminders) as reminders";
    let row: Row = sql_query(query).get_result(&mut connect(url)).unwrap();
    Written { mails: row.mails, reminders: row.reminders }
}

/// A bare program on a connection of its own.
pub struct BareSweep {
    connection: Bench,
    content: String,
    /// How many mails, and how many reminders, each due deadline has.
    each: (usize, usize),
}

impl BareSweep {
    /// Does what a sweep of so many due deadlines did since `before`.
    pub fn open(scene: &Scene, before: &Written, due: usize) -> BareSweep {
        let now = written(&scene.url);
        let mut connection = connect(&scene.url);
        let query = "select content, snapshot from outbox join cases on cases.id = case_id limit 1";
        let sizes: Sizes = sql_query(query).get_result(&mut connection).unwrap();
        connection.batch_execute(TABLES).unwrap();
        connection.batch_execute("begin").unwrap();
        for case in 0..due {
            let waking = (
                bare_waking::case_id.eq(format!("0199c0de-0000-7000-8000-{case:012}")),
                bare_waking::snapshot.eq(&sizes.snapshot),
                bare_waking::wake_at.eq(INSTANT),
            );
            diesel::insert_into(bare_waking::table).values(waking).execute(&mut connection).unwrap();
        }
        connection.batch_execute("commit").unwrap();
        let each = |now: i64, before: i64| usize::try_from(now - before).unwrap() / due;
        let each = (each(now.mails, before.mails), each(now.reminders, before.reminders));
        BareSweep { connection, content: sizes.content, each }
    }

    pub fn sweep(&mut self) {
        let cases = bare_waking::table.order(bare_waking::wake_at).select(bare_waking::case_id);
        for case in cases.load::<String>(&mut self.connection).unwrap() {
            self.remind(&case);
        }
    }

    fn remind(&mut self, case: &str) {
        let db = &mut self.connection;
        match &mut *db {
            Bench::Sqlite(sqlite) => AnsiTransactionManager::begin_transaction_sql(sqlite, "BEGIN IMMEDIATE").unwrap(),
            db => Bench::begin_transaction(db).unwrap(),
        }
        let row = bare_waking::table.find(case);
        row.get_result::<(String, String, String)>(db).unwrap();
        for mail in 0..self.each.0 {
            let mail = (
                bare_outbox::id.eq(format!("{case}{mail}")),
                bare_outbox::dedupe.eq(format!("reminder:{case}:agreement:1:0:0:socialchef-falun{mail}")),
                bare_outbox::person_id.eq("socialchef-falun"),
                bare_outbox::case_id.eq(case),
                bare_outbox::content.eq(&self.content),
                bare_outbox::status.eq("pending"),
                bare_outbox::next_at.eq(INSTANT),
            );
            diesel::insert_into(bare_outbox::table).values(mail).execute(db).unwrap();
        }
        for reminder in 0..self.each.1 {
            let reminder = (
                bare_reminders::case_id.eq(case),
                bare_reminders::step.eq(0),
                bare_reminders::person_id.eq(format!("socialchef-falun{reminder}")),
                bare_reminders::planned_at.eq(INSTANT),
                bare_reminders::recorded_at.eq(INSTANT),
                bare_reminders::outbox_id.eq(case),
            );
            diesel::insert_into(bare_reminders::table).values(reminder).execute(db).unwrap();
        }
        let set = bare_waking::wake_at.eq("2099-12-01 00:00:00.000");
        diesel::update(row).set(set).execute(db).unwrap();
        Bench::commit_transaction(db).unwrap();
    }
}
