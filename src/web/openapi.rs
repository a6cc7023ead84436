//! The OpenAPI document, made of the table of routes and of the very types that requests are read into and answers are
//! written from, so that it cannot say what the server does not do.

use schemars::generate::SchemaSettings;
use schemars::{Schema, SchemaGenerator, json_schema};
use serde_json::{Map, Value, json};

use super::error::Problem;
use super::extract::LONGEST_KEY;
use super::routes::{Answer, Handler, Parameter, Place, ROUTES, Route, of, paths};

const INTRODUCTION: &str = "Deviations and disputes between health care and social care. Codes and names are English, \
                            what people read is Swedish. Every refusal is a problem (RFC 9457) with a stable `code`.";

/// What an Idempotency-Key looks like.
pub fn key(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "minLength": 1, "maxLength": LONGEST_KEY, "pattern": "^[ -~]+$" })
}

/// The document.
pub fn document() -> Value {
    let settings = || SchemaSettings::draft2020_12().with(|s| s.definitions_path = "/components/schemas".into());
    let mut schemas = Schemas {
        requests: settings().for_deserialize().into_generator(),
        answers: settings().for_serialize().into_generator(),
    };
    let paths: Map<String, Value> = paths().map(|path| (path.to_owned(), schemas.at(path))).collect();
    json!({
        "openapi": "3.1.0",
        "info": { "title": "samsyn", "version": env!("CARGO_PKG_VERSION"), "description": INTRODUCTION },
        "paths": paths,
        "components": {
            "securitySchemes": { "token": { "type": "http", "scheme": "bearer" } },
            "schemas": schemas.components(),
        },
    })
}

/// Types that requests are read into and answers written from look different where a field may be left out.
struct Schemas {
    requests: SchemaGenerator,
    answers: SchemaGenerator,
}

impl Schemas {
    fn components(mut self) -> Map<String, Value> {
        let mut components = self.answers.take_definitions(true);
        components.extend(self.requests.take_definitions(true));
        components.sort_keys();
        components
    }

    fn at(&mut self, path: &str) -> Value {
        let here = ROUTES.iter().filter(|route| route.path == path);
        here.map(|route| (route.method.as_str().to_lowercase(), self.operation(route))).collect::<Map<_, _>>().into()
    }

    fn operation(&mut self, route: &Route) -> Value {
        let parameters: Vec<_> = route.parameters.iter().map(|parameter| self.parameter(parameter)).collect();
        let mut operation = json!({
            "operationId": route.name,
            "summary": route.summary,
            "parameters": parameters,
            "responses": self.responses(route),
        });
        if let Handler::Bearer(_) = route.handler {
            operation["security"] = json!([{ "token": [] }]);
        }
        if let Some(body) = &route.body {
            let example: Value = serde_json::from_str(body.example).unwrap_or_default();
            let content = json!({ "schema": (body.schema)(&mut self.requests), "example": example });
            operation["requestBody"] = json!({ "required": true, "content": { "application/json": content } });
        }
        operation
    }

    fn parameter(&mut self, parameter: &Parameter) -> Value {
        let schema = (parameter.schema)(&mut self.requests);
        let typed = match schema.get("type").and_then(Value::as_str) {
            Some("integer" | "boolean") => serde_json::from_str(parameter.example).unwrap_or_default(),
            _ => json!(parameter.example),
        };
        json!({
            "name": parameter.name,
            "in": match parameter.place { Place::Path => "path", Place::Query => "query", Place::Header => "header" },
            "required": parameter.required,
            "description": parameter.description,
            "schema": schema,
            "example": typed,
        })
    }

    fn responses(&mut self, route: &Route) -> Value {
        let mut responses = Map::new();
        let mut answer = self.answer(&route.answer);
        let links: Map<String, Value> = ROUTES.iter().filter_map(|next| link(route, next)).collect();
        if !links.is_empty() {
            answer["links"] = links.into();
        }
        responses.insert(route.answer.status.to_string(), answer);
        for status in refusals(route) {
            responses.insert(status.to_string(), self.refusal(status));
        }
        responses.into()
    }

