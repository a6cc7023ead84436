//! The server: the only place that knows HTTP.
//!
//! A request goes through four stations: `routes` says which use case it means and what it may hold, `extract` reads it,
//! a handler in `api/` calls the use case, and `error` alone gives a refusal its status. Handlers are plain functions that
//! run on a thread where waiting for the database is allowed; they neither see HTTP's types nor decide who may what.
//!
//! To add a page or an answer: a handler, and a row in `routes::ROUTES`. The row registers it, describes it in
//! `/api/openapi.json`, and makes the tests ask for its line in the table of who gets which status.

mod api;
pub mod error;
mod extract;
mod health;
mod limits;
mod metrics;
pub mod openapi;
pub mod pages;
mod reply;
pub mod routes;

use std::net::TcpListener;
use std::time::Instant;

use actix_web::http::Method;
use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse, HttpServer, guard, rt};
use tracing::Instrument;

use crate::app::{App, AppError};
use crate::{meters, personal_number};
use error::Refusal;
use extract::Call;
use reply::Reply;
use routes::{Handler, ROUTES, Route};

pub use metrics::{serve_metrics, text as metrics_text};
pub use pages::{SIGN_IN_CALLBACK, workflow_diff};

/// The header that names a request, for whoever asks the operator about it.
pub const REQUEST_ID: &str = "x-request-id";

/// Seconds that requests in progress get to end in, when the server is told to stop.
const LAST_ORDERS: u64 = 10;

/// Serves until the process is told to stop (SIGTERM, SIGINT), then ends the requests in progress.
///
/// # Errors
/// Where the listener cannot be used.
pub fn serve(app: App, listener: TcpListener, workers: usize) -> std::io::Result<()> {
    rt::System::new().block_on(async move {
        let server = HttpServer::new(move || actix_web::App::new().configure(app_config(app.clone())));
        server.workers(workers).shutdown_timeout(LAST_ORDERS).listen(listener)?.run().await
    })
}

/// The routes of the server, over an application.
pub fn app_config(app: App) -> impl FnOnce(&mut ServiceConfig) {
    move |config| {
        for path in routes::paths() {
            config.service(resource(&app, path));
        }
        pages::configure(&app, config);
        health::configure(&app, config);
        config.default_service(web::to(answer_without_route(app)));
    }
}

/// Everything at one path. A method that it does not have is answered with those that it has.
fn resource(app: &App, path: &'static str) -> actix_web::Resource {
    let here = ROUTES.iter().filter(|route| route.path == path);
    let resource = here.fold(web::resource(path), |resource, route| {
        let app = app.clone();
        let method = guard::fn_guard(|context| route.answers_to(&context.head().method));
        let handler = move |request: HttpRequest, payload: web::Payload| answer(app.clone(), route, request, payload);
        resource.route(web::route().guard(method).to(handler))
    });
    let app = app.clone();
    resource.default_service(web::to(move |request: HttpRequest| {
        let refusal = Refusal::Method(routes::methods(path));
        std::future::ready(finish(Err(refusal), &request_id(&app, &request)))
    }))
}

/// Where there is nothing: programs are told so as JSON, people on a page.
fn answer_without_route(app: App) -> impl Fn(HttpRequest) -> std::future::Ready<HttpResponse> + Clone {
    move |request| {
        let (id, nothing) = (request_id(&app, &request), Refusal::App(AppError::NotFound));
        std::future::ready(match request.path().starts_with("/api/") {
            true => finish(Err(nothing), &id),
            false => pages::refused(&app, nothing, &id),
        })
    }
}

async fn answer(app: App, route: &'static Route, request: HttpRequest, payload: web::Payload) -> HttpResponse {
    let asked = app.clone();
    let id = request_id(&app, &request);
    logged(id, &route.method, route.path, |id| async move {
        let outcome = handle(asked, route, &request, payload).await;
        finish(outcome, &id)
    })
    .await
}

/// The identifier of a request: the one that it names, as a reverse proxy does that logs it too, or one of ours. Only what
/// cannot be anything but an identifier is taken, for it is logged.
fn request_id(app: &App, request: &HttpRequest) -> String {
    let given = request.headers().get(REQUEST_ID).and_then(|given| given.to_str().ok());
    let allowed = |id: &&str| id.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c));
    let sized = |id: &&str| (8..=64).contains(&id.len());
    let given = given.filter(sized).filter(allowed).filter(|id| !personal_number::contains(id));
    given.map_or_else(|| app.ids.next(app.now()), str::to_owned)
}

/// Answers one request under its identifier. Logged is the route's pattern, never the address, which may hold
/// what somebody typed.
async fn logged<W: Future<Output = HttpResponse>>(
    id: String,
    method: &Method,
    path: &'static str,
    work: impl FnOnce(String) -> W,
) -> HttpResponse {
    let begun = Instant::now();
    let span = tracing::info_span!("request", id, %method, route = path);
    let response = async {
        let mut response = work(id.clone()).await;
        if let Ok(id) = HeaderValue::from_str(&id) {
            response.headers_mut().insert(HeaderName::from_static(REQUEST_ID), id);
        }
        if let Some(requests) = meters::REQUESTS.get(usize::from(response.status().as_u16() / 100)) {
            requests.add(1);
        }
        let milliseconds = begun.elapsed().as_millis();
        tracing::info!(status = response.status().as_u16(), milliseconds = %milliseconds, "answered");
        response
    };
    response.instrument(span).await
}

/// Who asks comes first: whoever has no token learns nothing about the rest.
async fn handle(
    app: App,
    route: &'static Route,
    request: &HttpRequest,
    payload: web::Payload,
) -> Result<Reply, Refusal> {
    match route.handler {
        Handler::Public(handler) => {
            let call = Call::read(app, route, request, payload).await?;
            blocking(move || handler(&call)).await
        }
        Handler::Bearer(handler) => {
            let secret = extract::bearer(request)?;
            let asked = app.clone();
            let actor = blocking(move || Ok(asked.authenticate(&secret)?)).await?.ok_or(Refusal::Unauthenticated)?;
            let call = Call::read(app, route, request, payload).await?;
            blocking(move || handler(&call, &actor)).await
        }
    }
}

/// Work that waits for the database, off the threads that read requests.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T, Refusal> + Send + 'static) -> Result<T, Refusal> {
    let span = tracing::Span::current();
    let broken = |_| Err(Refusal::App(AppError::Internal("a handler ended abruptly".to_owned())));
    web::block(move || span.in_scope(work)).await.unwrap_or_else(broken)
}

fn finish(outcome: Result<Reply, Refusal>, id: &str) -> HttpResponse {
    let mut response = match outcome {
        Ok(reply) => reply.response(),
        Err(refusal) => refusal.response(id),
    };
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}
