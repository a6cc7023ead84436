//! The migrations, compiled in: one folder for each database, the same names in both.

use diesel::prelude::*;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::connection::{Db, establish};
use super::schema::facts;
use super::{Store, StoreError};

const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");

impl Store {
    /// Brings the database to this program's schema; answers with the names of what was run.
    ///
    /// # Errors
    /// Where a migration fails; those before it stay.
    pub fn migrate(&self) -> Result<Vec<String>, StoreError> {
        let mut db = self.connection()?;
        let run = match &mut *db {
            Db::Sqlite(sqlite) => sqlite.run_pending_migrations(SQLITE),
            Db::Postgres(postgres) => postgres.run_pending_migrations(POSTGRES),
        };
        let names = run.map_err(|error| StoreError::Internal(format!("a migration failed: {error}")))?;
        Ok(names.iter().map(ToString::to_string).collect())
    }

    /// The migrations that have not been run.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub fn pending_migrations(&self) -> Result<usize, StoreError> {
        let mut db = self.connection()?;
        let pending = match &mut *db {
            Db::Sqlite(sqlite) => sqlite.pending_migrations(SQLITE).map(|pending| pending.len()),
            Db::Postgres(postgres) => postgres.pending_migrations(POSTGRES).map(|pending| pending.len()),
        };
        pending.map_err(|error| StoreError::Internal(error.to_string()))
    }

    /// Empties the database: every table goes, and comes back without a row.
    ///
    /// # Errors
    /// Where a migration fails.
    pub fn begin_afresh(&self) -> Result<(), StoreError> {
        let mut db = establish(&self.url)?;
        let reverted = match &mut db {
            Db::Sqlite(sqlite) => sqlite.revert_all_migrations(SQLITE).map(|_| ()),
            Db::Postgres(postgres) => postgres.revert_all_migrations(POSTGRES).map(|_| ()),
        };
        reverted.map_err(|error| StoreError::Internal(format!("a migration failed: {error}")))?;
        self.migrate().map(|_| ())
    }
}

/// A fact about the database itself.
pub fn fact(db: &mut Db, name: &str) -> Result<Option<String>, StoreError> {
    Ok(facts::table.find(name).select(facts::value).first(db).optional()?)
}

/// Notes a fact about the database itself, once.
pub fn note_fact(db: &mut Db, name: &str, value: &str) -> Result<(), StoreError> {
    diesel::insert_into(facts::table).values((facts::name.eq(name), facts::value.eq(value))).execute(db)?;
    Ok(())
}
