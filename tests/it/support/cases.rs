//! Cases for tests that care about something else than what a case is about.

use std::collections::BTreeMap;

use samsyn::app::cases::{Done, Registration, StepCommand, What};
use samsyn::app::{App, AppError};
use samsyn::authz::Actor;
use samsyn::ids::{PersonId, PrincipalId};
use samsyn::workflow::engine::Happened;
use serde_json::{Map, Value, json};

/// Who sends the deviations here.
pub const SENDER: &str = "mas-falun";
/// Who receives them.
pub const RECEIVER: &str = "avvikelsehandlaggare-region";

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
