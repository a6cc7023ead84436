//! A client of the API: asks as a person, gets what the server would send.

use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::Mutex;
use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::http::{Method, header::HeaderMap};
use actix_web::test::TestRequest;
use actix_web::{App as Server, rt, test};
use futures_util::{Stream, StreamExt, stream};
use samsyn::app::App;
use samsyn::app::documents::DocumentCommand;
use samsyn::app::notes::NoteRoom;
use samsyn::app::organisation::{self, MembershipItem, OrganisationFile, PersonItem};
use samsyn::authz::{Role, Scope};
use samsyn::ids::{BodyId, CaseNumber, PersonId, PrincipalId, UnitId};
use samsyn::web::app_config;
use serde_json::{Value, json};

use crate::support::database::{ORGANISATION, TestApp};
use crate::support::files::PDF;

/// The bodies, each with a secretary of its own in these tests.
pub const BODIES: [&str; 4] = ["steering", "network", "presidium", "council"];
/// The principals that these tests act for, each with a unit.
pub const PLACES: [(&str, &str); 4] = [
    ("region-dalarna", "psykiatri-falun"),
    ("mora", "mora-socialpsykiatri"),
    ("falun", "falun-socialpsykiatri"),
    ("borlange", "borlange-socialpsykiatri"),
];
/// The roles held at a principal.
pub const ROLES: [Role; 9] = [
    Role::Employee,
    Role::Handler,
    Role::Investigator,
    Role::Manager,
    Role::Management,
    Role::Registrar,
    Role::Auditor,
    Role::DataProtection,
    Role::Archivist,
];
/// The last day of those that are for a time, in these tests.
pub const LAST_DAY: &str = "2026-12-31";

/// An application that is asked over HTTP.
pub struct Api {
    /// The application, its clock and its database.
    pub test: TestApp,
    tokens: Mutex<BTreeMap<String, String>>,
}

/// What the server sent.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: String,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("{} {}", self.status, self.body))
    }

    /// The stable code of a refusal.
    pub fn code(&self) -> String {
        self.json()["code"].as_str().unwrap_or_default().to_owned()
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    /// With this status, or the test fails.
    pub fn expect(self, status: u16) -> Answer {
        assert_eq!(self.status, status, "{}", self.body);
        self
    }
}

/// A request, on its way.
pub struct Ask {
    app: App,
    request: TestRequest,
}

impl Ask {
    pub fn header(mut self, name: &str, value: &str) -> Ask {
        self.request = self.request.insert_header((name, value));
        self
    }

    /// From this address.
    pub fn from(mut self, peer: std::net::SocketAddr) -> Ask {
        self.request = self.request.peer_addr(peer);
        self
    }

    pub fn body(self, kind: &str, bytes: impl Into<actix_web::web::Bytes>) -> Ask {
        let request = self.request.insert_header(("Content-Type", kind)).set_payload(bytes);
        Ask { request, ..self }
    }

    pub fn json(self, body: &Value) -> Ask {
        self.body("application/json", body.to_string())
    }

    pub fn send(self) -> Answer {
        rt::System::new().block_on(answer(self.app, self.request, |whole| whole))
    }

    /// Sends the body but not the end of it. An hour of waiting takes no time here.
    pub fn send_and_never_end(self) -> Answer {
        let endless = |sent: Payload| {
            let stream: Pin<Box<dyn Stream<Item = _>>> = Box::pin(sent.chain(stream::pending()));
            Payload::from(stream)
        };
        rt::System::new().block_on(async move {
            tokio::time::pause();
            let hour = Duration::from_secs(3_600);
            tokio::time::timeout(hour, answer(self.app, self.request, endless)).await.expect("no answer in an hour")
        })
    }
}

async fn answer(app: App, request: TestRequest, send: impl FnOnce(Payload) -> Payload) -> Answer {
    let server = test::init_service(Server::new().configure(app_config(app))).await;
    let mut request = request.to_request();
    let body = send(request.take_payload());
    let (request, _) = request.replace_payload(body);
    let response = test::call_service(&server, request).await;
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let body = String::from_utf8(test::read_body(response).await.to_vec()).unwrap();
    Answer { status, headers, body }
}

/// A person who holds this role at this principal, in these tests: `mora/handler`.
pub fn holder(principal: &str, role: Role) -> String {
    format!("{principal}/{role}")
}

/// The secretary of a body, in these tests: `network/secretary`.
pub fn secretary(body: &str) -> String {
    holder(body, Role::Secretary)
}

