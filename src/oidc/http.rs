//! The requests that the protocol makes: short, small, never sent on to elsewhere.

use std::time::Duration;

use openidconnect::{HttpRequest, HttpResponse};
use ureq::Agent;
use ureq::tls::{RootCerts, TlsConfig};

/// How long a connection is waited for.
const CONNECT: Duration = Duration::from_secs(4);
/// How long an answer is waited for, all in all.
const PATIENCE: Duration = Duration::from_secs(10);
/// The largest answer that is read.
const LARGEST: u64 = 1024 * 1024;

/// Asks over HTTP.
pub struct Http(Agent);

impl Http {
    /// `https_only` unless the service is on this machine.
    pub fn new(https_only: bool) -> Http {
        // The certificates that the machine trusts: an authority of the sector's own is among them where it should be.
        let tls = TlsConfig::builder().root_certs(RootCerts::PlatformVerifier).build();
        let config = Agent::config_builder()
            .https_only(https_only)
            .tls_config(tls)
            .proxy(None)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .http_status_as_error(false)
            // They are few and far between: a connection that was kept would mostly have been closed at the other end.
            .max_idle_connections(0)
            .timeout_connect(Some(CONNECT))
            .timeout_global(Some(PATIENCE));
        Http(config.build().new_agent())
    }

    /// Carries out a request. A fault of the service's is no answer.
    pub fn call(&self, request: HttpRequest) -> Result<HttpResponse, ureq::Error> {
        let (parts, body) = self.0.run(request)?.into_parts();
        if parts.status.is_server_error() {
            return Err(ureq::Error::StatusCode(parts.status.as_u16()));
        }
        let body = body.into_with_config().limit(LARGEST).read_to_vec()?;
        Ok(HttpResponse::from_parts(parts, body))
    }
}
