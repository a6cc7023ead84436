//! The one integration test binary: what the crate promises, tried at its public boundary.
#![allow(clippy::unwrap_used, clippy::panic)]

mod workflow;
