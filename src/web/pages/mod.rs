//! Pages for people: HTML made on the server, without any script, that call the use cases which the JSON API calls.
//!
//! `routes` is the table: which page answers where, and who may ask. `visit` reads a request, `layout` is the frame,
//! `parts` are what pages are made of, `field` draws a field of a form, `sheet` a form of its own page, `form` turns a
//! workflow's fields into a form and what was typed back into values.
//! Then one file a page. No page decides who may what or touches the database, and no sentence that people read stands
//! outside `texts`.

mod absence;
mod admin;
mod answer;
mod board;
mod case;
mod case_log;
mod documents;
mod draft;
mod feed;
mod field;
mod form;
mod held;
mod help;
mod ladder;
mod layout;
mod me;
mod next;
mod oidc;
mod oversight;
mod parts;
mod reads;
mod register;
mod removals;
pub mod routes;
mod search;
mod sheet;
mod sign_in;
mod step;
mod texts;
mod upload;
mod visit;
mod work;

use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse, guard};

pub use admin::workflow_diff::document as workflow_diff;
pub use answer::{Answer, refused};
pub use oidc::SIGN_IN_CALLBACK;
use routes::{PAGES, Page, Policy};
use visit::{CSRF, Visit};

use super::error::Refusal;
use super::{blocking, limits};
use crate::app::App;

/// Adds the pages to the server.
pub(super) fn configure(app: &App, config: &mut ServiceConfig) {
    for path in routes::paths() {
        let here = PAGES.iter().filter(|page| page.path == path);
        let resource = here.fold(web::resource(path), |resource, page| {
            let app = app.clone();
            let method = guard::fn_guard(|context| page.answers_to(&context.head().method));
            let handler =
                move |request: HttpRequest, payload: web::Payload| answer(app.clone(), page, request, payload);
            resource.route(web::route().guard(method).to(handler))
        });
        let app = app.clone();
        config.service(resource.default_service(web::to(move || {
            let refusal = Refusal::Method(routes::methods(path));
            std::future::ready(refused(&app, refusal, &app.ids.next(app.now())))
        })));
    }
}

async fn answer(app: App, page: &'static Page, request: HttpRequest, payload: web::Payload) -> HttpResponse {
    let asked = app.clone();
    let id = super::request_id(&app, &request);
    super::logged(id, &page.method, page.path, |id| async move {
        match visit(asked.clone(), page, &request, payload).await {
            Ok((visit, outcome)) => answer::response(&asked, Some(&visit), outcome, &id),
            Err(refusal) => answer::response(&asked, None, Err(refusal), &id),
        }
    })
    .await
}

/// What came of a visit to a page.
type Outcome = Result<Answer, Refusal>;

async fn visit(
    app: App,
    page: &'static Page,
    request: &HttpRequest,
    payload: web::Payload,
) -> Result<(Visit, Outcome), Refusal> {
    if page.limited().is_some_and(|what| !limits::allows(request, app.proxy, what)) {
        return Err(Refusal::TooOften);
    }
    let mut visit = Visit::read(app, page, request, payload).await?;
    let from_here = request.method().is_safe() || visit::is_from_here(request);
    blocking(move || {
        if let Some(secret) = &visit.secret {
            visit.signed = visit.app.session(secret)?;
        }
        let is_form = !page.is_safe();
        held::give_back(&mut visit)?;
        let outcome = match (page.policy, &visit.signed) {
            (Policy::Anybody(_), _) if is_form && !from_here => Err(Refusal::ForeignForm),
            (Policy::Anybody(handler), _) => handler(&visit),
            (Policy::SignedIn(_), None) => sign_in::first(&visit, page),
            (Policy::SignedIn(_), Some(signed)) if is_form && visit.form.get(CSRF) != signed.csrf => {
                held::send_again(&visit, signed)
            }
            (Policy::SignedIn(handler), Some(signed)) => handler(&visit, signed),
        };
        Ok((visit, outcome))
    })
    .await
}
