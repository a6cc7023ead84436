//! The JSON API, asked as a client asks it, and the pages, asked as a browser does: through the routes as the server
//! registers them.

mod admin;
mod api;
mod browser;
mod contract;
mod decisions;
mod documents;
mod drafts;
mod errors;
mod html;
mod identity;
mod keys;
mod leaks;
mod lists;
mod local_agreements;
mod menu;
mod migrated;
mod oidc;
mod outbox;
mod oversight;
mod page_rights;
mod pages;
mod reminders;
mod revisions;
mod second;
mod secrets;
mod steps;
mod stories;
mod visibility;
