//! A database for each test: a SQLite file in a temporary folder, or, where `TEST_DATABASE_URL` is set, a PostgreSQL
//! database of its own on that server, dropped afterwards.
#![allow(dead_code)]

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::{Arc, LazyLock, OnceLock};

use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection, RunQueryDsl, SqliteConnection, sql_query};
use samsyn::app::{App, Workflows, organisation};
use samsyn::calendar::{Calendar, OfficeHours};
use samsyn::clock::{ManualClock, Timestamp};
use samsyn::ids::IdSource;
use samsyn::mail::TEMPLATES;
use samsyn::store::{DatabaseUrl, Store};
use samsyn::workflow::digest::sha256;

/// Keeps the database for as long as the test needs it.
pub struct Database {
    url: DatabaseUrl,
    server: Option<Server>,
    folder: tempfile::TempDir,
}

/// Where a PostgreSQL database is, or will be once somebody asks for it.
struct Server {
    address: String,
    name: String,
    created: OnceLock<()>,
}

impl Server {
    /// Makes the database, if nobody has: out of another one, or empty.
    fn create(&self, template: &str) {
        self.created.get_or_init(|| {
            let name = &self.name;
            // Copied as files, for that is faster than through the log.
            let create = sql_query(format!("create database {name} template {template} strategy file_copy"));
            create.execute(&mut PgConnection::establish(&self.address).unwrap()).unwrap();
        });
    }

    fn url(&self) -> DatabaseUrl {
        let (base, _) = self.address.rsplit_once('/').unwrap();
        format!("{base}/{}", self.name).parse().unwrap()
    }
}

impl Database {
    /// An empty database.
    pub fn new() -> Database {
        match std::env::var("TEST_DATABASE_URL") {
            Ok(server) => {
                let folder = tempfile::tempdir().unwrap();
                let name = format!("samsyn_test_{}", IdSource::random().next(Timestamp::default()));
                let server = Server { address: server, name, created: OnceLock::new() };
                Database { url: server.url(), server: Some(server), folder }
            }
            Err(_) => Database::file(),
        }
    }

    /// An empty SQLite file, whatever the tests run on.
    pub fn file() -> Database {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("samsyn.db").display()).parse().unwrap();
        Database { url, server: None, folder }
    }

    /// Its address.
    pub fn url(&self) -> &DatabaseUrl {
        self.server.iter().for_each(|server| server.create("template1"));
        &self.url
    }

    /// Its address as `DATABASE_URL` takes it.
    pub fn url_text(&self) -> String {
        match self.url() {
            DatabaseUrl::Sqlite(path) => format!("sqlite:{}", path.display()),
            DatabaseUrl::Postgres(text) => text.clone(),
        }
    }

    /// Whether it is PostgreSQL.
    pub fn is_postgres(&self) -> bool {
        self.server.is_some()
    }

    /// A folder that lives as long.
    pub fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    /// The store, migrated.
    pub fn store(&self) -> Store {
        match (&self.url, &self.server) {
            (DatabaseUrl::Sqlite(path), _) if !path.exists() => std::fs::write(path, &*MIGRATED).unwrap(),
            (DatabaseUrl::Postgres(_), Some(server)) => server.create(&MIGRATED_POSTGRES),
            _ => {}
        }
        let store = Store::open(&self.url, 4).unwrap();
        store.migrate().unwrap();
        store
    }
}

/// The SQLite file that the migrations make of nothing: made once, for it takes longer than many a test.
static MIGRATED: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("samsyn.db");
    let store = Store::open(&DatabaseUrl::Sqlite(path.clone()), 1).unwrap();
    store.migrate().unwrap();
    drop(store);
    // Into the one file, whatever the connections have left beside it.
    SqliteConnection::establish(path.to_str().unwrap())
        .unwrap()
        .batch_execute("pragma wal_checkpoint(truncate); pragma journal_mode = delete")
        .unwrap();
    std::fs::read(path).unwrap()
});

