//! samsyn.

pub mod authz;
pub mod calendar;
pub mod clock;
pub mod ids;
pub mod mail;
pub mod personal_number;
pub mod workflow;
