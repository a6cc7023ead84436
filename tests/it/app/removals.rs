//! Removal of content: by the archivist of those who wrote it, for good, everywhere.

use samsyn::app::cases::Done;
use samsyn::app::notes::{NoteCommand, NoteRoom};
use samsyn::app::removals::RemovalOrder;
use samsyn::app::view::EntryView;
use samsyn::app::{App, AppError};
use samsyn::store::held_forms::{self, Sender};
use samsyn::workflow::log::RemovalReason;
use samsyn::workflow::rejection::Code;
use serde_json::json;

use crate::support::cases::{RECEIVER, SENDER, actor, deviation, take};
use crate::support::database::{TestApp, add_people};
use crate::support::sql;

const ARCHIVIST: &str = "arkivansvarig-falun";
const OTHERS: &str = "arkiv-region";

fn order(done: &Done, room: &str, entry: u64, path: &str) -> RemovalOrder {
    let (number, path) = (done.number.clone(), path.to_owned());
    RemovalOrder { number, room: room.parse().unwrap(), entry, path, reason: RemovalReason::Identity }
}

fn remove(app: &App, person: &str, order: &RemovalOrder) -> Result<Done, AppError> {
    app.remove_content(&actor(app, person), order, "", None)
}

fn is_none<T: std::fmt::Debug>(outcome: Result<T, AppError>) {
    assert!(matches!(outcome, Err(AppError::NotFound)), "{outcome:?}");
}

fn verifies(app: &App) -> usize {
    let verified = app.verify_log(&[], |_| {}).unwrap();
    assert_eq!(verified.problems, Vec::<String>::new());
    verified.removed.len()
}

/// A deviation of Falun's whose every text is "Sagt av Falun", with a question of the region's and notes in every room.
fn scene(app: &App) -> Done {
    add_people(
        app,
        &format!(
            "- {{id: {OTHERS}, name: Arkiv Region, memberships: [{{role: archivist, principal: region-dalarna}}]}}"
        ),
    );
    let done = app.register(&actor(app, SENDER), &deviation("Sagt av Falun"), None).unwrap();
    let done = take(app, RECEIVER, &done, "receive", json!({})).unwrap();
    let done = take(app, RECEIVER, &done, "ask_before_routing", json!({"question": "Frågat av regionen"})).unwrap();
    for (person, text) in [(SENDER, "Antecknat av Falun"), (RECEIVER, "Antecknat av regionen")] {
        for room in [NoteRoom::Shared, NoteRoom::Own] {
            let note = NoteCommand { number: done.number.clone(), room, text: text.to_owned(), corrects: None };
            app.write_note(&actor(app, person), &note, None).unwrap();
        }
    }
    done
}

/// The removals that a person sees.
fn removals(app: &App, person: &str, done: &Done) -> Vec<EntryView> {
    let mut entries = app.timeline(&actor(app, person), &done.number).unwrap();
    entries.retain(|entry| entry.kind == "removal");
    entries
}

fn left(app: &App, words: &str) -> usize {
    sql::dump(&app.store).iter().filter(|row| row.contains(words)).count()
}

#[test]
fn an_archivist_removes_what_her_own_people_wrote_and_nothing_else() {
    let test = TestApp::at("2026-03-02T08:00:00Z");
    let app = &test.app;
    let done = scene(app);
    let hers = app.removable(&actor(app, ARCHIVIST), &done.number).unwrap();
    assert!(hers.iter().all(|text| text.text.contains("Falun")), "{hers:?}");
    let places: Vec<_> = hers.iter().map(|text| (text.room.to_string(), text.entry, text.path.as_str())).collect();
    let place = |room: &str, entry, path| (room.to_owned(), entry, path);
    assert_eq!(
        places,
        [
            place("shared", 1, "consequence_for_person"),
            place("shared", 1, "what_happened"),
            place("shared", 1, "where.contact"),
            place("shared", 1, "where.place"),
            place("shared", 4, "text"),
            place("own:falun", 1, "sex_not_given_because"),
            place("own:falun", 2, "text"),
        ]
    );
    let theirs = app.removable(&actor(app, OTHERS), &done.number).unwrap();
    assert!(theirs.len() == 3 && theirs.iter().all(|text| text.text.contains("regionen")), "{theirs:?}");

    // Theirs is not hers, nor the other way round; and nobody else's right, whatever she may read.
    for text in &theirs {
        is_none(remove(app, ARCHIVIST, &order(&done, &text.room.to_string(), text.entry, &text.path)));
    }
    for text in &hers {
        for nobody in [OTHERS, SENDER, "socialchef-falun", "registrator-falun", "mas-borlange"] {
            is_none(remove(app, nobody, &order(&done, &text.room.to_string(), text.entry, &text.path)));
        }
    }
    for nowhere in [("shared", 0, "text"), ("shared", 99, "text"), ("shared", 1, "category"), ("own:mora", 1, "text")] {
        is_none(remove(app, ARCHIVIST, &order(&done, nowhere.0, nowhere.1, nowhere.2)));
    }
    for nobody in [SENDER, "mas-borlange", "natverkssekreterare"] {
        is_none(app.removable(&actor(app, nobody), &done.number));
    }
    assert_eq!((left(app, "Sagt av Falun"), verifies(app)), (5, 0));

    for (n, text) in hers.iter().enumerate() {
        let order = order(&done, &text.room.to_string(), text.entry, &text.path);
        remove(app, ARCHIVIST, &order).unwrap();
        is_none(remove(app, ARCHIVIST, &order));
        assert_eq!(verifies(app), n + 1);
    }
    assert_eq!(app.removable(&actor(app, ARCHIVIST), &done.number).unwrap(), []);
    assert_eq!([left(app, "av Falun"), left(app, "av regionen")], [0, 3]);
}

