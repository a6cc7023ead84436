//! The demonstration: its stories play to their ends, on the database that the tests run on and on the engine alone.

mod open_cases;
pub mod rehearsal;
mod removals;
pub mod scenarios;
pub mod second;
mod stories;
mod traces;
