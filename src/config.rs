//! The settings, read from the environment: here and nowhere else.
//!
//! Everything has a default that runs on one's own machine. What is set but cannot be understood is an error, never
//! silently the default; so is a `SAMSYN_` variable that nobody knows, for it is a slip of the pen. All problems are
//! told at once. What the database's URL means is for `store/` to say.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use url::Url;

use crate::calendar::OfficeHours;
use crate::mail::{Sender, SmtpServer};
use crate::oidc;

const DATABASE_URL: &str = "DATABASE_URL";
const LISTEN: &str = "SAMSYN_LISTEN";
const PUBLIC_URL: &str = "SAMSYN_PUBLIC_URL";
const PROXY: &str = "SAMSYN_PROXY";
const SMTP_URL: &str = "SAMSYN_SMTP_URL";
const MAIL_FROM: &str = "SAMSYN_MAIL_FROM";
const MAIL_DIR: &str = "SAMSYN_MAIL_DIR";
const OFFICE_HOURS: &str = "SAMSYN_OFFICE_HOURS";
const BOUNCE_MAILDIR: &str = "SAMSYN_BOUNCE_MAILDIR";
const OPERATOR_EMAIL: &str = "SAMSYN_OPERATOR_EMAIL";
const METRICS_ADDRESS: &str = "SAMSYN_METRICS_ADDRESS";
const OIDC_ISSUER: &str = "SAMSYN_OIDC_ISSUER";
const OIDC_CLIENT_ID: &str = "SAMSYN_OIDC_CLIENT_ID";
const OIDC_CLIENT_SECRET: &str = "SAMSYN_OIDC_CLIENT_SECRET";
const OIDC_NAME: &str = "SAMSYN_OIDC_NAME";
const OIDC_SCOPES: &str = "SAMSYN_OIDC_SCOPES";
const LOG: &str = "SAMSYN_LOG";
const LOG_FORMAT: &str = "SAMSYN_LOG_FORMAT";

const KNOWN: [&str; 18] = [
    DATABASE_URL,
    LISTEN,
    PUBLIC_URL,
    PROXY,
    SMTP_URL,
    MAIL_FROM,
    MAIL_DIR,
    OFFICE_HOURS,
    BOUNCE_MAILDIR,
    OPERATOR_EMAIL,
    METRICS_ADDRESS,
    OIDC_ISSUER,
    OIDC_CLIENT_ID,
    OIDC_CLIENT_SECRET,
    OIDC_NAME,
    OIDC_SCOPES,
    LOG,
    LOG_FORMAT,
];

/// The settings.
#[derive(Clone)]
pub struct Config {
    /// `DATABASE_URL`: where the data is; without it, a file in the working directory. It may hold a password.
    pub database_url: Option<String>,
    /// `SAMSYN_LISTEN`: where the server listens; `127.0.0.1:8080`.
    pub listen: SocketAddr,
    /// `SAMSYN_PUBLIC_URL`: what links begin with, without a slash at the end; `http://127.0.0.1:8080`.
    pub public_url: String,
    /// `SAMSYN_PROXY`: the address of the reverse proxy, whose word on where a browser is we take; `127.0.0.1`.
    pub proxy: IpAddr,
    /// `SAMSYN_SMTP_URL`: the mail server; without it, mails become files.
    pub smtp: Option<SmtpServer>,
    /// `SAMSYN_MAIL_FROM`: whom mails come from; `samsyn <samsyn@localhost>`.
    pub mail_from: Sender,
    /// `SAMSYN_MAIL_DIR`: where mails go that become files; `samsyn-mail`.
    pub mail_dir: PathBuf,
    /// `SAMSYN_OFFICE_HOURS`: when mails may leave on a Swedish working day, by the clock there; `07:00-17:00`.
    pub office_hours: OfficeHours,
    /// `SAMSYN_BOUNCE_MAILDIR`: the Maildir that reports of mails that came back are delivered to; without it, none is read.
    pub bounce_maildir: Option<PathBuf>,
    /// `SAMSYN_OPERATOR_EMAIL`: who is written to where the nightly audit finds something; without it, nobody.
    pub operator: Option<Sender>,
    /// `SAMSYN_METRICS_ADDRESS`: where `/metrics` is answered, apart from everything else; without it, nowhere.
    pub metrics: Option<SocketAddr>,
    /// `SAMSYN_OIDC_ISSUER`, `SAMSYN_OIDC_CLIENT_ID` and `SAMSYN_OIDC_CLIENT_SECRET`, with `SAMSYN_OIDC_NAME` and
    /// `SAMSYN_OIDC_SCOPES`: the service that people can sign in at; without it, they sign in with passwords.
    pub oidc: Option<oidc::Settings>,
    /// `SAMSYN_LOG`: what is logged, such as `warn` or `info,samsyn=debug`; `info`.
    pub log: String,
    /// `SAMSYN_LOG_FORMAT`: `text`, or `json` for a program to read; `text`.
    pub log_json: bool,
}

