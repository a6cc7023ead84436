//! The table of routes: the one place that says which addresses there are, who may ask, what a request may hold and what
//! is answered. The server is registered from it, the OpenAPI document is made of it, the tests go through it.
//!
//! A route is closed to everybody without a valid token unless its handler is [`Handler::Public`], which knows no actor.

use actix_web::http::Method;
use schemars::{JsonSchema, Schema, SchemaGenerator};

use super::api::{cases, document, drafts, me, notes, outbox, steps, workflows};
use super::error::Refusal;
use super::extract::Call;
use super::reply::Reply;
use crate::app::cases::Done;
use crate::app::drafts::{DraftKept, DraftView};
use crate::app::people::MeView;
use crate::app::view::{CaseView, WorkflowView};
use crate::authz::Actor;

/// One route.
pub struct Route {
    /// The method.
    pub method: Method,
    /// The address, with its parts in braces.
    pub path: &'static str,
    /// Its name, for programs that are generated from the document.
    pub name: &'static str,
    /// What it does, in English.
    pub summary: &'static str,
    /// Who may ask, and what answers.
    pub handler: Handler,
    /// The parts of the address, the query parameters and the headers.
    pub parameters: &'static [Parameter],
    /// The body that it takes.
    pub body: Option<Body>,
    /// The answer when all is well.
    pub answer: Answer,
    /// What it may refuse besides what follows from the above.
    pub refusals: &'static [u16],
}

/// Who may ask, and what answers.
#[derive(Clone, Copy)]
pub enum Handler {
    /// Anybody.
    Public(fn(&Call) -> Result<Reply, Refusal>),
    /// Whoever shows a valid token.
    Bearer(fn(&Call, &Actor) -> Result<Reply, Refusal>),
}

/// Makes a type's schema.
pub type SchemaOf = fn(&mut SchemaGenerator) -> Schema;

/// Something that a request holds besides its body.
pub struct Parameter {
    /// Its name.
    pub name: &'static str,
    /// Where it stands.
    pub place: Place,
    /// Whether it must be there.
    pub required: bool,
    /// What it looks like.
    pub schema: SchemaOf,
    /// What it means.
    pub description: &'static str,
    /// An example.
    pub example: &'static str,
}

/// Where a parameter stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// In the address.
    Path,
    /// After the question mark.
    Query,
    /// In a header.
    Header,
}

/// A body that a route takes.
pub struct Body {
    /// Its type.
    pub schema: SchemaOf,
    /// An example, as JSON.
    pub example: &'static str,
}

/// The answer when all is well.
pub struct Answer {
    /// Its status.
    pub status: u16,
    /// What it holds, in English.
    pub description: &'static str,
    /// Its type.
    pub schema: Option<SchemaOf>,
    /// Whether it carries the revision as ETag.
    pub etag: bool,
    /// Whether it says where the new thing is.
    pub location: bool,
}

impl Route {
    /// Whether a request of this method is for it.
    pub fn answers_to(&self, method: &Method) -> bool {
        self.method == *method || (self.method == Method::GET && *method == Method::HEAD)
    }
}

/// The addresses, each once.
pub fn paths() -> impl Iterator<Item = &'static str> {
    let first = |(at, route): &(usize, &Route)| ROUTES[..*at].iter().all(|earlier| earlier.path != route.path);
    ROUTES.iter().enumerate().filter(first).map(|(_, route)| route.path)
}

/// The methods that an address has, as the header Allow lists them.
pub fn methods(path: &str) -> String {
    let all = [Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::DELETE];
    let here = |method: &Method| ROUTES.iter().any(|route| route.path == path && route.answers_to(method));
    let methods: Vec<_> = all.iter().filter(|method| here(method)).map(Method::as_str).collect();
    methods.join(", ")
}

/// The schema of a type.
pub fn of<T: JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
    generator.subschema_for::<T>()
}

const fn part(name: &'static str, description: &'static str, example: &'static str) -> Parameter {
    Parameter { name, place: Place::Path, required: true, schema: of::<String>, description, example }
}

