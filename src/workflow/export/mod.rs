//! A definition and a log in the formats of others, so that their tools can draw, run, mine and judge them: [`xstate()`] and
//! [`bpmn()`] of a definition (its pictures are `diagram`'s), [`xes`] and [`csv`] of what happened in cases.
//!
//! What is written here is read by nobody of ours: no part of the program takes an export back in.

pub mod bpmn;
pub mod csv;
pub mod row;
pub mod xes;
mod xml;
pub mod xstate;

pub use bpmn::bpmn;
pub use xstate::xstate;