/// All that is wrong with the settings, a line for each. It repeats no value that may hold a password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.join("\n"))]
pub struct ConfigError(pub Vec<String>);

impl Config {
    /// The settings of this process.
    pub fn from_env() -> Result<Config, ConfigError> {
        Config::from_vars(std::env::vars_os())
    }

    /// The settings that these variables make.
    pub fn from_vars<N, V>(variables: impl IntoIterator<Item = (N, V)>) -> Result<Config, ConfigError>
    where
        N: Into<OsString>,
        V: Into<OsString>,
    {
        let mut variables = Variables::new(variables);
        let database_url = variables.optional(DATABASE_URL, |text| Ok(text.to_owned()));
        let listen = variables.read(LISTEN, "127.0.0.1:8080", listen);
        let public_url = variables.read(PUBLIC_URL, "http://127.0.0.1:8080", public_url);
        let proxy = variables.read(PROXY, "127.0.0.1", |text| text.parse::<IpAddr>().map_err(told));
        let smtp = variables.optional(SMTP_URL, |text| text.parse().map_err(told));
        let mail_from = variables.read(MAIL_FROM, "samsyn <samsyn@localhost>", |text| text.parse().map_err(told));
        let mail_dir = variables.read(MAIL_DIR, "samsyn-mail", |text| Ok(PathBuf::from(text)));
        let office_hours = variables.read(OFFICE_HOURS, "07:00-17:00", |text| text.parse().map_err(told));
        let bounce_maildir = variables.optional(BOUNCE_MAILDIR, |text| Ok(PathBuf::from(text)));
        let operator = variables.optional(OPERATOR_EMAIL, |text| text.parse().map_err(told));
        let metrics = variables.optional(METRICS_ADDRESS, self::listen);
        let oidc = oidc_settings(&mut variables);
        let log = variables.read(LOG, "info", |text| Ok(text.to_owned()));
        let log_json = variables.read(LOG_FORMAT, "text", log_json);
        let all = ((listen, public_url, proxy), (mail_from, mail_dir, office_hours), (log, log_json));
        let (
            true,
            (
                (Some(listen), Some(public_url), Some(proxy)),
                (Some(mail_from), Some(mail_dir), Some(office_hours)),
                (Some(log), Some(log_json)),
            ),
        ) = (variables.problems.is_empty(), all)
        else {
            variables.problems.sort();
            return Err(ConfigError(variables.problems));
        };
        Ok(Config {
            database_url,
            listen,
            public_url,
            proxy,
            smtp,
            mail_from,
            mail_dir,
            office_hours,
            bounce_maildir,
            operator,
            metrics,
            oidc,
            log,
            log_json,
        })
    }
}

/// Without the database's URL, which may hold a password; the mail server leaves its own out.
impl std::fmt::Debug for Config {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Config")
            .field("database_url", &self.database_url.as_ref().map(|_| "(set)"))
            .field("listen", &self.listen)
            .field("public_url", &self.public_url)
            .field("proxy", &self.proxy)
            .field("smtp", &self.smtp)
            .field("mail_from", &self.mail_from.to_string())
            .field("mail_dir", &self.mail_dir)
            .field("office_hours", &self.office_hours)
            .field("bounce_maildir", &self.bounce_maildir)
            .field("operator", &self.operator.as_ref().map(|_| "(set)"))
            .field("metrics", &self.metrics)
            .field("oidc", &self.oidc)
            .field("log", &self.log)
            .field("log_json", &self.log_json)
            .finish()
    }
}

/// The variables that are ours, and what was found wrong with them.
struct Variables {
    values: BTreeMap<String, String>,
    problems: Vec<String>,
}

