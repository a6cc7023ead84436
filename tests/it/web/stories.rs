//! Cases that these tests bring to where they are needed. Every text names who wrote it and where: `[SHARED falun cause]`.

use samsyn::app::notes::NoteRoom;
use samsyn::authz::Role;
use serde_json::{Value, json};

use super::api::{Api, holder, secretary};

/// A text that can be found again.
pub fn mark(room: &str, who: &str, what: &str) -> String {
    format!("[{room} {who} {what}]")
}

/// What is given with a new deviation.
pub fn deviation_data(who: &str) -> Value {
    let text = |what| mark("SHARED", who, what);
    json!({
        "category": "sip", "sip_fault": ["did_not_come"], "what_happened": text("what_happened"),
        "event_on": "2026-02-27", "discovered_on": "2026-02-27",
        "where": { "place": text("place"), "contact": text("contact") },
        "consequence_for_person": text("consequence_for_person"), "need_now": text("need_now"),
        "urgency": "normal", "answer_wanted": true,
        "sex": "not_given", "sex_not_given_because": mark("OWN", who, "sex_not_given_because"),
        "age_group": "from_25_to_44",
    })
}

/// A new deviation.
pub fn deviation(who: &str, receiver: &str) -> Value {
    json!({
        "workflow": "deviation", "start": "register", "parties": { "receiver": [receiver] }, "data": deviation_data(who),
    })
}

/// From an employee of the region to Mora, which handed it about, said that it was not theirs, and lost it to Falun, which
/// investigates. Both wrote notes into their own rooms.
pub fn redirected_deviation(api: &Api) -> String {
    let region = holder("region-dalarna", Role::Handler);
    let (mora, falun) = (holder("mora", Role::Handler), holder("falun", Role::Handler));
    let investigator = holder("mora", Role::Investigator);
    let employee = holder("region-dalarna", Role::Employee);
    let number = api.register(&employee, &deviation("region", "mora"));
    let grounds = |who, what| json!({ "grounds": mark("SHARED", who, what) });
    api.step(&mora, &number, "receive", json!({}));
    api.step(&mora, &number, "route", json!({ "lead_unit": "mora-socialpsykiatri" }));
    let passed = json!({ "lead_unit": "mora-socialpsykiatri", "grounds": mark("SHARED", "mora", "passed_on") });
    api.step(&investigator, &number, "pass_on", passed);
    api.note(&investigator, &number, "own", &mark("OWN", "mora", "note")).expect(201);
    api.step(&investigator, &number, "hand_back", grounds("mora", "handed_back"));
    api.note(&mora, &number, "shared", &mark("SHARED", "mora", "note")).expect(201);
    api.step(&mora, &number, "wrong_principal", grounds("mora", "wrong_principal"));
    api.step(&region, &number, "redirect", json!({ "new_receiver": "falun", "grounds": "Det är er fråga." }));
    api.note(&region, &number, "own", &mark("OWN", "region", "note")).expect(201);
    api.note(&region, &number, "shared", &mark("SHARED", "region", "note")).expect(201);
    api.step(&falun, &number, "receive", json!({}));
    api.note(&falun, &number, "own", &mark("OWN", "falun", "note")).expect(201);
    api.step(&falun, &number, "route", json!({ "lead_unit": "falun-socialpsykiatri" }));
    let findings = json!({ "findings": mark("SHARED", "falun", "findings"), "changes_needed": ["routines"] });
    api.step(&falun, &number, "record_findings", findings);
    number
}

/// How far a dispute has climbed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Climb {
    /// Between the parties' own managements.
    Local,
    /// Sent to the network, and with its steering group.
    Network,
    /// Sent to the council, and with its presidium.
    Council,
}

/// The day on which Falun's own committee meets, in every dispute.
pub const COMMITTEE_ON: &str = "2026-03-03";

/// Falun against the region.
pub fn dispute(api: &Api, climb: Climb) -> String {
    let (falun, region) = (holder("falun", Role::Management), holder("region-dalarna", Role::Management));
    let text = |who, what| mark("SHARED", who, what);
    let data = json!({
        "subject": text("falun", "subject"), "origin": ["other"], "clause": text("falun", "clause"),
        "disputed": ["cost"], "child": false, "position": text("falun", "position"), "agreed_on": text("falun", "agreed_on"),
    });
    let parties = json!({ "counterpart": ["region-dalarna"] });
    let body = json!({ "workflow": "local-dispute", "start": "raise", "parties": parties, "data": data });
    let number = api.register(&falun, &body);
    api.step(&region, &number, "state_position", json!({ "position": text("region", "position") }));
    api.note(&falun, &number, "own", &mark("OWN", "falun", "note")).expect(201);
    api.note(&region, &number, "own", &mark("OWN", "region", "note")).expect(201);
    api.note(&region, &number, "shared", &text("region", "note")).expect(201);
    api.step(&falun, &number, "propose_settlement", json!({ "settlement": text("falun", "settlement") }));
    let committee = json!({ "committee": text("falun", "committee"), "committee_on": COMMITTEE_ON });
    api.step(&falun, &number, "await_committee", committee);
    let picked = attach(api, &number);
    let statement = json!({ "statement": mark("STATEMENT", "falun", "statement"), "enclosures": [picked] });
    api.step(&holder("falun", Role::Handler), &number, "write_statement", statement);
    let statement = json!({ "statement": text("region", "unsent_statement") });
    api.step(&holder("region-dalarna", Role::Handler), &number, "write_statement", statement);
    api.step(&falun, &number, "approve_statement", json!({}));
    if climb >= Climb::Network {
        let data = json!({ "tried": ["staff"], "grounds": text("falun", "escalated") });
        api.step(&falun, &number, "escalate", data);
    }
    if climb >= Climb::Council {
        climb_to_council(api, &number);
    }
    number
}

/// Each party keeps a document, the region shares one, and Falun has one that will go with its statement.
fn attach(api: &Api, number: &str) -> String {
    let (falun, region) = (holder("falun", Role::Handler), holder("region-dalarna", Role::Handler));
    let named = |who: &str, person: &str, room, kind: &str| {
        let said = mark(if room == NoteRoom::Own { "OWN" } else { "SHARED" }, who, "description");
        api.attach(person, number, room, &format!("{}.pdf", mark(kind, who, "document")), &said)
    };
    named("falun", &falun, NoteRoom::Own, "OWN");
    named("region", &region, NoteRoom::Own, "OWN");
    named("region", &region, NoteRoom::Shared, "SHARED");
    named("falun", &falun, NoteRoom::Own, "STATEMENT")
}

fn climb_to_council(api: &Api, number: &str) {
    let text = |what: &str| mark("NETWORK", "network", what);
    let meeting = |what: &str, extra: Value| {
        let mut data = json!({
            what: text(what), "met_on": "2026-03-02", "rapporteur": text("rapporteur"), "present": text("present"),
            "stood_aside": text("stood_aside"),
        });
        data.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        data
    };
    api.step(&secretary("steering"), number, "propose_solution", meeting("solution_draft", json!({})));
    let minutes = json!({ "paragraph": text("paragraph"), "dissent": text("dissent") });
    api.step(&secretary("network"), number, "put_to_parties", meeting("solution", minutes));
    let grounds = json!({ "grounds": mark("SHARED", "falun", "not_cleared_up") });
    api.step(&holder("falun", Role::Management), number, "not_cleared_up", grounds);
    let meeting = json!({ "next_meeting": "2026-04-20" });
    api.step(&secretary("presidium"), number, "set_council_meeting", meeting);
}
