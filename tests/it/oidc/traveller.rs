//! A browser without a screen that travels between servers, and the provider that it signs in at.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

use ureq::Agent;
use url::Url;

/// What links begin with in these tests: nobody listens there, the browser goes to the server instead.
pub const PUBLIC: &str = "http://samsyn.test";
/// Where the provider sends browsers back to.
pub const CALLBACK: &str = "http://samsyn.test/sign-in/oidc/callback";

/// The provider; it ends with the test.
pub struct Service {
    pub url: String,
    child: Child,
    /// It would end at its first remark if nobody could read it.
    _remarks: BufReader<ChildStdout>,
}

impl Service {
    pub fn start() -> Service {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(".ci/oidc");
        assert!(folder.join("node_modules/oidc-provider").exists(), "first: npm ci --prefix .ci/oidc");
        let mut command = Command::new("node");
        command.arg(folder.join("provider.js")).arg(CALLBACK).stdin(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.stdout(Stdio::piped()).spawn().expect("node is there");
        let mut remarks = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        remarks.read_line(&mut line).unwrap();
        let url = line.trim_end().strip_prefix("listening on ").unwrap_or_else(|| panic!("it says `{line}`"));
        Service { url: url.to_owned(), child, _remarks: remarks }
    }

    /// Ends it.
    pub fn stop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        self.stop();
    }
}

/// What a server sent.
pub struct Arrived {
    pub status: u16,
    pub location: Option<String>,
    pub body: String,
}

/// A browser: keeps cookies for each server, follows no redirect by itself.
pub struct Traveller {
    agent: Agent,
    server: String,
    cookies: RefCell<BTreeMap<(String, String), String>>,
}

impl Traveller {
    /// Somebody for whom the public address is this server.
    pub fn new(server: &str) -> Traveller {
        let config =
            Agent::config_builder().max_redirects(0).max_redirects_will_error(false).http_status_as_error(false);
        let agent = config.build().new_agent();
        Traveller { agent, server: server.to_owned(), cookies: RefCell::default() }
    }

    pub fn get(&self, address: &str) -> Arrived {
        self.ask(address, None)
    }

    pub fn post(&self, address: &str, form: &str) -> Arrived {
        self.ask(address, Some(form))
    }

    /// Forgets the cookies of the server.
    pub fn forget(&self) {
        self.cookies.borrow_mut().retain(|(origin, _), _| *origin != self.server);
    }

    fn ask(&self, address: &str, form: Option<&str>) -> Arrived {
        let address = match address.strip_prefix(PUBLIC) {
            Some(rest) => format!("{}{rest}", self.server),
            None if address.starts_with('/') => format!("{}{address}", self.server),
            None => address.to_owned(),
        };
        let origin = Url::parse(&address).unwrap().origin().ascii_serialization();
        let known: Vec<_> = self
            .cookies
            .borrow()
            .iter()
            .filter(|((at, _), _)| *at == origin)
            .map(|((_, name), value)| format!("{name}={value}"))
            .collect();
        let cookie = known.join("; ");
        let answer = match form {
            None => self.agent.get(&address).header("Cookie", &cookie).call(),
            Some(form) => {
                let ask = self.agent.post(&address).header("Cookie", &cookie).header("Sec-Fetch-Site", "same-origin");
                ask.content_type("application/x-www-form-urlencoded").send(form)
            }
        };
        let mut answer = answer.unwrap();
        for cookie in answer.headers().get_all("set-cookie") {
            let pair = cookie.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            self.cookies.borrow_mut().insert((origin.clone(), name.to_owned()), value.to_owned());
        }
        let location = answer.headers().get("location").map(|value| value.to_str().unwrap().to_owned());
        Arrived { status: answer.status().as_u16(), location, body: answer.body_mut().read_to_string().unwrap() }
    }

    /// Signs in at the provider as one of its users; the address that it sends the browser back to.
    pub fn sign_in_at(&self, service: &Service, address: &str, user: &str) -> Url {
        let mut address = address.to_owned();
        for _ in 0..6 {
            let arrived = match address.contains("/choose/") {
                true => self.post(&format!("{address}/{user}"), ""),
                false => self.get(&address),
            };
            let location = arrived.location.unwrap_or_else(|| panic!("{} {}", arrived.status, arrived.body));
            address = Url::parse(&service.url).unwrap().join(&location).unwrap().to_string();
            if address.starts_with(CALLBACK) {
                return address.parse().unwrap();
            }
        }
        panic!("it never comes back from {address}");
    }
}
