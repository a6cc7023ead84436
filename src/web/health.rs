//! Whether the process lives (`/healthz`), and whether it can answer (`/readyz`): a status and nothing else, to anybody, for
//! the program that starts and stops it or sends it requests. They stand in no table of routes: who asks is nobody, what is
//! answered holds nothing, and the log of requests would drown in them.

use actix_web::http::header;
use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpResponse, HttpResponseBuilder};

use crate::app::App;

/// Registers both.
pub fn configure(app: &App, config: &mut ServiceConfig) {
    let app = app.clone();
    config.route("/healthz", web::get().to(|| std::future::ready(bare(HttpResponse::Ok()))));
    config.route("/readyz", web::get().to(move || ready(app.clone())));
}

async fn ready(app: App) -> HttpResponse {
    match web::block(move || app.is_ready()).await {
        Ok(true) => bare(HttpResponse::Ok()),
        Ok(false) | Err(_) => bare(HttpResponse::ServiceUnavailable()),
    }
}

fn bare(mut answer: HttpResponseBuilder) -> HttpResponse {
    answer.insert_header((header::CACHE_CONTROL, "no-store")).finish()
}