impl Variables {
    fn new<N: Into<OsString>, V: Into<OsString>>(variables: impl IntoIterator<Item = (N, V)>) -> Self {
        let (mut values, mut problems) = (BTreeMap::new(), Vec::new());
        for (name, value) in variables {
            let Ok(name) = name.into().into_string() else { continue };
            if !KNOWN.contains(&name.as_str()) {
                if name.starts_with("SAMSYN_") {
                    problems.push(format!("{name}: there is no such setting; there are {}", KNOWN.join(", ")));
                }
                continue;
            }
            match value.into().into_string() {
                // Not the default: whoever sets it means something.
                Ok(value) if value.trim().is_empty() => problems.push(format!("{name}: empty; remove it or set it")),
                Ok(value) => drop(values.insert(name, value)),
                Err(_) => problems.push(format!("{name}: not UTF-8")),
            }
        }
        Variables { values, problems }
    }

    /// A setting, or its default; none where it cannot be understood.
    fn read<T>(&mut self, name: &str, default: &str, parse: impl Fn(&str) -> Result<T, String>) -> Option<T> {
        let value = self.values.get(name).map_or(default, String::as_str);
        parse(value).map_err(|problem| self.problems.push(format!("{name}: {problem}"))).ok()
    }

    /// A setting without default.
    fn optional<T>(&mut self, name: &str, parse: impl Fn(&str) -> Result<T, String>) -> Option<T> {
        let value = self.values.get(name)?;
        parse(value).map_err(|problem| self.problems.push(format!("{name}: {problem}"))).ok()
    }
}

/// The sign-in service: whole, or not at all.
fn oidc_settings(variables: &mut Variables) -> Option<oidc::Settings> {
    let needed = [OIDC_ISSUER, OIDC_CLIENT_ID, OIDC_CLIENT_SECRET];
    let is_set = |name: &&str| variables.values.contains_key(*name);
    if needed.iter().chain(&[OIDC_NAME, OIDC_SCOPES]).any(is_set) {
        let missing: Vec<_> = needed.iter().filter(|name| !is_set(name)).collect();
        let told = |name: &&str| format!("{name}: not set; sign-in by OpenID Connect needs {}", needed.join(", "));
        variables.problems.extend(missing.into_iter().map(told));
    }
    let issuer = variables.optional(OIDC_ISSUER, issuer)?;
    let client_id = variables.optional(OIDC_CLIENT_ID, |text| Ok(text.to_owned()))?;
    let client_secret = variables.optional(OIDC_CLIENT_SECRET, |text| Ok(text.to_owned()))?;
    let name = variables.read(OIDC_NAME, "tjänstelegitimation", |text| Ok(text.trim().to_owned()))?;
    let scopes = variables.read(OIDC_SCOPES, "profile", |text| Ok(scopes(text)))?;
    Some(oidc::Settings { issuer, client_id, client_secret, name, scopes })
}

/// Kept as it stands: the service's tokens name it byte for byte.
fn issuer(text: &str) -> Result<String, String> {
    let fits = |url: &Url| oidc::is_safe(url) && url.query().is_none() && url.fragment().is_none();
    match Url::parse(text) {
        Ok(url) if fits(&url) && url.username().is_empty() && url.password().is_none() => Ok(text.to_owned()),
        _ => {
            Err("not the address of a sign-in service, such as https://idp.example; http only on this machine"
                .to_owned())
        }
    }
}

/// Those besides `openid`, which is always asked for.
fn scopes(text: &str) -> Vec<String> {
    text.split_whitespace().filter(|scope| *scope != "openid").map(str::to_owned).collect()
}

fn told(error: impl std::fmt::Display) -> String {
    error.to_string()
}

fn listen(text: &str) -> Result<SocketAddr, String> {
    text.parse().map_err(|_| format!("`{text}` is not an address with a port, such as 127.0.0.1:8080 or [::1]:8080"))
}

fn public_url(text: &str) -> Result<String, String> {
    let is_base = |url: &Url| {
        let bare = url.username().is_empty() && url.password().is_none();
        bare && ["http", "https"].contains(&url.scheme()) && url.query().is_none() && url.fragment().is_none()
    };
    match Url::parse(text) {
        Ok(url) if is_base(&url) => Ok(url.as_str().trim_end_matches('/').to_owned()),
        _ => Err("not the beginning of a link, such as https://samsyn.example or https://example/samsyn".to_owned()),
    }
}

fn log_json(text: &str) -> Result<bool, String> {
    match text {
        "text" => Ok(false),
        "json" => Ok(true),
        _ => Err(format!("`{text}` is neither text nor json")),
    }
}
