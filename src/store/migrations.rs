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

/// What a database holds, as far as its tables tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Contents {
    /// No table.
    Nothing,
    /// The tables of this program.
    Ours,
    /// Other tables.
    Foreign,
}

#[derive(QueryableByName)]
struct TableName {
    #[diesel(sql_type = diesel::sql_types::Text)]
    name: String,
}

impl Store {
    /// What the database holds, before anything is asked of it.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub fn contents(&self) -> Result<Contents, StoreError> {
        let mut db = self.connection()?;
        let tables: Vec<TableName> = match &mut *db {
            Db::Sqlite(sqlite) => {
                diesel::sql_query("select name from sqlite_master where type = 'table'").load(sqlite)?
            }
            Db::Postgres(postgres) => {
                let tables = "select tablename::text as name from pg_tables where schemaname = current_schema()";
                diesel::sql_query(tables).load(postgres)?
            }
        };
        let holds = |wanted: &str| tables.iter().any(|table| table.name == wanted);
        Ok(match () {
            () if tables.is_empty() => Contents::Nothing,
            () if holds("facts") && holds("__diesel_schema_migrations") => Contents::Ours,
            () => Contents::Foreign,
        })
    }
}

/// The fact by which a database is known to hold the demonstration and nothing else.
pub const DEMONSTRATION: &str = "demo";

/// A fact about the database itself.
pub fn fact(db: &mut Db, name: &str) -> Result<Option<String>, StoreError> {
    Ok(facts::table.find(name).select(facts::value).get_result(db).optional()?)
}

/// Notes a fact about the database itself, once.
pub fn note_fact(db: &mut Db, name: &str, value: &str) -> Result<(), StoreError> {
    diesel::insert_into(facts::table).values((facts::name.eq(name), facts::value.eq(value))).execute(db)?;
    Ok(())
}

/// Sets a fact about the database itself, whether it was noted before or not.
pub fn set_fact(db: &mut Db, name: &str, value: &str) -> Result<(), StoreError> {
    match diesel::update(facts::table.find(name)).set(facts::value.eq(value)).execute(db)? {
        0 => note_fact(db, name, value),
        _ => Ok(()),
    }
}
