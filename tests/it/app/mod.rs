//! The use cases, tried as their callers call them.

mod deviation;
mod routing;