/// The PostgreSQL database that the migrations make of nothing, likewise: its name. It stays on the server for the next run, under
/// the digest of the migrations. Nobody stays connected to it, or it could be no template.
static MIGRATED_POSTGRES: LazyLock<String> = LazyLock::new(|| {
    let address = std::env::var("TEST_DATABASE_URL").unwrap();
    let mut admin = PgConnection::establish(&address).unwrap();
    let name = format!("samsyn_template_{}", &sha256(&migrations()).0[..16]);
    // Of several runs on one server one makes it, and the others wait.
    sql_query("select pg_advisory_lock(20260302)").execute(&mut admin).unwrap();
    let there = sql_query(format!("select from pg_database where datname = '{name}'")).execute(&mut admin).unwrap();
    if there == 0 {
        let server = Server { address, name: format!("{name}_new"), created: OnceLock::new() };
        sql_query(format!("drop database if exists {} with (force)", server.name)).execute(&mut admin).unwrap();
        server.create("template1");
        Store::open(&server.url(), 1).unwrap().migrate().unwrap();
        sql_query(format!("alter database {} rename to {name}", server.name)).execute(&mut admin).unwrap();
    }
    name
});

/// Everything that the migrations for PostgreSQL say, in their order.
fn migrations() -> Vec<u8> {
    let entries =
        |path: &Path| std::fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()).collect::<BTreeSet<_>>();
    let folders = entries(&Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations/postgres"));
    let files = folders.iter().filter(|path| path.is_dir()).flat_map(|folder| entries(folder));
    files.flat_map(|file| std::fs::read(file).unwrap()).collect()
}

/// The workflows that the program is built with, read once for all tests.
pub fn shipped() -> Arc<Workflows> {
    static SHIPPED: LazyLock<Arc<Workflows>> = LazyLock::new(|| Arc::new(Workflows::shipped(TEMPLATES).unwrap()));
    SHIPPED.clone()
}

impl Drop for Database {
    fn drop(&mut self) {
        if let Some(Server { address, name, .. }) = &self.server
            && let Ok(mut admin) = PgConnection::establish(address)
        {
            let _ = sql_query(format!("drop database if exists {name} with (force)")).execute(&mut admin);
        }
    }
}

/// An application over a database of its own, with the demonstration's organisation and a clock that the test sets.
pub struct TestApp {
    /// The application.
    pub app: App,
    /// Its clock.
    pub clock: Arc<ManualClock>,
    /// Its database.
    pub database: Database,
}

/// The organisation of the demonstration.
pub const ORGANISATION: &str = include_str!("../../../src/demo/organisation.yaml");

impl TestApp {
    /// At `now`, such as `2026-03-02T08:00:00Z`.
    pub fn at(now: &str) -> TestApp {
        TestApp::seeded(now, 1)
    }

    /// At `now`, with identifiers from this seed.
    pub fn seeded(now: &str, seed: u64) -> TestApp {
        TestApp::over(Database::new(), now, seed)
    }

    /// Over this database.
    pub fn over(database: Database, now: &str, seed: u64) -> TestApp {
        let clock = Arc::new(ManualClock::new(now.parse().unwrap()));
        let app = App {
            store: database.store(),
            clock: clock.clone(),
            ids: Arc::new(IdSource::seeded(seed)),
            workflows: shipped(),
            calendar: Arc::new(Calendar::swedish()),
            hours: OfficeHours::default(),
            public_url: "http://samsyn.example".into(),
            proxy: std::net::Ipv4Addr::LOCALHOST.into(),
            oidc: None,
        };
        begin_with_first_versions(&app);
        app.import(&organisation::read("organisation.yaml", ORGANISATION).unwrap()).unwrap();
        TestApp { app, clock, database }
    }
}

/// Lets cases begin under version 1 of each workflow, which is what most tests tell of.
pub fn begin_with_first_versions(app: &App) {
    for workflow in ["deviation", "local-dispute"] {
        app.begin_with(workflow, 1).unwrap();
    }
}

/// Brings further people into the organisation: a list in YAML, such as `- {id: anna, name: Anna, memberships: [...]}`.
pub fn add_people(app: &App, people: &str) {
    let file = format!("{ORGANISATION}  {people}\n");
    app.import(&organisation::read("organisation.yaml", &file).unwrap()).unwrap();
}
