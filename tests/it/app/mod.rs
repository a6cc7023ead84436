//! The use cases, tried as their callers call them.

mod accounts;
mod claimed;
mod confirmations;
mod deadlines;
mod deviation;
mod happened;
mod mails;
mod oidc;
mod origins;
mod reads;
mod removals;
mod roles;
mod routing;
mod seats;
mod sessions;
mod sight;
mod sign_in;
