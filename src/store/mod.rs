//! The store: the only place that speaks to a database. One store over SQLite and PostgreSQL.
//!
//! Every write goes through [`Store::write`]: `BEGIN IMMEDIATE` on SQLite (a plain transaction that reads before it writes
//! fails there under load, measured), a plain transaction on PostgreSQL; and every change of a case is a compare-and-set
//! on its revision, so that neither database can lose an update. Times are UTC, whole microseconds, handed in: no SQL
//! clock, no SQL default. One row by its key is read with `get_result`: `first` binds a LIMIT, for whose value SQLite
//! prepares the statement anew at every run (10 % of a step, measured). JSON is text, byte for byte. What may be done, and by whom, is not known here.
//!
//! The files are named after the nouns of `app/`.

pub mod absences;
pub mod accounts;
pub mod attempts;
pub mod case_migrations;
pub mod cases;
pub mod changes;
pub mod closing_days;
pub mod commands;
mod connection;
pub mod deadlines;
pub mod definitions;
pub mod documents;
pub mod drafts;
mod error;
pub mod feeds;
pub mod held_forms;
pub mod leases;
pub mod ledger;
pub mod listings;
pub mod lists;
pub mod log;
mod migrations;
pub mod organisation;
pub mod outbox;
pub mod people;
pub mod publications;
pub mod reads;
pub mod reminders;
mod schema;
pub mod sessions;
pub mod sign_ins;
pub mod throttles;
pub mod tokens;
mod url;
pub mod visibility;
pub mod watch;

use diesel::connection::{AnsiTransactionManager, TransactionManager};
use diesel::r2d2::{Pool, PooledConnection};

pub use connection::Db;
use connection::Manager;
pub use error::StoreError;
pub use migrations::{Contents, DEMONSTRATION, fact, note_fact, set_fact};
pub use url::{DatabaseUrl, DatabaseUrlError};

/// A pool of connections to one database. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    pool: Pool<Manager>,
    url: DatabaseUrl,
}

impl Store {
    /// Opens the database; makes the SQLite file where there is none. Runs no migration.
    ///
    /// # Errors
    /// Where the server does not answer or the folder is not writable: one line that names the address without its
    /// password.
    pub fn open(url: &DatabaseUrl, connections: u32) -> Result<Store, StoreError> {
        // The first connection is tried apart from the pool, whose own error would only be a time-out.
        connection::establish(url)?;
        let pool = Pool::builder()
            .max_size(connections)
            .min_idle(Some(1))
            .test_on_check_out(false)
            .connection_timeout(std::time::Duration::from_secs(10))
            .build(Manager::new(url.clone()))
            .map_err(|error| StoreError::Unavailable(error.to_string()))?;
        Ok(Store { pool, url: url.clone() })
    }

    /// The address.
    pub fn url(&self) -> &DatabaseUrl {
        &self.url
    }

    /// Reads in one transaction, in which nothing changes from one look to the next.
    ///
    /// # Errors
    /// Those of the work, or of the database.
    pub fn read<T, E: From<StoreError>>(&self, work: impl FnOnce(&mut Db) -> Result<T, E>) -> Result<T, E> {
        let mut db = self.connection()?;
        within(&mut db, Begin::Read, work)
    }

    /// Writes in one transaction: all or nothing.
    ///
    /// # Errors
    /// Those of the work, or of the database. Nothing has changed then.
    pub fn write<T, E: From<StoreError>>(&self, work: impl FnOnce(&mut Db) -> Result<T, E>) -> Result<T, E> {
        let mut db = self.connection()?;
        within(&mut db, Begin::Write, work)
    }

    fn connection(&self) -> Result<PooledConnection<Manager>, StoreError> {
        self.pool.get().map_err(|error| StoreError::Unavailable(error.to_string()))
    }
}

#[derive(Clone, Copy)]
enum Begin {
    Read,
    Write,
}

fn within<T, E: From<StoreError>>(
    db: &mut Db,
    begin: Begin,
    work: impl FnOnce(&mut Db) -> Result<T, E>,
) -> Result<T, E> {
    begin_transaction(db, begin).map_err(StoreError::from)?;
    match work(db) {
        Ok(value) => {
            Db::commit_transaction(db).map_err(StoreError::from)?;
            Ok(value)
        }
        Err(error) => {
            // The work's own error says more than a failed rollback, which ends the connection in any case.
            let _ = Db::rollback_transaction(db);
            Err(error)
        }
    }
}

/// SQLite shows a reader one moment by itself, and is told of a writer before it reads; PostgreSQL is told of a reader.
fn begin_transaction(db: &mut Db, begin: Begin) -> diesel::QueryResult<()> {
    match (db, begin) {
        (Db::Sqlite(sqlite), Begin::Write) => AnsiTransactionManager::begin_transaction_sql(sqlite, "BEGIN IMMEDIATE"),
        (Db::Postgres(postgres), Begin::Read) => {
            AnsiTransactionManager::begin_transaction_sql(postgres, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        }
        (db, _) => Db::begin_transaction(db),
    }
}
