//! The JSON API, asked as a client asks it: through the routes as the server registers them.

mod api;
mod contract;
mod drafts;
mod errors;
mod identity;
mod keys;
mod pages;
mod revisions;
mod secrets;
mod stories;
mod visibility;