    fn answer(&mut self, answer: &Answer) -> Value {
        let mut headers = request_id();
        if answer.etag {
            headers["ETag"] = header("The revision, for If-Match.");
        }
        if answer.location {
            headers["Location"] = header("Where it is.");
        }
        let mut response = json!({ "description": answer.description, "headers": headers });
        if let Some(schema) = answer.schema {
            response["content"] = json!({ "application/json": { "schema": schema(&mut self.answers) } });
        }
        response
    }

    fn refusal(&mut self, status: u16) -> Value {
        let mut headers = request_id();
        match status {
            401 => headers["WWW-Authenticate"] = header("What is wanted: Bearer."),
            405 => headers["Allow"] = header("The methods that there are."),
            412 => headers["ETag"] = header("The present revision."),
            503 => headers["Retry-After"] = header("After how many seconds it is worth trying again."),
            _ => {}
        }
        let schema = of::<Problem>(&mut self.answers);
        json!({
            "description": meaning(status),
            "headers": headers,
            "content": { "application/problem+json": { "schema": schema } },
        })
    }
}

/// Every status that a route may refuse a request with.
pub fn refusals(route: &Route) -> Vec<u16> {
    let has = |place: Place| route.parameters.iter().any(|parameter| parameter.place == place);
    let if_match = route.parameters.iter().any(|parameter| parameter.name == "If-Match");
    let mut refusals = vec![405, 422, 500, 503];
    refusals.extend_from_slice(route.refusals);
    refusals.extend(matches!(route.handler, Handler::Bearer(_)).then_some(401));
    refusals.extend(has(Place::Path).then_some(404));
    if if_match {
        refusals.extend([400, 412, 428]);
    }
    if route.body.is_some() {
        refusals.extend([400, 413, 415]);
    }
    refusals.sort_unstable();
    refusals.dedup();
    refusals
}

/// How an answer that carries a revision leads on: to what can be read and done with the same thing.
fn link(from: &Route, to: &Route) -> Option<(String, Value)> {
    let made = from.answer.location.then(|| to.path.strip_prefix(from.path)?.split(['{', '}']).nth(1)).flatten();
    let source = |parameter: &Parameter| match parameter.place {
        Place::Path if from.path.contains(&format!("{{{}}}", parameter.name)) => {
            Some(format!("$request.path.{}", parameter.name))
        }
        Place::Path => (made == Some(parameter.name)).then(|| format!("$response.body#/{}", parameter.name)),
        Place::Header => Some("$response.header.ETag".to_owned()),
        Place::Query => None,
    };
    let wanted = to.parameters.iter().filter(|parameter| parameter.required);
    let sources: Option<Map<String, Value>> =
        wanted.map(|parameter| Some((parameter.name.to_owned(), source(parameter)?.into()))).collect();
    let sources = sources.filter(|sources| from.answer.etag && !sources.is_empty())?;
    Some((to.name.to_owned(), json!({ "operationId": to.name, "parameters": sources })))
}

fn request_id() -> Value {
    json!({ super::REQUEST_ID: header("The request, by which the operator finds it in the log.") })
}

fn header(description: &str) -> Value {
    json!({ "description": description, "required": true, "schema": { "type": "string" } })
}

fn meaning(status: u16) -> &'static str {
    match status {
        400 => "The body is not JSON, or a header cannot be understood.",
        401 => "No valid token.",
        403 => "Visible, but not yours to do.",
        404 => "There is no such thing, or you may not know of it: the same answer, byte for byte.",
        405 => "There is no such method here.",
        409 => "Not possible now.",
        412 => "It has changed since you read it.",
        413 => "The body is larger than 256 KiB.",
        415 => "The body is not application/json.",
        422 => "What was given must be mended; `errors` says where. Also a key that was used for another request.",
        428 => "If-Match is missing.",
        503 => "The database does not answer. Nothing has changed.",
        _ => "A fault of ours. Nothing has changed.",
    }
}