#[test]
fn a_removal_stands_in_the_timeline_with_who_why_and_what() {
    let test = TestApp::at("2026-03-02T08:00:00Z");
    let app = &test.app;
    let done = scene(app);
    let what = order(&done, "shared", 1, "where.contact");
    let archivist = actor(app, ARCHIVIST);
    let guarded = app.remove_content(&archivist, &what, "Gällde 811218-9876.", None);
    let Err(AppError::Rejected(rejection)) = guarded else { panic!("{guarded:?}") };
    assert_eq!(
        (rejection.reasons[0].code, rejection.reasons[0].field.as_deref()),
        (Code::PersonalNumber, Some("explanation"))
    );
    assert_eq!(left(app, "Sagt av Falun"), 5, "refused, nothing is gone");
    let entry = app.remove_content(&archivist, &what, " Enligt beslut 12. ", None).unwrap().entry;

    for person in [SENDER, RECEIVER] {
        let removal = removals(app, person, &done).remove(0);
        assert_eq!(
            (removal.kind.as_str(), removal.title.as_str(), removal.about),
            ("removal", "Innehåll borttaget", Some(1))
        );
        let by = removal.by.unwrap();
        assert_eq!(
            (by.name.as_deref(), by.organisation.as_deref()),
            (Some("Arkivansvarig Falun"), Some("Falu kommun"))
        );
        let data = json!({"path": "where.contact", "reason": "identity", "explanation": "Enligt beslut 12."});
        assert_eq!(json!(removal.data), data);
    }
    // What she wrote in words is a text as any other.
    remove(app, ARCHIVIST, &order(&done, "shared", entry, "explanation")).unwrap();
    assert_eq!((left(app, "beslut 12"), verifies(app)), (0, 2));
    let own = remove(app, ARCHIVIST, &order(&done, "own:falun", 1, "sex_not_given_because")).unwrap();
    assert_eq!(own.entry, 3);
    assert_eq!(
        [removals(app, SENDER, &done).len(), removals(app, RECEIVER, &done).len()],
        [3, 2],
        "her own room is hers"
    );
}

#[test]
fn who_has_left_the_case_still_removes_what_she_wrote_there() {
    let test = TestApp::at("2026-03-02T08:00:00Z");
    let app = &test.app;
    add_people(app, "- {id: arkiv-mora, name: Arkiv Mora, memberships: [{role: archivist, principal: mora}]}");
    let mut registration = deviation("Något gick fel.");
    registration.parties = [("receiver".to_owned(), vec!["mora".into()])].into();
    let done = app.register(&actor(app, RECEIVER), &registration, None).unwrap();
    let done = take(app, "mas-mora", &done, "receive", json!({})).unwrap();
    let done = take(app, "mas-mora", &done, "wrong_principal", json!({"grounds": "Sagt av Mora"})).unwrap();
    take(app, RECEIVER, &done, "redirect", json!({"new_receiver": "falun", "grounds": "Er fråga."})).unwrap();
    let hers = app.removable(&actor(app, "arkiv-mora"), &done.number).unwrap();
    assert_eq!(hers.iter().map(|text| text.text.as_str()).collect::<Vec<_>>(), ["Sagt av Mora"]);
    remove(app, "arkiv-mora", &order(&done, "shared", hers[0].entry, "grounds")).unwrap();
    assert_eq!((left(app, "Sagt av Mora"), verifies(app)), (0, 1));
    is_none(remove(app, ARCHIVIST, &order(&done, "shared", 1, "what_happened")));
}

#[test]
fn a_waiting_form_that_repeats_the_text_goes_with_it() {
    let test = TestApp::at("2026-03-02T08:00:00Z");
    let app = &test.app;
    let done = scene(app);
    let hold = |person: &str, address: &str, text: &str| {
        app.store
            .write(|db| {
                let form = json!([["_key", "k"], ["more_facts", text]]).to_string();
                held_forms::keep(db, &Sender { person: person.into(), principal: None }, address, &form, app.now())
            })
            .unwrap();
    };
    let page = format!("/cases/{}/steps/add_facts", done.number);
    hold(SENDER, &page, "Jag skrev: \"Sagt av Falun\".");
    hold("sas-falun", &page, "Något annat.");
    // A note waits for the page of the case itself.
    let case = format!("/cases/{}", done.number);
    hold("registrator-falun", &case, "Hon skrev: Sagt av Falun.");
    hold("socialchef-falun", &case, "En anteckning om annat.");
    hold("mas-mora", "/cases/FALUN-2026-9999/steps/add_facts", "Sagt av Falun");
    for (room, path) in [("shared", "consequence_for_person"), ("own:falun", "sex_not_given_because")] {
        remove(app, ARCHIVIST, &order(&done, room, 1, path)).unwrap();
    }
    let held = sql::lines(&app.store, "select person_id as line from held_forms order by 1");
    assert_eq!(held, ["mas-mora", "sas-falun", "socialchef-falun"]);
}

#[test]
fn the_operators_removal_is_the_same_one_under_a_name() {
    let test = TestApp::at("2026-03-02T08:00:00Z");
    let app = &test.app;
    let done = scene(app);
    for (room, entry, path) in [("shared", 3, "question"), ("own:region-dalarna", 1, "text"), ("shared", 5, "text")] {
        let order = order(&done, room, entry, path);
        app.remove_as_operator(&order, "Driften").unwrap();
        is_none(app.remove_as_operator(&order, "Driften"));
    }
    assert_eq!((left(app, "av regionen"), verifies(app)), (0, 3));
    let shown = removals(app, SENDER, &done);
    let about: Vec<_> = shown.iter().map(|removal| (removal.by.is_none(), removal.about)).collect();
    assert_eq!(about, [(true, Some(3)), (true, Some(5))]);
}
