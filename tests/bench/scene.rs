//! A database of its own, and open disputes on which steps can be taken without end.

use std::collections::BTreeMap;
use std::sync::Arc;

use diesel::prelude::*;
use diesel::sql_query;
use samsyn::app::cases::{Done, Registration, StepCommand, What};
use samsyn::app::{App, Workflows, organisation};
use samsyn::authz::Actor;
use samsyn::calendar::{Calendar, OfficeHours};
use samsyn::clock::{ManualClock, SystemClock, Timestamp};
use samsyn::ids::{CaseNumber, IdSource, PersonId, PrincipalId};
use samsyn::mail::TEMPLATES;
use samsyn::store::{DatabaseUrl, Store};
use samsyn::workflow::engine::Happened;
use serde_json::{Map, Value, json};

const ORGANISATION: &str = include_str!("../../src/demo/organisation.yaml");

pub struct Scene {
    pub app: App,
    pub url: DatabaseUrl,
    folder: tempfile::TempDir,
}

/// An open dispute, and the revision that it stands at.
pub struct Dispute {
    pub number: CaseNumber,
    pub revision: u64,
}

impl Scene {
    /// On the database that `TEST_DATABASE_URL` names, in a database of its own; on SQLite without it.
    pub fn open() -> Scene {
        let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
        let url = match std::env::var("TEST_DATABASE_URL") {
            Ok(server) => {
                let name = format!("samsyn_bench_{}", IdSource::random().next(Timestamp::default()));
                let mut admin = PgConnection::establish(&server).unwrap();
                sql_query(format!("create database {name}")).execute(&mut admin).unwrap();
                format!("{}/{name}", server.rsplit_once('/').unwrap().0)
            }
            Err(_) => format!("sqlite:{}", folder.path().join("bench.db").display()),
        };
        Scene::at(url.parse().unwrap(), folder)
    }

    fn at(url: DatabaseUrl, folder: tempfile::TempDir) -> Scene {
        let store = Store::open(&url, 8).unwrap();
        store.migrate().unwrap();
        let app = App {
            store,
            clock: Arc::new(SystemClock),
            ids: Arc::new(IdSource::random()),
            workflows: Arc::new(Workflows::shipped(TEMPLATES).unwrap()),
            calendar: Arc::new(Calendar::swedish()),
            hours: OfficeHours::default(),
            public_url: "http://samsyn.example".into(),
            proxy: std::net::Ipv4Addr::LOCALHOST.into(),
            oidc: None,
        };
        // What the figures were always taken of.
        for workflow in ["deviation", "local-dispute"] {
            app.begin_with(workflow, 1).unwrap();
        }
        app.import(&organisation::read("organisation.yaml", ORGANISATION).unwrap()).unwrap();
        Scene { app, url, folder }
    }

    /// A folder of its own.
    pub fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    pub fn is_postgres(&self) -> bool {
        matches!(self.url, DatabaseUrl::Postgres(_))
    }

    /// The same application at another time.
    pub fn app_at(&self, now: Timestamp) -> App {
        App { clock: Arc::new(ManualClock::new(now)), ..self.app.clone() }
    }

    /// The durability that both sides of every comparison run under.
    pub fn settings(&self) -> String {
        match &self.url {
            DatabaseUrl::Sqlite(_) => "SQLite, journal_mode=WAL, synchronous=FULL".to_owned(),
            DatabaseUrl::Postgres(url) => {
                let mut db = PgConnection::establish(url).unwrap();
                let show = |name: &str, db: &mut PgConnection| {
                    let row = sql_query(format!("select current_setting('{name}') as value")).get_result::<Setting>(db);
                    format!("{name}={}", row.unwrap().value)
                };
                let (fsync, commit) = (show("fsync", &mut db), show("synchronous_commit", &mut db));
                format!("PostgreSQL, {fsync}, {commit}, 8 connections")
            }
        }
    }

    pub fn manager(&self) -> Actor {
        self.actor("socialchef-falun")
    }

    /// A dispute of Falun's that stands with local management.
    pub fn dispute(&self) -> Dispute {
        let done = self.dispute_of("socialchef-falun");
        Dispute { number: done.number, revision: done.revision }
    }

    /// A dispute that somebody raises against the region, and that stands with local management.
    pub fn dispute_of(&self, who: &str) -> Done {
        let registration = Registration {
            workflow: "local-dispute".to_owned(),
            start: "raise".to_owned(),
            happened: Happened::Now,
            parties: BTreeMap::from([("counterpart".to_owned(), vec![PrincipalId::from("region-dalarna")])]),
            origins: Vec::new(),
            given: object(json!({
                "subject": "Kostnad för placering", "origin": ["local_agreement"], "clause": "Punkt 4.2",
                "disputed": ["cost"], "child": false, "position": "Vi anser att regionen ska bära kostnaden.",
            })),
            draft: None,
        };
        let done = self.app.register(&self.actor(who), &registration, None).unwrap();
        let position = json!({"position": "Vi anser att kommunen ska bära kostnaden."});
        self.step("divisionschef-psykiatri", &done, "state_position", position)
    }

    /// A deviation that somebody sends.
    pub fn deviation(&self, who: &str, receiver: &str) -> Done {
        let registration = Registration {
            workflow: "deviation".to_owned(),
            start: "register".to_owned(),
            happened: Happened::Now,
            parties: BTreeMap::from([("receiver".to_owned(), vec![PrincipalId::from(receiver)])]),
            origins: Vec::new(),
            given: object(json!({
                "category": "other", "what_happened": "Ingen kom.", "event_on": "2026-01-02", "discovered_on": "2026-01-02",
                "where": {"place": "Mottagningen", "contact": "MAS"}, "consequence_for_person": "Fick vänta.",
                "urgency": "normal", "answer_wanted": true, "sex": "woman", "age_group": "from_25_to_44",
            })),
            draft: None,
        };
        self.app.register(&self.actor(who), &registration, None).unwrap()
    }

    /// A step from where the last one left the case.
    pub fn step(&self, who: &str, before: &Done, transition: &str, given: Value) -> Done {
        let command =
            StepCommand { number: before.number.clone(), revision: before.revision, what: take(transition, given) };
        self.app.take_step(&self.actor(who), &command, None).unwrap()
    }

    fn actor(&self, who: &str) -> Actor {
        self.app.actor(&PersonId::from(who)).unwrap()
    }
}

#[derive(QueryableByName)]
struct Setting {
    #[diesel(sql_type = diesel::sql_types::Text)]
    value: String,
}

pub fn take(transition: &str, given: Value) -> What {
    What::Take { transition: transition.to_owned(), happened: Happened::Now, given: object(given) }
}

fn object(value: Value) -> Map<String, Value> {
    value.as_object().unwrap().clone()
}
