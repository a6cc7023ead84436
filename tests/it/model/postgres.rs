//! One script on a SQLite file and on PostgreSQL: the two databases hold the same afterwards, in every column of every row -
//! the logs with their digests, states, deadlines, the ledger of reminders, the mails.

use samsyn::app::App;
use serde_json::Value;

use super::run::Run;
use super::{each_script, number};
use crate::support::database::Database;
use crate::support::sql;

/// How many scripts are played on both, unless `SAMSYN_SCRIPTS` says otherwise.
const SCRIPTS: u32 = 8;

/// Every row, said alike: the databases write truth, bytes and times in ways of their own.
fn rows(app: &App) -> Vec<String> {
    let mut rows: Vec<_> = sql::dump(&app.store).iter().map(|row| alike(row)).collect();
    rows.sort();
    rows
}

fn alike(row: &str) -> String {
    let (table, values) = row.split_once(' ').unwrap();
    let values: Vec<Value> = serde_json::from_str(values).unwrap();
    let said = values.into_iter().map(|value| match value {
        Value::Bool(is) => u8::from(is).to_string(),
        Value::String(text) => text.strip_prefix("\\x").map(str::to_uppercase).unwrap_or_else(|| time(&text)),
        other => other.to_string(),
    });
    format!("{table} {:?}", said.collect::<Vec<_>>())
}

/// A time of a column, as SQLite says it: a blank between day and hour, no fraction where it is none.
fn time(text: &str) -> String {
    match chrono::NaiveDateTime::parse_from_str(&text.replacen(' ', "T", 1), "%Y-%m-%dT%H:%M:%S%.f") {
        Ok(time) => time.to_string(),
        Err(_) => text.to_owned(),
    }
}

#[test]
#[ignore = "needs PostgreSQL"]
fn the_two_databases_tell_the_same_history() {
    each_script(number("SAMSYN_SCRIPTS").unwrap_or(SCRIPTS), |script| {
        let server = Database::new();
        assert!(server.is_postgres(), "TEST_DATABASE_URL names no PostgreSQL server");
        let mut runs = [Database::file(), server].map(Run::begin);
        runs.iter_mut().for_each(|run| run.play(script));
        let [file, server] = runs.map(|run| (rows(&run.test.app), run.did));
        let differing = file.0.iter().zip(&server.0).find(|(one, other)| one != other);
        assert_eq!(differing, None);
        assert_eq!(file.0.len(), server.0.len());
        assert_eq!(file.1, server.1);
    });
}
