//! The use cases, tried as their callers call them.

mod confirmations;
mod deviation;
mod routing;
