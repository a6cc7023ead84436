//! samsyn.

pub mod authz;
pub mod calendar;
pub mod cli;
pub mod clock;
pub mod ids;
pub mod personal_number;
pub mod workflow;
