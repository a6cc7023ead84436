//! The engine: versioned state machines, pure. Definition -> check -> decide; effects are data, not actions.
//!
//! No database, no HTTP, no mail, no files, no environment, no clock, no randomness: what a step needs is handed in, so
//! that the same input gives the same step for ever, and a log can be replayed.

pub mod agenda;
pub mod bundle;
pub mod case;
pub mod check;
mod classes;
pub mod clock;
pub mod context;
pub mod definition;
pub mod diagram;
pub mod diff;
pub mod digest;
pub mod documents;
pub mod engine;
pub mod export;
pub mod guard;
pub mod history;
pub mod input;
pub mod listing;
pub mod load;
pub mod lock;
pub mod log;
pub mod migration;
pub mod overlay;
pub mod permission;
pub mod plan;
pub mod problem;
pub mod proof;
pub mod reading;
pub mod reference;
pub mod rejection;
pub mod rules;
pub mod schema;
pub mod shape;
pub mod shipped;
pub mod source;
pub mod step;
pub mod timer;
pub mod turn;

pub use load::{Environment, Library, Loaded, load, load_library, load_set};
pub use problem::Problem;
