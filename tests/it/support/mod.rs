//! What several tests need.

pub mod again;
pub mod binary;
pub mod cases;
pub mod database;
pub mod files;
pub mod log;
pub mod service;
pub mod smtp;
pub mod sql;
pub mod values;
