//! HTTP.

use std::net::TcpListener;

use actix_web::{App as Server, HttpServer, rt};

use crate::app::App;

/// Serves until the process is told to end.
///
/// # Errors
/// Where the listener fails.
pub fn serve(_app: App, listener: TcpListener, workers: usize) -> std::io::Result<()> {
    rt::System::new().block_on(HttpServer::new(Server::new).workers(workers).listen(listener)?.run())
}
