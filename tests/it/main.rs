//! The integration tests: one binary, a module for each part.
#![allow(clippy::unwrap_used, clippy::panic)]

mod config;
mod house;
mod mail;
mod support;
