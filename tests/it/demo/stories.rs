//! The demonstration on a database: its stories play to their ends, are told the same every time, and leave a log that
//! holds; its mails hold nothing that anybody wrote; it takes no database that is not its own.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use chrono::NaiveDate;
use samsyn::app::App;
use samsyn::app::view::{Filter, Turn};
use samsyn::calendar::{Calendar, OfficeHours, start_of_day};
use samsyn::clock::ManualClock;
use samsyn::demo::report;
use samsyn::demo::run::{self, DemoError};
use samsyn::ids::IdSource;
use samsyn::mail::{Outgoing, Transport};
use samsyn::store::{Store, cases, log};

use super::scenarios::{name, stories};
use crate::support::database::{Database, TestApp};

/// The demonstration on a database, and the mails that it sent.
struct Demo {
    app: App,
    sent: Arc<Mutex<Vec<Outgoing>>>,
}

impl Demo {
    fn over(database: &Database) -> Demo {
        let store = Store::open(database.url(), 2).unwrap();
        run::take(&store).unwrap_or_else(|error| panic!("{error}"));
        let noon = start_of_day(NaiveDate::from_ymd_opt(2026, 11, 23).unwrap());
        let app = App {
            store,
            clock: Arc::new(ManualClock::new(noon)),
            ids: Arc::new(IdSource::random()),
            workflows: crate::support::database::shipped(),
            calendar: Arc::new(Calendar::swedish()),
            hours: OfficeHours::default(),
            public_url: "http://samsyn.example".into(),
            proxy: std::net::Ipv4Addr::LOCALHOST.into(),
            oidc: None,
        };
        Demo { app, sent: Arc::default() }
    }

    fn transport(&self) -> Transport {
        Transport::Memory(self.sent.clone())
    }

    /// Plays the stories and gives the transcript of each.
    fn told(&self) -> Vec<String> {
        let mut told = Vec::new();
        let sender = "samsyn@localhost".parse().unwrap();
        run::play_stories(&self.app, &self.transport(), &sender, |story| {
            told.push(story.to_owned());
            Ok::<(), DemoError>(())
        })
        .unwrap_or_else(|error| panic!("{error}"));
        told
    }

    /// Answers with what is told of those that went over.
    fn leave_cases_open(&self) -> String {
        let sender = "samsyn@localhost".parse().unwrap();
        let crossings = run::leave_cases_open(&self.app, &self.transport(), &sender, self.app.now());
        report::crossings(&crossings.unwrap_or_else(|error| panic!("{error}")))
    }

    fn cases(&self) -> Vec<cases::StoredCase> {
        let stored = self.app.store.read(|db| {
            let numbers = cases::numbers(db, None, 1000)?;
            let stored = numbers.iter().map(|number| Ok(cases::by_number(db, number)?.unwrap()));
            stored.collect::<Result<Vec<_>, samsyn::store::StoreError>>()
        });
        stored.unwrap()
    }

    /// Everything that anybody wrote, but for single words that the workflow files hold too: mails hold their titles.
    fn texts(&self) -> BTreeSet<String> {
        let mut texts = BTreeSet::new();
        let titles: String = self.app.workflows.all().map(|known| known.text.to_string()).collect();
        let told_apart = |text: &String| text.chars().count() > 5 && !titles.contains(text.as_str());
        for stored in self.cases() {
            let rows = self.app.store.read(|db| log::all_texts(db, &stored.id)).unwrap();
            texts.extend(rows.into_iter().filter_map(|row| row.text).filter(told_apart));
        }
        texts
    }
}

#[test]
fn the_stories_are_told_the_same_on_any_database_and_again() {
    let database = Database::new();
    let told = Demo::over(&database).told();
    for (story, transcript) in stories().iter().zip(&told) {
        insta::assert_snapshot!(name(story), transcript);
    }
    assert!(told == Demo::over(&database).told(), "the second run begins afresh and tells the same");
}

#[test]
fn what_is_left_is_whole_full_and_tells_nothing_in_mails() {
    let database = Database::new();
    let demo = Demo::over(&database);
    demo.told();
    insta::assert_snapshot!(demo.leave_cases_open());
    let verified = demo.app.verify_log(&[], |_| ()).unwrap();
    assert_eq!(verified.problems, [""; 0], "each chain holds, and each case is what its log says");

    let stored = demo.cases();
    for known in demo.app.workflows.all() {
        let open = known.definition.states.iter().filter(|(_, state)| state.outcome.is_none());
        for (state, _) in open {
            let left = stored
                .iter()
                .any(|stored| stored.case.workflow == known.definition.workflow && stored.case.state == *state);
            assert!(left, "no {} is left in {state}", known.definition.workflow);
        }
    }

    for (person, name) in demo.app.demonstration_people().unwrap() {
        let actor = demo.app.actor(&person).unwrap();
        for theirs in [true, false] {
            let filter = Filter {
                turn: Some(if theirs { Turn::Mine } else { Turn::NotMine }),
                ended: Some(false),
                ..Filter::default()
            };
            let listed = demo.app.list_cases(&actor, &filter, None, 500).unwrap().cases;
            let once: BTreeSet<_> = listed.iter().map(|case| &case.number).collect();
            assert_eq!(once.len(), listed.len(), "{name} has a case twice in a list");
        }
    }

    let (texts, sent) = (demo.texts(), demo.sent.lock().unwrap());
    assert!(texts.len() > 200 && sent.len() > 400, "{} texts, {} mails", texts.len(), sent.len());
    for mail in sent.iter() {
        let rendered = &mail.rendered;
        let whole = format!("{}\n{}\n{}", rendered.subject, rendered.text, rendered.html);
        let leaked = texts.iter().find(|text| whole.contains(text.as_str()));
        assert_eq!(leaked, None, "in {}", mail.id);
    }
}

#[test]
fn a_database_that_holds_anything_else_is_left_as_it_is() {
    let test = TestApp::at("2026-03-02T08:00:00Z");
    let refused = run::take(&test.app.store).unwrap_err();
    assert!(matches!(refused, DemoError::Foreign(_)), "{refused}");
    assert_eq!(refused.to_string().lines().count(), 1);
    assert!(test.app.actor(&"mas-falun".into()).is_ok());
}

#[test]
fn an_empty_database_and_a_migrated_one_are_taken() {
    for migrated in [false, true] {
        let database = Database::new();
        let store = Store::open(database.url(), 2).unwrap();
        if migrated {
            store.migrate().unwrap();
        }
        run::take(&store).unwrap();
        run::take(&store).unwrap();
    }
}
