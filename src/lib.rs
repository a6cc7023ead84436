//! samsyn.

pub mod calendar;
pub mod clock;
pub mod ids;
