//! A database for each test: a SQLite file in a temporary folder, or, where `TEST_DATABASE_URL` is set, a PostgreSQL
//! database of its own on that server, dropped afterwards.
#![allow(dead_code)]

use std::sync::{Arc, LazyLock, OnceLock};

use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection, RunQueryDsl, SqliteConnection, sql_query};
use samsyn::app::{App, Workflows, organisation};
use samsyn::calendar::{Calendar, OfficeHours};
use samsyn::clock::{ManualClock, Timestamp};
use samsyn::ids::IdSource;
use samsyn::mail::TEMPLATES;
use samsyn::store::{DatabaseUrl, Store};

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

/// The PostgreSQL database that the migrations make of nothing, likewise: its name. Nobody stays connected to it, or it could be no
/// template. The next run of the tests makes it anew.
static MIGRATED_POSTGRES: LazyLock<&str> = LazyLock::new(|| {
    const NAME: &str = "samsyn_test_template";
    let address = std::env::var("TEST_DATABASE_URL").unwrap();
    let again = sql_query(format!("drop database if exists {NAME} with (force)"));
    again.execute(&mut PgConnection::establish(&address).unwrap()).unwrap();
    let server = Server { address, name: NAME.to_owned(), created: OnceLock::new() };
    server.create("template1");
    Store::open(&server.url(), 1).unwrap().migrate().unwrap();
    NAME
});

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
