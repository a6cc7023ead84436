//! The jobs, and the scheduler that runs them.

mod deadlines;
mod mail;
pub mod scheduler;
mod sign_ins;
mod two_instances;
mod year;