const NUMBER: Parameter = part("number", "The case's number.", "FALUN-2026-0001");
const TRANSITION: Parameter = part("transition", "The joint transition.", "confirm_settlement");
const DRAFT: Parameter = part("id", "The draft's id.", "019ae0a4e6d2c3f1e0b5a4d7c8f9e0a1");
const MAIL: Parameter = part("id", "The mail's id.", "019ae0a4e6d2c3f1e0b5a4d7c8f9e0a1");
const WORKFLOW: Parameter = part("name", "The workflow's name.", "deviation");
const WITH: Parameter = Parameter {
    name: "with",
    place: Place::Query,
    required: false,
    schema: of::<String>,
    description: "Whom the case is to be with: a municipality may have a local agreement that asks for more.",
    example: "falun",
};
const IF_MATCH: Parameter = Parameter {
    name: "If-Match",
    place: Place::Header,
    required: true,
    schema: of::<String>,
    description: "The ETag that you last read: the revision in quotation marks. Another revision is refused with 412.",
    example: "\"1\"",
};
const KEY: Parameter = Parameter {
    name: super::extract::IDEMPOTENCY_KEY,
    place: Place::Header,
    required: false,
    schema: super::openapi::key,
    description: "A key of your choice. The same request under the same key is carried out once and answered alike; \
                  another request under it is refused with 422.",
    example: "2f1c0f5e-6b7a-4a4e-9d53-1f6f0c2f7a11",
};

const fn json(schema: SchemaOf, description: &'static str) -> Answer {
    Answer { status: 200, description, schema: Some(schema), etag: false, location: false }
}

const fn revision(schema: SchemaOf, description: &'static str) -> Answer {
    Answer { etag: true, ..json(schema, description) }
}

const fn created(schema: SchemaOf, description: &'static str) -> Answer {
    Answer { status: 201, location: true, ..revision(schema, description) }
}

