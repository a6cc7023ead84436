//! The use cases, one file a noun: authorise -> load -> decide -> store, in ONE transaction. Pages, JSON, jobs and the
//! command line all call these, so that each of them gets the same answer.
//!
//! No HTTP, no SQL, no mail protocol. What may be done is the engine's and `authz`'s to say; what is kept, `store/`'s.

pub mod absences;
pub mod access;
pub mod accounts;
pub mod administration;
pub mod bounces;
pub mod cases;
pub mod changes;
pub mod claimed;
mod consequences;
pub mod deadlines;
pub mod documents;
pub mod drafts;
mod error;
pub mod feeds;
pub mod held_forms;
pub mod log;
mod mails;
pub mod migrations;
pub mod notes;
pub mod oidc;
pub mod operator;
pub mod organisation;
pub mod outbox;
pub mod outbox_list;
pub mod oversight;
pub mod passwords;
pub mod people;
pub mod reads;
mod recipients;
mod record;
pub mod reminders;
pub mod removals;
pub mod roles;
pub mod sessions;
pub mod shelves;
mod throttle;
pub mod tokens;
mod unseen;
pub mod versions;
pub mod view;
pub mod watch;
pub mod workflows;
mod world;

use std::net::IpAddr;
use std::sync::Arc;

pub use error::AppError;
pub use workflows::Workflows;

use crate::calendar::{Calendar, OfficeHours};
use crate::clock::{Clock, Timestamp};
use crate::ids::IdSource;
use crate::oidc::SignInService;
use crate::store::Store;

/// The application: everything that a use case needs. Cheap to clone.
#[derive(Clone)]
pub struct App {
    /// The database.
    pub store: Store,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Identifiers, salts, secrets.
    pub ids: Arc<IdSource>,
    /// The definitions.
    pub workflows: Arc<Workflows>,
    /// The working days.
    pub calendar: Arc<Calendar>,
    /// When mails may leave.
    pub hours: OfficeHours,
    /// What links in mails begin with, without a slash at the end.
    pub public_url: Arc<str>,
    /// The reverse proxy, whose word on where a browser is we take.
    pub proxy: IpAddr,
    /// The service that people can sign in at, if there is one.
    pub oidc: Option<Arc<dyn SignInService>>,
}

impl App {
    /// The present instant.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }
}
