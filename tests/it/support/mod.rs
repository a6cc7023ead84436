//! What several tests need.

pub mod again;
pub mod binary;
pub mod cases;
pub mod database;
pub mod files;
pub mod judge;
pub mod log;
pub mod people;
pub mod service;
pub mod smtp;
pub mod sql;
pub mod values;
