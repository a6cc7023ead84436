//! One connection to either database, and the pool's manager of them.

use diesel::connection::{SimpleConnection, TransactionManager, TransactionManagerStatus};
use diesel::r2d2::ManageConnection;
use diesel::{Connection, PgConnection, SqliteConnection};

use super::{DatabaseUrl, StoreError};

/// A connection to either database.
#[derive(diesel::MultiConnection)]
pub enum Db {
    /// SQLite.
    Sqlite(SqliteConnection),
    /// PostgreSQL.
    Postgres(PgConnection),
}

/// WAL lets readers go on while one writes; FULL makes every commit durable; recursive triggers make the append-only
/// triggers hold for `REPLACE` too; what is deleted is overwritten, so that a text that was removed is in no corner of the
/// file; a busy writer waits.
const SQLITE_SETTINGS: &str = "
    pragma busy_timeout = 10000;
    pragma journal_mode = wal;
    pragma synchronous = full;
    pragma foreign_keys = on;
    pragma recursive_triggers = on;
    pragma secure_delete = on;
";

/// Every look takes a short range of one index, so that one plan suits all values and one process is enough: the server
/// would plan anew for each execution where a table is large, and start helpers for a count that ends before they run.
const POSTGRES_SETTINGS: &str = "
    set time zone 'UTC';
    set plan_cache_mode = force_generic_plan;
    set max_parallel_workers_per_gather = 0;
";

/// Connects, with the settings that the store relies on.
pub(super) fn establish(url: &DatabaseUrl) -> Result<Db, StoreError> {
    let failed = |why: String| StoreError::Open(format!("cannot open {url}: {}", first_line(&why)));
    match url {
        DatabaseUrl::Sqlite(path) => {
            let path = path.to_str().ok_or_else(|| failed("the path is not UTF-8".to_owned()))?;
            let mut sqlite = SqliteConnection::establish(path).map_err(|error| failed(error.to_string()))?;
            sqlite.batch_execute(SQLITE_SETTINGS).map_err(|error| failed(error.to_string()))?;
            Ok(Db::Sqlite(sqlite))
        }
        DatabaseUrl::Postgres(text) => {
            let mut postgres = PgConnection::establish(text).map_err(|error| failed(error.to_string()))?;
            postgres.batch_execute(POSTGRES_SETTINGS).map_err(|error| failed(error.to_string()))?;
            Ok(Db::Postgres(postgres))
        }
    }
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}

/// Makes the pool's connections.
pub(super) struct Manager {
    url: DatabaseUrl,
}

impl Manager {
    pub(super) fn new(url: DatabaseUrl) -> Self {
        Manager { url }
    }
}

impl ManageConnection for Manager {
    type Connection = Db;
    type Error = StoreError;

    fn connect(&self) -> Result<Db, StoreError> {
        establish(&self.url)
    }

    fn is_valid(&self, db: &mut Db) -> Result<(), StoreError> {
        db.batch_execute("select 1").map_err(StoreError::from)
    }

    /// A connection that comes back inside a transaction, after a panic, is thrown away.
    fn has_broken(&self, db: &mut Db) -> bool {
        match Db::transaction_manager_status_mut(db) {
            TransactionManagerStatus::Valid(status) => status.transaction_depth().is_some(),
            TransactionManagerStatus::InError => true,
        }
    }
}
