//! The store, on whichever database the tests run on.

mod append_only;
mod contention;
mod migrations;
mod tampering;
mod threads;
