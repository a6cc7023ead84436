//! The use cases, tried as their callers call them.

mod absence;
mod accounts;
mod claimed;
mod clock;
mod closing_days;
mod commissions;
mod confirmations;
mod deadlines;
mod deviation;
mod digests;
mod documents;
mod faults;
mod feeds;
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
mod shelves;
mod sight;
mod sign_in;
