//! What a new version leaves behind: a case that goes over to it after it had left somebody, to whom it is what it was when it left;
//! a draft of a start that it does not have.

use std::collections::BTreeMap;

use samsyn::app::cases::{Done, Registration};
use samsyn::app::documents::DocumentCommand;
use samsyn::app::notes::NoteRoom;
use samsyn::ids::{CaseNumber, PrincipalId};
use samsyn::workflow::engine::Happened;
use serde_json::{Value, json};

use super::api::Api;
use super::browser::Browser;
use crate::migration::{ONE, PLAN, TWO, begins, comes_with, real};
use crate::support::cases::{RECEIVER, actor, object, publish, take};
use crate::support::files::PDF;
use crate::support::sql;

/// Who receives it first, and whom it is sent on to.
const FORMER: &str = "mas-mora";
const PRESENT: &str = "mas-falun";

/// Both versions, with a step that sends a case on to another.
fn with_a_way_on(text: &str, state: &str, deadline: &str) -> String {
    let step = format!(
        "\n  - {{id: send_on, title: Skicka vidare, from: {state}, target: stay, by: {{party: asker, role: handler}}, \
         require: [other], effects: [{{replace_party: answerer, with: other}}], basis: [R1]}}\ndeadlines:\n"
    );
    let text = text.replacen("\nfields:\n", "\nfields:\n  other: {type: principal, title: Annan}\n", 1);
    assert!(text.contains(deadline));
    text.replacen("\ndeadlines:\n", &step, 1)
}

fn asked(api: &Api) -> Done {
    let registration = Registration {
        workflow: "matter".to_owned(),
        start: "ask".to_owned(),
        happened: Happened::Now,
        parties: BTreeMap::from([("answerer".to_owned(), vec![PrincipalId::from("mora")])]),
        origins: Vec::new(),
        given: object(json!({"question": "Vem gör vad?", "urgency": "now"})),
        draft: None,
    };
    api.test.app.register(&actor(&api.test.app, RECEIVER), &registration, None).unwrap()
}

/// Everything that she is told of the case but the day.
fn told(api: &Api, person: &str, number: &CaseNumber) -> Vec<Value> {
    let told = [
        format!("/api/cases/{number}"),
        format!("/api/cases/{number}/timeline"),
        format!("/api/cases/{number}/transitions"),
        "/api/cases".to_owned(),
    ];
    told.iter().map(|uri| api.get(person, uri).expect(200).json()).collect()
}

#[test]
fn whom_a_case_has_left_reads_it_as_it_was_when_it_left() {
    let mut api = Api::new();
    let one = with_a_way_on(ONE, "open", "reply_in_time");
    begins(&mut api.test, &one);
    let done = asked(&api);
    let document = DocumentCommand {
        number: done.number.clone(),
        room: NoteRoom::Shared,
        name: "Plan.pdf".to_owned(),
        description: String::new(),
        bytes: PDF.to_vec(),
    };
    api.test.app.attach_document(&actor(&api.test.app, RECEIVER), &document, None).unwrap();
    take(&api.test.app, RECEIVER, &done, "send_on", json!({"other": "falun"})).unwrap();

    let page = |api: &Api, person: &str| {
        Browser::signed_in(api, person).get(&format!("/cases/{}", done.number)).expect(200).body
    };
    let (before, seen) = (told(&api, FORMER, &done.number), page(&api, FORMER));
    assert!(seen.contains("Väntar på svar") && seen.contains("Vem gör vad?") && seen.contains("Plan.pdf"), "{seen}");
    let plan = comes_with(&mut api.test, PLAN, (&one, &with_a_way_on(TWO, "asked", "answer_in_time")));
    assert_eq!(real(&api.test.app, &plan)[0].verdict, "ok");

    let now = page(&api, PRESENT);
    assert!(now.contains("Besvaras") && now.contains("version 2"), "whose it is sees what it is now");
    assert_eq!(told(&api, FORMER, &done.number), before);
    let after = page(&api, FORMER);
    assert!(after.contains("Väntar på svar") && after.contains("Vem gör vad?") && !after.contains("version 2"));
    let form = api.test.app.form_of(&actor(&api.test.app, FORMER), &done.number).unwrap();
    assert_eq!(form.version, 1);
    assert!(form.fields.iter().all(|field| field.id != "matter"), "nor does she learn what the new one asks for");

    // Shelves that are filled anew say the same.
    let shelves = || {
        let row = "shelf || ' ' || state || ' ' || level || ' ' || standing";
        sql::lines(&api.test.app.store, &format!("select {row} as line from lists order by 1"))
    };
    let held = shelves();
    assert!(held.iter().any(|row| row.contains("mora") && row.contains(" open ")), "{held:?}");
    sql::execute(&api.test.app.store, "delete from lists").unwrap();
    api.test.app.fill_shelves().unwrap();
    assert_eq!(shelves(), held);
}

#[test]
fn a_draft_that_no_version_begins_any_more_can_be_thrown_away() {
    let mut api = Api::new();
    begins(&mut api.test, ONE);
    let content =
        json!({"data": {"question": "Vem gör vad?"}, "parties": {"answerer": ["region-dalarna"]}, "origins": []});
    let draft = json!({"workflow": "matter", "start": "ask", "content": content});
    let kept = api.post(PRESENT, "/api/drafts", &draft).send().expect(201).json();
    let link = format!("/drafts/{}/1", kept["id"].as_str().unwrap());
    let drop = format!("/drafts/{}/drop", kept["id"].as_str().unwrap());
    let browser = Browser::signed_in(&api, PRESENT);
    let list = browser.get("/?list=drafts").expect(200).body;
    assert!(list.contains(&link) && !list.contains(&drop), "{list}");

    let plan = PLAN.replacen("transitions:\n", "transitions:\n  ask: inquire\n", 1);
    comes_with(&mut api.test, &plan, (ONE, &TWO.replacen("{id: ask,", "{id: inquire,", 1)));
    publish(&api.test.app, "matter", 2, |_| {}).unwrap();
    let browser = Browser::signed_in(&api, PRESENT);
    let list = browser.get("/?list=drafts").expect(200);
    let told = &list.body;
    assert!(!told.contains(&link) && told.contains(&drop) && told.contains("Fråga: Region Dalarna"), "{told}");
    browser.fill(&list, &drop, &[]).expect(303);
    assert!(browser.get("/?list=drafts").expect(200).body.contains("Du har inget utkast."));
}
