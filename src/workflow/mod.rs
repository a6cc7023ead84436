//! The engine: versioned state machines, pure. Definition -> check -> decide; effects are data, not actions.
//!
//! No database, no HTTP, no mail, no files, no environment, no clock, no randomness: what a step needs is handed in, so
//! that the same input gives the same step for ever, and a log can be replayed.

pub mod check;
mod classes;
pub mod definition;
pub mod diagram;
pub mod digest;
pub mod load;
pub mod lock;
pub mod problem;
pub mod rules;
pub mod schema;
pub mod shape;
pub mod source;

pub use load::{Environment, Loaded, load, load_set};
pub use problem::Problem;
