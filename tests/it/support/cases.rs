//! Cases for tests that care about something else than what a case is about.

use std::collections::BTreeMap;

use samsyn::app::cases::{Done, Registration, StepCommand, What};
use samsyn::app::versions::{PublishOrder, VersionRefused};
use samsyn::app::{App, AppError};
use samsyn::authz::Actor;
use samsyn::ids::{PersonId, PrincipalId};
use samsyn::store::outbox::MailRow;
use samsyn::store::{StoreError, cases, outbox};
use samsyn::workflow::engine::Happened;
use serde_json::{Map, Value, json};

/// Who sends the deviations here.
pub const SENDER: &str = "mas-falun";
/// Who receives them.
pub const RECEIVER: &str = "avvikelsehandlaggare-region";

/// Who speaks for Falun in a dispute.
pub const FALUN: &str = "socialchef-falun";
/// Who speaks for the region.
pub const REGION: &str = "divisionschef-psykiatri";

/// A person with her seats of the day.
pub fn actor(app: &App, person: &str) -> Actor {
    app.actor(&PersonId::from(person)).unwrap()
}

/// A deviation of Falun's against the region; every text of it is `text`.
pub fn deviation(text: &str) -> Registration {
    let given = json!({
        "category": "other", "what_happened": text, "event_on": "2026-01-02", "discovered_on": "2026-01-02",
        "where": {"place": text, "contact": text}, "consequence_for_person": text, "urgency": "normal",
        "answer_wanted": true, "sex": "not_given", "sex_not_given_because": text, "age_group": "not_given",
    });
    Registration {
        workflow: "deviation".to_owned(),
        start: "register".to_owned(),
        happened: Happened::Now,
        parties: BTreeMap::from([("receiver".to_owned(), vec![PrincipalId::from("region-dalarna")])]),
        origins: Vec::new(),
        given: object(given),
        draft: None,
    }
}

/// Registers a deviation.
pub fn register(app: &App) -> Done {
    app.register(&actor(app, SENDER), &deviation("Något gick fel."), None).unwrap()
}

/// Takes a step from where the last one left the case.
pub fn take(app: &App, person: &str, before: &Done, transition: &str, given: Value) -> Result<Done, AppError> {
    let command = StepCommand {
        number: before.number.clone(),
        revision: before.revision,
        what: What::Take { transition: transition.to_owned(), happened: Happened::Now, given: object(given) },
    };
    app.take_step(&actor(app, person), &command, None)
}

/// A deviation that has been received, with facts added after.
pub fn received(app: &App) -> Done {
    let done = register(app);
    let done = take(app, RECEIVER, &done, "receive", json!({})).unwrap();
    take(app, SENDER, &done, "add_facts", json!({"more_facts": "Det hände igen."})).unwrap()
}

/// The members of a JSON object.
pub fn object(value: Value) -> Map<String, Value> {
    value.as_object().unwrap().clone()
}

/// A dispute against this principal, out of these cases.
pub fn raised(against: &str, origins: &[&Done]) -> Registration {
    Registration {
        workflow: "local-dispute".to_owned(),
        start: "raise".to_owned(),
        parties: BTreeMap::from([("counterpart".to_owned(), vec![PrincipalId::from(against)])]),
        origins: origins.iter().map(|origin| origin.number.clone()).collect(),
        given: object(json!({
            "subject": "Kostnad", "origin": ["other"], "clause": "ingen särskild punkt", "disputed": ["cost"],
            "child": false, "position": "Ni betalar.",
        })),
        ..deviation("")
    }
}

/// A dispute of Falun's against the region with these fields besides, with both managements after the region's position.
pub fn dispute(app: &App, further: Value) -> Done {
    let mut registration = raised("region-dalarna", &[]);
    registration.given.extend(object(further));
    let done = app.register(&actor(app, FALUN), &registration, None).unwrap();
    take(app, REGION, &done, "state_position", json!({"position": "Nej, ni."})).unwrap()
}

/// The mails about a deadline of the case, by its title, in the order in which they were written.
pub fn mails_about(app: &App, done: &Done, deadline: &str) -> Vec<MailRow> {
    let all: Result<_, StoreError> = app.store.read(|db| {
        let stored = cases::by_number(db, &done.number)?.unwrap();
        outbox::of_case(db, &stored.id)
    });
    all.unwrap().into_iter().filter(|mail| mail.content.contains(deadline)).collect()
}

/// Lets new cases get a version, from today on unless `order` says otherwise.
pub fn publish(
    app: &App,
    workflow: &str,
    version: u32,
    order: impl FnOnce(&mut PublishOrder),
) -> Result<(), VersionRefused> {
    let mut publish = PublishOrder { version: (workflow, version).into(), agreement: None, from: None, until: None };
    order(&mut publish);
    app.publish(&actor(app, "systemadministrator-lanet"), &publish)
}