impl Api {
    /// On a Monday morning, with the demonstration's organisation and somebody in every role at every place.
    pub fn new() -> Api {
        let test = TestApp::at("2026-03-02T08:00:00Z");
        let mut file = organisation::read("organisation.yaml", ORGANISATION).unwrap();
        add_people(&mut file);
        test.app.import(&file).unwrap();
        Api { test, tokens: Mutex::default() }
    }

    pub fn token(&self, person: &str) -> String {
        let mut tokens = self.tokens.lock().unwrap();
        let make = || self.test.app.create_token(&PersonId::from(person), None).unwrap().secret;
        tokens.entry(person.to_owned()).or_insert_with(make).clone()
    }

    /// A request without a token.
    pub fn anonymous(&self, method: &Method, uri: &str) -> Ask {
        Ask { app: self.test.app.clone(), request: TestRequest::with_uri(uri).method(method.clone()) }
    }

    /// A request of a person.
    pub fn ask(&self, person: &str, method: Method, uri: &str) -> Ask {
        self.anonymous(&method, uri).header("Authorization", &format!("Bearer {}", self.token(person)))
    }

    pub fn get(&self, person: &str, uri: &str) -> Answer {
        self.ask(person, Method::GET, uri).send()
    }

    pub fn post(&self, person: &str, uri: &str, body: &Value) -> Ask {
        self.ask(person, Method::POST, uri).json(body)
    }

    /// Begins a case; its number.
    pub fn register(&self, person: &str, body: &Value) -> String {
        let done = self.post(person, "/api/cases", body).send().expect(201).json();
        done["number"].as_str().unwrap().to_owned()
    }

    /// Takes a step at the present revision.
    pub fn try_step(&self, person: &str, number: &str, transition: &str, data: Value) -> Answer {
        let revision = self.get(person, &format!("/api/cases/{number}")).json()["revision"].clone();
        let body = json!({ "transition": transition, "data": data });
        let ask = self.post(person, &format!("/api/cases/{number}/steps"), &body);
        ask.header("If-Match", &format!("\"{revision}\"")).send()
    }

    /// Takes a step, which must be possible.
    pub fn step(&self, person: &str, number: &str, transition: &str, data: Value) -> Value {
        let answer = self.try_step(person, number, transition, data);
        assert_eq!(answer.status, 200, "{person} {transition}: {}", answer.body);
        answer.json()
    }

    /// Attaches a PDF of this name to a case, and tells its id.
    pub fn attach(&self, person: &str, number: &str, room: NoteRoom, name: &str, description: &str) -> String {
        let app = &self.test.app;
        let (actor, number) = (app.actor(&PersonId::from(person)).unwrap(), CaseNumber::from(number));
        let (name, description, bytes) = (name.to_owned(), description.to_owned(), PDF.to_vec());
        let command = DocumentCommand { number: number.clone(), room, name: name.clone(), description, bytes };
        app.attach_document(&actor, &command, None).unwrap();
        let seen = app.case(&actor, &number).unwrap().documents;
        seen.into_iter().find(|seen| seen.name.as_ref() == Some(&name)).unwrap().id.0
    }

    pub fn note(&self, person: &str, number: &str, room: &str, text: &str) -> Answer {
        let body = json!({ "room": room, "text": text });
        self.post(person, &format!("/api/cases/{number}/notes"), &body).send()
    }
}

fn add_people(file: &mut OrganisationFile) {
    let nowhere = |role| MembershipItem {
        role,
        title: None,
        principal: None,
        authority: None,
        unit: None,
        body: None,
        from: None,
        until: None,
        delegation: None,
    };
    let mut add = |id: String, membership| {
        let person =
            PersonItem { id: PersonId(id.clone()), name: id, email: None, hsa_id: None, memberships: vec![membership] };
        file.people.push(person);
    };
    for (principal, unit) in PLACES {
        for role in ROLES.into_iter().chain([Role::Administrator]) {
            let mut membership = nowhere(role);
            match role.scope() {
                Scope::Unit => membership.unit = Some(UnitId::from(unit)),
                _ => membership.principal = Some(PrincipalId::from(principal)),
            }
            if role.is_for_a_time() {
                membership.from = Some("2026-01-01".parse().unwrap());
                membership.until = Some(LAST_DAY.parse().unwrap());
            }
            add(holder(principal, role), membership);
        }
    }
    for body in BODIES {
        add(secretary(body), MembershipItem { body: Some(BodyId::from(body)), ..nowhere(Role::Secretary) });
    }
}
