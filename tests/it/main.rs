//! The one integration test binary: what the crate promises, tried at its public boundary.
#![allow(clippy::unwrap_used, clippy::panic)]

mod app;
mod calendar;
mod calendar_command;
mod calendar_sentences;
mod cli;
mod config;
mod crash;
mod demo;
mod house;
mod jobs;
mod mail;
mod migration;
mod model;
mod oidc;
mod personal_number;
mod recorded;
mod store;
mod support;
mod web;
mod workflow;
mod zone;
