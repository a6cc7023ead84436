//! Cases: begin one, list them, read one and what has happened in it.

use std::collections::BTreeMap;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{Day, When, address, happened};
use crate::app::cases::Registration;
use crate::app::view::{CaseSummary, EntryView, Filter, Place, Turn};
use crate::authz::Actor;
use crate::calendar::start_of_day;
use crate::ids::{CaseNumber, PrincipalId, is_made_here};
use crate::texts::cases as texts;
use crate::web::error::Refusal;
use crate::web::extract::Call;
use crate::web::reply::Reply;
use crate::web::routes::{self, Parameter, SchemaOf, of};
use crate::workflow::rejection::{Code, Reason};

/// A case to begin.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCase {
    /// The workflow.
    workflow: String,
    /// The start event.
    start: String,
    /// When it happened; just now, where nothing is said.
    #[serde(default)]
    happened: Option<When>,
    /// The principals of each side; my own need not be named.
    #[serde(default)]
    parties: BTreeMap<String, Vec<PrincipalId>>,
    /// The cases that it grows out of.
    #[serde(default)]
    origins: Vec<CaseNumber>,
    /// The fields that the start requires and asks for.
    #[serde(default)]
    data: Map<String, Value>,
    /// The draft that it was, which is gone with it.
    #[serde(default)]
    draft: Option<String>,
}

/// An example of a case to begin.
pub const NEW_CASE: &str = r#"{
  "workflow": "deviation", "start": "register", "parties": {"receiver": ["region-dalarna"]},
  "data": {
    "category": "information",
    "what_happened": "Kallelsen till mötet kom aldrig fram.",
    "event_on": "2026-02-27", "discovered_on": "2026-02-27",
    "where": {"place": "Psykiatri Falun", "contact": "MAS, via växeln"},
    "consequence_for_person": "Planen kunde inte göras.",
    "urgency": "normal", "answer_wanted": true, "sex": "woman", "age_group": "from_25_to_44"
  }
}"#;

/// The most principals of a side, or cases that another grows out of.
const MOST_NAMED: usize = 50;

/// A page of cases.
#[derive(Serialize, JsonSchema)]
pub struct CasePage {
    /// The cases, longest waiting first.
    cases: Vec<CaseSummary>,
    /// What `after` is to be for the next page; none on the last.
    next: Option<String>,
}

/// What has happened in a case.
#[derive(Serialize, JsonSchema)]
pub struct Timeline {
    /// The entries that I may see.
    entries: Vec<EntryView>,
}

const fn narrowed(name: &'static str, schema: SchemaOf, description: &'static str, example: &'static str) -> Parameter {
    Parameter { name, place: routes::Place::Query, required: false, schema, description, example }
}

/// What a list may be narrowed by.
pub const FILTER: &[Parameter] = &[
    narrowed("workflow", of::<String>, "One workflow.", "deviation"),
    narrowed("state", of::<String>, "One state.", "sent"),
    narrowed("category", of::<String>, "One category, or a group of them.", "sip"),
    narrowed("principal", of::<String>, "A principal that is or was a party.", "falun"),
    narrowed("ended", of::<bool>, "Only ended ones, or only open ones.", "false"),
    narrowed("urgent", of::<bool>, "Only urgent ones, or only others.", "true"),
    narrowed("overdue", of::<bool>, "`true`: only those of which a deadline has run out.", "true"),
    narrowed("my_turn", of::<bool>, "Only those in which it is my move, or only others.", "true"),
    narrowed("opened_from", of::<chrono::NaiveDate>, "Opened on this day or later, Europe/Stockholm.", "2026-01-01"),
    narrowed("opened_before", of::<chrono::NaiveDate>, "Opened before this day.", "2027-01-01"),
    narrowed("limit", limit, "How many a page holds; 50, where nothing is said.", "20"),
    narrowed("after", of::<String>, "`next` of the page before.", "1772438400000000_019ae0a4e6d2c3f1e0b5a4d7c8f9e0a1"),
];

fn limit(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "integer", "minimum": 1, "maximum": 100, "default": 50 })
}

struct Limit(u16);

impl FromStr for Limit {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let count = text.parse().ok().filter(|count| (1..=100).contains(count));
        count.map(Limit).ok_or(())
    }
}

/// Begins a case.
pub fn register(call: &Call, actor: &Actor) -> Result<Reply, Refusal> {
    let new: NewCase = call.body()?;
    let long = |many: usize| many > MOST_NAMED;
    if long(new.origins.len()) || long(new.parties.len()) || new.parties.values().any(|side| long(side.len())) {
        let field = if long(new.origins.len()) { "origins" } else { "parties" };
        let detail = texts::at_most(MOST_NAMED);
        return Err(Reason::field(Code::TooLong, field, &detail).into());
    }
    if new.draft.as_deref().is_some_and(|draft| !is_made_here(draft)) {
        return Err(Reason::field(Code::WrongType, "draft", texts::NO_DRAFT_ID).into());
    }
    let registration = Registration {
        workflow: new.workflow,
        start: new.start,
        happened: happened(new.happened),
        parties: new.parties,
        origins: new.origins,
        given: new.data,
        draft: new.draft,
    };
    let done = call.app.register(actor, &registration, call.key())?;
    Ok(Reply::created(address(&done.number), &done)?.at_revision(done.revision))
}

/// The cases that the actor may know of.
pub fn list(call: &Call, actor: &Actor) -> Result<Reply, Refusal> {
    let day = |name| Ok::<_, Refusal>(call.query::<Day>(name)?.map(|day| start_of_day(day.0)));
    let filter = Filter {
        workflow: call.query("workflow")?,
        state: call.query("state")?,
        category: call.query("category")?,
        principal: call.query::<String>("principal")?.map(PrincipalId),
        ended: call.query("ended")?,
        urgent: call.query("urgent")?,
        opened_from: day("opened_from")?,
        opened_before: day("opened_before")?,
        turn: call.query("my_turn")?.map(|mine| if mine { Turn::Mine } else { Turn::NotMine }),
        overdue_at: call.query("overdue")?.filter(|overdue| *overdue).map(|_| call.app.now()),
        ..Filter::default()
    };
    let after: Option<Place> = call.query("after")?;
    let Limit(limit) = call.query("limit")?.unwrap_or(Limit(50));
    let page = call.app.list_cases(actor, &filter, after.as_ref(), limit)?;
    Reply::ok(&CasePage { cases: page.cases, next: page.next.as_ref().map(ToString::to_string) })
}

/// One case.
pub fn get(call: &Call, actor: &Actor) -> Result<Reply, Refusal> {
    let case = call.app.case(actor, &call.number()?)?;
    Ok(Reply::ok(&case)?.at_revision(case.revision))
}

/// What has happened in it.
pub fn timeline(call: &Call, actor: &Actor) -> Result<Reply, Refusal> {
    Reply::ok(&Timeline { entries: call.app.timeline(actor, &call.number()?)? })
}