/// Every route.
pub static ROUTES: &[Route] = &[
    Route {
        method: Method::GET,
        path: "/api/openapi.json",
        name: "describe",
        summary: "This document",
        handler: Handler::Public(document::get),
        parameters: &[],
        body: None,
        answer: json(of::<document::Document>, "OpenAPI 3.1."),
        refusals: &[],
    },
    Route {
        method: Method::GET,
        path: "/api/me",
        name: "me",
        summary: "Who I am, and the roles that I hold today",
        handler: Handler::Bearer(me::get),
        parameters: &[],
        body: None,
        answer: json(of::<MeView>, "The person."),
        refusals: &[],
    },
    Route {
        method: Method::GET,
        path: "/api/workflows",
        name: "list_workflows",
        summary: "The kinds of cases, with what a form needs",
        handler: Handler::Bearer(workflows::list),
        parameters: &[],
        body: None,
        answer: json(of::<workflows::Workflows>, "The version of each that new cases of the person's get."),
        refusals: &[],
    },
    Route {
        method: Method::GET,
        path: "/api/workflows/{name}",
        name: "get_workflow",
        summary: "One kind of cases",
        handler: Handler::Bearer(workflows::get),
        parameters: &[WORKFLOW, WITH],
        body: None,
        answer: json(of::<WorkflowView>, "The version that new cases of the person's get."),
        refusals: &[],
    },
    Route {
        method: Method::GET,
        path: "/api/cases",
        name: "list_cases",
        summary: "The cases that I may know of, longest waiting first",
        handler: Handler::Bearer(cases::list),
        parameters: cases::FILTER,
        body: None,
        answer: json(of::<cases::CasePage>, "A page."),
        refusals: &[],
    },
    Route {
        method: Method::POST,
        path: "/api/cases",
        name: "register_case",
        summary: "Begin a case",
        handler: Handler::Bearer(cases::register),
        parameters: &[KEY],
        body: Some(Body { schema: of::<cases::NewCase>, example: cases::NEW_CASE }),
        answer: created(of::<Done>, "The case, under its number."),
        refusals: &[403, 409],
    },
    Route {
        method: Method::GET,
        path: "/api/cases/{number}",
        name: "get_case",
        summary: "A case, as far as I may see it",
        handler: Handler::Bearer(cases::get),
        parameters: &[NUMBER],
        body: None,
        answer: revision(of::<CaseView>, "The case."),
        refusals: &[],
    },
    Route {
        method: Method::GET,
        path: "/api/cases/{number}/timeline",
        name: "get_timeline",
        summary: "What has happened, in the order in which it was recorded",
        handler: Handler::Bearer(cases::timeline),
        parameters: &[NUMBER],
        body: None,
        answer: json(of::<cases::Timeline>, "Steps and notes."),
        refusals: &[],
    },
    Route {
        method: Method::GET,
        path: "/api/cases/{number}/transitions",
        name: "list_transitions",
        summary: "What I may do with a case now, and why not the rest",
        handler: Handler::Bearer(steps::list),
        parameters: &[NUMBER],
        body: None,
        answer: json(of::<steps::Transitions>, "Every step of the workflow."),
        refusals: &[],
    },
    Route {
        method: Method::POST,
        path: "/api/cases/{number}/steps",
        name: "take_step",
        summary: "Take a step, or confirm a joint one",
        handler: Handler::Bearer(steps::take),
        parameters: &[NUMBER, IF_MATCH, KEY],
        body: Some(Body { schema: of::<steps::NewStep>, example: steps::NEW_STEP }),
        answer: revision(of::<Done>, "Where the case stands now."),
        refusals: &[403, 409],
    },
    Route {
        method: Method::DELETE,
        path: "/api/cases/{number}/confirmations/{transition}",
        name: "withdraw_confirmation",
        summary: "Take my principal's confirmation back, while others are still to confirm",
        handler: Handler::Bearer(steps::withdraw),
        parameters: &[NUMBER, TRANSITION, IF_MATCH, KEY],
        body: None,
        answer: revision(of::<Done>, "Where the case stands now."),
        refusals: &[403, 409],
    },
    Route {
        method: Method::POST,
        path: "/api/cases/{number}/notes",
        name: "write_note",
        summary: "Write a note into a room",
        handler: Handler::Bearer(notes::write),
        parameters: &[NUMBER, KEY],
        body: Some(Body { schema: of::<notes::NewNote>, example: notes::NEW_NOTE }),
        answer: created(of::<Done>, "The note's entry; where the timeline is."),
        refusals: &[403],
    },
    Route {
        method: Method::GET,
        path: "/api/drafts",
        name: "list_drafts",
        summary: "What I have begun to write and not sent",
        handler: Handler::Bearer(drafts::list),
        parameters: &[],
        body: None,
        answer: json(of::<drafts::Drafts>, "My drafts, the latest changed first."),
        refusals: &[],
    },
    Route {
        method: Method::POST,
        path: "/api/drafts",
        name: "keep_draft",
        summary: "Keep a draft",
        handler: Handler::Bearer(drafts::keep),
        parameters: &[KEY],
        body: Some(Body { schema: of::<drafts::NewDraft>, example: drafts::NEW_DRAFT }),
        answer: created(of::<DraftKept>, "The draft, under its id."),
        refusals: &[],
    },
    Route {
        method: Method::GET,
        path: "/api/drafts/{id}",
        name: "get_draft",
        summary: "A draft of mine",
        handler: Handler::Bearer(drafts::get),
        parameters: &[DRAFT],
        body: None,
        answer: revision(of::<DraftView>, "The draft."),
        refusals: &[],
    },
    Route {
        method: Method::PUT,
        path: "/api/drafts/{id}",
        name: "change_draft",
        summary: "Change a draft of mine",
        handler: Handler::Bearer(drafts::change),
        parameters: &[DRAFT, IF_MATCH],
        body: Some(Body { schema: of::<drafts::DraftContent>, example: drafts::DRAFT_CONTENT }),
        answer: revision(of::<DraftKept>, "Its revision now."),
        refusals: &[],
    },
    Route {
        method: Method::DELETE,
        path: "/api/drafts/{id}",
        name: "drop_draft",
        summary: "Throw a draft of mine away",
        handler: Handler::Bearer(drafts::drop_one),
        parameters: &[DRAFT],
        body: None,
        answer: Answer { status: 204, description: "It is gone.", schema: None, etag: false, location: false },
        refusals: &[],
    },
    Route {
        method: Method::GET,
        path: "/api/outbox",
        name: "list_outbox",
        summary: "The mails that wait, went, were given up or came back, for whoever administers the county",
        handler: Handler::Bearer(outbox::list),
        parameters: outbox::FILTER,
        body: None,
        answer: json(of::<outbox::OutboxPage>, "A page, the newest first; no content and no address."),
        refusals: &[404],
    },
    Route {
        method: Method::POST,
        path: "/api/outbox/{id}/retry",
        name: "retry_mail",
        summary: "Try a mail again that was given up or came back",
        handler: Handler::Bearer(outbox::retry),
        parameters: &[MAIL],
        body: None,
        answer: Answer { status: 204, description: "It waits to be sent.", schema: None, etag: false, location: false },
        refusals: &[],
    },
];
