//! samsyn.

pub mod app;
pub mod authz;
pub mod calendar;
pub mod cli;
pub mod clock;
pub mod config;
pub mod demo;
pub mod ids;
pub mod mail;
pub mod personal_number;
pub mod store;
pub mod telemetry;
pub mod workflow;
